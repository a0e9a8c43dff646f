"""Who did what?"""

from dataclasses import replace

from afterclick.accounts.audit import PAGE as LINES
from afterclick.accounts.audit import Audit, Entry
from afterclick.accounts.policy import Capability
from afterclick.pages.settings.audit.context import AuditLine, AuditPage
from afterclick.pages.settings.audit.filter import asked, before, given
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Section
from afterclick.words.figures import count, moment, stamp


def read(desk: Desk, lens: Lens) -> AuditPage:
    """What the page shows. Blocks."""
    audit = desk.keyring.audit
    found = audit.read(asked(desk, lens), before(lens.asked), LINES + 1)
    checked, intact = _checked(audit) if lens.asked.get("check") else ("", True)
    shown = _page(found, given(lens.asked), lens.now, lens.home.timezone)
    return replace(shown, checked=checked, intact=intact)


def _checked(audit: Audit) -> tuple[str, bool]:
    """What walking the chain found, in a sentence, and whether it holds."""
    found = audit.verify()
    if found.broken is not None:
        return (
            f"Entry {found.broken} was changed, removed or put in: the {count(found.rows)} before it hold.",
            False,
        )
    return f"All {count(found.rows)} entries hold. The newest one's digest is {found.digest}.", True


def _page(found: list[Entry], given: dict[str, str], now: int, zone: str) -> AuditPage:
    filtered = {name: value for name, value in given.items() if value}
    lines = tuple(_line(entry, zone) for entry in found[:LINES])
    older = str(lines[-1].number) if len(found) > LINES else ""
    if not lines:
        answer = "Nothing fits this filter." if filtered else "Nothing has been done here yet."
    else:
        newest, fits = found[0], " that fits" if filtered else ""
        when = moment(newest.time, now, zone)
        answer = f"The newest entry{fits} is {newest.action}, by {newest.name}, {when}."
    return AuditPage(answer, lines, given, older)


def _line(entry: Entry, zone: str) -> AuditLine:
    return AuditLine(
        entry.number, stamp(entry.time, zone), entry.name, entry.kind, entry.action, entry.target, entry.site,
        entry.detail,
    )  # fmt: skip


PAGE = Page(
    path="/settings/audit",
    name="Audit log",
    needs=Capability.AUDIT,
    context=AuditPage,
    read=read,
    settings=Section(70),
)
