"""The modals in which a payment is recorded and changed."""

from collections.abc import Iterable

from handlers import ids
from handlers.elements import (
    Block,
    field_input,
    modal,
    option,
    section,
    text_input,
    toggle,
)
from handlers.payments import doubts, posting
from handlers.payments.candidates import words
from handlers.payments.draft import Draft, already_name, keep
from handlers.payments.outlook import absent_invoices, describe
from handlers.payments.settling import cut, invoices_field, what_comes_of
from handlers.text import MAX_AMOUNT_TEXT, money
from services.domain.causes import Cause
from services.domain.ledger import (
    MAX_DESCRIPTION,
    MAX_REFERENCE,
    Client,
    Method,
    Payment,
    Settings,
)
from services.domain.sync import Status
from services.forecasts import Forecast

MOST_CHOICES = 100  # Slack's limit.
_HINT = "Received through QuickBooks Online? Note it here and clear the box below."
_LINKS = (
    "Choose it if QuickBooks holds this very payment: the two are linked, and nothing is written "
    "there."
)
_NO_CLIENT = "Search… (no such client? /client new)"
_NOTHING_YET = Forecast()
# We hear of an amount when it is complete, and while it is typed.
_WHILE_TYPING = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}


def payment_modal(
    draft: Draft,
    *,
    locale: str,
    forecast: Forecast = _NOTHING_YET,
    settings: Settings | None = None,
) -> Block:
    """The fields keep their names, so what stands in them stays when it is drawn again."""
    view = modal(
        ids.NEW_PAYMENT,
        "Record a payment",
        "Save",
        [
            field_input(ids.CLIENT, "Client", _client_search(draft.client), tells=True),
            *_facts(draft, locale),
            *invoices_field(draft, forecast, locale),
            _description(draft),
            field_input(
                ids.SYNC,
                "QuickBooks",
                toggle("Sync this payment to QuickBooks", ids.ON, checked=draft.sync),
                optional=True,
                hint="If the client is not in QuickBooks yet, it is sent along.",
                tells=True,
            ),
            *_leave_out(draft, forecast),
            *posting.box(draft),
            *_outlook(draft, forecast, settings, locale),
            *doubts.box(draft, forecast),
            *_already_there(draft, forecast, locale),
        ],
    )
    return {**view, "private_metadata": keep(draft)}


def edit_modal(
    payment: Payment, draft: Draft, *, locale: str, forecast: Forecast, settings: Settings
) -> Block:
    """All but the client: a payment stays with its client."""
    there = payment.sync.status is Status.SYNCED
    about = "It is in QuickBooks: what you change here is changed there too." if there else ""
    note = payment.sync.note
    if note and note.cause is Cause.CHANGED_IN_QUICKBOOKS:
        about = f"{about} It was changed there meanwhile; what you save now replaces that."
    view = modal(
        ids.EDIT_FORM,
        f"Edit {payment.name}",
        "Save",
        [
            section(f"*{payment.name}*. {about}"),
            *_facts(draft, locale),
            *invoices_field(draft, forecast, locale),
            _description(draft),
            *_outlook(draft, forecast, settings, locale),
        ],
    )
    return {**view, "private_metadata": keep(draft)}


def _facts(draft: Draft, locale: str) -> Iterable[Block]:
    amount = draft.amount_text or (money(draft.amount, locale) if draft.amount else None)
    typed = text_input(max_length=MAX_AMOUNT_TEXT, initial=amount)
    yield field_input(
        ids.AMOUNT,
        "Amount",
        {**typed, "dispatch_action_config": _WHILE_TYPING},
        hint=f"In {draft.currency}.",
        tells=True,
    )
    on = draft.received_on.isoformat() if draft.received_on else draft.today
    date: Block = {"type": "datepicker", **({"initial_date": on} if on else {})}
    yield field_input(ids.RECEIVED_ON, "Payment date", date, tells=True)
    methods = {method: option(method, method) for method in Method}
    yield field_input(
        ids.METHOD,
        "Method",
        {
            "type": "static_select",
            "options": list(methods.values()),
            "initial_option": methods[draft.method],
        },
        tells=True,
    )
    yield field_input(
        ids.REFERENCE,
        "Reference",
        text_input(
            max_length=MAX_REFERENCE, initial=draft.reference, hint="Cheque number, transfer id…"
        ),
        optional=True,
    )


def _description(draft: Draft) -> Block:
    return field_input(
        ids.DESCRIPTION,
        "Description",
        text_input(max_length=MAX_DESCRIPTION, initial=draft.description, multiline=True),
        optional=True,
        hint=_HINT,
    )


def _leave_out(draft: Draft, forecast: Forecast) -> Iterable[Block]:
    """Offered where an invoice would go along."""
    if not draft.sync or not absent_invoices(forecast):
        return
    box = toggle("Leave the invoice, send as unapplied", ids.ON, checked=draft.leaves_out)
    label = "Invoices that are not in QuickBooks"
    yield field_input(ids.LEAVES_OUT, label, box, optional=True, tells=True)


def _outlook(
    draft: Draft, forecast: Forecast, settings: Settings | None, locale: str
) -> Iterable[Block]:
    """The warnings stand apart, with all the room of a block."""
    text = describe(draft, forecast, settings, locale=locale) if settings else ""
    for index, part in enumerate(text.split("\n", 1) if text else ()):
        yield {**section(part), "block_id": f"{ids.OUTLOOK}/{index}"}


def _already_there(draft: Draft, forecast: Forecast, locale: str) -> Iterable[Block]:
    """What QuickBooks holds of the client's: chosen, it is linked, and nothing is written."""
    if forecast.client is None or not forecast.untied:
        return
    choices = [
        option(words(each, draft.currency, locale), each.qbo_id)
        for each in forecast.untied[:MOST_CHOICES]
    ]
    menu: Block = {"type": "static_select", "options": choices}
    if start := [each for each in choices if each["value"] == draft.link_to]:
        menu["initial_option"] = start[0]
    yield field_input(
        already_name(str(forecast.client.id)),
        "Already in QuickBooks",
        menu,
        optional=True,
        hint=_LINKS + cut(len(forecast.untied) - MOST_CHOICES, "of an earlier date"),
        tells=True,
    )


def _client_search(client: Client | None) -> Block:
    search: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": {"type": "plain_text", "text": _NO_CLIENT},
    }
    return {**search, "initial_option": client_option(client)} if client else search


def client_option(client: Client) -> Block:
    return option(client.name, str(client.id), what_comes_of(client))
