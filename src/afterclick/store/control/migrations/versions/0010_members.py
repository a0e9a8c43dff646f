"""Who may sign in is called a member: their table, its columns, and the capability to invite."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NAMING = (
    "roles",
    "sign_ins",
    "second_factors",
    "recovery_codes",
    "api_keys",
    "share_links",
    "oidc_subjects",
)
_INDEXED = ("sign_ins", "recovery_codes")


def upgrade() -> None:
    """Rename table, columns, indexes and capability."""
    _rename(("people", "person"), ("members", "member"))


def downgrade() -> None:
    """Name them as before."""
    _rename(("members", "member"), ("people", "person"))


def _rename(old: tuple[str, str], new: tuple[str, str]) -> None:
    op.rename_table(old[0], new[0])
    for table in _NAMING:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old[1]} TO {new[1]}")
    for table in _INDEXED:
        op.drop_index(f"{table}_by_{old[1]}", table)
        op.create_index(f"{table}_by_{new[1]}", table, [new[1]])
    padded = f"replace(' ' || capabilities || ' ', ' {old[0]} ', ' {new[0]} ')"
    op.execute(f"UPDATE api_keys SET capabilities = trim({padded})")  # noqa: S608 - names of ours
