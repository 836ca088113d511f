"""Every row of what QuickBooks is known to answer, in its own words, and what we make of it."""

from dataclasses import dataclass

import pytest

from services.domain.causes import OUR_WORDS, Cause
from services.domain.sync import Rejected, ReplyLost, Stale
from services.errors import AccessExpired, ConnectionLost, Throttled
from services.quickbooks.faults import Reply
from tests.quickbooks.replies import Meaning, gateway, judged, meaning_of, service, several, xml


@dataclass(frozen=True)
class Row:
    status: int
    code: str
    message: str
    detail: str
    meaning: Meaning

    @property
    def name(self) -> str:
        return f"{self.status}-{self.code}-{self.detail[:48] or self.message[:48]}"


def row(status: int, code: str, detail: str, meaning: Meaning, *, message: str = "") -> Row:
    return Row(status, code, message, detail, meaning)


def business_rule(reason: str, meaning: Meaning) -> Row:
    message = "A business validation error has occurred while processing your request"
    return Row(400, "6000", message, f"Business Validation Error: {reason}", meaning)


UNSUPPORTED = "Operation Could not find resource for relative : /v3/… is not supported."
MADE_INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive."
    " Check the fields with"
)
INACTIVE = f"{MADE_INACTIVE} accounts, customers, items, vendors or employees."
TOO_LONG = (
    "String length specified does not match the supported length. Min:0 Max:21 supported."
    " Supplied length:45"
)
STALE = (
    "Stale Object Error : You and X were working on this at the same time. X finished before you"
    " did, so your work was not saved."
)
DUPLICATE_NUMBER = (
    "Duplicate Document Number Error : You must specify a different number. This number has"
    " already been used. DocNumber=1042 is assigned to TxnType=Invoice with TxnId=17984"
)
DEPOSITED = (
    "Deposited Transaction cannot be changed : This transaction has been deposited. If you want to"
    " change or delete it, you must edit the deposit it appears on and remove it first."
)
NAME_TAKEN = "The name supplied already exists. :"
SYSTEM_FAILURE = "An application error has occurred while processing your request"
FAULTS = [
    row(400, "500", UNSUPPORTED, Cause.UNKNOWN, message="Unsupported Operation"),
    row(400, "600", "", ReplyLost, message="Duplicate Request ID"),
    row(400, "610", INACTIVE, Cause.INACTIVE),
    row(400, "610", f"{MADE_INACTIVE} accounts.", Cause.ACCOUNT_GONE),
    row(400, "610", f"{MADE_INACTIVE} customers.", Cause.CUSTOMER_GONE),
    row(400, "610", f"{MADE_INACTIVE} items.", Cause.ITEM_GONE),
    row(400, "610", "Object Not Found : Another user has deleted this transaction.", Cause.GONE),
    row(400, "610", "", Cause.GONE, message="Object Not Found"),
    row(400, "2010", 'Property Name:Unrecognized field "BadJson"', Cause.INVALID_VALUE),
    row(400, "2020", "Required parameter Name is missing in the request", Cause.INVALID_VALUE),
    row(400, "2030", "Id should be a valid number. Supplied value:1.5", Cause.INVALID_VALUE),
    row(400, "2050", TOO_LONG, Cause.TOO_LONG),
    row(400, "2170", "Invalid Enumeration : Barter", Cause.INVALID_VALUE),
    row(400, "2500", "Invalid Reference Id : Accounts element id 7 not found", Cause.ACCOUNT_GONE),
    row(400, "2500", "Invalid Reference Id : Names element id 7 not found", Cause.CUSTOMER_GONE),
    row(400, "2500", "Invalid Reference Id : Items element id 7 not found", Cause.ITEM_GONE),
    row(400, "2500", f"{MADE_INACTIVE} accounts.", Cause.ACCOUNT_GONE),
    row(400, "2500", INACTIVE, Cause.INACTIVE),
    row(400, "2500", "Invalid Reference Id : Klasses element id 7 not", Cause.INVALID_REFERENCE),
    row(400, "2500", "Invalid Reference Id : Depts element id 7 not", Cause.INVALID_REFERENCE),
    row(
        400,
        "2500",
        "Invalid Reference Id : Customer assigned to this transaction has been deleted. Before you"
        " can modify this transaction, you must restore Accounts Ltd (deleted).",
        Cause.CUSTOMER_GONE,
    ),
    row(400, "2500", "Invalid Reference Id : Line.SalesItemLineDetail.ItemRef", Cause.ITEM_GONE),
    row(400, "2500", "Invalid Reference Id : DepositToAccountRef", Cause.ACCOUNT_GONE),
    row(400, "4000", 'QueryParserError: Encountered " ">" "> ""', Cause.UNKNOWN),
    row(400, "4001", "QueryValidationError: property 'Name' is not queryable", Cause.UNKNOWN),
    row(400, "5010", STALE, Stale),
    row(
        400,
        "5010",
        "The account period has closed. {1}",
        Cause.CLOSED_PERIOD,
        message="Account Period Closed",
    ),
    row(400, "5020", "", Cause.PERMISSION, message="Permission Denied"),
    row(403, "5020", "", Cause.PERMISSION, message="Permission Denied"),
    row(400, "6070", "Amount is not equal to UnitPrice * Qty", Cause.INVALID_VALUE),
    row(400, "6140", DUPLICATE_NUMBER, Cause.DUPLICATE_NUMBER),
    row(400, "6140", "You must specify a different number.", Cause.DUPLICATE_NUMBER),
    row(400, "6140", f"{NAME_TAKEN} Another customer is already using", Cause.NAME_TAKEN),
    row(400, "6190", "", Cause.SUBSCRIPTION_ENDED, message="Invalid Company Status"),
    row(403, "6190", "", Cause.SUBSCRIPTION_ENDED, message="Invalid Company Status"),
    row(400, "6210", "The account period has closed and the account books", Cause.CLOSED_PERIOD),
    row(400, "6210", "Enter the password for the closed books", Cause.CLOSED_PERIOD),
    row(400, "6210", "", Cause.CLOSED_PERIOD, message="Account Period Closed, Cannot Update"),
    row(400, "6210", DUPLICATE_NUMBER, Cause.DUPLICATE_NUMBER),
    row(400, "6240", f"{NAME_TAKEN} Another customer is already using", Cause.NAME_TAKEN),
    row(400, "6240", f"{NAME_TAKEN} Another customer, vendor or employee", Cause.NAME_TAKEN),
    row(400, "6240", f"{NAME_TAKEN} null", Cause.NAME_TAKEN),
    row(400, "6270", "Transaction date is prior to start date", Cause.BUSINESS_RULE),
    row(400, "6540", DEPOSITED, Cause.DEPOSITED),
    row(500, "10000", "System Failure Error: null", ReplyLost, message=SYSTEM_FAILURE),
    row(400, "10000", "System Failure Error: null", ReplyLost, message=SYSTEM_FAILURE),
]
BUSINESS_RULES = [
    business_rule("Please wait a few minutes and try again.", Stale),
    business_rule("The deposit is in use by another user. Please try again.", Stale),
    business_rule("Something's not quite right. Please try again later.", Stale),
    business_rule("Sorry, we cannot do this now. Try again.", Stale),
    business_rule("Enter a valid amount and try again.", Cause.BUSINESS_RULE),
    business_rule("Select another account and try again.", Cause.WRONG_ACCOUNT_TYPE),
    business_rule("Transaction amount must be 0 or greater.", Cause.BUSINESS_RULE),
    business_rule("Unexpected Internal Error. (-30000)", Cause.BUSINESS_RULE),
    business_rule("The amount applied is more than the amount received.", Cause.OVER_APPLIED),
    business_rule("The payments you entered add up to more.", Cause.OVER_APPLIED),
    business_rule("You cannot pay more than the open balance.", Cause.OVER_APPLIED),
    business_rule("Make sure all your transactions have a VAT rate", Cause.TAX),
    business_rule("Make sure all your transactions have a GST/HST rate", Cause.TAX),
    business_rule("QuickBooks encountered an error while calculating tax.", Cause.TAX),
    business_rule("Assurez-vous que toutes vos opérations ont un taux de TPS/TVH", Cause.TAX),
    business_rule("Try reselecting the tax rate, then try again.", Cause.TAX),
    business_rule("You need to select an asset account to deposit to.", Cause.WRONG_ACCOUNT_TYPE),
    business_rule("Select a bank account for this deposit", Cause.WRONG_ACCOUNT_TYPE),
    business_rule("You must select an A/R account.", Cause.WRONG_ACCOUNT_TYPE),
    business_rule("This transaction has been deposited.", Cause.DEPOSITED),
    business_rule("The payment is linked to a deposit.", Cause.DEPOSITED),
    business_rule("It is no longer in Undeposited Funds.", Cause.DEPOSITED),
    business_rule("Undeposited Funds was made inactive.", Cause.NO_UNDEPOSITED_FUNDS),
    business_rule("The company has no Accounts Receivable account.", Cause.NO_RECEIVABLE),
    business_rule("The currency of the customer is EUR.", Cause.CURRENCY),
    business_rule("Multi-currency should be enabled to perform this.", Cause.CURRENCY),
    business_rule("You must unlink any linked transactions.", Cause.LINKED),
    business_rule("This invoice has payments applied.", Cause.LINKED),
    business_rule("The customer was made inactive.", Cause.INACTIVE),
    business_rule("You cannot modify a list element that has been deleted.", Cause.GONE),
    business_rule("The account period has closed.", Cause.CLOSED_PERIOD),
    business_rule("It is dated before the closing date.", Cause.CLOSED_PERIOD),
    business_rule("", Cause.BUSINESS_RULE),
]
FROM_THE_GATEWAY = [
    row(401, "3200", "Token expired: AB01", AccessExpired, message="AuthenticationFailed"),
    row(401, "3200", "Malformed bearer token", AccessExpired, message="AuthenticationFailed"),
    row(401, "3200", "", AccessExpired, message="AuthenticationFailed"),
    row(403, "3200", "", AccessExpired, message="ApplicationAuthenticationFailed"),
    row(403, "3100", "", ConnectionLost, message="AuthorizationFailed"),
    row(403, "3100", "", ConnectionLost, message="ApplicationAuthorizationFailed"),
    row(403, "3100", "The access token has no such scope", ConnectionLost),
    row(500, "3100", "", ReplyLost, message="InternalServerError"),
    row(429, "3001", "The request limit was reached.  Try again later", Throttled),
    row(403, "3001", "The request limit was reached.  Try again later", Throttled),
    row(401, "100", "", AccessExpired),
    row(400, "100", "", AccessExpired),
    row(401, "120", "", AccessExpired),
    row(400, "120", "", ConnectionLost),
    row(401, "130", "", AccessExpired, message="WrongCluster"),
    row(400, "130", "", AccessExpired, message="WrongCluster"),
    row(403, "150", "", ReplyLost, message="CompanyUnderMaintenance"),
]
ALL = [*FAULTS, *BUSINESS_RULES, *FROM_THE_GATEWAY]
every_row = pytest.mark.parametrize("row", ALL, ids=[each.name for each in ALL])


