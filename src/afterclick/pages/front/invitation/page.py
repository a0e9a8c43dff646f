"""The page behind an invitation's link, or a link for a new password."""

from afterclick.pages.front.invitation.context import InvitationPage
from afterclick.web.need import Open
from afterclick.web.page import Page, View

PAGE = Page(
    path="/invitation",
    name="Join",
    needs=Open.ANYONE,
    view=View.NONE,
    context=InvitationPage,
    title=lambda shown: "Join" if shown.roles else "New password",
)
