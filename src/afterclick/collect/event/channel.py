"""By which channel a visit came: from the campaign parameters of the page's address, or from the referring site.

The rules follow Google Analytics 4's default channel group (its help page 9756891) as far as an address tells: names
are ours, Google's beside them. Its lists of search, social, shopping and video sites are not published; ours are short.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_REMEMBERED = 20_000

SEARCH = (
    "google.", "bing.", "duckduckgo.", "yahoo.", "ecosia.", "baidu.", "yandex.", "seznam.", "qwant.", "naver.",
    "startpage.", "search.brave.", "sogou.", "kagi.", "aol.", "daum.",
)  # fmt: skip
SOCIAL = (
    "facebook.", "instagram.", "twitter.", "x.com", "t.co", "linkedin.", "lnkd.in", "pinterest.", "reddit.",
    "tiktok.", "whatsapp.", "telegram.", "mastodon.", "bsky.", "threads.", "snapchat.", "vk.com", "quora.",
    "weibo.", "tumblr.", "discord.",
)  # fmt: skip
VIDEO = ("youtube.", "vimeo.", "twitch.", "dailymotion.")
MAIL = ("mail.", "outlook.", "e.mail")

_PAID = re.compile(r"cp.*|ppc|retargeting|paid.*")
_EMAIL = re.compile(r"e[-_ ]?mail|newsletter")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL_MEDIUM = re.compile(r"social|social[-_ ]?(?:network|media)|sm")
_PUSH = re.compile(r".*push|.*notification.*|mobile")
_SHORT_NAMES = {"fb": "facebook.", "ig": "instagram.", "x": "x.com", "yt": "youtube."}
_BY_CLICK = (
    ("display", ("dclid",)),
    ("paid-search", ("gclid", "gbraid", "wbraid", "msclkid", "yclid")),
    ("paid-social", ("ttclid", "twclid", "li_fat_id")),
)
CLICKS = frozenset(name for _, names in _BY_CLICK for name in names)
"""Parameters that advertising networks add to an address when an advertisement is clicked."""


def channel_of(parameters: Mapping[str, str]) -> str:
    """The channel that the parameters of an address tell, empty when they tell none.

    A medium goes before a network's own click id, as the site's word before a third party's.
    """
    source, medium = (parameters.get(name, "").strip().lower() for name in ("utm_source", "utm_medium"))
    told = _by_medium(source, medium) if source or medium else ""
    return told or _by_click(parameters) or (referred_by(_as_host(source)) if _is_known(source) else "")


def _by_medium(source: str, medium: str) -> str:
    if medium in _DISPLAY:
        return "display"  # Display
    if _PAID.fullmatch(medium):
        return _PAID_KINDS.get(referred_by(_as_host(source)), "paid-other")
    if _EMAIL.fullmatch(medium) or _EMAIL.fullmatch(source):
        return "email"  # Email
    for name, pattern in _MEDIA:
        if pattern.fullmatch(medium):
            return name
    return "sms" if source == "sms" else "push" if source == "firebase" else ""


_PAID_KINDS = {"search": "paid-search", "social": "paid-social", "video": "paid-video"}
_MEDIA = (
    ("affiliate", re.compile(r"affiliates?")),  # Affiliates
    ("search", re.compile(r"organic")),  # Organic Search
    ("social", _SOCIAL_MEDIUM),  # Organic Social
    ("video", re.compile(r".*video.*")),  # Organic Video
    ("referral", re.compile(r"referral|app|link")),  # Referral
    ("audio", re.compile(r"audio")),  # Audio
    ("sms", re.compile(r"sms")),  # SMS
    ("push", _PUSH),  # Mobile Push Notifications
)


def _by_click(parameters: Mapping[str, str]) -> str:
    for channel, names in _BY_CLICK:
        if any(parameters.get(name) for name in names):
            return channel
    return ""


def _as_host(source: str) -> str:
    """A `utm_source` such as "google", "fb" or "news.example" as the host that it stands for."""
    return _SHORT_NAMES.get(source, source if "." in source else f"{source}." if source else "")


def _is_known(source: str) -> bool:
    return referred_by(_as_host(source)) not in ("", "referral")


@lru_cache(_REMEMBERED)
def referred_by(host: str) -> str:
    """The kind of site that a referring host is: email, search, social, video, else referral; empty for none."""
    if not host:
        return ""
    padded = f".{host}"
    for kind, names in (("email", MAIL), ("search", SEARCH), ("social", SOCIAL), ("video", VIDEO)):
        if any(f".{name}" in padded for name in names):
            return kind
    return "referral"
