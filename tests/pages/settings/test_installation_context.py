"""What the Installation page says of each setting, and what it never says."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterclick.pages.settings.installation.context import InstallationPage, SettingLine, installation_page
from afterclick.settings import GROUPS, SETTINGS, load

BACK = "https://afterclick.example/sign-in/oidc/done"
NO_FILE = Path("/nowhere/afterclick.toml")
MARK = "sEcr3t"
SECRETS = [row for row in SETTINGS if row.secret]

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@st.composite
def secret_values(draw: st.DrawFn) -> str:
    """A secret as it is, or as the password of an address."""
    if draw(st.booleans()):
        return f"{draw(texts)}{MARK}{draw(texts)}"
    scheme = draw(st.sampled_from(["postgresql", "postgresql+psycopg", "clickhouse", "clickhouses"]))
    tail = draw(st.sampled_from(["", f"?password={MARK}", f"?sslpassword={MARK}&a=b", f"?options={MARK}"]))
    return f"{scheme}://{draw(texts)}:{MARK}@db:5432/x{tail}"


def page_of(chosen: Mapping[str, str] | None = None, file: Path = NO_FILE) -> InstallationPage:
    environment = {f"AFTERCLICK_{name.upper()}": value for name, value in (chosen or {}).items()}
    return installation_page(load(environment, file), BACK)


def lines(page: InstallationPage) -> dict[str, SettingLine]:
    return {line.name: line for group in (page.sign_on.settings, *page.groups) for line in group.lines}


@given(st.fixed_dictionaries({row.name: secret_values() for row in SECRETS}))
def test_no_secret_is_told_whatever_it_is(secrets: dict[str, str]) -> None:
    page = page_of(secrets)
    assert MARK not in msgspec.json.encode(page).decode()
    assert {lines(page)[name].value.text for name in secrets} == {"set, not shown"}


def test_a_password_in_an_address_that_is_no_secret_is_not_told_either() -> None:
    page = page_of({"oidc_issuer": f"https://me:{MARK}@id.example"})
    assert MARK not in msgspec.json.encode(page).decode()


def test_every_setting_has_its_line_in_the_group_that_the_documentation_puts_it_in() -> None:
    page = page_of()
    told = {
        group.name: [line.name for line in group.lines] for group in (page.sign_on.settings, *page.groups)
    }
    assert told == {group.name: [row.name for row in group.settings] for group in GROUPS}
    assert len({group.id for group in page.groups}) == len(page.groups)
    for row in SETTINGS:
        line = lines(page)[row.name]
        assert (line.variable, line.help) == (row.variable, row.help)
        assert line.value.text


def test_where_a_setting_came_from_is_told_and_where_it_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "afterclick.toml"
    file.write_text('port = 9000\nhost = "0.0.0.0"\n', encoding="utf-8")
    page = page_of({"port": "9100"}, file)
    told = lines(page)
    assert [(told[name].value.text, told[name].place) for name in ("port", "host", "grpc_port")] == [
        ("9100", "environment"),
        ("0.0.0.0", "settings file"),
        ("4317", "default"),
    ]
    assert told["port"].change == "Change it in the environment, then restart."
    assert told["host"].change == "Change it in the settings file, then restart."
    assert "set the variable" in told["grpc_port"].change
    assert [told[name].is_set for name in ("port", "host", "grpc_port")] == [True, True, False]
    assert (page.file, page.found) == (str(file), True)
    assert page.answer.text.startswith(
        f"2 of {len(SETTINGS)} settings are set here: 1 by the environment, 1 by the settings file; the others"
    )


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({}, f"All {len(SETTINGS)} settings stand at their default. People sign in by password only."),
        (
            {"port": "9"},
            f"1 of {len(SETTINGS)} settings is set here, by the environment; the others stand at their default. "
            "People sign in by password only.",
        ),
    ],
)
def test_the_page_says_first_how_many_settings_are_own_and_how_people_sign_in(
    chosen: dict[str, str], says: str
) -> None:
    assert page_of(chosen).answer.text == says
    assert not page_of(chosen).found


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("max_body_bytes", "1048576", "1.05 MB (1,048,576 bytes)"),
        ("max_body_bytes", "1", "1 byte"),
        ("retention_days", "1", "1 day"),
        ("session_idle_hours", "12", "12 hours"),
        ("head_seconds", "10", "10 seconds"),
        ("key_rate", "100000", "100,000 rows a second"),
        ("key_rate", "1", "1 row a second"),
        ("key_rate", "0", "any"),
        ("connections", "0", "any number"),
        ("route_values", "0", "never"),
        ("grpc_port", "0", "none"),
        ("collector_port", "14318", "14318"),
        ("open_on_loopback", "1", "yes"),
        ("open_on_loopback", "0", "no"),
        ("store", "", "the embedded engine"),
        ("secret_key", "", "secret.key in the data folder"),
        ("geo_file", "/srv/geo.mmdb", "/srv/geo.mmdb"),
    ],
)
def test_a_value_is_told_in_words_with_its_unit(name: str, value: str, says: str) -> None:
    assert lines(page_of({name: value}))[name].value.text.replace("\u00a0", " ") == says


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({}, "Who has an account here, with a verified e-mail address at the provider."),
        (
            {"oidc_domains": "shop.example , x.example,"},
            "Who has an account here and whose verified e-mail address is of shop.example, x.example at the provider.",
        ),
        (
            {"oidc_domains": "shop.example", "oidc_role": "marketing"},
            "Everybody at the provider whose verified e-mail address is of shop.example; who has no account yet gets"
            " one, as marketing on every site.",
        ),
    ],
)
def test_who_may_come_in_by_the_provider_is_told_in_one_sentence(chosen: dict[str, str], says: str) -> None:
    page = page_of({"oidc_issuer": "https://id.example", **chosen})
    assert (page.sign_on.on, page.sign_on.who, page.sign_on.redirect) == (True, says, BACK)
