"""Which entries are asked for, as the address says it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afterclick.accounts.audit import Asked
from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens, own_sites

_LONGEST = 256


def given(address: Mapping[str, str]) -> dict[str, str]:
    """The filter as an address gives it, each part empty where it says nothing."""
    names = ("who", "action", "target", "of", "since", "until")
    return {name: address.get(name, "").strip()[:_LONGEST] for name in names}


def asked(desk: Desk, lens: Lens) -> Asked:
    """The filter in force: what is asked, within the sites whose log the viewer may read."""
    wanted, zone, viewer = given(lens.asked), lens.home.timezone, lens.viewer
    readable = frozenset(site for site in own_sites(desk, viewer) if viewer.may(Capability.AUDIT, site))
    return Asked(
        who=wanted["who"],
        action=wanted["action"],
        target=wanted["target"],
        site=wanted["of"],
        since=_day(wanted["since"], zone, 0),
        until=_day(wanted["until"], zone, 1),
        sites=None if viewer.may(Capability.AUDIT, EVERY_SITE) else readable,
    )


def _day(raw: str, zone: str, later: int) -> int:
    """Where a day begins, or the one after it, UTC ms; 0 for none. Raises InvalidInput for a day that is none."""
    if not raw:
        return 0
    try:
        day = datetime.strptime(raw, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone)) + timedelta(days=later)
        return round(day.timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"{raw[:40]!r} is not a day such as 2026-11-03.") from error


def before(address: Mapping[str, str]) -> int:
    """The entry before which older ones are asked for, 0 for none."""
    raw = address.get("before", "")
    if raw and not (raw.isascii() and raw.isdecimal() and len(raw) < 19):
        raise InvalidInput("`before` is the number of an entry.")
    return int(raw or 0)
