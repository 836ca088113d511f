"""Who did what is chained: nobody changes, drops, moves or adds a row without being found out."""

import asyncio
import re
from datetime import timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError

from services.db import ledger
from services.db.engine import Database
from services.db.opening import open_database
from services.db.tables import audit
from services.domain.acting import let_in
from services.domain.audit import Head
from services.domain.ids import QUICKBOOKS, UserId
from services.domain.members import Role
from services.domain.sync import Status
from tests.builders import ANNA, FIRM, NOW, OTHER_FIRM
from tests.db.auditing import first_misfit, tamper, verdict, write_a_row

ROWS = 5
CHANGED = "it is not as it was written, or not where it was"
ADDED = "it was added by somebody else"
MISSING = "it is missing"
# What the row in the middle is made to say instead.
OTHERWISE = {
    "firm_id": "'T0OTHER'",
    "sequence": "33",
    "at": "at + 1",
    "actor": "'U0SOMEBODYELSE'",
    "role": "'admin'",
    "action": "'payment voided'",
    "record_kind": "'refund'",
    "record_id": "'another'",
    "change": """'{"amount": "5.00"}'""",
    "qbo_id": "'59'",
    "intuit_tid": "NULL",
    "hash": "(SELECT hash FROM audit WHERE sequence = 2)",
}


@pytest.fixture
async def chained(database: Database) -> Database:
    async with database.write(OTHER_FIRM) as db:
        await ledger.ensure_firm(db, OTHER_FIRM)
    async with database.write(FIRM) as db:
        for number in range(1, ROWS + 1):
            at, change = NOW + timedelta(seconds=number), {"amount": f"{number}00.00"}
            await write_a_row(db, at=at, change=change, qbo_id="58", intuit_tid="1-a")
    assert await first_misfit(database) is None
    return database


def test_every_column_is_tried() -> None:
    assert set(OTHERWISE) == set(audit.c.keys())


@pytest.mark.parametrize("column", OTHERWISE)
async def test_whatever_a_row_is_made_to_say_is_found_out(chained: Database, column: str) -> None:
    await tamper(chained, f"UPDATE audit SET {column} = {OTHERWISE[column]} WHERE sequence = 3")  # noqa: S608
    wrong = MISSING if column in {"firm_id", "sequence"} else CHANGED
    assert await first_misfit(chained) == (3, wrong)


@pytest.mark.parametrize("column", OTHERWISE)
async def test_so_it_is_in_the_last_row(chained: Database, column: str) -> None:
    await tamper(chained, f"UPDATE audit SET {column} = {OTHERWISE[column]} WHERE sequence = 5")  # noqa: S608
    wrong = MISSING if column in {"firm_id", "sequence"} else CHANGED
    assert await first_misfit(chained) == (5, wrong)


@pytest.mark.parametrize("number", range(1, ROWS + 1))
async def test_a_row_that_was_dropped_is_missed(chained: Database, number: int) -> None:
    await tamper(chained, f"DELETE FROM audit WHERE sequence = {number}")  # noqa: S608
    assert await first_misfit(chained) == (number, MISSING)


async def test_a_row_is_missed_also_where_the_others_close_up(chained: Database) -> None:
    await tamper(
        chained,
        "DELETE FROM audit WHERE sequence = 3",
        "UPDATE audit SET sequence = 3 WHERE sequence = 4",
        "UPDATE audit SET sequence = 4 WHERE sequence = 5",
    )
    assert await first_misfit(chained) == (3, CHANGED)


async def test_rows_that_changed_places_are_found_out(chained: Database) -> None:
    await tamper(
        chained,
        "UPDATE audit SET sequence = 9 WHERE sequence = 2",
        "UPDATE audit SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit SET sequence = 3 WHERE sequence = 9",
    )
    assert await first_misfit(chained) == (2, CHANGED)


@pytest.mark.parametrize(("number", "wrong"), [(0, ADDED), (-7, ADDED), (6, CHANGED), (8, MISSING)])
async def test_a_row_that_was_added_is_found_out(
    chained: Database, number: int, wrong: str
) -> None:
    columns = ", ".join(audit.c.keys())
    copied = columns.replace("sequence", str(number))
    await tamper(
        chained,
        f"INSERT INTO audit ({columns}) SELECT {copied} FROM audit WHERE sequence = 5",  # noqa: S608
    )
    assert await first_misfit(chained) == (6 if wrong == MISSING else number, wrong)


async def test_a_row_that_was_added_with_the_right_hash_is_found_out(chained: Database) -> None:
    """Whoever knows how to chain it must also move the end, which the program then misses."""
    async with chained.write(FIRM) as db:
        await write_a_row(db)
    await tamper(
        chained,
        "UPDATE audit_heads SET sequence = 5,"
        " hash = (SELECT hash FROM audit WHERE sequence = 5 AND firm_id = 'T0LARKSPUR')",
    )
    assert await first_misfit(chained) == (6, ADDED)


