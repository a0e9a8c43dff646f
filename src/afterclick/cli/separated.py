"""Tables of separated cells (CSV), row by row: one that cannot be read is counted with its line and costs no other."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain
from typing import IO, cast

from afterclick.api.body import encoding_of
from afterclick.cli.left import Left
from afterclick.cli.rows import check_columns
from afterclick.drops import DropReason
from afterclick.errors import InvalidInput

_SEPARATORS = (",", ";", "\t", "|")
_SAID = re.compile(
    r'"?sep=(.)"?\r?\n', re.IGNORECASE
)  # the line by which a spreadsheet is told what separates cells
_LONGEST_HEAD = 1_000_000  # characters of the line that names the columns
_UNREAD = "\udcff"  # stands for bytes that are no character; no text that was read has it
_CONVERT = "save the file as CSV UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8"
_UNCLOSED = "opens a quote that nothing closes; close it, and write a quote within a quoted cell twice"

codecs.register_error("afterclick.unread", lambda error: (_UNREAD, cast("UnicodeDecodeError", error).end))


class _Unread(ValueError):
    """Why a line, or a row that begins with it, is left out; the sentence goes on from its number."""

    def __init__(self, reason: DropReason, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class _Lines(Iterator[str]):
    """The lines of a text; `row` are those of the row at hand, which may be handed back but for the first."""

    def __init__(self, source: Iterator[str], read: int) -> None:
        self._source, self._again, self._read = source, deque[str](), read
        self.row: list[str] = []

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self._read += 1
        self.row.append(line)
        return line

    @property
    def number(self) -> int:
        """Of the row's first line."""
        return self._read - len(self.row) + 1

    def back(self) -> None:
        """Let the next row begin with the second line of this one."""
        self._again.extendleft(reversed(self.row[1:]))
        self._read -= len(self.row) - 1
        del self.row[1:]


def rows(file: IO[bytes], left: Left) -> Iterator[dict[str, object]]:
    """Rows by the columns that the first line names; empty cells are left out.

    Raises InvalidInput when the first line names no columns, or one twice.
    """
    whole = io.BufferedReader(cast("io.RawIOBase", file))
    encoding = encoding_of(whole.peek(2)[:2])
    text = io.TextIOWrapper(whole, encoding, "afterclick.unread", newline="")
    try:
        yield from _rows(text, "UTF-16" if "16" in encoding else "UTF-8", left)
    finally:
        text.detach().detach()  # the file is its owner's to close


def _rows(text: io.TextIOWrapper, encoding: str, left: Left) -> Iterator[dict[str, object]]:
    blank = 0
    while (first := text.readline(_LONGEST_HEAD)) and not first.strip():
        blank += 1
    said = _SAID.fullmatch(first)
    separator = said[1] if said else _separator(first)
    lines = _Lines(text, blank + 1) if said else _Lines(chain([first] if first else [], text), blank)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        head = _cells(reader, lines, separator, encoding)
    except _Unread as error:
        raise InvalidInput(f"The file's first line does not name columns: it {error}.") from error
    check_columns(head or ())
    if head is not None and "\0" in "".join(head):
        raise InvalidInput(
            "The file's first line does not name columns: it holds zero bytes, so the file is no text; export it anew."
        )
    while head is not None:
        try:
            if (cells := _cells(reader, lines, separator, encoding)) is None:
                return
            if cells:
                yield _row(head, cells, lines)
        except _Unread as error:
            left.add(error.reason, f"Line {lines.number} {error}.")


def _separator(head: str) -> str:
    """What stands between the names of columns most often: spreadsheets of half the world write semicolons."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(_SEPARATORS, key=bare.count)


def _cells(reader: "Iterator[list[str]]", lines: _Lines, separator: str, encoding: str) -> list[str] | None:
    """The cells of the next row, None when there is none; raises _Unread."""
    lines.row.clear()
    try:
        cells = next(reader, None)
    except csv.Error:
        cells = _as_one_line(lines, separator)
    if any(_UNREAD in line for line in lines.row):
        raise _Unread("wrong_encoding", f"is not {encoding}; {_CONVERT}")
    return cells


def _as_one_line(lines: _Lines, separator: str) -> list[str]:
    """The row at hand by its first line alone, whose quotes may be odd as long as none is left open."""
    lines.back()
    reader = csv.reader([*lines.row, ""], delimiter=separator)
    try:
        cells = next(reader)
    except csv.Error as error:
        raise _Unread("malformed", f"is not readable as a row: {error}") from error
    if reader.line_num > 1:
        raise _Unread("unclosed_quote", _UNCLOSED)
    return cells


def _row(head: list[str], cells: list[str], lines: _Lines) -> dict[str, object]:
    if any(cell.strip() for cell in cells[len(head) :]):
        if len(lines.row) > 1:  # the quote was closed by one of another row
            lines.back()
            raise _Unread("unclosed_quote", _UNCLOSED)
        raise _Unread(
            "extra_cells",
            f"has {len(cells)} cells where the first line names {len(head)} columns; "
            "put a cell that holds the separator in quotes",
        )
    row: dict[str, object] = {
        name: bare
        for name, cell in zip(head, cells, strict=False)
        if name and (bare := cell.replace("\0", ""))
    }
    if not row and any("\0" in cell for cell in cells):
        raise _Unread("malformed", "holds nothing but zero bytes")
    return row
