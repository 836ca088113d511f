"""The audit is one chain, and its end is where it is said to be."""

import hashlib
import json
from collections.abc import Iterator

from tests.simulation.verdict.ledger import Ledger


def complaints(ledger: Ledger, firm: str) -> Iterator[str]:
    number, before = 0, "0" * 64
    for row in ledger.rows("audit", firm_id=firm):
        number, sealed = number + 1, row.pop("hash")
        said = {**row, "change": json.loads(row["change"])}
        known = {name: value for name, value in said.items() if value is not None}
        text = json.dumps([before, known], sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256(text.encode()).hexdigest()
        if (row["sequence"], sealed) != (number, before):
            yield f"row {number} of the audit does not fit: {row}"
    ends = [(head["sequence"], head["hash"]) for head in ledger.rows("audit_heads", firm_id=firm)]
    if ends != ([(number, before)] if number else []):
        yield f"the audit ends at {number}, and is said to end at {ends}"
