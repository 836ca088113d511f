"""What is left of a process when the run ends, and what the run then complains of."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from tests.simulation.kernel import (
    Network,
    Process,
    VirtualClock,
    inline_sqlite,
    run_virtual,
)
from tests.simulation_kernel.toy import (
    PostOffice,
    client,
    count,
    create_file,
    letters,
    open_engine,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return create_file(tmp_path / "letters.db", rows=0)


def test_what_is_left_of_a_crashed_process_reaches_neither_database_nor_network(
    path: Path,
) -> None:
    office = PostOffice()
    tried: list[str] = []

    async def resist(network: Network) -> None:
        engine = open_engine(path)
        async with client(network) as http, engine.connect() as connection:
            try:
                await asyncio.sleep(60)
            finally:
                try:
                    tried.append("database")
                    await connection.execute(letters.insert().values(id=1))
                    await connection.commit()
                finally:
                    tried.append("network")
                    await http.post("/letters/1")

    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.start(resist(Network(office.app, chance)))
        await asyncio.sleep(10)
        victim.crash()

    run_virtual(main, seed=1)
    assert tried == ["database", "network"]
    assert (count(path), office.arrived) == (0, [])


def test_a_worker_that_survives_every_exception_does_not_survive_the_run(path: Path) -> None:
    survived: list[Exception] = []

    async def work(network: Network) -> None:
        engine = open_engine(path)
        while True:
            try:
                async with asyncio.timeout(60), engine.begin() as connection:
                    await connection.execute(letters.insert().values(id=1))
                    async with asyncio.TaskGroup() as group:
                        group.create_task(client(network).post("/letters/1"))
                        await asyncio.sleep(30)
            except Exception as error:  # noqa: BLE001 - This is what is tried.
                survived.append(error)

    async def main(_: VirtualClock, chance: Random) -> None:
        network = Network(PostOffice().app, chance)
        victim = Process("victim", chance)
        victim.start(work(network))
        await asyncio.sleep(10)
        victim.crash()

    run_virtual(main, seed=1)
    assert (survived, count(path)) == ([], 0)


@pytest.mark.parametrize("through_cursor", [False, True])
def test_a_closed_connection_is_no_ordinary_error_to_what_is_left(
    path: Path,
    through_cursor: bool,  # noqa: FBT001 - pytest passes it by name.
) -> None:
    survived: list[Exception] = []

    async def work() -> None:
        connection = await inline_sqlite(path)()
        executor = await connection.cursor() if through_cursor else connection
        for _ in range(10):
            try:
                try:
                    await asyncio.sleep(60)
                finally:
                    await executor.execute("SELECT 1")
            except Exception as error:  # noqa: BLE001 - This is what is tried.
                survived.append(error)

    async def main(_: VirtualClock, chance: Random) -> None:
        victim = Process("victim", chance)
        victim.start(work())
        await asyncio.sleep(10)
        victim.crash()

    run_virtual(main, seed=1)
    assert survived == []


def test_what_a_dead_process_could_not_hear_fails_no_run() -> None:
    async def fail() -> None:
        raise LookupError("unheard")

    async def listen_later() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(5)
        await task

    async def main(_: VirtualClock, chance: Random) -> bool:
        victim = Process("victim", chance)
        victim.start(listen_later())
        await asyncio.sleep(1)
        victim.crash()
        return victim.alive

    assert run_virtual(main, seed=1) is False


def test_what_a_living_process_does_not_hear_fails_the_run() -> None:
    async def fail() -> None:
        raise LookupError("unheard")

    async def main(_: VirtualClock, chance: Random) -> None:
        Process("worker", chance).start(fail())
        await asyncio.sleep(1)

    with pytest.raises(ExceptionGroup) as caught:
        run_virtual(main, seed=1)
    assert [str(error) for error in caught.value.exceptions] == ["unheard"]
