"""Who is one person: connected components over the edges, but no device ever joins two signed-in people.

Pure, and the same answer for the same set of edges, in whatever order and however often each is given:

1. What was cut is taken away.
2. Users are joined by aliases and shared e-mail hashes alone: their connected components are the people.
3. A device joins the person of its users when they are all one person. A device with users of two people is shared: it
   joins neither, so its anonymous visits are a person of their own, and its signed-in visits are their user's.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]


class EdgeKind(IntEnum):
    """What an edge says, as in the store's `identity_edges`; `one` of SEEN_ON is the device."""

    SEEN_ON = 1
    ALIAS = 2
    EMAIL = 3


@dataclass(frozen=True)
class Edges:
    """Edges as three columns of one length: kinds, and the keys of the nodes at either end."""

    kind: NDArray[np.uint8]
    one: Keys
    other: Keys


@dataclass(frozen=True)
class Persons:
    """Every node that has an edge (`keys`, ascending), and its person: the least key of that person's nodes."""

    keys: Keys
    persons: Keys


def resolve(edges: Edges, cuts: Collection[tuple[int, int]] = ()) -> Persons:
    """The person of every node; `cuts` are pairs of keys, either way round, whose edges do not count.

    A node that is left without an edge is a person of its own. O(n log n) in the edges; a million devices take about
    a second. Source: connected components as in `scipy.sparse.csgraph.connected_components`.
    """
    keys, ends = _indexed(edges)
    kept = ~_cut(edges, cuts)
    seen = edges.kind == EdgeKind.SEEN_ON
    one, other = ends
    group = _components(len(keys), one[kept & ~seen], other[kept & ~seen])
    _join_devices(group, one[kept & seen], other[kept & seen])
    return Persons(keys, _least(keys, group))


def _indexed(edges: Edges) -> tuple[Keys, Index]:
    """The distinct keys, and for either end of each edge the place of its key among them: shape (2, edges)."""
    keys, places = np.unique(np.stack([edges.one, edges.other]), return_inverse=True)
    return keys, places.reshape(2, -1).astype(np.int64)


def _cut(edges: Edges, cuts: Collection[tuple[int, int]]) -> Mask:
    cut = np.zeros(len(edges.kind), np.bool_)
    if not cuts:
        return cut
    both = {*cuts, *((other, one) for one, other in cuts)}
    ends = np.array([one for one, _ in both], np.uint64)
    suspects = np.flatnonzero(np.isin(edges.one, ends) & np.isin(edges.other, ends))
    pairs = zip(edges.one[suspects].tolist(), edges.other[suspects].tolist(), strict=True)
    cut[suspects] = [pair in both for pair in pairs]
    return cut


def _components(nodes: int, one: Index, other: Index) -> Index:
    """The number of each node's connected component."""
    from scipy.sparse import coo_array  # here, so that importing the room leaves SciPy alone
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(one)), (one, other)), shape=(nodes, nodes))
    return connected_components(joined, directed=False)[1].astype(np.int64)


def _join_devices(group: Index, device: Index, user: Index) -> None:
    """Put each device into the group of its users when they have but one."""
    lowest = np.full(len(group), len(group), np.int64)
    highest = np.full(len(group), -1, np.int64)
    np.minimum.at(lowest, device, group[user])
    np.maximum.at(highest, device, group[user])
    alone = lowest == highest
    group[alone] = lowest[alone]


def _least(keys: Keys, group: Index) -> Keys:
    """For each node the least key of its group."""
    first = np.full(int(group.max(initial=-1)) + 1, len(keys), np.int64)
    np.minimum.at(first, group, np.arange(len(keys)))
    return keys[first[group]]
