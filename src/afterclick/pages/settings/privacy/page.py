"""What do we keep of anybody, and of this person?"""

from msgspec.structs import replace

from afterclick.accounts.policy import Capability
from afterclick.customers import requests as asked
from afterclick.customers.erasing import STEPS
from afterclick.pages.settings.privacy.context import PrivacyPage, RequestLine
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Section
from afterclick.words.figures import count, plural, stamp


def read(desk: Desk, lens: Lens) -> PrivacyPage:
    """What the page shows. Blocks."""
    requests = desk.privacy.requests(lens.scope.site)
    rules, most = desk.site_privacy.get(lens.scope.site), desk.settings.retention_days
    held = rules.days(most)
    lines = tuple(_line(one, lens.home.timezone) for one in requests)
    return PrivacyPage(
        _answer([one.kind for one in requests], held),
        lines,
        any(one.status != "done" for one in requests),
        replace(rules, retention_days=held) if rules.retention_days else rules,
        most,
        lens.may(Capability.SITE),
    )


def _answer(kinds: list[asked.Kind], days: int) -> str:
    erased, exported = kinds.count("erase"), kinds.count("export")
    if not kinds:
        return f"Records are kept for {count(days)} days, and nobody has asked for theirs yet."
    done = [f"{plural(erased, 'erasure')}"] * bool(erased) + [f"{plural(exported, 'export')}"] * bool(
        exported
    )
    return f"Records are kept for {count(days)} days; {' and '.join(done)} so far."


def _line(one: asked.Request, zone: str) -> RequestLine:
    at_work = one.status != "done"
    step = STEPS[min(one.step, len(STEPS) - 1)].words
    finished = f"done {stamp(one.finished, zone)}" if one.finished else ""
    return RequestLine(
        stamp(one.asked, zone),
        "Erasure" if one.kind == "erase" else "Export",
        one.about,
        one.asked_by,
        count(sum(one.records.values())) if one.records or not at_work else "",
        (one.message or step) if at_work else finished,
        one.step / len(STEPS) if at_work else None,
    )


PAGE = Page(
    path="/settings/privacy",
    name="Privacy",
    needs=Capability.PRIVACY,
    context=PrivacyPage,
    read=read,
    settings=Section(60),
)
