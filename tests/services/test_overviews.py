"""Lists, page by page: each row once, in order, there and back."""

from sandbox.quickbooks import Fault, Kind
from services.domain.ids import ClientId
from services.domain.pages import ROWS, Page, Search
from services.domain.sync import Status
from services.overviews import Overviews
from tests.builders import ACME, ANNA, FIRM, OTHER_FIRM, a_new_invoice
from tests.services.conftest import Office


async def make_invoices(office: Office, count: int) -> None:
    """All in the same instant, as an import makes them."""
    for number in range(count):
        await office.invoices.record(FIRM, a_new_invoice(), submission_id=f"V{number}", by=ANNA)


async def test_every_invoice_is_on_one_page_there_and_back(office: Office) -> None:
    await make_invoices(office, 23)
    overviews, search = Overviews(office.database), Search()
    there = [await overviews.invoices(FIRM, search)]
    while there[-1].after:
        there.append(await overviews.invoices(FIRM, search, there[-1].after))
    numbers = [[row.number for row in page.rows] for page in there]
    assert [len(page) for page in numbers] == [ROWS, ROWS, 3]
    assert len({number for page in numbers for number in page}) == 23
    assert there[0].before is None
    back = [there[-1]]
    while back[-1].before:
        back.append(await overviews.invoices(FIRM, search, back[-1].before))
    assert [[row.number for row in page.rows] for page in back] == numbers[::-1]


async def test_clients_are_listed_by_name_and_found_by_words_and_status(office: Office) -> None:
    for name in ("Birch", "acorn", "Cedar & Birch"):
        await office.clients.record(FIRM, name=name, email=None, by=ANNA)
    overviews = Overviews(office.database)

    async def names(search: Search) -> list[str]:
        return [row.name for row in (await overviews.clients(FIRM, search)).rows]

    assert await names(Search()) == ["Acme", "acorn", "Birch", "Cedar & Birch"]
    assert await names(Search(words=("birch",))) == ["Birch", "Cedar & Birch"]
    assert await names(Search(words=("birch", "ced"))) == ["Cedar & Birch"]
    assert await names(Search(words=("%",))) == []
    assert await names(Search(frozenset({Status.SYNCED}))) == []


async def test_another_firm_sees_nothing_of_it(office: Office) -> None:
    await make_invoices(office, 1)
    overviews = Overviews(office.database)
    invoice = (await overviews.invoices(FIRM, Search())).rows[0]
    assert await overviews.invoices(OTHER_FIRM, Search()) == Page(())
    assert await overviews.settling(OTHER_FIRM, invoice.id) == []
    assert invoice.client.id == ClientId(ACME)


async def test_what_waits_is_counted_with_its_next_retry(office: Office) -> None:
    overviews = Overviews(office.database)
    await office.clients.sync(FIRM, "Acme", by=ANNA)
    work = await overviews.work(FIRM, now=office.clock())
    assert (work.queue.waiting, work.queue.next_retry_at) == (1, None)
    assert (await overviews.work(OTHER_FIRM, now=office.clock())).queue.waiting == 0


async def test_what_was_put_off_says_when_it_is_tried_again(office: Office) -> None:
    await office.connect()
    await office.clients.sync(FIRM, "Acme", by=ANNA)
    office.quickbooks.faults.add(Fault(kind=Kind.UNAVAILABLE, entity="query"))
    await office.drain(rounds=1)
    queue = (await Overviews(office.database).work(FIRM, now=office.clock())).queue
    assert queue.waiting == 1
    assert queue.next_retry_at is not None
    assert queue.next_retry_at > office.clock()
