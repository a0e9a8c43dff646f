"""Signing in and out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SignInPage:
    """The sign-in page: where it leads afterwards, the e-mail as given, what was wrong (empty for nothing), and
    whether one may also come by a provider.
    """

    next: str
    email: str = ""
    wrong: str = ""
    single_sign_on: bool = False
