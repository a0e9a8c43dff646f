"""With which keys do programs ask?"""

from afterclick.accounts.api_keys import ApiKey
from afterclick.accounts.policy import Capability
from afterclick.pages.settings.api_keys.context import USES, ApiKeyLine, ApiKeysPage
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Section
from afterclick.words.figures import ago, plural, stamp


def read(desk: Desk, lens: Lens) -> ApiKeysPage:
    """What the page shows. Blocks."""
    keys = [key for key in desk.keyring.api_keys.list(lens.scope.site) if lens.owns(key.member)]
    lines = [_line(key, lens.now, lens.home.timezone) for key in keys]
    valid = tuple(line for line in lines if line.valid)
    ended = tuple(line for line in lines if not line.valid)
    choices = tuple((one.value, words) for one, words in USES.items() if lens.may(one))
    site = lens.scope.site
    read = plural(len(valid), "API key reads", "API keys read") if valid else "No API key reads"
    answer = f"{read} {site}: a program asks /api with one, in the name of who made it."
    return ApiKeysPage(answer, valid, ended, choices, lens.origin)


def _line(key: ApiKey, now: int, zone: str) -> ApiKeyLine:
    ended = "expires" if now < key.expires else "expired"
    return ApiKeyLine(
        id=key.id,
        prefix=key.prefix,
        name=key.name,
        maker=key.maker,
        may=tuple(USES.get(one, one.value) for one in Capability if one in key.capabilities),
        used=ago(key.used, now) if key.used else "never",
        until=f"revoked {stamp(key.revoked, zone)[:16]}"
        if key.revoked
        else f"{ended} {stamp(key.expires, zone)[:16]}",
        valid=key.is_valid(now),
    )


PAGE = Page(
    path="/settings/api-keys",
    name="API keys",
    needs=Capability.VIEW,
    context=ApiKeysPage,
    read=read,
    settings=Section(40),
)
