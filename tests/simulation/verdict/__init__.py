"""What must be true whenever all is quiet, read from the file and from QuickBooks' books."""

from collections.abc import Iterator

from tests.simulation.office import Firm
from tests.simulation.verdict import books, chain, history, wishes
from tests.simulation.verdict.ledger import Ledger

__all__ = ["Ledger", "complaints"]


def complaints(firm: Firm, ledger: Ledger) -> Iterator[str]:
    """Every broken promise, as a sentence."""
    records = ledger.records(firm.id)
    for complaint in (
        *wishes.complaints(firm, records),
        *books.complaints(firm, records),
        *history.complaints(records),
        *chain.complaints(ledger, firm.id),
    ):
        yield f"{firm.id}: {complaint}"
