"""Texts that a spreadsheet would take for a formula, and how they are kept from being one."""

import unicodedata

_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n")  # As OWASP has it ("CSV Injection").
_PROTECTED = "'"  # A spreadsheet then takes what follows for text.


def protected(text: str) -> str:
    return _PROTECTED + text if _is_formula(text) else text


def unprotected(text: str) -> str:
    """What `protected` was given."""
    bare = text.removeprefix(_PROTECTED)
    return bare if _is_formula(bare) else text


def _is_formula(text: str) -> bool:
    """Full-width signs count as the others do."""
    return unicodedata.normalize("NFKC", text[:1]) in _BEGINS_A_FORMULA
