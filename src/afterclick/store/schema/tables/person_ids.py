"""The ids of one person, while an export or an erasure is at work."""

from afterclick.store.schema.table import TEXT, WORD, Column, People, Table

PERSON_IDS = Table(
    "person_ids",
    why="an export or an erasure at work",
    engine="Memory",
    settings="",
    in_backups=False,
    people=People(
        holds="ids of one person, in the engine's memory alone",
        erased="forgotten when it ends",
        kept="while it works",
    ),
    columns=(
        Column("job", TEXT),
        Column("kind", WORD),
        Column("value", TEXT),
    ),
)
"""Made when it is first needed, and gone with the process."""
