"""The tables, and the rules that the database itself keeps."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.types import TypeDecorator

from services.domain.ids import FIRST_PAYMENT_NUMBER
from services.domain.sync import OPEN_STATES, EntryState, Status

_MICROSECONDS = 1_000_000
NOTICE_IS_BEHIND = "notice_version < version"  # Written the same in index and query.


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, kept as whole microseconds since 1970: exact, and sorts as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> int | None:
        if value is None:
            return None
        since = value - datetime.fromtimestamp(0, UTC)
        return (since.days * 86_400 + since.seconds) * _MICROSECONDS + since.microseconds

    def process_result_value(self, value: int | None, _: Dialect) -> datetime | None:
        if value is None:
            return None
        seconds, microseconds = divmod(value, _MICROSECONDS)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_is_known")


def _sync_columns() -> list[Column[object]]:
    return [
        Column("status", String, nullable=False),
        Column("qbo_id", String),
        Column("linked", Boolean, nullable=False, default=False),
        Column("cause", String),
        Column("detail", String),
        Column("generation", Integer, nullable=False, default=0),
        Column("version", Integer, nullable=False, default=1),  # Grows with all that people see.
        Column("created_by", String, nullable=False),
        Column("created_at", Instant, nullable=False),
    ]


def _sync_rules() -> list[CheckConstraint]:
    return [
        _one_of("status", Status),
        CheckConstraint(
            "(status = 'synced') = (qbo_id IS NOT NULL)", name="synced_has_a_quickbooks_id"
        ),
        CheckConstraint(
            "(status IN ('failed', 'skipped')) = (cause IS NOT NULL)",
            name="failed_and_skipped_say_why",
        ),
        CheckConstraint("NOT linked OR status = 'synced'", name="linked_is_synced"),
    ]


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
    Column("next_payment_number", Integer, nullable=False, default=FIRST_PAYMENT_NUMBER),
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
    *_sync_columns(),
    *_sync_rules(),
    UniqueConstraint("firm_id", "name_key"),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("client_id", ForeignKey(clients.c.id), nullable=False, index=True),
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
    *_sync_columns(),
    *_sync_rules(),
    CheckConstraint("amount_minor > 0", name="amount_is_positive"),
    UniqueConstraint("firm_id", "number"),
    UniqueConstraint("firm_id", "submission_id"),
    Index("ix_payments_notice_behind", "notice_due_at", sqlite_where=text(NOTICE_IS_BEHIND)),
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
    Column("requested_by", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    _one_of("state", EntryState),
    CheckConstraint("state <> 'pending' OR NOT unresolved", name="pending_was_never_sent"),
    CheckConstraint(
        "state NOT IN ('sending', 'unconfirmed') OR body IS NOT NULL", name="sent_has_a_body"
    ),
    Index(
        "ix_outbox_one_open_entry_per_record",
        "record_id",
        unique=True,
        sqlite_where=text(f"state IN {tuple(sorted(state.value for state in OPEN_STATES))}"),
    ),
    Index("ix_outbox_due", "firm_id", "state", "due_at"),
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
    Column("undeposited_funds_id", String),
    Column("payment_methods", JSON, nullable=False),  # QuickBooks' name in lower case: its id.
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
