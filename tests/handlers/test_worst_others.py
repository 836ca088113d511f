"""Whatever invoices, clients and the connection hold, Slack takes what we show of it."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from handlers import ids
from handlers.clients.blocks import show as show_client
from handlers.clients.blocks import show_page as show_clients
from handlers.clients.linking import link_modal as link_client
from handlers.clients.partings import unsync_modal as unsync_client
from handlers.clients.views import client_modal
from handlers.clients.views import edit_modal as edit_client
from handlers.dismissing import dismiss_modal
from handlers.invoices.blocks import show as show_invoice
from handlers.invoices.blocks import show_page as show_invoices
from handlers.invoices.links import link_modal as link_invoice
from handlers.invoices.partings import unsync_modal, void_modal
from handlers.invoices.views import MOST_LINES, Draft, invoice_modal
from handlers.quickbooks.blocks import company_found, show_health
from handlers.quickbooks.settings import settings_modal
from handlers.text import quantity
from services.clients import ClientStanding
from services.connection import Health
from services.domain.allocation import Settling
from services.domain.causes import Cause
from services.domain.connection import Account, Connection, ConnectionState, Item
from services.domain.ids import UserId
from services.domain.ledger import (
    MAX_DESCRIPTION,
    MAX_LINES,
    Client,
    Invoice,
    InvoiceLine,
    Method,
    Note,
    Settings,
    SyncFacts,
)
from services.domain.near_match import NearMatch
from services.domain.pages import Page, Place
from services.domain.settings import Alerting, Rights
from services.domain.sync import ACTIONS, Operation, RecordKind, Status
from services.domain.waiting import ForClient, Queue
from services.invoices import InvoiceStanding
from services.overviews import Work
from tests.builders import ANNA, FIRM, REALM, SYNCED, a_company
from tests.handlers.worst import (
    LAST_DAY,
    LOCALE,
    MOST,
    NAMES,
    QUICKBOOKS_WORDS,
    WILD,
    at,
    failed,
    opened,
    shown,
    the_client,
    the_invoices,
)

URL = "https://qbo.intuit.com/app"
LINE = InvoiceLine((WILD * 60)[:MAX_DESCRIPTION], Decimal("999999.99999"), MOST)
SETTLING = [
    Settling(1001 + n, MOST.minor, left_out=False, status=Status.SYNCED) for n in range(1000)
]
NOTED = replace(SYNCED, note=Note(Operation.UPDATE, Cause.UNKNOWN, QUICKBOOKS_WORDS, "its own"))
LONG_NAME = (
    "Parent \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} " + "&" * 491
)  # Of a customer that QuickBooks has.
every_name = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())


def the_invoice(name: str, lines: int = MAX_LINES, **facts: Any) -> Invoice:
    (invoice,) = the_invoices(the_client(name, sync=SYNCED), 1)
    return replace(invoice, lines=(LINE,) * lines, **facts)


def the_near_match(name: str) -> Client:
    client = the_client(name)
    there = NearMatch("9" * 20, LONG_NAME, "e" * 100, is_active=True).beside(client)
    facts = SyncFacts(Status.FAILED, cause=Cause.NEAR_MATCH, detail=there, blame="its own")
    return replace(client, sync=facts)


@every_name
@pytest.mark.parametrize("facts", [failed(), NOTED], ids=["failed", "noted"])
def test_an_invoice_that_a_thousand_payments_settle_is_shown(name: str, facts: SyncFacts) -> None:
    standing = InvoiceStanding(the_invoice(name, sync=facts), ACTIONS[facts.status], None)
    text = shown(show_invoice(standing, SETTLING, locale=LOCALE, records_url=URL))
    assert "… and 30 more" in text
    assert "… and by 980 more" in text


@every_name
def test_an_invoice_that_waits_for_its_client_says_why(name: str) -> None:
    client = the_client(name, sync=failed())
    waiting = the_invoice(name, client=client, sync=SyncFacts(Status.SYNCING))
    standing = InvoiceStanding(waiting, ACTIONS[Status.SYNCING], ForClient(client))
    text = shown(show_invoice(standing, (), locale=LOCALE, records_url=URL))
    assert "The bookkeeper can make that account active in QuickBooks (look there)." in text


@every_name
@pytest.mark.parametrize("facts", [failed(), SYNCED], ids=["failed", "synced"])
def test_the_form_of_an_invoice_holds_the_most_lines(name: str, facts: SyncFacts) -> None:
    invoice = the_invoice(name, MOST_LINES, sync=facts)
    draft = Draft("USD", LAST_DAY, LAST_DAY, invoice=invoice, lines=invoice.lines)
    text = opened(invoice_modal(draft, locale=LOCALE))
    assert f"Unit price (line {MOST_LINES})" in text
    opened(invoice_modal(replace(draft, invoice=None, client=the_client(name)), locale=LOCALE))


@every_name
def test_what_parting_with_an_invoice_means_is_said_to_the_end(name: str) -> None:
    invoice = the_invoice(name, sync=SYNCED)
    for ask in (unsync_modal, void_modal):
        text = opened(ask(invoice, SETTLING, locale=LOCALE))
        assert "980 more settle" in text
        assert "That becomes the credit of" in text
    opened(dismiss_modal(ids.DISMISS_INVOICE, invoice.number, str(invoice.id)))
    opened(link_invoice(replace(invoice, sync=failed()), locale=LOCALE))


@every_name
def test_pages_of_invoices_and_clients_are_listed(name: str) -> None:
    sought, place = "\N{GRINNING FACE}" * 200, Place(name, back=True)
    invoices = Page((the_invoice(name, sync=failed()),) * 10, place, place)
    clients = Page((the_client(name, sync=failed(), excluded=True),) * 10, place, place)
    for words in (name, sought):
        assert shown(show_invoices(invoices, words, locale=LOCALE)).count("QUICKBOOKS") == 10
        assert shown(show_clients(clients, words)).count("QUICKBOOKS") == 10


@every_name
def test_a_client_is_shown_with_the_one_that_is_almost_the_same(name: str) -> None:
    for client in (the_near_match(name), the_client(name, sync=failed(), excluded=True)):
        standing = ClientStanding(client, ACTIONS[client.sync.status], None)
        assert "Not in QuickBooks." in shown(show_client(standing, records_url=URL))
        opened(link_client(client))
        opened(edit_client(client))
        opened(dismiss_modal(ids.DISMISS_CLIENT, client.name, str(client.id)))


@every_name
def test_a_client_leaves_with_ten_thousand_records(name: str) -> None:
    leaving = ["&" * 21] * 10_000
    text = opened(unsync_client(the_client(name, sync=SYNCED), leaving))
    assert "10000 of its invoices and payments" in text
    assert "and 9980 more" in text


def test_a_name_that_is_too_long_is_not_cut_in_silence() -> None:
    assert "Cut to 100 characters, which are the most." in opened(client_modal("x" * 101))
    assert "Cut" not in opened(client_modal("x" * 100))


@every_name
@pytest.mark.parametrize("state", ConnectionState)
def test_the_health_of_any_company_is_shown(name: str, state: ConnectionState) -> None:
    connection = a_connection(name, state)
    counts = dict.fromkeys(Status, 10**9)
    work = Work(
        counts=dict.fromkeys(RecordKind, counts),
        queue=Queue(10**9, at(0)),
    )
    shown(show_health(Health(connection, counts), work, is_admin=True))
    shown(show_health(Health(None, {}), work, is_admin=False))
    shown(company_found(connection))


def a_connection(name: str, state: ConnectionState) -> Connection:
    return Connection(
        firm_id=FIRM,
        realm_id=REALM,
        state=state,
        company=a_company(name=name),
        company_read_at=at(0),
        access_token="",
        refresh_token="",
        access_expires_at=at(0),
        access_ends_at=None,
        refresh_epoch=1,
        refresh_until=None,
        connected_by=ANNA,
        lost_because=WILD if state is ConnectionState.LOST else None,
        last_success_at=at(0),
    )


@every_name
def test_the_settings_show_what_was_chosen_of_a_hundred_accounts(name: str) -> None:
    company = a_company(
        name=name,
        accounts=tuple(Account(f"{n}", f"{name} {n}", "Bank", "Checking") for n in range(100)),
        items=tuple(Item(f"{n}", f"{name} {n}") for n in range(200)),
    )
    people = frozenset(UserId(f"U{n:010}") for n in range(50))
    settings = Settings(
        sync_by_default=True,
        currency="USD",
        version=10**9,
        deposit_account_id="99",
        method_accounts={str(method): "98" for method in Method},
        service_item_id="199",
        start_on=date(2000, 1, 1),
        rights=Rights(people, people),
        alerting=Alerting("C0ALERTS", quiet_from=time(22), quiet_until=time(7)),
        posting_channels=frozenset(f"C{n:010}" for n in range(50)),
    )
    opened(settings_modal(settings, company))
    opened(settings_modal(settings, None))


def test_a_quantity_fits_into_its_field() -> None:
    assert len(quantity(LINE.quantity, LOCALE)) <= 40
