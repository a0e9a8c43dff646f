"""Which names tell that a secret stands behind them."""

import re
from functools import lru_cache

_REMEMBERED, _LONG = 4096, 128
STRONG = (
    r"(?:pass(?:word|wd|wrd|phrase|code|wort)|pwd|secret|credential|mnemonic|seed[ _-]?phrase|private[ _-]?key"
    r"|(?<![a-z0-9])(?:pw|cvv|cvc)|kennwort|wachtwoord|contrase[nñ]a|mot[ _-]?de[ _-]?passe|heslo|senha)"
)
"""Whatever stands behind is a secret, however short; the name may go on, as in `password_confirmation`."""
ALONE = r"(?<![a-z0-9])(?:user|db|smtp|mail|ftp|admin|login|my)?pass"
"""A word of its own: no `compass`, and no boarding pass."""
WEAK = (
    r"(?:(?<!unexpected )token|(?:api|access|account|auth|encryption|signing|license|master|consumer|storage)[ _-]?key"
    r"|authorization|(?<![a-z])(?:auth|sid|sig)|sess(?:ion)?[_-]?id|session|signature|otp|cookies?|jwt|[cx]srf)"
)
"""Words that stand in messages, too: what stands behind has to look like a secret."""
PIECES = (
    "pass", "pwd", "pw", "secret", "token", "key", "auth", "credential", "sess", "sig", "otp", "cookie", "sid", "srf",
    "jwt", "cvv", "cvc", "mnemonic", "phrase", "wort", "wachtwoord", "contrase", "heslo", "senha",
)  # fmt: skip
"""Without one of these no such name is in a text."""

_INNOCENT = (
    "length", "strength", "policy", "rule", "rules", "reset", "name", "type", "min", "max", "required", "expired",
    "expires", "expiry", "expiration", "changed", "_at", "changedat", "error", "errors", "valid", "invalid",
    "visible", "hidden",
    "hint", "label", "attempts", "count", "_age", "url", "link", "score", "mismatch", "version", "enabled", "less",
    "manager", "format",
)  # fmt: skip
"""What a name that goes on so tells of a secret is not the secret."""
_NAME = re.compile(rf"{STRONG}(?P<rest>.*)|(?:{ALONE}|{WEAK})[\d\[\]]*$", re.DOTALL)


def is_secret(name: str) -> bool:
    """Whether what stands under the name of a field is a secret.

    >>> [is_secret(name) for name in ("user[password]", "newPassword2", "session", "password_length", "max_tokens")]
    [True, True, True, False, False]
    """
    return _is_told(name) if len(name) <= _LONG else _is_told.__wrapped__(name)


@lru_cache(_REMEMBERED)
def _is_told(name: str) -> bool:
    found = _NAME.search(name.lower())
    return found is not None and not is_innocent(found["rest"] or "")


def is_innocent(rest: str) -> bool:
    """Whether a name that goes on so behind a strong word is none of a secret."""
    return rest.rstrip("]").endswith(_INNOCENT)
