"""Secrets at rest."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from afterclick.accounts.secrets import Secrets
from afterclick.errors import Misconfigured
from afterclick.settings import Settings, load

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.urlsafe_b64encode(b"\xff" * 32).decode()


def settings(folder: Path, key: str = "") -> Settings:
    return load({"AFTERCLICK_DATA": str(folder), "AFTERCLICK_SECRET_KEY": key})


def test_the_first_start_makes_a_key_that_only_its_owner_may_read(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sealed = Secrets.open(settings(data)).seal("JBSWY3DP", "totp")
    assert stat.S_IMODE((data / "secret.key").stat().st_mode) == 0o600
    assert [file.name for file in data.iterdir()] == ["secret.key"]
    assert Secrets.open(settings(data)).unseal(sealed, "totp") == "JBSWY3DP"


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(Secrets.open, [settings(tmp_path)] * 16))
    assert len({one.derived("x") for one in opened}) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Secrets.open(settings(tmp_path))
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        Secrets.open(settings(tmp_path))


@pytest.mark.parametrize("wrong", ["password", base64.b64encode(b"short").decode(), f"{OLD},", "é" * 44])
def test_a_setting_that_is_no_key_is_refused_without_being_repeated(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(Misconfigured, match="32 random bytes") as refused:
        Secrets.open(settings(tmp_path, wrong))
    assert wrong not in str(refused.value)
    assert wrong not in repr(settings(tmp_path, wrong))


def test_a_sealed_text_does_not_show_and_opens_only_for_its_purpose_and_unaltered(tmp_path: Path) -> None:
    secrets = Secrets.open(settings(tmp_path, OLD))
    sealed = secrets.seal("seed", "totp")
    assert "seed" not in sealed
    assert sealed != secrets.seal("seed", "totp")
    altered = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    for bad, purpose in (
        (sealed, "oidc"),
        (altered, "totp"),
        (sealed[:20], "totp"),
        (f"{sealed}é", "totp"),
        ("", ""),
    ):
        with pytest.raises(Misconfigured, match="stored secret"):
            secrets.unseal(bad, purpose)


def test_after_a_rotation_old_secrets_open_and_new_ones_take_the_new_key(tmp_path: Path) -> None:
    before = Secrets.open(settings(tmp_path, OLD))
    after = Secrets.open(settings(tmp_path, f"{NEW},{OLD}"))
    sealed = before.seal("seed", "totp")
    assert after.unseal(sealed, "totp") == "seed"
    assert after.is_stale(sealed)
    again = after.seal("seed", "totp")
    assert not after.is_stale(again)
    with pytest.raises(Misconfigured, match="key that is not here"):
        before.unseal(again, "totp")
    assert after.derived("share")[1:] == before.derived("share")


def test_the_file_rotates_too_and_keeps_the_old_key(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    sealed = Secrets.open(chosen).seal("seed", "totp")
    Secrets.rotate(chosen)
    assert Secrets.open(chosen).unseal(sealed, "totp") == "seed"
    assert Secrets.open(chosen).is_stale(sealed)
    with pytest.raises(Misconfigured, match="AFTERCLICK_SECRET_KEY"):
        Secrets.rotate(settings(tmp_path, OLD))


def test_keys_for_signing_differ_by_purpose(tmp_path: Path) -> None:
    secrets = Secrets.open(settings(tmp_path, OLD))
    assert secrets.derived("share") != secrets.derived("csrf")
    assert all(len(key) == 32 for key in secrets.derived("share"))
