"""Everything that staff say and see about refunds: each belongs to its payment."""

from collections.abc import Mapping

from handlers import ids
from handlers.desk import Order
from handlers.forms import Form
from handlers.refunds import actions, views
from services.domain.members import Role

BUTTONS: Mapping[str, Order] = {
    ids.REFUND_PAYMENT: Order(views.press_refund, role=Role.APPROVER, opens=True),
    ids.changed(ids.REFUND_FORM): Order(views.suggest_reason, role=Role.APPROVER, opens=True),
    ids.SHOW_REFUND: Order(actions.press_show, beside=True),
    ids.SYNC_REFUND: Order(actions.press_sync, replaces=True),
    ids.CANCEL_REFUND: Order(actions.press_cancel, replaces=True),
    ids.UNSYNC_REFUND: Order(actions.press_unsync, role=Role.APPROVER, replaces=True),
    ids.DISMISS_REFUND: Order(actions.press_dismiss, opens=True),
    ids.DELETE_REFUND: Order(actions.press_delete, role=Role.APPROVER, replaces=True),
}
FORMS: Mapping[str, Form] = {
    ids.REFUND_FORM: Form(views.save_refund, role=Role.APPROVER),
    ids.DISMISS_REFUND: Form(actions.dismiss),
}
