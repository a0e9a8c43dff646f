"""The Definitions page: what each number means, as the catalogue has it."""

from dataclasses import dataclass

from afterclick.measure import CATALOGUE
from afterclick.words.sentence import Sentence, sentence


@dataclass(frozen=True)
class DefinitionLine:
    """One metric: its anchor, name, meaning, version, and from which n on it is shown."""

    anchor: str
    name: str
    words: str
    version: int
    least: int


@dataclass(frozen=True)
class DefinitionsPage:
    """Every metric of the catalogue, in its order."""

    answer: Sentence
    lines: tuple[DefinitionLine, ...]


def definitions() -> DefinitionsPage:
    """Word the catalogue."""
    lines = tuple(
        DefinitionLine(one.anchor, one.name, one.words, one.version, one.least) for one in CATALOGUE
    )
    return DefinitionsPage(sentence("Every number on these pages means one thing, and says so."), lines)
