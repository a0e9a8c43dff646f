"""Locks between processes, on either control database."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from tests.store import postgres

from afterclick.settings import Settings
from afterclick.store.control.database import open_control
from afterclick.store.control.locks import Hold, alone, together

HOLDER = """
import sys
from afterclick.settings import load
from afterclick.store.control.database import open_control
from afterclick.store.control.locks import Hold

hold = Hold(open_control(load()), "app")
print(hold.take(), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def other(control_settings: Settings) -> Iterator[Engine]:
    """The same database as `control`, as another process would open it."""
    engine = open_control(control_settings)
    yield engine
    engine.dispose()


def test_who_is_alone_waits_for_all_who_are_together_and_they_for_him(control: Engine, other: Engine) -> None:
    inside: list[str] = []
    both_in, out = threading.Barrier(3), threading.Event()

    def beside() -> None:
        with together(other, "inserts"):
            both_in.wait(30)
            out.wait(30)
            inside.append("together")

    def apart() -> None:
        with alone(control, "inserts"):
            inside.append("alone")

    with ThreadPoolExecutor(3) as people:
        people.submit(beside)
        people.submit(beside)
        both_in.wait(30)  # two are in at the same time
        waiting = people.submit(apart)
        with alone(control, "rebuild"):  # another name waits for nobody
            assert not waiting.done()
        out.set()
    assert inside == ["together", "together", "alone"]


def test_a_hold_is_had_by_one_until_it_lets_go(control: Engine, other: Engine) -> None:
    first, second = Hold(control, "app"), Hold(other, "app")
    assert first.take()
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


@pytest.mark.parametrize("control_settings", ["postgresql"], indirect=True)
def test_a_hold_is_let_go_before_its_connection_closes(control: Engine, other: Engine) -> None:
    """PostgreSQL notices a closed connection at its leisure: who waits for that may find the lock still held."""
    first, second = Hold(control, "app"), Hold(other, "app")
    free: list[bool] = []
    event.listen(control, "invalidate", lambda *_: free.append(second.take()))
    assert first.take()
    first.release()
    assert free == [True]
    second.release()


@pytest.mark.parametrize("control_settings", ["postgresql"], indirect=True)
def test_who_was_cut_off_while_taking_a_hold_does_not_hold_it(control: Engine, other: Engine) -> None:
    def cut_off(*told: object) -> None:
        if "pg_try_advisory_lock" in str(told[2]):
            raise OperationalError("the connection was lost", None, Exception())

    first, second = Hold(control, "app"), Hold(other, "app")
    event.listen(control, "before_cursor_execute", cut_off)
    with pytest.raises(OperationalError):
        first.take()
    event.remove(control, "before_cursor_execute", cut_off)
    assert second.take()
    assert not first.take()
    second.release()


def test_a_hold_ends_with_its_process_however_that_ends(control: Engine, control_settings: Settings) -> None:
    environment = {
        "AFTERCLICK_DATA": str(control_settings.data),
        "AFTERCLICK_DATABASE": control_settings.database,
    }
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    assert holder.stdout.readline() == b"True\n"
    hold = Hold(control, "app")
    assert not hold.take()
    holder.kill()
    holder.communicate()
    deadline = threading.Event()
    while not hold.take():  # PostgreSQL notices a moment later
        assert not deadline.wait(0.05)
    hold.release()


@pytest.mark.parametrize("control_settings", ["postgresql"], indirect=True)
def test_a_hold_whose_connection_was_lost_is_taken_anew(
    control: Engine, other: Engine, postgres_server: postgres.Server
) -> None:
    hold = Hold(control, "app")
    assert hold.take()
    postgres_server.cut(control)
    assert hold.take()
    assert not Hold(other, "app").take()
    hold.release()
