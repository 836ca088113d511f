"""QuickBooks' ten requests a second, kept per company."""

import asyncio
from collections import OrderedDict
from datetime import timedelta

from services.domain.ids import RealmId

BETWEEN_REQUESTS = timedelta(milliseconds=100)
MAX_REALMS = 10_000  # The longest unused is forgotten: it has had its pause.


class Pace:
    """Gives each request of a company its turn, a tenth of a second after the last."""

    def __init__(self) -> None:
        self._next_turn: OrderedDict[RealmId, float] = OrderedDict()

    async def turn(self, realm: RealmId) -> None:
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next_turn.pop(realm, now))
        self._next_turn[realm] = mine + BETWEEN_REQUESTS.total_seconds()
        if len(self._next_turn) > MAX_REALMS:
            self._next_turn.popitem(last=False)
        if mine > now:
            await asyncio.sleep(mine - now)
