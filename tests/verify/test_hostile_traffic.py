import pytest
from benchmarks import hostile


@pytest.mark.verify
def test_normal_requests_keep_their_pace_and_the_collector_its_memory_under_attack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["hostile"])
    assert hostile.main()
