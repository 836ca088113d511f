"""Keep alerts in step with what is wrong, and say how each of them stands."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from services.db import alerts, incidents, ledger, standings
from services.db.engine import Database
from services.db.tokens import connected_by
from services.domain.alerts import (
    ACCESS,
    CONNECTION,
    MOST_APART,
    OTHERS,
    SAID_AGAIN_AFTER,
    Act,
    Alert,
    Event,
    Member,
    Standing,
    Topic,
    TopicKind,
    Wrong,
    speak_at,
)
from services.domain.ids import FirmId, UserId
from services.domain.sync import Status
from services.ports import Clock

MOST_AT_ONCE = 500  # Records that one transaction adds; the next look adds more.
_OF_THE_CONNECTION = frozenset({CONNECTION, ACCESS})


@dataclass(frozen=True)
class Watches:
    """`settle`: how long a burst of failures may gather before it is told."""

    database: Database
    clock: Clock
    settle: timedelta

    async def firms(self) -> list[FirmId]:
        """Those in which something is wrong, or was and is still shown so."""
        async with self.database.read() as db:
            return await incidents.firms(db, now=self.clock())

    async def keep_in_step(self, firm: FirmId) -> None:
        """Open an alert for what is wrong and has none; resolve those of which nothing is left."""
        now = self.clock()
        async with self.database.write(firm) as db:
            known = {each.topic: each for each in await alerts.find_open(db, firm)}
            wrong = await incidents.find(db, firm, now=now, known=known)
            wrong = together(wrong, known)
            for topic in wrong:
                if topic not in known:
                    known[topic] = await self._open(db, firm, topic, now=now)
            for topic, alert in known.items():
                if await _follow(db, alert, wrong.get(topic), now=now):
                    await _resolve(db, alert, now=now)

    async def _open(
        self, db: AsyncConnection, firm: FirmId, topic: Topic, *, now: datetime
    ) -> Alert:
        """What was resolved within the last day is the same one again."""
        alerting = (await ledger.get_settings(db, firm)).alerting
        at = speak_at(alerting, now, settle=self.settle)
        last = await alerts.find_last(db, firm, topic, resolved_after=now - SAID_AGAIN_AFTER)
        if last is None:
            return await alerts.open_one(db, firm, topic, now=now, speak_at=at)
        await alerts.change(db, last.id, resolved_at=None, done=False, speak_at=at, claimed_by=None)
        await alerts.note(db, last.id, Act.REOPENED, at=now)
        return last

    async def open_of(self, firm: FirmId) -> list[Standing]:
        """How all that is open stands, the oldest first."""
        now = self.clock()
        async with self.database.read() as db:
            return [await _stand(db, each, now) for each in await alerts.find_open(db, firm)]

    async def shown_of(self, firm: FirmId) -> list[tuple[Standing, list[Event]]]:
        """How all stands that people read of, and what became of it so far."""
        now = self.clock()
        async with self.database.read() as db:
            return [
                (await _stand(db, each, now), await alerts.history(db, each.id))
                for each in await alerts.find_shown(db, firm)
            ]

    async def stand(self, alert: Alert) -> Standing:
        """How that one stands."""
        async with self.database.read() as db:
            return await _stand(db, alert, self.clock())

    async def close(self, alert: Alert) -> None:
        """Everybody reads that it is resolved, or never read of it."""
        async with self.database.write(alert.firm_id) as db:
            await alerts.close(db, alert.id)


def together(wrong: Wrong, known: Collection[Topic]) -> Wrong:
    """So many topics apart; failures beyond them share one, and stay there while it is open."""
    failures = [topic for topic in wrong if topic.kind is TopicKind.FAILURES]
    new = sorted((topic for topic in failures if topic not in known), key=lambda each: each.about)
    room = 0 if OTHERS in known else max(0, MOST_APART - (len(failures) - len(new)))
    beyond = set(new[room:])
    if not beyond:
        return wrong
    kept = {topic: members for topic, members in wrong.items() if topic not in beyond}
    shared = frozenset[Member]().union(*(wrong[topic] for topic in beyond))
    return {**kept, OTHERS: shared}


async def _follow(
    db: AsyncConnection, alert: Alert, wrong: frozenset[Member] | None, *, now: datetime
) -> bool:
    """Note what came to it, and what of it is solved; whether nothing is left.

    What is asked for again is not solved before it is there.
    """
    if alert.topic in _OF_THE_CONNECTION:
        return wrong is None
    wrong = wrong or frozenset()
    before = await standings.statuses(db, alert)
    left = wrong | (_on_their_way(before) if alert.topic.kind is TopicKind.FAILURES else set())
    await alerts.add(db, alert.id, sorted(wrong - before.keys())[:MOST_AT_ONCE])
    await alerts.solve(db, alert.id, before.keys() - left, at=now)
    return not left


def _on_their_way(before: Mapping[Member, Status]) -> set[Member]:
    return {member for member, status in before.items() if status is Status.SYNCING}


async def _resolve(db: AsyncConnection, alert: Alert, *, now: datetime) -> None:
    await alerts.change(db, alert.id, resolved_at=now, snoozed_until=None, snoozed_by=None)
    solvers: Iterable[UserId] = await _solvers(db, alert)
    count = await alerts.count_solved(db, alert.id)
    await alerts.note(db, alert.id, Act.RESOLVED, at=now, by=solvers, count=count)


async def _solvers(db: AsyncConnection, alert: Alert) -> tuple[UserId, ...]:
    if alert.topic not in _OF_THE_CONNECTION:
        return await alerts.solvers(db, alert)
    user = await connected_by(db, alert.firm_id, since=alert.opened_at)
    return (user,) if user else ()


async def _stand(db: AsyncConnection, alert: Alert, now: datetime) -> Standing:
    resolved = alert.resolved_at is not None
    solved = await alerts.count_solved(db, alert.id) if resolved else 0
    solvers = await _solvers(db, alert) if resolved else ()
    if alert.topic in _OF_THE_CONNECTION:
        is_connected, because, ends_at = await standings.connection(db, alert)
        return Standing(
            alert=alert,
            waiting=await incidents.count_waiting(db, alert.firm_id),
            is_connected=is_connected,
            because=because,
            ends_at=ends_at,
            solvers=solvers,
            is_snoozed=alert.is_snoozed(now),
        )
    members = await standings.statuses(db, alert)
    return Standing(
        alert=alert,
        counts=Counter((member.kind, status) for member, status in members.items()),
        sums=await standings.sums(db, alert),
        first=await standings.first(db, alert),
        behind=await standings.behind(db, alert),
        solved=solved,
        solvers=solvers,
        is_snoozed=alert.is_snoozed(now),
    )
