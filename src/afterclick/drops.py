"""Why rows do not become records: one record a reason, from which what is counted, shown and documented is made.

Data quality's words and the table in `docs/collect.md` derive from `REASONS`; a reason that is not among them cannot be
counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import msgspec

from afterclick.errors import AfterclickError

DropReason = Literal[
    "malformed",
    "wrong_type",
    "odd_field",
    "rounded",
    "unknown_type",
    "bad_time",
    "future",
    "too_old",
    "bad_id",
    "bad_session",
    "too_long",
    "out_of_range",
    "incomplete",
    "inconsistent",
    "not_kept",
    "client_discarded",
    "bot",
    "not_ours",
    "duplicate",
    "no_consent",
    "wrong_encoding",
    "unclosed_quote",
    "extra_cells",
    "unmapped",
    "unauthorized",
    "origin",
    "unsupported",
    "too_large",
    "too_many",
    "unavailable",
    "erased",
    "refused_by_store",
]
Fault = Literal["sender", "choice", "here"]
"""Whose doing: the sender sent what nobody can take; somebody chose to leave it out; this installation could not."""


class Uncounted(AfterclickError):
    """Rows were to be counted under a reason that nobody could look up."""

    expected: ClassVar[bool] = False


@dataclass(frozen=True)
class Reason:
    """One reason. `of` is what it is said of, `words` one sentence for a reader, `remedy` what to do about it.

    `detail` tells the exact rules, for the docs. `key` is how it is counted. A row of a
    reason that `keeps` is accepted, without a part of it or with a part mended.
    """

    key: DropReason
    of: str
    words: str
    remedy: str
    fault: Fault = "sender"
    detail: str = ""
    keeps: bool = False

    @property
    def anchor(self) -> str:
        """Its place in docs/collect.md."""
        return f"dropped-{self.key.replace('_', '-')}"


_ROWS = "event, span, data point, log record"
_CATALOGUE = (
    Reason(
        "malformed", "event, span, metric, log record, request",
        "It is not readable JSON or protobuf.",
        "Send what the client's own library encodes; look for what cuts bodies short between it and here.",
        detail="NaN, a lone surrogate, invalid UTF-8, nesting too deep, cut off, damaged compression.",
    ),
    Reason(
        "wrong_type", "event, span, metric, log record",
        "A field has another type than documented.",
        "Send the field as the docs tell: the answer to the request names it.",
        detail="A sum in text that [may be two](#sums-in-text) is none.",
    ),
    Reason(
        "odd_field", "event",
        "It was kept without a field that could not be taken.",
        "Send the field as the docs tell: the answer to the request names it.",
        detail="Numbers and truth stand for text, digits in a text for a number, ids of another form are hashed; what "
        "is left is left out, and so are tags beyond the first eight. The row itself is accepted.",
        keeps=True,
    ),
    Reason(
        "rounded", "event",
        "Its sum was finer than the smallest unit of its currency, and was rounded to it.",
        "Send what the customer paid.",
        detail="Of two equally near units the even one. The row itself is accepted.",
        keeps=True,
    ),
    Reason(
        "unknown_type", "event",
        "Its type is missing or not one that is known.",
        "Send it as `track` with a name of your own.",
    ),
    Reason(
        "bad_time", _ROWS,
        "Its time is none, or it ends before it starts.",
        "Send UTC milliseconds or ISO 8601, and the end after the start.",
    ),
    Reason(
        "future", _ROWS,
        "Its time is more than ten minutes ahead of this machine's clock.",
        "Set the sender's clock, or send `sent_at`, by which its times are put right.",
    ),
    Reason(
        "too_old", _ROWS,
        "Its time lies before what is kept.",
        "Raise how long data is kept, or leave it.",
        detail="The setting is `retention_days`, or the site's own.",
    ),
    Reason(
        "bad_id", "event, span",
        "An id is not in its form.",
        "Send ids as the client's own library makes them.",
        detail="`id` or `page_view_id` is no UUID, `trace_id` or a span's own ids are not hex of their length, or "
        "all zero.",
    ),
    Reason(
        "bad_session", "event",
        "Its session id is not one that can be placed in time.",
        "Let the SDK make session ids, or send your own as `session_key`.",
        detail="`session_id` is no UUIDv7, or its time lies before what is kept or more than ten minutes ahead "
        "and no `sent_at` showed the clock to be off.",
    ),
    Reason(
        "too_long", "event, span, metric, data point, log record",
        "A value is longer than is kept.",
        "Send the id or the key of it, not the whole.",
        detail="`device_id` or `order_id` over 128, `user_id` or `session_key` over 256 characters, `props` over"
        " 8 KiB, more than 1,365 keys in `props`, `tags` or `consent`; of OTLP a record over 1 MiB, a "
        "data point of more than 1,000 buckets.",
    ),
    Reason(
        "out_of_range", "event, data point",
        "A number is outside what it can be.",
        "Look how the number is made: a unit or a sign is wrong, most often.",
        detail="A number beyond ±10^12, a negative duration, vital or order, a status over 999; of a data point "
        "a number that is not finite, a count over 2^63-1.",
    ),
    Reason(
        "incomplete", "event, data point",
        "It lacks what its type needs.",
        "Add what is missing: the answer to the request names it.",
        detail="An order needs its id, revenue and a currency of ISO 4217; a vital a known name and a value; "
        "a rating 1 to 5; a struggle or mark a known name; an identify a `user_id`; a data point its metric's name, a "
        "value, of sums and histograms the temporality.",
    ),
    Reason(
        "inconsistent", "event, data point",
        "What it tells contradicts itself.",
        "Send sum and currency of the same order; update the exporter of a data point.",
        detail="A sum with the sign of another currency than the one stated (`$49.90` in EUR); "
        "buckets that do not fit the bounds, bounds that do not increase, counts that do not add up.",
    ),
    Reason(
        "not_kept", "event, item",
        "The protocol tells it, and no record of it is kept here.",
        "Nothing: it would answer no question here.",
        "choice",
        "Faro's resources that were neither slow nor failed, Sentry's sessions, replays and the like.",
    ),
    Reason(
        "client_discarded", "event, span",
        "The client did not send it, and says so.",
        "Look at the client's own sampling and filters.",
        "choice",
        "Sentry's SDKs report how many they discarded themselves.",
    ),
    Reason(
        "bot", "event",
        "Its sender is a crawler by its User-Agent.",
        "Nothing: crawlers are no customers.",
        "choice",
    ),
    Reason(
        "not_ours", "event",
        "It is an error of a browser's extension, or a browser's notice that nothing failed.",
        "Nothing: the site's own code did not fail.",
        "choice",
        "Errors thrown by a script of `chrome-extension:`, `moz-extension:`, `safari-web-extension:` and their like or "
        "of `webkit-masked-url:`, and notices of ResizeObserver.",
    ),
    Reason(
        "duplicate", "event",
        "It was taken before.",
        "Nothing: a repeated delivery changes no number.",
        "choice",
        "Its id was taken lately, or stands earlier in the request.",
    ),
    Reason(
        "no_consent", "event",
        "The customer did not agree to it.",
        "Nothing: it is what the customer, or the site's rules, asked for.",
        "choice",
        "An `identify` of someone who refused analytics, or an event without consent at a site that keeps none such.",
    ),
    Reason(
        "wrong_encoding", "row of a CSV file",
        "It is not written in UTF-8, or in the UTF-16 that its file begins with.",
        "Save the file as CSV UTF-8, or convert it, and import it again: rows that were taken count once.",
        detail="Old spreadsheets write Latin-1 (Windows-1252): `iconv -f WINDOWS-1252 -t UTF-8`.",
    ),
    Reason(
        "unclosed_quote", "row of a CSV file",
        "A cell of it opens a quote that nothing closes.",
        "Close the quote, and write a quote within a quoted cell twice.",
        detail="Or what comes after the quote that closes it, lines later, cannot: the rows of those lines are read.",
    ),
    Reason(
        "extra_cells", "row of a CSV file",
        "It has more cells than the first line names columns, so which is which cannot be told.",
        "Put a cell that holds the separator in quotes.",
        detail="Empty cells at its end are no harm.",
    ),
    Reason(
        "unmapped", "row of a file, document of a webhook",
        "Its mapping file does not name a value in it.",
        "Add the value to the mapping file.",
    ),
    Reason(
        "unauthorized", "request",
        "The key is missing, unknown or revoked, or a webhook's signature is not its own.",
        "Send with a key of Settings, Write keys.",
        detail="No site is known, so it is counted at `/metrics` only.",
    ),
    Reason(
        "origin", "request",
        "It came from a page that the key does not name.",
        "Add the page's origin to the key, under Settings, Write keys.",
        detail="With a key for browsers only, also from no page at all.",
    ),
    Reason(
        "unsupported", "request",
        "The door does not read its media type or encoding.",
        "Send JSON or protobuf as the door's docs tell, plain or with gzip, deflate or zstd.",
    ),
    Reason(
        "too_large", "request",
        "It is larger than one request may be.",
        "Send smaller batches.",
        detail="Over `max_body_bytes` as sent, `max_decoded_bytes` decompressed, or 10,000 events, or 20,000 "
        "OTLP records.",
    ),
    Reason(
        "too_many", "request",
        "The key sends more rows a second than it may.",
        "Raise `key_rate`, or sample at the sender.",
    ),
    Reason(
        "unavailable", "request",
        "The spool is over its budget, or the disk refuses.",
        "Free the disk or raise the spool's budget, and look whether the store takes rows; clients try again.",
        "here",
    ),
    Reason(
        "erased", "row, at the drain",
        "It names an id of somebody who was erased.",
        "Nothing: who was erased stays away.",
        "choice",
        "[Erasing](privacy.md#erasing) tells how.",
    ),
    Reason(
        "refused_by_store", "row, at the drain",
        "The store refused it by itself.",
        "Ask `afterclick doctor` why, mend that, and send the rows again with `afterclick replay`.",
        "here",
        "It is kept in the spool's table `aside` with the reason.",
    ),
)  # fmt: skip

REASONS: Mapping[str, Reason] = {one.key: one for one in _CATALOGUE}
"""Every reason by its key, in the order of the doors."""
if tuple(REASONS) != get_args(DropReason):
    raise AssertionError("Each drop reason has one record, in the order of DropReason.")


KEPT_WITHOUT = frozenset(key for key, one in REASONS.items() if one.keeps)
"""Reasons for a part of a row to be left out or mended; all others are of rows that are lost whole."""


def reason(key: str) -> Reason:
    """The record of a reason that is about to be counted; raises Uncounted when there is none."""
    try:
        return REASONS[key]
    except KeyError:
        raise Uncounted(
            f"Rows cannot be counted as dropped for {key!r}: add that reason to afterclick/drops.py first."
        ) from None


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that did not become records: counted on the Data quality page and at /metrics.

    Raises Uncounted when the catalogue has no such reason.
    """

    site: str
    door: str  # the protocol that the rows came by, "import", or "drain"
    reason: DropReason
    rows: int
    time: int

    def __post_init__(self) -> None:
        reason(self.reason)
