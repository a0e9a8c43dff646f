"""What is taken out of free text before it is kept: who people are, what they pay with, what lets them in.

E-mail addresses, payment card numbers (ISO/IEC 7812), IBANs (ISO 13616), telephone numbers in international form
(E.164), tokens and keys of known forms, what stands behind a word such as `password`, and the queries of addresses.
Each pattern asks for a check sum, a prefix or a word beside it, because a mask in the wrong place spoils a text, too.
Names, postal addresses and telephone numbers in national form are not recognised. docs/privacy.md has the table of
forms, each masked or named as a limit; `tests/collect/test_forms.py` holds the two together.
"""

import re
import string
from functools import lru_cache

from stdnum import iban, luhn, numdb

from afterclick.collect.event.wire import Scalar

_REMEMBERED = 4096
_LONG, _LONGEST = 64, 512
"""Characters of a text that is remembered: a shorter one costs no more than that, a longer one repeats less."""

_OF_NUMBERS, _OF_OTHERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ -._", b'?@%+="&'
_SIGNS = bytes.maketrans(_OF_NUMBERS + _OF_OTHERS, b"0" * len(_OF_NUMBERS) + b"\x01" * len(_OF_OTHERS))
_NUMBER, _SIGN = b"0" * 10, b"\x01"
"""What cards and IBANs are made of, each as 0, and the shortest run of that; and what all else that is looked for but
keys and tokens has in it, as one sign. To look for these costs a tenth of looking for the patterns.
"""
_PLAIN = {
    **{0xFF10 + digit: ord("0") + digit for digit in range(10)},
    **dict.fromkeys((0xA0, 0x2007, 0x2009, 0x200A, 0x202F, 0x3000), " "),
    **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), "-"),
    0xFF20: "@", 0xFF0B: "+", 0xFF1A: ":", 0xFF1D: "=", 0xFF0E: ".",
}  # fmt: skip
"""Signs that read like ASCII's and stand where those would, character by character."""
_ODD = re.compile(f"[{''.join(map(chr, _PLAIN))}]")
_LETTERS = (string.ascii_letters + string.digits).encode()
_KINDS = bytes.maketrans(_LETTERS, b"a" * 52 + b"0" * 10)
_LIKE_IBAN, _LIKE_CARD, _BETWEEN = b"aa00", b"0" * 14, b" .+_-%"
"""How an IBAN begins and what a card's digits are without what stands between them, letters and digits as a and 0."""
FORBIDDEN_ATTRIBUTES = (
    "url.query", "client.address", "client.socket.address", "http.client_ip", "user.ip_address", "net.sock.peer.addr",
    "http.request.header.authorization", "http.request.header.cookie", "http.request.header.x-forwarded-for",
    "http.request.header.x-real-ip", "http.response.header.set-cookie",
)  # fmt: skip
"""OpenTelemetry attributes that are never kept: queries, the customer's address, what lets them in."""

_WITH_LINE = (
    "k_live_",
    "k_test_",
    "ack_",
    "whsec_",
    "shpat_",
    "shpss_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "npm_",
    "hf_",
)
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
    "auth",
    "credential",
    "sess",
    "signature",
    "otp",
    "cookie",
)
_AT = r"(?:%(?:25){0,3}40|&#(?:64|x40);)"
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MAIL_IN_PATH = re.compile(
    rf"(?:[\w.+-]|%(?:25){{0,2}}2b){{1,64}}{_AT}[\w-]{{1,63}}(?:(?:\.|%(?:25){{0,2}}2e)[\w-]{{1,63}}){{1,8}}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9]+")
