"""Clients, invoices, payments and refunds, and the rules that the database itself keeps."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    false,
    text,
)

from services.db.columns import (
    Instant,
    index_of_few,
    kept_in_view,
    one_of,
    sync_columns,
    sync_rules,
    tied_once,
)
from services.db.tables.firms import firms
from services.db.tables.metadata import metadata
from services.domain.ledger import Reason
from services.domain.postings import Barrier

# Partial, written the same in index and query.
NOTICE_IS_BEHIND = "notice_version < version"
POSTING_IS_BEHIND = "posting_due_at IS NOT NULL AND posting_version < version"

clients = Table(
    "clients",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False),
    Column("email", String),
    Column("excluded", Boolean, nullable=False, default=False, server_default=false()),
    *sync_columns(),
    *sync_rules(),
    UniqueConstraint("firm_id", "name_key"),
    tied_once("clients"),
    *kept_in_view("clients"),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("number", String, nullable=False),
    Column("number_key", String, nullable=False),
    Column("client_id", ForeignKey(clients.c.id), nullable=False, index=True),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("invoiced_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("item_id", String),  # What QuickBooks says was sold.
    Column("voided", Boolean, nullable=False, default=False),
    Column("submission_id", String, nullable=False),
    Column("submission_digest", String, nullable=False),
    *sync_columns(),
    *sync_rules(),
    CheckConstraint("total_minor >= 0", name="total_is_not_negative"),
    UniqueConstraint("firm_id", "number_key"),
    UniqueConstraint("firm_id", "submission_id"),
    # The list, and the list of one status, each in its order.
    Index("ix_invoices_latest", "firm_id", "created_at", "id"),
    Index("ix_invoices_of_status", "firm_id", "status", "created_at", "id"),
    tied_once("invoices"),
    *kept_in_view("invoices"),
)

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("invoice_id", ForeignKey(invoices.c.id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("description", String, nullable=False),
    Column("quantity", String, nullable=False),  # A decimal, digit for digit.
    Column("unit_price_minor", BigInteger, nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("client_id", ForeignKey(clients.c.id), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("method", String, nullable=False),
    Column("reference", String),
    Column("description", String),
    Column("submission_id", String, nullable=False),  # The modal that it came from…
    Column("submission_digest", String, nullable=False),  # …and what was typed there.
    # The one message about it: where it is, which version it shows, when to try again.
    Column("notice_channel", String),
    Column("notice_ts", String),
    Column("notice_version", Integer, nullable=False, default=0),
    Column("notice_due_at", Instant, nullable=False),
    Column("notice_attempt", Integer, nullable=False, default=0),
    # The same in the channel that it was recorded in, until something stands against that.
    Column("posting_channel", String),
    Column("posting_ts", String),
    Column("posting_version", Integer, nullable=False, default=0, server_default=text("0")),
    Column("posting_due_at", Instant),
    Column("posting_attempt", Integer, nullable=False, default=0, server_default=text("0")),
    Column("posting_barrier", String),
    # The intention whose end as Failed or Skipped was told beside the message.
    Column("told_generation", Integer, nullable=False, default=0, server_default=text("0")),
    Column("deposit_account_id", String),  # Where QuickBooks put it.
    Column(
        "applied_elsewhere_minor", BigInteger, nullable=False, default=0, server_default=text("0")
    ),
    Column("voided", Boolean, nullable=False, default=False, server_default=false()),
    *sync_columns(),
    *sync_rules(),
    one_of("posting_barrier", Barrier),
    CheckConstraint(
        "(posting_due_at IS NOT NULL) = (posting_channel IS NOT NULL AND posting_barrier IS NULL)",
        name="posted_until_a_barrier",
    ),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    UniqueConstraint("firm_id", "number"),
    UniqueConstraint("firm_id", "submission_id"),
    Index("ix_payments_recorded", "firm_id", "created_at"),
    Index("ix_payments_of_status", "firm_id", "status", "number"),
    Index("ix_payments_of_client", "client_id", "number"),  # The reference wants one anyway.
    Index("ix_payments_alike", "client_id", "amount_minor", "received_on"),
    # Void ones are few, and cost nothing until there are any.
    Index(
        "ix_payments_void",
        *("firm_id", "number"),
        sqlite_where=text("voided = 1"),
        postgresql_where=text("voided"),
    ),
    # New payments go to the end of both, so they cost little to write. The second is one narrow
    # copy for all other filters instead of an index for each: a million are read through at once.
    Index("ix_payments_of_day", "firm_id", "received_on", "number", "voided"),
    Index(
        "ix_payments_sought",
        *("firm_id", "number", "voided", "method", "amount_minor", "received_on", "reference"),
    ),
    index_of_few("ix_payments_notice_behind", "notice_due_at", where=NOTICE_IS_BEHIND),
    index_of_few("ix_payments_posting_behind", "posting_due_at", where=POSTING_IS_BEHIND),
    tied_once("payments"),
    *kept_in_view("payments"),
)

allocations = Table(
    "allocations",
    metadata,
    Column("payment_id", ForeignKey(payments.c.id), primary_key=True),
    Column("invoice_id", ForeignKey(invoices.c.id), primary_key=True, index=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("wanted_minor", BigInteger),  # By a change that QuickBooks has not accepted yet.
    Column("left_out", Boolean, nullable=False, default=False),  # QuickBooks has it as credit.
    CheckConstraint("amount_minor >= 0", name="amount_is_not_negative"),
    CheckConstraint(
        "amount_minor > 0 OR wanted_minor IS NOT NULL", name="nothing_is_allotted_for_nothing"
    ),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("payment_id", ForeignKey(payments.c.id), nullable=False, index=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", String, nullable=False),
    Column("account_id", String, nullable=False),
    Column("refunded_on", Date, nullable=False),
    Column("applied", Boolean, nullable=False, default=False),
    Column("voided", Boolean, nullable=False, default=False),
    Column("told_generation", Integer, nullable=False, default=0, server_default=text("0")),
    Column("submission_id", String, nullable=False),
    Column("submission_digest", String, nullable=False),
    *sync_columns(),
    *sync_rules(),
    one_of("reason", Reason),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    UniqueConstraint("firm_id", "number"),
    UniqueConstraint("firm_id", "submission_id"),
    Index("ix_refunds_of_status", "firm_id", "status"),  # They are counted.
    index_of_few("ix_refunds_tied", "firm_id", "qbo_id", where="qbo_id IS NOT NULL"),
    *kept_in_view("refunds"),
)
