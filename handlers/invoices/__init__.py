"""Everything that staff say and see about invoices."""

from collections.abc import Mapping
from dataclasses import replace

from handlers import ids
from handlers.desk import Order, Topic
from handlers.forms import Form
from handlers.invoices import actions, commands, links, partings, views
from handlers.lists import turns
from handlers.suggestions import Suggestion
from services.domain.members import Role

TOPIC = Topic(
    orders={
        "new": Order(commands.new_invoice),
        "list": Order(commands.list_invoices),
        "show": Order(commands.show_one),
        "sync": Order(commands.sync_invoice, writes=True),
        "unsync": Order(commands.unsync_invoice, role=Role.APPROVER),
        "link": Order(commands.link_invoice),
        "void": Order(commands.void_invoice, role=Role.APPROVER),
        "help": Order(commands.explain),
    },
    otherwise=Order(commands.explain_others),
)
_HERE: Mapping[str, Order] = {  # Their answer takes the place of what was pressed.
    ids.SHOW_INVOICE: Order(actions.press_show, replaces=True),
    ids.SYNC_INVOICE: Order(actions.press_sync, replaces=True),
    ids.CLIENT_FIRST: Order(actions.press_client_first, replaces=True),
    ids.CANCEL_INVOICE: Order(actions.press_cancel, replaces=True),
}
_OPENING: Mapping[str, Order] = {
    ids.UNSYNC_INVOICE: Order(actions.press_unsync, role=Role.APPROVER, opens=True),
    ids.VOID_INVOICE: Order(actions.press_void, role=Role.APPROVER, opens=True),
    ids.LINK_INVOICE: Order(actions.press_link, opens=True),
    ids.EDIT_INVOICE: Order(actions.press_edit, opens=True),
    ids.DISMISS_INVOICE: Order(actions.press_dismiss, opens=True),
    ids.ADD_LINE: Order(views.add_line, opens=True),
}
_ORDERS: Mapping[str, Order] = {**_HERE, **_OPENING}
BUTTONS: Mapping[str, Order] = {
    **_ORDERS,
    **{ids.in_row(name): replace(order, beside=True) for name, order in _ORDERS.items()},
    **{name: Order(commands.turn_page) for name in turns(ids.LIST_INVOICES)},
}
FORMS: Mapping[str, Form] = {
    ids.NEW_INVOICE: Form(views.save_invoice),
    ids.EDIT_INVOICE: Form(views.save_edit),
    ids.UNSYNC_INVOICE: Form(partings.unsync, role=Role.APPROVER),
    ids.VOID_INVOICE: Form(partings.void, role=Role.APPROVER),
    ids.DISMISS_INVOICE: Form(partings.dismiss),
    ids.LINK_INVOICE: Form(links.link),
}
SUGGESTIONS: Mapping[str, Suggestion] = {ids.QBO_INVOICE: Suggestion(links.suggest_invoices)}
