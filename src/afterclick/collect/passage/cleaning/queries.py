"""Fields that hold the query or the fragment of an address by themselves, known by their names."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

_REMEMBERED, _LONG = 4096, 128
_NAME = re.compile(
    r"(?:^|[._-])(?:(?:url|uri|https?|req|request)[._-]?(?:query|fragment)|(?:url|uri|location)\.(?:search|hash)"
    r"|query[_-]?string)(?:[_-]?param(?:eter)?s)?(?:$|[.\[])"
)
"""`http.query`, `url.fragment`, `query_string`, `location.search`, and what stands beneath: `req.query.name`."""
_DEEPEST = 16


def holds_query(name: str) -> bool:
    """Whether a field of this name holds a query or a fragment; one that holds what somebody looked for does not.

    >>> [holds_query(name) for name in ("http.query", "har.request.queryString", "query", "db.query.text")]
    [True, True, False, False]
    """
    return _is_query(name) if len(name) <= _LONG else _is_query.__wrapped__(name)


@lru_cache(_REMEMBERED)
def _is_query(name: str) -> bool:
    return _NAME.search(name.lower()) is not None


def without_queries(value: object, depth: int = 0) -> object:
    """A list or an object without the members that hold queries, sixteen levels deep."""
    if depth == _DEEPEST:
        return value
    if isinstance(value, Mapping):
        told = cast("Mapping[str, object]", value)
        return {name: without_queries(one, depth + 1) for name, one in told.items() if not holds_query(name)}
    if isinstance(value, list | tuple):
        return [without_queries(one, depth + 1) for one in cast("Sequence[object]", value)]
    return value
