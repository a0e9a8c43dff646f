from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from tests.accounts.ticking import Ticking

from afterclick.accounts import throttle
from afterclick.accounts.throttle import FORGOTTEN_MS, LONGEST_WAIT_MS, Throttle, limits, network
from afterclick.errors import TooMany

HERE = "203.0.113.7"


def let_in(held: Throttle, account: str, address: str, clock: Ticking, over_ms: int) -> int:
    """How many attempts at an account are judged when one is made each second."""
    admitted = 0
    for _ in range(over_ms // 1000):
        try:
            held.begin(limits(account, address))
            admitted += 1
        except TooMany:
            pass
        clock.later(1000)
    return admitted


def test_the_wait_doubles_with_each_failure_and_is_told(control: Engine, clock: Ticking) -> None:
    held = Throttle(control, clock)
    for _ in range(5):
        held.begin(limits("jana", HERE))
    waits: list[int] = []
    for _ in range(12):
        with pytest.raises(TooMany, match="try again in") as refused:
            held.begin(limits("jana", HERE))
        waits.append(refused.value.retry_after)
        clock.later(refused.value.retry_after * 1000)
        held.begin(limits("jana", HERE))
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert max(waits) == LONGEST_WAIT_MS // 1000


def test_who_guesses_elsewhere_does_not_soon_keep_the_owner_out(control: Engine, clock: Ticking) -> None:
    held = Throttle(control, clock)
    let_in(held, "jana", "198.51.100.1", clock, 60_000)
    held.begin(limits("jana", HERE))


def test_an_address_that_tries_many_accounts_is_held_back(control: Engine, clock: Ticking) -> None:
    held = Throttle(control, clock)
    for number in range(30):
        held.begin(limits(f"account {number}", HERE))
    with pytest.raises(TooMany):
        held.begin(limits("another", HERE))
    held.begin(limits("another", "203.0.113.8"))


def test_an_account_that_many_addresses_try_is_held_back(control: Engine, clock: Ticking) -> None:
    held = Throttle(control, clock)
    for number in range(50):
        held.begin(limits("jana", f"198.51.100.{number}"))
    with pytest.raises(TooMany):
        held.begin(limits("jana", HERE))


def test_addresses_of_one_ipv6_network_count_as_one(control: Engine, clock: Ticking) -> None:
    held = Throttle(control, clock)
    for number in range(30):
        held.begin(limits(f"account {number}", f"2001:db8::{number:x}"))
    with pytest.raises(TooMany):
        held.begin(limits("jana", "2001:db8::ffff"))


def test_ipv4_addresses_that_a_server_on_both_families_sees_do_not_count_as_one(
    control: Engine, clock: Ticking
) -> None:
    held = Throttle(control, clock)
    for number in range(29):
        held.begin(limits(f"account {number}", "::ffff:198.51.100.1"))
    held.begin(limits("account 29", "198.51.100.1"))
    with pytest.raises(TooMany):
        held.begin(limits("jana", "::ffff:198.51.100.1"))
    held.begin(limits("jana", "::ffff:203.0.113.9"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:c000:201", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("no address", "no address", True),
    ],
)
def test_the_network_of_an_address(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) == same


def test_success_and_a_day_of_quiet_forget_failures(control: Engine, clock: Ticking) -> None:
    held = Throttle(control, clock)
    for _ in range(5):
        held.begin(limits("jana", HERE))
    held.succeeded(limits("jana", HERE))
    for _ in range(5):
        held.begin(limits("jana", HERE))
    clock.later(FORGOTTEN_MS + 1)
    held.begin(limits("jana", HERE))


def test_signing_in_to_an_account_of_ones_own_frees_no_guesses_at_others(
    control: Engine, clock: Ticking
) -> None:
    held = Throttle(control, clock)
    for number in range(29):
        held.begin(limits(f"account {number}", HERE))
        held.begin(limits("mallory", HERE))
        held.succeeded(limits("mallory", HERE))
    held.begin(limits("account 29", HERE))
    with pytest.raises(TooMany):
        held.begin(limits("account 30", HERE))


def test_a_flood_of_names_keeps_a_bounded_number_of_rows(
    control: Engine, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "LARGEST", 30)
    held = Throttle(control, clock)
    for number in range(25):
        clock.later(1)
        held.begin(limits(f"\ud800{number}" * 50, f"not an address {number}"))
    with control.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM attempts")).scalar() == 30


def test_attempts_made_all_at_once_are_counted_each(control: Engine, clock: Ticking) -> None:
    held = Throttle(control, clock)

    def is_let_in(_: int) -> bool:
        try:
            held.begin(limits("jana", HERE))
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(is_let_in, range(32))) == 5
