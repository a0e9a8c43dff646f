"""Calls between services: the one definition, which settling and the service map both put into their statements."""

from afterclick.store.engine.query import Statement, named, statements

_CALLS = named("afterclick.store.rollups", "calls.sql")["calls"]
_PLACE = "{calls}"


def over_calls(package: str, file: str) -> dict[str, Statement]:
    """The statements of a file, with the definition of `calls` where they say `{calls}`.

    It reads the WITH query `linked` before it, of spans with their `minute`, which narrows them to a site and a time.
    """
    return {
        name: Statement(name, statement.sql.replace(_PLACE, _CALLS))
        for name, statement in statements(package, file).items()
    }
