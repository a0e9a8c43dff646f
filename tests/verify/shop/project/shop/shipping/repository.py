from decimal import Decimal

import requests
from django.conf import settings
from oscar.apps.shipping import methods, repository


class Express(methods.FixedPrice):
    code = "express"
    name = "Express"
    charge_excl_tax = charge_incl_tax = Decimal("4.95")


class Repository(repository.Repository):
    """Ways to ship, once the carrier has said that it goes there."""

    methods = (methods.Free(), Express())

    def get_available_shipping_methods(self, basket, shipping_addr=None, **kwargs):
        """Raises requests.HTTPError when the carrier does."""
        if shipping_addr is not None:
            country = shipping_addr.country.code
            requests.get(settings.RATES, params={"to": country}, timeout=5).raise_for_status()
        return super().get_available_shipping_methods(basket, shipping_addr=shipping_addr, **kwargs)
