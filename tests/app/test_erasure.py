"""Erasing a person from a real store, spool, memory of visits and control database."""

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, MetaData, select
from tests.app.residue import files_with
from tests.store import postgres

from afterclick.accounts.audit import Audit
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.app.installation import Installation
from afterclick.customers import Node, SqlCuts
from afterclick.customers.erasing import STEPS
from afterclick.customers.privacy import Privacy
from afterclick.errors import InvalidInput, NotFound
from afterclick.settings import Settings
from afterclick.signals import Event, LogRecord, Record, Sample, Span
from afterclick.store.control.database import open_control
from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import records_table
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Batch, Kind
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store
from afterclick.visits.sessionize import Sessionizer

NOON = 1_780_315_200_000
"""2026-06-01 12:00 UTC."""
MINUTE = 60_000
ROLLUPS = (
    "sessions",
    "page_views",
    "trace_visits",
    "orders",
    "order_tickets",
    "service_minutes",
    "service_edges",
    "server_signals",
)


def visit_id(number: int, at: int = 0) -> str:
    """A UUIDv7 of NOON + at."""
    return str(uuid.UUID(int=((NOON + at) << 80) | (7 << 76) | (2 << 62) | number))


class Shop:
    """One site whose customers do the same: a visit each with an order, its trace, spans, logs and metrics."""

    def __init__(self, site: str, mark: str) -> None:
        self.site, self.mark = site, mark
        self.numbers = int(mark[:8], 16) << 16

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def event(self, type: str, at: int, **fields: object) -> Event:
        base = {"site": self.site, "event_id": str(uuid.UUID(int=self.number())), "type": type}
        return msgspec.convert({**base, "time": NOON + at, "received": NOON + at, **fields}, Event)

    def visit(self, who: dict[str, str], at: int, name: str, visit: str = "") -> list[Record]:
        """All that one visit leaves behind; `who` names user and device, `name` stands in texts of it."""
        session = visit or visit_id(self.number(), at)
        inside = {
            "session_id": session, "session_start": NOON + at, "page_view_id": str(uuid.UUID(int=self.number())), **who,
        }  # fmt: skip
        trace, order = uuid.uuid5(uuid.NAMESPACE_OID, name).hex, f"order-{name}"
        span: dict[str, object] = {
            "site": self.site, "trace_id": trace, "time": NOON + at, "received": NOON + at, "duration_ns": 5_000_000,
            "start_ns": (NOON + at) * 1_000_000,
        }  # fmt: skip
        return [
            self.event("page_view", at, path="/pay", step="payment", props=json.dumps({"note": name}), **inside),
            self.event("request", at + 1, target="/api", duration_ms=4000, status=200, trace_id=trace, **inside),
            self.event("order", at + 2, order_id=order, revenue=40, currency="EUR", **inside),
            self.event("refund", at + 9, order_id=order, revenue=15, currency="EUR"),
            *(
                msgspec.convert({**span, "span_id": f"{self.number():016x}", "service": "api", "name": does}, Span)
                for does in ("GET /api", f"charge {name}")
            ),
            LogRecord(
                site=self.site, log_id=str(uuid.uuid4()), service="api", time=NOON + at, time_ns=(NOON + at) * 10**6,
                received=NOON + at, body=f"charged {name}", trace_id=trace,
            ),
            Sample(
                site=self.site, service="api", name="http.server.duration", type="histogram", series="all", time=NOON,
                time_ns=NOON * 10**6 + at, received=NOON, count=1, exemplar_trace_ids=[trace],
            ),
        ]  # fmt: skip


def installed(settings: Settings, store: Store) -> Installation:
    """Everything over one store and its control database, which the caller lets go of."""
    control = open_control(settings)
    return Installation.over(settings, control, store)


def insert(store: Store, installation: Installation, records: list[Record]) -> None:
    """Have the records in their tables, the visits settled, and the people known."""
    kinds: dict[type[Record], Kind] = {Event: "events", Span: "spans", LogRecord: "logs", Sample: "metrics"}
    for type_, kind in kinds.items():
        own = [record for record in records if isinstance(record, type_)]
        store.insert(kind, records_table(kind, own), uuid.uuid4().hex)
    store.settle(NOON)
    installation.identity.run()


