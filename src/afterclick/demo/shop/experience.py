"""What a browser would meet on a page while faults are on, for clients of the shop that are not browsers."""

import random

from msgspec import Struct

from afterclick.demo.shop.faults import BADGE_HANG, LONG_TASK, ORIGINAL_PHOTO, Faults


class LongTask(Struct, frozen=True):
    """The main thread blocked for `duration_ms` by the script at `source`."""

    duration_ms: float
    source: str


class Resource(Struct, frozen=True):
    """A resource slow enough to be reported; `name` is its initiator, "script" or "img"."""

    name: str
    source: str
    duration_ms: float


class Experience(Struct, frozen=True):
    """What the faults add to a healthy page, in milliseconds, with the element, script or URL behind it."""

    step: str
    release: str
    lcp_added_ms: float = 0.0
    lcp_element: str = ""
    lcp_url: str = ""
    inp_added_ms: float = 0.0
    long_tasks: list[LongTask] = []
    resources: list[Resource] = []


def draw(
    faults: Faults, step: str, device_class: str, dice: random.Random, shop: str, third_party: str
) -> Experience:
    """One page view's worth of the faults; `shop` and `third_party` are base URLs."""
    if step == "product":
        return _product(faults, device_class == "mobile", dice, shop)
    if step == "list" and "third-party-hang" in faults:
        wait = round(BADGE_HANG.draw(dice), 1)
        slow = Resource("script", f"{third_party}/badge.js", wait)
        return Experience(step, faults.release, lcp_added_ms=wait, resources=[slow])
    return Experience(step, faults.release)


def _product(faults: Faults, phone: bool, dice: random.Random, shop: str) -> Experience:
    late = round(ORIGINAL_PHOTO.draw(dice), 1) if "product-image" in faults else 0.0
    blocked = round(LONG_TASK.draw(dice), 1) if phone and "mobile-long-task" in faults else 0.0
    photo = f"{shop}/photos/original/101.svg" if late else ""
    return Experience(
        "product",
        faults.release,
        lcp_added_ms=late,
        lcp_element="img.product-photo",
        lcp_url=photo,
        inp_added_ms=blocked,
        long_tasks=[LongTask(blocked, f"{shop}/static/gallery.js")] if blocked else [],
        resources=[Resource("img", photo, late)] if late else [],
    )
