"""What the schema says of itself."""

from sqlalchemy import Column, String, Table

from services.db.tables.metadata import metadata

# One row: the revision whose programs are the oldest that may work on this schema. They read it
# where the schema's own revision is later than any that they know.
schema_fits = Table("schema_fits", metadata, Column("since", String, primary_key=True))
