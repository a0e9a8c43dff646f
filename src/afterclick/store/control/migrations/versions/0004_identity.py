"""Which edges between devices, users and e-mail hashes do not count."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of `customers.cuts`."""
    op.create_table(
        "identity_cuts",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("one_kind", sa.String(8), primary_key=True),
        sa.Column("one", sa.String(256), primary_key=True),
        sa.Column("other_kind", sa.String(8), primary_key=True),
        sa.Column("other", sa.String(256), primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("identity_cuts")
