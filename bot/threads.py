"""What needs a person is said once more beside the message that is edited without a sound."""

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from bot.slack import ClientOf
from handlers.causes import explain_cause
from handlers.elements import Reply
from services.announcements import Announcements
from services.db.notices import Notice
from services.domain.causes import Cause
from services.domain.ledger import Payment, Refund, SyncFacts
from services.domain.sync import Status


@dataclass(frozen=True)
class Threads:
    client_of: ClientOf
    announcements: Announcements
    records_url: str

    async def tell_once(
        self, notice: Notice, payment: Payment, channel: str, message_ts: str
    ) -> None:
        """An edit makes no sound: what needs a person is said once more, in the thread.

        A message that begins with it has just been heard. Who dismissed it knows.
        """
        facts = payment.sync
        if not _needs_a_person(facts):
            return
        is_new = notice.message_ts is None
        if not await self.announcements.claim_telling(notice) or is_new:
            return
        text = f"<@{notice.recorded_by}> {payment.name} is {facts.status.label}. "
        reply = Reply(text + explain_cause(payment, self.records_url))
        try:
            client = self.client_of(notice.firm_id)
            await client.chat_postMessage(channel=channel, thread_ts=message_ts, **reply.to_slack())
        except SlackApiError:
            await self.announcements.release_telling(notice)
            raise

    async def tell_of(self, refund: Refund, notice: Notice, channel: str, message_ts: str) -> None:
        """Its payment's message shows it; who refunded may be somebody else, and hears of it."""
        if not _needs_a_person(refund.sync):
            return
        if not await self.announcements.claim_telling_of(refund):
            return
        status, name = refund.sync.status.label, f"{refund.name} of {refund.payment.name}"
        why = explain_cause(refund, self.records_url)
        reply = Reply(f"<@{refund.recorded_by}> {name} is {status}. {why}")
        thread = {"channel": channel, "thread_ts": message_ts}
        where = (
            thread if refund.recorded_by == notice.recorded_by else {"channel": refund.recorded_by}
        )
        try:
            await self.client_of(refund.firm_id).chat_postMessage(**where, **reply.to_slack())
        except SlackApiError:
            await self.announcements.release_telling_of(refund)
            raise


def _needs_a_person(facts: SyncFacts) -> bool:
    """Who dismissed it knows."""
    return facts.status in {Status.FAILED, Status.SKIPPED} and facts.cause is not Cause.DISMISSED
