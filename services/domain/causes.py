"""Why something is not in QuickBooks, or not as asked for; `explanations` says what that means."""

from enum import StrEnum


class Cause(StrEnum):
    """A reason that a person has to deal with, kept beside what it befell."""

    # QuickBooks' refusals.
    CLOSED_PERIOD = "closed_period"
    DEPOSITED = "deposited"
    DUPLICATE_NUMBER = "duplicate_number"
    NAME_TAKEN = "name_taken"
    GONE = "gone"
    CUSTOMER_GONE = "customer_gone"
    ACCOUNT_GONE = "account_gone"
    ITEM_GONE = "item_gone"
    INACTIVE = "inactive"
    WRONG_ACCOUNT_TYPE = "wrong_account_type"
    INVALID_REFERENCE = "invalid_reference"
    TOO_LONG = "too_long"
    INVALID_VALUE = "invalid_value"
    OVER_APPLIED = "over_applied"
    LINKED = "linked"
    PERMISSION = "permission"
    SUBSCRIPTION_ENDED = "subscription_ended"
    CURRENCY = "currency"
    TAX = "tax"
    BUSINESS_RULE = "business_rule"
    UNKNOWN = "unknown"

    # What we or QuickBooks may find missing in the company.
    NO_UNDEPOSITED_FUNDS = "no_undeposited_funds"
    NO_SERVICE_ITEM = "no_service_item"
    NO_RECEIVABLE = "no_receivable"

    # What we find out before anything is sent.
    NEAR_MATCH = "near_match"
    CHANGED_IN_QUICKBOOKS = "changed_in_quickbooks"
    DELETED_IN_QUICKBOOKS = "deleted_in_quickbooks"
    PAYMENT_GONE = "payment_gone"
    LESS_IS_LEFT = "less_is_left"
    REFUND_IN_THE_WAY = "refund_in_the_way"
    RECORD_IN_THE_WAY = "record_in_the_way"

    # Why we chose not to send it.
    BEFORE_START_DATE = "before_start_date"
    CLIENT_EXCLUDED = "client_excluded"
    POSSIBLE_TWIN = "possible_twin"
    FOREIGN_CURRENCY = "foreign_currency"
    DISMISSED = "dismissed"


OUR_WORDS = frozenset(  # Their detail is a sentence of ours, not a quote from QuickBooks.
    {
        Cause.NEAR_MATCH,
        Cause.CHANGED_IN_QUICKBOOKS,
        Cause.DELETED_IN_QUICKBOOKS,
        Cause.PAYMENT_GONE,
        Cause.LESS_IS_LEFT,
        Cause.REFUND_IN_THE_WAY,
        Cause.RECORD_IN_THE_WAY,
        Cause.BEFORE_START_DATE,
        Cause.CLIENT_EXCLUDED,
        Cause.POSSIBLE_TWIN,
        Cause.FOREIGN_CURRENCY,
        Cause.DISMISSED,
    }
)