@pytest.fixture(scope="module")
def installation(settings: Settings, store: Store) -> Iterator[Installation]:
    found = installed(settings, store)
    yield found
    found.control.dispose()


@pytest.fixture
def privacy(installation: Installation) -> Privacy:
    return installation.privacy


@pytest.fixture
def mark() -> str:
    return uuid.uuid4().hex[:12]


@pytest.fixture
def keep(store: Store, installation: Installation) -> Callable[[list[Record]], None]:
    return lambda records: insert(store, installation, records)


def erased(privacy: Privacy, site: str, who: str) -> None:
    for _ in privacy.run(privacy.ask_erasure(THIS_MACHINE, site, who)):
        pass


def numbers(store: Store, site: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of the rollups, and what tells a row's age left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in ROLLUPS:
        left_out = {"sessions": "site, node, who", "order_tickets": "site, settled"}.get(
            table, "site, version" if table.startswith("service") else "site"
        )
        sql = f"SELECT * EXCEPT ({left_out}) FROM {table} WHERE site = {{site:String}} ORDER BY ALL"
        found[table] = store.arrow(Scope(site), Statement("all", sql)).to_pylist(maps_as_pydicts="strict")
    return found


def hashed(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def ada_and_others(shop: Shop) -> tuple[list[Record], list[Record]]:
    """Ada signed in on two devices, the second also anonymous; Bob shared a visit with her on the family's tablet."""
    mark = shop.mark
    ada, phone, laptop, tablet = f"ada-{mark}", f"phone-{mark}", f"laptop-{mark}", f"tablet-{mark}"
    props = json.dumps({"email_hash": hashed(f"{mark}@example.com"), "previous_id": f"was-{mark}"})
    shared = visit_id(shop.number(), 5 * MINUTE)
    hers = [
        *shop.visit({"user_id": ada, "device_id": phone}, 0, f"hers1-{mark}"),
        *shop.visit({"device_id": laptop}, 2 * MINUTE, f"hers2-{mark}"),
        shop.event("identify", 3 * MINUTE, user_id=ada, device_id=laptop, props=props),
        shop.event(
            "search", 5 * MINUTE, session_id=shared, session_start=NOON + 5 * MINUTE, user_id=ada, device_id=tablet,
            props=json.dumps({"note": f"hers3-{mark}"}),
        ),
    ]  # fmt: skip
    others = [
        *shop.visit({"user_id": "bob", "device_id": tablet}, 5 * MINUTE, "bobs", shared),
        *shop.visit({"user_id": "eve", "device_id": "eves"}, 2 * MINUTE, "eves"),
        *shop.visit({"device_id": "nobodys"}, 7 * MINUTE, "nobodys"),
    ]
    return hers, others


def marks_of(mark: str) -> list[str]:
    names = [
        f"{name}-{mark}"
        for name in ("ada", "phone", "laptop", "was", "hers1", "hers2", "hers3", "order-hers1")
    ]
    return [*names, hashed(f"{mark}@example.com")]


def test_nothing_of_an_erased_person_is_left_in_any_file_and_the_numbers_of_others_stay(
    settings: Settings, store: Store, privacy: Privacy, keep: Callable[..., None], site: str, mark: str
) -> None:
    hers, others = ada_and_others(Shop(site, mark))
    keep(hers)
    keep(others)
    twin = f"{site}-twin"
    keep([msgspec.structs.replace(record, site=twin) for record in others])
    assert len(files_with(settings.data, marks_of(mark))) > 10
    found = privacy.find(THIS_MACHINE, site, f"ada-{mark}")
    assert found.records["events"] == 10
    assert {f"phone-{mark}", f"laptop-{mark}", f"was-{mark}"} < set(found.person.devices)
    assert f"tablet-{mark}" not in found.person.devices
    erased(privacy, site, f"ada-{mark}")
    assert files_with(settings.data, marks_of(mark)) == set()
    assert numbers(store, site) == numbers(store, twin)
    assert privacy.find(THIS_MACHINE, site, f"ada-{mark}").total == 0


def test_nothing_of_an_erased_person_is_left_behind_servers_either(
    server_settings: Settings,
    server_store: Store,
    postgres_server: postgres.Server,
    newest_postgres: str,
    tmp_path: Path,
    site: str,
    mark: str,
) -> None:
    hers, others = ada_and_others(Shop(site, mark))
    twin = f"{site}-twin"
    with postgres_server.database(newest_postgres) as name:
        dsn = postgres_server.dsn(name)
        settings = replace(server_settings, data=tmp_path / "data", database=dsn)
        house = installed(settings, server_store)
        insert(server_store, house, [*hers, *others])
        insert(server_store, house, [msgspec.structs.replace(record, site=twin) for record in others])
        folder = server_settings.data.parent / "server"
        SqlCuts(house.control).cut(site, Node("user", f"ada-{mark}"), Node("user", f"bob-{mark}"), NOON)
        assert len(files_with(folder, marks_of(mark))) > 5
        assert rows_with(house.control, marks_of(mark))
        erased(house.privacy, site, f"ada-{mark}")
        assert files_with(folder, marks_of(mark)) == set()
        assert files_with(settings.data, marks_of(mark)) == set()
        assert rows_with(house.control, marks_of(mark)) == []
        assert numbers(server_store, site) == numbers(server_store, twin)
        house.control.dispose()


def rows_with(control: Engine, marks: list[str]) -> list[str]:
    """The tables of a control database in a row of which one of the marks stands."""
    tables = MetaData()
    tables.reflect(control)
    with control.connect() as connection:
        rows = [
            (table.name, str(row))
            for table in tables.sorted_tables
            for row in connection.execute(select(table))
        ]
    return [name for name, row in rows if any(mark in row for mark in marks)]


def test_every_record_is_in_the_archive_with_an_index_that_says_what_each_file_is(
    privacy: Privacy, keep: Callable[..., None], site: str, mark: str
) -> None:
    hers, others = ada_and_others(Shop(site, mark))
    keep(hers + others)
    out = io.BytesIO()
    done = privacy.export(THIS_MACHINE, site, f"user:ada-{mark}", out)
    archive = zipfile.ZipFile(out)
    index = archive.read("index.txt").decode()
    events = [json.loads(line) for line in archive.read("events.ndjson").splitlines()]
    assert len(events) == done.records["events"] == 10
    assert {event["type"] for event in events} >= {"page_view", "order", "refund", "identify", "search"}
    assert f"user id: ada-{mark}" in index
    assert all(f"{name}.ndjson" in index for name in ("events", "sessions", "orders", "spans", "logs"))
    assert "bob" not in "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.parametrize(
    "words", ["{mark}@example.com", "device:laptop-{mark}", "user:was-{mark}", "email:{hash}"]
)
def test_a_person_is_found_by_each_of_their_nodes(
    privacy: Privacy, keep: Callable[..., None], site: str, mark: str, words: str
) -> None:
    hers, others = ada_and_others(Shop(site, mark))
    keep(hers + others)
    who = words.format(mark=mark, hash=hashed(f"{mark}@example.com").upper())
    assert privacy.find(THIS_MACHINE, site, who).records["events"] == 10


@pytest.mark.parametrize("who", ["", "guest", "user:null", "  ", "x" * 300])
def test_an_id_that_stands_for_nobody_is_refused(privacy: Privacy, site: str, who: str) -> None:
    with pytest.raises(InvalidInput, match="names no"):
        privacy.ask_erasure(THIS_MACHINE, site, who)


def test_an_export_of_nobody_says_so(privacy: Privacy, site: str) -> None:
    with pytest.raises(NotFound):
        privacy.export(THIS_MACHINE, site, "nobody-here", io.BytesIO())


def test_another_site_with_the_same_ids_keeps_its_customer(
    privacy: Privacy, store: Store, keep: Callable[..., None], site: str, mark: str
) -> None:
    for own in (site, f"{site}-b"):
        keep(Shop(own, mark).visit({"user_id": f"ada-{mark}"}, 0, f"hers-{mark}"))
    before = privacy.find(THIS_MACHINE, f"{site}-b", f"ada-{mark}").records
    erased(privacy, site, f"ada-{mark}")
    assert privacy.find(THIS_MACHINE, f"{site}-b", f"ada-{mark}").records == before


def test_what_was_asked_is_listed_and_logged_without_naming_anybody(
    installation: Installation, privacy: Privacy, site: str, mark: str
) -> None:
    erased(privacy, site, f"ada-{mark}")
    (one,) = privacy.requests(site)
    assert (one.kind, one.status, one.asked_by) == ("erase", "done", "this machine")
    entries = [entry for entry in Audit(installation.control).read() if entry.site == site]
    assert [entry.action for entry in entries] == ["person.erase"]
    assert entries[0].target == one.about
    assert mark not in one.about
    with pytest.raises(NotFound):
        privacy.request(f"{site}-b", one.id)


def test_an_erasure_that_is_stopped_after_any_step_goes_on_to_the_same_end(
    settings: Settings,
    privacy: Privacy,
    installation: Installation,
    keep: Callable[..., None],
    site: str,
    mark: str,
) -> None:
    hers, others = ada_and_others(Shop(site, mark))
    keep(hers + others)
    asked = privacy.ask_erasure(THIS_MACHINE, site, f"ada-{mark}")
    for _ in STEPS[:7]:  # a step is done twice each time: what it did was not written down
        next(iter(privacy.run(asked)), None)
        running = privacy.run(asked)
        next(running)
        next(running, None)
        running.close()
    privacy.run_due()
    assert privacy.request(site, asked.id).status == "done"
    assert files_with(settings.data, marks_of(mark)) == set()


class Intake:
    """A spool and the drain over it, with the steps of an app."""

    def __init__(self, installation: Installation) -> None:
        settings = installation.settings
        self.spool = Spool(settings.spool, settings.spool_budget_bytes)
        self.outlet = Outlet(settings.spool)
        self.sessionizer = Sessionizer(settings.data)
        steps = (*installation.late.steps(), self.sessionizer.step)
        self.drain = Drain(self.outlet, installation.store, steps, installation.quality)
        self.quality = installation.quality

    def put(self, *records: Record, kind: Kind = "events") -> None:
        body = msgspec.json.Encoder().encode_lines(list(records))
        self.spool.write([Batch(records[0].site, "events", kind, len(records), body)])

    def dropped(self, site: str) -> int:
        return sum(
            drop.rows for drop in self.quality.drops(Scope(site), 0, 1 << 60) if drop.reason == "erased"
        )

    def close(self) -> None:
        self.spool.close()
        self.outlet.close()
        self.sessionizer.close()


@pytest.fixture
def intake(installation: Installation) -> Iterator[Intake]:
    opened = Intake(installation)
    yield opened
    opened.close()


def test_rows_that_wait_and_rows_that_were_refused_are_taken_out_of_the_spool(
    settings: Settings, intake: Intake, privacy: Privacy, site: str, mark: str
) -> None:
    shop = Shop(site, mark)
    for who in (f"ada-{mark}", "bob"):
        intake.put(shop.event("search", 0, user_id=who, message=f"sought by {who}"))
    row = msgspec.json.encode(shop.event("search", 0, user_id=f"ada-{mark}")).decode()
    intake.outlet._connection.execute(  # pyright: ignore[reportPrivateUsage]
        "INSERT INTO aside VALUES ('t', 1, 'events', ?, ?, 'refused', 0)", (site, row)
    )
    assert privacy.find(THIS_MACHINE, site, f"ada-{mark}").records == {
        "waiting_events": 1,
        "refused_events": 1,
    }
    erased(privacy, site, f"ada-{mark}")
    assert files_with(settings.spool, [f"ada-{mark}"]) == set()
    assert files_with(settings.spool, ["sought by bob"]) != set()
    assert intake.drain.once() == 1
    assert intake.outlet.aside(site) == []


def late(shop: Shop, mark: str) -> list[Event]:
    visit = visit_id(int(mark[:6], 16), 0)
    own = {"session_id": visit, "session_start": NOON}
    props = json.dumps({"previous_id": f"ada-{mark}"})
    return [
        shop.event("search", 0, user_id=f"ada-{mark}"),
        shop.event("search", 0, device_id=f"phone-{mark}"),
        shop.event("search", 0, **own),
        shop.event("search", 0, session_key=f"client-{mark}"),
        shop.event("identify", 0, user_id="new", props=props),
        shop.event("refund", 0, order_id=f"order-{mark}", revenue=1),
    ]


def test_late_rows_of_an_erased_person_are_dropped_and_counted_until_they_are_allowed_again(
    settings: Settings, installation: Installation, intake: Intake, privacy: Privacy, site: str, mark: str
) -> None:
    shop = Shop(site, mark)
    visit = {"session_id": visit_id(int(mark[:6], 16), 0), "session_start": NOON}
    both = {"user_id": f"ada-{mark}", "device_id": f"phone-{mark}"}
    intake.put(
        shop.event("page_view", 0, **both, **visit, trace_id=uuid.uuid5(uuid.NAMESPACE_OID, mark).hex),
        shop.event("order", 1, order_id=f"order-{mark}", revenue=9, currency="EUR", **both, **visit),
        shop.event("search", 2, user_id=f"ada-{mark}", session_key=f"client-{mark}"),
    )
    intake.drain.once()
    installation.identity.run()
    erased(privacy, site, f"ada-{mark}")
    assert "stretches" not in privacy.find(THIS_MACHINE, site, f"ada-{mark}").records
    again = Installation.over(settings, installation.control, installation.store)
    second = Intake(again)  # after a restart: what is known is what is on disk
    try:
        second.put(*late(shop, mark), shop.event("search", 0, user_id="bob", device_id=f"phone-{mark}"))
        span = Span(
            site=site, trace_id=uuid.uuid5(uuid.NAMESPACE_OID, mark).hex, span_id="1" * 16, service="a", name="b",
            time=NOON, start_ns=NOON * 10**6, duration_ns=1, received=NOON,
        )  # fmt: skip
        named = msgspec.structs.replace(
            span, trace_id="2" * 32, attributes=json.dumps({"enduser.id": f"ada-{mark}"})
        )
        second.put(span, named, msgspec.structs.replace(span, trace_id="3" * 32), kind="spans")
        second.drain.once()
        assert second.dropped(site) == 8
        assert files_with(settings.spool, [mark]) != set()
        again.privacy.wipe_late()
        assert files_with(settings.spool, [mark]) == set()
        assert privacy.find(THIS_MACHINE, site, f"ada-{mark}").total == 0
        assert privacy.find(THIS_MACHINE, site, "bob").records["events"] == 1
        assert privacy.allow(THIS_MACHINE, site, f"ada-{mark}") > 0
        second.put(shop.event("search", 0, user_id=f"ada-{mark}"))
        again.tombstones._due = 0  # pyright: ignore[reportPrivateUsage] - another process lifted it: look now
        second.drain.once()
        assert privacy.find(THIS_MACHINE, site, f"ada-{mark}").records["events"] == 1
    finally:
        second.close()


def test_a_parted_link_that_names_the_person_is_forgotten(
    settings: Settings, installation: Installation, privacy: Privacy, site: str, mark: str
) -> None:
    SqlCuts(installation.control).cut(site, Node("user", f"ada-{mark}"), Node("user", f"bob-{mark}"), NOON)
    assert files_with(settings.data, [f"ada-{mark}"]) != set()
    erased(privacy, site, f"ada-{mark}")
    assert files_with(settings.data, [f"ada-{mark}"]) == set()
    assert all(cut.site != site for cut in SqlCuts(installation.control).list())


def test_rows_older_than_a_sites_retention_go_and_those_of_other_sites_stay(
    store: Store, keep: Callable[..., None], site: str, mark: str
) -> None:
    other = f"{site}-b"
    for own in (site, other):
        shop = Shop(own, mark)
        keep(shop.visit({"user_id": "ada"}, 0, "old") + shop.visit({}, 60 * MINUTE, "new"))
    before = numbers(store, other)
    gone = store.persons.drop_older(site, NOON + 30 * MINUTE)
    assert gone["events"] == 4
    assert {"sessions", "page_views", "orders", "spans", "logs"} <= set(gone)
    assert [row["session_start"].minute for row in numbers(store, site)["sessions"]] == [0]
    assert len(numbers(store, site)["sessions"]) == 1
    assert numbers(store, other) == before
    assert store.persons.drop_older(site, NOON + 30 * MINUTE) == {}
