"""What tests walk, derived from the records of the pages and from what each route says it needs."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from afterclick.pages import folders
from afterclick.web import Desk, Folder, create, needs_of
from afterclick.web.page import Page, View


class _Anything:
    """Stands for a desk that is asked for nothing: routes are declared, none is answered."""

    def __getattr__(self, name: str) -> "_Anything":
        return self


def records(found: Iterable[Folder]) -> tuple[Page[Any], ...]:
    """The pages of folders."""
    return tuple(folder.page for folder in found if folder.page)


def walk(found: Iterable[Folder], examples: Mapping[str, str]) -> list[str]:
    """The address of every page that is read in the frame, with examples for the names in it: what browsers walk, and
    what is held to the rules of accessibility. A new kind of name needs an example.
    """
    return [
        re.sub(r"\{(\w+)\}", lambda name: examples[name[1]], page.path)
        for page in records(found)
        if page.read and page.view is not View.NONE
    ]


PAGES = records(folders())
NEEDS = needs_of(create(cast(Desk, _Anything()), folders()))
EXAMPLES = {"problem_id": "amex-payment"}
