"""What a provider says is believed only when it holds: against one that lies."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from afterclick.accounts.oidc_provider import Provider, SignInRefused
from afterclick.accounts.single_sign_on import SingleSignOn
from afterclick.errors import AfterclickError, Misconfigured, Unavailable
from afterclick.outbound import Bounds, Reach, client
from afterclick.settings import load

KEY = RSAKey.generate_key(2048, {"kid": "own"})
OTHER = RSAKey.generate_key(2048, {"kid": "own"})
SECRET = "the secret that both know, as long as a key"


class Liar(ThreadingHTTPServer):
    """A provider that says what it is told to."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Said)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.metadata: dict[str, object] = {}
        self.changed: dict[str, object] = {}
        self.sign: Callable[[dict[str, object]], str] = by(KEY, "RS256")
        self.userinfo: dict[str, object] = {}
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def body(self, path: str) -> object:
        if path == "/.well-known/openid-configuration":
            ends = {
                "authorization_endpoint": "/auth",
                "token_endpoint": "/token",
                "jwks_uri": "/keys",
                "userinfo_endpoint": "/me",
            }
            found = {name: self.issuer + end for name, end in ends.items()}
            return {"issuer": self.issuer, **found, **self.metadata}
        if path == "/keys":
            return {"keys": [KEY.as_dict(private=False)]}
        if path == "/me":
            return self.userinfo
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.issuer, "aud": "us", "sub": "7", "iat": now, "exp": now + 60, "nonce": "n",
            "email": "a@b.example",
        }  # fmt: skip
        claims = {name: value for name, value in {**claims, **self.changed}.items() if value is not None}
        return {"id_token": self.sign(claims), "access_token": "t"}


class Said(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        liar = self.server
        assert isinstance(liar, Liar)
        body = json.dumps(liar.body(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None: ...


def by(key: RSAKey | OctKey, algorithm: str) -> Callable[[dict[str, object]], str]:
    def sign(claims: dict[str, object]) -> str:
        return jwt.encode({"alg": algorithm, "kid": "own"}, claims, key, algorithms=[algorithm])

    return sign


def unsigned(claims: dict[str, object]) -> str:
    head, body, _ = by(KEY, "RS256")(claims).split(".")
    return f"eyJhbGciOiJub25lIn0.{body}." if head else ""


def written(text: str) -> Callable[[dict[str, object]], str]:
    def sign(_: dict[str, object]) -> str:
        return text

    return sign


@pytest.fixture
def liar() -> Iterator[Liar]:
    server = Liar()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def provider(liar: Liar) -> Provider:
    reach = Reach("127.0.0.1/32")
    return Provider(liar.issuer, "us", SECRET, lambda: client(reach, Bounds(seconds=5, redirects=0)))


def claims(provider: Provider) -> str:
    return provider.claims("code", "http://us/back", "n", "v" * 43).sub


def test_an_answer_that_holds_is_believed(provider: Provider) -> None:
    assert claims(provider) == "7"
    assert claims(provider) == "7"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"}, {"aud": "them"}, {"aud": ["us", "them"]}, {"azp": "them"}, {"nonce": "m"},
        {"nonce": None}, {"exp": 1}, {"exp": None}, {"iat": 9_999_999_999}, {"sub": None}, {"sub": 7}, {"at_hash": "x"},
        {"email": ["a@b.example"]},
    ],
)  # fmt: skip
def test_a_claim_that_does_not_hold_is_not_believed(
    provider: Provider, liar: Liar, changed: dict[str, object]
) -> None:
    liar.changed = changed
    with pytest.raises(SignInRefused):
        claims(provider)


@pytest.mark.parametrize(
    "sign",
    [
        by(OTHER, "RS256"),
        by(OctKey.import_key(SECRET), "HS256"),
        unsigned,
        written("no token"),
        written(""),
    ],
    ids=["another key", "the shared secret", "no signature", "no token", "nothing"],
)
def test_a_token_that_its_key_did_not_sign_is_not_believed(
    provider: Provider, liar: Liar, sign: Callable[[dict[str, object]], str]
) -> None:
    liar.sign = sign
    with pytest.raises(SignInRefused):
        claims(provider)


@pytest.mark.parametrize(
    "metadata",
    [{"issuer": "https://elsewhere.example"}, {"token_endpoint": "file:///etc/passwd"}, {"jwks_uri": 7}],
)
def test_a_provider_that_names_somebody_else_is_not_asked(
    provider: Provider, liar: Liar, metadata: dict[str, object]
) -> None:
    liar.metadata = metadata
    with pytest.raises(SignInRefused):
        claims(provider)


def test_an_email_from_userinfo_is_taken_for_the_same_subject_only(provider: Provider, liar: Liar) -> None:
    liar.changed = {"email": None}
    liar.userinfo = {"sub": "7", "email": "c@d.example", "email_verified": True}
    assert provider.claims("code", "http://us/back", "n", "v" * 43).email == "c@d.example"
    liar.userinfo["sub"] = "8"
    with pytest.raises(SignInRefused, match="two people"):
        claims(provider)


def test_a_provider_inside_our_network_is_asked_only_when_the_settings_allow_it(liar: Liar) -> None:
    inside = Provider(liar.issuer, "us", SECRET, lambda: client(Reach(), Bounds(redirects=0)))
    with pytest.raises(AfterclickError, match="OUTBOUND_ALLOW"):
        claims(inside)


def test_a_provider_that_is_away_is_told_in_one_sentence() -> None:
    away = Provider("http://127.0.0.1:1", "us", SECRET, lambda: client(Reach("127.0.0.1/32")))
    with pytest.raises(Unavailable):
        claims(away)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"OIDC_ISSUER": "http://id.example"}, "https"),
        ({"OIDC_CLIENT_ID": ""}, "CLIENT_ID"),
        ({"OIDC_ROLE": "administrator"}, "OIDC_ROLE"),
        ({"OIDC_ROLE": "marketing", "OIDC_DOMAINS": ""}, "OIDC_DOMAINS"),
        ({"OUTBOUND_ALLOW": "everything"}, "OUTBOUND_ALLOW"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused_in_one_sentence(
    tmp_path: Path, changed: dict[str, str], says: str
) -> None:
    given = {
        "OIDC_ISSUER": "https://id.example",
        "OIDC_CLIENT_ID": "us",
        "OIDC_CLIENT_SECRET": "s",
        **changed,
    }
    settings = load(
        {"AFTERCLICK_DATA": str(tmp_path), **{f"AFTERCLICK_{name}": v for name, v in given.items()}}
    )
    with pytest.raises(Misconfigured, match=says):
        SingleSignOn.over(None, settings, None)  # pyright: ignore[reportArgumentType]