@every_row
def test_every_known_answer_has_its_meaning(row: Row) -> None:
    body = service(row.code, message=row.message, detail=row.detail)
    assert meaning_of(judged(Reply(row.status, body))) == row.meaning


@every_row
def test_xml_means_what_json_means(row: Row) -> None:
    body = xml(row.code, message=row.message, detail=row.detail)
    assert meaning_of(judged(Reply(row.status, body))) == row.meaning


@pytest.mark.parametrize("row", FROM_THE_GATEWAY, ids=[row.name for row in FROM_THE_GATEWAY])
def test_the_gateway_is_understood_in_its_own_envelope(row: Row) -> None:
    body = gateway(row.code, what=row.message, status=row.status, detail=row.detail or None)
    assert meaning_of(judged(Reply(row.status, body))) == row.meaning


@pytest.mark.parametrize(
    "row", [*FAULTS, *BUSINESS_RULES], ids=[each.name for each in (*FAULTS, *BUSINESS_RULES)]
)
def test_a_fault_within_an_http_200_means_the_same(row: Row) -> None:
    body = service(row.code, message=row.message, detail=row.detail)
    assert meaning_of(judged(Reply(200, body))) == row.meaning


@every_row
def test_a_server_error_refuses_nothing_whatever_its_words(row: Row) -> None:
    body = service(row.code, message=row.message, detail=row.detail)
    expected = Throttled if row.code == "3001" else ReplyLost
    assert meaning_of(judged(Reply(503, body))) == expected


