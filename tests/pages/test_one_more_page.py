"""One more page is one more folder: nothing outside of it is touched."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.requests import HTTPConnection
from tests.web.desks import BUSY, a_desk, served
from tests.web.records import walk

from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import Viewer, with_roles
from afterclick.errors import Misconfigured
from afterclick.pages import folders
from afterclick.settings import Settings
from afterclick.store.store import Store
from afterclick.web import Folder, create, discovered

FOLDER = {
    "__init__.py": "",
    "context.py": '''
from dataclasses import dataclass

@dataclass(frozen=True)
class LoyaltyPage:
    """What the page shows."""

    answer: str
''',
    "page.py": """
from afterclick.accounts.policy import Capability
from afterclick.web.page import Group, Page, Rail
from more_pages.loyalty.context import LoyaltyPage

def read(desk, lens):
    return LoyaltyPage(f"{lens.asked['who']} came back to {lens.scope.site}.")

PAGE = Page(
    path="/loyalty/{who}",
    name="Loyalty",
    needs=Capability.MONEY,
    context=LoyaltyPage,
    read=read,
)
""",
    "page.html": "{% extends 'base.html' %}{% block main %}<h1>{{ page.answer }}</h1>{% endblock %}",
    "api.py": """
import msgspec
from afterclick.web.endpoint import Call, Endpoint
from more_pages.loyalty.page import PAGE, read

class Loyalty(msgspec.Struct, frozen=True):
    answer: str

def loyalty(call):
    return Loyalty(read(call.desk, call.lens).answer)

ENDPOINTS = (Endpoint("GET", "/loyalty/{who}", PAGE.needs, "Who came back.", Loyalty, loyalty),)
""",
}
LISTED = """
from afterclick.accounts.policy import Capability
from afterclick.web.page import Group, Page, Rail
from more_pages.loyalty.context import LoyaltyPage

PAGE = Page(
    path="/loyalty",
    name="Who comes back",
    needs=Capability.MONEY,
    context=LoyaltyPage,
    read=lambda desk, lens: LoyaltyPage("Nobody came back."),
    rail=Rail(Group(50, "Customers"), 10, icon="route", key="l"),
)
"""


@pytest.fixture
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of two more pages, one of them in the rail; its folder."""
    package = tmp_path / "more_pages"
    returning = {**FOLDER, "page.py": LISTED}
    del returning["api.py"]
    for name, files in (("loyalty", FOLDER), ("returning", returning)):
        (package / name).mkdir(parents=True)
        for file, text in files.items():
            (package / name / file).write_text(text)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    yield package
    for module in [name for name in sys.modules if name.startswith("more_pages")]:
        del sys.modules[module]


@pytest.fixture
def client(more: Path, store: Store, settings: Settings) -> Iterator[httpx.Client]:
    """The dashboard with the pages added, which is told by a header who asks."""

    def recognize(connection: HTTPConnection) -> Viewer | None:
        role = connection.headers.get("x-test-role")
        return with_roles("member", "p", "jana@x.com", {"shop": Role(role)}) if role else None

    desk = replace(a_desk(store, settings, "shop", [], BUSY), recognize=(recognize,))
    app = create(desk, with_more())
    with served(app, desk.live) as url, httpx.Client(base_url=url, timeout=30) as opened:
        yield opened


def with_more() -> tuple[Folder, ...]:
    return (*folders(), *discovered("more_pages"))


def ask(client: httpx.Client, path: str, role: Role) -> httpx.Response:
    return client.get(path, headers={"x-test-role": role})


def rail(text: str) -> list[str]:
    return re.findall(r'<a href="(/[^"?#]*)[^"]*" data-key', text)


def test_a_folder_dropped_in_is_served_in_the_frame_and_stands_in_the_rail(client: httpx.Client) -> None:
    answer = ask(client, "/loyalty/jana", Role.ADMINISTRATOR)
    assert answer.status_code == 200
    assert "<h1>jana came back to shop.</h1>" in answer.text
    assert rail(answer.text) == ["/", "/problems", "/visits", "/loyalty", "/quality", "/connect", "/settings"]
    assert '<li class="heading">Customers</li>' in answer.text
    assert re.search(r'href="/loyalty" data-key="l" aria-current="page"', answer.text)


def test_it_is_refused_to_who_lacks_what_its_record_needs(client: httpx.Client) -> None:
    for path in ("/loyalty", "/loyalty/jana", "/api/v1/loyalty/jana"):
        assert ask(client, path, Role.SUPPORT).status_code == 403, path
        assert client.get(path).status_code in (303, 401), path
    assert "/loyalty" not in rail(ask(client, "/", Role.SUPPORT).text)


def test_programs_ask_it_and_find_it_in_the_openapi_document(client: httpx.Client) -> None:
    assert ask(client, "/api/v1/loyalty/jana", Role.ADMINISTRATOR).json() == {
        "answer": "jana came back to shop."
    }
    paths = ask(client, "/api/v1/openapi.json", Role.ADMINISTRATOR).json()["paths"]
    assert "/api/v1/loyalty/{who}" in paths
    assert "/loyalty" not in paths


def test_browsers_walk_it(more: Path) -> None:
    examples = {"problem_id": "one", "visit_id": "one", "who": "jana"}
    assert {"/loyalty", "/loyalty/jana"} <= set(walk(with_more(), examples))


def test_two_pages_at_one_address_keep_the_app_from_starting(
    more: Path, store: Store, settings: Settings
) -> None:
    desk = a_desk(store, settings, "shop", [], BUSY)
    found = with_more()
    loyalty = next(folder for folder in found if folder.name == "loyalty")
    with pytest.raises(Misconfigured, match=r"are both pages at /loyalty/\{who\}"):
        create(desk, (*found, replace(loyalty, name="again")))


def test_a_folder_without_a_record_in_its_page_is_told_of(more: Path) -> None:
    (more / "returning" / "page.py").write_text("")
    with pytest.raises(Misconfigured, match=r"more_pages\.returning\.page has no PAGE"):
        discovered("more_pages")
