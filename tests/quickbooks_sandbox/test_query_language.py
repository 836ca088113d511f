"""The query language: what it finds, in which order, and how it complains."""

# ruff: noqa: S608 - This is QuickBooks' query language; no database is near.

import string
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.quickbooks import Company, FaultError, ManualClock
from sandbox.quickbooks.query import Condition, parse, quote
from sandbox.quickbooks.wire import JsonObject


async def find(api: httpx.AsyncClient, query: str) -> JsonObject:
    answer = await api.get("/query", params={"query": query})
    assert answer.status_code == 200, answer.text
    found: JsonObject = answer.json()["QueryResponse"]
    return found


async def names(api: httpx.AsyncClient, query: str) -> list[str]:
    rows = (await find(api, query)).get("Customer", [])
    assert isinstance(rows, list)
    return [row["DisplayName"] for row in rows]


async def complaint(api: httpx.AsyncClient, query: str) -> tuple[str, str]:
    answer = await api.get("/query", params={"query": query})
    assert answer.status_code == 400
    error = answer.json()["Fault"]["Error"][0]
    return error["code"], error["Detail"]


@pytest.fixture
def people(company: Company, clock: ManualClock) -> list[JsonObject]:
    """Four customers, made a minute apart, from 09:00 on in the company's time."""
    made = []
    for name in ("Amy's Bird Sanctuary", "Bill's Windsurf Shop", "Cool Cars", "back\\slash"):
        made.append(company.add_customer(name))
        clock.advance(timedelta(minutes=1))
    company.add_invoice(str(made[2]["Id"]), "75")
    return made


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (r"DisplayName = 'Amy\'s Bird Sanctuary'", ["Amy's Bird Sanctuary"]),
        (r"DisplayName = 'back\\slash'", ["back\\slash"]),
        ("DisplayName LIKE '%car%'", ["Cool Cars"]),
        ("DisplayName like 'B%'", ["Bill's Windsurf Shop", "back\\slash"]),
        ("DisplayName IN ('Cool Cars', 'Nobody')", ["Cool Cars"]),
        ("Id = '3'", ["Cool Cars"]),
        ("Id IN ('4','1','99')", ["back\\slash", "Amy's Bird Sanctuary"]),
        ("Balance > '0' AND DisplayName < 'D'", ["Cool Cars"]),
        ("Balance >= 75.00", ["Cool Cars"]),
        ("Active = false", []),
        ("MetaData.CreateTime > '2026-11-02T09:01:00-08:00'", ["Cool Cars", "back\\slash"]),
        ("Metadata.CreateTime >= '2026-11-02T17:02:00Z'", ["Cool Cars", "back\\slash"]),
        ("MetaData.CreateTime < '2026-11-02T09:01:00'", ["Amy's Bird Sanctuary"]),
        (
            "MetaData.LastUpdatedTime <= '2026-11-02T12:01:00-05:00'",
            ["Amy's Bird Sanctuary", "Bill's Windsurf Shop"],
        ),
    ],
)
@pytest.mark.usefixtures("people")
async def test_what_a_condition_finds(api: httpx.AsyncClient, where: str, found: list[str]) -> None:
    assert await names(api, f"select * from Customer where {where}") == found


@pytest.mark.usefixtures("people")
async def test_order_and_page_in_either_spelling(api: httpx.AsyncClient) -> None:
    backwards = ["Cool Cars", "Bill's Windsurf Shop", "back\\slash", "Amy's Bird Sanctuary"]
    for words in ("ORDERBY DisplayName DESC", "order by displayname desc"):
        assert await names(api, f"select * from Customer {words}") == backwards
    for words in ("STARTPOSITION 2 MAXRESULTS 2", "MAXRESULTS 2 STARTPOSITION 2"):
        query = f"select * from Customer orderby DisplayName desc {words}"
        assert await names(api, query) == backwards[1:3]


@pytest.mark.usefixtures("people")
async def test_a_reply_says_where_it_starts_and_how_much_it_holds(api: httpx.AsyncClient) -> None:
    found = await find(api, "select * from Customer startposition 3")
    assert (found["startPosition"], found["maxResults"]) == (3, 2)
    assert await find(api, "select count(*) from Customer") == {"totalCount": 4}
    assert await find(api, "select * from Customer where Id = '77'") == {}


async def test_a_hundred_come_unless_more_are_asked_for(
    api: httpx.AsyncClient, company: Company
) -> None:
    for number in range(105):
        company.add_customer(f"Customer {number}")
    assert len(await names(api, "select * from Customer")) == 100
    assert len(await names(api, "select * from Customer maxresults 1000")) == 105


