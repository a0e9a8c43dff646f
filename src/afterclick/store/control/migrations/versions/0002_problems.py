"""The problem book."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of `resolve.book`."""
    op.create_table(
        "problems",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("at_risk", sa.Float, nullable=False),
        sa.Column("excess", sa.Float, nullable=False),
        sa.Column("last_seen", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("problems_by_worth", "problems", ["site", "status", "at_risk"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("problems")
