"""Secrets that are shown once and kept only as a digest: sessions, invitations, recovery codes.

256 random bits (80 for a recovery code, behind the throttle) need no slow hash: SHA-256 finds them by index.
"""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, as 43 characters that stand in a URL as they are."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """128 random bits in hex: names a thing without opening it."""
    return secrets.token_hex(16)


def digest(token: str) -> str:
    """The SHA-256 that a token is found by, in hex; any text has one."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
