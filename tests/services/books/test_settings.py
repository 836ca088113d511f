"""What the firm chose: where the money goes, what is sold, and what is left out."""

from datetime import date

import pytest

from services.domain.ledger import Method, Reason
from services.domain.sync import Action
from services.errors import Refused
from tests.builders import FIRM
from tests.services.books.bookkeeping import (
    CHECKING,
    FUNDS,
    RECEIVABLE,
    SERVICES,
    Books,
)
from tests.services.books.desk import Desk
from tests.services.conftest import Office

AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")


def in_account(name: str, amount: str = "500.00") -> Books:
    return Books({name: amount, RECEIVABLE: f"-{amount}"}, {"Acme": f"-{amount}"})


# Where the money goes.


async def test_undeposited_funds_are_found_whatever_they_are_called(desk: Desk) -> None:
    desk.company.change("Account", desk.account_id(FUNDS), Name="Ej deponerade medel")
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {"Ej deponerade medel": "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00"
    )


async def test_an_account_that_only_has_the_name_is_not_taken_for_it(desk: Desk) -> None:
    desk.company.change("Account", desk.account_id(FUNDS), Name="On hand")
    desk.company.add("Account", Name=FUNDS, AccountType="Bank")
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {"On hand": "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00"
    )


async def test_the_firms_account_takes_all_payments(desk: Desk) -> None:
    await desk.chooses(deposit_account_id=desk.account_id(CHECKING))
    payments = [await desk.receives("Acme", "250.00", method=each) for each in Method]
    assert await desk.says(*payments) == ["Synced"] * 5
    assert desk.books == in_account(CHECKING, "1250.00")


async def test_a_method_can_have_an_account_of_its_own(desk: Desk) -> None:
    await desk.chooses(
        deposit_account_id=desk.account_id(CHECKING),
        method_accounts={Method.CASH: desk.account_id("Savings")},
    )
    cash = await desk.receives("Acme", "100.00", method=Method.CASH)
    check = await desk.receives("Acme", "500.00", method=Method.CHECK)
    assert await desk.says(cash, check) == ["Synced", "Synced"]
    assert desk.books == Books(
        {CHECKING: "500.00", "Savings": "100.00", RECEIVABLE: "-600.00"}, {"Acme": "-600.00"}
    )


async def test_a_method_can_have_an_account_where_the_firm_has_none(desk: Desk) -> None:
    await desk.chooses(method_accounts={Method.CASH: desk.account_id("Savings")})
    cash = await desk.receives("Acme", "100.00", method=Method.CASH)
    check = await desk.receives("Acme", "500.00", method=Method.CHECK)
    assert await desk.says(cash, check) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", "Savings": "100.00", RECEIVABLE: "-600.00"}, {"Acme": "-600.00"}, "500.00"
    )


async def test_another_account_takes_only_what_comes_later(desk: Desk) -> None:
    earlier = await desk.receives("Acme", "500.00")
    await desk.chooses(deposit_account_id=desk.account_id(CHECKING))
    later = await desk.receives("Acme", "200.00")
    assert await desk.says(earlier, later) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", CHECKING: "200.00", RECEIVABLE: "-700.00"}, {"Acme": "-700.00"}, "500.00"
    )


