"""Whoever dies in the middle of an import leaves nothing of it, or all."""

import asyncio
from uuid import UUID

import pytest

from services.db import staging
from services.db.staging import Staged
from services.domain.ids import OPERATOR, ImportId
from services.domain.sync import RecordKind
from services.imports import Imports, Plan
from services.imports.imports import GIVEN_UP_AFTER
from tests.builders import FIRM
from tests.services.imports.conftest import Importing, nobody

MANY = [f"Client {number:04}" for number in range(400)]
FILE = "\n".join(["Name", *MANY])


class DiedError(Exception):
    """The process is gone."""


def die(_: int) -> None:
    raise DiedError


async def stage_and_die(operator: Importing, plan: Plan) -> Staged:
    """As far as a process comes that dies before it accepts."""
    staged = Staged(ImportId(UUID(int=1)), FIRM, RecordKind.CLIENT, OPERATOR, 0, 0, ())
    async with operator.database.write(FIRM) as db:
        await staging.begin(db, staged, at=operator.clock())
        await staging.add(db, staged.id, enumerate(plan.new))
    return staged


async def test_what_was_accepted_is_recorded_though_the_command_died(operator: Importing) -> None:
    plan = await operator.reads("client", FILE)
    with pytest.raises(DiedError):
        await operator.imports.record(plan, by=OPERATOR, advance=die)
    assert 1 < len(await operator.names()) < len(MANY)
    assert await operator.imports.finish() == 1
    assert await operator.names() == ["Acme", *MANY]
    assert (OPERATOR, "file imported") in await operator.audited()
    assert await operator.imports.finish() == 0


async def test_what_was_not_accepted_is_not_recorded_and_forgotten(operator: Importing) -> None:
    staged = await stage_and_die(operator, await operator.reads("client", FILE))
    assert await operator.imports.finish() == 0
    operator.clock.advance(GIVEN_UP_AFTER)
    assert await operator.imports.finish() == 0
    assert await operator.names() == ["Acme"]
    async with operator.database.read() as db:
        assert await staging.next_rows(db, staged.id, most=1) == []
        assert await staging.abandoned(db, before=operator.clock()) == []


async def test_what_slept_too_long_is_accepted_no_more(operator: Importing) -> None:
    staged = await stage_and_die(operator, await operator.reads("client", FILE))
    later = operator.clock() + GIVEN_UP_AFTER
    async with operator.database.write(FIRM) as db:
        begun_after = later - GIVEN_UP_AFTER
        assert not await staging.accept(db, staged.id, begun_after=begun_after, at=later)


async def test_two_who_finish_the_same_import_add_nobody_twice(operator: Importing) -> None:
    plan = await operator.reads("client", FILE)
    with pytest.raises(DiedError):
        await operator.imports.record(plan, by=OPERATOR, advance=die)
    others = [Imports(operator.database, operator.clock) for _ in range(3)]
    await asyncio.gather(*(each.finish() for each in others))
    assert await operator.names() == ["Acme", *MANY]
    assert (await operator.audited()).count((OPERATOR, "file imported")) == 1


async def test_what_somebody_makes_meanwhile_is_theirs(operator: Importing) -> None:
    text = "Name\nBirch\nCedar\n"
    plan = await operator.reads("client", text)
    assert await operator.records("client", "Name\nBirch\n") == (1, 0)
    done = await operator.imports.record(plan, by=OPERATOR, advance=nobody)
    assert (done.added, done.there) == (1, 1)
    assert await operator.names() == ["Acme", "Birch", "Cedar"]


async def test_a_number_that_is_taken_meanwhile_is_told(operator: Importing) -> None:
    head = "Client,Number,Invoice date,Due date,Description,Unit price\n"
    row = "Acme,7,2026-10-01,2026-10-31,{},100.00\n"
    plan = await operator.reads("invoice", head + row.format("Advice"))
    await operator.records("invoice", head + row.format("Audit"))
    done = await operator.imports.record(plan, by=OPERATOR, advance=nobody)
    assert (done.added, done.there, done.left_out) == (0, 0, ("7",))
    assert (await operator.invoice("7")).lines[0].description == "Audit"
