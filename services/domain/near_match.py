"""A customer that is almost a client: told with both sides, and read back from what was told."""

import re
from dataclasses import dataclass

from services.domain.ledger import Client

_WORDS = re.compile(
    r"QuickBooks has “(?P<name>.*)”(?: <[^>]*>)?(?P<inactive>, inactive)? \(id (?P<id>[^)]+)\), "
    r"and here it is “",
    re.DOTALL,
)


@dataclass(frozen=True)
class NearMatch:
    """`name` has its parents before it, where it is a sub-customer."""

    qbo_id: str
    name: str
    email: str | None
    is_active: bool

    def beside(self, client: Client) -> str:
        """Both sides, in a sentence that `read_near_match` understands."""
        there = f"“{self.name}”{_address(self.email)}{'' if self.is_active else ', inactive'}"
        here = f"“{client.name}”{_address(client.email)}"
        return f"QuickBooks has {there} (id {self.qbo_id}), and here it is {here}."


def read_near_match(detail: str | None) -> NearMatch | None:
    """Whom the sentence is about; without the address, which only people need."""
    found = _WORDS.match(detail or "")
    if found is None:
        return None
    return NearMatch(found["id"], found["name"], None, is_active=not found["inactive"])


def _address(email: str | None) -> str:
    return f" <{email}>" if email else ""
