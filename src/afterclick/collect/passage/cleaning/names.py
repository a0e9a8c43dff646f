"""Which names tell that a secret stands behind them."""

import re
from functools import lru_cache

from afterclick.collect.passage.cleaning.keys import has

_REMEMBERED, _LONG = 4096, 128
STRONG = (
    r"(?:pass(?:word|wd|wrd|phrase|code|wort)|pwd|secret(?!ar|ion|ly|ive)|credential(?!ed)|mnemonic|seed[ _-]?phrase"
    r"|private[ _-]?key|security[ _-]?answer|(?<![a-z0-9])(?:pw|cvv|cvc)|kennwort|wachtwoord|contrase[nñ]a"
    r"|mot[ _-]?de[ _-]?passe|heslo|senha)"
)
"""Whatever stands behind is a secret, however short; the name may go on, as in `password_confirmation`."""
ALONE = r"(?<![a-z0-9])(?:user|db|smtp|mail|ftp|admin|login|my)?pass"
"""A word of its own: no `compass`, and no boarding pass."""
WEAK = (
    r"(?:(?<!unexpected )token|(?:api|access|account|auth|encryption|signing|license|master|consumer|storage)[ _-]?key"
    r"|authorization|(?<![a-z])(?:auth|sid|sig)|sess(?:ion)?[_-]?id|session|signature|otp|cookies?|jwt|[cx]srf)"
)
"""Words that stand in messages, too: what stands behind has to look like a secret."""
NUMBERED = (
    r"(?:(?<![a-z])(?:user|card|my|new|old|current|confirm|login|account|atm|sim|debit|credit|bank|security)?"
    r"(?:pin|ssn)(?:[ _-]?(?:code|number|no|nr))?(?:[ _-]?confirm\w{0,8})?(?![a-z])"
    r"|social[ _-]?security(?:[ _-]?(?:number|no|nr))?)"
)
"""Names of numbers; in texts, where a pin may be of brass, digits have to stand behind."""
BARE = (
    r"(?<![a-z0-9/.])(?:pass(?:wd|wrd)|api[_-]?key|(?:secret|access|private|auth)_key|(?:client|consumer)_secret"
    r"|(?:access|auth|refresh|bearer|api)_token)"
)
"""Names that programs alone write: what stands behind may do so without a sign."""
_PIECES = (
    "pass", "pw", "secret", "token", "key", "auth", "credential", "sess", "sig", "otp", "cookie", "sid", "srf",
    "jwt", "cv", "mnemonic", "rase", "wort", "wachtwoord", "heslo", "senha",
    "security",
)  # fmt: skip
"""Without a piece of these no such name is in a text."""

_INNOCENT = (
    "length", "strength", "policy", "rule", "rules", "reset", "name", "type", "min", "max", "required", "expired",
    "expires", "expiry", "expiration", "changed", "_at", "changedat", "error", "errors", "valid", "invalid",
    "visible", "hidden",
    "hint", "label", "attempts", "count", "_age", "url", "link", "score", "mismatch", "version", "enabled", "less",
    "manager", "format",
)  # fmt: skip
"""What a name that goes on so tells of a secret is not the secret."""
_NAME = re.compile(rf"{STRONG}(?P<rest>.*)|(?:{ALONE}|{WEAK}|{NUMBERED})[\d\[\]]*$", re.DOTALL)

_NUMBER = re.compile(NUMBERED)


def may_name(text: str) -> bool:
    """Whether a text in small letters may have a name that tells of a secret."""
    return has(text, _PIECES) or (("pin" in text or "ssn" in text) and _NUMBER.search(text) is not None)


def may_be_bare(text: str) -> bool:
    """Whether a text in small letters may have a name behind which a secret stands without a sign."""
    if "passwd" in text or "passwrd" in text or "apikey" in text or "api-key" in text:
        return True
    return "_" in text and ("_key" in text or "_secret" in text or "_token" in text)


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
