"""The resolver by property, against a union-find written out plainly."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from afterclick.customers import EdgeKind, Edges, resolve

Edge = tuple[EdgeKind, int, int]
Pair = tuple[int, int]

DEVICES, USERS, MAILS = st.integers(100, 107), st.integers(200, 205), st.integers(300, 302)

some_edges = st.lists(
    st.one_of(
        st.tuples(st.just(EdgeKind.SEEN_ON), DEVICES, USERS),
        st.tuples(st.just(EdgeKind.ALIAS), USERS, USERS),
        st.tuples(st.just(EdgeKind.EMAIL), MAILS, USERS),
    ),
    max_size=20,
)
some_cuts = st.lists(st.tuples(st.one_of(DEVICES, USERS, MAILS), USERS), max_size=3)


@given(edges=some_edges, cuts=some_cuts)
def test_people_are_those_that_a_plain_union_find_with_the_guard_finds(
    edges: list[Edge], cuts: list[Pair]
) -> None:
    assert people(edges, cuts) == plainly(edges, cuts)


@given(edges=some_edges, cuts=some_cuts, data=st.data())
def test_any_order_and_repetition_of_edges_gives_the_same_people(
    edges: list[Edge], cuts: list[Pair], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(edges), max_size=10)) if edges else []
    shuffled = data.draw(st.permutations([*edges, *again]))
    turned = [(other, one) for one, other in cuts]
    assert people(shuffled, turned) == people(edges, cuts)


@given(edges=some_edges)
def test_no_device_joins_two_users(edges: list[Edge]) -> None:
    without = [edge for edge in edges if edge[0] != EdgeKind.SEEN_ON]
    assert users_together(people(edges)) == users_together(people(without))


def test_an_edge_given_three_hundred_times_counts_like_one() -> None:
    assert people([(EdgeKind.ALIAS, 200, 201)] * 256) == {frozenset({200, 201})}


def test_people_are_joined_through_any_number_of_hands() -> None:
    chain: list[Edge] = [(EdgeKind.ALIAS, 200 + n, 201 + n) for n in range(50)]
    ends: list[Edge] = [(EdgeKind.SEEN_ON, 100, 200), (EdgeKind.EMAIL, 300, 250)]
    assert people(chain + ends) == {frozenset({100, 300, *range(200, 251)})}


def test_a_device_of_two_users_is_shared_until_they_turn_out_to_be_one_person() -> None:
    shared: list[Edge] = [(EdgeKind.SEEN_ON, 100, 200), (EdgeKind.SEEN_ON, 100, 201)]
    assert people(shared) == {frozenset({100}), frozenset({200}), frozenset({201})}
    assert people([*shared, (EdgeKind.ALIAS, 200, 201)]) == {frozenset({100, 200, 201})}
    assert people([*shared, (EdgeKind.EMAIL, 300, 200), (EdgeKind.EMAIL, 300, 201)]) == {
        frozenset({100, 200, 201, 300})
    }


def test_a_cut_edge_does_not_count_whichever_way_round_it_is_named() -> None:
    joined: list[Edge] = [(EdgeKind.ALIAS, 200, 201), (EdgeKind.SEEN_ON, 100, 201)]
    parted = {frozenset({200}), frozenset({100, 201})}
    assert people(joined, [(200, 201)]) == people(joined, [(201, 200)]) == parted


def test_nobody_is_nobody() -> None:
    assert people([]) == set()


def people(edges: list[Edge], cuts: list[Pair] | None = None) -> set[frozenset[int]]:
    columns = list(zip(*edges, strict=True)) or [(), (), ()]
    kind, one, other = columns
    found = resolve(
        Edges(np.array(kind, np.uint8), np.array(one, np.uint64), np.array(other, np.uint64)), cuts or []
    )
    groups: dict[int, set[int]] = defaultdict(set)
    for key, person in zip(found.keys.tolist(), found.persons.tolist(), strict=True):
        groups[person].add(key)
    assert all(person == min(keys) for person, keys in groups.items())
    return {frozenset(keys) for keys in groups.values()}


def plainly(edges: list[Edge], cuts: list[Pair]) -> set[frozenset[int]]:
    nodes = {node for _, *ends in edges for node in ends}
    kept = [edge for edge in edges if (edge[1], edge[2]) not in cuts and (edge[2], edge[1]) not in cuts]
    group = {node: {node} for node in nodes}
    for kind, one, other in kept:
        if kind != EdgeKind.SEEN_ON:
            join(group, one, other)
    owners: dict[int, list[int]] = defaultdict(list)
    for kind, one, other in kept:
        if kind == EdgeKind.SEEN_ON:
            owners[one].append(other)
    alone = {device: users for device, users in owners.items() if all(u in group[users[0]] for u in users)}
    for device, users in alone.items():
        join(group, device, users[0])
    return {frozenset(members) for members in group.values()}


def join(group: dict[int, set[int]], one: int, other: int) -> None:
    together = group[one] | group[other]
    for node in together:
        group[node] = together


def users_together(found: set[frozenset[int]]) -> set[frozenset[int]]:
    users = {frozenset(key for key in person if 200 <= key < 300) for person in found}
    return {person for person in users if len(person) > 1}
