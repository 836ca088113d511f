"""Clients from a file: a name each, and an e-mail address where there is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import ledger
from services.domain.changes import keep_record
from services.domain.client_checks import objection_to_email, objection_to_name, tidy_name
from services.domain.ids import ClientId, FirmId, UserId
from services.domain.ledger import Client, SyncFacts, name_key
from services.domain.sync import RecordKind, Status
from services.imports.files import Bad, Columns, Row
from services.imports.kind import Circumstances, Found, Kept, Kind, Written
from services.intentions import write_audit


@dataclass(frozen=True)
class ClientRow:
    line: int
    name: str
    email: str | None


class ClientKind(Kind[ClientRow, ClientRow]):
    kind = RecordKind.CLIENT
    columns = Columns(
        names={
            "name": ("Name", "client", "client name", "customer", "customer name", "display name"),
            "email": ("E-mail", "email address", "mail"),
        },
        required=frozenset({"name"}),
    )

    def read(self, rows: Iterable[Row], at: Circumstances) -> tuple[list[ClientRow], list[Bad]]:
        del at
        read, bad = list[ClientRow](), list[Bad]()
        lines: dict[str, int] = {}
        for row in rows:
            client = _read(row)
            objections = [*_objections(client), *_twice(client, lines)]
            bad.extend(Bad(row.line, words) for words in objections)
            read.append(client)
            lines.setdefault(name_key(client.name), row.line)
        return read, bad

    async def compare(
        self, db: AsyncConnection, records: Iterable[ClientRow], at: Circumstances
    ) -> Found[ClientRow]:
        found = Found[ClientRow]()
        for each in records:
            there = await ledger.find_client_by_name(db, at.firm, each.name)
            if there is None:
                found.new.append(each)
                continue
            found.there += 1
            if each.email and each.email != there.email:
                words = f"{there.name} is there already, with {there.email or 'no e-mail address'}."
                found.notes.append(Bad(each.line, f"{words} It stays as it is."))
        return found

    def keep(self, record: ClientRow) -> Kept:
        return {"name": record.name, "email": record.email}

    def rows_of(self, kept: Kept) -> int:
        del kept
        return 1

    async def write(
        self, db: AsyncConnection, firm: FirmId, kept: Kept, *, by: UserId, at: datetime
    ) -> Written:
        if await ledger.find_client_by_name(db, firm, kept["name"]):
            return Written.THERE
        facts = SyncFacts(Status.NOT_SYNCED)
        client = Client(ClientId(uuid4()), firm, kept["name"], kept["email"], facts)
        await ledger.insert_client(db, client, by=by, at=at)
        await write_audit(
            db, client, "client recorded", {"after": keep_record(client)}, by=by, at=at
        )
        return Written.NEW


def _read(row: Row) -> ClientRow:
    return ClientRow(row.line, tidy_name(row.cells["name"]), row.cells.get("email") or None)


def _objections(client: ClientRow) -> list[str]:
    email = objection_to_email(client.email) if client.email else None
    return [each for each in (objection_to_name(client.name), email) if each]


def _twice(client: ClientRow, lines: dict[str, int]) -> list[str]:
    key = name_key(client.name)
    return [f"{client.name} is on line {lines[key]} already."] if key and key in lines else []
