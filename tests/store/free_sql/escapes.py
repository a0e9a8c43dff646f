"""What people have tried to get out of a fence of SQL with, put together by kind: what may go wrong where."""

from collections.abc import Iterator

QUOTES = (
    "'\"`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
    "\u2039\u203a\u00ab\u00bb\u02bc\u02ee\u2032\u2033\u300c\u300d\uff02\uff07\uff40"
)
"""Quotes of all scripts: an engine may read some of them as its own."""

COMMENTS = ("--", "-- ", "#", "#!", "/*", "*/", "//", "\x00", "\\", ";", ";--", "\u2028", "\ufeff", "\u200b")

TABLE_FUNCTIONS = (
    "file('{file}', 'LineAsString')", "file('{file}')", "url('{url}', 'LineAsString')", "s3('{url}', 'LineAsString')",
    "remote('127.0.0.1:{port}', default, events)", "remoteSecure('127.0.0.1:{port}', default, events)",
    "mysql('127.0.0.1:{port}', 'd', 't', 'u', 'p')", "postgresql('127.0.0.1:{port}', 'd', 't', 'u', 'p')",
    "mongodb('127.0.0.1:{port}', 'd', 't', 'u', 'p', 'a String')", "jdbc('{url}', 't')", "odbc('{url}', 't')",
    "redis('127.0.0.1:{port}', 'a', 'a String')", "sqlite('{file}', 't')", "hdfs('{url}', 'LineAsString')",
    "executable('cat {file}', 'LineAsString', 'a String')", "merge('', '.*')", "merge('.*')", "numbers(3)",
    "cluster('default', default, events)", "clusterAllReplicas('default', default, events)",
    "view(SELECT * FROM events)",
    "loop(events)", "dictionary('people')", "input('a String')", "values('a String', 'b')", "null('a String')",
    "generateRandom('a String')", "mergeTreeIndex(default, events)", "python('x')", "icebergLocal('{file}')",
    "deltaLake('{url}')", "hudi('{url}')", "azureBlobStorage('{url}', 'c', 'b', 'a', 'k')", "gcs('{url}')",
    "timeSeriesData('default', 'events')", "fuzzJSON('x', 'y')", "format(LineAsString, 'a')", "zeros(3)",
)  # fmt: skip

FUNCTIONS = (
    "file('{file}')", "catboostEvaluate('{file}', 1)", "dictGet('people', 'turn', 1)",
    "dictGetOrDefault('p', 'a', 1, 2)",
    "joinGet('events', 'site', 1)", "joinGetOrNull('events', 'site', 1)", "hostName()", "version()", "currentUser()",
    "getSetting('readonly')", "getMacro('x')", "getServerPort('tcp_port')", "sleep(1)", "sleepEachRow(1)", "uptime()",
    "filesystemAvailable()", "filesystemCapacity()", "currentDatabase()", "displayName()", "tcpPort()", "queryID()",
    "currentProfiles()", "currentRoles()", "addressToLine(1)", "addressToSymbol(1)", "demangle('x')", "buildId()",
    "hasColumnInTable('default', 'events', 'site')", "in('x', events)", "notIn('x', `events`)",
    "globalIn('x', events)",
    "evalMLMethod(1, 2)", "modelEvaluate('x', 1)", "throwIf(1)", "ignore(sleep(1))", "logTrace('x')", "trap('x')",
    "remoteExpression('x')", "regexpDict('x')", "reverseDNSQuery('127.0.0.1')", "encrypt('a', 'b', 'c')",
    "python('x')",
    "getClientHTTPHeader('x')", "mapFromFile('{file}')", "readWKTFile('{file}')",
    "structureToProtobufSchema('a String')",
    "initializeAggregation('count', 1)", "finalizeAggregation(x)", "runningAccumulate(x)", "neighbor(site, 1)",
)  # fmt: skip

HIDDEN = (
    "events_of", "sessions_of", "orders_of", "page_views_of", "identity_edges", "identity_nodes", "merged_nodes",
    "people",
    "dirty_minutes", "order_tickets", "schema_migrations", "system.tables", "system.parts", "system.columns",
    "default.events",
    "`default`.`events`", "\"default\".\"events\"", "information_schema.tables", "_table_function.file",
    "INFORMATION_SCHEMA.COLUMNS",
    "system.query_log", "system.processes", "system.settings", "system.dictionaries", "system.users",
    "system.zookeeper",
)  # fmt: skip

ENDINGS = (
    " SETTINGS readonly = 0", " SETTINGS additional_table_filters = {{}}", " settings final = 0", " FORMAT CSV",
    " FORMAT Null SETTINGS readonly = 0", " INTO OUTFILE '{out}'", " INTO OUTFILE '{out}' FORMAT CSV",
    " PARALLEL WITH SELECT 1",
    "; SELECT message FROM events", "; INSERT INTO FUNCTION file('{out}') SELECT 1", "; SET readonly = 0",
    " UNION ALL SELECT * FROM events_of",
    " LIMIT 1 SETTINGS limit = 0", " WITH TIES", " SAMPLE 1", " FINAL SETTINGS final = 0", " AS x", " QUALIFY 1",
    " \\G", " \\c",
    " EXCEPT SELECT * FROM spans", " INTERSECT SELECT * FROM spans", " ORDER BY 1 WITH FILL FROM 1 TO 1e9",
    " LIMIT 1e9 OFFSET -1",
)  # fmt: skip

