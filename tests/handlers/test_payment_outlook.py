"""What the form foresees, from what it knows."""

from dataclasses import replace
from datetime import date
from typing import Any

from handlers.payments.draft import Draft
from handlers.payments.outlook import describe
from services.domain.causes import Cause
from services.domain.ids import ClientId
from services.domain.ledger import Allocation, Method, Settings, SyncFacts
from services.domain.sync import Status
from services.forecasts import Forecast
from tests.builders import (
    ACME,
    SYNCED,
    a_client,
    a_company,
    a_payment,
    an_invoice,
    some_money,
)

DRAFT = Draft(
    currency="USD",
    sync=True,
    today="2026-11-02",
    client_id=ClientId(ACME),
    amount=some_money("500.00"),
    received_on=date(2026, 11, 2),
)
FORECAST = Forecast(client=a_client(sync=SYNCED), company=a_company(), untied=())
SETTINGS = Settings(sync_by_default=True, currency="USD", version=1)


def foreseen(draft: Draft = DRAFT, forecast: Forecast = FORECAST, **chosen: Any) -> str:
    return describe(draft, forecast, replace(SETTINGS, **chosen), locale="en-US")


def test_the_money_goes_where_the_firm_or_the_method_says() -> None:
    assert "; into Undeposited Funds." in foreseen()
    assert "; into Checking." in foreseen(deposit_account_id="35")
    cash = replace(DRAFT, method=Method.CASH)
    assert "; into Checking." in foreseen(cash, method_accounts={"Cash": "35"})
    assert "; into Undeposited Funds." in foreseen(method_accounts={"Cash": "35"})
    assert "into an account that is not active any more" in foreseen(deposit_account_id="99")


def test_a_closed_period_and_the_start_date_are_pointed_out() -> None:
    closed = replace(FORECAST, company=a_company(books_closed_until=date(2026, 11, 2)))
    assert "The books are closed until Nov 2, 2026" in foreseen(forecast=closed)
    assert "closed" not in foreseen(replace(DRAFT, received_on=date(2026, 11, 3)), closed)
    assert "older than the firm’s start date" in foreseen(start_on=date(2026, 11, 3))
    assert "start date" not in foreseen(start_on=date(2026, 11, 2))


def test_what_stays_out_of_quickbooks_is_not_warned_about() -> None:
    closed = replace(FORECAST, company=a_company(books_closed_until=date(2026, 11, 2)))
    kept = foreseen(replace(DRAFT, sync=False), closed, start_on=date(2027, 1, 1))
    assert "warning" not in kept
    assert "stays out of QuickBooks" in kept


def test_a_client_who_is_excluded_is_pointed_out() -> None:
    excluded = replace(FORECAST, client=a_client(sync=SYNCED, excluded=True))
    assert "Acme is excluded from QuickBooks" in foreseen(forecast=excluded)


def test_what_was_skipped_is_said_to_keep_the_payment_waiting() -> None:
    skipped = SyncFacts(Status.SKIPPED, cause=Cause.DISMISSED, detail="ours", blame="client")
    invoice = an_invoice(sync=skipped)
    allocation = Allocation(invoice.id, some_money("500.00"))
    forecast = replace(FORECAST, open_invoices=(invoice,), allocations=(allocation,))
    told = foreseen(forecast=forecast)
    assert "sends the invoice" not in told
    assert "Skipped, so that the payment waits until somebody syncs it: INV-1001." in told
    left_out = foreseen(replace(DRAFT, leaves_out=True), forecast)
    assert "INV-1001 is left out: credit in QuickBooks" in left_out
    assert "waits" not in left_out


def test_an_answer_that_did_not_come_is_pointed_out() -> None:
    assert "QuickBooks has not answered yet" in foreseen(forecast=replace(FORECAST, untied=None))
    assert "QuickBooks has not answered yet" not in foreseen()


def test_names_mean_nothing_to_slack_here_either() -> None:
    twin = a_payment(reference="<!here>")
    assert "&lt;!here&gt;" in foreseen(forecast=replace(FORECAST, twins_here=(twin,)))
