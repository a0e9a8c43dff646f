"""Keys and tokens that are known by their form: prefixes of providers, our own, JWT, private keys, hooks of chats."""

import re
from collections.abc import Iterator

from afterclick.collect.passage.cleaning.view import Mask, View

_SHORTEST = 14
_WITH_LINE = (
    "k_live_", "k_test_", "ack_", "ac_", "whsec_", "shpat_", "shpss_", "shpca_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "github_pat_", "npm_", "hf_", "glsa_", "dop_v1_", "dckr_pat_", "lin_api_", "figd_", "sbp_", "pscale_", "sntry",
    "rubygems_",
)  # fmt: skip
_WITH_DASH = ("sk-", "glpat-", "gldt-", "glrt-", "xox", "xapp-", "pypi-", "GOCSPX-", "NRAK-", "PMAK-", "sq0")
_WITH_A = ("AKIA", "ASIA", "AIza")
_WITH_DOT = ("ya29.", "SG.", "hvs.", "dp.pt.")
"""Without one of these pieces no key is in a text."""
_KEY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"[srp]k_(?:live|test)_\w{8,}|whsec_[\w+/=-]{16,}"  # Stripe
    r"|ack_[\w-]{20,}|ac_[0-9a-f]{16,}"  # our own API keys and write keys
    r"|shp(?:at|ss|ca)_\w{16,}"  # Shopify
    r"|sk-[\w-]{20,}"  # OpenAI, Anthropic
    r"|gh[pousr]_\w{20,}|github_pat_\w{20,}|gl(?:pat|dt|rt)-[\w-]{16,}"  # GitHub, GitLab
    r"|xox[a-z](?:\.xox[a-z])?-[\w+/=-]{10,}|xapp-[\w-]{10,}"  # Slack
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}"  # AWS
    r"|AIza[\w-]{30,}|ya29\.[\w-]{16,}|GOCSPX-[\w-]{20,}"  # Google
    r"|SG\.[\w-]{16,}\.[\w-]{16,}"  # SendGrid
    r"|npm_\w{30,}|pypi-[\w-]{30,}|hf_\w{30,}|rubygems_[0-9a-f]{30,}|dckr_pat_[\w-]{20,}"  # registries
    r"|glsa_\w{20,}|sntry[su]_[\w=/+.-]{20,}|NRAK-[0-9A-Z]{20,}"  # Grafana, Sentry, New Relic
    r"|hvs\.[\w-]{20,}|dp\.pt\.\w{20,}|dop_v1_[0-9a-f]{30,}|pscale_[a-z]+_[\w-]{20,}|sbp_[0-9a-f]{30,}"  # hosts
    r"|lin_api_\w{20,}|figd_[\w-]{20,}|PMAK-[\w-]{20,}|sq0[a-z]{3}-[\w-]{20,}"  # Linear, Figma, Postman, Square
    r"|(?:bot)?[0-9]{8,10}:AA[\w-]{32,}"  # Telegram
    r")"
)
_JWT = re.compile(r"(?<![\w-])(?:(?!eyJ)[\w-])*+(eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?)")
"""Tried once in a word: where it fails at the first `eyJ` of one, it does at all."""
_BEARER = re.compile(
    r"\b(?:bearer|basic)[ +]+((?=[\w.~+/-]*(?:\d|=|(?-i:[a-z][A-Z])))[\w.~+/-]{12,}=*)", re.IGNORECASE
)
"""With a digit or letters of both sizes: `Basic subscription-monthly` and `Bearer authentication` are words."""
_PRIVATE = re.compile(
    r"-{3,5}BEGIN[ +_](?:[A-Z0-9]{1,12}[ +_]){0,4}PRIVATE[ +_]KEY(?:[ +_]BLOCK)?-{3,5}"
    r"(?:(?!-{3,5}END)[\s\S])*(?:-{3,5}END[A-Z0-9 +_]{1,64}-{3,5})?"
)
"""A private key as RFC 7468 writes it. Of one that was cut the rest of the text is taken."""
_HOOK = re.compile(
    r"(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api(?:/v[0-9]{1,2})?/webhooks"
    r"|webhook\.office\.com/webhookb2|outlook\.office(?:365)?\.com/webhook|hooks\.zapier\.com/hooks/catch"
    r"|logic\.azure\.com(?::[0-9]{1,5})?/workflows|chat\.googleapis\.com/v1/spaces)/([\w@./%~-]{4,})",
    re.IGNORECASE,
)
"""Addresses that let whoever knows them write into a chat."""
_HOSTS = ("slack", "discord", "office", "zapier", "azure", "googleapis")
_AWS = re.compile(
    r"(?<![\w+/=-])(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*[0-9])[A-Za-z0-9+/]{40}(?![\w+/=-])"
)
"""A secret of AWS, which has no form but its length, in a text that speaks of AWS or of its kind."""
_LENGTH_OF_AWS = 40
_OF_AWS = ("aws", "AWS", "AKIA", "ASIA")
_ASSIGNED = re.compile(r"\w=((?:[0-9a-fA-F]{32,}|(?=[A-Za-z_-]*\d)[A-Za-z0-9_+/-]{40,}={0,2})(?![\w-]))")
"""A long secret without a name that tells: hexadecimal, or Base64 with a digit in it, after an equals sign."""
_DIGEST = re.compile(
    r"(?:sha-?\d{0,3}|md5|etag|hash|digest|checksum|fingerprint|commit|revision|rev|version|build|uuid|trace[_-]?parent"
    r"|(?:trace|span|request|parent|correlation)[_-]?id)$",
    re.IGNORECASE,
)
_HEXADECIMAL = re.compile("[0-9a-fA-F]+")
_NAME = 24
"""Names of what is no secret in hexadecimal, and the characters in which they are looked for."""


def keys(view: View) -> Iterator[Mask]:
    """Where keys and tokens stand: all that a pattern finds, or its one group.

    Looks for a piece of each pattern first: a search by expression costs ten times as much.
    """
    text = view.plain
    if len(text) < _SHORTEST:
        return
    for pattern in _expected(text):
        for found in pattern.finditer(text):
            if pattern is not _ASSIGNED or not _is_digest(found):
                yield view.mask(*found.span(pattern.groups), "[token]")


def _is_digest(found: re.Match[str]) -> bool:
    at = found.start() + 1
    is_named = _DIGEST.search(found.string, max(0, at - _NAME), at) is not None
    return is_named and _HEXADECIMAL.fullmatch(found[1]) is not None


def _expected(text: str) -> Iterator[re.Pattern[str]]:
    if "eyJ" in text:
        yield _JWT
    if (
        ("-" in text and has(text, _WITH_DASH))
        or ("_" in text and has(text, _WITH_LINE))
        or ("." in text and has(text, _WITH_DOT))
        or ("A" in text and has(text, _WITH_A))
        or ":AA" in text
    ):
        yield _KEY
    if "---" in text and "PRIVATE" in text:
        yield _PRIVATE
    if ".com" in text and has(text, _HOSTS):
        yield _HOOK
    if " " in text or "+" in text:
        lower = text.lower()
        if "bearer" in lower or "basic" in lower:
            yield _BEARER
    if "=" in text:
        yield _ASSIGNED
    if len(text) > _LENGTH_OF_AWS and has(text, _OF_AWS):
        yield _AWS


def has(text: str, pieces: tuple[str, ...]) -> bool:
    """Whether one of the pieces is in the text."""
    for piece in pieces:  # noqa: SIM110, a generator would cost three times as much
        if piece in text:
            return True
    return False
