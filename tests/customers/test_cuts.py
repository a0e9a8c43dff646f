"""Which links between nodes do not count, as kept in the control database."""

import pytest
from sqlalchemy import Engine

from afterclick.customers import Node, SqlCuts
from afterclick.customers.cuts import Cut
from afterclick.errors import InvalidInput, NotFound

OLD, NEW = Node("user", "old"), Node("user", "new")


def test_a_cut_is_kept_once_whichever_way_round_and_mended_once(control: Engine, site: str) -> None:
    cuts = SqlCuts(control)
    cuts.cut(site, OLD, NEW, 1)
    cuts.cut(site, NEW, OLD, 2)
    assert cuts.list() == [Cut(site, NEW, OLD, 2)]
    cuts.mend(site, OLD, NEW)
    assert cuts.list() == []
    with pytest.raises(NotFound, match="user:old and user:new are not parted"):
        cuts.mend(site, OLD, NEW)


def test_a_node_is_not_parted_from_itself(control: Engine, site: str) -> None:
    with pytest.raises(InvalidInput, match="name two"):
        SqlCuts(control).cut(site, OLD, OLD, 1)


@pytest.mark.parametrize("text", ["ada", "user:", "person:7", ""])
def test_what_names_no_node_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="write device:ID"):
        Node.parse(text)
