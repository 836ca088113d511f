"""Everything that staff say and see about the connection and the firm's choices."""

from collections.abc import Mapping

from handlers import ids
from handlers.desk import Order, Topic
from handlers.forms import Form
from handlers.quickbooks import actions, alerting, choices, commands, parting, settings
from handlers.suggestions import Suggestion
from services.domain.members import Role

TOPIC = Topic(
    orders={
        "connect": Order(commands.connect, role=Role.ADMIN),
        "settings": Order(settings.open_settings, role=Role.ADMIN),
        "disconnect": Order(parting.open_disconnect, role=Role.ADMIN),
        "failures": Order(commands.failures),
        "help": Order(commands.explain),
    },
    otherwise=Order(commands.health_or_explain),
)
BUTTONS: Mapping[str, Order] = {
    ids.USE_COMPANY: Order(actions.press_use_company, role=Role.ADMIN, replaces=True),
    ids.changed(ids.SETTINGS): Order(settings.follow_toggle, role=Role.ADMIN, opens=True),
    ids.CONNECT_AGAIN: Order(commands.connect, role=Role.ADMIN, beside=True),
    ids.OPEN_CONNECT: Order(actions.follow_link),
    ids.OPEN_RECORD: Order(actions.follow_link),
}
FORMS: Mapping[str, Form] = {
    ids.SETTINGS: Form(choices.save_settings, role=Role.ADMIN),
    ids.DISCONNECT: Form(parting.disconnect, role=Role.ADMIN),
}
_ACCOUNTS = Suggestion(settings.suggest_accounts, role=Role.ADMIN)
SUGGESTIONS: Mapping[str, Suggestion] = {
    **dict.fromkeys(settings.ACCOUNT_FIELDS, _ACCOUNTS),
    ids.SERVICE_ITEM: Suggestion(settings.suggest_items, role=Role.ADMIN),
    ids.TIME_ZONE: Suggestion(alerting.suggest_time_zones, role=Role.ADMIN),
}
