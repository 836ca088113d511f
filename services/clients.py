"""What staff do with clients."""

from dataclasses import dataclass, replace
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger, skips
from services.db.engine import Database
from services.domain.changes import difference, keep_record
from services.domain.ids import ClientId, FirmId, UserId
from services.domain.ledger import Client, Invoice, Payment, SyncFacts
from services.domain.sync import Action, Operation, RecordKind, Status
from services.domain.waiting import Waiting
from services.errors import NotFound, RecordsFirst, Refused
from services.intentions import (
    ask_to_change,
    ask_to_remove,
    ask_to_sync,
    cancel,
    check,
    dismiss,
    untie,
    write_audit,
)
from services.ports import Clock, Ring
from services.removals import remove_client_records
from services.standing import find_underway

SUGGESTIONS = 25  # More than a person reads in a menu; Slack takes 100.
MOST_AT_ONCE = 500  # Rows that one transaction writes at the most.


@dataclass(frozen=True)
class ClientStanding:
    """A client as it stands now, and what may be done about it."""

    client: Client
    actions: frozenset[Action]
    waiting: Waiting | None
    operation: Operation | None = None
    skipped: int = 0  # Of its records, because it is or was excluded.


@dataclass(frozen=True)
class Clients:
    database: Database
    clock: Clock
    ring: Ring

    async def record(self, firm: FirmId, *, name: str, email: str | None, by: UserId) -> Client:
        """Refused where the firm has a client of this name, case and spaces aside."""
        client = Client(ClientId(uuid4()), firm, name, email, SyncFacts(Status.NOT_SYNCED))
        async with self.database.write(firm) as db:
            await _check_name(db, client)
            await ledger.insert_client(db, client, by=by, at=self.clock())
            change = {"after": keep_record(client)}
            await write_audit(db, client, "client recorded", change, by=by, at=self.clock())
        return client

    async def search(self, firm: FirmId, words: str) -> list[Client]:
        async with self.database.read() as db:
            return await ledger.search_clients(db, firm, words, SUGGESTIONS)

    async def get_by_name(self, firm: FirmId, name: str) -> Client:
        async with self.database.read() as db:
            return await _get_by_name(db, firm, name)

    async def get(self, firm: FirmId, client: ClientId) -> Client:
        async with self.database.read() as db:
            return await _get(db, firm, client)

    async def show(self, firm: FirmId, client: ClientId) -> ClientStanding:
        async with self.database.read() as db:
            found = await _get(db, firm, client)
            underway = await find_underway(db, found, self.clock())
            skipped = await skips.count(db, client)
        return ClientStanding(
            found, underway.actions, underway.waiting, underway.operation, skipped
        )

    async def leaving(self, firm: FirmId, client: ClientId) -> list[str]:
        """What would be unsynced or unlinked with it, by name."""
        async with self.database.read() as db:
            found = await _get(db, firm, client)
            payments, invoices = await self._records(db, found)
        records: list[Invoice | Payment] = [*invoices, *payments]
        return [
            each.name
            for each in records
            if each.sync.is_in_quickbooks or each.sync.status is Status.SYNCING
        ]

    async def sync(self, firm: FirmId, name: str, *, by: UserId, anyway: bool = False) -> Client:
        """Ask for it; Refused where its status does not allow it.

        `anyway`: a person has seen the customer that is almost the same, and wants another.
        """
        async with self.database.write(firm) as db:
            client = await _get_by_name(db, firm, name)
            await ask_to_sync(db, client, by=by, at=self.clock(), anyway=anyway)
            await ledger.touch_waiting(db, firm, client=client.id)
        self.ring()
        return client

    async def cancel(self, firm: FirmId, client: ClientId, *, by: UserId) -> None:
        """Call it back while it was never sent; Refused else."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, client)
            await cancel(db, found, by=by, at=self.clock())
            await ledger.touch_waiting(db, firm, client=client)
        self.ring()

    async def unsync(
        self, firm: FirmId, client: ClientId, *, by: UserId, with_records: bool = False
    ) -> None:
        """Let go of the customer; QuickBooks keeps it.

        RecordsFirst while invoices or payments of it are in QuickBooks, unless they shall be
        unsynced or unlinked too.
        """
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, client)
            check(found, Action.UNSYNC)
            there = await _count_there(db, client)
            if there and not with_records:
                raise RecordsFirst(
                    f"{there} of {found.name}’s invoices and payments are in QuickBooks, or on "
                    "their way. They would be unsynced or unlinked with it."
                )
            if there > MOST_AT_ONCE:
                raise Refused(
                    f"{found.name} has more than {MOST_AT_ONCE} records: too many at once."
                )
            if there:
                await self._with_records(db, found, by=by)
            if await _count_there(db, client):
                await ask_to_remove(db, found, Operation.RELEASE, by=by, at=now)
            else:
                await untie(db, found, by=by, at=now)
        self.ring()

    async def _with_records(self, db: AsyncConnection, client: Client, *, by: UserId) -> None:
        payments, invoices = await self._records(db, client)
        await remove_client_records(db, payments, invoices, by=by, at=self.clock())

    async def _records(
        self, db: AsyncConnection, client: Client
    ) -> tuple[list[Payment], list[Invoice]]:
        firm = client.firm_id
        wanted = await ledger.payments_of(db, firm, client.id, most=MOST_AT_ONCE)
        found = [await ledger.find_payment(db, firm, each) for each in wanted]
        payments = [each for each in found if each is not None]
        return payments, await ledger.invoices_of(db, firm, client.id)

    async def edit(
        self, firm: FirmId, client: ClientId, *, name: str, email: str | None, by: UserId
    ) -> None:
        """Change name and address here, and in QuickBooks if it is there."""
        now = self.clock()
        async with self.database.write(firm) as db:
            found = await _get(db, firm, client)
            wanted = replace(found, name=name, email=email)
            if wanted == found:
                return
            await _check_name(db, wanted)
            if found.sync.status is Status.SYNCING:
                raise Refused(f"{found.name} is on its way. Try again in a moment.")
            details = {"name": name, "email": email}
            if found.sync.status is Status.SYNCED:
                await ask_to_change(db, found, details, by=by, at=now)
            else:
                await ledger.change_client(db, wanted)
                change = dict(difference(found, wanted))
                await write_audit(db, found, "client edited", change, by=by, at=now)
        self.ring()

    async def exclude(
        self, firm: FirmId, client: ClientId, *, by: UserId, excluded: bool = True
    ) -> None:
        """Nothing of this client's goes to QuickBooks from now on; what is there stays."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, client)
            if found.excluded == excluded:
                return
            await ledger.set_facts(db, RecordKind.CLIENT, client, excluded=excluded)
            await skips.touch(db, client)
            change = {"excluded": [found.excluded, excluded]}
            done = "client excluded" if excluded else "client included"
            await write_audit(db, found, done, change, by=by, at=self.clock())
        self.ring()

    async def dismiss(self, firm: FirmId, client: ClientId, *, why: str, by: UserId) -> None:
        """Leave a Failed one out for good."""
        async with self.database.write(firm) as db:
            found = await _get(db, firm, client)
            await dismiss(db, found, why, by=by, at=self.clock())
        self.ring()


async def _get(db: AsyncConnection, firm: FirmId, client: ClientId) -> Client:
    found = await ledger.find_client(db, firm, client)
    if found is None:
        raise NotFound("There is no such client.")
    return found


async def _get_by_name(db: AsyncConnection, firm: FirmId, name: str) -> Client:
    found = await ledger.find_client_by_name(db, firm, name)
    if found is None:
        raise NotFound(f"There is no client named “{name}”.")
    return found


async def _check_name(db: AsyncConnection, client: Client) -> None:
    taken = await ledger.find_client_by_name(db, client.firm_id, client.name)
    if taken is not None and taken.id != client.id:
        raise Refused(f"You already have a client named “{taken.name}”.")


async def _count_there(db: AsyncConnection, client: ClientId) -> int:
    """A client's invoices and payments that are in QuickBooks, or on their way."""
    invoices = await ledger.count_in_quickbooks(db, RecordKind.INVOICE, client=client)
    payments = await ledger.count_in_quickbooks(db, RecordKind.PAYMENT, client=client)
    return invoices + payments
