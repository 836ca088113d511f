"""A simulated QuickBooks Online: its API, OAuth, faults and weather, as one ASGI app."""

from sandbox.quickbooks.answers import LineCut
from sandbox.quickbooks.clock import ManualClock
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import Fault, FaultPlan, Kind
from sandbox.quickbooks.gateway import Served
from sandbox.quickbooks.limits import Limits
from sandbox.quickbooks.oauth import Consent
from sandbox.quickbooks.refusals import FaultError
from sandbox.quickbooks.rules import Rules
from sandbox.quickbooks.simulator import QuickBooks
from sandbox.quickbooks.tokens import TokenRules
from sandbox.quickbooks.weather import Weather

__all__ = [
    "Company",
    "Consent",
    "Fault",
    "FaultError",
    "FaultPlan",
    "Kind",
    "Limits",
    "LineCut",
    "ManualClock",
    "QuickBooks",
    "Rules",
    "Served",
    "TokenRules",
    "Weather",
]
