"""What is taken out of free text before it is kept: who people are, what they pay with, what lets them in.

E-mail addresses, payment card numbers (ISO/IEC 7812), IBANs (ISO 13616), telephone numbers in international form
(E.164), tokens and keys of known forms, what stands behind a word such as `password`, and the queries of addresses.
Each pattern asks for a check sum, a prefix or a word beside it, because a mask in the wrong place spoils a text, too.
Names, postal addresses and telephone numbers in national form are not recognised.
"""

import re
from functools import lru_cache

from stdnum import iban, luhn, numdb

from afterclick.collect.event.wire import Scalar

_REMEMBERED = 4096
_LONG, _LONGEST = 64, 512
"""Characters of a text that is remembered: a shorter one costs no more than that, a longer one repeats less."""

_OF_NUMBERS, _OF_OTHERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -", b'?@%+="'
_SIGNS = bytes.maketrans(_OF_NUMBERS + _OF_OTHERS, b"0" * len(_OF_NUMBERS) + b"\x01" * len(_OF_OTHERS))
_NUMBER, _SIGN = b"0" * 12, b"\x01"
"""What cards and IBANs are made of, each as 0, and the shortest run of that; and what all else that is looked for but
keys and tokens has in it, as one sign. To look for these costs a tenth of looking for the patterns.
"""
_LIKE_CARD = re.compile(r"[0-9][0-9 -]{11}[0-9]")
_LIKE_IBAN = re.compile(r"[A-Z][A-Z][0-9][0-9][0-9A-Z ]{8}")
FORBIDDEN_ATTRIBUTES = (
    "url.query", "client.address", "client.socket.address", "http.client_ip", "user.ip_address", "net.sock.peer.addr",
    "http.request.header.authorization", "http.request.header.cookie", "http.request.header.x-forwarded-for",
    "http.request.header.x-real-ip", "http.response.header.set-cookie",
)  # fmt: skip
"""OpenTelemetry attributes that are never kept: queries, the customer's address, what lets them in."""

_WITH_LINE = ("k_live_", "k_test_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "npm_", "hf_")
_WITH_DASH = ("sk-", "glpat-", "xox", "pypi-")
_WITH_A = ("AKIA", "ASIA", "AIza")
_WITH_DOT = ("ya29.", "SG.")
"""Without one of these pieces no key is in a text."""
_SHORTEST_KEY = 14
_SHORTEST_PLAIN = 13
"""Characters of the shortest text of letters and digits alone that may be personal: a card's number."""
_WORD_PIECES = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "authorization",
    "credential",
    "sess",
    "signature",
    "otp",
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MAIL_IN_PATH = re.compile(r"[\w.+-]{1,64}%40[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE)
_CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)")
_ISSUED = re.compile(r"4\d{12}|3[0689]\d{12}|3[47]\d{13}|[2-6]\d{15,18}")
"""Lengths and first digits that are issued: Visa 13, Diners 14, American Express 15, all others 16 to 19. Milliseconds
since 1970 begin with 1, and every tenth of them would pass Luhn's check.
"""
_SMALLEST_CARD = 10**12
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_PHONE = re.compile(r"(?<![\w+.])\+[1-9]\d{0,2}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w])")
_QUERY = re.compile(
    r"((?:https?|wss?)://[^\s?#\"'<>\\]{1,2048}|(?<!\S)/[^\s?#\"'<>\\]{1,2048})\?[^\s\"'<>\\]*"
)
_JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?")
_BEARER = re.compile(r"\b(Bearer|Basic)( +)[\w.~+/-]{12,}=*", re.IGNORECASE)
_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"[srp]k_(?:live|test)_\w{8,}"  # Stripe
    r"|sk-[\w-]{20,}"  # OpenAI, Anthropic
    r"|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"  # GitHub, GitLab
    r"|xox[abeoprs]-[\w-]{10,}"  # Slack
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}"  # AWS
    r"|AIza[\w-]{30,}|ya29\.[\w-]{16,}"  # Google
    r"|SG\.[\w-]{16,}\.[\w-]{16,}"  # SendGrid
    r"|npm_\w{30,}|pypi-[\w-]{30,}|hf_\w{30,}"  # package and model registries
    r")"
)
_WORDS = (
    r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|authorization|credentials?|"
    r"session[_-]?id|sessid|signature|otp)"
)
_SECRET = re.compile(rf"{_WORDS}$", re.IGNORECASE)
_NAMED_PATTERN = rf"({_WORDS}(?:\"\s*:\s*\"|\s*=\s*))(?!\[)([^\s&;,\"'\\<>)]{{4,}})"
_NAMED = re.compile(_NAMED_PATTERN)
_NAMED_ANY_CASE = re.compile(_NAMED_PATTERN, re.IGNORECASE)
_ASSIGNED = re.compile(r"(\w=)(?:[0-9a-fA-F]{32,}|(?=[A-Za-z_-]*\d)[A-Za-z0-9_+/-]{40,}={0,2})(?![\w-])")
"""A long secret without a name that tells: hexadecimal, or Base64 with a digit in it, after an equals sign."""


def scrubbed(text: str) -> str:
    """The text with personal data and secrets masked."""
    length = len(text)
    if length < _SHORTEST_PLAIN and text.isalnum():
        return text
    return _remembered(text) if _LONG <= length <= _LONGEST else _scrubbed(text)


@lru_cache(_REMEMBERED)
def _remembered(text: str) -> str:
    return _scrubbed(text)


