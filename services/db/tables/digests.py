"""Which firm was told of which week."""

from sqlalchemy import JSON, Column, Date, ForeignKey, Integer, Table

from services.db.columns import Instant
from services.db.tables.firms import firms
from services.db.tables.metadata import metadata

digests = Table(
    "digests",
    metadata,
    Column("firm_id", ForeignKey(firms.c.id), primary_key=True),
    Column("week_on", Date, primary_key=True),  # Its Monday.
    Column("due_at", Instant, nullable=False),  # Whoever claimed it has until then.
    Column("attempt", Integer, nullable=False, default=0),
    # The message in each place, null where one may have been posted that nobody knows of.
    Column("posts", JSON, nullable=False, default=dict),
    Column("ended_at", Instant),
)
