"""Who has a browser or an app in hand, and who is a crawler or a program: User-Agents as they are sent."""

import pytest

from afterclick.collect.passage.bots import is_crawler
from afterclick.measure import LEFT_OUT
from afterclick.visits.device_class import described

BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {APPLE} Mobile/15E148"


def phone(model: str, more: str = "") -> str:
    return f"Mozilla/5.0 (Linux; Android 13; {model}) {BLINK} Chrome/126.0.0.0 Mobile Safari/537.36{more}"


PHONES = [
    phone("CUBOT_X19"), phone("CUBOT KINGKONG 7 Build/TP1A.220624.014"), phone("CUBOT NOTE 20"), phone("Spider X1"),
    phone("SPIDER-5G Build/AB12"), phone("HTC_Butterfly_s_901s"), phone("HTC Butterfly 3"), phone("Karbonn Sonic 5"),
    phone("Wiko Fever 4G"), phone("HTC speedy Build/GRI40"), phone("RoboBot 9bot/ Build/X"), phone("Charlotte Plus"),
    phone("Yeti 5"), phone("Magellan eXplorist"), phone("Adventurer 3"), phone("Pixel 9 Build/AP3A.240617.008"),
    phone("en-us; SAMSUNG SM-G900T Build/KOT49H"), phone("curl One"), phone("Scrapy 5"), phone("Selenium Phone"),
    phone("K", " [FB_IAB/FB4A;FBAV/470.0;] MetaIAB Facebook"), phone("K", " Viber/22.1"),
    phone("K", " WhatsApp/2.24.1"),
    phone("K", " PayPal/8.60"), phone("K", " Instagram 340.0"), phone("K", " Tumblr/34.0"),
    phone("SM-S918B", " OPR/80.0"),
    f"{IPHONE} Viber/22.3", f"{IPHONE} WhatsApp/24.10", f"{IPHONE} [Pinterest/iOS]", f"{IPHONE} Instagram 340.0",
    f"{IPHONE} GSA/330.0 Safari/604.1", f"{IPHONE} PayPal/8.6", f"{IPHONE} Goodreads",
    "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A)", "MyShop/4.2 (Android 14; Pixel 8) okhttp/4.12.0",
    "MyShop/4.2 (com.example.shop; build:1; iOS 17.0.0) Alamofire/5.4.3", "MyShop/4.2 (iPhone; iOS 17.5; Scale/3.00)",
    "MyShop/4.2 CFNetwork/1568.100.1 Darwin/24.0.0",
]  # fmt: skip
TABLETS = [
    "Dalvik/2.1.0 (Linux; U; Android 10; SM-T510 Build/QP1A)", "MyShop/4.2 (Android 13; Tablet) okhttp/4.12.0",
    "MyShop/4.2 (Android 9; Lenovo TB-X605F) okhttp/4.12.0", "Dalvik/2.1.0 (Linux; U; Android 9; KFMAWI Build/PS7)",
    "MyShop/4.2 (iPad; iOS 17.5; Scale/2.00)",
    f"Mozilla/5.0 (Linux; Android 13; K) {BLINK} Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Android 13; Tablet; rv:109.0) Gecko/118.0 Firefox/118.0",
]  # fmt: skip
COMPUTERS = [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/142.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/26.0 Safari/605.1.15",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {BLINK} Notion/3.0 Chrome/120.0 Electron/28.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/120.0 Safari/537.36 Valve Steam Client",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.289 Version/12.02",
]
PROGRAMS = [
    "curl/8.5.0", "curl/7.54.0 (x86_64-apple-darwin17.0)", "Wget/1.21.3 (linux-gnu)", "python-requests/2.32.3",
    "python-requests/2.9.1 CPython/3.5.2 Linux/4.4.0", "Python-urllib/3.12", "python-httpx/0.27.0",
    "Python/3.12 aiohttp/3.9.5", "Go-http-client/1.1", "Go-http-client/2.0", "okhttp/4.12.0", "okhttp/3.14.9",
    "Java/17.0.1", "Java-http-client/21.0.2", "Apache-HttpClient/4.5.13 (Java/11.0.16)", "axios/1.7.2",
    "node-fetch/1.0",
    "node", "undici", "got (https://github.com/sindresorhus/got)", "PostmanRuntime/7.39.0", "insomnia/9.2.0",
    "HTTPie/3.2.2", "Ruby", "Faraday v2.9.0", "rest-client/2.1.0 (linux x86_64) ruby/3.2.2p53", "GuzzleHttp/7",
    "PHP/8.2", "libwww-perl/6.72", "Dart/3.4 (dart:io)", "Deno/1.44", "Bun/1.1.13", "reqwest/0.12", "hyper/0.14",
    "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.4522",
    "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)", "Mozilla/5.0", "Mozilla/5.0 (compatible)",
    "NetNewsWire (RSS Reader; https://netnewswire.com/)", "Microsoft-CryptoAPI/10.0", "k6/0.52.0 (https://k6.io/)",
    "Apache-HttpAsyncClient/4.1.5 (Java/17.0.1)", "aws-sdk-go/1.44", "x", "shop-sync 2",
]  # fmt: skip
CRAWLERS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {BLINK} Chrome/99.0 Mobile Safari/537.36"
    " (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"Mozilla/5.0 (Linux; Android 11; moto g power) {BLINK} Chrome/119.0 Mobile Safari/537.36 Chrome-Lighthouse",
    f"Mozilla/5.0 (Linux; Android 5.0) {BLINK} (compatible; Bytespider; spider-feedback@bytedance.com)",
    "Mozilla/5.0 (Linux; Android 7.0;) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36"
    " (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)",
    "WhatsApp/2.23.18.78 A", "Viber/13.3.0.5", "Feedly/1.0 (+http://www.feedly.com/fetcher.html)", "Tumblr/14.0.835",
    "FreshRSS/1.24.1 (Linux; https://freshrss.org)", "facebookexternalhit/1.1",
]  # fmt: skip
TABLE = [
    *((agent, "person") for agent in PHONES + TABLETS + COMPUTERS),
    *((agent, "program") for agent in PROGRAMS),
    *((agent, "bot") for agent in CRAWLERS),
]
LEFT = {one for kind in LEFT_OUT for one in kind.device_classes}