_RUN = re.compile(r"[0-9](?:[ .+_-]{0,3}[0-9]){12,}")
"""Digits with little between them: in these, groups as cards are printed are looked for, wherever they begin."""
_GROUPS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)})
_SOLID = frozenset({(length,) for length in range(14, 20)})
_ISSUED = re.compile(
    r"4[0-9]{15}(?:[0-9]{3})?|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11}|35[0-9]{14}|(?:5[0678]|6[0-9])[0-9]{14,17}"
)
"""Lengths and first digits that are issued: Visa, Mastercard, American Express, Diners, JCB, Maestro, UnionPay and
Discover. Article numbers have 13 digits, milliseconds since 1970 begin with 1, dates with 20: none of them is issued.
"""
_SMALLEST_CARD = 10**13
_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ .-]?[A-Za-z0-9]{4}){2,7}(?:[ .-]?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"
)
_PHONE = re.compile(r"(?:(?<![\w+.])\+|%2[bB])[1-9]\d{0,2}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w])")
_QUERY = re.compile(
    r"((?:https?|wss?)://[^\s?#\"'<>\\]{1,2048}|(?<!\S)/[^\s?#\"'<>\\]{1,2048})\?[^\s\"'<>\\]*"
)
_JWT = re.compile(r"eyJ[\w-]{5,}(?:\.|%2[eE])[\w-]{5,}(?:(?:\.|%2[eE])[\w-]*)?")
_BEARER = re.compile(r"\b(Bearer|Basic)( +)[\w.~+/-]{12,}=*", re.IGNORECASE)
_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"[srp]k_(?:live|test)_\w{8,}|whsec_[\w+/=-]{16,}"  # Stripe
    r"|ack_[\w-]{20,}"  # our own API keys
    r"|shp(?:at|ss)_\w{16,}"  # Shopify
    r"|sk-[\w-]{20,}"  # OpenAI, Anthropic
    r"|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"  # GitHub, GitLab
    r"|xox[abeoprs]-[\w-]{10,}"  # Slack
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}"  # AWS
    r"|AIza[\w-]{30,}|ya29\.[\w-]{16,}"  # Google
    r"|SG\.[\w-]{16,}\.[\w-]{16,}"  # SendGrid
    r"|npm_\w{30,}|pypi-[\w-]{30,}|hf_\w{30,}"  # package and model registries
    r")"
)
_PASSWORDS = r"(?:password|passwd|passphrase|passcode|pwd|secret|credentials?)"
_OPENERS = (
    r"(?:token|(?:api|access|account|private|auth)[_-]?key|authorization|session[_-]?id|sessid"
    r"|signature|otp|cookie)"
)
_SECRET = re.compile(rf"(?:{_PASSWORDS}|{_OPENERS})$", re.IGNORECASE)
_QUOTE = r"(?:\\{0,3}[\"']|%(?:25){0,2}22|&quot;)"
_IS = rf"{_QUOTE}?\s{{0,3}}(?:=>|=|:|%(?:25){{0,2}}3[ad])\s{{0,3}}{_QUOTE}?"
_TOLD = r"(?:(?<=\")[^\"\\\n]{1,256}|(?<=')[^'\\\n]{1,256}|(?:(?!%(?:25){0,2}2[26]|&quot;)[^\s&;,\"'\\<>)]){1,256})"
_SAID_OF_IT = (
    r"(?:required|must|should|is|was|has|invalid|undefined|null|none|missing|empty|too|cannot|can|field|incorrect|wrong"
    r"|expired|not|true|false|min|max|minimum|at|please|enter|string|expected|unknown|no|does|do|the|your|this|an?)\b"
)
"""What a message says of a password, not the password."""
_AS_IT_IS = rf"({_PASSWORDS}{_IS})(?!\[|{_SAID_OF_IT}){_TOLD}"
_AS_OPENS = (
    rf"({_OPENERS}{_IS})(?!\[|bearer |basic |{_SAID_OF_IT})"
    rf"(?:(?=[^\s&;,\"'\\<>)]*[0-9]){_TOLD}|(?<=[=\"'d])[^\s&;,\"'\\<>)]{{4,}})"
)
_AS_HEADER = (
    r"((?:authorization|cookie)\d?[\"']?\s{0,3}[:=]\s{0,3}[\"']?)(?!\[|(?:bearer|basic) )"
    r"(?:digest [^\n]{4,512}"
    r"|(?:token|apikey|negotiate|aws4-hmac-sha256) [^\"'\n]{4,512}|[\w.$-]{1,64}=[^\"'\n]{1,2048})"
)
_NAMED = tuple(re.compile(one) for one in (_AS_HEADER, _AS_IT_IS, _AS_OPENS))
_NAMED_ANY_CASE = tuple(re.compile(one.pattern, re.IGNORECASE) for one in _NAMED)
_USERINFO = re.compile(r"(://[^\s/:@?#\"'<>]{0,64}:)(?!\[)[^\s/@\"'<>]{1,256}(?=@)")
"""The password of a connection string."""
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
    if _SIGN in signs or (text.count(":") > text.count("://") and _has(text.lower(), _WORD_PIECES)):
        plain = text.isascii() or _ODD.search(text) is None
        return _without_signed(text if plain else text.translate(_PLAIN), text)
    text = _without_keys(text)
    return _without_numbers(text) if _NUMBER in signs else text


