"""Headers that keep a page to what it needs: what it may load and run, who may frame, open or read it."""

import secrets
from collections.abc import MutableMapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [f"{feature}=()" for feature in (
            "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
            "encrypted-media", "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment",
            "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
        )]
        + ["clipboard-write=(self)"]
    ),
}  # fmt: skip
_ONE_YEAR = "max-age=31536000; includeSubDomains"


def policy(collector: str, nonce: str) -> str:
    """The Content-Security-Policy of one answer (https://www.w3.org/TR/CSP3/): nothing inline, no text made code.

    A script runs only when its element bears the answer's nonce, wherever it is from; what it imports, it may import.
    `strict-dynamic` would let a script without one run when another script made its element, as htmx does with what it
    swaps in: so it is left out. The collector takes what our own pages report.
    """
    parts = urlsplit(collector)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {parts.scheme}://{parts.netloc}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types htmx default",
        )
    )


class SecureHeaders:
    """ASGI middleware that adds the headers to every answer; hashed files may be kept for ever, pages not at all.

    It puts the answer's nonce into `request.state.nonce`. Strict-Transport-Security goes with what came by https, be it
    here or, as a trusted proxy says, there.
    """

    def __init__(self, app: ASGIApp, collector: str) -> None:
        self._app = app
        self._collector = collector

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(18)
        scope.setdefault("state", {})["nonce"] = nonce
        headers = _FIXED | {"Content-Security-Policy": policy(self._collector, nonce)}
        if scope["scheme"] == "https":
            headers["Strict-Transport-Security"] = _ONE_YEAR
        fixed = str(scope["path"]).startswith("/static/")

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(message, headers, kept=fixed and message["status"] == 200)
            await send(message)

        await self._app(scope, receive, add)


def _add(message: MutableMapping[str, object], headers: dict[str, str], *, kept: bool) -> None:
    found = MutableHeaders(scope=message)
    found.update(headers)
    found.setdefault("Cache-Control", "public, max-age=31536000, immutable" if kept else "no-store")