async def test_a_firm_of_which_all_was_dropped_is_missed(chained: Database) -> None:
    await tamper(chained, "DELETE FROM audit")
    assert await first_misfit(chained) == (1, MISSING)


async def test_rows_without_an_end_are_found_out(chained: Database) -> None:
    await tamper(chained, "DELETE FROM audit_heads")
    assert await first_misfit(chained) == (1, ADDED)


async def test_another_hash_at_the_end_is_found_out(chained: Database) -> None:
    await tamper(chained, "UPDATE audit_heads SET hash = 'f'")
    assert await first_misfit(chained) == (5, "it is not as it was written")


async def test_what_is_done_to_one_firm_is_not_put_down_to_another(chained: Database) -> None:
    async with chained.write(OTHER_FIRM) as db:
        await write_a_row(db, OTHER_FIRM)
    await tamper(chained, "DELETE FROM audit WHERE firm_id = 'T0LARKSPUR'")
    assert await first_misfit(chained, OTHER_FIRM) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET actor = 'U0SOMEBODYELSE' WHERE sequence = 3",
        "UPDATE audit SET actor = actor",
        "DELETE FROM audit WHERE sequence = 5",
        "DELETE FROM audit",
    ],
)
async def test_the_database_itself_refuses_changes(chained: Database, change: str) -> None:
    with pytest.raises(DatabaseError, match="never changed, only added to"):
        async with chained.write(FIRM) as db:
            await db.execute(text(change))
    assert await verdict(chained) == await _end(chained)


async def _end(database: Database) -> Head | None:
    async with database.read() as db:
        return await ledger.find_head(db, FIRM)


async def test_many_at_once_come_one_after_the_other(chained: Database, ledger_url: str) -> None:
    """In one process, and in another on the same database; two firms in turns."""
    async with open_database(ledger_url) as other:

        async def work(database: Database, number: int) -> None:
            firm = (FIRM, OTHER_FIRM)[number % 2]
            async with database.write(firm) as db:
                for step in range(3):
                    await write_a_row(db, firm, change={"work": number, "step": step})

        work_of = [work(each, number) for number in range(20) for each in (chained, other)]
        await asyncio.gather(*work_of)
    ends = [await verdict(chained, firm) for firm in (FIRM, OTHER_FIRM)]
    assert [isinstance(end, Head) for end in ends] == [True, True]
    assert [end.sequence for end in ends] == [ROWS + 60, 60]


async def test_what_is_rolled_back_leaves_no_row_and_no_gap(chained: Database) -> None:
    before = await _end(chained)

    async def fail() -> None:
        async with chained.write(FIRM) as db:
            await write_a_row(db)
            raise LookupError("never mind")

    with pytest.raises(LookupError):
        await fail()
    assert await verdict(chained) == before == await _end(chained)
    async with chained.write(FIRM) as db:
        await write_a_row(db)
    assert await first_misfit(chained) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"change": {}},
        {"change": {"z": 1, "a": None, "nested": {"b": [True, None, -1], "a": 2**53}}},
        {"change": {"words": 'Sköld & Söner “\U0001f9fe” "quoted"\n\t\\u0041'}},
        {"change": {"status": (None, Status.SYNCED)}},
        {"change": {"rate": 0.1}},
        {"at": NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))},
        {"at": NOW + timedelta(microseconds=1)},
        {"actor": QUICKBOOKS, "qbo_id": "", "intuit_tid": ""},
    ],
)
async def test_a_row_fits_whatever_it_says(chained: Database, facts: dict[str, Any]) -> None:
    async with chained.write(FIRM) as db:
        await write_a_row(db, **facts)
        await write_a_row(db)
    assert await first_misfit(chained) is None


async def test_it_is_written_without_looking_back_further_than_its_end(chained: Database) -> None:
    said: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        said.append(
            " ".join(re.findall(r"SELECT|INSERT|UPDATE|(?<=FROM )\w+|(?<=INTO )\w+", statement))
        )

    async with chained.write(FIRM) as db:
        event.listen(db.engine.sync_engine, "before_cursor_execute", note)
        await write_a_row(db)
    assert said == ["SELECT audit_heads", "INSERT audit"]


async def test_the_role_is_that_in_which_a_person_was_let_in(chained: Database) -> None:
    oscar = UserId("U0OSCAR")
    let_in(ANNA, Role.APPROVER)
    async with chained.write(OTHER_FIRM) as db:
        for actor in (ANNA, oscar, QUICKBOOKS):
            await write_a_row(db, OTHER_FIRM, actor=actor)
    async with chained.read() as db:
        rows = [row async for row in ledger.audit_rows(db, OTHER_FIRM)]
    assert [(row["actor"], row["role"]) for row in rows] == [
        (ANNA, "approver"),
        (oscar, None),
        (QUICKBOOKS, None),
    ]
