"""What the page on the site shows."""

from dataclasses import dataclass

from afterclick.accounts import Site
from afterclick.words.sentence import Sentence


@dataclass(frozen=True)
class SitesPage:
    """The site looked at, the `others` on which the viewer has a role, and whether they may begin another. `new` holds
    what was typed for one, `wrong` why it could not be.
    """

    answer: Sentence
    site: Site
    others: tuple[Site, ...]
    everywhere: bool
    zones: tuple[str, ...]
    new: Site
    wrong: str = ""
