"""Retention of one site: rows that are older than it keeps them, of every table whose rows age."""

from collections.abc import Mapping

from afterclick.store.engine.connection import Engine
from afterclick.store.schema.tables import DATED


def drop_older(engine: Engine, site: str, before: int) -> Mapping[str, int]:
    """Delete the site's rows from before `before` (UTC ms) by rewriting their parts; how many, by table."""
    parameters = {"site": site, "before": before}
    gone: dict[str, int] = {}
    for table, column in DATED.items():
        older = f"site = {{site:String}} AND {column} < fromUnixTimestamp64Milli({{before:Int64}}, 'UTC')"
        counting = f"SELECT count() AS n FROM {table} WHERE {older} SETTINGS final = 0"  # noqa: S608
        if rows := engine.rows(counting, parameters, tag="retention")[0]["n"]:
            engine.command(
                f"ALTER TABLE {table} DELETE WHERE {older} SETTINGS mutations_sync = 1", parameters
            )
            gone[table] = rows
    return gone
