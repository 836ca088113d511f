"""QuickBooks' ten requests a second, kept per company."""

import asyncio
from collections import OrderedDict, deque

from services.domain.ids import RealmId

REQUESTS = 10
PERIOD_SECONDS = 1.0
MAX_REALMS = 10_000  # The longest unused is forgotten: it has had its pause.


class Pace:
    """Gives each request of a company its turn: never an eleventh within a second."""

    def __init__(self) -> None:
        self._turns: OrderedDict[RealmId, deque[float]] = OrderedDict()

    async def turn(self, realm: RealmId) -> None:
        turns = self._turns.pop(realm, None) or deque(maxlen=REQUESTS)
        self._turns[realm] = turns
        if len(self._turns) > MAX_REALMS:
            self._turns.popitem(last=False)
        now = asyncio.get_running_loop().time()
        mine = max(now, turns[0] + PERIOD_SECONDS) if len(turns) == REQUESTS else now
        turns.append(mine)  # Taken before waiting, so that nobody else takes it.
        if mine > now:
            await asyncio.sleep(mine - now)
