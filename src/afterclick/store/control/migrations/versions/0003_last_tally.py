"""When a door last took something."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to the tallies of intake."""
    op.add_column("tallies", sa.Column("last", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("tallies", "last")
