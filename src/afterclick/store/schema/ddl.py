"""The statement that makes a table of its record, and what a server wants in it."""

from afterclick.store.engine.dsn import SignalsDsn
from afterclick.store.schema.table import Table

_DICTIONARY_SOURCE = "SOURCE(CLICKHOUSE("


def created(table: Table, *, on: str = "") -> str:
    """The statement that makes a table or a dictionary of the record."""
    kind = "DICTIONARY" if table.engine == "Dictionary" else "TABLE"
    lines = [column.definition for column in table.columns] + [f"INDEX {index}" for index in table.indexes]
    columns = ",\n".join(f"    {line}" for line in lines)
    return f"CREATE {kind} IF NOT EXISTS {table.name}{on}\n(\n{columns}\n)\n{_clauses(table)}"


def _clauses(table: Table) -> str:
    if table.clauses:
        return table.clauses
    clauses = (
        ("ENGINE = ", table.engine),
        ("PARTITION BY ", table.partition_by),
        ("ORDER BY ", table.order_by),
        ("TTL ", table.ttl),
        ("SETTINGS ", table.settings),
    )
    return "\n".join(f"{word}{clause}" for word, clause in clauses if clause)


def signed_in(statement: str, dsn: SignalsDsn) -> str:
    """The statement with the server's user and password where it reads a table by itself, as a dictionary does."""
    before, source, after = statement.partition(_DICTIONARY_SOURCE)
    if not dsn.is_server or not source:
        return statement
    table, end, rest = after.partition("))")
    return f"{before}{source}{table} USER {quoted(dsn.user)} PASSWORD {quoted(dsn.password)}{end}{rest}"


def quoted(text: str) -> str:
    """The text as a literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
