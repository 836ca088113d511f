"""How a client reads in Slack."""

from handlers.elements import Reply, context, rich, word
from handlers.payments.blocks import explain_cause
from handlers.text import escape
from services.domain.ledger import Client
from services.domain.sync import Status


def show(client: Client) -> Reply:
    status = client.sync.status.label
    about = [word(f"{status} · {client.name}", bold=True)]
    if client.email:
        about.append(word(f" · {client.email}"))
    blocks = [rich(about), context(_explain(client))]
    return Reply(f"{status} · {escape(client.name)}", blocks)


def _explain(client: Client) -> str:
    facts = client.sync
    match facts.status:
        case Status.NOT_SYNCED:
            return "Not in QuickBooks yet: it goes there with its first synced payment."
        case Status.SYNCING:
            return "On its way to QuickBooks."
        case Status.SYNCED:
            how = (
                "linked to the customer of this name" if facts.linked else "created by Counterfoil"
            )
            return f"In QuickBooks: {how} (id {facts.qbo_id})."
        case Status.FAILED | Status.SKIPPED:
            return f"Not in QuickBooks. {explain_cause(client)}"
