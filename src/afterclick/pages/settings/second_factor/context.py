"""What the page on the second factor shows."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class FactorPage:
    """Taking a second factor: its picture and its secret; once it is confirmed, the recovery `codes`, shown once.
    `required` where everyone with a password needs one.
    """

    picture: Markup
    secret: str
    codes: tuple[str, ...] = ()
    required: bool = False
    wrong: str = ""
