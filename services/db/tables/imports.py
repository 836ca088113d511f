"""What was read from files and waits for its turn to be written down."""

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Integer, String, Table, Uuid

from services.db.columns import Instant, one_of
from services.db.tables.firms import firms
from services.db.tables.metadata import metadata
from services.domain.sync import RecordKind

# All of a file, or nothing: its rows are staged first, and once they all are, it is accepted.
# From then on it is finished, whoever dies meanwhile.
imports = Table(
    "imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("firm_id", ForeignKey(firms.c.id), nullable=False),
    Column("kind", String, nullable=False),
    Column("requested_by", String, nullable=False),
    Column("begun_at", Instant, nullable=False),
    Column("accepted_at", Instant),
    Column("finished_at", Instant),
    Column("added", Integer, nullable=False, default=0),
    Column("there", Integer, nullable=False, default=0),
    Column("left_out", JSON, nullable=False, default=list),  # By name.
    one_of("kind", RecordKind),
    CheckConstraint(
        "finished_at IS NULL OR accepted_at IS NOT NULL", name="only_what_is_accepted_is_finished"
    ),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", ForeignKey(imports.c.id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("record", JSON, nullable=False),
)
