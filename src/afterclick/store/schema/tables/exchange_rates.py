"""Rates by which totals are told in the currency of their site: docs/definitions.md#exchange."""

from afterclick.store.schema.table import ANYONE, SYNCED, WORD, Column, Table

EXCHANGE_RATES = Table(
    "exchange_rates",
    why="rates by which totals are told in a site's own currency",
    engine="MergeTree",
    order_by="(site, currency, since)",
    settings=SYNCED,
    columns=(
        Column("site", WORD, ANYONE),
        Column("currency", WORD, ANYONE),
        Column("since", "Int64", ANYONE),
        Column("until", "Int64", ANYONE),
        Column("day", "Date", ANYONE),
        Column("rate", "Decimal(38, 18)", ANYONE),
        Column("into", WORD, ANYONE),
        Column("decimals", "UInt8", ANYONE),
        Column("stated", WORD, ANYONE),
    ),
)
"""One row a rate, made anew whole from those of the control database. `rate` of `day` holds for what began from `since`
to `until` (UTC ms, both within): 1 `currency` in `into`, the site's, whose smallest coin has `decimals` digits behind
the point. `stated` is the same in every row: it tells what was stated when they were made.
"""


EXCHANGE_RATES_NEXT = Table(
    "exchange_rates_next",
    why="swapped in whole",
    engine="MergeTree",
    order_by="(site, currency, since)",
    settings=SYNCED,
    made_of="exchange_rates",
    in_backups=False,
    columns=EXCHANGE_RATES.columns,
)


EXCHANGE = Table(
    "exchange",
    why="looked up by every read of money",
    engine="Dictionary",
    made_of="exchange_rates",
    clauses="""\
PRIMARY KEY site, currency
SOURCE(CLICKHOUSE(TABLE 'exchange_rates'))
LIFETIME(0)
LAYOUT(COMPLEX_KEY_RANGE_HASHED())
RANGE(MIN since MAX until)""",
    in_backups=False,
    columns=(
        Column("since", "Int64"),
        Column("until", "Int64"),
        Column("site", "String"),
        Column("currency", "String"),
        Column("day", "Date", default="'1970-01-01'"),
        Column("rate", "Decimal(38, 18)", default="0"),
        Column("into", "String", default="''"),
        Column("decimals", "UInt8", default="0"),
    ),
)
"""The dictionary from a currency of a site, at a time, to its rate; 0 where there is none."""
