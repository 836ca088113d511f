"""The peer: python-quickbooks' bare `save()`, in an environment and a process of its own.

It speaks as `bench.engine` does: the first line on standard input says how to reach the company;
each line after it is a number of payments, answered with the CPU seconds that saving them took.
"""

import json
import sys
import time
import uuid

from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.objects import Account, Customer, Payment, PaymentMethod
from quickbooks.objects.base import Ref


def connect(company: dict[str, str]) -> QuickBooks:
    auth = AuthClient(
        company["client_id"],
        company["client_secret"],
        "http://127.0.0.1/none",
        company["discovery_url"],
        access_token=company["access_token"],
        refresh_token=company["refresh_token"],
    )
    client = QuickBooks(auth_client=auth, company_id=company["realm_id"], minorversion=75)
    client.api_url_v3 = f"{company['api_url']}/v3"  # Where the production host stands otherwise.
    return client


def add_customer(client: QuickBooks) -> str:
    customer = Customer()
    customer.DisplayName = "Acme"
    return str(customer.save(qb=client).Id)


def a_payment(customer: str, account: str, method: str) -> Payment:
    """Make a payment with all that ours has."""
    payment = Payment()
    payment.CustomerRef = ref(customer)
    payment.TotalAmt = 1250.00
    payment.TxnDate = "2026-11-22"
    payment.PaymentRefNum = uuid.uuid4().hex[:8]
    payment.PrivateNote = f"P-1001 entered with the peer, Check [peer:{uuid.uuid4().hex}]"
    payment.DepositToAccountRef = ref(account)
    payment.PaymentMethodRef = ref(method)
    return payment


def ref(value: str) -> Ref:
    made = Ref()
    made.value = value
    return made


def measure(client: QuickBooks, payments: list[Payment]) -> float:
    """CPU seconds for saving what was made before the clock starts."""
    asked = [(payment, uuid.uuid4().hex) for payment in payments]
    began = time.process_time()
    for payment, request_id in asked:
        payment.save(qb=client, request_id=request_id)
    taken = time.process_time() - began
    if len({payment.Id for payment in payments}) != len(payments):
        raise RuntimeError("not every payment is in QuickBooks")
    return taken


def main() -> None:
    client = connect(json.loads(sys.stdin.readline()))
    customer = add_customer(client)
    account = Account.filter(AccountSubType="UndepositedFunds", qb=client)[0].Id
    method = PaymentMethod.filter(Name="Check", qb=client)[0].Id
    while asked := sys.stdin.readline():
        payments = [a_payment(customer, account, method) for _ in range(int(asked))]
        print(measure(client, payments), flush=True)


if __name__ == "__main__":
    main()
