"""Hosts from which a site's customers only come back."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column to the sites."""
    op.add_column("sites", sa.Column("return_hosts", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("sites", "return_hosts")
