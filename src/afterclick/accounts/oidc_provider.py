"""An OpenID Connect provider as a client sees it: where it is, and what it says about who signed in.

Sources: OpenID Connect Core 1.0 (3.1, code flow) and Discovery 1.0; PKCE, RFC 7636; the issuer in the answer, RFC 9207.
Every call goes out through `outbound`. Authlib and joserfc are imported by who signs in this way, not by every app.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, cast
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from afterclick.errors import AfterclickError, Forbidden, Unavailable

if TYPE_CHECKING:
    from joserfc import jwt
    from joserfc.jwk import KeySet

T = TypeVar("T")

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures that are taken: by the provider's own key only, never by the secret that both know, never none."""
KEPT_SECONDS = 3600.0
LEEWAY_SECONDS = 60
_NO_DOCUMENT = "no discovery document stands there; check AFTERCLICK_OIDC_ISSUER"


class SignInRefused(Forbidden):
    """The provider, or what it said, does not let this person in."""


class Metadata(msgspec.Struct, frozen=True):
    """What the provider publishes about itself (Discovery 1.0, section 3), as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Claims(msgspec.Struct, frozen=True):
    """What the provider says about a person. Some write `email_verified` as a text."""

    sub: str
    email: str = ""
    email_verified: bool | str = False
    name: str = ""

    @property
    def has_verified_email(self) -> bool:
        """Whether the provider says that the address is theirs."""
        return bool(self.email) and self.email_verified in (True, "true")


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str = ""


class Provider:
    """One provider and our registration there. Safe to use from any thread; blocks."""

    def __init__(self, issuer: str, client_id: str, secret: str, calls: Callable[[], httpx.Client]) -> None:
        self.issuer = issuer
        self._id = client_id
        self._secret = secret
        self._calls = calls
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def address(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to sign in. Raises Unavailable when the provider cannot be asked."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

        build = cast(Callable[..., str], prepare_grant_uri)
        challenge = cast(Callable[[str], str], create_s256_code_challenge)(verifier)
        return build(
            self._found().authorization_endpoint, self._id, "code", redirect_uri=redirect, scope="openid email profile",
            state=state, nonce=nonce, code_challenge=challenge, code_challenge_method="S256",
        )  # fmt: skip

    def claims(self, code: str, redirect: str, nonce: str, verifier: str) -> Claims:
        """What the provider says about who came back with the code.

        Raises SignInRefused when it takes the code back or its answer does not hold, Unavailable when it cannot be
        asked.
        """
        found = self._found()
        with self._calls() as calls:
            tokens = self._exchange(calls, found, code, redirect, verifier)
            claims = self._verified(calls, found, tokens, nonce)
            if not claims.email and found.userinfo_endpoint:
                return self._asked(calls, found.userinfo_endpoint, tokens.access_token, claims.sub)
        return claims

    def published(self) -> Metadata:
        """What the provider publishes about itself, asked anew.

        Raises SignInRefused when it is none that may be used, Unavailable when the provider cannot be asked.
        """
        with self._calls() as calls:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            found = _decoded(_ask(calls, "GET", address, advice=_NO_DOCUMENT), Metadata)
        _check(found, self.issuer)
        self._metadata = time.monotonic() + KEPT_SECONDS, found
        return found

    def _found(self) -> Metadata:
        if self._metadata is None or self._metadata[0] < time.monotonic():
            return self.published()
        return self._metadata[1]

    def _exchange(
        self, calls: httpx.Client, found: Metadata, code: str, redirect: str, verifier: str
    ) -> _Tokens:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier,
            "client_id": self._id,
        }  # fmt: skip
        if "client_secret_basic" in found.token_endpoint_auth_methods_supported:
            # RFC 6749, 2.3.1: both are form-encoded first
            auth = httpx.BasicAuth(quote(self._id, safe=""), quote(self._secret, safe=""))
            return _decoded(_ask(calls, "POST", found.token_endpoint, data=form, auth=auth), _Tokens)
        form["client_secret"] = self._secret
        return _decoded(_ask(calls, "POST", found.token_endpoint, data=form), _Tokens)

    def _verified(self, calls: httpx.Client, found: Metadata, tokens: _Tokens, nonce: str) -> Claims:
        from authlib.oidc.core import CodeIDToken  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]
        from joserfc.errors import JoseError

        try:
            token = self._signed(calls, found.jwks_uri, tokens.id_token)
            options = {
                "iss": {"essential": True, "value": found.issuer},
                "aud": {"essential": True, "value": self._id},
            }
            params = {"nonce": nonce, "client_id": self._id, "access_token": tokens.access_token}
            cast(_Checked, CodeIDToken(token.claims, token.header, options, params)).validate(
                leeway=LEEWAY_SECONDS
            )
            return msgspec.convert(token.claims, Claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise SignInRefused(f"The provider's answer does not hold: {error}.") from error

    def _signed(self, calls: httpx.Client, address: str, token: str) -> "jwt.Token":
        """The token, its signature checked; a key that is not known makes the keys be asked for again."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet, KeySetSerialization

        now = time.monotonic()
        if self._keys is not None and self._keys[0] > now:
            try:
                return jwt.decode(token, self._keys[1], ALGORITHMS)
            except (JoseError, ValueError):
                pass
        keys = KeySet.import_key_set(_decoded(_ask(calls, "GET", address), KeySetSerialization))
        self._keys = now + KEPT_SECONDS, keys
        return jwt.decode(token, keys, ALGORITHMS)

    def _asked(self, calls: httpx.Client, address: str, token: str, subject: str) -> Claims:
        headers = {"Authorization": f"Bearer {token}"}
        claims = _decoded(_ask(calls, "GET", address, headers=headers), Claims)
        if claims.sub != subject:
            raise SignInRefused("The provider's answers speak of two people.")
        return claims


class _Checked(Protocol):
    """What we use of Authlib's ID token: it checks issuer, audience, times, nonce, azp and at_hash."""

    def validate(self, *, leeway: int) -> None: ...


def _check(found: Metadata, issuer: str) -> None:
    """Raises SignInRefused for a provider that names another issuer, or leads from https to http."""
    if found.issuer != issuer:
        raise SignInRefused("The provider names another issuer than AFTERCLICK_OIDC_ISSUER.")
    scheme = urlsplit(issuer).scheme
    ends = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
    if any(end and urlsplit(end).scheme != scheme for end in ends):
        raise SignInRefused("The provider names an address that is not as safe as its own.")


def _ask(
    calls: httpx.Client,
    method: str,
    address: str,
    *,
    data: dict[str, str] | None = None,
    auth: httpx.BasicAuth | None = None,
    headers: dict[str, str] | None = None,
    advice: str = "start again from the sign-in page",
) -> httpx.Response:
    try:
        answer = calls.request(method, address, data=data, auth=auth, headers=headers)
    except AfterclickError:
        raise
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"The provider cannot be asked: {error}.") from error
    if answer.status_code >= 500:
        raise Unavailable(f"The provider failed with HTTP {answer.status_code}; try again in a moment.")
    if not answer.is_success:
        raise SignInRefused(f"The provider answers HTTP {answer.status_code}: {advice}.")
    return answer


def _decoded(answer: httpx.Response, into: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.content, type=into)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SignInRefused(f"The provider's answer cannot be read: {error}.") from error
