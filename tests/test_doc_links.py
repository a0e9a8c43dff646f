"""What the docs lead to is there."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changes/*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#[^)]*)?\)")
CODE_PATH = re.compile(r"`((?:src|tests|benchmarks|deploy|sdk|docs)/[\w./*-]+)[:`]")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_every_path_of_a_page_leads_to_a_file(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = [page.parent / target for target in LINK.findall(text) if target]
    named = [ROOT / path for path in CODE_PATH.findall(text) if "*" not in path]
    built = ("src/afterclick/web/static", "src/afterclick/collect/sdk")
    missing = [
        str(one)
        for one in (*linked, *named)
        if not one.exists() and not str(one.relative_to(ROOT)).startswith(built)
    ]
    assert missing == []


def test_the_rooms_are_told_in_the_order_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    told = re.findall(
        r"^\| `(\w+)` \|",
        (ROOT / "docs" / "architecture.md").read_text("utf-8").split("## Timetable")[0],
        re.M,
    )
    asked = [sorted(layer.split(" | ")) for layer in reversed(layers)]
    assert [sorted(told.pop(0) for _ in layer) for layer in asked] == asked
    assert told == []


def test_decisions_are_numbered_without_holes_and_listed_under_their_titles() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    listed = re.findall(
        r"\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|", (ROOT / "docs/decisions/README.md").read_text("utf-8")
    )
    titles = [record.read_text("utf-8").split("\n", 1)[0] for record in records]
    assert [f"# {number} {title}" for number, _, title in listed] == titles
    assert [file for _, file, _ in listed] == [record.name for record in records]
