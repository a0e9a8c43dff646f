"""The figures that charts write in the browser: money with each currency's own minor unit, as tables do."""

import json
import subprocess
from pathlib import Path

import build_assets
import pytest

from afterclick.words.figures import money

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "src/afterclick/web/assets/scripts/figures.ts"
AMOUNTS = [
    (1234.0, "JPY"),
    (1234.0, "KRW"),
    (1234.5, "KWD"),
    (1234.56, "EUR"),
    (4210.0, "USD"),
    (0.05, "EUR"),
]
ASK = """
import {{ figure, short }} from {module};
console.log(JSON.stringify({amounts}.map(([amount, currency]) => {how}(amount, 'money', currency))));
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script as a module that Node reads."""
    built = tmp_path_factory.mktemp("figures") / "figures.mjs"
    bundler = ROOT / "node_modules/esbuild/bin/esbuild"
    subprocess.run([bundler, SCRIPT, "--format=esm", f"--outfile={built}", "--log-level=error"], check=True)
    return built


def written(module: Path, how: str) -> list[str]:
    asked = ASK.format(module=json.dumps(str(module)), amounts=json.dumps(AMOUNTS), how=how)
    command = [str(build_assets.node()), "--input-type=module", "--eval", asked]
    told: list[str] = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
    return told


def test_charts_write_money_as_the_tables_do_with_each_currencys_own_minor_unit(module: Path) -> None:
    assert written(module, "figure") == [money(amount, currency, exact=True) for amount, currency in AMOUNTS]
    assert written(module, "figure")[:3] == ["¥1,234", "₩1,234", "KWD\u00a01,234.500"]


def test_an_axis_writes_money_short_in_any_currency(module: Path) -> None:
    assert written(module, "short")[:4] == ["¥1.23K", "₩1.23K", "KWD\u00a01.23K", "€1.23K"]
