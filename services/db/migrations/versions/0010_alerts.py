"""What the team is alerted to, where that was said, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = "'failures', 'connection', 'access', 'unconfirmed', 'parked'"
ACTS = "'claimed', 'retried', 'snoozed', 'dismissed', 'reopened', 'resolved'"
RECORD_KINDS = "'client', 'invoice', 'payment', 'refund'"


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("firm_id", sa.String(), sa.ForeignKey("firms.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("speak_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("claimed_by", sa.String()),
        sa.Column("snoozed_until", sa.BigInteger()),
        sa.Column("snoozed_by", sa.String()),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_alerts_kind_is_known")),
        sa.CheckConstraint(
            "NOT done OR resolved_at IS NOT NULL",
            name=op.f("ck_alerts_only_what_is_resolved_is_done"),
        ),
        sa.CheckConstraint(
            "(snoozed_until IS NULL) = (snoozed_by IS NULL)",
            name=op.f("ck_alerts_somebody_snoozed_what_is_snoozed"),
        ),
    )
    op.create_index(
        "ix_alerts_one_open_of_a_topic",
        "alerts",
        ["firm_id", "kind", "about"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(
        "ix_alerts_shown",
        "alerts",
        ["firm_id"],
        sqlite_where=sa.text("NOT done"),
        postgresql_where=sa.text("NOT done"),
    )
    op.create_index("ix_alerts_of_topic", "alerts", ["firm_id", "kind", "about", "resolved_at"])
    _create_what_belongs_to_them()


def _create_what_belongs_to_them() -> None:
    op.create_table(
        "alert_records",
        sa.Column("alert_id", sa.Uuid(), sa.ForeignKey("alerts.id"), primary_key=True),
        sa.Column("record_id", sa.Uuid(), primary_key=True),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("solved_at", sa.BigInteger()),
        sa.CheckConstraint(
            f"record_kind IN ({RECORD_KINDS})", name=op.f("ck_alert_records_record_kind_is_known")
        ),
    )
    op.create_index(
        "ix_alert_records_unsolved",
        "alert_records",
        ["alert_id"],
        sqlite_where=sa.text("solved_at IS NULL"),
        postgresql_where=sa.text("solved_at IS NULL"),
    )
    op.create_table(
        "alert_posts",
        sa.Column("alert_id", sa.Uuid(), sa.ForeignKey("alerts.id"), primary_key=True),
        sa.Column("place", sa.String(), primary_key=True),
        sa.Column("what", sa.String(), primary_key=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.BigInteger()),
        sa.Column("channel", sa.String()),
        sa.Column("ts", sa.String()),
        sa.Column("shown", sa.String()),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(ts IS NULL) = (channel IS NULL) AND (ts IS NULL) = (posted_at IS NULL)",
            name=op.f("ck_alert_posts_what_was_posted_is_somewhere"),
        ),
    )
    op.create_table(
        "alert_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alert_id", sa.Uuid(), sa.ForeignKey("alerts.id"), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint(f"act IN ({ACTS})", name=op.f("ck_alert_events_act_is_known")),
    )
    op.create_index("ix_alert_events_alert_id", "alert_events", ["alert_id"])
