"""What kind of site a referring host is, by whole names: 200 hosts as browsers send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.conftest import House

from afterclick.collect.event.channel import channel_of
from afterclick.collect.event.referring_site import named, referred_by

HOSTS = {
    "search": """
        google.com www.google.com www.google.de www.google.co.uk google.com.br www.google.co.jp www.google.cz
        m.google.com www.google.cat images.google.fr news.google.com shopping.google.com lens.google.com
        www.bing.com cn.bing.com
        www2.bing.com bing.com search.yahoo.com r.search.yahoo.com uk.search.yahoo.com search.yahoo.co.jp duckduckgo.com
        html.duckduckgo.com lite.duckduckgo.com www.ecosia.org ecosia.org www.qwant.com lite.qwant.com www.startpage.com
        search.brave.com yandex.ru yandex.com.tr www.yandex.kz m.yandex.ru ya.ru www.baidu.com m.baidu.com
        search.naver.com m.search.naver.com www.naver.com search.daum.net search.seznam.cz www.seznam.cz www.sogou.com
        m.sogou.com kagi.com www.so.com m.so.com www.mojeek.com swisscows.com metager.org search.aol.com www.ask.com
        com.google.android.googlequicksearchbox WWW.GOOGLE.COM www.google.com.""",
    "social": """
        facebook.com www.facebook.com m.facebook.com l.facebook.com lm.facebook.com web.facebook.com instagram.com
        l.instagram.com www.instagram.com t.co x.com www.x.com mobile.x.com twitter.com mobile.twitter.com linkedin.com
        www.linkedin.com cz.linkedin.com lnkd.in pinterest.com www.pinterest.com www.pinterest.de cz.pinterest.com
        www.pinterest.co.uk reddit.com www.reddit.com old.reddit.com out.reddit.com www.tiktok.com vm.tiktok.com
        web.whatsapp.com wa.me web.telegram.org t.me bsky.app go.bsky.app threads.net www.threads.com
        www.snapchat.com vk.com m.vk.com away.vk.com ok.ru www.quora.com cs.quora.com weibo.com m.weibo.cn
        www.tumblr.com discord.com mastodon.social com.pinterest com.facebook.katana com.instagram.android
        com.twitter.android
        com.linkedin.android com.reddit.frontpage org.telegram.messenger com.zhiliaoapp.musically""",
    "video": """
        youtube.com www.youtube.com m.youtube.com music.youtube.com youtu.be www.youtube-nocookie.com vimeo.com
        player.vimeo.com www.twitch.tv www.dailymotion.com rumble.com www.bilibili.com com.google.android.youtube""",
    "email": """
        mail.google.com outlook.live.com outlook.office.com outlook.office365.com mail.yahoo.com mail.yahoo.co.jp
        mail.proton.me mail.zoho.com app.fastmail.com mail.aol.com mail.yandex.ru e.mail.ru email.seznam.cz mail.qq.com
        mail.naver.com mail.163.com webmail.company.example owa.company.example mail.company.example app.tuta.com
        com.google.android.gm com.microsoft.office.outlook deref-gmx.net""",
    "ai": """
        chatgpt.com www.chatgpt.com chat.openai.com perplexity.ai www.perplexity.ai gemini.google.com bard.google.com
        copilot.microsoft.com claude.ai chat.deepseek.com www.deepseek.com grok.com chat.mistral.ai www.meta.ai poe.com
        you.com www.phind.com pi.ai www.kimi.com www.doubao.com duck.ai com.openai.chatgpt ai.perplexity.app.android""",
    "referral": """
        accounts.google.com pay.google.com docs.google.com drive.google.com sites.google.com classroom.google.com
        calendar.google.com play.google.com translate.google.com support.google.com business.facebook.com
        developers.facebook.com adsmanager.facebook.com business.pinterest.com ads.tiktok.com business.x.com
        studio.youtube.com help.instagram.com t.contentsquare.net x.company.com app.x.company.com notgoogle.com
        google.evil.example google.com.evil.example facebook.com.evil.example myfacebook.com facebook.company.example
        bing.company.example ebay.com netflix.com box.com xbox.com fedex.com wix.com linux.com dropbox.com matt.co
        pinterest.company.example smart.co mail.ru gmail.example outlook.example blog.example news.example
        www.amazon.de www.paypal.com pan.baidu.com blog.naver.com www.yahoo.com github.com kagi.company.example
        yandex.company.example bing.community.example claude.ai.evil.example notclaude.ai microsoft.com office.com
        openai.com platform.openai.com localhost 192.0.2.7 2001:db8::1 com.example.shop""",
}
TABLE = [(host, kind) for kind, hosts in HOSTS.items() for host in hosts.split()]


def test_the_table_has_at_least_200_hosts() -> None:
    assert len({host for host, _ in TABLE}) >= 200


@pytest.mark.parametrize(("host", "kind"), TABLE)
def test_a_referring_host_is_one_of_the_known_kinds_or_a_referral(host: str, kind: str) -> None:
    assert referred_by(host) == kind


def test_no_host_is_no_kind() -> None:
    assert referred_by("") == ""


KNOWN = sorted(
    {
        host.lower().strip(".").removeprefix("www.")
        for host, kind in TABLE
        if kind not in ("referral", "email")
    }
)


@given(st.sampled_from(KNOWN), st.text("abx", min_size=1, max_size=8))
def test_a_domain_behind_a_known_host_makes_it_a_stranger(host: str, letters: str) -> None:
    assert referred_by(f"{host}.{letters}.example") == "referral"


@given(
    st.sampled_from([host for host in KNOWN if host.count(".") == 1]), st.text("abx", min_size=1, max_size=8)
)
def test_letters_glued_before_a_known_site_make_it_a_stranger(host: str, letters: str) -> None:
    assert referred_by(f"{letters}{host}") == "referral"


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("google", "search"), ("fb", "social"), ("ig", "social"), ("youtube", "video"), ("chatgpt.com", "ai"),
        ("perplexity", "ai"), ("l.facebook.com", "social"), ("bing", "search"), ("linkedin", "social"),
        ("go", ""), ("face", ""), ("blog.example", ""), ("poster", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_source_is_known_by_its_whole_name(source: str, kind: str) -> None:
    assert named(source) == kind


def test_the_app_that_referred_is_told_by_its_package_and_null_is_no_host(house: House) -> None:
    for referrer in ("android-app://com.pinterest/", "null", "https://null/", "about:blank"):
        house.post(house.event(referrer=referrer))
    assert [event.referrer for event in house.events()] == ["com.pinterest", "", "", ""]


@pytest.mark.parametrize(
    ("query", "channel"),
    [
        ("gclid=1", "paid-search"), ("GCLID=1", "paid-search"), ("wbraid=1", "paid-search"),
        ("gad_source=1", "paid-search"),
        ("fbclid=1", "social"), ("fbclid=1&utm_medium=paid&utm_source=fb", "paid-social"),
        ("li_fat_id=1", "paid-social"),
        ("ScCid=1", "paid-social"), ("srsltid=1", "search"), ("mc_eid=1", "email"), ("ranMID=1", "affiliate"),
        ("gclid=1&fbclid=1", "paid-search"), ("gclid=", ""),
        ("UTM_SOURCE=Google&UTM_MEDIUM=CPC", "paid-search"), ("Utm_Source=NEWSLETTER", "email"),
        ("a=1&amp;utm_medium=email", "email"), ("utm_source=chatgpt.com", "ai"), ("utm_source=t.contentsquare.net", ""),
        ("utm_source=docs.google.com&utm_medium=cpc", "paid-other"),
    ],
)  # fmt: skip
def test_what_networks_add_tells_the_channel_in_any_case_and_whatever_its_value(
    house: House, query: str, channel: str
) -> None:
    house.post(house.event(path=None, url=f"https://shop.example/?{query}"))
    assert [event.channel for event in house.events()] == [channel]


def test_the_first_of_two_names_that_differ_in_case_is_kept(house: House) -> None:
    house.post(house.event(path=None, url="https://shop.example/?UTM_CAMPAIGN=May&utm_campaign=june"))
    assert [event.campaign for event in house.events()] == ["May"]


def test_segments_campaign_tells_the_channel_by_the_same_names() -> None:
    assert channel_of({"utm_source": "perplexity", "utm_medium": ""}) == "ai"
