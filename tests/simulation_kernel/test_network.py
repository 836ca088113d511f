"""Each fate of a request: what the sender sees, and what arrives."""

import asyncio
import gzip
from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.simulation.kernel import (
    Fate,
    Faults,
    Network,
    Process,
    Seconds,
    VirtualClock,
    run_virtual,
)
from tests.simulation_kernel.toy import PostOffice, client

ALWAYS = 1.0


async def post(network: Network, number: int = 1) -> str:
    """Say what the sender sees: a status, or the name of an error."""
    async with client(network) as http:
        try:
            return str((await http.post(f"/letters/{number}")).status_code)
        except httpx.TransportError as error:
            return f"{error.request.method} {type(error).__name__}".removeprefix("POST ")


def post_once(faults: Faults, *, seed: int) -> tuple[str, list[int], float]:
    """Say what the sender saw, what arrived within the hour, and how long the sender waited."""
    office = PostOffice()

    async def main(clock: VirtualClock, chance: Random) -> tuple[str, float]:
        network = Network(office.app, chance, faults=faults)
        began = clock.monotonic()
        seen = await post(network)
        waited = clock.monotonic() - began
        await asyncio.sleep(3600)
        assert network.under_way == 0
        return seen, waited

    seen, waited = run_virtual(main, seed=seed)
    return seen, office.arrived, waited


@pytest.mark.parametrize(
    ("faults", "seen", "arrived"),
    [
        (Faults(), {"201"}, [1]),
        (Faults(refused=ALWAYS), {"ConnectError"}, []),
        (Faults(connect_timeout=ALWAYS), {"ConnectTimeout"}, []),
        (Faults(pool_timeout=ALWAYS), {"PoolTimeout"}, []),
        (Faults(cut_before=ALWAYS), {"WriteError", "ReadError"}, []),
        (Faults(cut_after=ALWAYS), {"ReadError"}, [1]),
        (Faults(read_timeout=ALWAYS), {"ReadTimeout"}, [1]),
        (Faults(late=ALWAYS), {"ReadError", "ReadTimeout"}, [1]),
        (Faults(duplicated=ALWAYS), {"201"}, [1, 1]),
    ],
)
def test_each_fate_shows_one_face_to_the_sender_and_one_to_the_receiver(
    faults: Faults, seen: set[str], arrived: list[int]
) -> None:
    outcomes = [post_once(faults, seed=seed) for seed in range(12)]
    assert {outcome for outcome, _, _ in outcomes} == seen
    assert all(received == arrived for _, received, _ in outcomes)


def test_a_time_out_comes_after_the_clients_own_time() -> None:
    _, _, waited = post_once(Faults(read_timeout=ALWAYS), seed=1)
    assert waited == 30


def test_without_faults_only_latency_passes() -> None:
    _, _, waited = post_once(Faults(), seed=1)
    assert 0.02 <= waited <= 0.3


def test_a_late_request_arrives_within_its_limit_and_after_its_sender_gave_up() -> None:
    gaps: list[float] = []

    async def main(_: VirtualClock, chance: Random) -> None:
        network = Network(
            PostOffice().app, chance, faults=Faults(late=ALWAYS), late_by=timedelta(seconds=100)
        )
        await post(network)
        await asyncio.sleep(200)
        times = {event.what: event.at for event in network.log}
        gaps.append(times["arrived"] - times["sent, to be late"])

    for seed in range(30):
        run_virtual(main, seed=seed)
    assert all(0 < gap <= 100 + 0.15 for gap in gaps)
    assert max(gaps) > 60


def test_a_server_that_lingers_is_timed_out_and_its_reply_dropped() -> None:
    async def main(_: VirtualClock, chance: Random) -> list[str]:
        network = Network(PostOffice().app, chance)
        async with client(network) as http:
            with pytest.raises(httpx.ReadTimeout):
                await http.get("/slow")
        await asyncio.sleep(60)
        return [event.what for event in network.log]

    assert run_virtual(main, seed=1) == [
        "sent, to be answered",
        "arrived",
        "failed, ReadTimeout",
        "answered 200",
        "reply came too late",
    ]


