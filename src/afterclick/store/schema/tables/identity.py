"""Whose visits they are: docs/customers.md tells the rules, docs/decisions/0005-identity.md the reasons."""

from afterclick.store.schema.table import SYNCED, TIME, WORD, Column, People, Table, largest, packed

IDENTITY_EDGES = Table(
    "identity_edges",
    why="whose visits they are",
    engine="AggregatingMergeTree",
    order_by="(site, one, other, kind)",
    made_of="events",
    dated_by="last",
    sharded_by="sipHash64(one)",
    people=People(
        holds="hashes of devices, users and e-mail addresses that belong together",
        erased="edges of the person's nodes are deleted by rewriting the part",
        key=("one", "other", "kind"),
        found_by={"one": "node", "other": "node"},
    ),
    columns=(
        Column("site", WORD),
        Column("kind", "UInt8"),
        Column("one", "UInt64"),
        Column("other", "UInt64"),
        packed("last", largest(TIME)),
    ),
)
"""One row for two nodes that were seen together. `kind` 1: device and user, 2: alias of two users, 3: user and e-mail.
A node (a device, a user, the hash of an e-mail address) has a key made of its site and id: bit 63 is set for users, so
that of a visit's nodes the user's is the greatest; bit 62 for all others, so that no key is small.
"""


IDENTITY_NODES = Table(
    "identity_nodes",
    why="whose visits they are",
    order_by="key",
    settings=SYNCED,
    made_of="sessions",
    people=People(
        holds="a number for each hash",
        erased="the person's nodes are deleted by rewriting the part",
        kept="until erased",
        key=("key",),
        found_by={"key": "node"},
    ),
    columns=(
        Column("key", "UInt64"),
        Column("number", "UInt32"),
    ),
)
"""Each node's number, dense from 1 up, given once; 0 is nobody."""


MERGED_NODES = Table(
    "merged_nodes",
    why="whose visits they are",
    engine="MergeTree",
    order_by="number",
    settings=SYNCED,
    made_of="identity_nodes",
    people=People(
        holds="numbers of nodes that are one person",
        erased="written anew without the person",
        kept="until resolved anew",
    ),
    columns=(
        Column("number", "UInt64"),
        Column("turn", "UInt32"),
    ),
)
"""The nodes that belong to another node's person, as the last resolve found; all others are a person of their own.
`turn` is the exclusive or of the node's number and its person's: 0, a missing entry's, turns a number into itself.
"""


MERGED_NODES_NEXT = Table(
    "merged_nodes_next",
    why="swapped in whole",
    engine="MergeTree",
    order_by="number",
    settings=SYNCED,
    made_of="merged_nodes",
    in_backups=False,
    people=People(
        holds="the same, while it is written",
        erased="emptied",
        kept="seconds",
    ),
    columns=MERGED_NODES.columns,
)


PEOPLE = Table(
    "people",
    why="looked up by every read of people",
    engine="Dictionary",
    made_of="merged_nodes",
    clauses="""\
PRIMARY KEY number
SOURCE(CLICKHOUSE(TABLE 'merged_nodes'))
LIFETIME(0)
LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 200000000))""",
    in_backups=False,
    people=People(
        holds="the same, in memory",
        erased="reloaded",
        kept="until reloaded",
    ),
    columns=(
        Column("number", "UInt64"),
        Column("turn", "UInt32", default="0"),
    ),
)
"""The dictionary from a node's number to its turn."""
