"""Set-up, sign-in with a second factor and the people page in a real Chromium, under the policy of every page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pyotp.totp import TOTP
from tests.browser import axe, chromium
from tests.web.signing import PASSWORD, Guarded, guarded

from afterclick.accounts.policy import Role
from afterclick.clock import now_ms
from afterclick.store.store import Store

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as running:
        yield running


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    opened = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    opened.on("console", note)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()


@pytest.fixture
def fresh(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(store, tmp_path_factory.mktemp("fresh")) as dashboard:
        yield dashboard


def fits(page: Page) -> bool:
    """Whether the page is no wider than the phone; axe has nothing to say against it."""
    assert axe.violations(page) == []
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def sign_in(page: Page) -> None:
    page.get_by_label("E-mail").fill("jana@x.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_from_the_link_in_the_terminal_to_a_second_factor_without_a_complaint(
    fresh: Guarded, page: Page, complaints: list[str]
) -> None:
    page.goto(f"{fresh.url}/set-up?token={fresh.accounts.set_up.token}")
    assert fits(page)
    page.get_by_label("Name").first.fill("Acme")
    page.get_by_label("Name").last.fill("Jana")
    page.get_by_label("E-mail").fill("jana@x.com")
    page.get_by_label("Password", exact=True).fill("password123")
    expect(page.locator("#strength")).to_contain_text("breached")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    expect(page.locator("#strength")).to_have_text(re.compile("enough|Strong"))
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Create the administrator").click()
    expect(page.get_by_role("heading", name="Connect")).to_be_visible()

    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    assert fits(page)
    page.get_by_label("E-mail").fill("ida@x.com")
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.locator("#made-link")).to_contain_text("/invitation?token=")
    page.get_by_role("link", name="Change jana@x.com").click()
    expect(page.get_by_role("heading", name="Change Jana")).to_be_visible()
    page.get_by_label("Role on every site").select_option("support")
    page.get_by_role("button", name="Save the role").click()
    expect(page.get_by_role("alert")).to_contain_text("last administrator")
    complaints[:] = [one for one in complaints if "400" not in one]  # the refusal itself

    page.goto(f"{fresh.url}/settings/account/factor")
    assert fits(page)
    expect(page.locator("svg.qr")).to_be_visible()
    secret = "".join(page.locator("figcaption code").inner_text().split())
    page.get_by_label("Six digits").fill(TOTP(secret).generate_otp(now_ms() // 30_000))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn it on").click()
    code = page.locator("#codes").inner_text().split()[0]
    page.goto(f"{fresh.url}/settings/account")
    assert fits(page)
    page.get_by_role("button", name="Sign out here").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page)
    page.get_by_label("Six digits, or one of your recovery codes").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert complaints == []


def test_a_page_that_stood_open_leads_to_sign_in_once_its_session_is_ended(
    page: Page, fresh: Guarded
) -> None:
    fresh.person("root@x.com", everywhere=Role.ADMINISTRATOR)
    person = fresh.person("jana@x.com", default=Role.SUPPORT)
    page.goto(f"{fresh.url}/problems")
    sign_in(page)
    expect(page.get_by_role("heading", name="Problems")).to_be_visible()
    fresh.accounts.sign_ins.end_all(person)
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
