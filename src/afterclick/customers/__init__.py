"""Whose visits they are: devices, users and e-mail hashes that belong to one person.

Enters: edges between nodes, which the store takes out of the events, and cuts that a person made. Leaves: the
dictionary from node to person that every read goes by, and counts of people.
"""

from afterclick.customers.cuts import Cuts, Node, SqlCuts
from afterclick.customers.identity import Identity
from afterclick.customers.people import PeopleCount, Person, people, people_by_bucket, person_of
from afterclick.customers.resolver import EdgeKind, Edges, Persons, resolve

__all__ = [
    "Cuts",
    "EdgeKind",
    "Edges",
    "Identity",
    "Node",
    "PeopleCount",
    "Person",
    "Persons",
    "SqlCuts",
    "people",
    "people_by_bucket",
    "person_of",
    "resolve",
]
