"""What happens in a firm on one day: its records are tended, and a story is told to its end."""

import asyncio
from collections.abc import Callable
from functools import partial
from random import Random

from tests.simulation.approver import Approver
from tests.simulation.bookkeeper import Bookkeeper
from tests.simulation.minds import change_mind
from tests.simulation.staff import WORKDAY
from tests.simulation.stories import Plot, Story
from tests.simulation.wishes import AnyWish, ClientWish, InvoiceWish, Kind, PaymentWish, RefundWish

MOST_CHANGES_OF_MIND = 2
MOST_DEEDS_BY_HAND = 2
TENDS = 0.6  # So often each record is looked after where a story is told beside: both cost time.
TELLS = 0.65  # So often a firm has a story to tell…
RICH = (Plot.REFUNDED_THEN_UNDONE, Plot.TWIN_IS_FOUND, Plot.CLIENT_LEAVES)
PLOTS = (*Plot, *RICH)  # …and these, in which most happens, more often.


class Day:
    """`plot`: the story that is told for certain; else one may be, drawn by chance."""

    def __init__(
        self, staff: Approver, bookkeeper: Bookkeeper, chance: Random, plot: Plot | None
    ) -> None:
        self._staff, self._bookkeeper, self._chance = staff, bookkeeper, chance
        self._plot = plot or (chance.choice(PLOTS) if chance.random() < TELLS else None)

    def plan(self, deeds: asyncio.TaskGroup) -> None:
        firm, chance = self._staff.firm, self._chance
        for wish in list(firm.wishes()):
            if self._plot is None or chance.random() < TENDS:
                deeds.create_task(self._tend(wish))
        for client in firm.clients:
            if client.kind is Kind.RIVAL:
                deeds.create_task(self._by_hand(partial(self._bookkeeper.enter_rival, client)))
        for _ in range(chance.choice(range(MOST_DEEDS_BY_HAND + 1))):
            deeds.create_task(self._by_hand(self._bookkeeper.work))
        if self._plot:
            deeds.create_task(self._tell(self._plot))

    async def _tell(self, plot: Plot) -> None:
        await self._some_time()
        await Story(self._staff, self._bookkeeper, self._chance).tell(plot)

    async def _some_time(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, WORKDAY))

    async def _by_hand(self, deed: Callable[[], None]) -> None:
        await self._some_time()
        self._bookkeeper.do(deed)

    async def _tend(self, wish: AnyWish) -> None:
        await self._some_time()
        if wish.id is None:
            await self._record(wish)
        most = MOST_CHANGES_OF_MIND - isinstance(wish, ClientWish)
        for _ in range(self._chance.randint(0, most)):
            await self._staff.hesitate()
            await change_mind(self._staff, self._bookkeeper, wish)

    async def _record(self, wish: AnyWish) -> None:
        match wish:
            case InvoiceWish():
                await self._staff.record_invoice(wish)
            case PaymentWish():
                await self._staff.record_payment(wish, sync=self._chance.random() < 0.7)
            case ClientWish() | RefundWish():
                pass  # Clients are there from the beginning, refunds are recorded as they come.
