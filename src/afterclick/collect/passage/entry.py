"""The entry: a request goes on with what its key opens, if it comes from where the key may be used."""

from afterclick.accounts import Grant, allows
from afterclick.collect.passage.gate import Headers
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.refusal import ForeignOrigin


def enter(house: House, passage: Passage, key: str) -> None:
    """Let the passage have the key's grant, also when it is refused then, so that its site counts the refusal.

    Raises what `Gate.open` raises, and ForeignOrigin for a page that the key does not name, or, when the key is for
    browsers only, for a sender that names no page.
    """
    grant = passage.grant = house.gate.open(key)
    if grant.origins or grant.browsers_only:
        _check_origin(grant, passage.headers)


def _check_origin(grant: Grant, headers: Headers) -> None:
    origin = headers.get(b"origin", b"").decode("latin-1")
    if not origin and grant.browsers_only:
        raise ForeignOrigin("This key is for browsers only; make another one for servers.")
    if origin and grant.origins and not allows(grant.origins, origin):
        raise ForeignOrigin(
            "This key is not for pages of this origin; Settings, Keys names those that it is for."
        )
