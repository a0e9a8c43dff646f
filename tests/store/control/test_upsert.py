"""A row that several processes write first at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from afterclick.settings import Settings
from afterclick.store.control.database import open_control
from afterclick.store.control.learned import Fact, Learned

WRITERS, SITES = 6, 20
COUNT = Fact("count", int)


def test_of_several_that_write_a_row_first_none_fails_and_one_is_kept(control_settings: Settings) -> None:
    engine = open_control(control_settings)
    learned = Learned(engine)
    together = Barrier(WRITERS)

    def write(site: str, value: int) -> None:
        together.wait()
        learned.keep(site, COUNT, value, value)

    with ThreadPoolExecutor(WRITERS) as pool:
        for site in range(SITES):
            written = [pool.submit(write, f"site-{site}", value) for value in range(WRITERS)]
            assert [one.exception() for one in written] == [None] * WRITERS
    for site in range(SITES):
        kept = learned.newest(f"site-{site}", COUNT)
        assert kept is not None
        assert kept.value == kept.time
    engine.dispose()


def test_a_row_that_is_set_again_is_the_new_one(control_settings: Settings) -> None:
    engine = open_control(control_settings)
    learned = Learned(engine)
    for value in (1, 2):
        learned.keep("site", COUNT, value, value)
    kept = learned.newest("site", COUNT)
    assert kept is not None
    assert (kept.value, kept.time) == (2, 2)
    engine.dispose()
