"""Clients from a file: all of them or none, and nobody twice."""

import pytest

from services.db import ledger
from services.domain.ids import OPERATOR
from services.domain.sync import Status
from services.errors import Refused
from tests.builders import FIRM, OTHER_FIRM
from tests.services.imports.conftest import Importing, nobody


async def test_all_of_them_are_added_and_nothing_is_sent(operator: Importing) -> None:
    added = await operator.records("client", "Name,E-mail\nBirch ,ap@birch.example\nCedar  Ltd,\n")
    assert added == (2, 0)
    async with operator.database.read() as db:
        birch = await ledger.find_client_by_name(db, FIRM, "birch")
        assert await ledger.find_client_by_name(db, OTHER_FIRM, "birch") is None
    assert birch is not None
    assert (birch.name, birch.email, birch.sync.status) == (
        *("Birch", "ap@birch.example", Status.NOT_SYNCED),
    )
    assert await operator.names() == ["Acme", "Birch", "Cedar Ltd"]
    assert await operator.audited() == [
        *[(OPERATOR, "client recorded")] * 2,
        (OPERATOR, "file imported"),
    ]


async def test_the_same_file_a_second_time_adds_nobody(operator: Importing) -> None:
    text = "Name\nBirch\nCedar\n"
    assert await operator.records("client", text) == (2, 0)
    before = await operator.audited()
    assert await operator.records("client", text) == (0, 2)
    assert await operator.audited() == before


async def test_who_is_a_client_already_stays_as_they_are(operator: Importing) -> None:
    plan = await operator.reads("client", "Name,E-mail\nACME,other@acme.example\nacme ltd,\n")
    assert (len(plan.new), plan.there) == (1, 1)
    assert [str(each) for each in plan.notes] == [
        "line 2: Acme is there already, with ap@acme.example. It stays as it is."
    ]


async def test_each_bad_row_is_named_and_nobody_is_added(operator: Importing) -> None:
    long = "x" * 101
    text = f"Name,E-mail\nBirch,\n,lost@birch.example\nA:B,nobody\n{long},\nbirch,\nCedar,a b@c.d\n"
    assert await operator.objections("client", text) == [
        "line 3: A client needs a name.",
        "line 4: QuickBooks takes no colon in a name.",
        "line 4: “nobody” is not an e-mail address.",
        "line 5: A name has 100 characters at the most.",
        "line 6: birch is on line 2 already.",
        "line 7: “a b@c.d” is not an e-mail address.",
    ]
    plan = await operator.reads("client", text)
    with pytest.raises(Refused, match="6 rows need mending first"):
        await operator.imports.record(plan, by=OPERATOR, advance=nobody)


async def test_an_empty_file_adds_nobody(operator: Importing) -> None:
    assert await operator.records("client", "Name,E-mail\n") == (0, 0)


async def test_many_are_added_in_small_transactions(operator: Importing) -> None:
    many = [f"Client {number:04}" for number in range(1_200)]
    plan = await operator.reads("client", "\n".join(["Name", *many]))
    steps: list[int] = []
    done = await operator.imports.record(plan, by=OPERATOR, advance=steps.append)
    assert (done.added, sum(steps)) == (1_200, 1_200)
    assert max(steps) * 4 <= 500  # A client, its audit, the end of that, what was staged.
    assert await operator.names() == ["Acme", *many]
