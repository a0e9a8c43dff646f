"""Erasure and export: the requests, what keeps erased people away, and what each site decided about personal data."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of `store.erasure`, `customers.requests` and `accounts.site_privacy`."""
    op.create_table(
        "tombstones",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("request", sa.String(16), nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(256), nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("finished", sa.BigInteger, nullable=True),
        sa.Column("message", sa.String(512), nullable=False),
        sa.Column("records", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
    )
    op.create_index("privacy_requests_by_site", "privacy_requests", ["site", "asked"])
    op.create_table(
        "site_privacy",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("site_privacy")
    op.drop_table("privacy_requests")
    op.drop_table("tombstones")
