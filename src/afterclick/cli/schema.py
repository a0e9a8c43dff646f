"""`afterclick schema`: the tables of a ClickHouse cluster, as SQL to read and to run."""

import sys
from typing import Annotated

import typer

from afterclick.errors import InvalidInput
from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.schema.cluster import cluster_schema


def schema(
    cluster: Annotated[str, typer.Option(help="The cluster's name; default: AFTERCLICK_CLUSTER.")] = "",
) -> None:
    """Print the tables for a ClickHouse cluster, replicated and sharded; see docs/scaling.md for what was run."""
    name = cluster or load().cluster
    if not name:
        raise InvalidInput("Name the cluster with --cluster or AFTERCLICK_CLUSTER.")
    sys.stdout.write(";\n\n".join(cluster_schema(name, BOUND)) + ";\n")
