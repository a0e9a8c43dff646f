"""What the timetable does for every site: settle minutes, tell people apart, watch for problems, price the total."""

from collections.abc import Callable

from afterclick.app.installation import DAY_MS, Installation
from afterclick.clock import now_ms
from afterclick.impact import Estimate, Question, price, price_total
from afterclick.impact.worker import apart
from afterclick.report.telling import sentence
from afterclick.resolve.watch import STANDS, Change, watch
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.web import Notice

AT_RISK_MS = DAY_MS  # the window that "at risk" on the Overview speaks of
KEEP_TALLIES_MS = 90 * DAY_MS


class Watching:
    """The jobs over one installation; each is called by the timetable, never twice at once."""

    def __init__(self, installation: Installation, publish: Callable[[Notice], None]) -> None:
        self._in = installation
        self._publish = publish
        self._at_risk: dict[str, Estimate] = {}
        self._identity = installation.identity

    def settle(self) -> None:
        """Bring service minutes and edges up to date."""
        self._in.store.settle(now_ms())

    def identify(self) -> None:
        """Tell whose the new visits are, and who has turned out to be one person."""
        self._identity.keep_up()

    def watch(self) -> None:
        """Find, price and explain problems, and tell open pages what changed."""
        for site in self._in.sites():
            for change in watch(self._in.store, Scope(site), now_ms(), _price, self._in.book):
                if change.kind != "updated":
                    self._publish(self._notice(change))

    def total(self) -> None:
        """Price "any problem" of the last day, once for all of them; it stands as long as the prices of problems do."""
        now = now_ms()
        for site in self._in.sites():
            if self._total_is_due(site, now):
                scope = Scope(site)
                found = price_total(self._in.store, scope, now - AT_RISK_MS, now, estimator=apart)
                self._at_risk[site] = found

    def _total_is_due(self, site: str, now: int) -> bool:
        made = self._at_risk[site].until if site in self._at_risk else 0
        examined = max((one.examined for one in self._in.book.problems(site, "open")), default=0)
        return now - made >= STANDS or examined > made

    def at_risk(self, scope: Scope) -> Estimate | None:
        """The newest total, None before the first."""
        return self._at_risk.get(scope.site)

    def age(self) -> None:
        """Delete rows of sites that keep them for less time than the installation does."""
        most = self._in.settings.retention_days
        for site, rules in self._in.site_privacy.all().items():
            if (days := rules.days(most)) < most:
                self._in.store.people.drop_older(site, now_ms() - days * DAY_MS)

    def forget_tallies(self) -> None:
        """Delete intake counts that no page shows any more."""
        self._in.quality.forget(now_ms() - KEEP_TALLIES_MS)

    def _notice(self, change: Change) -> Notice:
        problem = change.problem
        words = sentence(problem, self._in.site(problem.site).timezone)
        return Notice(kind="problem", site=problem.site, sentence=words, problem_id=problem.id)


def _price(reader: Reader, scope: Scope, question: Question) -> Estimate:
    return price(reader, scope, question, estimator=apart)
