"""What the app can do for the machine that it runs on, as the wiring tells it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from afterclick.store.backup import Frozen
from afterclick.store.drain.drain import Freshness
from afterclick.store.drain.replay import Replayed, Standing


@dataclass(frozen=True)
class Machine:
    """`freshness` tells how far the store is behind, `aside` which rows it refused; `replay` sends those again whose
    reason holds the text; `frozen` holds the store's tables as of now until its block ends. All block.
    """

    freshness: Callable[[], Freshness]
    aside: Callable[[], Sequence[Standing]]
    replay: Callable[[str], Replayed]
    frozen: Callable[[], AbstractContextManager[Frozen]]
