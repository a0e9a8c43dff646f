"""How often cleaning masks what is nobody's: order numbers, product titles, SKUs that look like telephone numbers, and
what pages and servers say with the words that secrets are told by, or with the signs of addresses.

Seeded and made by chance; a thousandth may be masked at most. docs/privacy.md#false-alarms tells the measured rates.
"""

import random
import string
import sys
from collections.abc import Callable

from afterclick.collect.passage.cleaning import scrubbed
from benchmarks.table import Row, show

EACH = 10_000
MOST = 0.001
_THINGS = (
    "Tent",
    "Boot",
    "Kettle",
    "Lamp",
    "Key Holder",
    "Cookie Jar",
    "Token Ring",
    "Passport Case",
    "Secret Garden Seeds",
    "Signature Pen",
    "Coffee +20%",
    "Mug: large",
    "Backpack 40 L",
    "Rope 9.8 mm x 60 m",
    "Set of 12",
    "Cable USB-C 2.0",
    "Password Notebook",
    "IBAN Wallet",
    "Pin: brass",
    "Duvet 135x200",
    "Tea @ home",
    "Socks 39-42",
    "T-Shirt (size: XL)",
)
_COLOURS = ("blue", "Red", "GREEN", "schwarz", "modrá", "n°5", "olive/grey", "black & white")


def _digits(rng: random.Random, many: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(many))


def _checked(rng: random.Random) -> str:
    """An article number (GTIN-13) with its check digit."""
    body = rng.choice(("40", "50", "30", "87", "859", "978")) + _digits(rng, 10)
    body = body[:12]
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(body))
    return body + str(-total % 10)


def order_number(rng: random.Random) -> str:
    """As shops write them."""
    day = f"2026{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    return rng.choice(
        (
            f"#{rng.randint(1000, 99_999)}",
            f"1000{_digits(rng, 5)}",
            f"20000{_digits(rng, 5)}-{rng.randint(1, 9)}",
            f"{rng.randint(100, 999)}-{_digits(rng, 7)}-{_digits(rng, 7)}",
            f"{day}-{_digits(rng, 4)}",
            f"{day}{_digits(rng, 8)}",
            f"ORD-{day}-{_digits(rng, 6)}",
            f"DE{_digits(rng, 8)}",
            f"SO/{rng.randint(2020, 2026)}/{_digits(rng, 5)}",
            f"{rng.getrandbits(128):032x}",
            f"gid://shopify/Order/{_digits(rng, 13)}",
            f"17{_digits(rng, 11)}",
            _digits(rng, 12),
            f"order {_digits(rng, 8)} of {day[:4]}-{day[4:6]}-{day[6:]}",
            f"{_digits(rng, 4)} {_digits(rng, 4)} {_digits(rng, 4)}",
        )
    )


def title(rng: random.Random) -> str:
    """As products are named."""
    number = _checked(rng) if rng.random() < 0.2 else ""
    return f"{rng.choice(_THINGS)}, {rng.choice(_COLOURS)} {rng.randint(1, 99)} {number}"


def phone_like(rng: random.Random) -> str:
    """SKUs, serial and article numbers in groups of digits."""
    return rng.choice(
        (
            f"{_digits(rng, 3)}-{_digits(rng, 3)}-{_digits(rng, 4)}",
            f"{_digits(rng, 4)}-{_digits(rng, 3)}-{_digits(rng, 3)}",
            f"{_digits(rng, 2)}.{_digits(rng, 4)}.{_digits(rng, 4)}",
            f"SKU {_digits(rng, 3)} {_digits(rng, 3)} {_digits(rng, 3)}",
            f"A{_digits(rng, 3)} {_digits(rng, 3)} {_digits(rng, 2)} {_digits(rng, 2)}",
            _checked(rng),
            f"0{_checked(rng)}",
            f"{_digits(rng, 5)}-{_digits(rng, 5)}",
            f"+{_digits(rng, 2)}-{_digits(rng, 2)}",
            f"{_digits(rng, 3)}+{_digits(rng, 5)}",
            f"ab{_digits(rng, 2)} {_digits(rng, 4)} {_digits(rng, 4)} {_digits(rng, 4)}",
            f"99{_digits(rng, 18)}",
        )
    )


