"""Your own account: password, second factor, and where you are signed in."""

from afterclick.pages.settings.account.context import AccountPage
from afterclick.web.need import Open
from afterclick.web.page import Page, Section

PAGE = Page(
    path="/settings/account",
    name="Your account",
    needs=Open.SIGNED_IN,
    context=AccountPage,
    settings=Section(100, of_a_member=True),
)
