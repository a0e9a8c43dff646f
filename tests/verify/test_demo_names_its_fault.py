"""The whole demo, as a script would check it, for each of its faults. Slow: each starts everything there is."""

import json
import subprocess
import sys

import pytest
from tests.resolve.answers import answers

pytestmark = pytest.mark.verify


@pytest.mark.parametrize("fault", sorted(answers()))
def test_the_demo_names_its_fault_first_with_its_price_and_its_cause(fault: str) -> None:
    command = [sys.executable, "-m", "afterclick.cli", "demo", "--once", "--json", "--fault", fault]
    told = subprocess.run(command, capture_output=True, check=True, text=True, timeout=600)
    first = json.loads(told.stdout)[0]
    print(f"\n{fault}: {first['sentence']}")
    answer = answers()[fault]
    assert (first["step"], first["signal"]) == (answer.step, answer.signal)
    assert first["segment"] == answer.segment
    assert first["estimate"]["status"] == "priced"
    assert first["estimate"]["orders_lost"]["low"] > 0
    assert first["cause"]["kind"] == answer.kind
    assert answer.is_named_by(first["cause"]), first["cause"]
