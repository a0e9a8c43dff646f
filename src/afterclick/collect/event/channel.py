"""By which channel a visit came, as the campaign parameters of the page's address tell it.

The rules follow Google Analytics 4's default channel group (its help page 9756891) as far as an address tells: names
are ours, Google's beside them. Its lists of search, social, shopping and video sites are not published; ours stand in
`referring_site.py`.
"""

import re
from collections.abc import Mapping

from afterclick.collect.event.referring_site import named

_PAID = re.compile(r"cp.*|ppc|retargeting|paid.*")
_EMAIL = re.compile(r"e[-_ ]?mail|newsletter")
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL_MEDIUM = re.compile(r"social|social[-_ ]?(?:network|media)|sm")
_PUSH = re.compile(r".*push|.*notification.*|mobile")
_BY_CLICK = (
    ("display", ("dclid", "dicbo", "tblci")),
    ("paid-search", ("gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "msclkid", "yclid")),
    ("paid-social", ("ttclid", "twclid", "li_fat_id", "rdt_cid", "sccid", "qclid")),
    ("affiliate", ("irclickid", "awc", "cjevent", "ranmid", "tduid")),
    ("email", ("mc_eid", "_kx", "_hsenc", "mkt_tok")),
    ("social", ("fbclid", "igsh", "igshid", "epik")),
    ("search", ("srsltid",)),
)
"""By channel, what senders and networks add to an address. Facebook, Instagram and Pinterest add theirs to every link,
paid or not.
"""
CLICKS = frozenset(name for _, names in _BY_CLICK for name in names)
"""These parameters, in small letters; any value tells, an SDK need not send the id itself."""


def channel_of(parameters: Mapping[str, str]) -> str:
    """The channel that the parameters of an address, named in small letters, tell; empty when they tell none.

    A medium goes before a network's own click id, as the site's word before a third party's.
    """
    source, medium = (parameters.get(name, "").strip().lower() for name in ("utm_source", "utm_medium"))
    told = _by_medium(source, medium) if source or medium else ""
    return told or _by_click(parameters) or named(source)


def _by_medium(source: str, medium: str) -> str:
    if medium in _DISPLAY:
        return "display"  # Display
    if _PAID.fullmatch(medium):
        return _PAID_KINDS.get(named(source), "paid-other")
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
