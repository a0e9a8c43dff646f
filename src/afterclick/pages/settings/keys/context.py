"""What the page on the write keys shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KeyLine:
    """One key as listed: `shown` is all of it when it is public, else how it starts. `used` and `until` in words."""

    prefix: str
    shown: str
    public: bool
    name: str
    senders: str
    origins: tuple[str, ...]
    browsers_only: bool
    capabilities: tuple[str, ...]
    used: str
    until: str
    valid: bool


@dataclass(frozen=True)
class KeysPage:
    """The page: the keys that open the site, those that have ended, `made` the secret of one just made (shown this
    once), and what was wrong with a form, empty for nothing.
    """

    answer: str
    valid: tuple[KeyLine, ...]
    ended: tuple[KeyLine, ...]
    made: str = ""
    wrong: str = ""
