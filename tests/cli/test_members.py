"""`afterclick members` and `sites`, over a stopped installation and over the socket of one that answers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.asking import asking
from tests.cli.within import Said, within

from afterclick.accounts import Keys, first_run
from afterclick.accounts.accounts import Accounts
from afterclick.app.installation import Installation
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.store import Store

PASSWORD = "seven herons by the weir"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A verb in a process of its own, which may open the store."""
    command = [sys.executable, "-m", "afterclick.cli", *words]
    environment = {"AFTERCLICK_DATA": str(folder), "COLUMNS": "200", "PATH": ""}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load({"AFTERCLICK_DATA": str(tmp_path_factory.mktemp("m") / "data")})


@pytest.fixture(scope="module")
def installation(own: Settings, store: Store) -> Iterator[Installation]:
    """One that answers on its socket."""
    own.data.mkdir()
    control = open_control(own)
    first_run(control, own)
    opened = Installation.over(own, control, store)
    with asking(opened, own.socket):
        yield opened
    control.dispose()


@pytest.fixture(scope="module")
def accounts(installation: Installation) -> Accounts:
    return installation.accounts


def said(own: Settings, *words: str) -> Said:
    return within(own.data, *words)


def token(link: str) -> str:
    assert link.startswith("http://127.0.0.1:8400/invitation?token=")
    return link.strip().partition("=")[2]


def test_a_locked_out_administrator_is_made_and_rescued_where_no_app_ever_ran(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    weak = run(folder, "members", "add", "root@x.com", "--password", "password123")
    assert (weak.returncode, "breached" in weak.stderr) == (1, True)
    assert run(folder, "members", "add", "root@x.com", "--password", PASSWORD).returncode == 0
    assert "administrator on every site" in run(folder, "members", "list").stdout
    reset = token(run(folder, "members", "reset", " Root@x.com").stdout)
    control = open_control(settings := load({"AFTERCLICK_DATA": str(folder)}))
    try:
        accounts = Accounts.over(control, settings)
        assert accounts.members.any_administrator()
        assert accounts.invitations.find(reset).email == "root@x.com"
        logged = [(entry.action, entry.name) for entry in accounts.audit.read()]
        assert logged == [("member.reset", "this machine"), ("member.add", "this machine")]
    finally:
        control.dispose()


def test_members_are_made_invited_and_given_another_password_over_the_socket(
    own: Settings, accounts: Accounts
) -> None:
    assert "administers every site" in said(own, "members", "add", "ola@x.com", "--password", PASSWORD).stdout
    invited = token(said(own, "members", "invite", "jana@x.com", "--role", "support").stdout)
    assert accounts.invitations.find(invited).roles == {"default": "support"}
    everywhere = token(said(own, "members", "invite", "ivo@x.com", "--role", "product", "--site", "*").stdout)
    assert accounts.invitations.find(everywhere).roles == {"*": "product"}
    known = said(own, "members", "invite", "ola@x.com", "--role", "support")
    assert known.stdout == "ola@x.com is support on default now.\n"
    assert (
        "There is no site"
        in said(own, "members", "invite", "a@x.com", "--role", "support", "--site", "attic").stderr
    )
    assert "Nobody here has the address nobody@x.com;" in said(own, "members", "reset", "nobody@x.com").stderr
    [ola] = accounts.members.list()
    accounts.sign_ins.start(ola.id, "", "")
    assert token(json.loads(said(own, "members", "reset", "ola@x.com", "--factor", "--json").stdout)["link"])
    assert accounts.sign_ins.list(ola.id) == []
    [listed] = json.loads(said(own, "members", "list", "--json").stdout)
    assert (listed["roles"], listed["second_factor"]) == ({"*": "administrator", "default": "support"}, False)


def test_another_site_is_begun_from_the_terminal_with_its_first_key(
    own: Settings, installation: Installation
) -> None:
    wrong = said(own, "sites", "add", "outlet", "--currency", "crowns")
    assert (wrong.returncode, "ISO 4217" in wrong.stderr) == (1, True)
    assert said(own, "sites", "add", "outlet", "--currency", "czk").returncode == 0
    assert "CZK" in said(own, "sites", "list").stdout
    assert Keys(installation.control).public("outlet").startswith("ac_")


def test_a_site_gets_another_name_from_the_terminal_and_keeps_the_rest(
    own: Settings, installation: Installation
) -> None:
    assert said(own, "sites", "add", "den", "--currency", "czk").returncode == 0
    changed = said(own, "sites", "change", "den", "--name", "Tarn & Timber")
    assert "Tarn & Timber, in CZK" in changed.stdout
    assert "Tarn & Timber" in said(own, "sites", "list").stdout
    nobody = said(own, "sites", "change", "attic", "--name", "Attic")
    assert (nobody.returncode, "There is no site 'attic'" in nobody.stderr) == (1, True)
