import subprocess
import sys
from pathlib import Path

VISITS, MEMORY = 80_000, 110_000_000


def test_many_short_visits_of_one_hour_are_rebuilt_within_little_memory(tmp_path: Path) -> None:
    command = [
        sys.executable,
        Path(__file__).parents[1] / "rebuilding.py",
        tmp_path,
        str(VISITS),
        str(MEMORY),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == VISITS
