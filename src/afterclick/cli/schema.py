"""`afterclick schema`: the tables of a ClickHouse cluster, as SQL to read and to run."""

import sys
from typing import Annotated

import typer

from afterclick.cli.printed import JsonOption, print_json
from afterclick.errors import InvalidInput
from afterclick.settings import load


def schema(
    cluster: Annotated[str, typer.Option(help="The cluster's name; default: AFTERCLICK_CLUSTER.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Print the tables for a ClickHouse cluster, replicated and sharded; see docs/scaling.md for what was run."""
    name = cluster or load().cluster
    if not name:
        raise InvalidInput("Name the cluster with --cluster or AFTERCLICK_CLUSTER.")
    from afterclick.measure import BOUND
    from afterclick.store.schema.cluster import cluster_schema

    statements = cluster_schema(name, BOUND)
    if as_json:
        print_json(statements)
    else:
        sys.stdout.write(";\n\n".join(statements) + ";\n")