async def test_the_inactive_show_only_where_active_is_asked_about(
    api: httpx.AsyncClient, company: Company
) -> None:
    company.change("Customer", company.add_customer("Amy")["Id"], Active=False)
    company.add_customer("Bill")
    assert await names(api, "select * from Customer") == ["Bill"]
    both = await names(api, "select * from Customer where Active IN (true, false)")
    assert both == ["Amy (deleted)", "Bill"]


async def test_named_columns_alone_are_shown(api: httpx.AsyncClient, company: Company) -> None:
    company.add_customer("Amy")
    found = await find(api, "select DisplayName, Active from Customer")
    assert found["Customer"] == [
        {"DisplayName": "Amy", "Active": True, "domain": "QBO", "sparse": True, "Id": "1"}
    ]


@pytest.mark.usefixtures("people")
async def test_a_query_may_be_posted_as_text(api: httpx.AsyncClient) -> None:
    answer = await api.post(
        "/query",
        content="select * from Customer where DisplayName = 'Cool Cars'",
        headers={"Content-Type": "application/text"},
    )
    assert len(answer.json()["QueryResponse"]["Customer"]) == 1


@pytest.mark.parametrize(
    ("query", "code", "detail"),
    [
        ("select * from Customer where Balance >> 4", "4000",
         'QueryParserError: Encountered " ">" "> "" at line 1, column 39.\nWas expecting one of:'),
        ("select * from NULL", "4000",
         'QueryParserError: Encountered " "null" "NULL "" at line 1, column 15.\nWas expecting:\n'),
        ("select *", "4000", 'QueryParserError: Encountered "<EOF>" at line 1, column 9.'),
        ("select * from Customer\nwhere 'x' = 1", "4000",
         'QueryParserError: Encountered " <STRING> "\'x\' "" at line 2, column 7.'),
        ("select * from Custmoer", "4001",
         "QueryValidationError: invalid context declaration: Custmoer"),
        ("select * from Customer where PrimayEmailAddr = 'x'", "4001",
         "QueryValidationError: Property PrimayEmailAddr not found for Entity Customer"),
        ("select * from Customer where PrimaryEmailAddr = 'x'", "4001",
         "QueryValidationError: property 'PrimaryEmailAddr' is not queryable"),
        ("select * from Payment where UnappliedAmt > '0'", "4001",
         "QueryValidationError: property 'UnappliedAmt' is not queryable"),
        ("select * from Payment where PrivateNote = 'x'", "4001",
         "QueryValidationError: property 'PrivateNote' is not queryable"),
        ("select * from Customer startposition 0", "4001",
         "QueryValidationError: value 0 is too small. Min allowed value is 1"),
        ("select * from Customer maxresults 1001", "4001",
         "QueryValidationError: value 1001 is too large. Max allowed value is 1000"),
        ("select * from Customer where Id = '1' OR Id = '2'", "4001", "QueryValidationError: "),
        ("select * from Customer where Id != '1'", "4001", "QueryValidationError: "),
        ("select * from Customer where Id between '1' and '2'", "4001", "QueryValidationError: "),
        ("select * from Customer where not Id = '1'", "4001", "QueryValidationError: "),
        ("select * from Customer where Id > '1'", "4001", "QueryValidationError: "),
        ("select * from Customer where Id = ''", "2030", "Id should be a valid number."),
        ("select * from Customer where MetaData.CreateTime > 'noon'", "4001",
         "QueryValidationError: "),
    ],
)  # fmt: skip
async def test_how_quickbooks_complains(
    api: httpx.AsyncClient, query: str, code: str, detail: str
) -> None:
    found_code, found_detail = await complaint(api, query)
    assert found_code == code
    assert found_detail.startswith(detail)


@given(st.text())
def test_any_quoted_text_is_read_back_as_it_was(text: str) -> None:
    query = parse(f"select * from Customer where DisplayName = {quote(text)}")
    assert query.conditions == (Condition("DisplayName", "=", (text,)),)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=2), min_size=1))
def test_numbers_are_read_exactly(numbers: list[Decimal]) -> None:
    listed = ", ".join(format(number, "f") for number in numbers)
    query = parse(f"select * from Payment where TotalAmt in ({listed})")
    assert query.conditions[0].values == tuple(numbers)


@given(st.text(alphabet=string.printable))
def test_whatever_is_sent_is_either_read_or_refused(text: str) -> None:
    try:
        parse(text)
        code = "read"
    except FaultError as error:
        code = error.code
    assert code in {"read", "4000", "4001"}
