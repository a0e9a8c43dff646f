"""The policy of the pages, held against a real Chromium: our pages meet it, and what is smuggled in does not run."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Error, Page, Route, expect
from tests.browser import chromium
from tests.web.desks import served

from afterclick import web
from afterclick.pages import dashboard
from afterclick.web.access import listed

pytestmark = pytest.mark.browser

_REPORT = """
addEventListener('securitypolicyviolation', e => report(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
"""
_WITH_ADDRESS = '<script src="/static/smuggled.js"></script>'
_SMUGGLED = f"""
{_WITH_ADDRESS}
<script>window.ran = 'an inline script'</script>
<script type="module">window.ran = 'an inline module'</script>
<img src="data:," onerror="window.ran = 'an event handler'">
<iframe srcdoc="<script>parent.ran = 'a frame'</script>"></iframe>
<a href="javascript:window.ran='an address'" id="smuggled">x</a>
<object data="/static/smuggled.js"></object>
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for this file."""
    with chromium.started() as running:
        yield running


@pytest.fixture(scope="module")
def app(shop_desk: web.Desk) -> FastAPI:
    return dashboard(shop_desk)


@pytest.fixture(scope="module")
def url(app: FastAPI, shop_desk: web.Desk) -> Iterator[str]:
    with served(app, shop_desk.live) as address:
        yield address


@pytest.fixture
def violations() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, violations: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")

    def report(violation: str) -> None:
        violations.append(violation)

    context.expose_function("report", report)  # pyright: ignore[reportUnknownMemberType]
    context.add_init_script(_REPORT)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def paths(app: FastAPI, url: str) -> list[str]:
    """Every page that the app has; a new kind of address needs an example here."""
    visit = httpx.get(f"{url}/api/v1/visits").json()["visits"][0]["session_id"]
    listed_links = httpx.post(f"{url}/share", data={"page": "/problems/amex-payment"}, follow_redirects=True)
    token = listed_links.text.partition("/shared/")[2].partition("<")[0].partition('"')[0]
    assert token
    examples = {"problem_id": "amex-payment", "visit_id": visit, "token": token}
    templates = [
        path for method, path, mounted in listed(app.routes)
        if method == "GET" and not mounted and not path.startswith(("/api/", "/live"))
    ]  # fmt: skip
    filled = [re.sub(r"\{(\w+)(:\w+)?\}", lambda found: examples[found[1]], path) for path in templates]
    return [
        path for path in filled if "<!doctype html>" in httpx.get(url + path).text[:500]
    ]  # no parts of pages


def test_no_page_breaks_its_own_policy_nor_does_what_its_charts_show(
    page: Page, url: str, paths: list[str], violations: list[str]
) -> None:
    assert len(paths) >= 7
    for path in paths:
        page.goto(url + path)
        if path == "/problems/amex-payment":
            expect(page.locator("#evidence canvas").first).to_be_visible()
        for chart in page.locator("[data-chart]").all():
            chart.scroll_into_view_if_needed()
            expect(chart.locator("canvas")).to_have_count(1)
            chart.hover()  # the chart library writes its tooltip into the page
    page.goto(url)
    page.locator('.rail a[href^="/problems"]').click()  # htmx swaps the next page in
    expect(page.locator("h1")).to_have_text("Problems")
    assert violations == []


def test_what_is_smuggled_into_a_page_does_not_run(page: Page, url: str, violations: list[str]) -> None:
    smuggle(page)
    page.goto(f"{url}/definitions")
    expect(page.locator("#smuggled")).to_have_count(1)
    page.evaluate("document.getElementById('smuggled').click()")
    expect(page.locator("h1")).to_have_text("Definitions")
    assert page.evaluate("window.ran") is None
    kinds = {violation.split()[0] for violation in violations}
    assert {"script-src-elem", "script-src-attr"} <= kinds


def test_what_is_smuggled_into_a_page_that_is_swapped_in_does_not_run(
    page: Page, url: str, violations: list[str]
) -> None:
    page.goto(url)
    smuggle(page, _SMUGGLED.replace(_WITH_ADDRESS, ""))  # with it, the browser refuses the whole swap
    page.locator('.rail a[href^="/problems"]').click()
    expect(page.locator("h1")).to_have_text("Problems")
    expect(page.locator("#smuggled")).to_have_count(1)
    assert page.evaluate("window.ran") is None
    assert any(violation.startswith("script-src") for violation in violations)


def test_text_does_not_become_markup_but_by_the_one_policy_for_our_own_pages(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".live")).to_have_text("Live")
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<b>text</b>'")
    with pytest.raises(Error, match="disallowed"):
        page.evaluate("trustedTypes.createPolicy('another', {})")
    with pytest.raises(Error, match="already exists"):
        page.evaluate("trustedTypes.createPolicy('htmx', {createHTML: text => text})")


def test_another_sites_page_can_neither_frame_nor_read_nor_change(page: Page, url: str) -> None:
    elsewhere = FastAPI()
    elsewhere.add_route("/", lambda _: HTMLResponse(f'<iframe src="{url}/"></iframe><h1>Elsewhere</h1>'))
    with served(elsewhere) as address:
        page.goto(address.replace("127.0.0.1", "localhost"))  # another host, so another site
        asked = "([address, how]) => fetch(address, how).then(answer => answer.type, () => 'refused')"
        assert page.evaluate(asked, [f"{url}/api/v1/overview", {}]) == "refused"
        mark = {"mode": "no-cors", "method": "POST", "body": '{"name":"note"}'}
        before = httpx.get(f"{url}/api/v1/overview").json()["marks"]
        assert page.evaluate(asked, [f"{url}/api/v1/marks", mark]) == "refused"
        assert httpx.get(f"{url}/api/v1/overview").json()["marks"] == before
        assert "Overview" not in page.frames[1].content()


def smuggle(page: Page, what: str = _SMUGGLED) -> None:
    """From now on each page bears what an attacker would want in it."""

    def alter(route: Route) -> None:
        answer = route.fetch()
        if "text/html" in answer.headers.get("content-type", ""):
            route.fulfill(response=answer, body=answer.text().replace("</main>", f"{what}</main>"))
        else:
            route.fulfill(response=answer)

    def evil(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body="window.ran = 'a script of our own host'")

    page.route(re.compile(r"/(definitions|problems)(\?|$)"), alter)
    page.route("**/static/smuggled.js", evil)