_SUBJECTS = (
    "password", "Password", "The new password", "token", "Session", "The session", "Your session", "secret", "API key",
    "cookie", "Cookies", "signature", "One-time code", "Pass", "boarding pass", "ski pass", "credentials", "passphrase",
)  # fmt: skip
_SAID = (
    "required", "must have {} characters", "expired", "is too short", "is wrong", "expired {} minutes ago",
    "was refused", "missing", "invalid", "cannot be empty", "not found for order {}", "does not match",
)  # fmt: skip
_SHOWN = (
    "pass the salt", "Forgot password?", "Show password", "Sign in with a passkey", "Accept all cookies",
    "{} secrets of tea", "Keep me signed in", "Password strength: weak", "Confirm password:", "Token Ring, {} m",
    "Your ski pass: {} days", "compass=north", "max_tokens={}", "password_length={}", "input[type=password]",
    "#password:focus", "bypass: {}", "author: Jane {}", "{} % of cookies & more", "Tea &amp; biscuits, {} g",
    "Caf\u00e9 cr\u00e8me \u2013 {} ml", "Unexpected token '<', line {}", "/account/password",
    "/p/secret-garden-seeds-{}", "session timeout: {} s", "Session: {} of 9",
    "pass: {} tests", "secret: santa", "secretary: Ann {}", "session=active", "pwd: /home/jane{}",
    "Passwort: mindestens {} Zeichen", "password: {}-200 characters", "price +1299000{}", "/invite/friends",
    "/reset-password/confirm", "/orders/confirm/{}", "Pin: brass, {} mm", "/etc/passwd: line {}",
    "etag=0123456789abcdef0123456789abcdef{}", "API key missing in line {}", "mysql - {} queries",
)  # fmt: skip


def sentence(rng: random.Random) -> str:
    """As pages and servers speak of passwords, sessions and keys."""
    number = str(rng.randint(1, 999))
    if rng.random() < 0.5:
        return rng.choice(_SHOWN).replace("{}", number)
    between = rng.choice((" ", " ", " ", ": "))
    return f"{rng.choice(_SUBJECTS)}{between}{rng.choice(_SAID)}".replace("{}", number)


_ASKED = (
    "Is it {}/4? yes=no", "and/or?", "Why?", "a/b? {}", "Why not? x={}", "in stock/sold out? {} left", "{} km/h?",
    "Size 39/40? (qty={})", "Ready? Set? a={} & b/c", "Really?! 24/7? n={}", "WHERE a/{}=? AND b=?", "a/b?c=={}",
    "/^[a-z]+\\/?$/ at {}", "/(?:a|b){}/", "e.type?n={}:t=2", "cond ? a/{} : b", "a?.b/{}", "x ?? y/{}",
    "@scope/pkg@1.2.{}", "react@18.{}.0", "v1.{}.3-rc.4", "EUR 1,{}.90/kg", "{} \u20ac / month?", "2026-11-{} 12:30:15",
    "11/30/2026 or {}/12?", "1Z999AA10{}456784", "SO/2026/{}?", "550e8400-e29b-41d4-a716-446655440{}",
    "at f (https://h.example/app.js:{}:5)", "f@https://h.example/app.js:12:{}", "webpack:///./src/App.vue:{}:5",
    "https://h.example/docs#section-{}", "https://h.example/#/route/{}", "/cart#top {}", "#a > .b[data-x={}]",
    "C#/F# = {}", "color: #fff; width: {}px", "TCP/IP? port={}", "https:\\/\\/h.example\\/p\\/{}", "50%25 off? {}/day",
    "Qu\u00e9? s\u00ed/no={}", "\u672c\u5f53\uff1f {}/10", "why%20a/b%3F%20x={}", "C:\\new\\table{}?",
    "./run.sh --n={}?",
)  # fmt: skip


def question(rng: random.Random) -> str:
    """As people ask, programs write, and stacks, versions and dates are told."""
    return rng.choice(_ASKED).replace("{}", str(rng.randint(1, 999)))


KINDS: dict[str, Callable[[random.Random], str]] = {
    "order numbers": order_number,
    "product titles": title,
    "SKUs like telephone numbers": phone_like,
    "sentences with words of secrets": sentence,
    "questions, code and paths": question,
}


def masked(kind: str, seed: int = 20261128) -> list[str]:
    """What cleaning changes of so many ordinary texts of a kind."""
    rng = random.Random(seed)
    texts = [KINDS[kind](rng) for _ in range(EACH)]
    return [text for text in texts if scrubbed(text) != text]


def main() -> bool:
    """Print the rates, and a few of what was masked."""
    rows: list[Row] = []
    for kind in KINDS:
        found = masked(kind)
        rate = len(found) / EACH
        rows.append(Row(kind, f"{len(found)} of {EACH:,}", "", f"{rate:.2%}", f"< {MOST:.1%}", rate < MOST))
        for text in found[:3]:
            print(f"  {kind}: {text} -> {scrubbed(text)}")
    return show("False alarms of cleaning", rows)


if __name__ == "__main__":
    sys.exit(not main())
