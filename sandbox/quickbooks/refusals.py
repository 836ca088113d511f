"""What QuickBooks says when it refuses: the service's faults and the gateway's."""

from dataclasses import dataclass
from typing import Literal

from sandbox.quickbooks.wire import JsonObject

NOT_FOUND_DETAIL = (
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields"
    " with accounts, customers, items, vendors or employees."
)
TAX_RATES = {"CA": "GST/HST", "AU": "GST", "IN": "GST"}  # Elsewhere it is a VAT rate.
DELETED_DETAIL = "Object Not Found : Another user has deleted this transaction."


class FaultError(Exception):
    """A fault of the service itself; several errors may come in one envelope."""

    def __init__(
        self,
        code: str,
        message: str,
        detail: str,
        *,
        element: str | None = None,
        kind: Literal["ValidationFault", "SystemFault", "SERVICE"] = "ValidationFault",
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code, self.message, self.detail = code, message, detail
        self.element, self.kind = element, kind

    @property
    def status(self) -> int:
        return 400 if self.kind == "ValidationFault" else 500

    def to_fault(self) -> JsonObject:
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element is not None:
            error["element"] = self.element
        return {"Error": [error], "type": self.kind}


@dataclass(frozen=True, kw_only=True)
class GatewayFault:
    """A refusal of the gateway in front of the service: lowercase, and time in milliseconds."""

    status: int
    code: str
    message: str
    detail: str | None
    kind: Literal["AUTHENTICATION", "SERVICE"]

    def to_error(self) -> FaultError:
        """The same refusal as an item of a batch gets it."""
        return FaultError(self.code, self.message, self.detail or "", kind="SERVICE")

    def to_content(self, *, epoch_ms: int) -> JsonObject:
        error = {
            "message": self.message,
            "detail": self.detail,
            "code": self.code,
            "element": None,
        }
        return {
            "warnings": None,
            "intuitObject": None,
            "fault": {"error": [error], "type": self.kind},
            "report": None,
            "queryResponse": None,
            "batchItemResponse": [],
            "attachableResponse": [],
            "syncErrorResponse": None,
            "requestId": None,
            "time": epoch_ms,
            "status": None,
            "cdcresponse": [],
        }

    def to_xml_content(self, *, time: str) -> JsonObject:
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        return {"Fault": {"type": self.kind, "Error": [error]}, "time": time}


def _gateway(
    what: str, *, code: str, status: int, detail: str | None = None, authentication: bool = False
) -> GatewayFault:
    return GatewayFault(
        status=status,
        code=code,
        message=f"message={what}; errorCode=00{code}; statusCode={status}",
        detail=detail,
        kind="AUTHENTICATION" if authentication else "SERVICE",
    )


def not_authenticated(detail: str | None) -> GatewayFault:
    return _gateway(
        "AuthenticationFailed", code="3200", status=401, detail=detail, authentication=True
    )


def not_authorized() -> GatewayFault:
    return _gateway("ApplicationAuthorizationFailed", code="3100", status=403)


def throttled() -> GatewayFault:
    # The two spaces are Intuit's.
    detail = "The request limit was reached.  Try again later"
    return _gateway("ThrottleExceeded", code="3001", status=429, detail=detail)


def gateway_failed() -> GatewayFault:
    return _gateway("InternalServerError", code="3100", status=500)


def unsupported_operation(operation: str) -> FaultError:
    return FaultError("500", "Unsupported Operation", f"Operation {operation} is not supported.")


def object_not_found(detail: str = NOT_FOUND_DETAIL) -> FaultError:
    return FaultError("610", "Object Not Found", detail, element="")


def unsupported_property(what: str) -> FaultError:
    return FaultError(
        "2010",
        "Request has invalid or unsupported property",
        f"Property Name:{what}\n specified is unsupported or invalid",
    )


def required(parameter: str) -> FaultError:
    return FaultError(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {parameter} is missing in the request",
        element=parameter,
    )


def invalid_id(value: object) -> FaultError:
    detail = f"Id should be a valid number. Supplied value:{value}"
    return FaultError("2030", "Invalid ID", detail, element="Id")


def invalid_text(element: str) -> FaultError:
    detail = f"{element} may not contain a colon, a tab or a new line."
    return FaultError("2040", "Invalid String", detail, element=element)


def wrong_length(element: str, *, longest: int, supplied: int) -> FaultError:
    return FaultError(
        "2050",
        "String length is either shorter or longer than supported by specification",
        "String length specified does not match the supported length."
        f" Min:0 Max:{longest} supported. Supplied length:{supplied}",
        element=element,
    )


def invalid_enumeration(value: object) -> FaultError:
    return FaultError("2170", "Invalid Enumeration", f"Invalid Enumeration : {value}", element="")


def invalid_email() -> FaultError:
    return FaultError(
        "2210",
        "Invalid Email Address format",
        "Email Address does not conform to the RFC 822 standard.",
        element="PrimaryEmailAddr",
    )


def invalid_reference(collection: str, value: object) -> FaultError:
    detail = f"Invalid Reference Id : {collection} element id {value} not found"
    return FaultError("2500", "Invalid Reference Id", detail, element="")


def query_not_parsed(detail: str) -> FaultError:
    return FaultError("4000", "Error parsing query", f"QueryParserError: {detail}")


def query_not_valid(detail: str) -> FaultError:
    return FaultError("4001", "Invalid query", f"QueryValidationError: {detail}")


def stale_object(editor: str) -> FaultError:
    detail = (
        f"Stale Object Error : You and {editor} were working on this at the same time."
        f" {editor} finished before you did, so your work was not saved."
    )
    return FaultError("5010", "Stale Object Error", detail, element="")


def business_rule(reason: str) -> FaultError:
    return FaultError(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {reason}",
        element="",
    )


def still_linked() -> FaultError:
    return business_rule("You must unlink any linked transactions first.")


def tax_code_missing(country: str) -> FaultError:
    rate = TAX_RATES.get(country, "VAT")
    return business_rule(f"Make sure all your transactions have a {rate} rate before you save.")


def amount_mismatch() -> FaultError:
    message = "Amount calculation incorrect in the request"
    detail = "Amount is not equal to UnitPrice * Qty. Supplied value:"
    return FaultError("6070", message, detail, element="")


def duplicate_document_number(number: str, *, entity: str, holder: str) -> FaultError:
    detail = (
        "Duplicate Document Number Error : You must specify a different number. This number has"
        f" already been used. DocNumber={number} is assigned to TxnType={entity} with"
        f" TxnId={holder}"
    )
    return FaultError("6140", "Duplicate Document Number Error", detail, element="")


def books_closed() -> FaultError:
    return FaultError(
        "6210",
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through"
        " the QBO Services API. Please use the QBO website to make these changes.",
        element="",
    )


def duplicate_name(*, same_list: str | None) -> FaultError:
    """`same_list` names the list when the holder of the name stands in the same one."""
    who = same_list.lower() if same_list else "customer, vendor or employee"
    detail = (
        f"The name supplied already exists. : Another {who} is already using this name."
        " Please use a different name."
    )
    return FaultError("6240", "Duplicate Name Exists Error", detail)


def already_deposited() -> FaultError:
    detail = (
        "Deposited Transaction cannot be changed : This transaction has been deposited. If you"
        " want to change or delete it, you must edit the deposit it appears on and remove it first."
    )
    return FaultError("6540", "Deposited Transaction cannot be changed", detail, element="")