def test_the_table_has_at_least_sixty_agents() -> None:
    assert len({agent for agent, _ in TABLE}) >= 60


@pytest.mark.parametrize(("agent", "who"), TABLE)
def test_people_count_and_programs_and_crawlers_do_not(agent: str, who: str) -> None:
    device = described(agent)[0]
    assert ("person" if device not in LEFT else device) == who


@pytest.mark.parametrize("agent", PHONES + COMPUTERS + PROGRAMS)
def test_nothing_of_a_person_or_a_program_is_dropped_at_the_door(agent: str) -> None:
    assert not is_crawler(agent)


@pytest.mark.parametrize(
    ("agent", "device"),
    [*((agent, "mobile") for agent in PHONES), *((agent, "tablet") for agent in TABLETS)],
)
def test_an_app_on_a_phone_is_a_phone_though_only_browsers_say_mobile(agent: str, device: str) -> None:
    assert described(agent)[0] == device


@pytest.mark.parametrize(
    "agent", ["okhttp/3.12.1 (Android 10)", "MyShop/4.2 (com.shop; build:3; Android 13) okhttp/4.12.0"]
)
def test_an_app_that_tells_no_model_is_not_taken_for_a_tablet(agent: str) -> None:
    assert described(agent)[0] == "mobile"


def test_a_proxy_that_writes_over_every_agent_makes_nobody_a_program() -> None:
    assert described("Amazon CloudFront")[0] not in LEFT