def test_a_script_strikes_the_nth_request_of_its_kind_and_no_other() -> None:
    office = PostOffice()

    async def main(_: VirtualClock, chance: Random) -> list[str]:
        network = Network(office.app, chance)
        network.script(Fate.REFUSED, line="POST /letters/2", nth=2)
        return [await post(network, number) for number in (2, 1, 2, 2)]

    assert run_virtual(main, seed=1) == ["201", "201", "ConnectError", "201"]
    assert office.arrived == [2, 1, 2]


def test_the_weather_may_change() -> None:
    async def main(_: VirtualClock, chance: Random) -> list[str]:
        network = Network(PostOffice().app, chance, faults=Faults(refused=ALWAYS))
        before = await post(network)
        network.faults = Faults()
        return [before, await post(network)]

    assert run_virtual(main, seed=1) == ["ConnectError", "201"]


def test_faults_come_as_often_as_they_should() -> None:
    chance = Random(1)
    faults = Faults(refused=0.1, late=0.3)
    drawn = [faults.draw(chance) for _ in range(10_000)]
    assert drawn.count(Fate.REFUSED) == pytest.approx(1000, rel=0.1)
    assert drawn.count(Fate.LATE) == pytest.approx(3000, rel=0.1)
    assert drawn.count(Fate.ANSWERED) == pytest.approx(6000, rel=0.1)


@pytest.mark.parametrize("shares", [{"refused": -0.1}, {"refused": 0.6, "late": 0.6}])
def test_probabilities_that_cannot_be_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="probabilities"):
        Faults(**shares)


def test_every_fate_but_the_good_one_has_its_probability() -> None:
    for fate in set(Fate) - {Fate.ANSWERED}:
        assert Faults(**{fate.value: ALWAYS}).draw(Random(1)) is fate


def test_a_dead_host_refuses_connections() -> None:
    office = PostOffice()

    async def main(_: VirtualClock, chance: Random) -> str:
        host = Process("host", chance)
        network = Network(office.app, chance, host=host)
        host.crash()
        return await post(network)

    assert (run_virtual(main, seed=1), office.arrived) == ("ConnectError", [])


def test_a_host_that_dies_loses_its_reply() -> None:
    async def main(clock: VirtualClock, chance: Random) -> float:
        host = Process("host", chance)
        network = Network(PostOffice().app, chance, host=host)
        asyncio.get_running_loop().call_later(5, host.crash)
        async with client(network) as http:
            began = clock.monotonic()
            with pytest.raises(httpx.ReadError):
                await http.get("/slow")
        return clock.monotonic() - began

    assert 5 < run_virtual(main, seed=1) < 6


def test_a_server_does_not_run_in_its_senders_process() -> None:
    """Or it would stop when the sender freezes."""
    office = PostOffice()

    async def main(_: VirtualClock, chance: Random) -> list[int]:
        network = Network(office.app, chance, latency=Seconds(1, 1))
        sender = Process("sender", chance)
        task = sender.spawn(post(network))
        await asyncio.sleep(0.5)
        sender.freeze_for(100)
        await asyncio.sleep(50)
        while_frozen = list(office.arrived)
        assert await task == "201"
        return while_frozen

    assert run_virtual(main, seed=1) == [1]


def test_a_compressed_reply_is_decoded_once() -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        body = await Request(scope, receive).body()
        headers = {"content-encoding": "gzip"}
        await Response(gzip.compress(body), headers=headers)(scope, receive, send)

    async def main(_: VirtualClock, chance: Random) -> str:
        async with client(Network(app, chance)) as http:
            return (await http.post("/", content="twelve pence")).text

    assert run_virtual(main, seed=1) == "twelve pence"


def test_an_application_that_raises_fails_the_run() -> None:
    async def app(*_: object) -> None:
        raise LookupError("a bug in the application")

    async def main(_: VirtualClock, chance: Random) -> str:
        return await post(Network(app, chance))

    with pytest.raises(ExceptionGroup) as caught:
        run_virtual(main, seed=1)
    assert [str(error) for error in caught.value.exceptions] == ["a bug in the application"]
