from collections.abc import Callable

import pytest
from tests.store.conftest import over_both

from afterclick.errors import InvalidInput
from afterclick.signals import Event, Span
from afterclick.store.scope import Scope
from afterclick.store.store import Store

MakeEvent = Callable[..., Event]
MakeSpan = Callable[..., Span]
Keep = Callable[..., None]

NOON = 1_780_315_200_000
PAGE = "019e83c7-d000-7000-8000-0000000000a1"


@pytest.fixture
def neighbours(event: MakeEvent, keep: Keep, span: MakeSpan, visit: str) -> None:
    """One error and one span here, and another site's secret beside them in the same tables."""
    import msgspec

    mine = [event("error", message="mine", session_id=visit, session_start=NOON, page_view_id=PAGE)]
    mine += [span("cart", "mine")]
    keep(*mine, *[msgspec.structs.replace(record, site="other-site") for record in mine])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count() FROM events",
        "SELECT count() FROM events FINAL",
        "select e.site from events as e",
        "SELECT count() FROM page_view_felt",
        "SELECT length(errors) FROM sessions ARRAY JOIN errors AS one",
        "WITH own AS (SELECT * FROM events) SELECT count() FROM own",
        "WITH (SELECT count() FROM events) AS n SELECT n",
        "SELECT (SELECT count() FROM events)",
        "SELECT count() FROM (SELECT * FROM (SELECT * FROM events))",
        "SELECT count() FROM events AS a JOIN spans AS b ON 1 = 1",
        "SELECT max(n) FROM (SELECT count() AS n FROM events UNION ALL SELECT count() FROM spans)",
        "SELECT countIf(type = 'a'), quantilesExact(0.5)(value) FROM events WHERE time > now() - INTERVAL 3 YEAR",
        "SELECT type, count() AS n FROM events GROUP BY type HAVING n > 0 ORDER BY n DESC LIMIT 5",
        "SELECT toStartOfInterval(time, INTERVAL 15 MINUTE) AS t, uniqIf(name, type IN ('a')) FROM events GROUP BY t",
        "SELECT CASE WHEN value > 1 THEN 'a' ELSE 'b' END, CAST(value AS Decimal(18, 2)) FROM events WHERE 0",
        "SELECT 1 WHERE 1 IN (SELECT count() FROM events) -- a remark",
        "SELECT JSONExtractString(props, 'a.b', 'c', -1), JSONExtractRaw(props, 'a') FROM events",
    ],
)
def test_an_honest_question_sees_its_own_site_only(
    store: Store, scope: Scope, neighbours: None, sql: str
) -> None:
    answer = store.read_only(scope, sql).to_pylist()
    assert "other-site" not in str(answer)
    assert 2 not in [value for row in answer for value in row.values() if isinstance(value, int)]


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT",
        "not sql",
        "DROP TABLE events",
        "INSERT INTO events SELECT * FROM events",
        "ALTER TABLE events DELETE WHERE 1",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE events",
        "SELECT * FROM system.tables",
        "SELECT * FROM `system`.`tables`",
        "SELECT * FROM default.events",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM schema_migrations",
        "SELECT * FROM dirty_minutes",
        "SELECT * FROM events_of",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/')",
        "SELECT * FROM remote('127.0.0.1', default, events)",
        "SELECT * FROM merge('default', '.*')",
        "SELECT * FROM numbers(10)",
        "SELECT * FROM view(SELECT * FROM events)",
        "SELECT * FROM {site:Identifier}",
        "SELECT file('/etc/passwd')",
        "SELECT \"file\"('/etc/passwd')",
        "SELECT FILE /* */ ('/etc/passwd')",
        "SELECT arrayMap(p -> file(p), ['/etc/passwd'])",
        "SELECT hostName(), version()",
        "SELECT sleep(3)",
        "SELECT getSetting('max_memory_usage')",
        "SELECT dictGet('x', 'y', 1)",
        "SELECT joinGet('events', 'site', 1)",
        "SELECT currentUser()",
        "SELECT count() FROM events WHERE site IN spans",
        "SELECT 'other-site' IN events",
        "SELECT in('x', `events`)",
        "SELECT notIn('x', events)",
        "SELECT * FROM events SETTINGS additional_table_filters = {}",
        "SELECT * FROM events SETTINGS readonly = 0",
        "SELECT * FROM events FORMAT CSV",
        "SELECT * FROM events INTO OUTFILE '/tmp/x'",
        "WITH events AS (SELECT 1) SELECT * FROM events",
        "WITH RECURSIVE own AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM own WHERE n < 3) SELECT n FROM own",
        "EXPLAIN SELECT * FROM events",
        "DESCRIBE events",
        "SHOW TABLES",
        "SET readonly = 0",
        "SELECT nothing FROM events",
        "SELECT 1" + " + (1" * 3000,
        "SELECT number FROM events, events a, events b LIMIT 1e30",
    ],
)
def test_a_hostile_or_wrong_question_is_refused_in_one_sentence(
    store: Store, scope: Scope, neighbours: None, sql: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        store.read_only(scope, sql)
    assert "\n" not in str(refused.value)
    assert str(refused.value).endswith(".")


@over_both
def test_functions_of_json_mean_what_they_mean_to_the_engine(store: Store, scope: Scope) -> None:
    told = """'{"a.b": {"c": [1, "x"]}}'"""
    asked = (
        f"SELECT JSONExtractString({told}, 'a.b', 'c', -1) AS last, JSONExtractRaw({told}, 'a.b', 'c') AS raw"
    )
    assert store.read_only(scope, asked).to_pylist() == [{"last": "x", "raw": '[1,"x"]'}]


def test_prewhere_is_refused_by_what_to_write_instead(store: Store, scope: Scope) -> None:
    with pytest.raises(InvalidInput, match="Write WHERE instead of PREWHERE"):
        store.read_only(scope, "SELECT count() FROM events PREWHERE type = 'order'")


def test_a_site_whose_name_is_sql_still_sees_only_itself(store: Store, neighbours: None) -> None:
    for name in ("' OR 1 = 1 --", "\\' OR 1 = 1 --", "other-site' OR site = 'other-site"):
        assert store.read_only(Scope(name), "SELECT count() AS n FROM events").to_pylist() == [{"n": 0}]


@over_both
def test_the_engines_own_fence_holds_without_the_rewriting(
    store: Store, site: str, neighbours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def untouched(asked: object, sql: str, columns: object, site: str) -> str:
        return sql

    monkeypatch.setattr("afterclick.store.free_sql.asked.Asked.anew", untouched)
    assert store.read_only(Scope(site), "SELECT DISTINCT site FROM events").to_pylist() == [{"site": site}]
    assert store.read_only(Scope(site), "SELECT DISTINCT site FROM page_view_felt").to_pylist() == [
        {"site": site}
    ]
    with pytest.raises(InvalidInput, match="readonly"):
        store.read_only(Scope(site), "DROP TABLE orders")


@over_both
def test_an_answer_longer_than_the_limit_is_refused_not_cut(store: Store, scope: Scope) -> None:
    with pytest.raises(InvalidInput, match="more than 100000 rows"):
        store.read_only(scope, "SELECT arrayJoin(range(200000))")


@pytest.mark.parametrize("sql", ["SELECT 'open", "SELECT (", 'd"\u00c9\U000db455\u00e4', "SELECT 1 1 1."])
def test_what_cannot_be_read_is_refused_with_a_whole_sentence(store: Store, scope: Scope, sql: str) -> None:
    with pytest.raises(InvalidInput, match=r"^This is not SQL that can be read: .*[^.]\.$"):
        store.read_only(scope, sql)
