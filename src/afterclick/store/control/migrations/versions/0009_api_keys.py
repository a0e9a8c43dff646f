"""API keys, share links, and who signs in by OpenID Connect."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _person(*, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(
        "person", sa.String(32), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=nullable
    )


def _site() -> sa.Column[str]:
    return sa.Column("site", sa.String(64), sa.ForeignKey("sites.id", ondelete="CASCADE"), nullable=False)


def upgrade() -> None:
    """Create the tables of `accounts`: api_keys, share_links, oidc."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        _site(),
        sa.Column("capabilities", sa.String(400), nullable=False),
        _person(),
        sa.Column("maker", sa.String(256), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger, nullable=True),
        sa.Column("used", sa.BigInteger, nullable=True),
    )
    op.create_index("api_keys_by_site", "api_keys", ["site"])
    op.create_table(
        "share_links",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("page", sa.String(400), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        _site(),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("money", sa.Boolean, nullable=False),
        _person(),
        sa.Column("maker", sa.String(256), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger, nullable=True),
        sa.Column("used", sa.BigInteger, nullable=True),
    )
    op.create_index("share_links_by_site", "share_links", ["site"])
    op.create_table(
        "oidc_subjects",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        _person(nullable=False),
        sa.Column("linked", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop them again."""
    for table in ("oidc_subjects", "share_links", "api_keys"):
        op.drop_table(table)
