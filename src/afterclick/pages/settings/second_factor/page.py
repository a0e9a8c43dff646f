"""Taking a second factor."""

from afterclick.pages.settings.second_factor.context import FactorPage
from afterclick.web.access import FACTOR
from afterclick.web.need import Open
from afterclick.web.page import Page

PAGE = Page(
    path=FACTOR,
    name="Second factor",
    needs=Open.SIGNED_IN,
    context=FactorPage,
)
