"""Product pictures: an SVG shape in a palette, and the unscaled original that a fault serves instead."""

import base64
import random
import struct
import zlib
from functools import cache

from msgspec import Struct

from afterclick.demo.shop.messages import Product
from afterclick.demo.shop.templating import environment

GRAIN_SIDE = 1_500  # pixels; the original carries this much film grain and so weighs about 3 MB


class Palette(Struct, frozen=True):
    """Colours of a picture: `light`, `main` and `dark` of the thing, an `accent`, and the backdrop's two."""

    light: str
    main: str
    dark: str
    accent: str
    near: str
    far: str


PALETTES = {
    "pine": Palette("#6f9a82", "#3f6f58", "#254638", "#e3a857", "#e9e4d6", "#cfd6c6"),
    "rust": Palette("#e2895f", "#c05f37", "#7f3a20", "#f0d9a8", "#f0e6da", "#e2cdb8"),
    "mustard": Palette("#edc667", "#d19f33", "#8f6a1d", "#39584c", "#f3ecd9", "#e5d8b5"),
    "slate": Palette("#8fa3b0", "#586f7e", "#33444f", "#e08a4c", "#e8ebec", "#cdd6da"),
    "sand": Palette("#e7d7b8", "#c9b288", "#8d7850", "#a6532f", "#f4efe6", "#e4dac8"),
    "berry": Palette("#b9728a", "#8a4560", "#562639", "#efc9a0", "#f2e7e6", "#dfc9cb"),
    "lake": Palette("#7fb3bf", "#3f8292", "#22505c", "#f2b866", "#e5eeee", "#c6dadb"),
    "coal": Palette("#74767a", "#45474b", "#26272a", "#d9803f", "#ebe9e5", "#d3d0c9"),
}


@cache
def photo(product: Product) -> bytes:
    """The picture of a product as SVG, 800 by 800 units."""
    return _render(product, grain="")


@cache
def original(product: Product) -> bytes:
    """The same picture with uncompressed film grain over it: several megabytes of SVG."""
    return _render(product, grain=_grain())


@cache
def scene() -> bytes:
    """The picture at the head of the home page, as SVG."""
    return environment().get_template("pictures/scene.svg").render().encode()


def _render(product: Product, grain: str) -> bytes:
    template = environment().get_template(f"pictures/{product.shape}.svg")
    return template.render(c=PALETTES[product.palette], grain=grain).encode()


@cache
def _grain() -> str:
    noise = random.Random(GRAIN_SIDE)  # noqa: S311 - a picture, not a secret
    rows = b"".join(b"\0" + noise.randbytes(GRAIN_SIDE) for _ in range(GRAIN_SIDE))
    header = struct.pack(">IIBBBBB", GRAIN_SIDE, GRAIN_SIDE, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 0))
    return "data:image/png;base64," + base64.b64encode(png + _chunk(b"IEND", b"")).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
