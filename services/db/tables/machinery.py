"""What drives the pushes, ties firms to companies, and remembers who did what."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    false,
    text,
)

from services.db.columns import Instant, Sealed, index_of_few, one_of
from services.db.tables.firms import firms
from services.db.tables.metadata import metadata
from services.domain.sync import OPEN_STATES, EntryState, Operation

# Partial, written the same in index and query.
ENTRY_IS_OPEN = f"outbox.state IN {tuple(sorted(state.value for state in OPEN_STATES))}"
CAME_TO_NOTHING = "outbox.state IN ('failed', 'skipped')"

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
    Column("refused_code", String),
    Column("refused_tid", String),
    Column("same_answers", Integer, nullable=False, default=0, server_default=text("0")),
    Column("details", JSON(none_as_null=True)),  # What an update makes of the record, and such.
    Column("then_operation", String),  # The step that follows this one.
    Column("follows", Boolean, nullable=False, default=False, server_default=false()),
    Column("voids_record", Boolean, nullable=False, default=False, server_default=false()),
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
    index_of_few(
        "ix_outbox_one_open_entry_per_record",
        "record_id",
        where=ENTRY_IS_OPEN.removeprefix("outbox."),
        unique=True,
    ),
    # What is done leaves the first and never enters the second: years of it slow nothing down.
    index_of_few("ix_outbox_due", "firm_id", "due_at", where=ENTRY_IS_OPEN.removeprefix("outbox.")),
    index_of_few(
        "ix_outbox_came_to_nothing",
        "record_id",
        where=CAME_TO_NOTHING.removeprefix("outbox."),
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
    Column("invoices_need_tax", Boolean, nullable=False, default=False, server_default=false()),
    Column("books_closed_until", Date),
    Column("company_read_at", Instant, nullable=False),
    Column("access_token", Sealed, nullable=False),
    Column("refresh_token", Sealed, nullable=False),
    Column("access_expires_at", Instant, nullable=False),
    Column("refresh_expires_at", Instant, nullable=False),
    Column("access_ends_at", Instant),  # Whatever is refreshed; None: Intuit has not said.
    Column("refresh_epoch", Integer, nullable=False, default=0),
    Column("refresh_until", Instant),
    Column("connected_by", String, nullable=False),
    Column("connected_at", Instant, nullable=False),
    Column("lost_because", String),
    Column("last_success_at", Instant),
    Column("held_at", Instant),  # Nothing is sent there until an operator has looked.
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

# Who is at a firm's messages, where several processes are.
messengers = Table(
    "messengers",
    metadata,
    Column("firm_id", ForeignKey(firms.c.id), primary_key=True),
    Column("holder", String, nullable=False),
    Column("expires_at", Instant, nullable=False),
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

# What was done is added to, and never changed: triggers refuse that, and each row's hash vouches
# for all before it.
audit = Table(
    "audit",
    metadata,
    Column("firm_id", ForeignKey(firms.c.id), primary_key=True),
    Column("sequence", Integer, primary_key=True),  # From 1, without a gap.
    Column("at", Instant, nullable=False),
    Column("actor", String, nullable=False),  # A Slack user id, or `quickbooks`.
    Column("role", String),  # In which that person was let in.
    Column("action", String, nullable=False),
    Column("record_kind", String, nullable=False),
    Column("record_id", String, nullable=False),
    Column("change", JSON, nullable=False),
    Column("qbo_id", String),  # What it is in QuickBooks.
    Column("intuit_tid", String),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_record", "record_id", "sequence"),
    Index("ix_audit_of_firm", "firm_id", "at"),  # Whether anything happened in a time.
)

# How far each firm's chain goes: without it, nobody would miss the last rows.
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("firm_id", ForeignKey(firms.c.id), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
