"""The seeded shop and an empty site, as for the frame."""

from tests.web.conftest import empty, empty_desk, seeded_site, shop, shop_desk, shop_url

__all__ = ["empty", "empty_desk", "seeded_site", "shop", "shop_desk", "shop_url"]
