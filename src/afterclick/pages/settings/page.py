"""The settings section: it leads to the first of its pages that the viewer may open."""

from afterclick.pages.groups import RUN
from afterclick.web.need import Open
from afterclick.web.page import Page, Rail

PAGE = Page(
    path="/settings",
    name="Settings",
    needs=Open.SIGNED_IN,
    context=type(None),
    rail=Rail(RUN, 30, icon="settings", key="s"),
)
