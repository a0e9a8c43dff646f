from afterclick.store.rollups.outdated import Outdated
from afterclick.words.outdated import explained, to_go

MARCH = 1_772_323_200_000  # 2026-03-01


def test_which_visits_carry_older_labels_is_said_by_the_day_until_which_they_do() -> None:
    found = Outdated(2, MARCH)
    assert to_go(found) == "2 months to go"
    assert explained(found, MARCH + 1).startswith(
        "Visits before 1 March 2026 still carry labels of the version before; 2 months to go."
    )


def test_before_any_month_is_made_anew_no_day_in_the_future_is_named() -> None:
    assert explained(Outdated(1, MARCH), MARCH - 1).startswith("Visits from before the upgrade still")
    assert to_go(Outdated(1, MARCH)) == "1 month to go"
