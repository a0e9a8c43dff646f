"""The first line of a page: one plain sentence, in pieces so that its figures can be set apart."""

from dataclasses import dataclass
from typing import Literal

Family = Literal["", "felt", "did", "paid", "strong", "code"]


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence: `family` says which colour language it speaks, `href` makes it a link."""

    text: str
    family: Family = ""
    href: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence in pieces."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(piece.text for piece in self.pieces)


def sentence(*pieces: str | Piece) -> Sentence:
    """A sentence from words and pieces; empty ones are left out."""
    whole = (Piece(piece) if isinstance(piece, str) else piece for piece in pieces)
    return Sentence(tuple(piece for piece in whole if piece.text))


def coded(text: str) -> tuple[Piece, ...]:
    """Words in which `names in backticks` become code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # an odd backtick is just a character
        return (Piece(text),)
    return tuple(Piece(part, "code" if index % 2 else "") for index, part in enumerate(parts) if part)


def capital(said: Sentence) -> Sentence:
    """The sentence with a capital, unless it begins with code."""
    if not said.pieces or said.pieces[0].family == "code":
        return said
    first = said.pieces[0]
    return Sentence(
        (Piece(first.text[:1].upper() + first.text[1:], first.family, first.href), *said.pieces[1:])
    )


def felt(text: str) -> Piece:
    """Words about what the customer felt."""
    return Piece(text, "felt")


def did(text: str) -> Piece:
    """Words about what customers or systems did."""
    return Piece(text, "did")


def paid(text: str) -> Piece:
    """Words about money."""
    return Piece(text, "paid")


def strong(text: str, href: str = "") -> Piece:
    """Words that carry the answer."""
    return Piece(text, "strong", href)
