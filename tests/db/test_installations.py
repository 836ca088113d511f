"""A workspace lets us in from its installation to its removal, and its token is renewed once."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest
from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import func, select

from sandbox.slack import Workspace
from services.bot_tokens import LAST_MINUTES, REFRESH_BEFORE, REFRESH_TAKES, BotTokens
from services.db import ledger
from services.db.engine import Database
from services.db.installations import InstallationStore
from services.db.tables import audit, installations, used_states
from services.domain.ids import FirmId
from services.domain.installation import Installation
from services.domain.members import Member
from services.errors import NotFound, NotInstalled, Refused, TryLater
from services.installations import STATE_LASTS, Installations, Installing
from tests.builders import ANNA, PassedClock
from tests.db.slack import InProcessSlack

HALF_A_DAY = timedelta(hours=12)
SECOND = timedelta(seconds=1)


@dataclass
class Door:
    """All between Slack's install page and a token."""

    database: Database
    clock: PassedClock
    slack: InProcessSlack
    vault: MultiFernet = field(default_factory=lambda: MultiFernet([Fernet(Fernet.generate_key())]))
    changed: list[FirmId] = field(default_factory=list)

    @property
    def firm(self) -> FirmId:
        return FirmId(self.slack.workspace.team_id)

    @property
    def store(self) -> InstallationStore:
        return InstallationStore(self.vault)

    @property
    def installations(self) -> Installations:
        return Installations(self.database, self.store, self.clock, self.changed.append)

    @property
    def installing(self) -> Installing:
        return Installing(self.installations, self.slack)

    @property
    def tokens(self) -> BotTokens:
        return BotTokens(self.database, self.store, self.installations, self.slack, self.clock)

    def set_out(self) -> tuple[str, str]:
        """The state that goes to Slack, and what stays in the browser."""
        url, browser = self.installing.begin()
        return url.partition("state=")[2], browser

    def allow(self) -> str:
        (owner,) = self.slack.workspace.people.values()
        return owner.install()

    async def install(self) -> Installation:
        state, browser = self.set_out()
        await self.installing.finish(state=state, browser=browser, code=self.allow())
        return await self.find()

    async def find(self) -> Installation:
        async with self.database.read() as db:
            found = await self.store.find(db, self.firm)
        assert found is not None
        return found

    async def is_open(self) -> bool:
        return self.slack.opens((await self.tokens.current(self.firm)).bot_token)

    async def audited(self) -> list[str]:
        async with self.database.read() as db:
            query = select(audit.c.action).where(audit.c.firm_id == self.firm)
            return list((await db.execute(query.order_by(audit.c.sequence))).scalars())


@pytest.fixture
def door(database: Database, clock: PassedClock) -> Door:
    workspace = Workspace(
        "Birch", clock=lambda: clock().timestamp(), chance=Random(3), has_app=False
    )
    workspace.registration.rotates_tokens = True
    workspace.add_person("Olivia", owner=True)
    return Door(database, clock, InProcessSlack(workspace))


# From the install page and back.


async def test_what_slack_tells_of_an_installation_is_kept(door: Door) -> None:
    found = await door.install()
    workspace = door.slack.workspace
    (olivia,) = workspace.people
    assert (found.bot_token, found.bot_user_id) == (workspace.bot_token, workspace.bot_user_id)
    assert (found.bot_id, found.installed_by) == (workspace.bot_id, olivia)
    assert found.scopes == workspace.scopes
    assert found.expires_at == door.clock() + HALF_A_DAY
    assert workspace.bot_token not in repr(found)
    assert (await door.audited(), door.changed) == (["installed"], [door.firm])


async def test_no_token_lies_in_the_ledger_in_the_clear(door: Door) -> None:
    found = await door.install()
    async with door.database.read() as db:
        row = (await db.execute(select(installations))).one()
    assert found.bot_token.encode() not in row.bot_token
    assert str(found.refresh_token).encode() not in row.refresh_token


async def test_whoever_only_looks_leaves_nothing_in_the_ledger(door: Door) -> None:
    door.set_out()
    async with door.database.read() as db:
        for table in (installations, used_states):
            assert (await db.execute(select(func.count()).select_from(table))).scalar_one() == 0


