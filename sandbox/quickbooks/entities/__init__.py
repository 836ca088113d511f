"""The kinds of object this company keeps; another kind is another entry here."""

from sandbox.quickbooks.entities.deposit import Deposit
from sandbox.quickbooks.entities.entity import Entity, Operation, Order
from sandbox.quickbooks.entities.invoice import Invoice
from sandbox.quickbooks.entities.lists import Account, Item, PaymentMethod
from sandbox.quickbooks.entities.names import Customer, Employee, Vendor
from sandbox.quickbooks.entities.payment import Payment
from sandbox.quickbooks.entities.purchase import Purchase
from sandbox.quickbooks.entities.refund_receipt import RefundReceipt
from sandbox.quickbooks.entities.setup import CompanyInfo, Preferences

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        Customer(),
        Vendor(),
        Employee(),
        Account(),
        PaymentMethod(),
        Item(),
        Invoice(),
        Payment(),
        RefundReceipt(),
        Purchase(),
        Deposit(),
        CompanyInfo(),
        Preferences(),
    )
}
BY_PATH = {name.lower(): entity for name, entity in ENTITIES.items()}

__all__ = ["BY_PATH", "ENTITIES", "Entity", "Operation", "Order"]
