"""The second step of signing in: a one-time code."""

from afterclick.pages.front.sign_in_code.context import CodePage
from afterclick.web.need import Open
from afterclick.web.page import Page, View

PAGE = Page(
    path="/sign-in/code",
    name="Sign in",
    needs=Open.ANYONE,
    view=View.NONE,
    context=CodePage,
)
