"""`make audit`: asks the advisory databases of PyPI and npm about every locked dependency.

Ends with 1 when one is known to be vulnerable. Where a database cannot be reached it says so in one sentence and ends
with 0: a machine without the network is no reason to call a change bad.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from build_assets import ROOT, said_by_npm

LOCKS = (ROOT, ROOT / "tests" / "clients")
"""Folders with a package-lock.json."""


@dataclass(frozen=True)
class Audited:
    """What was learned of one lock: how many packages were looked up, how many could not be, and what is wrong."""

    lock: str
    looked_up: int = 0
    unknown: int = 0
    findings: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """It in one sentence."""
        if not self.looked_up:
            return f"{self.lock}: not audited, the advisory database cannot be asked from this machine."
        left = f", {self.unknown} could not be looked up" if self.unknown else ""
        known = (
            f"{len(self.findings)} known to be vulnerable" if self.findings else "none known to be vulnerable"
        )
        return f"{self.lock}: {self.looked_up} packages looked up, {known}{left}."


class _Advisory(msgspec.Struct):
    id: str
    fix_versions: list[str] = []


class _Package(msgspec.Struct):
    name: str
    version: str = ""
    vulns: list[_Advisory] = []
    skip_reason: str = ""


class _PipReport(msgspec.Struct):
    dependencies: list[_Package]


class _NpmPackage(msgspec.Struct):
    name: str
    severity: str
    range: str = ""


class _Counts(msgspec.Struct):
    total: int = 0


class _Metadata(msgspec.Struct):
    dependencies: _Counts


class _NpmReport(msgspec.Struct):
    metadata: _Metadata
    vulnerabilities: dict[str, _NpmPackage] = {}


def of_pip(lock: str, report: str) -> Audited:
    """What a JSON report of pip-audit says; an empty or broken one is that of a machine without the network."""
    try:
        packages = msgspec.json.decode(report, type=_PipReport).dependencies
    except msgspec.DecodeError:
        return Audited(lock)
    looked_up = [one for one in packages if not one.skip_reason]
    findings = tuple(
        f"{one.name} {one.version}: {bad.id}, mended in {', '.join(bad.fix_versions) or 'no version yet'}"
        for one in looked_up
        for bad in one.vulns
    )
    return Audited(lock, len(looked_up), len(packages) - len(looked_up), findings)


def of_npm(lock: str, report: str) -> Audited:
    """What a JSON report of `npm audit` says; one of an error is that of a machine without the network."""
    try:
        found = msgspec.json.decode(report, type=_NpmReport)
    except msgspec.DecodeError:
        return Audited(lock)
    findings = tuple(f"{one.name} {one.range}: {one.severity}" for one in found.vulnerabilities.values())
    return Audited(lock, found.metadata.dependencies.total, 0, findings)


def audits() -> Iterator[Audited]:
    """Each lock, asked about."""
    tools = Path(sys.executable).parent
    locked = subprocess.run(
        [tools / "uv", "export", "--frozen", "--no-emit-project", "--quiet", "--format", "requirements-txt"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    asked = [
        tools / "pip-audit",
        "-r",
        "/dev/stdin",
        "--disable-pip",
        "-f",
        "json",
        "--progress-spinner",
        "off",
    ]
    report = subprocess.run(asked, check=False, input=locked, capture_output=True, text=True).stdout
    yield of_pip("uv.lock", report)
    for folder in LOCKS:
        name = str((folder / "package-lock.json").relative_to(ROOT))
        yield of_npm(name, said_by_npm("audit", "--json", "--package-lock-only", folder=folder))


def main() -> int:
    """Ask, say, and end with 1 when something is known to be vulnerable."""
    bad = False
    for audited in audits():
        print(audited.sentence)
        for finding in audited.findings:
            print(f"  {finding}")
        bad |= bool(audited.findings)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
