"""The tables, and the rules that the database itself keeps."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)

from services.db.columns import (
    Instant,
    kept_in_view,
    one_of,
    sync_columns,
    sync_rules,
    tied_once,
)
from services.domain.ids import FIRST_NUMBER
from services.domain.ledger import Reason
from services.domain.settings import Rhythm
from services.domain.sync import OPEN_STATES, EntryState, Operation

# Partial indexes, written the same in index and query.
NOTICE_IS_BEHIND = "notice_version < version"
ENTRY_IS_OPEN = f"outbox.state IN {tuple(sorted(state.value for state in OPEN_STATES))}"
CAME_TO_NOTHING = "outbox.state IN ('failed', 'skipped')"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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

clients = Table(
    "clients",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False),
    Column("email", String),
    Column("excluded", Boolean, nullable=False, default=False, server_default=text("0")),
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
    # The intention whose end as Failed or Skipped was told beside the message.
    Column("told_generation", Integer, nullable=False, default=0, server_default=text("0")),
    Column("deposit_account_id", String),  # Where QuickBooks put it.
    Column(
        "applied_elsewhere_minor", BigInteger, nullable=False, default=0, server_default=text("0")
    ),
    Column("voided", Boolean, nullable=False, default=False, server_default=text("0")),
    *sync_columns(),
    *sync_rules(),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    UniqueConstraint("firm_id", "number"),
    UniqueConstraint("firm_id", "submission_id"),
    Index("ix_payments_of_status", "firm_id", "status", "number"),
    Index("ix_payments_of_client", "client_id", "number"),
    Index("ix_payments_alike", "client_id", "amount_minor", "received_on"),
    Index("ix_payments_void", "firm_id", "number", sqlite_where=text("voided = 1")),
    # New payments go to the end of both, so they cost little to write. The second is one narrow
    # copy for all other filters instead of an index for each: a million are read through at once.
    Index("ix_payments_of_day", "firm_id", "received_on", "number", "voided"),
    Index(
        "ix_payments_sought",
        *("firm_id", "number", "voided", "method", "amount_minor", "received_on", "reference"),
    ),
    Index("ix_payments_notice_behind", "notice_due_at", sqlite_where=text(NOTICE_IS_BEHIND)),
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
    Column("submission_id", String, nullable=False),
    Column("submission_digest", String, nullable=False),
    *sync_columns(),
    *sync_rules(),
    one_of("reason", Reason),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    UniqueConstraint("firm_id", "number"),
    UniqueConstraint("firm_id", "submission_id"),
    Index("ix_refunds_of_status", "firm_id", "status"),  # They are counted.
    Index("ix_refunds_tied", "firm_id", "qbo_id", sqlite_where=text("qbo_id IS NOT NULL")),
    *kept_in_view("refunds"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("record_kind", String, nullable=False),
    Column("record_id", Uuid, nullable=False),
    Column("operation", String, nullable=False),
    Column("request_id", String, nullable=False, unique=True),
    Column("body", String),  # Exactly what is sent; fixed at the first claim.
    Column("state", String, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("unresolved", Boolean, nullable=False, default=False),
    Column("lease_epoch", Integer),
    Column("due_at", Instant, nullable=False),
    Column("first_sent_at", Instant),
    Column("last_sent_at", Instant),
    Column("waits_for", String),  # Why it is not done yet, in words.
    Column("refused_cause", String),  # A refusal that a last look must confirm.
    Column("refused_detail", String),
    Column("same_answers", Integer, nullable=False, default=0, server_default=text("0")),
    Column("details", JSON(none_as_null=True)),  # What an update makes of the record, and such.
    Column("then_operation", String),  # The step that follows this one.
    Column("follows", Boolean, nullable=False, default=False, server_default=text("0")),
    Column("voids_record", Boolean, nullable=False, default=False, server_default=text("0")),
    Column("override_cause", String),  # What a person has seen, and wants all the same.
    Column("override_twin", String),
    Column("requested_by", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    one_of("state", EntryState),
    one_of("operation", Operation),
    CheckConstraint("state <> 'pending' OR NOT unresolved", name="pending_was_never_sent"),
    CheckConstraint(
        "state NOT IN ('sending', 'unconfirmed') OR body IS NOT NULL", name="sent_has_a_body"
    ),
    Index(
        "ix_outbox_one_open_entry_per_record",
        "record_id",
        unique=True,
        sqlite_where=text(ENTRY_IS_OPEN.removeprefix("outbox.")),
    ),
    # What is done leaves the first and never enters the second: years of it slow nothing down.
    Index(
        "ix_outbox_due",
        "firm_id",
        "due_at",
        sqlite_where=text(ENTRY_IS_OPEN.removeprefix("outbox.")),
    ),
    Index(
        "ix_outbox_came_to_nothing",
        "record_id",
        sqlite_where=text(CAME_TO_NOTHING.removeprefix("outbox.")),
    ),
)

connections = Table(
    "connections",
    metadata,
    Column("firm_id", ForeignKey(firms.c.id), primary_key=True),
    Column("realm_id", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("company_name", String, nullable=False),
    Column("country", String, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("payment_methods", JSON, nullable=False),  # QuickBooks' name in lower case: its id.
    Column("accounts", JSON, nullable=False, server_default="[]"),
    Column("items", JSON, nullable=False, server_default="[]"),
    Column("invoices_need_tax", Boolean, nullable=False, default=False, server_default=text("0")),
    Column("books_closed_until", Date),
    Column("company_read_at", Instant, nullable=False),
    Column("access_token", LargeBinary, nullable=False),  # Encrypted, as is the next.
    Column("refresh_token", LargeBinary, nullable=False),
    Column("access_expires_at", Instant, nullable=False),
    Column("refresh_expires_at", Instant, nullable=False),
    Column("refresh_epoch", Integer, nullable=False, default=0),
    Column("refresh_until", Instant),
    Column("connected_by", String, nullable=False),
    Column("connected_at", Instant, nullable=False),
    Column("lost_because", String),
    Column("last_success_at", Instant),
    CheckConstraint("state IN ('unconfirmed', 'active', 'lost')", name="state_is_known"),
)

consents = Table(
    "consents",
    metadata,
    Column("secret_digest", String, primary_key=True),
    Column("kind", String, nullable=False),  # 'link' from Slack, 'state' to Intuit.
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("user_id", String, nullable=False),
    Column("browser_digest", String),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

leases = Table(
    "leases",
    metadata,
    Column("realm_id", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("paused_until", Instant),
    Column("paused_because", String),
    Column("minute_began_at", Instant, nullable=False),
    Column("requests_this_minute", Integer, nullable=False, default=0),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),  # A Slack user id, or `quickbooks`.
    Column("action", String, nullable=False),
    Column("record_kind", String, nullable=False),
    Column("record_id", String, nullable=False),
    Column("change", JSON, nullable=False),
    Column("intuit_tid", String),
    Index("ix_audit_record", "record_id", "id"),
)
