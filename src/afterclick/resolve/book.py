"""The problem book: where the problems of each site are kept between runs."""

from typing import Protocol

import msgspec
from sqlalchemy import BigInteger, Engine, String, Text, and_, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.errors import NotFound
from afterclick.impact import Estimate
from afterclick.resolve.problem import Priced, Problem, Status, at_risk
from afterclick.store.control.database import Base
from afterclick.store.holding import Held


class ProblemBook(Protocol):
    """Keeps problems. Safe to call from any thread; blocks."""

    def problems(self, site: str, status: Status | None = None) -> list[Problem]:
        """Every problem of the site (of one status if given): open ones first, dearest now first."""
        ...

    def problem(self, site: str, problem_id: str) -> Problem:
        """One problem; raises NotFound when the site has none of that id."""
        ...

    def save(self, problem: Problem) -> Problem:
        """Keep the problem: a new one whole, of a known one all but its price. Returns it as it is kept."""
        ...

    def price(self, site: str, problem_id: str, estimate: Estimate, priced: Priced) -> Problem | None:
        """Keep the price alone, of a problem that is there. Returns it as it is kept, None when it is not there."""
        ...


class _Price(msgspec.Struct, frozen=True):
    """The part of a problem that pricing writes, and nobody else."""

    estimate: Estimate | None
    priced: Priced | None


class _Row(Base):
    __tablename__ = "problems"
    held = Held(
        why="figures of many visits together; a problem names no visit",
    )

    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    last_seen: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(Text)
    price: Mapped[str] = mapped_column(Text)


class SqlProblemBook:
    """A ProblemBook in the control database, whose `problems` table Alembic revisions 0002 and 0013 make.

    Detection and pricing run side by side and write columns of their own, each in one statement that reads nothing
    first: neither can bring back what the other has replaced meanwhile.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def problems(self, site: str, status: Status | None = None) -> list[Problem]:
        """See `ProblemBook.problems`."""
        query = select(_Row.document, _Row.price).where(_Row.site == site)
        if status:
            query = query.where(_Row.status == status)
        with Session(self._engine) as session:
            return sorted((_whole(document, price) for document, price in session.execute(query)), key=_place)

    def problem(self, site: str, problem_id: str) -> Problem:
        """See `ProblemBook.problem`."""
        with Session(self._engine) as session:
            found = _found(session, site, problem_id)
        if found is None:
            raise NotFound(f"This site has no problem {problem_id!r}.")
        return found

    def save(self, problem: Problem) -> Problem:
        """See `ProblemBook.save`."""
        seen = msgspec.structs.replace(problem, estimate=None, priced=None)
        values = {
            "status": problem.status,
            "last_seen": problem.last_seen,
            "document": msgspec.json.encode(seen).decode(),
        }
        price = _Price(problem.estimate, problem.priced)
        with Session(self._engine) as session, session.begin():
            if not _changed(session, problem.site, problem.id, **values):
                key = {"site": problem.site, "id": problem.id}
                session.execute(
                    insert(_Row).values(**key, **values, price=msgspec.json.encode(price).decode())
                )
            return _found(session, problem.site, problem.id) or problem

    def price(self, site: str, problem_id: str, estimate: Estimate, priced: Priced) -> Problem | None:
        """See `ProblemBook.price`."""
        price = msgspec.json.encode(_Price(estimate, priced)).decode()
        with Session(self._engine) as session, session.begin():
            _changed(session, site, problem_id, price=price)
            return _found(session, site, problem_id)


def _changed(session: Session, site: str, problem_id: str, **values: str | int) -> bool:
    """Whether there was such a row to write the values into."""
    of = and_(_Row.site == site, _Row.id == problem_id)
    return bool(session.execute(update(_Row).where(of).values(**values).returning(_Row.id)).all())


def _found(session: Session, site: str, problem_id: str) -> Problem | None:
    row = session.get(_Row, (site, problem_id))
    return _whole(row.document, row.price) if row else None


def _whole(document: str, price: str) -> Problem:
    made = msgspec.json.decode(price, type=_Price)
    seen = msgspec.json.decode(document, type=Problem)
    return msgspec.structs.replace(seen, estimate=made.estimate, priced=made.priced)


_PLACES: dict[Status, int] = {"open": 0, "merged": 1, "closed": 2}


def _place(problem: Problem) -> tuple[int, float, float, str]:
    return _PLACES[problem.status], -at_risk(problem), problem.expected - problem.exposed_visits, problem.id
