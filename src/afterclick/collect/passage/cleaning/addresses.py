"""Parts of addresses that let somebody in, known by the word before them: `/reset/token/...`, `/invite/...`."""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from afterclick.collect.passage.cleaning.view import Mask, View


def _joined(first: str, second: str) -> Iterable[str]:
    return map("".join, product(first.split(), ("", "-", "_"), second.split()))


_OF_PASSWORDS = "password passwd passwort pass"
_ASKS = frozenset(
    {
        *("token", "invite", "invitation", "invitations", "otp", "magic", "passwordless"),
        *_joined("reset forgot forgotten recover set new change confirm restore", _OF_PASSWORDS),
        *_joined(_OF_PASSWORDS, "reset recovery change forgot forgotten"),
        *_joined("verify confirm", "email e-mail mail account"),
        *_joined("magic login signin sign-in one-time onetime", "link token code password"),
        *_joined(
            "access refresh auth api reset csrf session invite verification confirmation id email",
            "token key",
        ),
    }
)
"""What stands behind is a secret, unless it is a word that addresses are made of."""
_MAY_ASK = frozenset(
    (
        "reset", "recover", "recovery", "verify", "verification", "confirm", "confirmation", "activate", "activation",
        "unsubscribe", "password", "secret",
    )
)  # fmt: skip
"""What stands behind has to look like a secret, too."""
_ALL = _ASKS | _MAY_ASK
_PART = re.compile(r"[a-z0-9_-](?:[\w~=+:.-]*[\w~=+-])?(?=[.:,;!?]{0,3}(?:[/?#&\s\"'`<>|)\]}\\]|$))")
_REST = re.compile(r"[^\s/?#&\"'`<>]+")
_FILE = re.compile(r"\.[a-z]{2,5}\d?$")
_BETWEEN = re.compile("[-_.]")
_DIGIT, _LETTER = re.compile("[0-9]"), re.compile("[a-z]")
_SHORTEST, _LONG = 8, 20
"""Characters of what looks like a secret with a digit and a letter in it, and without."""
_FEWEST = 4
"""Digits of the shortest that are no more than a number in a list."""
_VERSION = re.compile(r"v\d{1,2}")
_MADE_OF = """
    accept accepted account accounts add admin all api app auth authorize birthday bonus bulk business cancel cancelled
    card cart change check checkout claim code codes company complete completed confirmed contact contacts create csv
    customer customers decline declined delete details done earn edit email emails error errors event events exchange
    expired export facebook failed failure family finish forgot form friend friends gift gifts google group guest guests
    hash help history home id import index info instructions introspect invalid invited invites key landing link links
    list login logout mail me member members missing new next notice null ok order orders page party passwords pay
    payment pending people phone preview profile program refresh reject reminder request requested required resend
    revoke reward rewards rsvp rules send sent settings share shop show signin signup sms start status step submit
    success successful team teams template templates thank thanks tokens undefined update updated user users uuid
    validate validation verified view wedding welcome whatsapp wrong
    a an and by for from in my of on or out the to up via with you your
"""
_WORDS = _ALL.union(_MADE_OF.split())


def addresses(view: View) -> Iterator[Mask]:
    """Where such parts stand."""
    text, at = view.lower, 0
    for word in text.split("/"):
        start = at + len(word) + 1
        if at and word in _ALL and (found := _PART.match(text, start)):
            end = _whole(view, text, found.end())
            if _is_secret(text[start:end], asks=word in _ASKS):
                yield view.mask(start, end, "[token]")
        at = start


def may_ask(text: str) -> bool:
    """Whether a text in small letters has such a word between slashes."""
    return not _ALL.isdisjoint(text.split("/"))


def _whole(view: View, text: str, end: int) -> int:
    """The end of a part in which slashes may be percent-encoded."""
    while text[end : end + 1] == "/" and view.depth(end):
        rest = _REST.match(text, end + 1)
        end = rest.end() if rest else end + 1
    return end


def _is_secret(part: str, *, asks: bool) -> bool:
    if len(part) <= 2 or _FILE.search(part) or _VERSION.fullmatch(part):
        return False
    words = _BETWEEN.split(part)
    if all(word in _WORDS for word in words):
        return False
    has_digit, has_letter = _DIGIT.search(part) is not None, _LETTER.search(part) is not None
    if not has_digit and len(words) > 1:
        return False
    if asks:
        return has_letter or len(part) >= _FEWEST
    return len(part) >= (_SHORTEST if has_digit and has_letter else _LONG)
