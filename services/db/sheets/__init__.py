"""The ledger as sheets: every table that an operator or an auditor asks for, row by row."""

from services.db.sheets.dealings import ALERTS, AUDIT, COMPANIES, PUSHES
from services.db.sheets.records import (
    ALLOCATIONS,
    CLIENTS,
    INVOICE_LINES,
    INVOICES,
    PAYMENTS,
    REFUNDS,
)
from services.db.sheets.sheet import Cell, Sheet

ALL = (
    *(CLIENTS, INVOICES, INVOICE_LINES, PAYMENTS, ALLOCATIONS, REFUNDS),
    *(COMPANIES, PUSHES, ALERTS, AUDIT),
)

__all__ = ["ALL", "AUDIT", "PAYMENTS", "Cell", "Sheet"]
