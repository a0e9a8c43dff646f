"""Setting a row whose key several processes may write first at the same time."""

from collections.abc import Mapping, Sequence

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from afterclick.store.control.database import Base

_INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def put(session: Session, row: Base) -> None:
    """Set the row in the place of the one of its key, or as a new one; what it does not say stays.

    `Session.merge` looks first and then writes: of two that find nothing the second fails.
    """
    state = inspect(row)
    said = {
        attribute.columns[0].name: state.dict[attribute.key]
        for attribute in state.mapper.column_attrs
        if attribute.key in state.dict
    }
    key = [column.name for column in state.mapper.primary_key]
    insert = _INSERTS[session.get_bind().dialect.name](type(row)).values(said)
    new = {name: insert.excluded[name] for name in said if name not in key}
    session.execute(
        insert.on_conflict_do_update(index_elements=key, set_=new)
        if new
        else insert.on_conflict_do_nothing(index_elements=key)
    )


def put_all(session: Session, table: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Set many rows of a table, each with all columns, in the place of those of their keys or as new ones."""
    if not rows:
        return
    key = [column.name for column in inspect(table).primary_key]
    insert = _INSERTS[session.get_bind().dialect.name](table)
    new = {name: insert.excluded[name] for name in rows[0] if name not in key}
    session.execute(insert.on_conflict_do_update(index_elements=key, set_=new), rows)
