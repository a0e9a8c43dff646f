import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.within import Said, within

from afterclick.accounts import Keys
from afterclick.accounts.accounts import Accounts
from afterclick.settings import load
from afterclick.store.control.database import open_control

PASSWORD = "seven herons by the weir"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("members") / "data"


def run(folder: Path, *arguments: str, verb: str = "members") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "afterclick.cli", verb, *arguments]
    environment = {"AFTERCLICK_DATA": str(folder), "COLUMNS": "200", "PATH": ""}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def said(folder: Path, *arguments: str, verb: str = "members") -> Said:
    """The same within this process."""
    return within(folder, verb, *arguments)


def test_an_administrator_is_made_from_the_terminal_and_invites_by_links(folder: Path) -> None:
    weak = said(folder, "add", "root@x.com", "--password", "password123")
    assert weak.returncode == 1
    assert "breached" in weak.stderr
    assert run(folder, "add", "root@x.com", "--password", PASSWORD).returncode == 0
    link = said(folder, "invite", "jana@x.com", "--role", "support").stdout.strip()
    assert link.startswith("http://127.0.0.1:8400/invitation?token=")
    assert "Nobody here" in said(folder, "reset", "nobody@x.com").stderr
    reset = said(folder, "reset", "root@x.com").stdout.strip()
    control = open_control(settings := load({"AFTERCLICK_DATA": str(folder)}))
    try:
        accounts = Accounts.over(control, settings)
        assert accounts.members.any_administrator()
        assert accounts.invitations.find(link.partition("=")[2]).email == "jana@x.com"
        assert accounts.invitations.find(reset.partition("=")[2]).email == "root@x.com"
        assert {"member.add", "member.invite", "member.reset"} == {e.action for e in accounts.audit.read()}
    finally:
        control.dispose()
    listed = run(folder, "list").stdout
    assert "root@x.com" in listed
    assert "administrator on every site" in listed


def test_another_site_is_begun_from_the_terminal_with_its_first_key(folder: Path) -> None:
    wrong = said(folder, "add", "outlet", "--currency", "crowns", verb="sites")
    assert (wrong.returncode, "ISO 4217" in wrong.stderr) == (1, True)
    assert run(folder, "add", "outlet", "--currency", "czk", verb="sites").returncode == 0
    assert "CZK" in said(folder, "list", verb="sites").stdout
    control = open_control(load({"AFTERCLICK_DATA": str(folder)}))
    try:
        assert Keys(control).public("outlet").startswith("ac_")
    finally:
        control.dispose()


def test_a_site_gets_another_name_from_the_terminal_and_keeps_the_rest(folder: Path) -> None:
    assert run(folder, "add", "den", "--currency", "czk", verb="sites").returncode == 0
    changed = said(folder, "change", "den", "--name", "Tarn & Timber", verb="sites")
    assert "Tarn & Timber, in CZK" in changed.stdout
    assert "Tarn & Timber" in said(folder, "list", verb="sites").stdout
    nobody = said(folder, "change", "attic", "--name", "Attic", verb="sites")
    assert (nobody.returncode, "There is no site attic" in nobody.stderr) == (1, True)
