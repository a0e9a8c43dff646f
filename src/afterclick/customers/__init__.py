"""Whose visits they are: devices, users and e-mail hashes that belong to one person.

Enters: edges between nodes, which the store takes out of the events, and cuts that a person made. Leaves: the
dictionary from node to person that every read goes by, and counts of persons.
"""

from afterclick.customers.cuts import Cuts, Node, SqlCuts
from afterclick.customers.identity import Identity
from afterclick.customers.persons import Person, PersonCount, person_of, persons, persons_by_bucket
from afterclick.customers.resolver import EdgeKind, Edges, Persons, resolve

__all__ = [
    "Cuts",
    "EdgeKind",
    "Edges",
    "Identity",
    "Node",
    "Person",
    "PersonCount",
    "Persons",
    "SqlCuts",
    "person_of",
    "persons",
    "persons_by_bucket",
    "resolve",
]
