"""The workspaces that Counterfoil is installed in, or was."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table

from services.db.columns import Instant, Sealed
from services.db.tables.firms import firms
from services.db.tables.metadata import metadata

# A firm without a row was never installed: there, the operator's one token opens its workspace.
installations = Table(
    "installations",
    metadata,
    Column("firm_id", ForeignKey(firms.c.id), primary_key=True),
    Column("enterprise_id", String),
    Column("bot_token", Sealed),  # None once it was removed, as is the next.
    Column("refresh_token", Sealed),
    Column("expires_at", Instant),
    Column("bot_id", String, nullable=False),
    Column("bot_user_id", String, nullable=False),
    Column("scopes", String, nullable=False),  # As Slack writes them, with commas.
    Column("installed_by", String, nullable=False),
    Column("installed_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("refresh_epoch", Integer, nullable=False, default=0),
    Column("refresh_until", Instant),
    CheckConstraint(
        "(removed_at IS NULL) = (bot_token IS NOT NULL)", name="removed_keeps_no_token"
    ),
    CheckConstraint(
        "(refresh_token IS NULL) = (expires_at IS NULL)", name="what_expires_can_be_refreshed"
    ),
)

# Of the links to Slack's install page, those that came back: each works once.
used_states = Table(
    "used_states",
    metadata,
    Column("digest", String, primary_key=True),
    Column("expires_at", Instant, nullable=False),
)
