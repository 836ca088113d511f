"""Whatever a payment holds, Slack takes what we show of it, and nothing is left out unsaid."""

from dataclasses import replace
from uuid import UUID

import pytest

from handlers.elements import Block
from handlers.payments.blocks import show
from handlers.payments.details import details_modal
from handlers.payments.draft import Draft
from handlers.payments.linking import link_modal
from handlers.payments.listing import show_page
from handlers.payments.partings import unsync_modal
from handlers.payments.progress import describe
from handlers.payments.views import edit_modal, payment_modal
from handlers.refunds.blocks import show as show_refund
from handlers.refunds.views import refund_modal
from services.domain.causes import Cause
from services.domain.connection import Account
from services.domain.ids import PaymentId
from services.domain.ledger import Allocation, Invoice, Note, Payment, Settings, SyncFacts
from services.domain.pages import Page, Place
from services.domain.sync import ACTIONS, Operation, Status
from services.domain.waiting import ForClient, ForInvoice, ForRetry, Waiting
from services.forecasts import Forecast
from services.histories import MOST_EVENTS, Event, History
from services.payments import Standing
from services.previews import Parting
from services.refunds import RefundStanding
from tests.builders import SYNCED, a_company
from tests.handlers.worst import (
    LAST_DAY,
    LOCALE,
    MOST,
    NAMES,
    QUICKBOOKS_WORDS,
    at,
    failed,
    opened,
    shown,
    the_candidates,
    the_client,
    the_invoices,
    the_payment,
    the_refunds,
)

SETTINGS = Settings(sync_by_default=True, currency="USD", version=1, start_on=LAST_DAY)
COMPANY = a_company(
    name=NAMES["wild"],
    books_closed_until=LAST_DAY,
    accounts=tuple(Account(f"{n}", f"{n} {NAMES['wild']}", "Bank", "Checking") for n in range(101)),
)
URL = "https://qbo.intuit.com/app"
TWIN = SyncFacts(
    Status.SKIPPED,
    cause=Cause.POSSIBLE_TWIN,
    detail=QUICKBOOKS_WORDS,
    blame="its own",
    twin_id="1" * 20,
)
NOTED = replace(SYNCED, note=Note(Operation.UPDATE, Cause.UNKNOWN, QUICKBOOKS_WORDS, "its own"))
every_name = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())


def standing(payment: Payment, waiting: Waiting | None = None) -> Standing:
    return Standing(payment, ACTIONS[payment.sync.status], waiting)


def read(payment: Payment, waiting: Waiting | None = None) -> str:
    refunds = the_refunds(payment, 100)
    reply = show(
        standing(payment, waiting),
        locale=LOCALE,
        records_url=URL,
        company=COMPANY,
        refunds=refunds,
    )
    return shown(reply)


@every_name
@pytest.mark.parametrize("facts", [failed(), TWIN, NOTED], ids=["failed", "twin", "noted"])
def test_a_payment_that_settles_a_hundred_invoices_is_shown(name: str, facts: SyncFacts) -> None:
    text = read(the_payment(the_client(name), settles=100, sync=facts))
    assert "and 88 more" in text
    assert "… and 95 refunds more" in text
    assert "the end." in text


@every_name
def test_whatever_a_payment_waits_for_is_said(name: str) -> None:
    syncing = the_payment(the_client(name), settles=100, sync=SyncFacts(Status.SYNCING))
    client = the_client(name, sync=failed())
    assert "Waits for its client" in read(syncing, ForClient(client))
    assert "Next try" in read(syncing, ForRetry(at(0), QUICKBOOKS_WORDS))
    assert "Waits for its invoice" in read(syncing, ForInvoice("&" * 21, Status.FAILED))


def test_what_would_go_along_is_counted_where_it_is_not_named() -> None:
    payment = the_payment(the_client("Acme"), settles=100, sync=failed())
    assert "and 89 more too." in read(payment)


@every_name
def test_the_form_takes_a_hundred_and_fifty_open_invoices(name: str) -> None:
    client, invoices = the_client(name), the_invoices(the_client(name), 150)
    draft = a_draft(name, invoices[-1:])
    forecast = Forecast(
        client=client,
        company=COMPANY,
        open_invoices=tuple(invoices),
        allocations=tuple(Allocation(each.id, MOST) for each in invoices[:100]),
        twins_here=tuple([the_payment(client)] * 100),
        twins_there=tuple(the_candidates(150)),
        untied=tuple(the_candidates(150)),
    )
    view = payment_modal(draft, locale=LOCALE, forecast=forecast, settings=SETTINGS)
    text = opened(view)
    for words in (
        "There are 50 more open ones than fit in here.",
        "There are 50 more of an earlier date than fit in here.",
        "settles 94 more",
        "sends 94 more invoices too",
        "So do 97 more.",
        "QuickBooks holds 147 more like it.",
        "The books are closed until",
    ):
        assert words in text
    assert _chosen(view) == [str(invoices[-1].id)]


