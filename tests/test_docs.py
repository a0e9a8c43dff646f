"""The docs are held against the code."""

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest

from afterclick.drops import REASONS, Reason
from afterclick.errors import Misconfigured
from afterclick.settings import GROUPS, SETTINGS, Setting, Settings, load

DOCS = Path(__file__).parent.parent / "docs"


def test_every_setting_is_documented_in_its_group_with_its_variable_default_and_help() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    told = [section.split("\n") for section in text.split("\n## ")[1:]]
    assert [lines[0] for lines in told] == [group.name for group in GROUPS]
    for group, lines in zip(GROUPS, told, strict=True):
        assert lines[1] == f"{group.about[:1].upper()}{group.about[1:]}."
        assert [line for line in lines if line.startswith("| `")] == [line_of(row) for row in group.settings]


def line_of(row: Setting) -> str:
    default = f"`{row.default}`" if row.default != "" else "empty"
    return f"| `{row.name}` | `{row.variable}` | {default} | {row.help} |"


def test_every_setting_is_in_force_and_none_stands_twice() -> None:
    names = [row.name for row in SETTINGS]
    assert len(names) == len(set(names))
    assert set(names) == {field.name for field in fields(Settings)} - {"origins", "file"}


def test_what_nothing_means_is_said_of_each_setting_that_may_be_empty() -> None:
    assert not [row.name for row in SETTINGS if row.default == "" and not row.nothing]


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "afterclick.toml"
    file.write_text('port = 9000\nhost = "0.0.0.0"\n', encoding="utf-8")
    settings = load({"AFTERCLICK_PORT": "9100"}, file)
    assert (settings.port, settings.host, settings.collector_port) == (9100, "0.0.0.0", 4318)


@pytest.mark.parametrize(
    ("text", "environment", "says"),
    [
        ("prot = 9000", {}, "unknown settings: prot"),
        ("port = = 1", {}, "not valid TOML"),
        ("", {"AFTERCLICK_PORT": "many"}, "AFTERCLICK_PORT must be a whole number"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, text: str, environment: dict[str, str], says: str
) -> None:
    file = tmp_path / "afterclick.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=says):
        load(environment, file)


def test_the_settings_in_force_tell_where_each_came_from_and_hide_what_is_secret(tmp_path: Path) -> None:
    file = tmp_path / "afterclick.toml"
    file.write_text('store = "clickhouses://me:p%40ss/w@rd@db:8443/x"\nport = 9000\n', encoding="utf-8")
    told = load(
        {"AFTERCLICK_PORT": "9100", "AFTERCLICK_DATABASE": "postgresql+psycopg://h/d?password=hush"}, file
    )
    rows = {row.name: row for row in told.in_force()}
    assert [row.name for row in told.in_force()] == [row.name for row in SETTINGS]
    assert (rows["port"].value, rows["port"].origin) == ("9100", "environment")
    assert (rows["store"].value, rows["store"].origin) == ("clickhouses://me:•••@db:8443/x", "file")
    assert rows["database"].value == "postgresql+psycopg://h/d?password=•••"
    assert (rows["host"].value, rows["host"].origin) == ("127.0.0.1", "default")


def test_every_reason_to_drop_a_row_is_told_as_its_record_says_and_no_other() -> None:
    text = (DOCS / "collect.md").read_text(encoding="utf-8")
    told = text.partition("<!-- reasons -->\n")[2].partition("\n<!-- /reasons -->")[0]
    assert told == table_of(REASONS.values())


FAULTS = {"sender": "the sender's", "choice": "by choice", "here": "ours"}


def table_of(reasons: Iterable[Reason]) -> str:
    lines = ["| reason | of | meaning | what to do | whose doing |", "|---|---|---|---|---|"]
    for one in reasons:
        name, meaning = f'<a id="{one.anchor}"></a>`{one.key}`', f"{one.words} {one.detail}".strip()
        lines.append(f"| {name} | {one.of} | {meaning} | {one.remedy} | {FAULTS[one.fault]} |")
    return "\n".join(lines)