SCOPES = (
    "WITH {t} AS (SELECT 1) SELECT * FROM {t}",
    "WITH own AS (SELECT * FROM {t}) SELECT * FROM own",
    "SELECT * FROM (WITH {t} AS (SELECT 1 AS a) SELECT a FROM {t}) AS x, {t}",
    "SELECT (WITH {t} AS (SELECT 1) SELECT * FROM {t}), message FROM {t}",
    "WITH a AS (WITH {t} AS (SELECT 1 AS n) SELECT n FROM {t}) SELECT * FROM {t}",
    "WITH a AS (SELECT * FROM {t}), {t} AS (SELECT 1 AS n) SELECT * FROM a",
    "WITH {t} AS (SELECT * FROM {t}) SELECT * FROM {t}",
    "WITH RECURSIVE {t} AS (SELECT * FROM {t}) SELECT * FROM {t}",
    "WITH (SELECT any(message) FROM {t}) AS {t} SELECT {t}",
    "WITH 1 AS {t} SELECT * FROM {t}",
    "SELECT * FROM events AS {t} JOIN {t} AS events ON 1 = 1",
    "SELECT * FROM (SELECT 1 AS n) AS {t} WHERE EXISTS (SELECT 1 FROM {t})",
    "SELECT 1 WHERE 'x' IN {t}",
    "SELECT 1 WHERE 'x' IN (SELECT message FROM {t})",
    "SELECT arrayMap(x -> (SELECT any(message) FROM {t}), [1])",
    "SELECT 1 UNION ALL (WITH {t} AS (SELECT 1 AS n) SELECT n FROM {t}) UNION ALL SELECT length(message) FROM {t}",
)

WRAPPED = (
    "SELECT {q}x{q} FROM events",
    "SELECT message AS {q}x{q} FROM events",
    "SELECT {q}x -- {q} FROM events",
    "SELECT {q}, message FROM events_of -- {q}",
    "SELECT 1 AS {q} UNION ALL SELECT message FROM events_of -- ",
    "SELECT {q}x{q}, * FROM file({q}{{file}}{q}, {q}LineAsString{q}) -- ",
    "SELECT {q} FROM events WHERE site = {q}marker7othersite{q} -- ",
    "SELECT {q}a{q} FROM events WHERE message = {q}\\{q} OR 1 = 1 -- ",
)


def escapes() -> Iterator[str]:
    """Every one of them, with `{file}`, `{out}`, `{url}` and `{port}` still to be filled in."""
    for quote in QUOTES:
        yield from (one.replace("{q}", quote).replace("{{file}}", "{file}") for one in WRAPPED)
    for comment in COMMENTS:
        yield f"SELECT message FROM events {comment} SETTINGS readonly = 0"
        yield f"SELECT message {comment} FROM events_of"
        yield f"SELECT {comment} FROM events; SELECT message FROM events_of"
    for name in HIDDEN:
        yield f"SELECT * FROM {name}"
        yield from (one.replace("{t}", name) for one in SCOPES if name.isidentifier())
    yield from (f"SELECT * FROM {one}" for one in TABLE_FUNCTIONS)
    yield from (f"SELECT * FROM events JOIN {one} AS f ON 1 = 1" for one in TABLE_FUNCTIONS)
    yield from (f"INSERT INTO FUNCTION {one} SELECT 1" for one in TABLE_FUNCTIONS)
    yield from (f"SELECT {one}" for one in FUNCTIONS)
    yield from (f"SELECT arrayMap(x -> {one}, [1]) FROM events" for one in FUNCTIONS)
    yield from (f"SELECT message FROM events{ending}" for ending in ENDINGS)
    yield from (
        "SELECT $$x$$ FROM events_of", "SELECT $a$'; SELECT message FROM events_of -- $a$", "SELECT {site:String}",
        "SELECT * FROM {t:Identifier}", "SELECT {x: String} FROM events", "SELECT @@version", "SELECT @x",
        "SELECT :x",
        "SELECT ?", "EXPLAIN SELECT * FROM events_of", "DESCRIBE events_of", "SHOW CREATE events_of",
        "EXISTS events_of",
        "KILL QUERY WHERE 1", "SYSTEM SHUTDOWN", "ATTACH TABLE x", "CREATE TEMPORARY TABLE x (a String)",
        "USE system",
        "INSERT INTO events VALUES ('x')", "INSERT INTO FUNCTION file('{out}') SELECT 1", "OPTIMIZE TABLE events",
        "ALTER TABLE events DELETE WHERE 1", "RENAME TABLE events TO x", "BACKUP TABLE events TO File('{out}')",
        "SELECT * FROM events AS e(message)", "SELECT * FROM events ARRAY JOIN file('{file}') AS f",
        "SELECT COLUMNS('.*') FROM events_of", "FROM events_of SELECT *",
        "SELECT * FROM executable('cat {file}', TSV, 'a String')",
        "SELECT 'a\\', (SELECT any(message) FROM events_of) -- '", "SELECT '\\x27, message FROM events_of -- '",
        "SELECT 'a''', (SELECT 1) FROM events_of", "SELECT \"a\"\"\" FROM events_of", "SELECT `a``b` FROM events_of",
        "SELECT E'\\'' , message FROM events_of --'", "SELECT N'x', X'27', B'1' FROM events_of",
        "SELECT 0x27 FROM events_of",
        "SELECT 'x' || (SELECT any(message) FROM events_of)", "SELECT CAST('x', 'String') FROM events_of",
        "SELECT * FROM events FINAL PREWHERE 1 OR site != '' WHERE 1",
        "SELECT * FROM spans WHERE site = 'marker7othersite' OR 1",
    )  # fmt: skip
