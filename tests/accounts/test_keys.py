"""Sites and write keys."""

import dataclasses

import pytest
from sentry_sdk.utils import Dsn
from sqlalchemy import Engine, MetaData, Table, inspect, select

from afterclick.accounts import DEFAULT_SITE, Grant, Keys, Site, Sites, allows, dsn, first_run
from afterclick.errors import InvalidInput, NotFound
from afterclick.settings import Settings


@pytest.fixture
def chosen(control_settings: Settings) -> Settings:
    return dataclasses.replace(control_settings, currency="CZK")


@pytest.fixture
def control(control: Engine, chosen: Settings) -> Engine:
    first_run(control, chosen)
    return control


def test_the_first_run_makes_a_site_and_a_key_once(control: Engine, chosen: Settings) -> None:
    first_run(control, chosen)
    assert Sites(control).list() == [Site(DEFAULT_SITE, "Default", "CZK", "UTC")]
    [key] = Keys(control).list(DEFAULT_SITE)
    assert key.clear == Keys(control).public(DEFAULT_SITE)
    assert key.clear is not None
    assert Keys(control).find(key.clear) == Grant(DEFAULT_SITE, key.prefix, currency="CZK")


def everything_in(control: Engine) -> str:
    tables = [Table(name, MetaData(), autoload_with=control) for name in inspect(control).get_table_names()]
    with control.connect() as connection:
        return str([row for table in tables for row in connection.execute(select(table))])


def test_a_key_with_a_capability_is_shown_once_and_kept_only_as_a_digest(control: Engine) -> None:
    made = Keys(control).create(DEFAULT_SITE, "history", ["historical"])
    assert Keys(control).find(made.secret) == Grant(
        DEFAULT_SITE, made.prefix, frozenset({"historical"}), currency="CZK"
    )
    assert Keys(control).list(DEFAULT_SITE)[1].clear is None
    kept = everything_in(control)
    assert made.prefix in kept
    assert made.secret not in kept


def test_a_revoked_key_opens_nothing(control: Engine) -> None:
    keys = Keys(control)
    made = keys.create(DEFAULT_SITE)
    keys.revoke(DEFAULT_SITE, made.secret)
    assert keys.find(made.secret) is None
    with pytest.raises(NotFound):
        keys.revoke(DEFAULT_SITE, made.secret)


def test_a_key_is_named_by_no_less_than_is_listed_of_it_and_by_no_other_key(control: Engine) -> None:
    keys = Keys(control)
    public, secret = keys.create(DEFAULT_SITE), keys.create(DEFAULT_SITE, capabilities=["historical"])
    for made in (public, secret):
        for length in range(len(made.prefix)):
            with pytest.raises(InvalidInput, match="at least its first 9 characters"):
                keys.revoke(DEFAULT_SITE, made.secret[:length])
        other = made.secret[:-1] + ("0" if made.secret[-1] != "0" else "1")
        for wrong in (other, f"{made.secret}0", "ac_zzzzzz"):
            with pytest.raises(NotFound):
                keys.revoke(DEFAULT_SITE, wrong)
        assert keys.find(made.secret) is not None
    keys.revoke(DEFAULT_SITE, public.secret[:-3])
    keys.revoke(DEFAULT_SITE, secret.secret)
    assert keys.find(public.secret) is keys.find(secret.secret) is None


def test_after_its_last_key_was_revoked_a_site_has_no_public_key(control: Engine) -> None:
    keys = Keys(control)
    keys.revoke(DEFAULT_SITE, keys.public(DEFAULT_SITE))
    with pytest.raises(NotFound, match="afterclick keys"):
        keys.public(DEFAULT_SITE)


def test_a_key_for_no_site_or_with_an_unknown_capability_is_refused(control: Engine) -> None:
    with pytest.raises(NotFound):
        Keys(control).create("nowhere")
    with pytest.raises(InvalidInput):
        Keys(control).create(DEFAULT_SITE, capabilities=["everything"])


