"""Everything that staff say and see about clients."""

from collections.abc import Mapping

from handlers import ids
from handlers.clients import actions, commands, views
from handlers.desk import Order, Topic
from handlers.forms import Form

TOPIC = Topic(
    orders={
        "new": Order(commands.new_client),
        "show": Order(commands.show_client),
        "sync": Order(commands.sync_client, writes=True),
        "help": Order(commands.explain),
    },
    otherwise=Order(commands.explain),
)
BUTTONS: Mapping[str, Order] = {ids.SHOW_CLIENT: Order(actions.press_show, replaces=True)}
FORMS: Mapping[str, Form] = {ids.NEW_CLIENT: Form(views.save_client)}
