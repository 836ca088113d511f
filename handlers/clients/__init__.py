"""Everything that staff say and see about clients."""

from collections.abc import Mapping
from dataclasses import replace

from handlers import ids
from handlers.clients import actions, commands, linking, partings, views
from handlers.desk import Order, Topic
from handlers.forms import Form
from handlers.lists import turns
from handlers.suggestions import Suggestion
from services.domain.members import Role

TOPIC = Topic(
    orders={
        "new": Order(commands.new_client),
        "list": Order(commands.list_clients),
        "show": Order(commands.show_one),
        "sync": Order(commands.sync_client, writes=True),
        "unsync": Order(commands.unsync_client, role=Role.APPROVER),
        "link": Order(commands.link_client),
        "exclude": Order(commands.exclude_client, writes=True),
        "include": Order(commands.include_client, writes=True),
        "help": Order(commands.explain),
    },
    otherwise=Order(commands.explain_others),
)
_ORDERS: Mapping[str, Order] = {
    ids.SHOW_CLIENT: Order(actions.press_show, replaces=True),
    ids.SYNC_THIS_CLIENT: Order(actions.press_sync, replaces=True),
    ids.CREATE_ANYWAY: Order(actions.press_create_anyway, replaces=True),
    ids.CANCEL_CLIENT: Order(actions.press_cancel, replaces=True),
    ids.EXCLUDE_CLIENT: Order(actions.press_exclude, replaces=True),
    ids.INCLUDE_CLIENT: Order(actions.press_include, replaces=True),
    ids.SYNC_SKIPPED: Order(actions.press_sync_skipped, replaces=True),
    # QuickBooks is asked before it is linked: Slack must not wait for that.
    ids.LINK_NEAR_MATCH: Order(actions.press_link_near_match, replaces=True, opens=True),
    ids.UNSYNC_CLIENT: Order(actions.press_unsync, role=Role.APPROVER, opens=True),
    ids.LINK_CLIENT: Order(actions.press_link, opens=True),
    ids.EDIT_CLIENT: Order(actions.press_edit, opens=True),
    ids.DISMISS_CLIENT: Order(actions.press_dismiss, opens=True),
}
BUTTONS: Mapping[str, Order] = {
    **_ORDERS,
    **{ids.in_row(name): replace(order, beside=True) for name, order in _ORDERS.items()},
    **{name: Order(commands.turn_page) for name in turns(ids.LIST_CLIENTS)},
}
FORMS: Mapping[str, Form] = {
    ids.NEW_CLIENT: Form(views.save_client),
    ids.EDIT_CLIENT: Form(views.save_edit),
    ids.UNSYNC_CLIENT: Form(partings.unsync, role=Role.APPROVER),
    ids.DISMISS_CLIENT: Form(partings.dismiss),
    ids.LINK_CLIENT: Form(linking.link),
}
SUGGESTIONS: Mapping[str, Suggestion] = {ids.QBO_CUSTOMER: Suggestion(linking.suggest_customers)}
