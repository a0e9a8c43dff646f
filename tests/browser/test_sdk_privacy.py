"""What the SDK must not do: without consent, against the browser's wish, with what people type, with cookies."""

import pytest
from playwright.sync_api import Page
from tests.browser.recording import Collector, Site

pytestmark = pytest.mark.browser

SECRET = "s3cr3t-passphrase"
STORED = "JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])"
NOTHING_STORED = '[[],[],""]'


def loaded(page: Page) -> None:
    page.wait_for_function("afterclick.q.length === undefined")


def everything_sent(page: Page) -> None:
    """Longer than a batch waits, then what leaving would send."""
    page.evaluate("new Promise((done) => setTimeout(done, 1200))")
    page.goto("about:blank")


def test_without_required_consent_nothing_is_stored_or_sent(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page(body="<button>Go</button>", attributes='data-consent="required"'))
    loaded(page)
    page.evaluate(
        "afterclick.track('order', { order_id: 'o-1' }); afterclick.identify('c-1'); afterclick.rate(5);"
        "history.pushState({}, '', '/b')"
    )
    page.click("button")
    assert page.evaluate(STORED) == NOTHING_STORED
    everything_sent(page)
    assert collector.posts == []


def test_consent_begins_with_the_page_as_it_is_and_its_withdrawal_erases(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page(attributes='data-consent="required"'))
    loaded(page)
    page.evaluate("afterclick.consent(true)")
    # Said with each event, so that a site which keeps nothing of the unasked keeps these.
    assert collector.expect("page_view")["consent"] == {"analytics": True}
    assert collector.expect("vital", name="TTFB")["consent"] == {"analytics": True}
    page.evaluate("afterclick.track('unsent'); afterclick.consent(false); afterclick.track('after')")
    assert page.evaluate(STORED) == NOTHING_STORED
    everything_sent(page)
    assert collector.events("track") == []


def test_where_nobody_is_asked_no_consent_is_claimed(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    assert "consent" not in collector.expect("page_view")


@pytest.mark.parametrize(
    "wish", ["globalPrivacyControl: { value: true }", "doNotTrack: { value: '1' }"], ids=["GPC", "DNT"]
)
def test_a_browser_that_asks_not_to_be_tracked_is_not(
    wish: str, page: Page, collector: Collector, site: Site
) -> None:
    page.add_init_script(f"Object.defineProperties(navigator, {{ {wish} }})")
    page.goto(site.page())
    loaded(page)
    page.evaluate("afterclick.consent(true); afterclick.track('one')")
    assert page.evaluate(STORED) == NOTHING_STORED
    everything_sent(page)
    assert collector.posts == []


def test_a_visit_outside_of_the_sample_sends_nothing_and_carries_no_trace(
    page: Page, collector: Collector, site: Site
) -> None:
    site.serve("/api", "{}")
    page.goto(site.page(attributes='data-sample="0"'))
    loaded(page)
    page.evaluate("afterclick.track('one'); fetch('/api').then(() => 0)")
    everything_sent(page)
    assert collector.posts == []
    assert "traceparent" not in site.seen("/api")[0].headers


@pytest.mark.parametrize(("digits", "recorded"), [("7fffffff", True), ("80000000", False)])
def test_the_sample_is_decided_by_the_visit_so_that_its_pages_agree(
    digits: str, recorded: bool, page: Page, collector: Collector, site: Site
) -> None:
    site.serve("/plain", "<p>Plain</p>", type="text/html")
    page.goto(site.origin + "/plain")
    page.evaluate(
        "localStorage.afterclick = JSON.stringify({ device: '01a200eb-56e1-7169-8c27-4280f3e01aa1',"
        f"visits: 1, active: Date.now(), session: '01a200eb-5479-7200-b3bf-e26a{digits}' }})"
    )
    page.goto(site.page(attributes='data-sample="0.5"'))
    loaded(page)
    page.goto("about:blank")
    if recorded:
        collector.expect("page_view")
    else:
        page.goto(site.page("/all"))
        collector.expect("page_view", url=site.origin + "/all")
        assert len(collector.events("page_view")) == 1


def test_nothing_that_is_typed_leaves_the_page(page: Page, collector: Collector, site: Site) -> None:
    site.serve("/search", "{}")
    body = (
        "<form><input id=a><input id=b type=password><textarea id=c></textarea><div id=d contenteditable>x</div>"
        "<select id=e><option>-<option>s3cr3t-passphrase</select><button>Send</button></form><script>"
        "document.querySelector('form').onsubmit = (event) => { event.preventDefault();"
        "fetch('/search?q=' + a.value + '#' + a.value); history.pushState({}, '', '/found?q=' + a.value) }</script>"
    )
    page.goto(site.page("/", body))
    loaded(page)
    for field in ("#a", "#b", "#c", "#d"):
        page.click(field)
        page.keyboard.type(SECRET)
    page.select_option("#e", index=1)
    for _ in range(3):
        page.click("#a")
    page.click("button")
    collector.expect("page_view", url=site.origin + "/found")
    everything_sent(page)
    collector.expect("vital", name="CLS")
    assert SECRET in site.seen("/search")[0].query["q"][0]
    assert not [
        request for request in collector.requests if SECRET.encode() in request.body or SECRET in str(request)
    ]


def test_no_cookie_is_set_unless_asked_for(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page())
    collector.expect("page_view")
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == ["afterclick"]


def test_the_cookie_asked_for_keeps_the_visit_together(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page("/a", attributes='data-storage="cookie"'))
    first = collector.expect("page_view")
    page.goto(site.page("/b", attributes='data-storage="cookie"'))
    second = collector.expect("page_view", url=site.origin + "/b")
    [cookie] = page.context.cookies()
    assert (cookie.get("name"), cookie.get("sameSite")) == ("afterclick", "Lax")
    assert first["session_id"] == second["session_id"]
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("afterclick.consent(false)")
    assert page.context.cookies() == []


def test_session_storage_and_no_storage_at_all_work_too(page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page("/a", attributes='data-storage="session"'))
    collector.expect("page_view")
    assert page.evaluate("[localStorage.length, Object.keys(sessionStorage)]") == [0, ["afterclick"]]
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    page.goto(site.page("/b"))
    assert collector.expect("page_view", url=site.origin + "/b")["visitor"] == "new"
