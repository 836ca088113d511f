"""How a client reads in Slack."""

from collections.abc import Iterator
from typing import assert_never

from handlers import ids
from handlers.causes import explain_cause, explain_note
from handlers.clients import offers
from handlers.elements import Block, Reply, actions, context, overflow, rich, section, word
from handlers.lists import pager, row
from handlers.progress import explain_progress
from handlers.text import escape
from services.clients import ClientStanding
from services.domain.ledger import Client
from services.domain.pages import Page
from services.domain.sync import Status

_EXCLUDED = (
    "Excluded: nothing more of this client’s goes to QuickBooks by itself. What is there stays."
)


def show(standing: ClientStanding, *, records_url: str) -> Reply:
    client = standing.client
    status = client.sync.status.label
    about = [word(f"{status} · {client.name}", bold=True)]
    if client.email:
        about.append(word(f" · {client.email}"))
    return Reply(
        f"{status} · {escape(client.name)}",
        [
            rich(about),
            context(explain_status(standing, records_url)),
            *_exclusion(standing),
            *actions(*offers.buttons(standing, records_url)),
        ],
    )


def _exclusion(standing: ClientStanding) -> Iterator[Block]:
    """Whether it is excluded, and what was Skipped while it was."""
    if standing.client.excluded:
        yield context(_EXCLUDED)
    elif standing.skipped:
        yield context(f"Skipped while it was excluded, and not synced since: {standing.skipped}.")


def explain_status(standing: ClientStanding, records_url: str) -> str:
    """Why it stands as it does, and what happens next."""
    client = standing.client
    facts = client.sync
    match facts.status:
        case Status.NOT_SYNCED:
            return "Not in QuickBooks yet: it goes there with its first synced payment."
        case Status.SYNCING:
            return explain_progress(standing.operation, standing.waiting, records_url)
        case Status.SYNCED:
            how = "linked to a customer of theirs" if facts.linked else "created by Counterfoil"
            note = explain_note(client, records_url)
            return f"In QuickBooks: {how} (id {facts.qbo_id}).{note}"
        case Status.FAILED | Status.SKIPPED:
            return f"Not in QuickBooks. {explain_cause(client, records_url)}"
        case _:
            assert_never(facts.status)


def show_page(page: Page[Client], sought: str) -> Reply:
    if not page.rows:
        return Reply("No clients found. `/client new` adds one.")
    rows = [_row(client) for client in page.rows]
    names = ", ".join(f"{escape(each.name)} {each.sync.status.label}" for each in page.rows)
    head = section(f"*Clients*{f' – {escape(sought)}' if sought else ''}")
    return Reply(f"Clients: {names}", [head, *rows, *pager(ids.LIST_CLIENTS, page, sought)])


def _row(client: Client) -> Block:
    about = [f"*{escape(client.name)}*", *([escape(client.email)] if client.email else [])]
    if client.excluded:
        about.append("Excluded")
    return row(about, client.sync.status.label, overflow(ids.MENU, offers.row_menu(client)))
