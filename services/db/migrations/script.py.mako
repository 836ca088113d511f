"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
# The oldest revision whose programs may work on this schema; see docs/adr/0014. Its own, unless
# what it adds is nothing to them.
fits_since = ${repr(up_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
