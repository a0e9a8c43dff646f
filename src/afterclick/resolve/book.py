"""The problem book: where the problems of each site are kept between runs."""

from typing import Protocol

import msgspec
from sqlalchemy import BigInteger, Engine, Float, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.errors import NotFound
from afterclick.resolve.problem import Problem, Status, at_risk
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

    def save(self, problem: Problem) -> None:
        """Keep the problem, replacing the one of the same id."""
        ...


class _Row(Base):
    __tablename__ = "problems"
    held = Held(
        why="figures of many visits together; a problem names no visit",
    )

    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    at_risk: Mapped[float] = mapped_column(Float)
    excess: Mapped[float] = mapped_column(Float)
    last_seen: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(Text)


class SqlProblemBook:
    """A ProblemBook in the control database, whose `problems` table Alembic revision 0002 makes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def problems(self, site: str, status: Status | None = None) -> list[Problem]:
        """See `ProblemBook.problems`."""
        query = (
            select(_Row.document)
            .where(_Row.site == site)
            .order_by(_Row.status.desc(), _Row.at_risk.desc(), _Row.excess.desc(), _Row.id)
        )
        if status:
            query = query.where(_Row.status == status)
        with Session(self._engine) as session:
            found = [msgspec.json.decode(document, type=Problem) for document in session.scalars(query)]
        opened = sorted((one for one in found if one.status == "open"), key=at_risk, reverse=True)
        return [*opened, *(one for one in found if one.status != "open")]

    def problem(self, site: str, problem_id: str) -> Problem:
        """See `ProblemBook.problem`."""
        with Session(self._engine) as session:
            row = session.get(_Row, (site, problem_id))
            if row is None:
                raise NotFound(f"This site has no problem {problem_id!r}.")
            return msgspec.json.decode(row.document, type=Problem)

    def save(self, problem: Problem) -> None:
        """See `ProblemBook.save`."""
        with Session(self._engine) as session, session.begin():
            session.merge(
                _Row(
                    site=problem.site,
                    id=problem.id,
                    status=problem.status,
                    at_risk=at_risk(problem),
                    excess=problem.exposed_visits - problem.expected,
                    last_seen=problem.last_seen,
                    document=msgspec.json.encode(problem).decode(),
                )
            )
