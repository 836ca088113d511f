"""Why something is not in QuickBooks, or not as asked for, in words a bookkeeper can act on."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


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


@dataclass(frozen=True)
class Explanation:
    """What happened, and the one safe way out.

    Most causes befall a sync as well as an edit or an unsync, so the way out says "try again".
    It never asks for another date or another amount: the record says what happened in the world.
    """

    happened: str
    way_out: str


EXPLANATIONS = MappingProxyType(
    {
        Cause.CLOSED_PERIOD: Explanation(
            "the books are closed for this date",
            "ask the bookkeeper to open the period in QuickBooks, then try again",
        ),
        Cause.DEPOSITED: Explanation(
            "it is part of a bank deposit in QuickBooks",
            "take it off that deposit in QuickBooks, then try again",
        ),
        Cause.DUPLICATE_NUMBER: Explanation(
            "QuickBooks already holds a record with this number",
            "link it if that is the same one; if not, give this one another number and try again",
        ),
        Cause.NAME_TAKEN: Explanation(
            "QuickBooks already uses this name for another customer, vendor or employee",
            "rename one of the two, then try again",
        ),
        Cause.GONE: Explanation(
            "QuickBooks no longer holds it, or something that it refers to",
            "look in QuickBooks for what was deleted, restore it or choose another here, "
            "then try again",
        ),
        Cause.CUSTOMER_GONE: Explanation(
            "QuickBooks no longer holds the customer that the client was synced with",
            "make that customer active again in QuickBooks, or link the client to another one; "
            "then try again",
        ),
        Cause.ACCOUNT_GONE: Explanation(
            "QuickBooks no longer holds the account that the money is to go to or come from",
            "make that account active again in QuickBooks, or ask an admin to choose another in "
            "`/quickbooks settings`; then try again",
        ),
        Cause.ITEM_GONE: Explanation(
            "QuickBooks no longer holds the service item of its lines",
            "make that item active again in QuickBooks, or ask an admin to choose another in "
            "`/quickbooks settings`; then try again",
        ),
        Cause.INACTIVE: Explanation(
            "something that it needs was made inactive in QuickBooks",
            "look at its customer, account and item in QuickBooks and make them active, "
            "then try again",
        ),
        Cause.WRONG_ACCOUNT_TYPE: Explanation(
            "QuickBooks does not take this type of account here",
            "ask an admin to choose an account of type Bank or Other Current Asset in "
            "`/quickbooks settings`, then try again",
        ),
        Cause.INVALID_REFERENCE: Explanation(
            "it refers to something that QuickBooks does not hold",
            "look in QuickBooks for what its own words name, restore it, then try again",
        ),
        Cause.TOO_LONG: Explanation(
            "a text is longer than QuickBooks takes",
            "shorten the text that its own words name, then try again",
        ),
        Cause.INVALID_VALUE: Explanation(
            "QuickBooks cannot read it as it was sent",
            "ask whoever looks after Counterfoil to look at the log, then try again",
        ),
        Cause.OVER_APPLIED: Explanation(
            "more is applied to an invoice than it has open, or than the payment holds",
            "look at what is open in QuickBooks and leave the rest unapplied, then try again",
        ),
        Cause.LINKED: Explanation(
            "other records in QuickBooks are linked to it",
            "unlink them in QuickBooks, then try again",
        ),
        Cause.PERMISSION: Explanation(
            "QuickBooks does not let the person who connected it do this",
            "ask an admin to connect QuickBooks again as somebody who may, then try again",
        ),
        Cause.SUBSCRIPTION_ENDED: Explanation(
            "the company's QuickBooks subscription has ended",
            "renew it in QuickBooks, then try again",
        ),
        Cause.CURRENCY: Explanation(
            "its currency does not go with its customer, its account or the company",
            "record it in QuickBooks by hand, then link it",
        ),
        Cause.TAX: Explanation(
            "QuickBooks wants tax on it, which Counterfoil does not send",
            "record it in QuickBooks by hand with its tax, then link it",
        ),
        Cause.BUSINESS_RULE: Explanation(
            "a rule of QuickBooks stands against it",
            "mend what its own words say, then try again",
        ),
        Cause.UNKNOWN: Explanation(
            "QuickBooks refused it",
            "mend what its own words say, or ask whoever looks after Counterfoil to look at the "
            "log; then try again",
        ),
        Cause.NO_UNDEPOSITED_FUNDS: Explanation(
            "the company has no active Undeposited Funds account",
            "make that account active in QuickBooks, then try again",
        ),
        Cause.NO_SERVICE_ITEM: Explanation(
            "there is no active service item for its lines",
            "ask an admin to choose one in `/quickbooks settings`, then try again",
        ),
        Cause.NO_RECEIVABLE: Explanation(
            "the company has no active Accounts Receivable account",
            "make that account active in QuickBooks, then try again",
        ),
        Cause.NEAR_MATCH: Explanation(
            "QuickBooks has a customer whose name is almost the same, or who is inactive",
            "look at the client with `/client show`: link it to that customer if they are the "
            "same (an inactive one has to be made active first), or create a new one anyway",
        ),
        Cause.CHANGED_IN_QUICKBOOKS: Explanation(
            "it was changed in QuickBooks meanwhile, so the change from here was not sent",
            "compare the two; to replace theirs with ours, edit it here again",
        ),
        Cause.DELETED_IN_QUICKBOOKS: Explanation(
            "it was deleted in QuickBooks meanwhile, so there was nothing to change",
            "unsync it here if that was meant; if not, sync it again after that",
        ),
        Cause.PAYMENT_GONE: Explanation(
            "the payment that it gives back was deleted or voided in QuickBooks",
            "unsync that payment here; if it belongs in QuickBooks, sync it again after that, "
            "and its refunds follow",
        ),
        Cause.LESS_IS_LEFT: Explanation(
            "QuickBooks has less left of the payment than this gives back",
            "look at the payment there: mend it and try again, or delete this refund and give "
            "back what is left",
        ),
        Cause.REFUND_IN_THE_WAY: Explanation(
            "one of its refunds could not be removed from QuickBooks, so it stays there too",
            "mend what stands beside that refund, then unsync the payment again",
        ),
        Cause.RECORD_IN_THE_WAY: Explanation(
            "one of the client's records could not be removed from QuickBooks",
            "mend what stands beside that record, then unsync the client again",
        ),
        Cause.BEFORE_START_DATE: Explanation(
            "it is older than the firm's start date",
            "link it if QuickBooks holds it; if not, sync it",
        ),
        Cause.CLIENT_EXCLUDED: Explanation(
            "its client is excluded from QuickBooks",
            "include the client with `/client include` if it belongs there, then sync again",
        ),
        Cause.POSSIBLE_TWIN: Explanation(
            "QuickBooks already holds a record that looks like this one",
            "link it if they are the same; if both are real, sync it",
        ),
        Cause.FOREIGN_CURRENCY: Explanation(
            "it is in another currency than the company's books",
            "record it in QuickBooks by hand",
        ),
        Cause.DISMISSED: Explanation(
            "somebody chose to leave it out of QuickBooks",
            "sync or link it if it belongs there after all",
        ),
    }
)
