"""Takes out of a log line what must not be in it: keys, tokens, passwords, cookies and e-mail addresses."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "•••"
_LONGEST = 20_000

_NAME = (
    r"(?:[a-z0-9]+[_-])*"
    r"(?:passwords?|passwd|passphrase|secrets?|tokens?|(?:api|write|secret)[_-]?keys?|authorization|credentials?)"
)
_NO_PATH = r"(?:(?<![/\\])(?<!\w-)|(?=[\w-]+=))"
"""A file of such a name, as in `/etc/passwd: no such file`, tells no secret; `/x/password=` may."""
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b((?:set-)?cookie)\b[\"']?\s*[:=,]\s*[^\r\n]*"), rf"\1: {HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic|digest)\s+[\w.~+/=:-]{6,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(://[^/\s:@]*):[^\s]*@"), rf"\1:{HIDDEN}@"),
    (
        re.compile(rf"(?i){_NO_PATH}\b({_NAME})([\"']?\s*[:=]\s*b?)(\"[^\"]*\"|'[^']*'|[^\s\"'&,;)}}\]]+)"),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)([?&](?:key|sentry_key|code|state|sig|signature)=)[^\s&\"'#]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    (re.compile(r"\b(a[a-z]{1,3}_)(?:[0-9a-f]{16,}|[\w-]{24,})"), rf"\1{HIDDEN}"),
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[A-Za-z0-9_-]{40,}"), HIDDEN),
)
"""What a secret looks like in a text, in order: the line of a cookie first, since all of it is secret."""
_EMAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")

_FIELD = re.compile(rf"(?i){_NAME}|(?:set-)?cookies?|(?:write_?|api_?)?key|e[_-]?mails?|dsn")


def redacted(text: str) -> str:
    """The text without what looks like a secret or an e-mail address; what is far too long is cut."""
    return _EMAIL.sub("[e-mail]", without_secrets(text))


def without_secrets(text: str) -> str:
    """The text for whoever typed it, in which an address that they named may stand."""
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]} … ({len(text) - _LONGEST} characters more)"
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def redact(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The structlog processor: every text of the line, and all of a field whose name says that it is secret."""
    return {name: HIDDEN if _FIELD.fullmatch(name) else _clean(value) for name, value in event.items()}


def _clean(value: object) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    return redacted(value if isinstance(value, str) else repr(value))
