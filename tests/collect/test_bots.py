"""What crawlers send is dropped; people, servers and driven browsers are not taken for crawlers."""

import uuid

import pytest
from tests.collect.conftest import House

from afterclick.collect.passage.bots import is_automated, is_crawler

BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {APPLE}"
CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/142.0.0.0 Safari/537.36"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CRAWLERS = [
    GOOGLEBOT,
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) {BLINK} Chrome/99.0 Mobile Safari/537.36"
    " (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    f"Mozilla/5.0 (Linux; Android 11; moto g power) {BLINK} Chrome/119.0 Mobile Safari/537.36"
    " Chrome-Lighthouse",
]
PEOPLE = [
    CHROME,
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/26.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {APPLE} CriOS/142.0 Mobile/15E148",
    f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/470.0;FBBV/1;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS]",
    f"{IPHONE} Mobile/15E148 Instagram 340.0",
    f"{IPHONE} Mobile/15E148 [Pinterest/iOS]",
    f"{IPHONE} GSA/330.0 Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 9; CUBOT_X19) {BLINK} Chrome/80.0.1.1 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; SM-S918B) {BLINK} SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Chrome/142.0.0.0 Safari/537.36 Edg/142.0 OPR/124.0",
    "MyShop/4.2 CFNetwork/1568.100.1 Darwin/24.0.0",
    "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A)",
    "okhttp/4.12.0",
]
DRIVEN = [
    f"Mozilla/5.0 (X11; Linux x86_64) {BLINK} HeadlessChrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
]


@pytest.mark.parametrize("agent", CRAWLERS)
def test_an_event_whose_own_user_agent_is_a_crawlers_is_dropped_and_its_neighbour_kept(
    house: House, agent: str
) -> None:
    answer = house.post(house.event(user_agent=agent), house.event(name="person", user_agent=CHROME))
    assert [error["reason"] for error in answer.json()["errors"]] == ["bot"]
    assert [event.name for event in house.events()] == ["person"]
    assert house.counted() == {"": 1, "bot": 1}


def test_a_crawler_that_runs_the_page_is_dropped_by_the_user_agent_of_its_request(house: House) -> None:
    house.post(house.event(), house.event(name="b"), user_agent=GOOGLEBOT)
    assert house.counted() == {"bot": 2}


def test_a_server_may_forward_what_people_did_whatever_its_own_user_agent(house: House) -> None:
    for agent in ("python-requests/2.32.3", "Go-http-client/1.1", "curl/8.5.0", "analytics-python/2.3.4"):
        house.post(house.event(id=str(uuid.uuid4()), user_agent=CHROME), user_agent=agent)
        house.post(house.event(id=str(uuid.uuid4())), user_agent=agent)
    assert house.counted() == {"": 8}


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_persons_browser_or_app_is_no_crawler(agent: str) -> None:
    assert not is_crawler(agent)
    assert not is_automated(agent)


def test_an_event_of_a_program_is_kept(house: House) -> None:
    house.post(house.event(user_agent="curl/8.5.0"))
    assert [event.user_agent for event in house.events()] == ["curl/8.5.0"]


@pytest.mark.parametrize("agent", DRIVEN)
def test_a_driven_browser_is_kept_and_known_as_one(house: House, agent: str) -> None:
    house.post(house.event(), user_agent=agent)
    assert house.counted() == {"": 1}
    assert is_automated(agent)


def test_a_request_full_of_unknown_agents_has_only_some_of_them_looked_at(house: House) -> None:
    is_crawler.cache_clear()
    agents = [f"Mozilla/5.0 {uuid.uuid4().hex}" for _ in range(2000)]
    house.post(*[house.event(user_agent=agent) for agent in agents])
    assert is_crawler.cache_info().misses <= 256
    assert house.counted() == {"": 2000}