@pytest.mark.parametrize(
    "wrong",
    [
        Site("Bad Id", "n", "EUR", "UTC"),
        Site("ok", "n", "euro", "UTC"),
        *(Site("ok", "n", odd, "UTC") for odd in ("", "ZZZ", "XXX", "XAU", "XTS", "CHE", "DEM", "eur")),
        *(
            Site("ok", "n", "EUR", odd)
            for odd in ("", "Factory", "localtime", "EST", "Etc/GMT+5", "europe/prague")
        ),
        *(Site("ok", odd, "EUR", "UTC") for odd in ("", " ", "\t\n", "\0", "n" * 201)),
        Site("ok", "n", "EUR", "Mars/Olympus"),
        Site("ok", "n", "EUR", "../etc/passwd"),
        Site(DEFAULT_SITE, "n", "EUR", "UTC"),
    ],
)
def test_a_site_that_makes_no_sense_is_refused(control: Engine, wrong: Site) -> None:
    with pytest.raises(InvalidInput):
        Sites(control).create(wrong)


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "localhost"),
        ("::", "localhost"),
        ("::1", "::1"),
        ("in.shop.example", "in.shop.example"),
    ],
)
def test_a_key_as_a_dsn_is_read_by_sentrys_sdk(control: Engine, host: str, reached: str) -> None:
    key = Keys(control).public(DEFAULT_SITE)
    read = Dsn(dsn(key, host, 4318))
    assert (read.public_key, read.host, read.port, read.project_id) == (key, reached, 4318, "1")
    assert read.to_auth().get_api_url().endswith(":4318/api/1/envelope/")


def test_a_rotated_key_goes_on_for_the_overlap_and_ends_by_itself(control: Engine) -> None:
    now = 1_000_000
    keys = Keys(control, lambda: now)
    old = keys.create(DEFAULT_SITE, "web", origins=["https://shop.example"], browsers_only=True)
    new = keys.rotate(DEFAULT_SITE, old.prefix, overlap_hours=1)
    assert (new.name, new.origins, new.browsers_only) == (old.name, old.origins, True)
    now += 3_599_999
    assert keys.find(old.secret) is not None
    assert keys.find(new.secret) is not None
    now += 1
    assert keys.find(old.secret) is None
    assert keys.find(new.secret) is not None
    with pytest.raises(NotFound):
        keys.rotate(DEFAULT_SITE, old.prefix)


def test_a_rotation_of_the_public_key_gives_pages_the_new_one_at_once(control: Engine) -> None:
    keys = Keys(control)
    old = keys.public(DEFAULT_SITE)
    new = keys.rotate(DEFAULT_SITE, old).secret
    assert old != new == keys.public(DEFAULT_SITE)


def test_rotating_twice_never_prolongs_a_key(control: Engine) -> None:
    keys = Keys(control, lambda: 0)
    old = keys.create(DEFAULT_SITE, "web")
    keys.rotate(DEFAULT_SITE, old.prefix, overlap_hours=1)
    keys.rotate(DEFAULT_SITE, old.prefix, overlap_hours=1000)
    assert [key.ends for key in keys.list(DEFAULT_SITE) if key.prefix == old.prefix] == [3_600_000]
    with pytest.raises(InvalidInput, match="90 days"):
        keys.rotate(DEFAULT_SITE, old.prefix, overlap_hours=-1)


def test_a_key_tells_when_it_was_last_used(control: Engine) -> None:
    keys = Keys(control, lambda: 77)
    made = keys.create(DEFAULT_SITE)
    keys.touch([(DEFAULT_SITE, made.prefix), ("elsewhere", made.prefix)])
    assert {key.prefix: key.used for key in keys.list(DEFAULT_SITE)}[made.prefix] == 77


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://shop.example", "https://shop.example"),
        (" HTTPS://Shop.Example:443/ ", "https://shop.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://*.shop.example", "https://*.shop.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("capacitor://localhost", "capacitor://localhost"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(control: Engine, written: str, kept: str) -> None:
    assert Keys(control).create(DEFAULT_SITE, origins=[written, ""]).origins == {kept}


@pytest.mark.parametrize(
    "wrong",
    ["shop.example", "https://", "https://shop.example/path", "https://a@b.example", "https://*.example", "*", "null",
     "https://shop.example:port", "https://a b.example", "https://a.*.example", "https://shop.example?x=1", "https://[::1"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(control: Engine, wrong: str) -> None:
    with pytest.raises(InvalidInput):
        Keys(control).create(DEFAULT_SITE, origins=[wrong])


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://shop.example", True),
        ("https://SHOP.example", True),
        ("https://www.shop.net", True),
        ("https://a.b.shop.net", True),
        ("https://shop.net", False),
        ("http://shop.example", False),
        ("https://shop.example.evil.example", False),
        ("https://evilshop.net", False),
        ("https://shop.example:8443", False),
        ("null", False),
        ("", False),
        ("https://" + "a." * 100_000 + "shop.net", False),
    ],
)
def test_an_origin_is_allowed_when_a_pattern_names_it(origin: str, may: bool) -> None:
    assert allows(frozenset({"https://shop.example", "https://*.shop.net"}), origin) is may
