"""The checklist of docs/security.md names every requirement, and a test that exists for each that it calls met."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [file for file in (ROOT / "src" / "afterclick").rglob("*.py") if "demo" not in file.parts]
STATES = ("met", "partly", "not met", "does not apply")

REQUIRED = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
"""How many requirements of ASVS 5.0.0 each section has on levels 1 and 2; in each they come before those of level 3."""

Row = tuple[str, str, str]


def rows() -> list[Row]:
    """The numbers, the state and the proof of each line of the checklist."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (V[\d.]+(?: to V[\d.]+)?) \| [^|]+ \| ([^|]+) \| (.+) \|$", text, re.MULTILINE)
    return [(numbers, state, proof) for numbers, state, proof in found]


def numbers_of(told: str) -> Iterator[str]:
    """Each number of "V1.2.6 to V1.2.8"; one that goes over sections takes all of the chapter."""
    first, _, last = told.replace("V", "").partition(" to ")
    section, _, start = first.rpartition(".")
    if not last:
        yield first
    elif last.startswith(f"{section}."):
        yield from (f"{section}.{number}" for number in range(int(start), int(last.rpartition(".")[2]) + 1))
    else:
        chapter = section.partition(".")[0]
        yield from (number for number in all_numbers() if number.startswith(f"{chapter}."))


def all_numbers() -> Iterator[str]:
    for section, count in REQUIRED.items():
        yield from (f"{section}.{number}" for number in range(1, count + 1))


def test_every_requirement_of_levels_one_and_two_is_answered_once() -> None:
    answered = [number for told, _, _ in rows() for number in numbers_of(told)]
    assert sorted(answered) == sorted(all_numbers())


def test_each_answer_is_shown_by_something_that_exists_or_says_what_is_missing() -> None:
    for told, state, proof in rows():
        tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", proof)
        pages = re.findall(r"\]\(([\w./]+\.md)\)", proof)
        assert state in STATES, told
        for file, name in tests:
            source = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^(async )?def {name}\(", source, re.MULTILINE), (
                f"{told}: {file} has no {name}"
            )
        for page in pages:
            assert (ROOT / "docs" / page).resolve().is_file(), f"{told}: there is no {page}"
        assert (tests or pages) if state in ("met", "partly") else len(proof) > 10, told
        assert state != "partly" or "; " in proof, f"{told}: what is missing?"


def calls() -> Iterator[tuple[Path, ast.Call]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield file, node


def test_no_shell_is_ever_called() -> None:
    for file, call in calls():
        name = ast.unparse(call.func)
        assert name not in ("os.system", "os.popen", "eval", "exec", "pickle.loads", "pickle.load"), file
        assert not any(word.arg == "shell" for word in call.keywords), file


def test_no_format_string_comes_from_input() -> None:
    for file, call in calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("format", "format_map"):
            on = ast.unparse(call.func.value)
            ours = isinstance(call.func.value, ast.Constant) or re.match(r"_?[A-Z][A-Z_]*\b", on)
            assert ours or on == "msgspec.json", f"{file}: {on}.format"


@pytest.mark.parametrize("broken", ["md5", "sha1", "DES", "ARC4", "ECB"])
def test_no_broken_hash_is_used(broken: str) -> None:
    for file, call in calls():
        assert ast.unparse(call.func).rpartition(".")[2] != broken, file
