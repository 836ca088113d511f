"""What staff do with clients."""

from dataclasses import dataclass
from uuid import uuid4

from services.db import ledger
from services.db.engine import Database
from services.domain.ids import ClientId, FirmId, UserId
from services.domain.ledger import Client, SyncFacts
from services.domain.sync import RecordKind, Status
from services.errors import NotFound, Refused
from services.intentions import ask_to_sync
from services.ports import Clock, Ring

SUGGESTIONS = 25  # More than a person reads in a menu; Slack takes 100.


@dataclass(frozen=True)
class Clients:
    database: Database
    clock: Clock
    ring: Ring

    async def record(self, firm: FirmId, *, name: str, email: str | None, by: UserId) -> Client:
        """Refused where the firm has a client of this name, case and spaces aside."""
        client = Client(ClientId(uuid4()), firm, name, email, SyncFacts(Status.NOT_SYNCED))
        async with self.database.write() as db:
            if taken := await ledger.find_client_by_name(db, firm, name):
                raise Refused(f"You already have a client named “{taken.name}”.")
            await ledger.insert_client(db, client, by=by, at=self.clock())
            await ledger.write_audit(
                db,
                firm=firm,
                at=self.clock(),
                actor=by,
                action="client recorded",
                record_kind=RecordKind.CLIENT,
                record_id=str(client.id),
                change={"name": name, "email": email},
            )
        return client

    async def search(self, firm: FirmId, words: str) -> list[Client]:
        async with self.database.read() as db:
            return await ledger.search_clients(db, firm, words, SUGGESTIONS)

    async def get_by_name(self, firm: FirmId, name: str) -> Client:
        async with self.database.read() as db:
            client = await ledger.find_client_by_name(db, firm, name)
        if client is None:
            raise NotFound(f"There is no client named “{name}”.")
        return client

    async def sync(self, firm: FirmId, name: str, *, by: UserId) -> Client:
        """Ask for it; Refused where its status does not allow it."""
        async with self.database.write() as db:
            client = await ledger.find_client_by_name(db, firm, name)
            if client is None:
                raise NotFound(f"There is no client named “{name}”.")
            await ask_to_sync(db, client, by=by, at=self.clock())
            await ledger.touch_waiting(db, firm, client=client.id)
        self.ring()
        return client
