"""How the browser draws a trend: a value that has no neighbour is a dot."""

import json
import subprocess
from pathlib import Path

import build_assets
import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "src/afterclick/web/assets/scripts/trend.ts"
ASK = """
import {{ trendOption }} from {module};
const colours = new Proxy({{}}, {{ get: () => 'rgb(0, 0, 0)' }});
const values = {values};
const times = values.map((_, index) => index * 3600000);
const line = {{ name: 'Visits', family: 'did', unit: 'count', values, previous: [] }};
const trend = {{ kind: 'trend', times, until: 36000000, lines: [line], marks: [], zone: 'UTC', currency: '' }};
const drawn = trendOption(trend, colours, 1280).series[1];
console.log(JSON.stringify(values.map((_, at) => drawn.showSymbol && drawn.symbolSize(0, {{ dataIndex: at }}) > 0)));
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script, with what it imports, as a module that Node reads."""
    built = tmp_path_factory.mktemp("trend") / "trend.mjs"
    bundler = ROOT / "node_modules/esbuild/bin/esbuild"
    asked = [bundler, SCRIPT, "--bundle", "--format=esm", f"--outfile={built}", "--log-level=error"]
    subprocess.run(asked, check=True)
    return built


@pytest.mark.parametrize(
    ("values", "dots"),
    [
        ([7], [True]),
        ([None, None, 7], [False, False, True]),
        ([1, None, 3, 4], [True, False, False, False]),
        ([1, 2, 3], [False, False, False]),
        ([0], [True]),
    ],
)
def test_a_value_without_a_neighbour_is_drawn_as_a_dot(
    module: Path, values: list[float | None], dots: list[bool]
) -> None:
    asked = ASK.format(module=json.dumps(str(module)), values=json.dumps(values))
    command = [str(build_assets.node()), "--input-type=module", "--eval", asked]
    assert json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout) == dots
