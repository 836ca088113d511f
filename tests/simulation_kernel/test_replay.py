"""The same seed tells the same story, another seed another one."""

import asyncio
import itertools
from pathlib import Path
from random import Random

from tests.simulation.kernel import (
    Event,
    Faults,
    Network,
    Process,
    VirtualClock,
    run_virtual,
)
from tests.simulation_kernel.toy import PostOffice, count, create_file, send_letters

ROUGH = Faults(
    refused=0.05,
    connect_timeout=0.02,
    pool_timeout=0.02,
    cut_before=0.05,
    cut_after=0.05,
    read_timeout=0.05,
    late=0.05,
    duplicated=0.05,
)
Story = tuple[list[Event], list[int], list[str]]


def tell(path: Path, *, seed: int) -> Story:
    """Deliver ten letters through rough weather with clerks who crash, stop, and are replaced."""
    create_file(path, rows=10)
    office = PostOffice()

    async def main(_: VirtualClock, chance: Random) -> tuple[list[Event], list[str]]:
        network = Network(office.app, chance, faults=ROUGH)
        clerks: list[Process] = []
        while count(path, "NOT is_sent"):
            clerk = Process(f"clerk {len(clerks)}", chance, crash_probability=0.005)
            clerk.freeze_at(chance.randint(1, 200), seconds=chance.uniform(1, 120))
            clerks.append(clerk)
            done = clerk.spawn(send_letters(path, network))
            crashed = asyncio.create_task(clerk.wait_crashed())
            await asyncio.wait({done, crashed}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(600)
        return list(network.log), [repr(clerk) for clerk in clerks]

    log, clerks = run_virtual(main, seed=seed)
    return log, office.arrived, clerks


def test_a_seed_replays_to_the_last_event(tmp_path: Path) -> None:
    numbers = itertools.count()
    for seed in range(10):
        first, second = (tell(tmp_path / f"{next(numbers)}.db", seed=seed) for _ in range(2))
        assert first == second


def test_seeds_differ_and_every_letter_arrives(tmp_path: Path) -> None:
    stories = [tell(tmp_path / f"{seed}.db", seed=seed) for seed in range(20)]
    assert len({tuple(log) for log, _, _ in stories}) == len(stories)
    assert all(set(arrived) == set(range(1, 11)) for _, arrived, _ in stories)
    assert any(len(arrived) > 10 for _, arrived, _ in stories)
    assert any(len(clerks) > 1 for _, _, clerks in stories)
