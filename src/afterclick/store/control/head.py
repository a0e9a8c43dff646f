"""Whether the control database is at the newest revision, asked without Alembic: every start asks, few have to migrate.

A revision's file begins with its number, `0009_api_keys.py`.
"""

from importlib import resources
from pathlib import Path

from sqlalchemy import Engine, inspect, text


def is_at_head(engine: Engine) -> bool:
    """Whether nothing is due and no newer release has written the database."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        at = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    return at == [_newest()]


def is_begun(engine: Engine) -> bool:
    """Whether the database was ever made ours. Makes nothing: where SQLite's file is missing, it stays so."""
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return False
    with engine.connect() as connection:
        return inspect(connection).has_table("alembic_version")


def _newest() -> str:
    files = resources.files("afterclick.store.control").joinpath("migrations", "versions").iterdir()
    return max(file.name.split("_")[0] for file in files if file.name[:1].isdigit())