def _without_signed(text: str, sent: str) -> str:
    """`text` is `sent` in plain signs; `sent` itself when nothing of it is masked."""
    plain = text
    if "?" in text and "/" in text:
        text = _QUERY.sub(r"\1", text)
    text = _without_keys(text)
    if "=" in text or '"' in text or ":" in text or "%" in text:
        text = _without_assigned(text)
    if "@" in text:
        text = _MAIL.sub("[email]", text)
    if ("%" in text and "40" in text) or "&#" in text:
        text = _MAIL_IN_PATH.sub("[email]", text)
    if "+" in text or "%2" in text:
        text = _PHONE.sub(_masked_phone, text)
    text = _without_numbers(text)
    return text if text != plain else sent


def _without_numbers(text: str) -> str:
    kinds = text.encode("ascii", "replace").translate(_KINDS)
    if _LIKE_IBAN in kinds:
        text = _IBAN.sub(_masked_iban, text)
    if _LIKE_CARD not in kinds.translate(None, _BETWEEN):
        return text
    if "%20" not in text:
        return _RUN.sub(_masked_cards, text)
    spaced = text.replace("%20", "   ")
    masked = _RUN.sub(_masked_cards, spaced)
    return masked if masked != spaced else text


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
    if "://" in text and "@" in text:
        text = _USERINFO.sub(r"\1[secret]", text)
    if _has(text.lower(), _WORD_PIECES):
        for pattern, any_case in zip(_NAMED, _NAMED_ANY_CASE, strict=True):
            text = _without_named(text, pattern, any_case)
    return _ASSIGNED.sub(r"\1[token]", text) if "=" in text else text


def _has(text: str, pieces: tuple[str, ...]) -> bool:
    for piece in pieces:  # noqa: SIM110, a generator would cost three times as much
        if piece in text:
            return True
    return False


def _without_named(text: str, pattern: re.Pattern[str], any_case: re.Pattern[str]) -> str:
    """Values behind telling words masked. Searched in small letters, which is much faster than ignoring case."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow when made small
        return any_case.sub(r"\1[secret]", text)
    parts: list[str] = []
    end = 0
    for found in pattern.finditer(lower):
        parts += text[end : found.end(1)], "[secret]"
        end = found.end()
    return "".join(parts) + text[end:] if parts else text


@lru_cache(_REMEMBERED)
def label(text: str) -> str:
    """The same of a name that comes again and again: of an event, a step, a route, a service."""
    return scrubbed(text)


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


def _masked_cards(found: re.Match[str]) -> str:
    run = found.group()
    groups = [(one.start(), one.end()) for one in _DIGITS.finditer(run)]
    parts: list[str] = []
    at = end = 0
    while at < len(groups):
        if many := _card_at(run, groups, at):
            parts += run[end : groups[at][0]], "[card]"
            end = groups[at + many - 1][1]
        at += many or 1
    return "".join(parts) + run[end:] if parts else run


def _card_at(run: str, groups: list[tuple[int, int]], at: int) -> int:
    """How many groups from this one on are a card's number, 0 for none."""
    first, last = groups[at]
    if last - first != 4 and not 14 <= last - first <= 19:
        return 0
    for many in (1, 3, 4, 5):
        window = groups[at : at + many]
        lengths = tuple([end - begin for begin, end in window])
        if lengths in _SOLID and run[max(first - 1, 0)] == "." and first:
            continue  # digits behind a decimal point
        if lengths in _GROUPS or lengths in _SOLID:
            digits = "".join([run[begin:end] for begin, end in window])
            if _ISSUED.fullmatch(digits) and luhn.is_valid(digits):
                return many
    return 0


def _masked_iban(found: re.Match[str]) -> str:
    """Masked when country, length, form and check digits agree; text may follow behind it."""
    text = found.group()
    compact = "".join([sign for sign in text if sign.isalnum()]).upper()
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
    """What follows the first so many letters and digits."""
    for position, character in enumerate(text):
        characters -= character.isalnum()
        if not characters:
            return text[position + 1 :]
    return ""


def _masked_phone(found: re.Match[str]) -> str:
    """Masked with 9 to 15 digits, E.164's longest; fewer are more often a difference, with one dot a decimal."""
    text = found.group()
    digits = sum(character.isdigit() for character in text)
    return "[phone]" if 9 <= digits <= 15 and text.count(".") != 1 else text