@every_name
def test_an_edit_keeps_the_invoice_that_is_the_last_of_many(name: str) -> None:
    invoices = the_invoices(the_client(name), 150)
    payment = the_payment(the_client(name), sync=NOTED)
    draft = replace(a_draft(name, invoices[-1:]), edits=payment.id)
    forecast = Forecast(
        client=payment.client, company=COMPANY, open_invoices=tuple(invoices), allocations=()
    )
    view = edit_modal(payment, draft, locale=LOCALE, forecast=forecast, settings=SETTINGS)
    assert "There are 50 more open ones" in opened(view)
    assert _chosen(view) == [str(invoices[-1].id)]


def a_draft(name: str, chosen: list[Invoice]) -> Draft:
    return Draft(
        currency="USD",
        sync=True,
        today="2000-01-01",
        client=the_client(name),
        amount=MOST,
        client_id=the_client(name).id,
        received_on=LAST_DAY,
        reference="&" * 21,
        description="&" * 3000,
        invoices=tuple(each.id for each in chosen),
    )


def _chosen(view: Block) -> list[str]:
    (menu,) = (each for each in view["blocks"] if each.get("label", {}).get("text") == "Invoices")
    return [option["value"] for option in menu["element"]["initial_options"]]


@every_name
def test_details_tell_of_a_hundred_refunds_and_the_latest_of_the_history(name: str) -> None:
    payment = the_payment(the_client(name), settles=100, sync=NOTED)
    event = Event(at(0), "U0ANNA", "R-1001", "dismissed", Status.SKIPPED, "&" * 300)
    refunds = the_refunds(payment, 100, sync=SYNCED)
    history = History(tuple(refunds), (event,) * MOST_EVENTS)
    shown_to = standing(payment)
    text = opened(details_modal(shown_to, history, COMPANY, locale=LOCALE, records_url=URL))
    assert "… and 80 more, to R-1100: /payment show R-1100 shows one." in text
    assert "History, the latest 25" in text


@every_name
def test_twenty_payments_are_asked_about_at_once(name: str) -> None:
    payment = the_payment(the_client(name), sync=SYNCED)
    refunds = tuple(the_refunds(payment, 100, sync=SYNCED))
    parting = Parting(payment, refunds, tuple(the_candidates(100)))
    staying = Parting(the_payment(the_client(name)), (), None)
    text = opened(unsync_modal([*[parting] * 10, *[staying] * 10], COMPANY, LOCALE))
    assert text.count("90 more of its refunds are deleted there too.") == 10
    assert text.count("Not touched: 96 more.") == 10
    assert text.count("so there is nothing to unsync.") == 10


@every_name
def test_what_becomes_of_twenty_payments_is_told(name: str) -> None:
    payments = [
        the_payment(the_client(name), id=PaymentId(UUID(int=n + 1)), sync=failed())
        for n in range(20)
    ]
    refusals = {each.id: f"{name} is not in QuickBooks. Sync it first." for each in payments}
    text = shown(describe("Sync", [standing(each) for each in payments], refusals))
    assert text.count("is not in QuickBooks. Sync it first.") == 20


@every_name
def test_a_page_of_payments_is_listed_whatever_was_sought(name: str) -> None:
    page = Page((the_payment(the_client(name)),) * 10, Place("9" * 9, back=True), Place("9" * 9))
    for sought in (name, name * 2, "\N{GRINNING FACE}" * 200):
        text = shown(show_page(page, sought, locale=LOCALE))
        assert text.count("QUICKBOOKS") == 10


@every_name
def test_the_hundred_best_of_many_can_be_linked(name: str) -> None:
    payment = the_payment(the_client(name), sync=TWIN)
    view = link_modal(payment, the_candidates(150), locale=LOCALE)
    assert "50 more of other amounts do not fit in here." in opened(view)
    opened(link_modal(payment, [], locale=LOCALE))


@every_name
@pytest.mark.parametrize("facts", [failed(), NOTED], ids=["failed", "noted"])
def test_a_refund_is_shown(name: str, facts: SyncFacts) -> None:
    (refund,) = the_refunds(the_payment(the_client(name)), 1, sync=facts, account_id="100")
    shown_to = RefundStanding(refund, ACTIONS[facts.status], None)
    reply = show_refund(shown_to, locale=LOCALE, records_url=URL, company=COMPANY)
    assert "R-1001" in shown(reply)


@every_name
def test_the_account_that_has_the_money_is_among_those_offered(name: str) -> None:
    payment = the_payment(the_client(name))
    view = refund_modal(
        payment,
        MOST,
        accounts=COMPANY.money_accounts,
        account="100",
        locale=LOCALE,
        on=LAST_DAY,
    )
    assert "There are 1 more accounts than fit in here." in opened(view)
    assert "100" in str(view["blocks"][2]["element"]["initial_option"]["value"])
