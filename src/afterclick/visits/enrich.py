"""What the drain adds to events, a column at a time: describe (see `device_class`), route (patterns of paths), channel.

Each works on the distinct values of a batch, of which there are few, and spreads the answers by index. Fields
that the sender filled are left alone.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import pyarrow as pa
import pyarrow.compute as pc

from afterclick.collect.event.referring_site import referred_by
from afterclick.collect.event.returning import comes_back
from afterclick.store.drain.block import Step
from afterclick.visits.device_class import AUTOMATED, NO_CUSTOMER, described
from afterclick.visits.routes import Routes

Column: TypeAlias = "pa.ChunkedArray[Any]"
Returns: TypeAlias = Callable[[str], frozenset[str]]
"""The hosts from which a site's customers only come back, by the site."""


def _nowhere(_: str) -> frozenset[str]:
    return frozenset()


def describe(rows: pa.Table) -> pa.Table:
    """Fill `device_class`, `browser` and `os` from `user_agent` where the sender left them empty.

    A browser that a program drives is a bot, and what has no browser is a program, whatever device it plays: who counts
    hangs on it.
    """
    agents = rows["user_agent"]
    classes = _spread(agents, lambda agent: described(agent)[0])
    for nobody in AUTOMATED:
        rows = _put(rows, "device_class", classes, _equal(classes, pa.scalar(nobody)))
    rows = _filled(rows, "device_class", classes)
    rows = _filled(rows, "browser", _spread(agents, lambda agent: described(agent)[1]))
    return _filled(rows, "os", _spread(agents, lambda agent: described(agent)[2]))


def route(rows: pa.Table, routes: Routes) -> pa.Table:
    """Fill `route` from `path`, and `step` from the route; only what customers open teaches which positions vary."""
    own = rows["route"]
    unrouted = rows.filter(_equal(own, pa.scalar("")))
    if unrouted.num_rows:
        customers = unrouted.filter(_of_customers(unrouted))
        counted = {**dict.fromkeys(_counted(unrouted), 0), **_counted(customers)}
        given = {"\n".join(key): route for key, route in routes.of(counted).items()}
        rows = _filled(rows, "route", _spread(_joined(rows), lambda text: given.get(text, "")))
    return _filled(rows, "step", rows["route"])


def _of_customers(rows: pa.Table) -> Column:
    found = cast("Any", pc).is_in(rows["device_class"], pa.array(NO_CUSTOMER, pa.string()))
    return cast("Any", pc).invert(found)


def _counted(rows: pa.Table) -> dict[tuple[str, str], int]:
    """Rows by site and path."""
    found = cast("Any", pc).value_counts(_joined(rows))  # the stubs know no list of a struct
    values: list[str] = found.field("values").to_pylist()
    counts: list[int] = found.field("counts").to_pylist()
    return {_parted(value): count for value, count in zip(values, counts, strict=True)}


def _joined(rows: pa.Table) -> Column:
    """Site and path as one text; no site has a line break in its id."""
    return cast("Any", pc).binary_join_element_wise(
        rows["site"], rows["path"], "\n"
    )  # of the stubs' types it takes none


def _parted(text: str) -> tuple[str, str]:
    site, _, path = text.partition("\n")
    return site, path


def channel(rows: pa.Table, returns: Returns = _nowhere) -> pa.Table:
    """Fill `channel`: campaign, or the kind of site that referred; empty means direct, or back from where the customer
    only was on the way: the site's own hosts, a payment provider, what the site `returns` from.
    """
    campaign = _spread(rows["campaign"], lambda name: "campaign" if name else "")
    rows = _filled(rows, "channel", campaign)
    return _filled(rows, "channel", _spread(_asked(rows), lambda text: _referred(text, returns)))


def _asked(rows: pa.Table) -> Column:
    columns = (rows["site"], rows["referrer"], rows["host"])
    return cast("Any", pc).binary_join_element_wise(*columns, "\n")  # of the stubs' types it takes none


def _referred(text: str, returns: Returns) -> str:
    site, referrer, host = text.split("\n", 2)
    return "" if not referrer or comes_back(referrer, host, returns(site)) else referred_by(referrer)


def _spread(column: Column, answer: Callable[[str], str]) -> Column:
    """The answer for each row, asked once for each distinct value of a chunk."""
    chunks: list[pa.Array[Any]] = []
    for chunk in cast("list[pa.StringArray]", column.chunks):
        values: pa.DictionaryArray[Any, Any] = chunk.dictionary_encode()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        answers = pa.array(
            [answer(value) for value in cast("list[str]", values.dictionary.to_pylist())], pa.string()
        )
        chunks.append(answers.take(values.indices))
    return pa.chunked_array(chunks, pa.string())


def _equal(left: Column, right: "Column | pa.StringScalar") -> "pa.BooleanArray":
    return pc.equal(left, right)  # pyright: ignore[reportUnknownMemberType] - overloads over any type


def _filled(rows: pa.Table, name: str, values: Column) -> pa.Table:
    """Put values where the column is empty."""
    return _put(rows, name, values, _equal(rows[name], pa.scalar("")))


def _put(rows: pa.Table, name: str, values: Column, where: pa.BooleanArray) -> pa.Table:
    """Put values where the mask says so."""
    column = pc.if_else(where, values, rows[name])
    return rows.set_column(rows.schema.get_field_index(name), name, column)


def steps(routes: Routes, returns: Returns = _nowhere) -> tuple[Step, ...]:
    """The drain's steps, in the order in which they run."""
    return (
        Step("describe", "events", describe),
        Step("route", "events", lambda rows: route(rows, routes)),
        Step("channel", "events", lambda rows: channel(rows, returns)),
    )


STEPS = steps(Routes())
"""The steps of an installation that prescribes no routes and keeps no learned ones."""
