"""The record of a page, from which everything else that knows of the page is derived.

A page is a folder under `pages/`; adding one is adding a folder, and nothing outside of it is touched:

    page.py       `PAGE`, a `Page`: its address, who may open it, its place in the rail or the settings, how it is read
    context.py    the frozen dataclass that the template draws; its docstring says what each field means
    page.html     the template, over `page` (the context), `frame` and `lens`
    <part>.html   one for each of `PAGE.parts`
    *.sql         what it asks, beside the module that asks it
    style.css     bundled with every other page's
    routes.py     only when the page does more than be read: `routes(desk, drawing)`, such as for its forms
    api.py        only when programs ask too: `ENDPOINTS`, each an `Endpoint` of /api/v1 (`web/endpoint.py`)

The rail, the settings' list, sharing, the table of needs, the OpenAPI document, and the lists that tests walk come from
the records that `discovery` finds. A folder with `routes.py` or `api.py` alone is found as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from fastapi.responses import Response

from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.need import Need

Context = TypeVar("Context")


class View(StrEnum):
    """What of the lens a page shows."""

    PERIOD = "period"
    """A site over the period that the reader chooses: it has the period control."""
    SITE = "site"
    """A site, with a stretch of time of its own."""
    NONE = "none"
    """Nothing of a site: it stands without the frame, for who has not come in yet."""


@dataclass(frozen=True)
class Group:
    """Pages that stand together in the rail, under a heading unless it is empty; groups stand by their position."""

    position: int
    heading: str = ""


@dataclass(frozen=True)
class Rail:
    """A page's place in the rail: in a group, by its position in it; `key` follows g on the keyboard."""

    group: Group
    position: int
    icon: str
    key: str


@dataclass(frozen=True)
class Section:
    """A page's place in the settings' list; one `of_a_member` is for who has an account, not for keys and links."""

    position: int
    of_a_member: bool = False


@dataclass(frozen=True)
class Part(Generic[Context]):
    """What follows in place once a page stands: `name` is the end of its address and its template's name."""

    name: str
    context: type[Context]
    read: Callable[[Desk, Lens], Context]


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Context]):
    """One page.

    `path` is the template of its address, and what stands in it for `{names}` is in `lens.asked`, as is what stands
    behind the question mark. Who looks has to have what it `needs`. `read` makes the context (blocks; raises an
    AfterclickError that says what to do), or leads elsewhere by a response; a page without `read` has a route of its
    own for its address in `routes.py`. `title` words the title from the context; it is `name` without. A page that may
    be `shared` by a link is read through the link's lens, with what anyone who may see the site may see.
    """

    path: str
    name: str
    needs: Need
    context: type[Context]
    view: View = View.SITE
    read: Callable[[Desk, Lens], Context | Response] | None = None
    title: Callable[[Context], str] | None = None
    parts: tuple[Part[Any], ...] = ()
    rail: Rail | None = None
    settings: Section | None = None
    shared: bool = False

    def titled(self, context: Context) -> str:
        """The title over what is shown."""
        return self.title(context) if self.title else self.name
