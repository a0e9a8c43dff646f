"""The page behind an invitation's link, or a link for a new password."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InvitationPage:
    """Whom the link is for, by whom, with which roles ("support on shop"; none in a link for a new password), the name
    as given, and what was wrong, empty for nothing.
    """

    token: str
    email: str
    invited_by: str
    roles: tuple[str, ...]
    name: str = ""
    wrong: str = ""
