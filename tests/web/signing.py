"""A dashboard with accounts of its own: who is not signed in sees nothing of it."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from tests.web.desks import BUSY, a_desk, served
from tests.web.troubles import the_problems

from afterclick import web
from afterclick.accounts import first_run
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.policy import Role
from afterclick.pages import dashboard
from afterclick.settings import load
from afterclick.store.control.database import open_control
from afterclick.store.store import Store

PASSWORD = "seven herons by the weir"


@dataclass(frozen=True)
class Guarded:
    """The dashboard's address, and the accounts behind it."""

    url: str
    accounts: Accounts
    opened: ExitStack

    def client(self) -> httpx.Client:
        """A browser without any cookie, closed at the end; each request is followed to where it leads."""
        return self.opened.enter_context(httpx.Client(base_url=self.url, follow_redirects=True, timeout=30))

    def signed_in(self, email: str, password: str = PASSWORD) -> httpx.Client:
        """A browser of this person."""
        client = self.client()
        assert client.post("/sign-in", data={"email": email, "password": password}).status_code == 200
        return client

    def person(self, email: str, **roles: Role) -> str:
        """The id of a new person; `everywhere` stands for every site."""
        named = {"*" if site == "everywhere" else site: role for site, role in roles.items()}
        return self.accounts.members.create(email, email.split("@")[0].title(), PASSWORD, named).id


@contextmanager
def guarded(store: Store, folder: Path, **environment: str) -> Generator[Guarded]:
    """A dashboard of the site `default` over a fresh control database, not set up yet."""
    settings = load({"AFTERCLICK_DATA": str(folder), **environment})
    folder.mkdir(exist_ok=True)
    control = open_control(settings)
    first_run(control, settings)
    accounts = Accounts.over(control, settings)
    plain = a_desk(store, settings, "default", the_problems("default"), BUSY)

    def sites() -> tuple[str, ...]:
        return (*plain.sites(), *(site.id for site in accounts.sites.list()))

    desk = replace(plain, accounts=accounts, recognize=(web.by_session(accounts),), sites=sites)
    try:
        with served(dashboard(desk), desk.live) as url, ExitStack() as opened:
            yield Guarded(url, accounts, opened)
    finally:
        control.dispose()
