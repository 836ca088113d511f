"""Everything that staff say and see about payments."""

from collections.abc import Mapping

from handlers import ids, refunds
from handlers.desk import Order, Topic
from handlers.forms import Form
from handlers.lists import turns
from handlers.payments import (
    actions,
    commands,
    details,
    dismissing,
    editing,
    linking,
    listing,
    partings,
    recording,
)
from handlers.suggestions import Suggestion
from services.domain.members import Role

TOPIC = Topic(
    orders={
        "new": Order(commands.new_payment),
        "list": Order(listing.list_payments),
        "show": Order(commands.show_payment),
        "sync": Order(commands.sync_payment, writes=True),
        "unsync": Order(partings.ask_to_unsync, role=Role.APPROVER),
        "help": Order(commands.explain),
    },
    otherwise=Order(commands.new_or_explain),
)
BUTTONS: Mapping[str, Order] = {
    ids.SHOW_PAYMENT: Order(actions.press_show, beside=True),
    ids.SYNC_PAYMENT: Order(actions.press_sync),
    ids.in_row(ids.SYNC_PAYMENT): Order(actions.press_sync, beside=True),
    **dict.fromkeys(turns(ids.LIST_PAYMENTS), Order(listing.press_turn, replaces=True)),
    ids.CANCEL_SYNC: Order(actions.press_cancel),
    ids.SYNC_CLIENT: Order(actions.press_sync_client),
    ids.UNSYNC_PAYMENT: Order(partings.press_unsync, role=Role.APPROVER, opens=True),
    ids.DELETE_PAYMENT: Order(partings.press_delete, role=Role.APPROVER, opens=True),
    ids.LINK_PAYMENT: Order(linking.press_link, opens=True),
    ids.DISMISS_PAYMENT: Order(dismissing.press_dismiss, opens=True),
    ids.PAYMENT_DETAILS: Order(details.press_details, opens=True),
    ids.EDIT_PAYMENT: Order(editing.press_edit, opens=True),
    ids.changed(ids.EDIT_FORM): Order(recording.follow, opens=True),
    ids.changed(ids.NEW_PAYMENT): Order(recording.follow, opens=True),
    **refunds.BUTTONS,
}
SUGGESTIONS: Mapping[str, Suggestion] = {ids.CLIENT: Suggestion(recording.suggest_clients)}
FORMS: Mapping[str, Form] = {
    ids.NEW_PAYMENT: Form(recording.save_payment),
    ids.UNSYNC_FORM: Form(partings.unsync, role=Role.APPROVER),
    ids.DELETE_FORM: Form(partings.delete, role=Role.APPROVER),
    ids.EDIT_FORM: Form(editing.save_edit),
    ids.LINK_FORM: Form(linking.link),
    ids.DISMISS_FORM: Form(dismissing.dismiss),
    **refunds.FORMS,
}
