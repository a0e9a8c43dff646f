"""Fills the shop's shelves: `python stock.py`, after `migrate`."""

import os
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
django.setup()

from django.contrib.sites.models import Site  # noqa: E402
from oscar.apps.catalogue.categories import create_from_breadcrumbs  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402

COUNTRIES = (("GB", "United Kingdom"), ("FR", "France"), ("DE", "Germany"), ("IE", "Ireland"))
SHELVES = {
    "Plants": (("Ivy large", "12.99"), ("Fern 40 cm", "8.49"), ("Olive tree", "1299.00"), ("Moss", "0.99")),
    "Pots": (("Clay pot 12", "3.50"), ("Glazed pot", "24.95"), ("Trough", "1049.50"), ("Saucer", "1.10")),
    "Tools": (("Trowel", "7.25"), ("Secateurs", "31.80"), ("Gloves M", "5.05"), ("Twine", "2.20")),
}


def stock():
    Site.objects.update_or_create(pk=1, defaults={"domain": "127.0.0.1", "name": "Leaf"})
    for code, name in COUNTRIES:
        get_model("address", "Country").objects.create(
            iso_3166_1_a2=code, printable_name=name, name=name, is_shipping_country=True
        )
    kind = get_model("catalogue", "ProductClass").objects.create(name="Goods", track_stock=False)
    partner = get_model("partner", "Partner").objects.create(name="Nursery")
    for shelf, goods in SHELVES.items():
        category = create_from_breadcrumbs(shelf)
        for title, price in goods:
            product = get_model("catalogue", "Product").objects.create(title=title, product_class=kind)
            product.categories.add(category)
            get_model("partner", "StockRecord").objects.create(
                product=product,
                partner=partner,
                partner_sku=title,
                price=Decimal(price),
                price_currency="GBP",
            )
            print(f"{product.get_absolute_url()}\t{price}")


stock()
