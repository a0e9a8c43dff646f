"""What is taken out of free text before it is kept: who people are, what they pay with, what lets them in.

E-mail addresses, payment card numbers, IBANs, telephone numbers in international form, tokens and keys of known forms,
what stands behind a name such as `password`, in an address behind a word such as `invite`, or behind the flags of known
programs, and the queries of addresses. A text enters, and leaves with `[card]` and
the like in place of what was found. Each pattern asks for a check sum, a prefix or a word beside it, because a mask in
the wrong place spoils a text, too. Names, postal addresses and telephone numbers in national form are not recognised.
docs/privacy.md has the table of forms, each masked or named as a limit; `tests/collect/test_forms.py` holds the two
together.
"""

from afterclick.collect.passage.cleaning.names import is_secret
from afterclick.collect.passage.cleaning.props import FORBIDDEN_ATTRIBUTES, scrubbed_prop, scrubbed_props
from afterclick.collect.passage.cleaning.queries import without_queries
from afterclick.collect.passage.cleaning.texts import cut, label, scrubbed, without_query

__all__ = [
    "FORBIDDEN_ATTRIBUTES", "cut", "is_secret", "label", "scrubbed", "scrubbed_prop", "scrubbed_props",
    "without_queries", "without_query",
]  # fmt: skip
