"""Who stays away."""

from sqlalchemy import Engine

from afterclick.store.erasure.tombstones import Tombstones

OLD, NEW = b"o" * 32, b"n" * 32


def test_who_was_erased_under_an_earlier_key_stays_away_and_can_be_let_in(control: Engine) -> None:
    Tombstones(control, [OLD]).add("shop", [("user", "anna")], "request")
    rotated = Tombstones(control, [NEW, OLD])
    assert rotated.sites() == {"shop"}
    assert rotated.covers("shop", "user", "anna")
    assert not rotated.covers("another", "user", "anna")
    assert not rotated.covers("shop", "device", "anna")
    assert rotated.lift("shop", [("user", "anna")]) == 1
    assert not rotated.covers("shop", "user", "anna")
