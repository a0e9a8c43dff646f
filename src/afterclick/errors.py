"""Errors that reach a person: one clear sentence, the HTTP status where it is defined, and whether it is expected."""

from typing import ClassVar


class AfterclickError(Exception):
    """Base of every error shown to a user: its message is one sentence that says what to do."""

    status: ClassVar[int] = 500
    expected: ClassVar[bool] = True


class InvalidInput(AfterclickError):
    """The caller sent something we cannot accept; repeating it unchanged will fail again."""

    status = 400


class Unauthorized(AfterclickError):
    """The write key or sign-in is missing or unknown."""

    status = 401


class Forbidden(AfterclickError):
    """The caller is known but lacks the capability."""

    status = 403


class NotFound(AfterclickError):
    """What was asked for does not exist in this site."""

    status = 404


class TooLarge(AfterclickError):
    """The body exceeds a limit, before or after decompression."""

    status = 413


class TooMany(AfterclickError):
    """The caller exceeds its rate; `retry_after` seconds from now it may try again."""

    status = 429

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(AfterclickError):
    """We cannot take or answer this now; nothing was kept, and the caller should retry."""

    status = 503

    def __init__(self, message: str, retry_after: int = 5) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Misconfigured(AfterclickError):
    """A setting or the environment prevents start; the message names it and the remedy."""

    status = 500
