"""Firms, what they chose, and their people."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Time,
    true,
)

from services.db.columns import Instant, one_of
from services.db.tables.metadata import metadata
from services.domain.ids import FIRST_NUMBER
from services.domain.settings import Rhythm

firms = Table(
    "firms",
    metadata,
    Column("id", String, primary_key=True),
    Column("sync_by_default", Boolean, nullable=False, default=False),
    Column("currency", String(3), nullable=False, default="USD"),  # The company's, once connected.
    Column("settings_version", Integer, nullable=False, default=1),
    Column("next_payment_number", Integer, nullable=False, default=FIRST_NUMBER),
    Column(
        "next_invoice_number",
        Integer,
        nullable=False,
        default=FIRST_NUMBER,
        server_default=str(FIRST_NUMBER),
    ),
    Column(
        "next_refund_number",
        Integer,
        nullable=False,
        default=FIRST_NUMBER,
        server_default=str(FIRST_NUMBER),
    ),
    Column("deposit_account_id", String),  # None: Undeposited Funds.
    Column("method_accounts", JSON, nullable=False, default=dict, server_default="{}"),
    Column("service_item_id", String),
    Column("start_on", Date),
    Column("twin_window_days", Integer, nullable=False, default=5, server_default="5"),
    Column("admins", JSON, nullable=False, default=list, server_default="[]"),
    Column("approvers", JSON, nullable=False, default=list, server_default="[]"),
    Column("alert_channel", String),
    Column(
        "alert_rhythm",
        String,
        nullable=False,
        default=Rhythm.AT_ONCE,
        server_default=Rhythm.AT_ONCE.value,
    ),
    Column("quiet_from", Time),
    Column("quiet_until", Time),
    Column("time_zone", String, nullable=False, default="UTC", server_default="UTC"),
    Column("weekly_digest", Boolean, nullable=False, default=True, server_default=true()),
    Column("posting_channels", JSON, nullable=False, default=list, server_default="[]"),
    one_of("alert_rhythm", Rhythm),
    CheckConstraint(
        "(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours_have_both_ends"
    ),
)

members = Table(
    "members",
    metadata,
    Column("firm_id", ForeignKey(firms.c.id), primary_key=True),
    Column("user_id", String, primary_key=True),
    Column("is_admin", Boolean, nullable=False),
    Column("is_outsider", Boolean, nullable=False),
    Column("locale", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
