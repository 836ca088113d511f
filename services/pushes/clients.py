"""Clients as customers: found by name before they are created, since names are unique there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.db.entries import Entry
from services.domain.causes import Cause
from services.domain.ids import ClientId
from services.domain.ledger import Client, Note
from services.domain.near_match import NearMatch
from services.domain.sync import Accepted, Operation, Outcome, RecordKind, Rejected
from services.pushes.push import NOTHING, Case, Push, Release, Seen, found, gone_for
from services.pushes.sight import Row, Sight
from services.quickbooks.mapping import customers, wire


class _ClientPush(Push[Client]):
    def entity(self, record: Client) -> str:
        del record
        return wire.CUSTOMER

    async def load(self, db: AsyncConnection, entry: Entry) -> tuple[Client, Client | None]:
        client = await ledger.find_client(db, entry.firm_id, ClientId(entry.record_id))
        if client is None:
            raise gone_for(entry, "client")
        if entry.operation is not Operation.UPDATE:
            return client, None
        return client, replace(client, **entry.wish.details)


class CreateClient(_ClientPush):
    operation = Operation.CREATE

    async def look(self, case: Case[Client], sight: Sight) -> Outcome | Seen:
        """The same name links; a similar one asks a person; none creates."""
        client = case.record
        named = await sight.query(wire.CUSTOMER, customers.named(client.name))
        same = customers.find_same(named, client)
        if same is not None:
            return await self._link(case, same, sight)
        if case.overrides(Cause.NEAR_MATCH):
            return NOTHING
        near = customers.find_near(named, client)
        near = near or customers.find_near(await sight.everybody(), client)
        return Rejected(Cause.NEAR_MATCH, _both_sides(client, near)) if near else NOTHING

    async def _link(self, case: Case[Client], same: Row, sight: Sight) -> Outcome:
        owner = await sight.owner(RecordKind.CLIENT, str(same["Id"]))
        if owner not in {None, case.record.id}:
            words = f"“{customers.full_name(same)}” in QuickBooks is linked to another client."
            return Rejected(Cause.NEAR_MATCH, words)
        return found(same, linked=not customers.is_ours(same, case.entry.key))

    def write(self, case: Case[Client], seen: Seen) -> Mapping[str, Any]:
        del seen
        return customers.to_customer(case.record, case.entry.key)


def _both_sides(client: Client, near: Row) -> str:
    return NearMatch(
        qbo_id=str(near["Id"]),
        name=customers.full_name(near),
        email=customers.email_of(near),
        is_active=near.get("Active") is not False,
    ).beside(client)


class UpdateClient(_ClientPush):
    operation = Operation.UPDATE

    async def look(self, case: Case[Client], sight: Sight) -> Outcome | Seen:
        current = await sight.find(wire.CUSTOMER, case.record.sync.qbo_id or "")
        if current is None:
            return Rejected(Cause.DELETED_IN_QUICKBOOKS, "")
        if customers.is_same(_wanted_there(case, current), current):
            return found(current)
        return Seen(current)

    def write(self, case: Case[Client], seen: Seen) -> Mapping[str, Any]:
        wanted = _wanted_there(case, seen.current)
        return customers.to_changed_customer(wanted, seen.current)

    async def absorb(
        self, db: AsyncConnection, case: Case[Client], accepted: Accepted
    ) -> Note | None:
        del accepted
        await ledger.change_client(db, case.changed)
        return None


def _wanted_there(case: Case[Client], current: Mapping[str, Any]) -> Client:
    """What the person left as it was stays as QuickBooks has it: a linked one is not renamed."""
    before, wanted = case.record, case.changed
    if wanted.name == before.name:
        wanted = replace(wanted, name=str(current["DisplayName"]))
    if wanted.email == before.email:
        wanted = replace(wanted, email=customers.email_of(current))
    return wanted


class ReleaseClient(Release[Client], _ClientPush):
    """QuickBooks keeps the customer and all that was entered for it."""
