"""Which customer a client is: the same name links, almost the same asks, none creates."""

from typing import Any

import pytest

from services.domain.ledger import Reason
from services.errors import RecordsFirst, Refused
from tests.services.books.bookkeeping import FUNDS, RECEIVABLE, SERVICES, Books
from tests.services.books.desk import Desk

AS_CREDIT = Books({FUNDS: "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"}, "500.00")


def names(desk: Desk) -> list[str]:
    return [customer["DisplayName"] for customer in desk.company.customers()]


async def test_a_client_that_nobody_knows_becomes_a_customer(desk: Desk) -> None:
    await desk.adds_client("Birch", email="ask@birch.example")
    there = await desk.there("Birch")
    assert there["PrimaryEmailAddr"] == {"Address": "ask@birch.example"}
    assert await desk.says("Birch") == ["Synced"]
    assert names(desk) == ["Birch"]
    assert desk.books == Books()


async def test_the_customer_of_exactly_this_name_is_the_client(desk: Desk) -> None:
    customer = desk.company.add_customer("Acme")
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says("Acme", payment) == ["Synced (linked)", "Synced"]
    assert await desk.qbo_id("Acme") == customer["Id"]
    assert names(desk) == ["Acme"]
    assert desk.books == AS_CREDIT


NEAR = [
    pytest.param("ACME", {}, "“ACME”", id="case"),
    pytest.param("Ac\N{SOFT HYPHEN}me", {}, "“Ac\N{SOFT HYPHEN}me”", id="what cannot be seen"),
    pytest.param(
        "Acme Ltd",
        {"PrimaryEmailAddr": {"Address": "Pay@Acme.example"}},
        "“Acme Ltd” <Pay@Acme.example>",
        id="e-mail",
    ),
]


@pytest.mark.parametrize(("name", "facts", "there"), NEAR)
async def test_almost_the_same_customer_is_put_before_a_person_with_both_names(
    desk: Desk, name: str, facts: dict[str, Any], there: str
) -> None:
    customer = desk.company.add_customer(name, **facts)
    await desk.edits_client("Acme", to="Acme", email="pay@acme.example")
    await desk.syncs("Acme")
    assert await desk.says("Acme") == ["Failed: near_match"]
    assert await desk.detail("Acme") == (
        f"QuickBooks has {there} (id {customer['Id']}), and here it is “Acme” <pay@acme.example>."
    )
    assert names(desk) == [name]
    assert desk.books == Books()


async def test_spaces_make_no_other_customer(desk: Desk) -> None:
    desk.company.add_customer("Birch  &  Sons")
    await desk.adds_client("Birch & Sons")
    assert await desk.says("Birch & Sons") == ["Failed: near_match"]
    assert names(desk) == ["Birch  &  Sons"]
    assert desk.books == Books()


async def test_an_inactive_customer_is_not_made_active_unasked(desk: Desk) -> None:
    customer = desk.company.add_customer("Acme")
    desk.makes_inactive("Customer", customer["Id"])
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says("Acme", payment) == ["Failed: near_match", "Syncing"]
    assert "inactive" in await desk.detail("Acme")
    assert (names(desk), desk.books) == ([], Books())
    desk.makes_active("Customer", customer["Id"])
    await desk.syncs("Acme")
    assert await desk.says("Acme", payment) == ["Synced (linked)", "Synced"]
    assert (names(desk), desk.books) == (["Acme"], AS_CREDIT)


async def test_whoever_has_seen_both_can_have_another_customer(desk: Desk) -> None:
    desk.company.add_customer("Acme Ltd", PrimaryEmailAddr={"Address": "pay@acme.example"})
    await desk.edits_client("Acme", to="Acme", email="pay@acme.example")
    payment = await desk.receives("Acme", "500.00")
    await desk.syncs("Acme", anyway=True)
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]
    assert names(desk) == ["Acme Ltd", "Acme"]
    assert desk.books == AS_CREDIT


async def test_whoever_tries_again_without_a_word_is_asked_again(desk: Desk) -> None:
    desk.company.add_customer("ACME")
    await desk.syncs("Acme")
    await desk.syncs("Acme")
    assert await desk.says("Acme") == ["Failed: near_match"]
    assert names(desk) == ["ACME"]
    assert desk.books == Books()


async def test_case_alone_makes_no_other_customer_even_where_somebody_wants_it(
    desk: Desk,
) -> None:
    desk.company.add_customer("ACME")
    await desk.syncs("Acme")
    await desk.syncs("Acme", anyway=True)
    assert await desk.says("Acme") == ["Failed: name_taken"]
    assert names(desk) == ["ACME"]
    assert desk.books == Books()


