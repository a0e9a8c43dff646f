"""The secret key in a backup: sealed with a passphrase, by scrypt (RFC 7914) and AES-256-GCM (NIST SP 800-38D)."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from afterclick.errors import InvalidInput

_SALT, _NONCE = 16, 12
_PURPOSE = b"afterclick backup"


def sealed(text: bytes, passphrase: str) -> bytes:
    """The text so that only the passphrase opens it; raises InvalidInput for a passphrase that is easily guessed."""
    if len(passphrase) < 12:
        raise InvalidInput("The passphrase must have at least 12 characters; four random words do well.")
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, text, _PURPOSE)


def opened(box: bytes, passphrase: str) -> bytes:
    """What `sealed` was given; raises InvalidInput when the passphrase is another one."""
    salt, nonce, rest = box[:_SALT], box[_SALT : _SALT + _NONCE], box[_SALT + _NONCE :]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, rest, _PURPOSE)
    except InvalidTag as error:
        raise InvalidInput(
            "The passphrase does not open the secret key of this backup; try again."
        ) from error


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt, 32, n=1 << 15, r=8, p=1).derive(passphrase.encode())  # 32 MiB and about 0.1 s a guess
