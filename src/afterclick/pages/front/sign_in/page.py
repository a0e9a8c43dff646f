"""Signing in and out."""

from afterclick.pages.front.sign_in.context import SignInPage
from afterclick.web.need import Open
from afterclick.web.page import Page, View

PAGE = Page(
    path="/sign-in",
    name="Sign in",
    needs=Open.ANYONE,
    view=View.NONE,
    context=SignInPage,
)
