"""Retention: rows of dated tables go once they are older than is set, for the installation and for one site."""

from collections.abc import Mapping

from afterclick.store.engine.connection import Engine
from afterclick.store.schema.catalogue import TABLES

_DATED = {table.name: table.dated_by for table in TABLES if table.dated_by}


def keep_for(engine: Engine, days: int) -> None:
    """Let the engine delete rows older than `days`; a changed number holds for what is there already, too.

    More than 25 years count as 25: the engine's calendar for this ends in 2106.
    """
    days = min(days, 25 * 365)
    for table, column in _DATED.items():
        rule = f"toDateTime({column}) + toIntervalDay({days})"
        found = engine.rows(_ENGINE_OF, {"table": table}, tag="retention")[0]["engine_full"]
        if f"TTL {rule}" not in found:
            engine.command(f"ALTER TABLE {table} MODIFY TTL {rule}")


def drop_older(engine: Engine, site: str, before: int) -> Mapping[str, int]:
    """Delete the site's rows from before `before` (UTC ms) by rewriting their parts; how many, by table."""
    parameters = {"site": site, "before": before}
    gone: dict[str, int] = {}
    for table, column in _DATED.items():
        older = f"site = {{site:String}} AND {column} < fromUnixTimestamp64Milli({{before:Int64}}, 'UTC')"
        counting = f"SELECT count() AS n FROM {table} WHERE {older} SETTINGS final = 0"  # noqa: S608
        if rows := engine.rows(counting, parameters, tag="retention")[0]["n"]:
            engine.command(
                f"ALTER TABLE {table} DELETE WHERE {older} SETTINGS mutations_sync = 1", parameters
            )
            gone[table] = rows
    return gone


_ENGINE_OF = (
    "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = {table:String}"
)
