"""What Prometheus reads of us: what this process has counted, and how the shared ledger is.

Labels are words of ours and never grow with firms; there is no name, no sum and no token.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

import httpx
import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from bot.pulse import Pulse
from services.domain.alerts import TopicKind
from services.domain.connection import ConnectionState
from services.domain.sync import (
    OPEN_STATES,
    Accepted,
    NotSent,
    Operation,
    Rejected,
    ReplyLost,
    Skipped,
    Stale,
)
from services.health import DISCONNECTED_ON_PURPOSE, Health, Vitals
from services.ports import PARKED

log = structlog.get_logger()

OUTCOMES = {
    Accepted.__name__: "accepted",
    NotSent.__name__: "not_sent",
    Stale.__name__: "stale",
    Rejected.__name__: "rejected",
    ReplyLost.__name__: "reply_lost",
    Skipped.__name__: "skipped",
    PARKED: PARKED,
}
ACK_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # Slack waits for three.
Gauges = Iterator[GaugeMetricFamily]


class Meters:
    """What this process counts; a registry of its own, since a test runs several programs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._pushes = Counter(
            "counterfoil_pushes",
            "Attempts to bring a record to QuickBooks, by what came of them.",
            ["operation", "outcome"],
            registry=self.registry,
        )
        for operation in Operation:
            for outcome in OUTCOMES.values():
                self._pushes.labels(operation.value, outcome)  # From 0, so that the first counts.
        self._takeovers = Counter(
            "counterfoil_lease_takeovers",
            "Companies taken over from a worker that left something in flight.",
            registry=self.registry,
        )
        self._requests = Counter(
            "counterfoil_quickbooks_requests",
            "Requests that QuickBooks answered; Intuit meters reads.",
            ["kind"],
            registry=self.registry,
        )
        for kind in ("read", "write"):
            self._requests.labels(kind)
        self._throttles = Counter(
            "counterfoil_quickbooks_throttles",
            "Requests that QuickBooks answered with 429.",
            registry=self.registry,
        )
        self._acks = Histogram(
            "counterfoil_slack_ack_seconds",
            "From a request of Slack's to its acknowledgement.",
            buckets=ACK_SECONDS,
            registry=self.registry,
        )

    def note_push(self, operation: Operation, outcome: str) -> None:
        self._pushes.labels(operation.value, OUTCOMES[outcome]).inc()

    def note_takeover(self) -> None:
        self._takeovers.inc()

    async def note_answer(self, response: httpx.Response) -> None:
        """Of QuickBooks', as httpx tells of it."""
        self._requests.labels("read" if response.request.method == "GET" else "write").inc()
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self._throttles.inc()

    def note_ack(self, seconds: float) -> None:
        self._acks.observe(seconds)


class _Page(Collector):
    """All of one answer."""

    def __init__(self, registry: CollectorRegistry, gauges: list[GaugeMetricFamily]) -> None:
        self._registry = registry
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        yield from self._registry.collect()
        yield from self._gauges


async def expose(
    meters: Meters, pulses: Sequence[Pulse], health: Health, sockets: int | None
) -> bytes:
    """Where the ledger cannot be read, only that is said of it: an old number would be a lie."""
    vitals = await _read(health)
    gauges = [
        *_of_process(pulses, sockets),
        _gauge("ledger_reachable", _REACHABLE, vitals is not None),
    ]
    if vitals is not None:
        gauges += _of_ledger(vitals, health.clock())
    return generate_latest(_Page(meters.registry, gauges))


async def _read(health: Health) -> Vitals | None:
    try:
        return await health.vitals()
    except (SQLAlchemyError, OSError) as error:
        log.warning("ledger not measured", error=type(error).__name__)
        return None


_REACHABLE = "Whether the ledger could be read for this answer; if not, all that is its is missing."


def _of_process(pulses: Sequence[Pulse], sockets: int | None) -> Gauges:
    yield _by(
        "loop_beat_age_seconds",
        "How long ago each loop of this process showed that it is alive.",
        "loop",
        {each.kind: each.age.total_seconds() for each in pulses},
    )
    yield _by(
        "loop_running",
        "Whether each loop of this process still runs; one that has ended never comes back.",
        "loop",
        {each.kind: not each.has_ended for each in pulses},
    )
    if sockets is not None:
        yield _gauge("slack_sockets_open", "Sockets to Slack that this process holds.", sockets)


def _of_ledger(vitals: Vitals, now: datetime) -> Gauges:
    yield _gauge(
        "oldest_due_entry_age_seconds",
        "How long the oldest entry that could be pushed has been due; 0 where none is.",
        _age(vitals.oldest_due_at, now),
    )
    yield _gauge(
        "oldest_unconfirmed_entry_age_seconds",
        "How long ago the oldest entry was sent of which QuickBooks has said nothing yet.",
        _age(vitals.oldest_unconfirmed_at, now),
    )
    yield _by(
        "outbox_entries",
        "Entries that are not settled yet.",
        "state",
        {state.value: vitals.entries.get(state, 0) for state in sorted(OPEN_STATES)},
    )
    yield _by(
        "records_needing_a_person",
        "Records that Failed, and those whose change QuickBooks did not accept.",
        "record",
        {kind.value: count for kind, count in vitals.needing_a_person.items()},
    )
    yield _by(
        "open_alerts",
        "Alerts that are not resolved.",
        "topic",
        {kind.value: vitals.alerts.get(kind, 0) for kind in TopicKind},
    )
    yield from _of_connections(vitals, now)


def _of_connections(vitals: Vitals, now: datetime) -> Gauges:
    states = [*(state.value for state in ConnectionState), DISCONNECTED_ON_PURPOSE]
    yield _by(
        "connections",
        "Firms by how they are connected to QuickBooks.",
        "state",
        {state: vitals.connections.get(state, 0) for state in states},
    )
    yield _gauge("connections_held", "Firms that are held after a restore.", vitals.held)
    if vitals.refresh_expires_at:
        yield _gauge(
            "refresh_token_seconds_left",
            "Until the first refresh token of an active connection expires, if nothing renews it.",
            (vitals.refresh_expires_at - now).total_seconds(),
        )
    if vitals.consent_ends_at:
        yield _gauge(
            "consent_seconds_left",
            "Until the first consent ends, whatever is renewed.",
            (vitals.consent_ends_at - now).total_seconds(),
        )


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0) if since else 0


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"counterfoil_{name}", words, value=value)


def _by(name: str, words: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"counterfoil_{name}", words, labels=[label])
    for word, value in values.items():
        family.add_metric([word], value)
    return family
