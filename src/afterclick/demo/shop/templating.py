"""The shop's one template environment, for pages and pictures."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def environment() -> Environment:
    """Templates of `templates/`, escaping HTML and failing on undefined names."""
    made = Environment(
        loader=PackageLoader("afterclick.demo.shop"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["money"] = money
    return made


def money(amount: float) -> str:
    """Euros as the shop writes them: "€1,289" or "€4.50"."""
    return f"€{amount:,.0f}" if amount == int(amount) else f"€{amount:,.2f}"
