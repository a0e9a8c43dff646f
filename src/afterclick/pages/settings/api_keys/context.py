"""What the page on the API keys shows."""

from dataclasses import dataclass

from afterclick.accounts.policy import Capability

USES: dict[Capability, str] = {
    Capability.VIEW: "see the site's figures and problems",
    Capability.MONEY: "see money",
    Capability.VISITS: "read single visits",
    Capability.PERSONAL: "see who a customer is",
    Capability.MARK: "record releases and other marks",
}
"""What is of use to a program, in words; the API has nothing for the other capabilities."""


@dataclass(frozen=True)
class ApiKeyLine:
    """One key as listed, times in words."""

    id: str
    prefix: str
    name: str
    maker: str
    may: tuple[str, ...]
    used: str
    until: str
    valid: bool


@dataclass(frozen=True)
class ApiKeysPage:
    """The page: keys in force and ended, what the viewer may choose from, our own `origin`, `made` the secret of
    one just made (shown this once), and what was wrong, empty for nothing.
    """

    answer: str
    valid: tuple[ApiKeyLine, ...]
    ended: tuple[ApiKeyLine, ...]
    choices: tuple[tuple[str, str], ...]
    origin: str
    made: str = ""
    wrong: str = ""
