"""A post office and a clerk: enough of a server and a worker to try the kernel on."""

import asyncio
import sqlite3
from pathlib import Path

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulation.kernel import Network, Process, inline_sqlite

metadata = sa.MetaData()
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("is_sent", sa.Boolean, nullable=False, default=False),
)


def create_file(path: Path, *, rows: int) -> Path:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        metadata.create_all(connection)
        if rows:
            connection.execute(letters.insert(), [{"id": number} for number in range(1, rows + 1)])
    engine.dispose()
    return path


def count(path: Path, where: str = "1") -> int:
    connection = sqlite3.connect(path)
    try:
        (rows,) = connection.execute(f"SELECT count(*) FROM letters WHERE {where}").fetchone()  # noqa: S608 - The tests' own words.
        return int(rows)
    finally:
        connection.close()


def open_engine(path: Path, process: Process | None = None) -> AsyncEngine:
    engine = create_async_engine(
        "sqlite+aiosqlite://",
        async_creator=inline_sqlite(path, process, isolation_level=None),
        poolclass=sa.AsyncAdaptedQueuePool,
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _spare_the_disk(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")  # Processes die here, the machine does not.
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


class PostOffice:
    """Remembers what arrived, in order, however often."""

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self.app = Starlette(
            routes=[
                Route("/letters/{number:int}", self._receive, methods=["POST"]),
                Route("/slow", self._linger, methods=["GET"]),
            ]
        )

    async def _receive(self, request: Request) -> Response:
        self.arrived.append(request.path_params["number"])
        return JSONResponse({"arrived": len(self.arrived)}, status_code=201)

    async def _linger(self, _: Request) -> Response:
        await asyncio.sleep(60)
        return Response("at last")


def client(network: Network, process: Process | None = None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=network.transport(process), base_url="http://post.test", timeout=30
    )


async def send_letters(path: Path, network: Network) -> None:
    """Send and mark each letter; may be killed at any point and started again."""
    engine = open_engine(path)
    async with client(network) as http:
        while True:
            async with engine.begin() as connection:
                query = sa.select(letters.c.id).where(letters.c.is_sent.is_(False)).limit(1)
                number = await connection.scalar(query)
            if number is None:
                break
            if await _send(http, number):
                async with engine.begin() as connection:
                    sent = letters.update().where(letters.c.id == number).values(is_sent=True)
                    await connection.execute(sent)
    await engine.dispose()


async def _send(http: httpx.AsyncClient, number: int) -> bool:
    try:
        response = await http.post(f"/letters/{number}")
    except httpx.TransportError:
        await asyncio.sleep(5)
        return False
    return response.status_code == httpx.codes.CREATED
