"""What a browser sends, in the wire form of docs/collect.md, one JSON object an event.

Written by templates rather than by an encoder because a week of history is most of a million events. Every word put
in comes from the shoppers' own tables or is hexadecimal, so nothing needs escaping; sentences go through `quoted`.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

STEPS = ("home", "list", "product", "cart", "checkout", "payment", "thanks")
ROUTES = ("/", "/category/:id", "/product/:id", "/cart", "/checkout", "/payment", "/thanks")
LARGEST = ("section.hero>img", "#products>li>a>img", "img.product-photo", "h1", "h1", "h1", "h1")
TAPPED = ("a.button", "#sort", "#add>button", "a.button", "#checkout>button", "#payment>button", "a.button")


class Bytes(Protocol):
    """A seeded source of random bytes, such as a numpy Generator."""

    def bytes(self, length: int) -> bytes:
        """`length` random bytes."""
        ...


class Hex:
    """An endless supply of random hexadecimal digits from a seeded source."""

    def __init__(self, source: Bytes, block: int = 1 << 16) -> None:
        self._source, self._block = source, block
        self._text, self._next = "", 0

    def take(self, digits: int) -> str:
        """The next `digits` lower-case digits."""
        end = self._next + digits
        if end > len(self._text):
            self._text, self._next, end = self._source.bytes(self._block).hex(), 0, digits
        taken = self._text[self._next : end]
        self._next = end
        return taken


def uuid7(time: int, digits: str) -> str:
    """A version 7 UUID (RFC 9562 5.7) at `time` (UTC ms) from 18 random hexadecimal digits."""
    stamp = f"{time:012x}"
    return f"{stamp[:8]}-{stamp[8:]}-7{digits[:3]}-8{digits[3:6]}-{digits[6:18]}"


@lru_cache(maxsize=256)
def quoted(sentence: str) -> str:
    """The sentence as a JSON string."""
    return json.dumps(sentence)


@dataclass(frozen=True)
class Call:
    """One fetch of the page: `target` is the path pattern, `ms` how long it took, `status` 499 when given up."""

    method: str
    target: str
    at: int
    ms: float
    status: int
    trace_id: str = ""


def visit_context(
    *,
    session_id: str,
    device_id: str,
    returning: bool,
    campaign: str,
    channel: str,
    country: str,
    device_class: str,
    tier: str,
    browser: str,
    system: str,
) -> str:
    """What all events of a visit carry, as the inside of a JSON object."""
    return (
        f'"session_id":"{session_id}","device_id":"{device_id}",'
        f'"visitor":"{"returning" if returning else "new"}","campaign":"{campaign}","channel":"{channel}",'
        f'"country":"{country}","device_class":"{device_class}","device_tier":"{tier}",'
        f'"browser":"{browser}","os":"{system}"'
    )


class PageWriter:
    """The events of one page view after another, appended to `out`; whole, or for an envelope without their context."""

    def __init__(self, out: list[str], digits: Hex, shop_url: str, *, whole: bool = True) -> None:
        self._out, self._digits, self._shop, self._whole = out, digits, shop_url, whole
        self._stamp = self._tail = self.context = ""

    def page_view(self, visit: str, step: int, path: str, at: int, release: str, network: str = "") -> str:
        """Begin a page view at `at` (UTC ms) with its own event; returns its id."""
        view_id = uuid7(at, self._digits.take(18))
        self._stamp = view_id[:13]
        tags = f',"tags":{{"card_network":"{network}"}}' if network else ""
        self.context = (
            f'"page_view_id":"{view_id}",{visit},"url":"{self._shop}{path}","route":"{ROUTES[step]}",'
            f'"step":"{STEPS[step]}","release":"{release}"{tags}'
        )
        self._tail = f",{self.context}}}" if self._whole else "}"
        self._add("page_view", at, "")
        return view_id

    def vital(self, name: str, value: float, at: int, target: str = "", source: str = "") -> None:
        """A web vital: milliseconds, or the unitless CLS."""
        by = f',"target":"{target}"' if target else ""
        by = f'{by},"source":"{source}"' if source else by
        self._add("vital", at, f',"name":"{name}","value":{value:.4g}{by}')

    def request(self, call: Call) -> None:
        """A fetch that ended or was given up."""
        trace = f',"trace_id":"{call.trace_id}"' if call.trace_id else ""
        self._add(
            "request",
            call.at,
            f',"method":"{call.method}","target":"{call.target}","duration_ms":{call.ms:.1f},'
            f'"status":{call.status}{trace}',
        )

    def resource(self, name: str, source: str, ms: float, at: int) -> None:
        """A slow script or image."""
        self._add("resource", at, f',"name":"{name}","source":"{source}","duration_ms":{ms:.1f},"status":200')

    def long_task(self, source: str, ms: float, at: int) -> None:
        """The main thread was blocked."""
        self._add("long_task", at, f',"duration_ms":{ms:.1f},"source":"{source}"')

    def error(self, name: str, message: str, source: str, at: int) -> None:
        """A script error."""
        self._add("error", at, f',"name":"{name}","message":{quoted(message)},"source":"{source}"')

    def struggle(self, name: str, target: str, clicks: int, at: int) -> None:
        """Rage or dead clicks."""
        self._add("struggle", at, f',"name":"{name}","target":"{target}","value":{clicks}')

    def rating(self, score: int, words: str, at: int) -> None:
        """The one question, answered 1 to 5."""
        self._add("rating", at, f',"value":{score},"message":{quoted(words)}')

    def commerce(self, kind: str, value: float, at: int, target: str = "") -> None:
        """`product`, `cart` or `checkout` with its amount."""
        what = f',"target":"{target}"' if target else ""
        self._add(kind, at, f',"value":{value:.2f}{what}')

    def order(self, order_id: str, revenue: float, at: int) -> None:
        """A paid order in euros."""
        self._add("order", at, f',"order_id":"{order_id}","revenue":{revenue:.2f},"currency":"EUR"')

    def identify(self, user_id: str, at: int) -> None:
        """The customer said who they are."""
        self._add("identify", at, f',"user_id":"{user_id}"')

    def _add(self, kind: str, at: int, fields: str) -> None:
        digits = self._digits.take(18)
        self._out.append(
            f'{{"id":"{self._stamp}-7{digits[:3]}-8{digits[3:6]}-{digits[6:]}","type":"{kind}","time":{at}'
            f"{fields}{self._tail}"
        )


def release_mark(version: str, at: int, digits: Hex) -> str:
    """A deploy mark of the web pages."""
    return (
        f'{{"id":"{uuid7(at, digits.take(18))}","type":"mark","time":{at},"name":"release","target":"web",'
        f'"release":"{version}"}}'
    )
