"""The set-up page: shown once, to who holds the link that the terminal printed."""

from afterclick.pages.front.set_up.context import SetUpPage
from afterclick.web.need import Open
from afterclick.web.page import Page, View

PAGE = Page(
    path="/set-up",
    name="Set up",
    needs=Open.ANYONE,
    view=View.NONE,
    context=SetUpPage,
)
