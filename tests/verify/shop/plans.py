"""Who comes to the shop: first as on any day, then while things fail."""

from tests.verify.shop.shop import Shop
from tests.verify.shop.visitors import CHROME, FIREFOX, Plan


def usual(shop: Shop, count: int) -> list[Plan]:
    """So many customers, numbered from 0; every other one only looks around."""
    return [
        _plan(shop, number, ("GB", "FR", "DE", "IE")[number // 2 % 4], looks=number % 2 == 1)
        for number in range(count)
    ]


def faulty(shop: Shop, count: int, first: int) -> list[Plan]:
    """So many more, numbered from `first`, who want to buy: a third of them in Germany, a third in Ireland."""
    return [_plan(shop, number, ("GB", "DE", "IE")[number % 3]) for number in range(first, first + count)]


def _plan(shop: Shop, number: int, country: str, looks: bool = False) -> Plan:
    paths = sorted(shop.prices)
    return Plan(
        number=number,
        products=tuple(paths[(number * 5 + each) % len(paths)] for each in range(3 if looks else 1)),
        buys=not looks and number % 13 != 12,
        quantity=1 + number % 3,
        browser=FIREFOX if number % 7 in (1, 4) else CHROME,
        locale="de-DE" if number % 5 == 3 else "en-GB",
        country=country,
        express=number % 4 == 2,
        mistypes=country == "GB" and number % 5 == 0,
        goes_back=number % 9 == 4,
        in_new_tab=number % 10 == 6,
        asks_for_nothing=number % 14 == 9,
        reloads_thanks=number % 8 in (0, 5),
        closes_tab=number // 2 % 2 == 0,
    )