async def test_it_is_that_customer_once_somebody_says_so(desk: Desk) -> None:
    customer = desk.company.add_customer("ACME Holding")
    payment = await desk.receives("Acme", "500.00", sync=False)
    await desk.links("Acme", customer["Id"])
    await desk.syncs(payment)
    assert await desk.says("Acme", payment) == ["Synced (linked)", "Synced"]
    assert desk.books == Books(AS_CREDIT.trial, {"ACME Holding": "-500.00"}, "500.00")


@pytest.mark.parametrize("list_of", ["Vendor", "Employee"])
async def test_a_name_that_a_vendor_or_an_employee_has_is_taken(desk: Desk, list_of: str) -> None:
    desk.company.add(list_of, DisplayName="Acme")
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says("Acme", payment) == ["Failed: name_taken", "Syncing"]
    assert (names(desk), desk.books) == ([], Books())
    await desk.edits_client("Acme", to="Acme (client)")
    await desk.syncs("Acme (client)")
    assert await desk.says("Acme (client)", payment) == ["Synced", "Synced"]
    assert desk.books == Books(AS_CREDIT.trial, {"Acme (client)": "-500.00"}, "500.00")


async def test_two_clients_are_never_one_customer(desk: Desk) -> None:
    await desk.syncs("Acme")
    await desk.adds_client("Acme’s sister", sync=False)
    with pytest.raises(Refused, match="Another of your records"):
        await desk.links("Acme’s sister", await desk.qbo_id("Acme"))
    desk.company.change("Customer", await desk.qbo_id("Acme"), DisplayName="Acme’s sister")
    await desk.syncs("Acme’s sister")
    assert await desk.says("Acme", "Acme’s sister") == ["Synced", "Failed: near_match"]
    assert "linked to another client" in await desk.detail("Acme’s sister")
    assert names(desk) == ["Acme’s sister"]
    assert desk.books == Books()


async def test_a_sub_customer_is_named_with_its_parent(desk: Desk) -> None:
    parent = desk.company.add_customer("Birch")
    desk.company.add_customer("ACME", Job=True, ParentRef={"value": parent["Id"]})
    await desk.syncs("Acme")
    beneath = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    assert f"“Birch {beneath} ACME”" in await desk.detail("Acme")
    assert await desk.says("Acme") == ["Failed: near_match"]
    assert desk.books == Books()


