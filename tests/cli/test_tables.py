"""What a terminal shows: no sentence is broken into more lines than it must be, however narrow the terminal."""

import io
import uuid

import msgspec
import pytest
from rich.console import Console, RenderableType
from tests.web.troubles import a_problem

from afterclick.api.records import KeyData
from afterclick.cli import tables
from afterclick.cli.checks import Check
from afterclick.cli.shown import ShownProblem, ShownVisit

SENTENCE = (
    "`payment → acquirer` takes 3.1 s more than usual for who pays by a card of American Express on a phone"
)
WIDTHS = pytest.mark.parametrize("width", [80, 120])


def drawn(what: RenderableType, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(what)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert all(len(line) <= width for line in lines)
    return lines


def lines_of(sentence: str, lines: list[str]) -> int:
    """Over how many lines a sentence is spread."""
    first, last = sentence.split()[:2], sentence.split()[-2:]
    [begin] = [at for at, line in enumerate(lines) if " ".join(first) in line]
    return next(at for at in range(begin, len(lines)) if " ".join(last) in lines[at]) - begin + 1


@WIDTHS
def test_a_problem_says_its_cause_and_its_cost_over_the_whole_width(width: int) -> None:
    told = msgspec.to_builtins(a_problem("shop"))
    told["cause"]["sentence"] = SENTENCE
    lines = drawn(tables.problems([msgspec.convert(told, ShownProblem, strict=False)], "UTC"), width)
    assert lines_of(f"because {SENTENCE}", lines) <= 2
    assert lines_of(next(line for line in lines if "orders lost" in line).strip(), lines) == 1
    assert len(lines) <= 4


@WIDTHS
def test_a_long_visit_is_shown_by_how_it_began_and_ended(width: int) -> None:
    visit = ShownVisit(
        str(uuid.uuid4()), 1_780_000_000_000, "mobile", "CZ", True, True, True,
        [f"step-{number}" for number in range(60)], 1, 120.0, "EUR",
    )  # fmt: skip
    lines = drawn(tables.visits([visit], "UTC"), width)
    assert len(lines) <= 4
    assert "slow, errors, struggle  €120.00" in lines[0]
    assert "step-3 → … 52 more … → step-56" in " ".join(" ".join(lines).split())
    assert lines[-1].strip() == visit.session_id


@WIDTHS
def test_a_key_and_its_dsn_are_whole_to_be_copied(width: int) -> None:
    clear = f"ac_{uuid.uuid4().hex}"
    key = KeyData(
        site="shop", name="the storefront in Prague", prefix=clear[:9], capabilities=(), created=1_780_000_000_000,
        revoked=None, clear=clear, origins=("https://shop.example", "https://www.shop.example"), browsers_only=False,
        ends=None, used=None, valid=True, dsn=f"http://{clear}@127.0.0.1:4318/1",
    )  # fmt: skip
    lines = drawn(tables.keys([key], "UTC"), width)
    assert lines[0].startswith(clear)
    assert f"  {key.dsn}" in lines
    assert len(lines) <= 6


@WIDTHS
def test_a_finding_of_the_doctor_takes_a_few_lines(width: int) -> None:
    finding = (
        "There is no installation in /var/lib/afterclick: set AFTERCLICK_DATA to the folder of one, or begin one with "
        "`afterclick serve`."
    )
    assert lines_of(finding, drawn(tables.checks([Check("data folder", "trouble", finding)]), width)) <= 4


@pytest.mark.parametrize(
    ("currency", "paid", "lost"),
    [
        ("EUR", "€1,234.50", "€1,230"), ("JPY", "¥1,234", "¥1,230"), ("KWD", "KWD\u00a01,234.500", "KWD\u00a01,230"),
        ("CZK", "CZK\u00a01,234.50", "CZK\u00a01,230"),
    ],
)  # fmt: skip
def test_money_is_written_as_on_the_pages(currency: str, paid: str, lost: str) -> None:
    visit = ShownVisit(
        str(uuid.uuid4()), 1_780_000_000_000, "mobile", "CZ", False, False, False, ["start"], 1,
        1234 if currency == "JPY" else 1234.5, currency,
    )  # fmt: skip
    assert paid in drawn(tables.visits([visit], "UTC"), 200)[0]
    told = msgspec.to_builtins(a_problem("shop"))
    told["estimate"]["currency"] = currency
    told["estimate"]["revenue_lost"] |= {"value": 1234.0, "low": 1234.0, "high": 1234.0}
    lines = drawn(tables.problems([msgspec.convert(told, ShownProblem, strict=False)], "UTC"), 200)
    assert f"revenue lost {lost} ({lost} to {lost})" in " ".join(lines)


def test_times_are_those_of_the_sites_zone_which_they_name() -> None:
    visit = ShownVisit(
        str(uuid.uuid4()), 1_780_000_000_000, "mobile", "CZ", False, False, False, ["start"], 0, None, "EUR"
    )
    assert drawn(tables.visits([visit], "America/New_York"), 200)[0].startswith("2026-05-28 16:26 EDT")
    problem = msgspec.convert(msgspec.to_builtins(a_problem("shop")), ShownProblem, strict=False)
    assert " CET  " in drawn(tables.problems([problem], "Europe/Prague"), 200)[0].replace("CEST", "CET")
