"""How good a password is, told while it is typed."""

from typing import Annotated

import msgspec
from fastapi import Form, Request
from fastapi.responses import Response

from afterclick.accounts import passwords
from afterclick.accounts.viewer import NOBODY
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing, json
from afterclick.web.need import Open
from afterclick.web.routing import Routes

Text = Annotated[str, Form()]


class Strength(msgspec.Struct, frozen=True):
    """`score` from 0 to 4, and what is wrong with the password, empty for nothing."""

    score: int
    words: str


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`POST /strength`: for who is signed in, or holds the token of set-up or of an invitation, since it costs work."""
    added = Routes()
    accounts = desk.accounts

    @added.post("/strength", needs=Open.ANYONE)
    def strength(request: Request, password: Text = "", about: Text = "", token: Text = "") -> Response:
        if request.state.viewer is NOBODY:
            if accounts.set_up.is_open():
                accounts.set_up.check(token)
            else:
                accounts.invitations.find(token)
        verdict = passwords.judged(password, about.split()[:10])
        return json(Strength(verdict.score, verdict.words))

    return added
