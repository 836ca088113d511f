"""Already in QuickBooks: a record is tied to what is there, and nothing is written."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.domain.ledger import Method, Reason
from services.errors import Refused
from services.histories import Histories
from tests.builders import FIRM
from tests.services.books.bookkeeping import CHECKING, FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import Desk
from tests.services.conftest import Office

AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")
OPEN = Books({RECEIVABLE: "300.00", SERVICES: "-300.00"}, {"Acme": "300.00"})


async def their_payment(desk: Desk, amount: str = "500.00", **facts: Any) -> str:
    await desk.syncs("Acme")
    return str(desk.company.add_payment(await desk.qbo_id("Acme"), amount, **facts)["Id"])


async def test_a_linked_payment_is_the_one_that_was_there(desk: Desk) -> None:
    theirs = await their_payment(desk)
    payment = await desk.receives("Acme", "500.00", sync=False)
    before = desk.company.find("Payment", theirs)
    await desk.links(payment, theirs)
    assert await desk.says(payment) == ["Synced (linked)"]
    assert desk.company.find("Payment", theirs) == before
    assert desk.books == AS_CREDIT


async def test_its_ledger_entry_says_what_the_books_say_of_it(desk: Desk) -> None:
    ours = await desk.bills("Acme", "300.00")
    customer = await desk.qbo_id("Acme")
    unknown = desk.company.add_invoice(customer, "50.00", TxnDate="2026-01-01")
    lines = [
        {"Amount": Decimal(part), "LinkedTxn": [{"TxnId": target, "TxnType": "Invoice"}]}
        for target, part in ((await desk.qbo_id(ours), "120.00"), (unknown["Id"], "50.00"))
    ]
    theirs = desk.company.add_payment(customer, "500.00", Line=lines)
    payment = await desk.receives("Acme", "500.00", on={ours: "300.00"}, sync=False)
    await desk.links(payment, theirs["Id"])
    assert await desk.settled(payment) == {ours: "120.00"}
    found = await desk.payment(payment)
    assert str(found.unapplied.to_decimal()) == await desk.unapplied(payment) == "330.00"
    assert found.deposit_account_id == desk.account_id(FUNDS)
    assert await desk.due(ours) == await desk.balance(ours) == "180.00"
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-150.00", SERVICES: "-350.00"}, {"Acme": "-150.00"}, "500.00"
    )


async def test_it_takes_over_date_reference_and_method_and_can_be_edited_at_once(
    desk: Desk,
) -> None:
    async with desk.office.database.read() as db:
        connection = await desk.office.store.find(db, FIRM)
    assert connection is not None
    cash = {"value": connection.company.payment_methods["cash"]}
    theirs = await their_payment(
        desk, TxnDate="2026-10-30", PaymentRefNum="77", PaymentMethodRef=cash
    )
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.edits_payment(payment, reference="1042", description="By post")
    await desk.links(payment, theirs)
    found = await desk.payment(payment)
    assert (found.received_on, found.reference) == (date(2026, 10, 30), "77")
    assert (found.method, found.description) == (Method.CASH, "By post")
    history = await Histories(desk.office.database).of_payment(FIRM, found.id)
    taken = next(each for each in history.events if each.action == "taken over")
    assert taken.why == "before: date 2026-11-02, reference 1042, method Check"
    await desk.edits_payment(payment, reference="78")
    assert await desk.says(payment) == ["Synced (linked)"]
    there = await desk.there(payment)
    assert (there["TxnDate"], there["PaymentRefNum"]) == ("2026-10-30", "78")


async def test_a_method_that_quickbooks_does_not_name_stays(desk: Desk) -> None:
    theirs = await their_payment(desk)
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.edits_payment(payment, method=Method.BANK_TRANSFER)
    await desk.links(payment, theirs)
    assert (await desk.payment(payment)).method is Method.BANK_TRANSFER


@pytest.mark.parametrize("amount", ["499.99", "500.01"])
async def test_a_payment_of_another_amount_is_another_payment(desk: Desk, amount: str) -> None:
    theirs = await their_payment(desk)
    payment = await desk.receives("Acme", amount, sync=False)
    with pytest.raises(Refused, match=r"That one is 500\.00, and P-1001 is"):
        await desk.links(payment, theirs)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == AS_CREDIT


async def test_another_customers_payment_is_not_this_clients(desk: Desk) -> None:
    theirs = await their_payment(desk)
    await desk.adds_client("Birch")
    payment = await desk.receives("Birch", "500.00", sync=False)
    with pytest.raises(Refused, match="not Birch’s"):
        await desk.links(payment, theirs)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == AS_CREDIT


async def test_one_payment_there_is_one_payment_here(desk: Desk) -> None:
    theirs = await their_payment(desk)
    first, second = [await desk.receives("Acme", "500.00", sync=False) for _ in range(2)]
    await desk.links(first, theirs)
    with pytest.raises(Refused, match="Another of your records"):
        await desk.links(second, theirs)
    assert await desk.says(first, second) == ["Synced (linked)", "Not synced"]
    assert desk.books == AS_CREDIT


async def test_what_we_made_for_one_payment_is_not_linked_to_another(desk: Desk) -> None:
    first = await desk.receives("Acme", "500.00")
    made = await desk.qbo_id(first)
    second = await desk.receives("Acme", "500.00", sync=False)
    with pytest.raises(Refused):
        await desk.links(second, made)
    assert await desk.says(first, second) == ["Synced", "Not synced"]
    assert desk.books == AS_CREDIT


async def test_what_is_synced_is_not_linked(desk: Desk) -> None:
    theirs = await their_payment(desk, TxnDate="2026-01-01")
    payment = await desk.receives("Acme", "500.00")
    with pytest.raises(Refused, match="Synced"):
        await desk.links(payment, theirs)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == Books(
        {FUNDS: "1000.00", RECEIVABLE: "-1000.00"}, {"Acme": "-1000.00"}, "1000.00"
    )


async def test_what_is_gone_is_not_linked(desk: Desk) -> None:
    theirs = await their_payment(desk)
    desk.company.delete("Payment", theirs)
    payment = await desk.receives("Acme", "500.00", sync=False)
    with pytest.raises(Refused, match="no longer has that one"):
        await desk.links(payment, theirs)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_a_void_payment_is_not_linked(desk: Desk) -> None:
    theirs = await their_payment(desk)
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.voids(payment)
    with pytest.raises(Refused, match="is void"):
        await desk.links(payment, theirs)
    assert await desk.says(payment) == ["Not synced, void"]
    assert desk.books == AS_CREDIT


async def test_a_failed_payment_can_be_linked_to_what_somebody_entered_for_it(desk: Desk) -> None:
    await desk.chooses(deposit_account_id=desk.account_id("Miscellaneous"))
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(payment) == ["Failed: wrong_account_type"]
    theirs = desk.company.add_payment(await desk.qbo_id("Acme"), "500.00")
    await desk.links(payment, theirs["Id"])
    assert await desk.says(payment) == ["Synced (linked)"]
    assert desk.books == AS_CREDIT


async def test_a_linked_payment_is_edited_there_too(desk: Desk) -> None:
    theirs = await their_payment(desk, PrivateNote="By Robin")
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.links(payment, theirs)
    await desk.edits_payment(payment, amount="450.00")
    there = await desk.there(payment)
    assert (f"{there['TotalAmt']:.2f}", there["PrivateNote"]) == ("450.00", "By Robin")
    assert await desk.says(payment) == ["Synced (linked)"]
    assert desk.books == Books(
        {FUNDS: "450.00", RECEIVABLE: "-450.00"}, {"Acme": "-450.00"}, "450.00"
    )


async def test_a_linked_payment_is_refunded(desk: Desk) -> None:
    theirs = await their_payment(desk)
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.links(payment, theirs)
    refund = await desk.refunds(payment, "200.00", Reason.CREDIT_RETURNED)
    assert await desk.says(payment, refund) == ["Synced (linked)", "Synced"]
    assert desk.books == Books(
        {FUNDS: "500.00", RECEIVABLE: "-300.00", CHECKING: "-200.00"}, {"Acme": "-300.00"}, "500.00"
    )


async def test_a_linked_invoice_is_settled_and_its_item_is_what_is_taken_back(
    desk: Desk,
) -> None:
    await desk.syncs("Acme")
    item = desk.company.add("Item", Name="Books", IncomeAccountRef={"value": "79"})
    sold = {"ItemRef": {"value": item["Id"]}}
    line = {"Amount": "300.00", "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": sold}
    theirs = desk.company.add_invoice(
        await desk.qbo_id("Acme"), "300.00", Line=[line], DocNumber="INV-1001"
    )
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(invoice, theirs["Id"])
    payment = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    refund = await desk.refunds(payment, "100.00", Reason.SALE_REVERSED)
    assert await desk.says(invoice, payment, refund) == ["Synced (linked)", "Synced", "Synced"]
    assert await desk.sold(refund) == ["Books"]
    assert desk.books == Books(
        {FUNDS: "300.00", CHECKING: "-100.00", "Sales of Product Income": "-200.00"}, {}, "300.00"
    )


async def test_a_linked_invoice_that_is_void_here_stays_in_quickbooks(desk: Desk) -> None:
    await desk.syncs("Acme")
    theirs = desk.company.add_invoice(await desk.qbo_id("Acme"), "300.00", DocNumber="INV-1001")
    before = desk.company.find("Invoice", theirs["Id"])
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(invoice, theirs["Id"])
    await desk.voids(invoice)
    assert await desk.says(invoice) == ["Not synced, void"]
    assert desk.company.find("Invoice", theirs["Id"]) == before
    assert desk.books == OPEN


async def test_a_linked_invoice_that_we_settled_there_is_not_void_before_that_is_undone(
    desk: Desk,
) -> None:
    await desk.syncs("Acme")
    theirs = desk.company.add_invoice(await desk.qbo_id("Acme"), "300.00", DocNumber="INV-1001")
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(invoice, theirs["Id"])
    await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    with pytest.raises(Refused, match="unsync P-1001 first"):
        await desk.voids(invoice, credit=True)
    assert await desk.says(invoice, "P-1001") == ["Synced (linked)", "Synced"]
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_a_linked_invoice_takes_over_number_dates_and_lines_and_can_be_edited_at_once(
    desk: Desk,
) -> None:
    await desk.syncs("Acme")
    theirs = desk.company.add_invoice(
        await desk.qbo_id("Acme"),
        "300.00",
        Line=[a_sale("200.00", "Books"), a_sale("100.00", "Payroll")],
        DocNumber="2041",
        TxnDate="2026-10-15",
        DueDate="2026-11-15",
    )
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(invoice, theirs["Id"])
    found = await desk.invoice("2041")
    assert (found.invoiced_on, found.due_on) == (date(2026, 10, 15), date(2026, 11, 15))
    assert [each.description for each in found.lines] == ["Books", "Payroll"]
    await desk.edits_invoice("2041", due=date(2026, 12, 24))
    assert await desk.says("2041") == ["Synced (linked)"]
    assert (await desk.there("2041"))["DueDate"] == "2026-12-24"
    assert desk.books == OPEN


def a_sale(amount: str, description: str) -> dict[str, Any]:
    details = {"ItemRef": {"value": "1"}, "Qty": 1, "UnitPrice": Decimal(amount)}
    line = {"Amount": Decimal(amount), "Description": description}
    return {**line, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": details}


async def test_a_number_that_another_invoice_bears_is_not_taken_over(desk: Desk) -> None:
    await desk.bills("Acme", "10.00", number="2041", sync=False)
    await desk.syncs("Acme")
    theirs = desk.company.add_invoice(await desk.qbo_id("Acme"), "300.00", DocNumber="2041")
    invoice = await desk.bills("Acme", "300.00", sync=False)
    await desk.links(invoice, theirs["Id"])
    assert await desk.says(invoice, "2041") == ["Synced (linked)", "Not synced"]


async def test_lines_that_do_not_make_up_the_total_are_not_taken_over(desk: Desk) -> None:
    await desk.syncs("Acme")
    discount = {"Amount": Decimal(50), "DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}
    theirs = desk.company.add_invoice(
        await desk.qbo_id("Acme"), "300.00", Line=[a_sale("350.00", "Books"), discount]
    )
    invoice = await desk.bills("Acme", "300.00", number=theirs["DocNumber"], sync=False)
    before = (await desk.invoice(invoice)).lines
    await desk.links(invoice, theirs["Id"])
    assert (await desk.invoice(invoice)).lines == before


async def test_an_invoice_of_another_total_is_another_invoice(desk: Desk) -> None:
    await desk.syncs("Acme")
    theirs = desk.company.add_invoice(await desk.qbo_id("Acme"), "300.00")
    invoice = await desk.bills("Acme", "299.00", sync=False)
    with pytest.raises(Refused, match=r"That one is 300\.00, and INV-1001 is 299\.00"):
        await desk.links(invoice, theirs["Id"])
    assert await desk.says(invoice) == ["Not synced"]
    assert desk.books == OPEN


async def test_an_inactive_customer_is_not_linked(desk: Desk) -> None:
    customer = desk.company.add_customer("Acme Holding")
    desk.makes_inactive("Customer", customer["Id"])
    with pytest.raises(Refused, match="inactive"):
        await desk.links("Acme", customer["Id"])
    assert await desk.says("Acme") == ["Not synced"]
    assert desk.books == Books()


async def test_records_of_a_client_that_is_not_there_are_not_linked(desk: Desk) -> None:
    customer = desk.company.add_customer("Acme")
    theirs = desk.company.add_payment(customer["Id"], "500.00")
    payment = await desk.receives("Acme", "500.00", sync=False)
    with pytest.raises(Refused, match="Acme is not in QuickBooks"):
        await desk.links(payment, theirs["Id"])
    assert await desk.says("Acme", payment) == ["Not synced", "Not synced"]
    assert desk.books == AS_CREDIT


async def test_let_go_of_and_synced_again_it_meets_the_one_that_is_there(desk: Desk) -> None:
    theirs = await their_payment(desk)
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.links(payment, theirs)
    await desk.unsyncs(payment)
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Skipped: possible_twin"]
    assert (await desk.facts(payment)).twin_id == theirs
    assert desk.books == AS_CREDIT


async def test_a_linked_payment_that_is_voided_here_stays_there(desk: Desk) -> None:
    theirs = await their_payment(desk)
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.links(payment, theirs)
    await desk.voids(payment)
    assert await desk.says(payment) == ["Not synced, void"]
    assert desk.books == AS_CREDIT


async def test_what_carries_our_mark_is_not_another_record(office: Office) -> None:
    await office.connect()
    desk = Desk(office)
    made = await desk.there(await desk.receives("Acme", "500.00"))
    customer, note = made["CustomerRef"]["value"], made["PrivateNote"]
    copy = desk.company.add_payment(customer, "500.00", PrivateNote=note)
    second = await desk.receives("Acme", "500.00", sync=False)
    with pytest.raises(Refused, match="for another of your records"):
        await desk.links(second, copy["Id"])
    assert await desk.says(second) == ["Not synced"]
    assert desk.books.undeposited == "1000.00"
