"""A real OpenID Connect provider (npm's oidc-provider, certified), and a browser's part in signing in there."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from html.parser import HTMLParser
from urllib.parse import urljoin

import build_assets
import httpx
from tests.clients.javascript import HERE


@contextmanager
def running() -> Generator[str]:
    """The provider on a free port; its issuer."""
    command = [str(build_assets.node()), str(HERE / "oidc_provider.mjs")]
    with subprocess.Popen(
        command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin and process.stdout  # noqa: PT018
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(10)


class _Form(HTMLParser):
    """The first form of a page, and its hidden fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = given["action"]
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given["value"]


def sign_in_there(browser: httpx.Client, answer: httpx.Response, login: str, back: str) -> httpx.Response:
    """Follow a redirect to the provider, sign in as `login` and consent; the redirect that leads back to `back`."""
    for _ in range(12):
        while answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if target.startswith(back):
                return answer
            answer = browser.get(target)
        form = _Form(answer.text)
        fields = {**form.fields, "login": login, "password": "anything"}
        answer = browser.post(urljoin(str(answer.url), form.action), data=fields)
    raise AssertionError(f"The provider does not lead back: {answer.text[:500]}")