def _scrubbed(text: str) -> str:
    """Looks for a plain piece of each pattern first: a search by expression costs ten times as much."""
    signs = text.encode("ascii", "replace").translate(_SIGNS)
    if _SIGN in signs:
        return _without_signed(text)
    text = _without_keys(text)
    return _without_numbers(text) if _NUMBER in signs else text


def _without_signed(text: str) -> str:
    if "?" in text and "/" in text:
        text = _QUERY.sub(r"\1", text)
    text = _without_keys(text)
    if "=" in text or '"' in text:
        text = _without_assigned(text)
    if "@" in text:
        text = _MAIL.sub("[email]", text)
    if "%40" in text:
        text = _MAIL_IN_PATH.sub("[email]", text)
    if "+" in text:
        text = _PHONE.sub(_masked_phone, text)
    return _without_numbers(text)


def _without_numbers(text: str) -> str:
    if _LIKE_IBAN.search(text):
        text = _IBAN.sub(_masked_iban, text)
    return _CARD.sub(_masked_card, text) if _LIKE_CARD.search(text) else text


def _without_keys(text: str) -> str:
    if len(text) < _SHORTEST_KEY:
        return text
    if "eyJ" in text:
        text = _JWT.sub("[token]", text)
    if (
        ("-" in text and _has(text, _WITH_DASH))
        or ("_" in text and _has(text, _WITH_LINE))
        or ("." in text and _has(text, _WITH_DOT))
        or ("A" in text and _has(text, _WITH_A))
    ):
        text = _KEY.sub("[token]", text)
    if " " in text:
        lower = text.lower()
        if "bearer " in lower or "basic " in lower:
            text = _BEARER.sub(r"\1\2[token]", text)
    return text


def _without_assigned(text: str) -> str:
    if _has(text.lower(), _WORD_PIECES):
        text = _without_named(text)
    return _ASSIGNED.sub(r"\1[token]", text) if "=" in text else text


def _has(text: str, pieces: tuple[str, ...]) -> bool:
    for piece in pieces:  # noqa: SIM110, a generator would cost three times as much
        if piece in text:
            return True
    return False


def _without_named(text: str) -> str:
    """Values behind telling words masked. Searched in small letters, which is much faster than ignoring case."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow when made small
        return _NAMED_ANY_CASE.sub(r"\1[secret]", text)
    parts: list[str] = []
    end = 0
    for found in _NAMED.finditer(lower):
        parts += text[end : found.end(1)], "[secret]"
        end = found.end()
    return "".join(parts) + text[end:] if parts else text


def scrubbed_props(props: dict[str, Scalar]) -> dict[str, Scalar]:
    """The same keys with their values scrubbed; what stands under a key such as `password` is masked whole.

    The props themselves when there is nothing to mask.
    """
    for key, value in props.items():
        name, is_secret = _key(key)
        if is_secret or name != key or _scrubbed_value(value) is not value:
            return dict([scrubbed_prop(key, value) for key, value in props.items()])
    return props


def scrubbed_prop(key: str, value: Scalar) -> tuple[str, Scalar]:
    """One of them."""
    name, is_secret = _key(key)
    return name, _secret(value) if is_secret else _scrubbed_value(value)


def _scrubbed_value(value: Scalar) -> Scalar:
    if isinstance(value, str):
        return scrubbed(value)
    if type(value) is int and value >= _SMALLEST_CARD and scrubbed(str(value)) == "[card]":
        return "[card]"
    return value


def _secret(value: Scalar) -> Scalar:
    return value if value is None or isinstance(value, bool | float) else "[secret]"


@lru_cache(_REMEMBERED)
def _key(key: str) -> tuple[str, bool]:
    """The key scrubbed, and whether what stands under it is a secret."""
    return scrubbed(key), _SECRET.search(key) is not None


def without_query(url: str) -> str:
    """The URL up to its query or fragment."""
    return url.partition("?")[0].partition("#")[0]


def _masked_card(found: re.Match[str]) -> str:
    digits = "".join(character for character in found.group() if character.isdigit())
    is_card = _ISSUED.fullmatch(digits) and luhn.is_valid(digits)
    return "[card]" if is_card else found.group()


def _masked_iban(found: re.Match[str]) -> str:
    """Masked when country, length, form and check digits agree; text may follow behind it."""
    text = found.group()
    compact = text.replace(" ", "")
    length = _iban_length(compact[:2])
    if not length or len(compact) < length or not iban.is_valid(compact[:length], check_country=False):
        return text
    return "[iban]" + _behind(text, length)


@lru_cache
def _iban_length(country: str) -> int:
    """Characters of the country's IBANs, 0 where it has none; its register writes `8!n10!n` for what follows DE89."""
    told = [part.get("bban", "") for _, part in numdb.get("iban").info(country)]
    fields = re.findall(r"(\d+)!", "".join(told))
    return 4 + sum(map(int, fields)) if fields else 0


def _behind(text: str, characters: int) -> str:
    """What follows the first so many characters that are no spaces."""
    for position, character in enumerate(text):
        characters -= character != " "
        if not characters:
            return text[position + 1 :]
    return ""


def _masked_phone(found: re.Match[str]) -> str:
    """Masked with 9 to 15 digits, E.164's longest; fewer are more often a difference, with one dot a decimal."""
    text = found.group()
    digits = sum(character.isdigit() for character in text)
    return "[phone]" if 9 <= digits <= 15 and text.count(".") != 1 else text
