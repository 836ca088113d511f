"""How a cause reads: what happened, who can mend it and where, and what to do here after that."""

from collections.abc import Sequence

from handlers.elements import clipped
from handlers.pages import look_there
from handlers.text import escape
from services.domain.blame import CULPRITS, Culprit
from services.domain.causes import OUR_WORDS, Cause
from services.domain.explanations import EXPLANATIONS, Fixer, Step, safe_step
from services.domain.ledger import Client, Invoice, Record, kind_of
from services.domain.sync import Operation, RecordKind, Status

LONGEST_QUOTE = 200  # Where the cause is known; else all of it may be needed.
LONGEST_TID = 80
_FIXERS = {
    Fixer.RECORDER: "You",
    Fixer.ADMIN: "An admin",
    Fixer.BOOKKEEPER: "The bookkeeper",
}
_OWN_WORDS = "QuickBooks’ own words"  # A way out that speaks of them needs them to be seen.
_FIXERS_OF_MANY = {**_FIXERS, Fixer.RECORDER: "Whoever recorded it"}
_BEFORE = {
    Step.RETRY: "",
    Step.SETTINGS: "`/quickbooks settings`, then ",
    Step.CONNECT: "`/quickbooks connect`, then ",
    Step.INCLUDE: "`/client include`, then ",
}
_ONCE = {
    Step.LINK: "*Link to a QuickBooks {there}*",
    Step.UNSYNC: "*Unsync {kind} from QuickBooks*",
    Step.LOOK_AT_CLIENT: "`/client show`",
    Step.NONE: "",
}
_AGAIN = {
    Operation.CREATE: "*Sync {kind} to QuickBooks*",
    Operation.UPDATE: "make the change again",
    Operation.VOID: "void it again",
    Operation.DELETE: "*Unsync {kind} from QuickBooks*",
    Operation.RELEASE: "*Unsync {kind} from QuickBooks*",
    Operation.APPLY: "*Unsync {kind} from QuickBooks*, then *Sync {kind} to QuickBooks*",
    Operation.UNAPPLY: "*Unsync {kind} from QuickBooks*",
}


def explain_cause(record: Record, records_url: str) -> str:
    """Why it is not in QuickBooks, and the way out."""
    facts = record.sync
    if facts.cause is None:
        return ""
    if _is_included_again(record):
        step = _again(record, None).format(kind=kind_of(record))
        return f"Its client was excluded from QuickBooks, and is included again. Next: {step}."
    happened = _happened(facts.cause, facts.detail, facts.tid)
    return f"{happened} {way_out(record, facts.cause, records_url)}"


def _is_included_again(record: Record) -> bool:
    """What was Skipped stays so until somebody wants it; why it was, is true no more."""
    skipped = record.sync.cause is Cause.CLIENT_EXCLUDED
    return skipped and not isinstance(record, Client) and not record.client.excluded


def explain_note(record: Record, records_url: str) -> str:
    """What QuickBooks did not accept of a change, if anything."""
    note = record.sync.note
    if note is None:
        return ""
    happened = _happened(note.cause, note.detail, note.tid)
    way = way_out(record, note.cause, records_url, refused=note.operation)
    return f" Change not accepted: {happened} {way}"


def way_out(
    record: Record, cause: Cause, records_url: str, *, refused: Operation | None = None
) -> str:
    """It names nobody and no sum. `refused` is the change of what is Synced, if it was one."""
    found = EXPLANATIONS[cause].way_out
    where = look_there(found.place, record, records_url)
    step = _step(record, cause, refused)
    then = f" Next: {step}." if step else ""
    return f"{_FIXERS[found.fixer]} can {found.mend}{where}.{then}"


def explain_many(
    records: Sequence[Record],
    cause: Cause,
    records_url: str,
    *,
    retries: bool = True,
    discreet: bool = False,
) -> str:
    """Why they Failed, and the way out for all of them.

    `retries`: some can be asked for again with one press, which changes that were not accepted
    cannot. `discreet`: it names nobody and no sum, and does not say what QuickBooks says, which
    may.
    """
    record = next((each for each in records if _own_cause(each) is cause), records[0])
    facts = record.sync.note or record.sync
    tells = not discreet and CULPRITS[cause] is Culprit.WORDS and facts.cause is cause
    detail, tid = (facts.detail, facts.tid) if tells else (None, None)
    found = EXPLANATIONS[cause].way_out
    places = {look_there(found.place, each, records_url) for each in records}
    where = places.pop() if len(places) == 1 else ""  # Else each row's details lead there.
    quoted = " *Details* quote them." if _OWN_WORDS in found.mend and not tells else ""
    fixer = _FIXERS_OF_MANY[found.fixer]
    details = "*Details* of each row" if len(records) > 1 else "*Details*"
    then = _next_of_many(safe_step(kind_of(record), cause), details, retries=retries)
    return f"{_happened(cause, detail, tid)} {fixer} can {found.mend}{where}.{quoted} Next: {then}."


def _next_of_many(step: Step, details: str, *, retries: bool) -> str:
    """Where each has a way of its own, its details lead there."""
    before = _BEFORE.get(step)
    if before is None:
        return details
    return f"{before}*Retry all*" if retries else f"{before}{details}"


def is_mended_by_retrying(cause: Cause) -> bool:
    """Once it is mended where it lies; else each record wants a step of its own."""
    return EXPLANATIONS[cause].way_out.step in _BEFORE


def _own_cause(record: Record) -> Cause | None:
    """Of what it Failed for, or of the change that was not accepted."""
    note = record.sync.note
    return note.cause if note else record.sync.cause


def _step(record: Record, cause: Cause, refused: Operation | None) -> str:
    kind = kind_of(record)
    step = safe_step(kind, cause)
    if step is Step.LOOK_AT_CLIENT and kind is RecordKind.CLIENT:
        return ""  # It is being looked at.
    if refused is not None and step is Step.LINK:  # It is there, and tied to what it is.
        step = Step.RETRY
    words = _ONCE.get(step)
    if words is None:
        again = _again(record, refused)
        words = f"{_BEFORE[step]}{again}" if again else ""
    there = "customer" if kind is RecordKind.CLIENT else kind
    return words.format(kind=kind, there=there)


def _again(record: Record, refused: Operation | None) -> str:
    """What is there but not as it was asked for is not asked for once more."""
    if refused is Operation.CREATE:
        return ""
    if refused is None and isinstance(record, Invoice) and not _is_there(record.client):
        return "*Sync client first*"
    return _AGAIN[refused or Operation.CREATE]


def _is_there(record: Record) -> bool:
    return record.sync.status is Status.SYNCED


def _happened(cause: Cause, detail: str | None, tid: str | None) -> str:
    """In plain words, and in QuickBooks' own."""
    words = EXPLANATIONS[cause].happened
    return f"{words[0].upper()}{words[1:]}.{_told(cause, detail)}{_trace(cause, tid)}"


def _told(cause: Cause, detail: str | None) -> str:
    if not detail:
        return ""
    if cause in OUR_WORDS:
        return f" {escape(detail)}"
    is_known = CULPRITS[cause] is not Culprit.WORDS
    quote = clipped(detail, LONGEST_QUOTE) if is_known else detail
    return f" QuickBooks says: “{escape(quote).rstrip('.')}”."


def _trace(cause: Cause, tid: str | None) -> str:
    """Where only QuickBooks knows more, its support finds the answer by this."""
    if tid is None or CULPRITS[cause] is not Culprit.WORDS:
        return ""
    return f" For Intuit’s support: {escape(tid[:LONGEST_TID])}."
