"""Rows of a file that a spreadsheet opens."""

import csv
import io

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_row(values: tuple[object, ...]) -> str:
    """A line of CSV (RFC 4180); a text that a spreadsheet would take for a formula has an apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(value) for value in values])
    return out.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
