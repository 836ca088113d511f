"""Everything that the team says and sees about alerts."""

from collections.abc import Mapping

from handlers import ids
from handlers.alerts import actions, dismissal
from handlers.desk import Order
from handlers.forms import Form

BUTTONS: Mapping[str, Order] = {
    ids.RETRY_ALL: Order(actions.press_retry_all, opens=True),  # It may take long.
    ids.RETRY_ONE: Order(actions.press_retry),
    ids.CLAIM_ALERT: Order(actions.press_claim),
    ids.SNOOZE_ALERT: Order(actions.press_snooze, opens=True),
    ids.DISMISS_ALERT: Order(dismissal.press_dismiss, opens=True),
}
FORMS: Mapping[str, Form] = {
    ids.SNOOZE_FORM: Form(actions.snooze),
    ids.DISMISS_ALERT_FORM: Form(dismissal.dismiss),
}
