"""What the team is alerted to, where that was said, and what became of it."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
)

from services.db.columns import Instant, index_of_few, one_of
from services.db.tables.firms import firms
from services.db.tables.metadata import metadata
from services.domain.alerts import Act, TopicKind
from services.domain.blame import LONGEST_KEY
from services.domain.sync import RecordKind

# Partial, written the same in index and query.
ALERT_IS_OPEN = "alerts.resolved_at IS NULL"
ALERT_IS_SHOWN = "NOT alerts.done"
RECORD_IS_UNSOLVED = "alert_records.solved_at IS NULL"

alerts = Table(
    "alerts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("kind", String, nullable=False),
    Column("about", String(LONGEST_KEY), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("speak_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("done", Boolean, nullable=False, default=False),  # Nothing more of it is to be shown.
    Column("claimed_by", String),
    Column("snoozed_until", Instant),
    Column("snoozed_by", String),
    one_of("kind", TopicKind),
    CheckConstraint("NOT done OR resolved_at IS NOT NULL", name="only_what_is_resolved_is_done"),
    CheckConstraint(
        "(snoozed_until IS NULL) = (snoozed_by IS NULL)", name="somebody_snoozed_what_is_snoozed"
    ),
    index_of_few(
        "ix_alerts_one_open_of_a_topic",
        *("firm_id", "kind", "about"),
        where=ALERT_IS_OPEN.removeprefix("alerts."),
        unique=True,
    ),
    index_of_few("ix_alerts_shown", "firm_id", where="NOT done"),
    Index("ix_alerts_of_topic", "firm_id", "kind", "about", "resolved_at"),
)

alert_records = Table(
    "alert_records",
    metadata,
    Column("alert_id", ForeignKey(alerts.c.id), primary_key=True),
    Column("record_id", Uuid, primary_key=True),
    Column("record_kind", String, nullable=False),
    Column("solved_at", Instant),
    one_of("record_kind", RecordKind),
    index_of_few(
        "ix_alert_records_unsolved",
        "alert_id",
        where=RECORD_IS_UNSOLVED.removeprefix("alert_records."),
    ),
)

# One row for each message, before it is posted: who finds one without a `ts` looks for it in Slack.
alert_posts = Table(
    "alert_posts",
    metadata,
    Column("alert_id", ForeignKey(alerts.c.id), primary_key=True),
    Column("place", String, primary_key=True),  # A channel, or a person.
    Column("what", String, primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),  # Until then somebody is at it, or Slack wants rest.
    Column("posted_at", Instant),
    Column("channel", String),
    Column("ts", String),
    Column("shown", String),  # A digest of what it says.
    Column("lost", Boolean, nullable=False, default=False),  # It cannot be reached any more.
    CheckConstraint(
        "(ts IS NULL) = (channel IS NULL) AND (ts IS NULL) = (posted_at IS NULL)",
        name="what_was_posted_is_somewhere",
    ),
)

alert_events = Table(
    "alert_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alert_id", ForeignKey(alerts.c.id), nullable=False, index=True),
    Column("act", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", JSON, nullable=False),  # Slack user ids; none where it came about by itself.
    Column("count", Integer, nullable=False, default=0),
    Column("until", Instant),
    Column("words", String, nullable=False, default=""),
    one_of("act", Act),
)
