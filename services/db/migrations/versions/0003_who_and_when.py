"""Who may do what, where alerts go and when, and where payments may be posted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("firms") as batch:
        for name in ("admins", "approvers", "posting_channels"):
            batch.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("alert_channel", sa.String(), nullable=True))
        for name, default in (("alert_rhythm", "at_once"), ("time_zone", "UTC")):
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=default))
        for name in ("quiet_from", "quiet_until"):
            batch.add_column(sa.Column(name, sa.Time(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_firms_alert_rhythm_is_known"),
            sa.text("alert_rhythm IN ('at_once', 'hourly', 'daily')"),
        )
        batch.create_check_constraint(
            op.f("ck_firms_quiet_hours_have_both_ends"),
            sa.text("(quiet_from IS NULL) = (quiet_until IS NULL)"),
        )
