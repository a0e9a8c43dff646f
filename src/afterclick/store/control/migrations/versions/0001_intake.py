"""Sites, write keys, and what was taken and dropped."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of accounts and of `store.quality`."""
    op.create_table(
        "sites",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
    )
    op.create_table(
        "write_keys",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("site", sa.String(64), sa.ForeignKey("sites.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("clear", sa.String(64), nullable=True),
        sa.Column("capabilities", sa.String(200), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "tallies",
        sa.Column("spool", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("door", sa.String(16), primary_key=True),
        sa.Column("reason", sa.String(32), primary_key=True),
        sa.Column("minute", sa.BigInteger, primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
    )
    op.create_index("tallies_by_site", "tallies", ["site", "minute"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("tallies")
    op.drop_table("write_keys")
    op.drop_table("sites")
