"""What limits a write key: the pages that may use it, when it ends, and when it was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_COLUMNS = (
    sa.Column("origins", sa.Text, nullable=False, server_default=""),
    sa.Column("browsers_only", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("ends", sa.BigInteger, nullable=True),
    sa.Column("used", sa.BigInteger, nullable=True),
)


def upgrade() -> None:
    """Add the columns; every key so far may be used from anywhere, without an end."""
    for column in _COLUMNS:
        op.add_column("write_keys", column)


def downgrade() -> None:
    """Drop them again."""
    with op.batch_alter_table("write_keys") as table:
        for column in _COLUMNS:
            table.drop_column(column.name)