async def test_an_edit_leaves_the_money_where_it_is(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    await desk.chooses(deposit_account_id=desk.account_id(CHECKING))
    await desk.edits_payment(payment, amount="450.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "450.00", RECEIVABLE: "-450.00"}, {"Acme": "-450.00"}, "450.00"
    )


async def test_an_inactive_account_fails_and_the_money_goes_nowhere_else(desk: Desk) -> None:
    checking = desk.account_id(CHECKING)
    await desk.chooses(deposit_account_id=checking)
    desk.makes_inactive("Account", checking)
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says("Acme", payment) == ["Synced", "Failed: account_gone"]
    assert await desk.may(payment) == {Action.SYNC, Action.LINK, Action.DISMISS}
    assert desk.books == Books()
    desk.makes_active("Account", checking)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == in_account(CHECKING)


async def test_or_another_account_is_chosen(desk: Desk) -> None:
    checking = desk.account_id(CHECKING)
    await desk.chooses(deposit_account_id=checking)
    desk.makes_inactive("Account", checking)
    payment = await desk.receives("Acme", "500.00")
    await desk.chooses(deposit_account_id=desk.account_id("Savings"))
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == in_account("Savings")


async def test_an_account_that_takes_no_payments_fails(desk: Desk) -> None:
    await desk.chooses(deposit_account_id=desk.account_id("Miscellaneous"))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Failed: wrong_account_type"]
    assert desk.books == Books()


async def test_without_undeposited_funds_nothing_is_guessed(desk: Desk) -> None:
    funds = desk.account_id(FUNDS)
    desk.makes_inactive("Account", funds)
    desk.sleeps_on_it()
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Failed: no_undeposited_funds"]
    assert desk.books == Books()
    desk.makes_active("Account", funds)
    desk.sleeps_on_it()
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


# What is sold.


async def test_what_is_sold_is_the_item_that_the_firm_chose(desk: Desk) -> None:
    desk.company.add("Item", Name="Bookkeeping", IncomeAccountRef={"value": "79"})
    await desk.chooses(service_item_id=desk.item_id("Bookkeeping"))
    invoice = await desk.bills("Acme", "300.00")
    assert await desk.says(invoice) == ["Synced"]
    assert await desk.sold(invoice) == ["Bookkeeping"]
    assert desk.books == Books(
        {RECEIVABLE: "300.00", "Sales of Product Income": "-300.00"}, {"Acme": "300.00"}
    )


async def test_where_none_is_chosen_it_is_the_one_called_services(desk: Desk) -> None:
    desk.company.add("Item", Name="Advice", IncomeAccountRef={"value": "79"})
    desk.sleeps_on_it()
    invoice = await desk.bills("Acme", "300.00")
    assert await desk.says(invoice) == ["Synced"]
    assert await desk.sold(invoice) == ["Services"]
    assert desk.books == Books({RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"})


async def test_else_it_is_the_first_there_is(desk: Desk) -> None:
    desk.company.add("Item", Name="Advice", IncomeAccountRef={"value": "79"})
    desk.makes_inactive("Item", desk.item_id("Services"))
    desk.sleeps_on_it()
    invoice = await desk.bills("Acme", "300.00")
    assert await desk.says(invoice) == ["Synced"]
    assert await desk.sold(invoice) == ["Advice"]
    assert desk.books == Books(
        {RECEIVABLE: "300.00", "Sales of Product Income": "-300.00"}, {"Acme": "300.00"}
    )


async def test_without_any_the_invoice_fails_and_says_so(desk: Desk) -> None:
    services = desk.item_id("Services")
    desk.makes_inactive("Item", services)
    desk.sleeps_on_it()
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00")
    refund = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED)
    assert await desk.says(invoice, payment, refund) == [
        "Failed: no_service_item",
        "Synced",
        "Failed: no_service_item",
    ]
    assert desk.books == AS_CREDIT


async def test_an_item_that_is_there_since_the_refusal_is_found_at_the_next_try(
    desk: Desk,
) -> None:
    services = desk.item_id("Services")
    desk.makes_inactive("Item", services)
    desk.sleeps_on_it()
    invoice = await desk.bills("Acme", "300.00")
    assert await desk.says(invoice) == ["Failed: no_service_item"]
    desk.makes_active("Item", services)
    await desk.syncs(invoice)
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == Books({RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"})


async def test_once_quickbooks_says_that_the_books_are_closed_staff_are_told_before_they_save(
    desk: Desk,
) -> None:
    closed = date(2026, 10, 31)
    await desk.syncs("Acme")
    desk.closes_the_books(closed)
    payment = await desk.receives("Acme", "500.00", received_on=closed)
    assert await desk.says(payment) == ["Failed: closed_period"]
    connection = await desk.office.connections.get(FIRM)
    assert connection.company.books_closed_until == closed
    assert desk.books == Books()


async def test_a_chosen_item_that_is_gone_fails_the_invoice(desk: Desk) -> None:
    desk.company.add("Item", Name="Bookkeeping", IncomeAccountRef={"value": "79"})
    chosen = desk.item_id("Bookkeeping")
    await desk.chooses(service_item_id=chosen)
    desk.makes_inactive("Item", chosen)
    invoice = await desk.bills("Acme", "300.00")
    assert await desk.says(invoice) == ["Failed: item_gone"]
    assert desk.books == Books()
    desk.makes_active("Item", chosen)
    await desk.syncs(invoice)
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books.owed == {"Acme": "300.00"}


# What is left out.


async def test_what_is_older_than_the_start_date_stays_out(desk: Desk) -> None:
    await desk.chooses(start_on=date(2026, 11, 1))
    before, on_the_day = date(2026, 10, 31), date(2026, 11, 1)
    old = await desk.receives("Acme", "500.00", received_on=before)
    new = await desk.receives("Acme", "200.00", received_on=on_the_day)
    old_invoice = await desk.bills("Acme", "70.00", on=before)
    new_invoice = await desk.bills("Acme", "80.00", on=on_the_day)
    assert await desk.says(old, old_invoice) == ["Skipped: before_start_date"] * 2
    assert await desk.says(new, new_invoice) == ["Synced", "Synced"]
    assert desk.books == Books(
        {FUNDS: "200.00", RECEIVABLE: "-120.00", SERVICES: "-80.00"}, {"Acme": "-120.00"}, "200.00"
    )


async def test_whoever_wants_it_all_the_same_sends_it(desk: Desk) -> None:
    await desk.chooses(start_on=date(2026, 11, 1))
    payment = await desk.receives("Acme", "500.00", received_on=date(2026, 10, 31))
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT


async def test_money_of_another_currency_stays_out_whoever_asks(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00", currency="EUR")
    assert await desk.says(payment) == ["Skipped: foreign_currency"]
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Skipped: foreign_currency"]
    assert desk.books == Books()


async def test_a_payment_of_another_currency_settles_no_invoice_of_ours(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "300.00")
    with pytest.raises(Refused, match="is in USD"):
        await desk.receives("Acme", "300.00", currency="EUR", on={invoice: "300.00"})
    assert await desk.says(invoice) == ["Synced"]
    assert desk.books == Books({RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"})


# A company whose sales need a tax code on every line.


@pytest.fixture
async def taxed(office: Office) -> Desk:
    office.company = office.quickbooks.add_company(
        name="Larkspur Accounting", country="CA", sales_tax=True
    )
    await office.connect()
    return Desk(office)


async def test_where_sales_are_taxed_no_invoice_is_made_and_payments_work(taxed: Desk) -> None:
    with pytest.raises(Refused, match="need tax codes"):
        await taxed.bills("Acme", "300.00")
    payment = await taxed.receives("Acme", "500.00")
    assert await taxed.says(payment) == ["Synced"]
    assert taxed.books == AS_CREDIT


async def test_where_sales_are_taxed_no_sale_is_reversed_but_credit_is_returned(
    taxed: Desk,
) -> None:
    payment = await taxed.receives("Acme", "500.00")
    reversed_sale = await taxed.refunds(payment, "100.00", Reason.SALE_REVERSED)
    returned = await taxed.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    assert await taxed.says(payment, reversed_sale, returned) == [
        "Synced",
        "Failed: tax",
        "Synced",
    ]
    assert taxed.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}, {"Acme": "-300.00"}, "500.00"
    )


async def test_an_invoice_from_before_the_tax_fails_and_says_so(office: Office) -> None:
    office.company = office.quickbooks.add_company(name="Larkspur Accounting", country="CA")
    await office.connect()
    desk = Desk(office)
    invoice = await desk.bills("Acme", "300.00", sync=False)
    desk.company.preferences.sales_tax = True
    desk.sleeps_on_it()
    await desk.syncs(invoice, client_first=True)
    assert await desk.says("Acme", invoice) == ["Synced", "Failed: tax"]
    assert desk.books == Books()
