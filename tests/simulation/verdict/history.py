"""What was done, in which order: every entry ends, every status follows from the one before."""

import json
from collections.abc import Iterator

from tests.simulation.verdict.ledger import OPEN, Records, lacks
from tests.simulation.verdict.rows import Row

NEW = None
# Which status may follow which, by the words of the audit; a record begins with none.
STEPS: dict[str | None, dict[str, frozenset[str]]] = {
    NEW: {
        "not_synced": frozenset({"invoice recorded", "payment recorded", "refund recorded"}),
        "syncing": frozenset({"payment recorded"}),
    },
    "not_synced": {
        "syncing": frozenset({"sync asked for"}),
        "synced": frozenset({"linked"}),
        "not_synced": frozenset({"invoice voided", "payment voided", "refund voided"}),
    },
    "syncing": {
        "synced": frozenset(
            {
                *("create ended", "update ended", "void ended", "apply ended"),
                # Refused, or called back: it stays.
                *("delete ended", "release ended", "unapply ended", "sync cancelled"),
            }
        ),
        "syncing": frozenset({"void ended", "create ended", "unapply ended"}),  # A step follows.
        "not_synced": frozenset({"delete ended", "release ended", "sync cancelled"}),
        "failed": frozenset({"create ended"}),
        "skipped": frozenset({"create ended"}),
    },
    "synced": {
        "syncing": frozenset(
            {
                *("update asked for", "void asked for", "delete asked for"),
                *("release asked for", "unapply asked for", "apply asked for"),
            }
        ),
        "not_synced": frozenset({"unlinked"}),
    },
    "failed": {
        "syncing": frozenset({"sync asked for"}),
        "synced": frozenset({"linked"}),
        "skipped": frozenset({"dismissed"}),
        "not_synced": frozenset({"invoice voided", "payment voided", "refund voided"}),
    },
    "skipped": {
        "syncing": frozenset({"sync asked for"}),
        "synced": frozenset({"linked"}),
        "not_synced": frozenset({"invoice voided", "payment voided", "refund voided"}),
    },
}
ENDED = frozenset({"done", "failed", "refused", "skipped", "cancelled"})


def complaints(records: Records) -> Iterator[str]:
    for kind, row in records.all():
        yield from (f"{kind} {row['id']} {each}" for each in _about_entries(records, row))
        yield from (f"{kind} {row['id']} {each}" for each in _about_audit(records, kind, row))


def _about_entries(records: Records, row: Row) -> Iterator[str]:
    """Syncing means one open entry, which waits for what is not there; all others have ended."""
    entries = records.entries_of(row)
    still = [entry for entry in entries if entry["state"] in OPEN]
    if len(still) != (row["status"] == "syncing"):
        yield f"is {row['status']} with {len(still)} open entries"
    for entry in still:
        if entry["state"] != "pending" or not lacks(records, entry):
            yield f"has its {entry['operation']} {entry['state']}, and waits for nothing"
    for entry in entries:
        if entry["state"] in ENDED and entry["settled_at"] is None:
            yield f"has its {entry['operation']} {entry['state']} at no time"
    last = entries[-1]["state"] if entries else None
    if row["status"] == "failed" and last != "failed":
        yield f"is failed, and its last entry {last}"


def _about_audit(records: Records, kind: str, row: Row) -> Iterator[str]:
    """Each change begins where the last one ended, may be made, and the last is what is true."""
    now: str | None = "not_synced" if kind == "client" else NEW
    note = None
    for line in records.audit_of(row):
        change = json.loads(line["change"])
        if "status" not in change:
            continue
        before, after = change["status"]
        if before != now or line["action"] not in STEPS[before].get(after, ()):
            yield f"was {now}, and “{line['action']}” made {before} {after}"
        now, note = after, change.get("note")
    if now != row["status"]:
        yield f"is {row['status']}, and the audit ends {now}"
    there = [row["note_operation"], row["note_cause"]] if row["note_operation"] else None
    if there != (note and note[:2]):
        yield f"has the note {there}, and the audit {note}"
    yield from _about_notes(records, row)


def _about_notes(records: Records, row: Row) -> Iterator[str]:
    """Every change that was refused has told why, when it was."""
    told = [
        change["note"][0]
        for line in records.audit_of(row)
        if "note" in (change := json.loads(line["change"]))
    ]
    for entry in records.entries_of(row):
        if entry["state"] == "refused" and entry["operation"] not in told:
            yield f"had its {entry['operation']} refused, and was not told"
