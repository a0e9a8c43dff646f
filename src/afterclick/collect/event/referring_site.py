"""What kind of site or app a referring host is: a list of our own, by whole names, never by a piece of one.

A site is met with all hosts under it (`m.facebook.com`), an exact host alone (`www.baidu.com`, not the drive beside
it). The lists are kept here; `tests/collect/test_referring_site.py` holds 200 hosts to them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

_REMEMBERED = 20_000

_SITES: dict[str, str] = {
    "ai": """
        chatgpt.com perplexity.ai claude.ai you.com poe.com deepseek.com grok.com phind.com pi.ai meta.ai kimi.com
        doubao.com character.ai duck.ai""",
    "email": """
        fastmail.com tutanota.com tuta.com hey.com superhuman.com deref-gmx.net deref-gmx.com deref-web.de
        deref-mail.com""",
    "search": """
        bing.com search.yahoo.com search.yahoo.co.jp duckduckgo.com ecosia.org qwant.com startpage.com search.brave.com
        sogou.com search.naver.com search.daum.net search.seznam.cz search.aol.com mojeek.com swisscows.com metager.org
        metager.de presearch.com coccoc.com dogpile.com""",
    "social": """
        facebook.com instagram.com threads.net threads.com twitter.com linkedin.com pinterest.com reddit.com redd.it
        tiktok.com whatsapp.com telegram.org bsky.app snapchat.com vk.com vk.ru ok.ru quora.com weibo.com weibo.cn
        tumblr.com discord.com discordapp.com mastodon.social messenger.com nextdoor.com xing.com line.me kakao.com""",
    "video": "youtube.com youtube-nocookie.com vimeo.com twitch.tv dailymotion.com rumble.com bilibili.com",
}
"""By kind, sites of which every host is one, but for those that administer (`business.facebook.com`)."""

_HOSTS: dict[str, str] = {
    "ai": """
        chat.openai.com gemini.google.com bard.google.com notebooklm.google.com copilot.microsoft.com
        copilot.cloud.microsoft m365.cloud.microsoft chat.mistral.ai chat.qwen.ai com.openai.chatgpt
        ai.perplexity.app.android com.google.android.apps.bard com.anthropic.claude com.microsoft.copilot
        ai.x.grok com.deepseek.chat""",
    "email": """
        outlook.live.com outlook.office.com outlook.office365.com outlook.cloud.microsoft e.mail.ru email.seznam.cz
        com.google.android.gm com.microsoft.office.outlook com.yahoo.mobile.client.android.mail
        com.samsung.android.email.provider ch.protonmail.android""",
    "search": """
        baidu.com m.baidu.com ya.ru kagi.com so.com m.so.com ask.com naver.com daum.net seznam.cz
        com.google.android.googlequicksearchbox com.duckduckgo.mobile.android com.microsoft.bing""",
    "social": """
        t.co x.com mobile.x.com lnkd.in fb.me m.me fb.com t.me web.telegram.org wa.me pin.it discord.gg
        com.facebook.katana com.facebook.lite com.facebook.orca com.instagram.android com.instagram.barcelona
        com.twitter.android com.pinterest com.linkedin.android com.reddit.frontpage com.zhiliaoapp.musically
        com.snapchat.android com.whatsapp org.telegram.messenger com.discord com.vkontakte.android xyz.blueskyweb.app
        org.joinmastodon.android com.tumblr com.quora.android""",
    "video": "youtu.be com.google.android.youtube tv.twitch.android.app com.vimeo.android.videoapp",
}
"""By kind, hosts and Android packages that are met alone; `www.` before them is the same host."""

_IN_NATIONS = re.compile(
    r"(?:(?:m|images|news|shopping|lens|cse)\.)?google\.(?:com|cat|[a-z]{2}|com?\.[a-z]{2})"
    r"|(?:m\.)?yandex\.(?:com|[a-z]{2}|com\.[a-z]{2})"
)
"""Search engines that have a site in each country."""
_PINTEREST = re.compile(r"(?:[a-z]{2,3}\.)?pinterest\.(?:[a-z]{2}|com?\.[a-z]{2})")
_MAIL = frozenset({"mail", "webmail", "owa", "roundcube"})
"""First parts of a host by which every company's webmail is known."""
_ADMINISTERED = frozenset(
    {
        "about",
        "accounts",
        "ads",
        "adsmanager",
        "api",
        "business",
        "careers",
        "developer",
        "developers",
        "docs",
        "help",
        "pay",
        "status",
        "studio",
        "support",
    }
)
"""First parts of a host on which nobody meets a link to a shop: accounts, payments, consoles."""
_SPOKEN = {
    "fb": "social", "ig": "social", "x": "social", "meta": "social", "yt": "video", "bluesky": "social",
    "adwords": "search", "googleads": "search", "google-ads": "search", "google_ads": "search", "bingads": "search",
    "brave": "search", "yahoo": "search", "yandex": "search", "google": "search", "naver": "search", "baidu": "search",
    "openai": "ai", "gemini": "ai", "copilot": "ai", "gmail": "email", "outlook": "email", "telegram": "social",
}  # fmt: skip
"""Names that a `utm_source` gives and that are no site's own."""


def _each(by_kind: dict[str, str]) -> Iterator[tuple[str, str]]:
    for kind, hosts in by_kind.items():
        for host in hosts.split():
            yield host, kind


_SITE_KINDS, _HOST_KINDS = dict(_each(_SITES)), dict(_each(_HOSTS))
_NAMES = {site.split(".")[-2]: kind for site, kind in _SITE_KINDS.items() if site.count(".") == 1} | _SPOKEN


@lru_cache(_REMEMBERED)
def referred_by(host: str) -> str:
    """The kind of site that a referring host is: ai, email, search, social, video, else referral; empty for none."""
    host = host.lower().strip(".").removeprefix("www.")
    if not host:
        return ""
    if known := _HOST_KINDS.get(host):
        return known
    if _IN_NATIONS.fullmatch(host):
        return "search"
    first, *rest = host.split(".")
    if len(rest) > 1 and first in _MAIL:
        return "email"
    if first in _ADMINISTERED:
        return "referral"
    if _PINTEREST.fullmatch(host):
        return "social"
    parents = (".".join(rest[at:]) for at in range(len(rest) - 1))
    return next((_SITE_KINDS[site] for site in (host, *parents) if site in _SITE_KINDS), "referral")


@lru_cache(_REMEMBERED)
def named(source: str) -> str:
    """The kind of site that a `utm_source` in small letters, "google", "fb" or "l.facebook.com", stands for.

    Empty when it is none of the known ones.
    """
    kind = referred_by(source) if "." in source else _NAMES.get(source, "")
    return "" if kind == "referral" else kind
