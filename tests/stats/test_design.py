import numpy as np

from afterclick.stats.design import Design


def test_a_lone_number_far_out_counts_as_the_next_that_has_company() -> None:
    values = np.zeros(600)
    values[:30], values[30] = 1.0, 9.0
    design = Design(len(values))
    design.number(values)
    assert np.concatenate(design.columns).max() == 1.0


def test_numbers_with_company_stay_what_they_are() -> None:
    values = np.repeat([0.0, 1.0, 2.0], 200)
    design = Design(len(values))
    design.number(values)
    assert (design.columns[0] == values).all()
