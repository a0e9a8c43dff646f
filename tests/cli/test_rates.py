"""`afterclick rates`, over the API of an installation."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.accounts.bank import DAYS, QUOTED, history
from tests.cli.asking import asking
from typer.testing import CliRunner, Result

from afterclick.api.body import LARGEST
from afterclick.app.installation import Installation
from afterclick.cli import rates
from afterclick.cli.connection import Api
from afterclick.cli.shown import ShownRates
from afterclick.errors import InvalidInput
from afterclick.settings import load
from afterclick.store.control.database import open_control
from afterclick.store.store import Store

TODAY = datetime.now(UTC).date()
KEPT_DAYS = 30


@pytest.fixture
def api(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The API of an installation of its own, which the verbs reach."""
    own = load({"AFTERCLICK_DATA": str(tmp_path / "data"), "AFTERCLICK_RETENTION_DAYS": str(KEPT_DAYS)})
    own.data.mkdir()
    control = open_control(own)
    with asking(Installation.over(own, control, store)) as api:

        @contextmanager
        def connect(_: object) -> Generator[Api]:
            yield api

        monkeypatch.setattr(rates, "connect", connect)
        yield api
    control.dispose()


def imported(file: Path) -> Result:
    return CliRunner().invoke(rates.app, ["import", str(file)])


def written(folder: Path, content: str | bytes) -> Path:
    file = folder / "rates.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_the_banks_whole_history_is_sent_in_pieces(api: Api, tmp_path: Path) -> None:
    text = history(TODAY)
    assert len(text) > 7 * LARGEST
    said = imported(written(tmp_path, text))
    days = KEPT_DAYS + 8
    assert f"{days * len(QUOTED) - 1:,} rates kept, {(DAYS - days) * len(QUOTED):,} of days" in said.output
    assert "Line 2 is kept but for PEN: 'much' is no rate" in said.output
    found = {one.currency: one for one in api.get("/rates", list[ShownRates])}
    assert {code: one.rates for code, one in found.items()} == dict.fromkeys(QUOTED, days) | {"PEN": days - 1}


@pytest.mark.parametrize("head", ["date,currency,rate\n", ""])
def test_a_wrong_line_of_a_later_piece_is_told_by_its_number_in_the_file(
    api: Api, tmp_path: Path, head: str
) -> None:
    lines = [f"{TODAY - timedelta(days=back % 20)},USD,0.9\n" for back in range(40_000)]
    lines[35_000] = "soon,USD,0.9\n"
    said = imported(written(tmp_path, head + "".join(lines)))
    assert f"Line {35_001 + bool(head)} is left out: 'soon' is no day" in said.output
    assert said.output.count("is left out") == 1


def test_what_is_odd_about_a_head_is_told_once(api: Api, tmp_path: Path) -> None:
    lines = history(TODAY).replace(QUOTED[0], "XQQ", 1)
    said = imported(written(tmp_path, lines)).output
    assert said.count("names XQQ, no ISO 4217 currency") == 1


def test_a_file_of_utf_16_with_semicolons_and_decimal_commas_is_read(api: Api, tmp_path: Path) -> None:
    said = imported(written(tmp_path, f"Date;Currency;Rate\r\n{TODAY};USD;0,91\r\n".encode("utf-16")))
    assert "1 rates kept" in said.output
    assert [one.newest for one in api.get("/rates", list[ShownRates])] == ["0.91"]


def test_where_nothing_is_kept_no_total_is_said_to_follow(api: Api, tmp_path: Path) -> None:
    said = imported(written(tmp_path, "date,currency,rate\n2001-01-01,USD,0.9\n"))
    assert (said.exit_code, said.output) == (
        1,
        "No rate is kept: 1 of days before all that is kept left out.\n",
    )


def test_an_empty_file_is_told_so(api: Api, tmp_path: Path) -> None:
    assert "This file is empty; send lines" in str(imported(written(tmp_path, "")).exception)


def test_a_piece_that_is_refused_says_what_was_kept_before_it(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("afterclick.accounts.exchange_rates.MOST", len(QUOTED))
    monkeypatch.setattr(rates, "LARGEST", 500)
    error = imported(written(tmp_path, history(TODAY, 5))).exception
    assert isinstance(error, InvalidInput)
    assert f"forget those of currencies that it has no orders in. {len(QUOTED) - 1} rates" in str(error)


def test_a_body_above_the_limit_is_refused_with_the_limit(api: Api) -> None:
    with pytest.raises(InvalidInput, match="At most 262,144 bytes are taken here at a time"):
        api.send("POST", "/rates/file", history(TODAY))


@pytest.mark.parametrize("after", ["-1", "x", "9" * 12])
def test_a_number_of_lines_that_is_none_is_refused(api: Api, after: str) -> None:
    with pytest.raises(InvalidInput, match="is no number of lines"):
        api.send("POST", "/rates/file", "date,currency,rate\n", after=after)
