"""Where what concerns the whole firm is told: its alert channel, or else its admins directly."""

from dataclasses import dataclass

from bot.pace import LOOK, Pace
from bot.slack import ClientOf
from handlers.channels import look_at, may_write_in, read_barrier
from services.audiences import Audience, Audiences
from services.domain.ids import FirmId
from services.domain.settings import Alerting

_NO_CHANNEL = "no alert channel is chosen: `/quickbooks settings`"
_OUT_OF_REACH = (
    "the alert channel <#{channel}> is gone or archived, or Counterfoil may not write there: "
    "invite it again, or choose another one in `/quickbooks settings`"
)


@dataclass(frozen=True)
class Destination:
    """`places` are the channel, or the ids of people; `why_not` says why it is not the channel.

    `discreet`: others than the firm's own people in that channel may read along, so no names and
    no sums.
    """

    alerting: Alerting
    places: tuple[str, ...]
    discreet: bool = False
    why_not: str = ""


@dataclass(frozen=True)
class Destinations:
    client_of: ClientOf
    audiences: Audiences
    pace: Pace

    async def find(self, firm: FirmId) -> Destination:
        """As the firm chose, and as Slack has the channel at this moment.

        Raise TooSoon or SlackApiError where Slack does not say, and aiohttp's errors where it is
        not reached.
        """
        audience = await self.audiences.find(firm)
        channel = audience.alerting.channel_id
        if channel is None:
            return _direct(audience, _NO_CHANNEL)
        self.pace.check(firm, LOOK)
        found = await look_at(self.client_of(firm), channel)
        if found is None or not may_write_in(found):
            return _direct(audience, _OUT_OF_REACH.format(channel=channel))
        discreet = read_barrier(found) is not None
        return Destination(audience.alerting, (channel,), discreet=discreet)

    async def directly(self, firm: FirmId) -> Destination:
        """Where the channel turns messages away, which Slack only says once one is posted."""
        audience = await self.audiences.find(firm)
        why_not = _OUT_OF_REACH.format(channel=audience.alerting.channel_id)
        return _direct(audience, why_not)


def _direct(audience: Audience, why_not: str) -> Destination:
    return Destination(audience.alerting, audience.admins, why_not=why_not)
