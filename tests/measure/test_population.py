"""Whoever counts reads the population: a statement over records of visits leaves out those that do not count."""

import re
from pathlib import Path

import pytest

from afterclick.measure import LEFT_OUT
from afterclick.measure.bound import BOUND
from afterclick.signals import DEVICE_CLASSES
from afterclick.store.schema.catalogue import TABLES

SOURCE = Path(__file__).parents[2] / "src" / "afterclick"
POPULATION = ("visits_counted", "people_counted", "visits_left_out")
RECORDS = {table.name for table in TABLES if table.queryable} - set(POPULATION)
"""Everything that holds something of visits, bots' among them, or of what their requests set off."""
READ = re.compile(rf"\b(?:FROM|JOIN)\s+({'|'.join(sorted(RECORDS))})\b")
MUST = {
    "app/erased.sql": "erasing: a person's records, counted or not",
    "app/intake.sql": "when the newest record came, whoever sent it",
    "cli/checks.py": "whether the engine answers",
    "customers/persons.sql: person_of": "the person of one visit that is open already",
    "journeys/left_out.sql": "the one figure that those who do not count are part of",
    "journeys/visit.sql": "one visit that somebody opens, a bot's too",
    "journeys/visits.sql: matching": "the list: a bot's visit for who asks for it, else by `counted`",
    "pages/connect/seen.sql: seen_services": "which services send spans at all, whoever set them off",
    "resolve/hindsight.sql": "whether much came to a time that is past, whoever sent it",
    "resolve/leavings.sql": "a failure belongs to the visit that asked for it, which counts or does not",
    "resolve/server.sql": "requests at servers, which are nobody's visits: what fails there fails for everyone",
    "resolve/silence.sql: came_live": "whether what came was live or imported, whoever sent it",
    "resolve/slices.sql: slices": "whether anything came of visits since they were counted, whoever they are",
    "resolve/traces.sql": "traces given by name, of visits chosen from the population; marks are no visits",
    "store/drain/replay.sql": "rows that the store refused",
    "store/erasure/": "erasing: a person's records, counted or not",
    "store/rollups/": "rollups hold everything; who counts is decided of them at read, for a verdict may come late",
    "visits/served_routes.sql": "the templates of servers, whoever opened their pages",
    "visits/misdated.sql": "whether a visit is there already, whoever's it is",
    "words/marks.sql": "marks of releases and campaigns, which are no visits",
}
"""What reads such records directly, and why it must."""


def reads() -> dict[str, str]:
    """Every statement that reads records of visits, by its file and name."""
    found: dict[str, str] = {}
    for file in sorted((*SOURCE.rglob("*.sql"), *SOURCE.rglob("*.py"))):
        place, text = file.relative_to(SOURCE).as_posix(), file.read_text("utf-8")
        if place.startswith(("store/schema/", "demo/")):
            continue  # the definitions themselves, and a shop that has no store
        parts = re.split(r"^-- name: (\w+)\n", text, flags=re.M)
        named = dict(zip(parts[1::2], parts[2::2], strict=True)) if len(parts) > 1 else {"": text}
        for name, sql in named.items():
            if READ.search(re.sub(r"^\s*--.*$", "", sql, flags=re.M)):
                found[f"{place}: {name}" if name else place] = sql
    return found


READS = reads()


def excused(place: str) -> bool:
    return any(
        place.startswith(one) and (one.endswith("/") or place[len(one) :][:1] in ("", ":")) for one in MUST
    )


@pytest.mark.parametrize("place", READS)
def test_a_statement_reads_the_population_or_says_here_why_it_must_not(place: str) -> None:
    read = {name for name in POPULATION if re.search(rf"\b{name}\b", READS[place])}
    assert read or excused(place), f"{place} counts visits that do not count: read {' or '.join(POPULATION)}."


@pytest.mark.parametrize("one", MUST)
def test_what_is_excused_still_reads_such_records(one: str) -> None:
    assert any(place.startswith(one) for place in READS)


def test_these_are_left_out_and_nobody_else() -> None:
    """Written down a second time: what is left out by mistake is missing in every figure at once."""
    assert {kind.name: kind.device_classes for kind in LEFT_OUT} == {
        "bots": ("bot",), "programs": ("program",), "synthetic": ("bot",), "internal": ("internal",),
        "told by servers": (),
    }  # fmt: skip
    assert BOUND["left_out"] == ["bot", "internal", "program"]
    assert set(DEVICE_CLASSES) - {"bot", "internal", "program"} == {"mobile", "tablet", "desktop"}
