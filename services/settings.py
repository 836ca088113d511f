"""What a firm chose."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from services.db import ledger
from services.db.engine import Database
from services.domain.ids import FirmId, UserId
from services.domain.ledger import Settings
from services.errors import Refused
from services.ports import Clock


@dataclass(frozen=True)
class FirmSettings:
    database: Database
    clock: Clock

    async def save(self, firm: FirmId, chosen: Settings, *, by: UserId) -> None:
        """`chosen.version` is the one that was shown; Refused where another admin saved since.

        Once admins are named, some stay named.
        """
        async with self.database.write(firm) as db:
            before = await ledger.get_settings(db, firm)
            if replace(before, version=chosen.version) == chosen:
                return  # So it is already, also where the same form comes twice.
            if before.version != chosen.version:
                raise Refused(
                    "Somebody else has saved the settings since you opened them. "
                    "Nothing of yours was saved: open them again and look."
                )
            if before.rights.admins and not chosen.rights.admins:
                raise Refused("Somebody must be an admin: name another one before the last goes.")
            await ledger.save_settings(db, firm, chosen)
            await ledger.write_audit(
                db,
                firm=firm,
                at=self.clock(),
                actor=by,
                action="settings saved",
                record_kind="firm",
                record_id=firm,
                change=_difference(before, chosen),
            )


def _difference(before: Settings, after: Settings) -> dict[str, Any]:
    """What was and what is, by name; only what changed."""
    was, now = _facts(before), _facts(after)
    return {name: [was[name], now[name]] for name in now if was[name] != now[name]}


def _facts(settings: Settings) -> dict[str, Any]:
    """Each choice by its name, in the plain values that an audit keeps."""
    choices = {**vars(settings), **vars(settings.rights), **vars(settings.alerting)}
    for name in ("version", "rights", "alerting"):
        del choices[name]
    return {name: _plain(value) for name, value in choices.items()}


def _plain(value: object) -> object:
    match value:
        case date() | time():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case Mapping():
            return dict(value)
        case _:
            return value