@every_row
def test_a_refusal_is_never_told_as_a_sentence_of_ours(row: Row) -> None:
    assert row.meaning not in OUR_WORDS


def test_a_refusal_keeps_what_quickbooks_said_and_its_trace() -> None:
    body = service("6140", message="Duplicate Document Number Error", detail=DUPLICATE_NUMBER)
    refusal = judged(Reply(400, body, tid="1-5f"))
    assert refusal == Rejected(Cause.DUPLICATE_NUMBER, DUPLICATE_NUMBER, code="6140", tid="1-5f")


def test_words_that_say_null_are_left_out() -> None:
    body = service("6240", message="Duplicate Name Exists Error", detail=f"{NAME_TAKEN} null")
    words = "Duplicate Name Exists Error: The name supplied already exists."
    assert judged(Reply(400, body)) == Rejected(Cause.NAME_TAKEN, words, code="6240")


CLOSED = ("6210", "Account Period Closed", "")
INVALID = ("2010", "Request has invalid or unsupported property", "")
NAME = ("6240", "Duplicate Name Exists Error", "")
OLD = ("5010", "Stale Object Error", "")
STRANGE = ("9999", "Something new", "")
EXPIRED = ("3200", "AuthenticationFailed", "")
FORBIDDEN = ("3100", "AuthorizationFailed", "")
THROTTLE = ("3001", "ThrottleExceeded", "")
TRANSIENT = ("6000", "", "Please wait a few minutes and try again.")
FAILURE = ("10000", SYSTEM_FAILURE, "")
IN_ORDER_OF_WEIGHT = [
    (FAILURE, ReplyLost),  # It may have been written for all that the others say.
    (THROTTLE, Throttled),  # Nobody has looked at the rest.
    (EXPIRED, AccessExpired),
    (FORBIDDEN, ConnectionLost),
    (OLD, Stale),  # The rest was judged by an object that has changed.
    (NAME, Cause.NAME_TAKEN),
    (INVALID, Cause.INVALID_VALUE),
    (STRANGE, Cause.UNKNOWN),
    (TRANSIENT, Stale),
]


@pytest.mark.parametrize("place", range(len(IN_ORDER_OF_WEIGHT)))
def test_the_most_telling_of_several_errors_decides_wherever_it_stands(place: int) -> None:
    errors = [error for error, _ in IN_ORDER_OF_WEIGHT[place:]]
    meaning = IN_ORDER_OF_WEIGHT[place][1]
    assert meaning_of(judged(Reply(400, several(*errors)))) == meaning
    assert meaning_of(judged(Reply(400, several(*reversed(errors))))) == meaning


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [(CLOSED, NAME, Cause.CLOSED_PERIOD), (NAME, CLOSED, Cause.NAME_TAKEN)],
)
def test_the_first_of_equally_telling_errors_decides(
    first: tuple[str, str, str], second: tuple[str, str, str], cause: Cause
) -> None:
    assert meaning_of(judged(Reply(400, several(first, second)))) is cause
