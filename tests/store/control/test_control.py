"""The control database itself: its revisions, its first start, and what is said when it cannot be had."""

import importlib
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from tests.store import postgres

import afterclick
from afterclick.accounts import DEFAULT_SITE, Keys, Site, Sites, first_run
from afterclick.accounts.api_keys import ApiKeys
from afterclick.accounts.members import Members
from afterclick.accounts.policy import Capability, Role
from afterclick.errors import Misconfigured
from afterclick.settings import Settings, load
from afterclick.store.control import database as control_module
from afterclick.store.control.database import Base, open_control


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing_yet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings over a control database in which there is no table."""
    environment = {"AFTERCLICK_DATA": str(tmp_path)}
    if request.param == "sqlite":
        yield load(environment)
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.database() as name:
        yield load({**environment, "AFTERCLICK_DATABASE": server.dsn(name)})


def revisions(engine: Engine, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(control_module.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if to == "head" else command.downgrade)(config, to)


def differences(engine: Engine) -> list[object]:
    """How the tables differ from what the rooms declare; indexes are the revisions' own."""
    root = Path(afterclick.__file__).parent
    for module in root.rglob("*.py"):
        if "(Base):" in module.read_text(encoding="utf-8"):
            importlib.import_module(".".join(module.relative_to(root.parent).with_suffix("").parts))
    with engine.connect() as connection:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    return [one for one in found if not str(one).startswith("('remove_index'")]


def test_the_revisions_make_the_tables_that_the_rooms_declare(control: Engine) -> None:
    assert differences(control) == []


def test_every_revision_can_be_taken_back_and_made_again(control: Engine) -> None:
    revisions(control, "base")
    assert set(inspect(control).get_table_names()) <= {"alembic_version"}
    revisions(control, "head")
    assert differences(control) == []


def test_who_may_sign_in_and_what_their_keys_may_do_outlive_the_change_of_their_name(control: Engine) -> None:
    revisions(control, "0009")
    with control.begin() as connection:
        for statement in (
            "INSERT INTO people (id, email, name, created) VALUES ('jana', 'jana@x.com', 'Jana', 1)",
            "INSERT INTO roles (person, site, role) VALUES ('jana', '*', 'administrator')",
            "INSERT INTO sites (id, name, currency, timezone) VALUES ('shop', 'Shop', 'EUR', 'UTC')",
            "INSERT INTO api_keys (id, digest, prefix, name, site, capabilities, person, maker, created, expires) "
            "VALUES ('key', 'd', 'ack_', 'report', 'shop', 'audit people view', 'jana', 'jana@x.com', 1, 2)",
        ):
            connection.execute(text(statement))
    revisions(control, "head")
    assert Members(control).get("jana").roles == {"*": Role.ADMINISTRATOR}
    (key,) = ApiKeys(control).list("shop")
    assert key.member == "jana"
    assert key.capabilities == {Capability.AUDIT, Capability.MEMBERS, Capability.VIEW}


def test_many_first_starts_at_once_make_one_site_and_one_key(nothing_yet: Settings) -> None:
    together = threading.Barrier(4)

    def start(_: int) -> Engine:
        together.wait(60)
        engine = open_control(nothing_yet)
        first_run(engine, nothing_yet)
        return engine

    with ThreadPoolExecutor(4) as starters:
        engines = list(starters.map(start, range(4)))
    assert [site.id for site in Sites(engines[0]).list()] == [DEFAULT_SITE]
    assert len(Keys(engines[0]).list(DEFAULT_SITE)) == 1
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("control_settings", ["postgresql"], indirect=True)
def test_a_postgresql_that_closed_its_connections_is_asked_again(
    control: Engine, postgres_server: postgres.Server
) -> None:
    Sites(control).create(Site("shop", "Shop", "EUR", "UTC"))
    postgres_server.cut(control)
    assert [site.id for site in Sites(control).list()] == ["shop"]


@pytest.mark.parametrize(
    "dsn",
    [
        "nonsense",
        "mysql://root@127.0.0.1/afterclick",
        "sqlite:////",
        "postgresql://nobody@127.0.0.1:1/afterclick",
        "postgresql+psycopg://nobody@127.0.0.1:1/afterclick",
    ],
)
def test_a_database_that_cannot_be_had_is_one_clear_sentence(tmp_path: Path, dsn: str) -> None:
    with pytest.raises(Misconfigured, match=r"AFTERCLICK_DATABASE[^\n]*\.$"):
        open_control(load({"AFTERCLICK_DATA": str(tmp_path), "AFTERCLICK_DATABASE": dsn}))


def test_a_revision_that_fails_half_way_leaves_nothing_of_itself(
    nothing_yet: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_control(nothing_yet)
    revisions(engine, "0012")
    with engine.begin() as connection:
        told = {"site": "s", "id": "p", "status": "open", "document": '{"estimate": {"status": "priced"}}'}
        connection.execute(
            text(
                "INSERT INTO problems (site, id, status, at_risk, excess, last_seen, document) "
                "VALUES (:site, :id, :status, 1, 1, 1, :document)"
            ),
            told,
        )
    before = [one["name"] for one in inspect(engine).get_columns("problems")]

    def fail(*_: object) -> None:
        raise OSError("the machine went down")

    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.drop_column", fail)
        with pytest.raises(Misconfigured):
            open_control(nothing_yet)
    assert [one["name"] for one in inspect(engine).get_columns("problems")] == before
    engine.dispose()
    again = open_control(nothing_yet)
    with again.connect() as connection:
        [(document, price)] = connection.execute(text("SELECT document, price FROM problems")).all()
    again.dispose()
    assert (document, json.loads(price)["estimate"]) == ("{}", {"status": "priced"})
