"""Saved as one change, with who and when, before and after."""

from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import select

from services.db import ledger
from services.db.engine import Database
from services.db.opening import open_database
from services.db.tables import audit
from services.domain.ids import UserId
from services.domain.ledger import Settings
from services.domain.settings import Alerting, Rhythm, Rights
from services.errors import Refused
from services.settings import FirmSettings
from tests.builders import ANNA, FIRM, NOW, PassedClock

OSCAR = UserId("U0OSCAR")


async def saved(database: Database) -> Settings:
    async with database.read() as db:
        return await ledger.get_settings(db, FIRM)


async def test_a_change_is_one_entry_of_what_was_and_what_is(ledger_url: str) -> None:
    async with open_database(ledger_url) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
        before = await saved(database)
        wanted = replace(
            before,
            start_on=date(2026, 11, 1),
            rights=Rights(admins=frozenset({ANNA, OSCAR})),
            alerting=Alerting("C0BOOKS", Rhythm.DAILY, time(18, 30), time(7)),
            posting_channels=frozenset({"C0BOOKS"}),
        )
        settings = FirmSettings(database, PassedClock())
        await settings.save(FIRM, wanted, by=ANNA)
        assert replace(await saved(database), version=before.version) == wanted
        async with database.read() as db:
            (entry,) = (await db.execute(select(audit))).all()
    assert (entry.actor, entry.at, entry.action) == (ANNA, NOW, "settings saved")
    assert entry.change == {
        "start_on": [None, "2026-11-01"],
        "admins": [[], [ANNA, OSCAR]],
        "channel_id": [None, "C0BOOKS"],
        "rhythm": ["at_once", "daily"],
        "quiet_from": [None, "18:30:00"],
        "quiet_until": [None, "07:00:00"],
        "posting_channels": [[], ["C0BOOKS"]],
    }


async def test_once_named_some_admin_stays(ledger_url: str) -> None:
    async with open_database(ledger_url) as database:
        async with database.write(FIRM) as db:
            await ledger.ensure_firm(db, FIRM)
        settings = FirmSettings(database, PassedClock())
        named = replace(await saved(database), rights=Rights(admins=frozenset({ANNA})))
        await settings.save(FIRM, named, by=ANNA)
        nobody = replace(await saved(database), rights=Rights())
        with pytest.raises(Refused, match="Somebody must be an admin"):
            await settings.save(FIRM, nobody, by=ANNA)
        assert (await saved(database)).rights == named.rights
