"""What attackers are known to try, and what chance makes of it: nothing shows another site or a file, or calls out."""

import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.store.free_sql.conftest import OTHERS, OWN, SECRET, beside
from tests.store.free_sql.escapes import COMMENTS, QUOTES, escapes

from afterclick.errors import InvalidInput, Unavailable
from afterclick.store.scope import Scope
from afterclick.store.store import Store

INSIDE = "bytes7of8a9file"
"""What stands in a file of the machine, and nowhere else."""

STATEMENTS = 20_000
_TOKEN = re.compile(r"\w+|\s+|.", re.S)


class Around:
    """What must not be reached: a file, a port that nobody may call, and a place where nothing may be written."""

    def __init__(self, folder: Path, port: socket.socket) -> None:
        self.secret, self.out, self.port = folder / "secret.txt", folder / "out.txt", port
        self.secret.write_text(INSIDE, encoding="utf-8")

    def filled(self, sql: str) -> str:
        """The statement with the file, the place and the port in it."""
        number = self.port.getsockname()[1]
        places = {"file": self.secret, "out": self.out, "url": f"http://127.0.0.1:{number}/", "port": number}
        for name, value in places.items():
            sql = sql.replace(f"{{{name}}}", str(value))
        return sql

    def is_untouched(self) -> bool:
        """Nobody called, and nothing was written."""
        try:
            self.port.accept()[0].close()
        except BlockingIOError:
            return not self.out.exists()
        return False


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Around]:
    with socket.create_server(("127.0.0.1", 0)) as port:
        port.setblocking(False)
        yield Around(tmp_path, port)


def shown(store: Store, scope: Scope, sql: str) -> str:
    """What the asker is shown, rows in any order."""
    try:
        rows = store.read_only(scope, sql).to_pylist()
    except (InvalidInput, Unavailable) as refused:
        return str(refused)
    return "\n".join(sorted(map(str, rows)))


def test_nothing_that_attackers_are_known_to_try_gets_out(store: Store, ours: Scope, around: Around) -> None:
    tried = 0
    for sql in map(around.filled, escapes()):
        answer = shown(store, ours, sql)
        assert SECRET not in answer, sql
        assert INSIDE not in answer, sql
        assert OTHERS not in answer or OTHERS in sql, sql
        tried += 1
    assert tried > 300
    assert around.is_untouched()


def test_what_a_role_may_not_see_is_not_told_by_an_escape_either(
    store: Store, ours: Scope, around: Around
) -> None:
    narrow = Scope(ours.site, frozenset())
    for sql in map(around.filled, escapes()):
        assert OWN not in shown(store, narrow, sql) or OWN in sql, sql


def test_an_honest_text_comes_back_as_it_was_whatever_quotes_are_in_it(store: Store, ours: Scope) -> None:
    for text in (QUOTES, "it's", "a\tb\nc", "50 % – größe 漢字 🙂", "{site:String}", "--", "\x00"):
        literal = text.replace("\\", "\\\\").replace("'", "''")
        assert store.read_only(ours, f"SELECT '{literal}' AS x").to_pylist() == [{"x": text}]


def seeded(seed: int) -> Iterator[str]:
    """Known escapes, crossed with one another and damaged: pieces taken out, doubled, swapped, quoted, commented."""
    chance = random.Random(seed)
    known = list(escapes())
    while True:
        pieces = _TOKEN.findall(chance.choice(known))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(pieces) + 1)
            match chance.randrange(6):
                case 0:
                    pieces[at : at + 1] = []
                case 1:
                    pieces[at:at] = chance.choice(QUOTES + "(){}[];,.$\\")
                case 2:
                    pieces[at:at] = [f" {chance.choice(COMMENTS)} "]
                case 3:
                    pieces[at:at] = ["(", *_TOKEN.findall(chance.choice(known)), ")"]
                case 4:
                    pieces[at:at] = pieces[at : at + 3]
                case _:
                    pieces[at:at] = [" UNION ALL ", *_TOKEN.findall(chance.choice(known))]
        yield "".join(pieces)[:4_000]


@pytest.mark.verify
def test_an_answer_is_the_same_however_much_another_site_sends(
    store: Store, ours: Scope, around: Around
) -> None:
    made = seeded(20261128)
    asked = [around.filled(next(made)) for _ in range(STATEMENTS)]
    before = [shown(store, ours, sql) for sql in asked]
    for _ in range(5):
        beside(store)
    for sql, answer in zip(asked, before, strict=True):
        assert shown(store, ours, sql) == answer, sql
        assert SECRET not in answer, sql
        assert INSIDE not in answer, sql
        assert OTHERS not in answer or OTHERS in sql, sql
    assert around.is_untouched()
