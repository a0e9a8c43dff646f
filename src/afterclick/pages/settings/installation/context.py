"""The Installation page's context: the settings in force, in words, where each came from, and how people sign in."""

from collections.abc import Iterator
from dataclasses import dataclass

from afterclick.settings import GROUPS, SETTINGS, Group, Origin, Setting, Settings, without_password
from afterclick.words.figures import count, plural, size
from afterclick.words.sentence import Piece, Sentence, coded, sentence, strong

SIGN_ON = "OpenID Connect"
"""The group of settings that the page shows with more than its lines."""

_PLACES: dict[Origin, str] = {
    "environment": "environment",
    "file": "settings file",
    "default": "default",
}
_CHANGE: dict[Origin, str] = {
    "environment": "Change it in the environment, then restart.",
    "file": "Change it in the settings file, then restart.",
    "default": "To change it, set the variable, or the name in the settings file, then restart.",
}


@dataclass(frozen=True)
class SettingLine:
    """One setting: what is in force, in words, and where that came from. Of a `secret` only whether it is set."""

    name: str
    variable: str
    help: str
    change: str
    value: Sentence
    place: str
    is_set: bool


@dataclass(frozen=True)
class SettingGroup:
    """Settings that belong together, as the documentation groups them."""

    id: str
    name: str
    about: str
    lines: tuple[SettingLine, ...]


@dataclass(frozen=True)
class SignOn:
    """Signing in by OpenID Connect: `settings` of its own, `redirect`, which the provider has to know, `who` may come
    in, and the variables that turn it on, as an `example`.
    """

    on: bool
    settings: SettingGroup
    redirect: str
    who: str
    example: str


@dataclass(frozen=True)
class Asked:
    """What came of asking the provider just now, in one sentence."""

    good: bool
    words: str


@dataclass(frozen=True)
class InstallationPage:
    """The page: `sign_on` first, then the other `groups`. `file` is the settings file, `found` whether it exists;
    `asked` is None until the provider was.
    """

    answer: Sentence
    groups: tuple[SettingGroup, ...]
    file: str
    found: bool
    sign_on: SignOn
    asked: Asked | None


def installation_page(settings: Settings, redirect: str, asked: Asked | None = None) -> InstallationPage:
    """Word the settings in force; `redirect` is where a provider would lead back to."""
    return InstallationPage(
        answer=sentence(*_answer(settings)),
        groups=tuple(_group(settings, group) for group in GROUPS if group.name != SIGN_ON),
        file=str(settings.file.absolute()),
        found=settings.file.is_file(),
        sign_on=_sign_on(settings, redirect),
        asked=asked,
    )


def _answer(settings: Settings) -> Iterator[str | Piece]:
    places = [settings.origins.get(row.name, "default") for row in SETTINGS]
    by_environment, by_file = places.count("environment"), places.count("file")
    if own := by_environment + by_file:
        yield strong(f"{own} of {len(places)} settings")
        yield f" {'is' if own == 1 else 'are'} set here"
        if by_environment and by_file:
            yield f": {by_environment} by the environment, {by_file} by the settings file"
        else:
            yield f", by the {'environment' if by_environment else 'settings file'}"
        yield "; the others stand at their default. "
    else:
        yield f"All {len(places)} settings stand at their default. "
    if settings.oidc_issuer:
        yield "People sign in by OpenID Connect or by password."
    else:
        yield "People sign in by password only."


def _group(settings: Settings, group: Group) -> SettingGroup:
    id = group.name.lower().replace(" ", "-")
    return SettingGroup(id, group.name, group.about, tuple(_line(settings, row) for row in group.settings))


def _line(settings: Settings, row: Setting) -> SettingLine:
    origin = settings.origins.get(row.name, "default")
    value = getattr(settings, row.name)
    return SettingLine(
        name=row.name,
        variable=row.variable,
        help=row.help,
        change=_CHANGE[origin],
        value=Sentence(_value(row, value)),
        place=_PLACES[origin],
        is_set=origin != "default",
    )


def _value(row: Setting, value: object) -> tuple[Piece, ...]:
    if row.unit == "yes or no":
        return (Piece("yes" if value else "no"),)
    if not value and row.nothing:
        return coded(row.nothing)
    if row.secret:
        return (Piece("set, not shown"),)
    if isinstance(value, int):
        return (Piece(_number(row, value)),)
    return (Piece(without_password(str(value)), "code"),)


def _number(row: Setting, value: int) -> str:
    if row.unit == "bytes":
        return f"{size(value)} ({plural(value, 'byte')})" if value >= 1000 else plural(value, "byte")
    if not row.unit:  # a port
        return str(value)
    if row.unit == "rows a second":
        return plural(value, "row a second", "rows a second")
    return f"{count(value)} {row.unit.removesuffix('s') if value == 1 else row.unit}"


def _sign_on(settings: Settings, redirect: str) -> SignOn:
    return SignOn(
        on=bool(settings.oidc_issuer),
        settings=next(_group(settings, group) for group in GROUPS if group.name == SIGN_ON),
        redirect=redirect,
        who=_who(settings),
        example=(
            "AFTERCLICK_OIDC_ISSUER=https://id.example\n"
            "AFTERCLICK_OIDC_CLIENT_ID=YOUR-CLIENT-ID\n"
            "AFTERCLICK_OIDC_CLIENT_SECRET=YOUR-CLIENT-SECRET"
        ),
    )


def _who(settings: Settings) -> str:
    domains = ", ".join(part.strip() for part in settings.oidc_domains.split(",") if part.strip())
    whose = f"whose verified e-mail address is of {domains}" if domains else "with a verified e-mail address"
    if role := settings.oidc_role:
        return f"Everybody at the provider {whose}; who has no account yet gets one, as {role} on every site."
    return f"Who has an account here{' and' if domains else ','} {whose} at the provider."
