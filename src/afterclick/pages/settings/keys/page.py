"""With which keys may this site be sent to?"""

from afterclick.accounts import Key
from afterclick.accounts.policy import Capability
from afterclick.pages.settings.keys.context import KeyLine, KeysPage
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Section
from afterclick.words.figures import ago, plural, stamp


def read(desk: Desk, lens: Lens) -> KeysPage:
    """What the page shows. Blocks."""
    keys = desk.keyring.keys.list(lens.scope.site)
    lines = [_line(key, lens.now, lens.home.timezone) for key in keys]
    valid = tuple(line for line in lines if line.valid)
    ended = tuple(line for line in lines if not line.valid)
    return KeysPage(_answer(valid, lens.scope.site), valid, ended)


def _answer(valid: tuple[KeyLine, ...], site: str) -> str:
    if not valid:
        return f"No key opens {site}: nothing can be sent to it until you make one."
    opening = f"{plural(len(valid), 'key opens', 'keys open')} {site} to data."
    loose = sum(not line.origins and line.public for line in valid)
    if not loose:
        return f"{opening} Each public one is held to its own pages."
    which = "It is" if len(valid) == 1 else f"{loose} of them {'is' if loose == 1 else 'are'}"
    return f"{opening} {which} public and taken from any page: name the pages that may send."


def _line(key: Key, now: int, zone: str) -> KeyLine:
    return KeyLine(
        prefix=key.prefix,
        shown=key.clear or f"{key.prefix}…",
        public=key.clear is not None,
        name=key.name or "unnamed",
        senders="browsers only" if key.browsers_only else "browsers and servers",
        origins=tuple(sorted(key.origins)),
        browsers_only=key.browsers_only,
        capabilities=tuple(sorted(key.capabilities)),
        used=ago(key.used, now) if key.used else "never",
        until=_until(key, now, zone),
        valid=key.is_valid(now),
    )


def _until(key: Key, now: int, zone: str) -> str:
    if key.revoked is not None:
        return f"revoked {stamp(key.revoked, zone)[:16]}"
    if key.ends is None:
        return "until revoked"
    return f"{'ends' if now < key.ends else 'ended'} {stamp(key.ends, zone)[:16]}"


PAGE = Page(
    path="/settings/keys",
    name="Write keys",
    needs=Capability.SITE,
    context=KeysPage,
    read=read,
    settings=Section(30),
)
