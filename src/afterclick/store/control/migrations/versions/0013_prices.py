"""What a problem costs stands in a column of its own: detection and pricing write side by side."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NONE = '{"estimate":null,"priced":null}'
_PROBLEMS = sa.table(
    "problems",
    sa.column("site", sa.String),
    sa.column("id", sa.String),
    sa.column("document", sa.Text),
    sa.column("price", sa.Text),
)


def upgrade() -> None:
    """Add the column, move prices there, and leave out what was kept only to order by it."""
    op.add_column(
        "problems",
        sa.Column("price", sa.Text, nullable=False, server_default=_NONE),
    )
    for site, name, document in _rows("document"):
        try:
            seen = json.loads(document)
        except ValueError:  # one that nobody can read keeps nobody from the upgrade
            continue
        price = {"estimate": seen.pop("estimate", None), "priced": None}
        _write(site, name, document=json.dumps(seen), price=json.dumps(price))
    op.drop_index("problems_by_worth", "problems")
    op.drop_column("problems", "at_risk")
    op.drop_column("problems", "excess")


def downgrade() -> None:
    """Move them back."""
    op.add_column("problems", sa.Column("at_risk", sa.Float, nullable=False, server_default="0"))
    op.add_column("problems", sa.Column("excess", sa.Float, nullable=False, server_default="0"))
    op.create_index("problems_by_worth", "problems", ["site", "status", "at_risk"])
    for site, name, document, price in _rows("document", "price"):
        seen = json.loads(document) | {"estimate": json.loads(price)["estimate"]}
        _write(site, name, document=json.dumps(seen))
    op.drop_column("problems", "price")


def _rows(*columns: str) -> list[tuple[str, ...]]:
    read = sa.select(*(_PROBLEMS.c[name] for name in ("site", "id", *columns)))
    return [tuple(row) for row in op.get_bind().execute(read)]


def _write(site: str, name: str, **values: str) -> None:
    of = sa.and_(_PROBLEMS.c.site == site, _PROBLEMS.c.id == name)
    op.get_bind().execute(sa.update(_PROBLEMS).where(of).values(**values))
