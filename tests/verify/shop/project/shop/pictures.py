"""Goods without photographs."""

from types import SimpleNamespace

from django.conf import settings
from oscar.core.thumbnails import AbstractThumbnailer


class Placeholder(AbstractThumbnailer):
    """One small picture for all."""

    def generate_thumbnail(self, source, **opts):
        return SimpleNamespace(url=f"{settings.STATIC_URL}oscar/favicon.ico")

    def delete_thumbnails(self, source):
        """There are none."""