async def test_a_state_works_once(door: Door) -> None:
    state, browser = door.set_out()
    await door.installing.finish(state=state, browser=browser, code=door.allow())
    with pytest.raises(NotFound):
        await door.installing.finish(state=state, browser=browser, code=door.allow())
    assert await door.audited() == ["installed"]


async def test_a_state_expires_and_is_then_forgotten(door: Door) -> None:
    await door.install()
    state, browser = door.set_out()
    door.clock.advance(STATE_LASTS + SECOND)
    with pytest.raises(NotFound):
        await door.installing.finish(state=state, browser=browser, code=door.allow())
    await door.install()
    async with door.database.read() as db:
        assert (await db.execute(select(func.count()).select_from(used_states))).scalar_one() == 1


async def test_a_state_belongs_to_the_browser_it_was_made_for(door: Door) -> None:
    state, browser = door.set_out()
    for stranger in (door.set_out()[1], "", "ä"):
        with pytest.raises(NotFound):
            await door.installing.finish(state=state, browser=stranger, code=door.allow())
    await door.installing.finish(state=state, browser=browser, code=door.allow())


@pytest.mark.parametrize("state", ["", "forged", "ä", "gAAAAABforged"])
async def test_a_forged_state_installs_nothing(door: Door, state: str) -> None:
    with pytest.raises(NotFound):
        await door.installing.finish(state=state, browser="", code=door.allow())


async def test_nothing_else_that_is_encrypted_passes_for_a_state(door: Door) -> None:
    stolen = door.vault.encrypt(b"xoxb-hush").decode()
    with pytest.raises(NotFound):
        await door.installing.finish(state=stolen, browser="xoxb-hush", code=door.allow())


async def test_a_code_that_slack_refuses_installs_nothing(door: Door) -> None:
    state, browser = door.set_out()
    with pytest.raises(Refused):
        await door.installing.finish(state=state, browser=browser, code="invented")
    with pytest.raises(NotInstalled):
        await door.tokens.current(door.firm)


# Tokens that rotate.


async def test_a_token_that_lasts_is_used_as_it_is(door: Door) -> None:
    await door.install()
    door.clock.advance(HALF_A_DAY - REFRESH_BEFORE - SECOND)
    assert await door.is_open()
    assert door.slack.refreshes == 0


async def test_a_token_is_renewed_before_it_ends(door: Door) -> None:
    await door.install()
    for _ in range(3):
        door.clock.advance(HALF_A_DAY - REFRESH_BEFORE)
        assert await door.is_open()
    assert door.slack.refreshes == 3


async def test_ten_at_once_renew_it_once(door: Door) -> None:
    await door.install()
    door.clock.advance(HALF_A_DAY)
    ten = await asyncio.gather(*(door.tokens.current(door.firm) for _ in range(10)))
    assert door.slack.refreshes == 1
    assert {each.bot_token for each in ten} == {door.slack.workspace.bot_token}


async def test_nobody_waits_for_a_renewal_while_the_token_is_good(door: Door) -> None:
    before = await door.install()
    door.clock.advance(HALF_A_DAY - REFRESH_BEFORE)
    door.slack.answers.clear()
    renewing = asyncio.create_task(door.tokens.current(door.firm))
    await door.slack.asked.wait()
    assert (await door.tokens.current(door.firm)).bot_token == before.bot_token
    door.slack.answers.set()
    assert (await renewing).bot_token != before.bot_token


async def test_while_slack_is_away_the_token_is_used_up_to_its_last_minutes(door: Door) -> None:
    await door.install()
    door.slack.fails_with = TryLater("away")
    door.clock.advance(HALF_A_DAY - LAST_MINUTES - SECOND)
    assert await door.is_open()
    door.clock.advance(2 * SECOND)
    with pytest.raises(TryLater):
        await in_haste(door)
    door.slack.fails_with = None
    assert await door.is_open()


async def test_what_slack_takes_no_more_is_renewed_whatever_the_clock_says(door: Door) -> None:
    refused = (await door.install()).bot_token
    ten = await asyncio.gather(
        *(door.tokens.current(door.firm, refused=refused) for _ in range(10))
    )
    assert {each.bot_token for each in ten} == {door.slack.workspace.bot_token} - {refused}
    assert door.slack.refreshes == 1


