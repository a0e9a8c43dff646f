"""A person's own SQL, as nasty as it can be made: it never shows another site's rows."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.store.free_sql.conftest import OTHERS, SECRET

from afterclick.errors import InvalidInput, Unavailable
from afterclick.store.free_sql.readonly import TABLES
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NAMES = (
    *sorted(TABLES), "own", "e", "a", "numbers", "system.tables", "system.columns", "default.events", "people",
    "dirty_minutes", "identity_nodes", "events_of", "`events`", '"events"', "EVENTS", "{site:Identifier}",
)  # fmt: skip
ANSWERS = (
    "*", "site", "count()", "any(message)", "groupArray(user_id)", "toString(tuple(*))", "e.site", "COLUMNS('.*')",
    "groupUniqArray(service)", "events.*", "max(device_id)", "* EXCEPT time", "* REPLACE ('x' AS site)", "name",
)  # fmt: skip
FUNCTIONS = (
    "file('/etc/passwd')", "url('http://127.0.0.1:1/')", "remote('127.0.0.1', default, events)", "numbers(3)",
    "merge('default', '.*')", "mysql('h', 'd', 't', 'u', 'p')", "view(SELECT * FROM events)", "values('a String', 'b')",
    "input('a String')", "cluster('default', default, events)", "generateRandom('a String')", "null('a String')",
    "loop(events)", "executable('x', 'TSV', 'a String')", "s3('http://127.0.0.1:1/')", "dictionary('people')",
    "python('x')", "mergeTreeIndex(default, events)", "clusterAllReplicas('default', system.one)",
    "viewIfPermitted(SELECT * FROM events ELSE null('a String'))",
)  # fmt: skip
CONDITIONS = (
    "1", "site = 'marker7othersite'", "site != ''", "1 OR site = 'marker7othersite'", "site IN ('marker7othersite')",
    "site IN events", "'marker7othersite' IN (SELECT site FROM events)", "dictGet('people', 'turn', 1) >= 0",
    "joinGet('events', 'site', 'x') = ''", "NOT (site = '')", "in(site, events)", "EXISTS (SELECT 1 FROM spans)",
    "additional_table_filters = 1", "site = (SELECT max(site) FROM sessions)",
    "hasColumnInTable('default', 'events', 'site')",
)  # fmt: skip
ENDINGS = (
    "", " SETTINGS additional_table_filters = {}", " SETTINGS readonly = 0", " FORMAT JSON", " LIMIT 5", " ORDER BY 1",
    " INTO OUTFILE '/tmp/x'", " -- {site:String}", " /* */", ";", "; SELECT * FROM events", " LIMIT 1 BY 1",
    " SETTINGS final = 0", " PARALLEL WITH SELECT 1", " FINAL", " SAMPLE 1", " QUALIFY 1", " WINDOW w AS ()",
    " WITH TOTALS",
)  # fmt: skip


def selects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A SELECT around others: as a subquery, a WITH query, a joined table, a scalar, behind IN, in a union."""
    names, answers, conditions = st.sampled_from(NAMES), st.sampled_from(ANSWERS), st.sampled_from(CONDITIONS)
    sources = names | st.sampled_from(FUNCTIONS) | inner.map(lambda one: f"({one})")
    plain = st.builds("SELECT {} FROM {} WHERE {}".format, answers, sources, conditions)
    return st.one_of(
        plain,
        st.builds("SELECT {} FROM {} AS {} WHERE {}".format, answers, sources, names, conditions),
        st.builds("WITH {} AS ({}) SELECT {} FROM {}".format, names, inner, answers, names),
        st.builds("WITH ({}) AS {} SELECT {} FROM {}".format, inner, names, answers, names),
        st.builds("SELECT ({}), {} FROM {}".format, inner, answers, names),
        st.builds("SELECT {} FROM {} JOIN {} ON 1 = 1".format, answers, sources, sources),
        st.builds("SELECT {} FROM {}, {}".format, answers, sources, sources),
        st.builds("SELECT {} FROM {} ARRAY JOIN ({}) AS site".format, answers, sources, inner),
        st.builds("SELECT {} FROM {} WHERE site IN ({})".format, answers, sources, inner),
        st.builds("SELECT {} FROM {} WHERE site IN {}".format, answers, sources, names),
        st.builds("{} UNION ALL {}".format, inner, inner),
        st.builds("{} EXCEPT {}".format, inner, inner),
        st.builds("SELECT arrayMap(x -> ({}), [1])".format, inner),
        st.builds("SELECT {} FROM {} GROUP BY ALL HAVING {}".format, answers, sources, conditions),
        st.builds("FROM {} SELECT {}".format, sources, answers),
    )


QUERIES = st.builds(
    "{}{}".format,
    st.recursive(
        st.builds("SELECT {} FROM {}".format, st.sampled_from(ANSWERS), st.sampled_from(NAMES)),
        selects,
        max_leaves=5,
    ),
    st.sampled_from(ENDINGS),
)


@given(QUERIES)
@example("WITH events AS (SELECT * FROM spans) SELECT * FROM events")
@example(
    "WITH own AS (SELECT * FROM events) SELECT * FROM (WITH own AS (SELECT * FROM spans) SELECT * FROM own)"
)
@example("SELECT * FROM (SELECT * FROM events) AS events")
@example("SELECT events.site FROM spans AS events")
@example("SELECT * FROM events AS spans JOIN spans AS events ON 1 = 1")
@example("WITH own AS (SELECT 1) SELECT (WITH own AS (SELECT any(message) FROM events) SELECT * FROM own)")
@example(
    "WITH RECURSIVE own AS (SELECT site FROM events UNION ALL SELECT site FROM own LIMIT 3) SELECT * FROM own"
)
@example("SELECT * FROM events WHERE site = 'marker7othersite' OR 1")
@example("SELECT * FROM events PREWHERE 1 OR 1 WHERE 1 OR 1")
@settings(max_examples=250)
def test_no_query_shows_what_is_not_its_sites(store: Store, ours: Scope, sql: str) -> None:
    try:
        shown = str(store.read_only(ours, sql).to_pylist())
    except (InvalidInput, Unavailable) as refused:
        shown = str(refused)
    assert SECRET not in shown
    assert OTHERS not in shown or OTHERS in sql


def test_the_marker_is_there_to_be_seen(store: Store, ours: Scope) -> None:
    for table in ("events", "spans", "sessions", "page_views", "orders"):
        asked = f"SELECT * FROM {table}"
        assert SECRET in str(store.read_only(Scope(OTHERS), asked).to_pylist()) or table == "page_views"
        assert "mine" in str(store.read_only(ours, asked).to_pylist()) or table == "page_views"


def test_most_of_what_is_asked_so_is_not_simply_refused(store: Store, ours: Scope) -> None:
    for sql in (
        "WITH own AS (SELECT * FROM events) SELECT * FROM own",
        "SELECT site FROM events UNION ALL SELECT site FROM spans",
        "SELECT any(message) FROM events AS e JOIN spans ON 1 = 1",
    ):
        assert store.read_only(ours, sql).num_rows
