"""What can be done about a client, as buttons and as entries of its menu."""

from handlers import ids
from handlers.elements import Block, button
from handlers.pages import open_record
from services.clients import ClientStanding
from services.domain.causes import Cause
from services.domain.ledger import Client
from services.domain.near_match import NearMatch, read_near_match
from services.domain.sync import ACTIONS, Action, Status

SYNC = "Sync client to QuickBooks"
UNSYNC = "Unsync client from QuickBooks"
LINK = "Link to a QuickBooks customer"
ANYWAY = "Create a new customer anyway"
Entry = tuple[str, str, str]  # Label, order, value.


def buttons(standing: ClientStanding, records_url: str) -> list[Block]:
    client, record = standing.client, str(standing.client.id)
    row = _near_match(client)
    row += [button(label, order, record) for label, order in _ways(standing.actions)]
    if Action.CANCEL in standing.actions:
        row.append(button("Cancel sync", ids.CANCEL_CLIENT, record))
    if Action.DISMISS in standing.actions:
        row.append(button("Dismiss", ids.DISMISS_CLIENT, record))
    if client.sync.status is Status.SYNCING:
        row.append(button("Look again", ids.SHOW_CLIENT, record))
    else:
        row.append(button("Edit", ids.EDIT_CLIENT, record))
    row.append(button(*_exclusion(client), record))
    if standing.skipped and not client.excluded:
        row.append(button(f"Sync {standing.skipped} skipped", ids.SYNC_SKIPPED, record))
    row += open_record(client, records_url)
    return row


def row_menu(client: Client) -> list[Entry]:
    """What a row of a list offers, five at the most; its answers stand beside the list."""
    record, rests = str(client.id), client.sync.status is not Status.SYNCING
    ways = _ways(ACTIONS[client.sync.status])
    entries = [(label, ids.in_row(order), record) for label, order in ways]
    if rests:
        entries.append(("Edit", ids.in_row(ids.EDIT_CLIENT), record))
    label, order = _exclusion(client)
    entries.append((label, ids.in_row(order), record))
    return [*entries, ("Details", ids.in_row(ids.SHOW_CLIENT), record)]


def near_match_of(client: Client) -> NearMatch | None:
    """The customer that a person has to say yes or no to, if that is what is missing."""
    facts = client.sync
    is_asked = facts.status is Status.FAILED and facts.cause is Cause.NEAR_MATCH
    return read_near_match(facts.detail) if is_asked else None


def _near_match(client: Client) -> list[Block]:
    near = near_match_of(client)
    if near is None:
        return []
    both = f"{client.id} {near.qbo_id}"
    link = button(f"Link to “{near.name}”", ids.LINK_NEAR_MATCH, both, primary=True)
    anyway = button(ANYWAY, ids.CREATE_ANYWAY, str(client.id))
    return [link, anyway] if near.is_active else [anyway]


def _ways(actions: frozenset[Action]) -> list[tuple[str, str]]:
    ways = []
    if Action.SYNC in actions:
        ways.append((SYNC, ids.SYNC_THIS_CLIENT))
    if Action.LINK in actions:
        ways.append((LINK, ids.LINK_CLIENT))
    if Action.UNSYNC in actions:
        ways.append((UNSYNC, ids.UNSYNC_CLIENT))
    return ways


def _exclusion(client: Client) -> tuple[str, str]:
    return ("Include", ids.INCLUDE_CLIENT) if client.excluded else ("Exclude", ids.EXCLUDE_CLIENT)
