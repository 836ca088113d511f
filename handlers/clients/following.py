"""Tell who asked for a client what came of it where its own message would not."""

from datetime import timedelta

from handlers.clients.found import show_client
from handlers.desk import Desk, Request
from handlers.telling import tell
from services.domain.ids import ClientId
from services.domain.sync import Status

FOLLOWED_FOR = timedelta(minutes=5)  # What takes longer waits for QuickBooks, and says so.
LOOKS_EVERY = timedelta(seconds=0.5)


async def tell_if_it_fails(desk: Desk, request: Request, client: ClientId) -> None:
    """What waits for it reads the same after a second failure as before: the answer is a message.

    That it has arrived shows in what waited for it.
    """
    give_up_at, firm = desk.clock() + FOLLOWED_FOR, request.member.firm_id
    found = await desk.clients.get(firm, client)
    while found.sync.status is Status.SYNCING:
        if desk.clock() >= give_up_at or await desk.background.stops_within(LOOKS_EVERY):
            return
        found = await desk.clients.get(firm, client)
    if found.sync.status is Status.FAILED:
        reply = await show_client(desk, request, client)
        await tell(request.client, request.member.user_id, reply)
