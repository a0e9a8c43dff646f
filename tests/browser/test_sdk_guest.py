"""The SDK as a guest: odd and hostile pages behave with it as they do without it, and it leaves nothing behind."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.browser.recording import Answer, Collector, Request, Server, Site

pytestmark = pytest.mark.browser
HOSTS = sorted((Path(__file__).parent / "hosts").glob("*.html"))
"""Pages that are odd or hostile, each with what it sees of itself. `<!-- Name: value -->` is a header of its answer."""
SAW = """
<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,">
<script>
  const { stringify } = JSON;
  const saw = (act) => addEventListener('load', () =>
    setTimeout(async () => console.info('saw', stringify([await act()])), 300));
</script>
"""
WORKER = """
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', () => {});
"""


@pytest.fixture
def other() -> Iterator[Server]:
    """Another origin: it answers whoever asks simply, and refuses what needs leave."""
    server = Server()

    def answer(request: Request) -> Answer:
        if request.method == "OPTIONS":
            return Answer(status=403)
        return Answer(b"theirs", type="text/plain", headers={"Access-Control-Allow-Origin": "*"})

    server.routes["/file.csv"] = answer
    yield server
    server.close()


def echo(request: Request) -> Answer:
    told = ("x-mine", "referer", "traceparent", "cookie")
    headers = {name: request.headers[name] for name in told if name in request.headers}
    if headers.get("traceparent", "").startswith("00-") and "0af765" not in headers["traceparent"]:
        del headers["traceparent"]  # ours, which the page does not see
    headers.pop("referer", None) if "x-mine" not in headers else None
    answer = {"method": request.method, "body": request.body.decode(), "headers": headers}
    return Answer(json.dumps(answer).encode(), type="application/json")


def furnish(site: Site, other: Server, host: str) -> None:
    """The host with the snippet and without, and what hosts ask for."""
    for path, text in {"/ok": "fine", "/deep/ok": "fine", "/worked": "worked"}.items():
        site.serve(path, text)
    site.serve("/framed", "<p>frame</p>", type="text/html")
    site.serve("/worker.js", WORKER, type="text/javascript")
    site.routes["/echo"] = echo
    site.routes["/away"] = lambda _: Answer(status=302, headers={"Location": f"{other.origin}/file.csv"})
    site.hold("/slow")
    headers = dict(re.findall(r"<!-- ([A-Z][\w-]+): (.*) -->", host))
    tag = f'<script async src="{site.collector.origin}/sdk/afterclick.js" data-key="test-key"></script>'
    for path, snippet in (("/with", tag), ("/without", "")):
        text = SAW.lstrip() + host.replace("<!-- afterclick -->", snippet)
        site.routes[path] = partial(_answer, Answer(text.encode(), headers=headers))


def _answer(answer: Answer, _: Request) -> Answer:
    return answer


def seen(context: BrowserContext, address: str) -> dict[str, Any]:
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error).split("\n")[0]))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "warning" else None)
    with page.expect_console_message(lambda said: said.text.startswith("saw ")) as told:
        page.goto(address)
    page.close()
    return {"result": told.value.text, "complaints": complaints}


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.stem)
def test_a_page_behaves_as_without_it(
    host: Path, browser: Browser, collector: Collector, site: Site, other: Server
) -> None:
    furnish(site, other, host.read_text())
    found: list[dict[str, Any]] = []
    for path in ("/without", "/with"):
        context = browser.new_context()
        found.append(seen(context, site.origin + path))
        context.close()
    without, with_it = found
    assert with_it == without


def test_a_thousand_route_changes_leave_no_listener_and_no_timer_behind(
    page: Page, collector: Collector, site: Site
) -> None:
    page.add_init_script("""
        const open = { listeners: 0, timers: new Set() };
        const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
        EventTarget.prototype.addEventListener = function (...all) {
            open.listeners += 1;
            return add.apply(this, all);
        };
        EventTarget.prototype.removeEventListener = function (...all) {
            open.listeners -= 1;
            return remove.apply(this, all);
        };
        const { setTimeout: set, clearTimeout: clear } = window;
        window.setTimeout = (act, ...rest) => {
            const id = set((...all) => { open.timers.delete(id); act(...all); }, ...rest);
            open.timers.add(id);
            return id;
        };
        window.clearTimeout = (id) => { open.timers.delete(id); clear(id); };
        window.counted = () => [open.listeners, open.timers.size];
    """)
    site.serve("/ok", "fine")
    page.goto(site.page(body="<button>b</button>"))
    collector.expect("vital", name="TTFB")
    visit = """async (n) => {
        for (let i = 0; i < n; i++) {
            history.pushState({}, '', '/p' + (i % 40));
            const x = new XMLHttpRequest(); x.open('GET', '/ok');
            const done = new Promise((r) => { x.onload = r; }); x.send(); await done;
            await fetch('/ok');
        }
        await new Promise((r) => setTimeout(r, 1500));
        return counted();
    }"""
    once = page.evaluate(visit, 5)
    often = page.evaluate(visit, 1000)
    assert often[0] <= once[0]
    assert often[1] <= once[1] + 1


def test_the_tag_twice_starts_once(page: Page, collector: Collector, site: Site) -> None:
    again = f'<script async src="{collector.origin}/sdk/afterclick.js" data-key="test-key"></script>'
    page.goto(site.page(body=again))
    page.evaluate(f"""async () => {{
        for (const n of [1, 2, 3]) {{
            history.pushState({{}}, '', '/p' + n);
            const made = document.createElement('script');
            made.src = '{collector.origin}/sdk/afterclick.js';
            made.dataset.key = 'test-key';
            const came = new Promise((r) => (made.onload = r));
            document.body.append(made);
            await came;
        }}
        afterclick.track('last');
    }}""")
    collector.expect("track", name="last")
    paths = [event["url"].removeprefix(site.origin) for event in collector.events("page_view")]
    assert paths == ["/", "/p1", "/p2", "/p3"]
    assert collector.events("error") == []


def test_a_module_works(page: Page, collector: Collector, site: Site) -> None:
    module = f'<script type="module" src="{collector.origin}/sdk/afterclick.js" data-key="test-key"></script>'
    page.goto(site.page(head=module, sdk="none.js"))
    assert collector.expect("page_view")["url"] == site.origin + "/"
    assert collector.posts[0].query["key"] == ["test-key"]


def test_a_module_that_is_imported_says_what_to_do_and_stays_out(
    page: Page, collector: Collector, site: Site
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(site.page(snippet=False, sdk="none.js"))
    page.evaluate("document.querySelector('script').remove()")
    page.evaluate(f"import('{collector.origin}/sdk/afterclick.js')")
    assert [one for one in said if "afterclick" in one] == [
        "Load afterclick.js by a script element with data-key."
    ]
    assert page.evaluate("'afterclick' in window") is False


def test_a_frame_of_a_page_that_is_recorded_is_no_page_view(
    page: Page, collector: Collector, site: Site
) -> None:
    site.page("/framed", "<p>inside</p>")
    page.goto(site.page(body="<iframe src='/framed'></iframe>"))
    page.frame_locator("iframe").locator("p").wait_for()
    page.frames[1].wait_for_function("performance.getEntriesByName(document.scripts[1].src).length > 0")
    page.evaluate("afterclick.track('last')")
    collector.expect("track", name="last")
    assert [event["url"] for event in collector.events("page_view")] == [site.origin + "/"]


@pytest.mark.parametrize("word", ["denied", "false", "granted ", 1, {}, None])
def test_only_a_clear_yes_is_consent(word: object, page: Page, collector: Collector, site: Site) -> None:
    page.goto(site.page(attributes='data-consent="required"'))
    page.wait_for_function("afterclick.q.length === undefined")
    page.evaluate("word => afterclick.consent(word)", word)
    page.evaluate("afterclick.track('never')")
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("afterclick.consent('granted')")
    page.evaluate("afterclick.track('now')")
    collector.expect("track", name="now")
    assert collector.events("track", name="never") == []
    page.evaluate("word => afterclick.consent(word)", word)
    assert page.evaluate("localStorage.length") == 0


def test_a_visit_outlives_a_page_that_empties_its_storage(
    page: Page, collector: Collector, site: Site
) -> None:
    page.goto(site.page())
    first = collector.expect("page_view")
    site.page("/next")
    page.evaluate("localStorage.clear()")
    page.goto(site.origin + "/next")
    collector.wait(lambda: len(collector.events("page_view")) == 2, "the second page view")
    second = collector.events("page_view")[1]
    assert (second["session_id"], second["device_id"]) == (first["session_id"], first["device_id"])
