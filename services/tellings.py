"""Which messages tell of an alert: noted before they are posted, so that none is posted twice."""

from dataclasses import dataclass
from datetime import timedelta

from services.db import alert_posts
from services.db.alert_posts import Post
from services.db.engine import Database
from services.domain.ids import AlertId
from services.ports import Clock

POSTING_TAKES = timedelta(seconds=45)  # Longer than Slack's client waits for an answer.


@dataclass(frozen=True)
class Tellings:
    database: Database
    clock: Clock

    async def of(self, alert: AlertId) -> list[Post]:
        async with self.database.read() as db:
            return await alert_posts.all_of(db, alert)

    async def claim(self, alert: AlertId, place: str, what: str) -> int | None:
        """Which attempt to post it this is; None while somebody is at it, and once it is posted.

        From the second attempt on it may stand in Slack already.
        """
        now = self.clock()
        async with self.database.write(None) as db:
            return await alert_posts.claim(
                db, alert, place, what, now=now, until=now + POSTING_TAKES
            )

    async def posted(
        self, alert: AlertId, place: str, what: str, *, channel: str, ts: str, shown: str
    ) -> None:
        facts = {"channel": channel, "ts": ts, "shown": shown, "posted_at": self.clock()}
        async with self.database.write(None) as db:
            await alert_posts.change(db, alert, place, what, **facts)

    async def shown(self, post: Post, shown: str) -> None:
        """What it says now."""
        await self._change(post, shown=shown, lost=False)

    async def lose(self, post: Post) -> None:
        """It cannot be edited any more."""
        await self._change(post, lost=True)

    async def forget(self, post: Post) -> None:
        """Slack no longer has it: the next one is a new one."""
        now = self.clock()
        nothing = dict.fromkeys(("channel", "ts", "posted_at", "shown"))
        await self._change(post, **nothing, lost=False, attempt=0, due_at=now)

    async def release(
        self, alert: AlertId, place: str, what: str, wait: timedelta, *, refused: bool
    ) -> None:
        """Try it again after that; where Slack `refused` it, it certainly does not stand there."""
        async with self.database.write(None) as db:
            due_at = self.clock() + wait
            await alert_posts.release(db, alert, place, what, due_at=due_at, refused=refused)

    async def _change(self, post: Post, **values: object) -> None:
        async with self.database.write(None) as db:
            await alert_posts.change(db, post.alert, post.place, post.what, **values)
