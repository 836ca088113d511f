"""What a client may be called, and how it may be written to."""

import re

from services.domain.ledger import MAX_EMAIL, MAX_NAME, name_key

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


def tidy_name(text: str) -> str:
    """Without spaces around it, and with one where there were several."""
    return " ".join(text.split())


def objection_to_name(name: str) -> str | None:
    """Say why it is none; None where it is."""
    if not name_key(name):
        return "A client needs a name."
    if ":" in name:
        return "QuickBooks takes no colon in a name."
    if len(name) > MAX_NAME:
        return f"A name has {MAX_NAME} characters at the most."
    return None


def objection_to_email(email: str) -> str | None:
    if not _EMAIL.fullmatch(email):
        return f"“{email}” is not an e-mail address."
    if len(email) > MAX_EMAIL:
        return f"An e-mail address has {MAX_EMAIL} characters at the most."
    return None