async def test_a_refresher_that_died_is_taken_over(door: Door) -> None:
    found = await door.install()
    door.clock.advance(HALF_A_DAY)
    now = door.clock()
    async with door.database.write(door.firm) as db:
        assert await door.store.claim_refresh(db, found, now=now, until=now + REFRESH_TAKES)
    with pytest.raises(TryLater):
        await in_haste(door)
    assert door.slack.refreshes == 0
    door.clock.advance(REFRESH_TAKES)
    assert await door.is_open()


async def test_a_refresh_token_that_slack_refuses_ends_the_installation_once(door: Door) -> None:
    await door.install()
    door.clock.advance(HALF_A_DAY)
    door.slack.workspace.tokens.revoke("token_revoked")
    answers = await asyncio.gather(
        *(door.tokens.current(door.firm) for _ in range(5)), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {NotInstalled}
    assert door.slack.refreshes == 1
    assert await door.audited() == ["installed", "access to slack lost"]


async def test_a_refusal_means_nothing_once_it_is_installed_anew(door: Door) -> None:
    await door.install()
    door.clock.advance(HALF_A_DAY)
    door.slack.answers.clear()
    renewing = asyncio.create_task(door.tokens.current(door.firm))
    await door.slack.asked.wait()
    await door.install()
    door.slack.answers.set()
    assert (await renewing).bot_token == door.slack.workspace.bot_token
    assert await door.is_open()


async def test_a_token_that_does_not_rotate_is_never_renewed(door: Door) -> None:
    door.slack.workspace.registration.rotates_tokens = False
    found = await door.install()
    door.clock.advance(timedelta(days=1_000))
    assert await door.is_open()
    assert await door.tokens.current(door.firm, refused=found.bot_token) == found
    assert door.slack.refreshes == 0


async def test_a_token_that_no_key_opens_is_as_good_as_none(door: Door) -> None:
    await door.install()
    door.vault = MultiFernet([Fernet(Fernet.generate_key())])
    with pytest.raises(NotInstalled):
        await door.tokens.current(door.firm)


# Removed, and installed again.


async def test_once_it_is_removed_no_token_is_kept(door: Door) -> None:
    await door.install()
    for _ in range(2):  # Slack says it twice, in two ways.
        await door.installations.remove(door.firm, said_at=door.clock())
    with pytest.raises(NotInstalled):
        await door.tokens.current(door.firm)
    async with door.database.read() as db:
        row = (await db.execute(select(installations))).one()
    assert (row.bot_token, row.refresh_token, row.expires_at) == (None, None, None)
    assert await door.audited() == ["installed", "uninstalled"]


async def test_what_a_firm_recorded_outlives_its_installation(door: Door) -> None:
    await door.install()
    member = Member(door.firm, ANNA, False, False, "en-US", "UTC")
    async with door.database.write(door.firm) as db:
        await ledger.save_member(db, member, seen_at=door.clock())
    await door.installations.remove(door.firm, said_at=door.clock())
    door.clock.advance(timedelta(days=400))
    await door.install()
    assert await door.is_open()
    async with door.database.read() as db:
        found = await ledger.find_member(
            db, door.firm, ANNA, seen_after=door.clock() - timedelta(days=500)
        )
    assert found is not None


async def test_slack_telling_late_of_a_removal_ends_nothing_new(door: Door) -> None:
    await door.install()
    removed_at = door.clock()
    door.clock.advance(timedelta(minutes=1))
    await door.install()
    await door.installations.remove(door.firm, said_at=removed_at)
    assert await door.is_open()


async def test_a_token_that_comes_after_the_removal_is_not_stored(door: Door) -> None:
    await door.install()
    door.clock.advance(HALF_A_DAY)
    door.slack.answers.clear()
    renewing = asyncio.create_task(door.tokens.current(door.firm))
    await door.slack.asked.wait()
    await door.installations.remove(door.firm, said_at=door.clock())
    door.slack.answers.set()
    with pytest.raises(NotInstalled):
        await renewing


async def in_haste(door: Door) -> Installation:
    """Ask with a clock that goes on four seconds whenever somebody looks at it."""

    def clock() -> datetime:
        door.clock.advance(timedelta(seconds=4))
        return door.clock()

    return await replace(door.tokens, clock=clock).current(door.firm)
