"""Clients and invoices from a file."""

from services.imports.imports import Imports, Plan

__all__ = ["Imports", "Plan"]
