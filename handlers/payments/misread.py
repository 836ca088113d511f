"""What somebody who looks for a payment meant as an amount or as a day, and is none.

To seek it in names and references instead would find nothing, and not say why.
"""

import re
import unicodedata

_AMOUNTS = "Type amounts like 500, >1000, or >=500 <1000"
_DAYS = "Type a day like 2026-03-15, a month like 2026-03, and from one to another 2026-03 2026-05"
_SIGN = re.compile(r"[<>=≤≥≠]|!=")
_RANGE = re.compile(r"(.*)(?:\.\.|…|–)(.*)")
_YEAR = r"(?:19|20)\d\d"
_DAY = re.compile(
    rf"{_YEAR}([/.-])\d{{1,2}}(?:\1\d{{1,2}})?"  # 2026-02-30, 2026/3
    rf"|(?:\d{{1,2}}[/.-]){{1,2}}{_YEAR}"  # 15.03.2026, 03/2026
    r"|\d{1,2}([/.])\d{1,2}\2\d\d",  # 3/15/26
    re.ASCII,
)


def objection(word: str) -> str | None:
    """Say how it is typed; None for what may be a part of a name or of a reference."""
    how = _how(word)
    return how and f"“{word}” is not understood. {how}; in quotes it is sought as it stands."


def _how(word: str) -> str | None:
    if _SIGN.match(word):
        return _AMOUNTS
    found = _RANGE.fullmatch(word)
    ends = found.groups() if found else (word,)
    if any(map(_DAY.fullmatch, ends)):
        return _DAYS
    if any(map(_is_like_an_amount, ends)) or (found and any(map(str.isdecimal, ends))):
        return _AMOUNTS
    return None


def _is_like_an_amount(word: str) -> bool:
    """Figures and what stands in or around an amount; figures alone may be a reference."""
    core = word.strip("+-−")
    signs = {sign for sign in core if not sign.isdecimal()}
    bare = core == word and not signs
    has_figures = len(signs) < len(set(core))
    return has_figures and not bare and all(map(_is_of_amounts, signs))


def _is_of_amounts(sign: str) -> bool:
    return sign in ".,'’" or unicodedata.category(sign) == "Sc"
