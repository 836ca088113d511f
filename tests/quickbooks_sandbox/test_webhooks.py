"""Change events: one per change, in both formats, signed."""

import hmac
import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

from sandbox.quickbooks import Company, QuickBooks
from sandbox.quickbooks.webhooks import Deed, cloud_events, legacy_events, sign


def told(company: Company) -> list[tuple[str, Deed]]:
    return [(change.entity, change.deed) for change in company.changes]


def test_every_change_of_the_books_is_an_event(company: Company) -> None:
    amy = company.add_customer("Amy")["Id"]
    invoice = company.add_invoice(amy, "10")["Id"]
    payment = company.add_payment(amy, "10", invoice_id=invoice)["Id"]
    company.void("Payment", payment)
    company.delete("Payment", payment)
    company.change("Customer", amy, Active=False)
    assert told(company) == [
        ("Customer", Deed.CREATED),
        ("Invoice", Deed.CREATED),
        ("Payment", Deed.CREATED),
        ("Invoice", Deed.UPDATED),
        ("Payment", Deed.VOIDED),
        ("Invoice", Deed.UPDATED),
        ("Payment", Deed.DELETED),
        ("Customer", Deed.DELETED),
    ]


def test_a_change_that_changes_nothing_is_no_event(company: Company) -> None:
    amy = company.add_customer("Amy")["Id"]
    company.changes.clear()
    company.change("Customer", amy, DisplayName="Amy")
    assert told(company) == []


def test_cloud_events_have_the_published_shape_and_types(company: Company, samples: Path) -> None:
    company.void("Payment", company.add_payment(company.add_customer("Amy")["Id"], "1")["Id"])
    folder = samples / "webhooks"
    [theirs] = json.loads((folder / "cloudevents_account_created.json").read_text())
    ours = json.loads(cloud_events(company.realm_id, list(company.changes)))
    published = json.loads((folder / "event_types_2026.json").read_text())
    types = {name for names in published.values() for name in names}
    assert {event["type"] for event in ours} <= types
    assert ours[-1]["type"] == "qbo.payment.void.v1"
    assert {name: type(value) for name, value in ours[0].items()} == {
        name: type(value) for name, value in theirs.items()
    }


def test_whatever_is_done_the_event_is_one_of_the_published(
    company: Company, samples: Path
) -> None:
    amy = company.add_customer("Amy")["Id"]
    company.deposit(company.add_payment(amy, "9")["Id"])
    company.delete("Deposit", company.deposits()[0]["Id"])
    for add, entity in (
        (company.add_refund_receipt, "RefundReceipt"),
        (company.add_purchase, "Purchase"),
        (company.add_invoice, "Invoice"),
        (company.add_payment, "Payment"),
    ):
        made = add(amy, "9")["Id"]
        company.change(entity, made, PrivateNote="late")
        company.void(entity, made)
        company.delete(entity, made)
    for entity, object_id in (("PaymentMethod", "7"), ("Item", "1"), ("Account", "36")):
        company.change(entity, object_id, Active=False)
    company.change("CompanyInfo", "1", LegalName="Larkspur LLP")
    published = json.loads((samples / "webhooks" / "event_types_2026.json").read_text())
    ours = {event["type"] for event in json.loads(cloud_events("1", list(company.changes)))}
    assert ours <= {name for names in published.values() for name in names}
    assert {"qbo.deposit.deleted.v1", "qbo.purchase.void.v1", "qbo.refundreceipt.void.v1"} <= ours
    assert "qbo.paymentmethod.updated.v1" in ours


def test_a_repeated_event_keeps_its_id_and_another_has_its_own(company: Company) -> None:
    company.add_customer("Amy")
    company.add_customer("Bill")
    once = json.loads(cloud_events(company.realm_id, list(company.changes)))
    twice = json.loads(cloud_events(company.realm_id, list(company.changes)))
    assert once == twice
    assert once[0]["id"] != once[1]["id"]


def test_the_older_format_has_the_published_shape(company: Company, samples: Path) -> None:
    company.add_customer("Amy")
    theirs = json.loads((samples / "webhooks" / "legacy_account_create.json").read_text())
    ours = json.loads(legacy_events(company.realm_id, list(company.changes)))
    [our_note], [their_note] = ours["eventNotifications"], theirs["eventNotifications"]
    assert our_note.keys() == their_note.keys()
    [our_entity], [their_entity] = (
        note["dataChangeEvent"]["entities"] for note in (our_note, their_note)
    )
    assert our_entity.keys() == their_entity.keys()
    assert (our_entity["name"], our_entity["operation"]) == ("Customer", "Create")


def test_the_signature_is_the_hmac_of_the_raw_body(quickbooks: QuickBooks) -> None:
    token = quickbooks.webhook_verifier_token
    expected = hmac.new(token.encode(), b"[]", sha256).digest()
    assert b64decode(sign(b"[]", verifier_token=token)) == expected
