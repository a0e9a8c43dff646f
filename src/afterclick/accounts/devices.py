"""Browsers that the owner of an account has signed in with before: who guesses elsewhere cannot keep them waiting.

The "device cookie" of OWASP ("Slow Down Online Guessing Attacks with Device Cookies"): a random number signed for one
account. It opens nothing; with it failed attempts are counted for this browser alone.
"""

from itsdangerous import BadData, URLSafeSerializer

from afterclick.accounts.secrets import Secrets
from afterclick.accounts.tokens import new_id

_LONGEST = 200


class Devices:
    """Signs and recognises them, with keys derived from the installation's secret."""

    def __init__(self, secrets: Secrets) -> None:
        self._keys = list(reversed(secrets.derived("devices")))  # itsdangerous signs with the last

    def remember(self, account: str) -> str:
        """A token for a browser whose user has just signed in to `account` (their e-mail)."""
        return self._for(account).dumps(new_id())

    def number(self, token: str, account: str) -> str:
        """The number of a browser that was remembered for this account, empty for any other."""
        try:
            return str(self._for(account).loads(token)) if len(token) <= _LONGEST else ""
        except BadData:
            return ""

    def _for(self, account: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._keys, salt=account.encode("utf-8", "surrogatepass"))
