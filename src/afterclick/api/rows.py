"""Rows of an Arrow table as values; text that is no UTF-8, which a store may hold, has U+FFFD where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pyarrow as pa


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows, by column name; of two columns of one name the later."""
    names = table.column_names
    columns = [_values(column) for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: Any) -> list[Any]:
    try:
        return column.to_pylist()
    except UnicodeDecodeError:
        return [_decoded(value) for value in column.cast(_raw(column.type)).to_pylist()]


def _raw(kind: Any) -> Any:
    """The type with bytes where it has text."""
    import pyarrow as pa
    from pyarrow import types

    fields = kind  # of a struct

    if types.is_dictionary(kind):
        return _raw(kind.value_type)
    if types.is_string(kind) or types.is_large_string(kind):
        return pa.large_binary()
    if types.is_list(kind):
        return pa.list_(_raw(kind.value_type))
    if types.is_struct(kind):
        return pa.struct([(field.name, _raw(field.type)) for field in fields])
    if types.is_map(kind):
        return pa.map_(_raw(kind.key_type), _raw(kind.item_type))
    return kind


def _decoded(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list | tuple):
        return [_decoded(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {_decoded(key): _decoded(one) for key, one in cast("dict[object, object]", value).items()}
    return value
