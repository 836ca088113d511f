"""Clients as QuickBooks' customers."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.domain.ledger import Client, name_key
from services.domain.sync import WireKey
from services.quickbooks.mapping.wire import JsonObject, find_marked, quoted, to_handle

EVERYBODY = "Active IN (true, false)"
_BENEATH = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


def to_customer(client: Client, key: WireKey) -> JsonObject:
    customer: JsonObject = {
        "DisplayName": client.name,
        "Notes": f"Entered with Counterfoil {key.marker}",
    }
    return customer | _email(client)


def to_changed_customer(client: Client, current: Mapping[str, Any]) -> JsonObject:
    """Only what we keep; all else of the customer stays as it is."""
    names = {"DisplayName": client.name, "sparse": True}
    return to_handle(current) | names | _email(client)


def _email(client: Client) -> JsonObject:
    return {"PrimaryEmailAddr": {"Address": client.email}} if client.email else {}


def named(name: str) -> str:
    return f"DisplayName = {quoted(name)} AND {EVERYBODY}"


def active_like(words: str) -> str:
    """Active customers with `words` anywhere in their name; a per cent sign means anything."""
    condition = f"DisplayName LIKE {quoted(f'%{words}%')}"
    return f"{condition} AND Active = true" if words else "Active = true"


def find_same(rows: Iterable[JsonObject], client: Client) -> JsonObject | None:
    """The active customer of exactly this name."""
    return next(
        (row for row in rows if row.get("DisplayName") == client.name and row.get("Active", True)),
        None,
    )


def find_near(rows: Iterable[JsonObject], client: Client) -> JsonObject | None:
    """A customer whose name reads the same, or who has the same address; also an inactive one."""
    key, email = name_key(client.name), (client.email or "").casefold()
    for row in rows:
        if name_key(bare_name(row)) == key or (email and _address(row) == email):
            return row
    return None


def bare_name(row: Mapping[str, Any]) -> str:
    """QuickBooks marks the names of inactive ones."""
    return str(row.get("DisplayName", "")).removesuffix(" (deleted)")


def full_name(row: Mapping[str, Any]) -> str:
    """A sub-customer with its parents before it."""
    return _BENEATH.join(str(row.get("FullyQualifiedName") or bare_name(row)).split(":"))


def is_same(client: Client, current: Mapping[str, Any]) -> bool:
    """Whether the customer is as the client is."""
    same_address = not client.email or _address(current) == client.email.casefold()
    return current.get("DisplayName") == client.name and same_address


def is_ours(row: JsonObject, key: WireKey) -> bool:
    return find_marked([row], "Notes", key) is not None


def email_of(row: Mapping[str, Any]) -> str | None:
    return (row.get("PrimaryEmailAddr") or {}).get("Address")


def _address(row: Mapping[str, Any]) -> str:
    return (email_of(row) or "").casefold()
