from tests.verify.coverage import PROBLEMS, runs

from afterclick.store.store import Store


def test_a_small_shop_of_each_fault_is_priced_near_its_truth(store: Store) -> None:
    """`make verify` in small: five runs, of which chance may spoil one."""
    done = list(runs(store, len(PROBLEMS), first_seed=900, visits=3000))
    covered = [
        one.fault for one in done if one.estimate.orders_lost and one.estimate.orders_lost.covers(one.orders)
    ]
    assert len(covered) >= len(PROBLEMS) - 1
