"""Everything that staff say and see about payments."""

from collections.abc import Mapping

from handlers import ids
from handlers.desk import Order, Topic
from handlers.forms import Form
from handlers.payments import actions, commands, views
from handlers.suggestions import Suggestion

TOPIC = Topic(
    orders={
        "new": Order(commands.new_payment),
        "show": Order(commands.show_payment),
        "sync": Order(commands.sync_payment, writes=True),
        "help": Order(commands.explain),
    },
    otherwise=Order(commands.new_or_explain),
)
BUTTONS: Mapping[str, Order] = {
    ids.SYNC_PAYMENT: Order(actions.press_sync),
    ids.CANCEL_SYNC: Order(actions.press_cancel),
    ids.SYNC_CLIENT: Order(actions.press_sync_client),
}
SUGGESTIONS: Mapping[str, Suggestion] = {ids.CLIENT: Suggestion(views.suggest_clients)}
FORMS: Mapping[str, Form] = {ids.NEW_PAYMENT: Form(views.save_payment)}