async def test_another_name_is_another_name_of_the_same_customer(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    before = await desk.there("Acme")
    await desk.edits_client("Acme", to="Acme Ltd", email="pay@acme.example")
    after = await desk.there("Acme Ltd")
    assert (after["Id"], after["DisplayName"]) == (before["Id"], "Acme Ltd")
    assert after["PrimaryEmailAddr"] == {"Address": "pay@acme.example"}
    assert await desk.says("Acme Ltd", payment) == ["Synced", "Synced"]
    assert desk.books == Books(AS_CREDIT.trial, {"Acme Ltd": "-500.00"}, "500.00")


async def test_what_the_bookkeeper_wrote_about_a_customer_stays(desk: Desk) -> None:
    await desk.syncs("Acme")
    desk.company.change("Customer", await desk.qbo_id("Acme"), CompanyName="Acme Holding")
    await desk.edits_client("Acme", to="Acme Ltd")
    assert (await desk.there("Acme Ltd"))["CompanyName"] == "Acme Holding"
    assert await desk.says("Acme Ltd") == ["Synced"]
    assert desk.books == Books()


async def test_a_name_that_is_taken_there_is_not_changed_here(desk: Desk) -> None:
    await desk.syncs("Acme")
    desk.company.add_vendor("Acme Ltd")
    await desk.edits_client("Acme", to="Acme Ltd")
    assert await desk.says("Acme") == ["Synced; update not accepted: name_taken"]
    assert names(desk) == ["Acme"]
    assert desk.books == Books()


async def test_a_client_is_let_go_of_and_quickbooks_keeps_the_customer(desk: Desk) -> None:
    await desk.syncs("Acme")
    await desk.unsyncs("Acme")
    assert await desk.says("Acme") == ["Not synced"]
    assert names(desk) == ["Acme"]
    await desk.syncs("Acme")
    assert await desk.says("Acme") == ["Synced (linked)"]
    assert names(desk) == ["Acme"]
    assert desk.books == Books()


async def test_a_client_is_held_while_records_of_it_are_there(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "500.00")
    payment = await desk.receives("Acme", "500.00", on={invoice: "500.00"})
    with pytest.raises(RecordsFirst, match="2 of Acme’s invoices and payments"):
        await desk.unsyncs("Acme")
    assert await desk.says("Acme", invoice, payment) == ["Synced", "Synced", "Synced"]
    assert desk.books == Books({FUNDS: "500.00", SERVICES: "-500.00"}, {}, "500.00")


async def test_a_client_goes_with_its_records_if_so_wanted(desk: Desk) -> None:
    invoice = await desk.bills("Acme", "500.00")
    payment = await desk.receives("Acme", "500.00", on={invoice: "500.00"})
    with desk.resting():
        await desk.unsyncs("Acme", with_records=True)
    assert await desk.says("Acme", invoice, payment) == ["Syncing", "Syncing", "Syncing"]
    await desk.goes_on()
    assert await desk.says("Acme", invoice, payment) == ["Not synced"] * 3
    assert names(desk) == ["Acme"]
    assert desk.books == Books()


async def test_a_record_that_cannot_go_keeps_its_client(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    desk.company.deposit(await desk.qbo_id(payment))
    await desk.unsyncs("Acme", with_records=True)
    assert await desk.says("Acme", payment) == [
        "Synced; release not accepted: record_in_the_way",
        "Synced; delete not accepted: deposited",
    ]
    assert desk.books == Books({"Checking": "500.00", RECEIVABLE: "-500.00"}, {"Acme": "-500.00"})


async def test_what_only_quickbooks_knows_of_keeps_the_invoice_and_its_client(
    desk: Desk,
) -> None:
    invoice, payment = await desk.bills("Acme", "300.00"), await desk.receives("Acme", "100.00")
    customer, there = await desk.qbo_id("Acme"), await desk.qbo_id(invoice)
    desk.company.add_payment(customer, "300.00", invoice_id=there)
    await desk.unsyncs("Acme", with_records=True)
    assert await desk.says("Acme", invoice, payment) == [
        "Synced; release not accepted: record_in_the_way",
        "Synced; delete not accepted: linked",
        "Not synced",
    ]
    assert desk.books == Books({FUNDS: "300.00", SERVICES: "-300.00"}, {}, "300.00")


async def test_nothing_of_an_excluded_clients_goes(desk: Desk) -> None:
    await desk.excludes("Acme")
    invoice = await desk.bills("Acme", "300.00")
    payment = await desk.receives("Acme", "500.00")
    assert await desk.says(invoice, payment) == ["Skipped: client_excluded"] * 2
    assert desk.books == Books()
    await desk.excludes("Acme", excluded=False)
    await desk.syncs(payment)
    assert await desk.says(invoice, payment) == ["Skipped: client_excluded", "Synced"]
    assert desk.books == AS_CREDIT


async def test_what_was_skipped_for_it_goes_at_once_after_it_is_included(desk: Desk) -> None:
    there = await desk.receives("Acme", "500.00")
    await desk.excludes("Acme")
    refund = await desk.refunds(there, "100.00", Reason.CREDIT_RETURNED)
    invoice = await desk.bills("Acme", "300.00")
    waits = await desk.receives("Acme", "300.00", on={invoice: "300.00"})
    payment = await desk.receives("Acme", "5.00")
    skipped = await desk.says(refund, invoice, payment)
    assert skipped == ["Skipped: client_excluded"] * 3
    await desk.excludes("Acme", excluded=False)
    assert await desk.syncs_what_was_skipped("Acme") == 3
    assert await desk.says(refund, invoice, waits, payment) == ["Synced"] * 4
    assert await desk.syncs_what_was_skipped("Acme") == 0


async def test_what_of_it_is_there_stays_there(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    await desk.excludes("Acme")
    await desk.goes_on()
    assert await desk.says("Acme", payment) == ["Synced", "Synced"]
    assert desk.books == AS_CREDIT


async def test_what_of_it_is_there_can_be_changed_and_taken_out(desk: Desk) -> None:
    payment = await desk.receives("Acme", "500.00")
    await desk.excludes("Acme")
    await desk.edits_payment(payment, amount="400.00")
    assert await desk.says(payment) == ["Synced"]
    assert desk.books.undeposited == "400.00"
    await desk.unsyncs(payment)
    assert await desk.says(payment) == ["Not synced"]
    assert desk.books == Books()


async def test_a_person_can_send_one_record_of_an_excluded_client(desk: Desk) -> None:
    await desk.excludes("Acme")
    payment = await desk.receives("Acme", "500.00")
    await desk.syncs(payment)
    assert await desk.says(payment) == ["Synced"]
    assert desk.books == AS_CREDIT
