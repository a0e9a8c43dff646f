"""The pause between restarts grows while the child keeps dying, and begins anew once it has lived."""

from afterclick.app.supervisor import FIRST_PAUSE, LONGEST_PAUSE, STEADY, pause_after


def test_the_pause_doubles_while_it_dies_at_once_and_begins_anew_after_a_steady_life() -> None:
    pause, pauses = FIRST_PAUSE, list[float]()
    for lived in [0.1] * 8 + [STEADY] + [0.1] * 2:
        pause = pause_after(pause, lived)
        pauses.append(pause)
    assert pauses[:3] == [1.0, 2.0, 4.0]
    assert max(pauses) == LONGEST_PAUSE
    assert pauses[8:] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
