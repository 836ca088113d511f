"""What goes wrong in one simulated life, drawn within the fault model that is promised under."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import StrEnum
from random import Random

from sandbox.quickbooks import Fault, Kind, Limits, QuickBooks, Rules, TokenRules
from sandbox.quickbooks import Weather as Sky
from tests.simulation.kernel import Faults, Network, Seconds

LONGEST_LAG = 60  # Seconds: QuickBooks' query lags at most so much.
LATEST = timedelta(seconds=150)  # 180 are promised; the rest is for what else holds a request up.
LATEST_IF_FROZEN = timedelta(seconds=40)  # A frozen sender has used up most of them already.
FREEZE = Seconds(65, 110)  # Longer than a lease.
SLOW = timedelta(seconds=20)  # Counts as lateness too, where the sender dies meanwhile.
SLOW_ANSWER = timedelta(seconds=110)  # QuickBooks gives up at 120.
RETRY_AFTER = timedelta(seconds=20)
AT_ONCE = timedelta(0)
A_DAY = timedelta(hours=24)
MOST_CRASHES = 4  # In one life: each costs the time of a start.
MOST_FREEZES = 2  # For each of its programs.
AN_HOUR = timedelta(hours=1)  # What Intuit says of an access token…
BRIEF = (timedelta(seconds=330), timedelta(seconds=420))  # …and what makes many race to renew it.
SMALL_JUMP, BIG_JUMP = 5.0, 270.0  # Seconds; two big ones stay within what clocks may differ.
MOST_JUMPS = 2


class Weather(StrEnum):
    """The conditions that QuickBooks works under; the last one comes alone."""

    PLAIN = "plain"
    LAGGY = "laggy"
    LATE = "late"
    LAGGY_AND_LATE = "laggy+late"
    FORGETFUL = "forgetful"

    @property
    def lags(self) -> bool:
        return self in {Weather.LAGGY, Weather.LAGGY_AND_LATE}

    @property
    def is_late(self) -> bool:
        return self in {Weather.LATE, Weather.LAGGY_AND_LATE}


ALL = tuple(Weather)


def weather_of(seed: int) -> Weather:
    """Each weather as often as the others."""
    return ALL[seed % len(ALL)]


@dataclass(frozen=True, kw_only=True)
class Storm:
    """How bad it is: probabilities are per request, that of a crash per point of a process."""

    sky: Sky
    network: Faults
    late_by: timedelta
    server: tuple[Fault, ...]
    limits: Limits
    crash: float
    restart: Seconds
    freeze: float
    jumps: tuple[float, ...]  # Seconds by which our machine's clock is set, while it is at work.

    def break_loose(self, quickbooks: QuickBooks, network: Network) -> None:
        quickbooks.weather, quickbooks.limits = self.sky, self.limits
        for fault in self.server:
            quickbooks.faults.add(fault)
        network.faults = self.network

    @staticmethod
    def blow_over(quickbooks: QuickBooks, network: Network) -> None:
        quickbooks.weather, quickbooks.limits = Sky(), Limits()
        quickbooks.faults.clear()
        network.faults = Faults()


def draw_storm(weather: Weather, chance: Random, *, workers: int = 1) -> Storm:
    """Where QuickBooks forgets, nothing may arrive late: the two at once cannot be won.

    Nor may one of several programs take another's lease for over while that is at work.
    """
    forgetful = weather is Weather.FORGETFUL
    one_by_one = forgetful and workers > 1
    steady, often = (0.5, 0.04) if workers == 1 else (0.2, 0.1)
    freeze = 0.0 if forgetful or chance.random() < steady else often
    return Storm(
        sky=Sky(
            query_lag=timedelta(seconds=chance.uniform(1, LONGEST_LAG) if weather.lags else 0),
            forgets_after=AT_ONCE if forgetful else None,
        ),
        network=_network(weather, chance),
        late_by=LATEST_IF_FROZEN if freeze else LATEST,
        server=tuple(_server(chance, forgetful=forgetful)),
        limits=Limits(retry_after=chance.choice([None, RETRY_AFTER])),
        crash=chance.choice([0.0, 0.001, 0.004]),
        # Where nothing may be late, what a dead sender had under way is there before the heir is.
        restart=Seconds(1, 30) if forgetful else Seconds(0, 30),
        freeze=freeze,
        jumps=tuple(each for each in _jumps(chance) if abs(each) <= SMALL_JUMP or not one_by_one),
    )


def _jumps(chance: Random) -> Iterator[float]:
    """Set as NTP does it, forward or back; mostly not at all."""
    if chance.random() < 0.25:
        for _ in range(chance.randint(1, MOST_JUMPS)):
            most = chance.choice([SMALL_JUMP, BIG_JUMP])
            yield chance.uniform(-most, most)


def _network(weather: Weather, chance: Random) -> Faults:
    """Nothing is duplicated on the way: a request that was answered has no second copy.

    A copy of one that was refused could be taken later, and nothing but waiting after each
    refusal would guard against it; TCP and QuickBooks' gateways do not do that.
    """

    def share(most: float) -> float:
        return chance.choice([0.0, most / 3, most])

    return Faults(
        refused=share(0.08),
        connect_timeout=share(0.03),
        pool_timeout=share(0.02),
        cut_before=share(0.08),
        cut_after=share(0.25),
        read_timeout=share(0.05),
        late=chance.uniform(0.1, 0.4) if weather.is_late else 0.0,
    )


def _server(chance: Random, *, forgetful: bool) -> Iterator[Fault]:
    """Some kinds of trouble of QuickBooks' own, each with its probability."""
    kinds = [
        Fault(kind=Kind.THROTTLED),
        Fault(kind=Kind.THROTTLED, wait=RETRY_AFTER),
        Fault(kind=Kind.FAILED),
        Fault(kind=Kind.FAILED, committed=True),
        Fault(kind=Kind.UNAVAILABLE),
        Fault(kind=Kind.UNAVAILABLE, committed=True),
        Fault(kind=Kind.UNAUTHORIZED),
        Fault(kind=Kind.SLOW_ANSWER, wait=SLOW_ANSWER),
        Fault(kind=Kind.GARBAGE),
        Fault(kind=Kind.GARBAGE, committed=True),
        Fault(kind=Kind.HALF),
        Fault(kind=Kind.REFUSED, operation="create"),  # “Wait a few minutes and try again.”
        Fault(kind=Kind.UNAVAILABLE, entity="token"),
        Fault(kind=Kind.UNAVAILABLE, entity="token", committed=True),
        *([] if forgetful else [Fault(kind=Kind.SLOW, wait=SLOW)]),
    ]
    for fault in kinds:
        if chance.random() < 0.35:
            probability = chance.uniform(0.01, 0.08)
            yield _often(fault, probability)
    if chance.random() < 0.1:
        yield _often(Fault(kind=Kind.FORBIDDEN), 0.01)


def _often(fault: Fault, probability: float) -> Fault:
    return Fault(
        kind=fault.kind,
        entity=fault.entity,
        operation=fault.operation,
        committed=fault.committed,
        wait=fault.wait,
        probability=probability,
        count=None,
    )


def draw_rules(chance: Random) -> Rules:
    """What public evidence leaves open must not matter."""
    return Rules(**{switch.name: chance.random() < 0.5 for switch in fields(Rules)})


def draw_token_rules(chance: Random) -> TokenRules:
    return TokenRules(
        rotates_after=chance.choice([AT_ONCE, A_DAY]),
        grace=chance.choice([AT_ONCE, A_DAY]),
        revokes_on_race=chance.random() < 0.3,
    )


def draw_access_lifetime(chance: Random, *, workers: int) -> timedelta:
    """Tokens are renewed five minutes before their end."""
    return AN_HOUR if workers == 1 else chance.choice([AN_HOUR, *BRIEF])
