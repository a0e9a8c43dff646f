"""Every verb of the command line that prints something, as it is called over an installation: what tests walk.

Every verb that is registered is walked; one that needs words, or more than those that ask, has an example here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from afterclick.cli.verbs import VERBS, loaded

Words = tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """The words after those of the verb, with `{key}`, `{member}`, `{file}`, `{rates}`, `{new}`, `{backup}` and
    `{shop}` to be filled in; the verbs called `before`; the `rooms` that it loads beside those of every verb that asks.

    One that `opens` works on the data folder itself, on one of its own that no app holds if it is `apart`.
    """

    words: Words = ()
    before: tuple[Words, ...] = ()
    rooms: frozenset[str] = frozenset()
    given: str = ""
    opens: bool = False
    apart: bool = False
    begins: bool = False
    """Makes an installation where there is none, or needs none."""


PARTED = ("user:ada", "user:bob")
PASSWORD = "seven herons by the weir"

EXAMPLES: dict[Words, Call] = {
    ("import",): Call(("{file}",), rooms=frozenset({"collect", "drops"})),
    ("backup",): Call(("{new}",), opens=True),
    ("restore",): Call(("{backup}",), opens=True, apart=True, begins=True),
    ("upgrade",): Call(opens=True, apart=True),
    ("schema",): Call(("--cluster", "shops"), opens=True, begins=True),
    ("problems",): Call(rooms=frozenset({"words"})),
    ("sessions",): Call(rooms=frozenset({"words"})),
    ("query",): Call(("SELECT count() AS n FROM events",)),
    ("doctor",): Call(rooms=frozenset({"jobs", "store", "words"})),
    ("keys", "create"): Call(("till", "--historical"), begins=True),
    ("keys", "rotate"): Call(("{key}",)),
    ("keys", "restrict"): Call(("{key}", "--browsers-only")),
    ("keys", "revoke"): Call(("{key}",)),
    ("secrets", "seal"): Call(given="hush", opens=True, apart=True, begins=True),
    ("secrets", "rotate"): Call(opens=True, apart=True, begins=True),
    ("mark", "release"): Call(("web", "1.4.2")),
    ("mark", "campaign"): Call(("spring",)),
    ("mark", "note"): Call(("tidied",)),
    ("demo", "fault"): Call(
        ("payment-slow", "on", "--url", "{shop}"), rooms=frozenset({"demo"}), begins=True
    ),
    ("customers", "part"): Call(PARTED),
    ("customers", "join"): Call(PARTED, before=(("customers", "part", *PARTED),)),
    ("members", "add"): Call(("{member}", "--password", PASSWORD), begins=True),
    ("members", "invite"): Call(("{member}", "--role", "support"), begins=True),
    ("members", "reset"): Call(
        ("{member}",), before=(("members", "add", "{member}", "--password", PASSWORD),)
    ),
    ("sites", "add"): Call(("outlet-{unique}",), begins=True),
    ("sites", "change"): Call(("default", "--name", "Tarn & Timber")),
    ("rates", "import"): Call(("{rates}",)),
    ("rates", "set"): Call(("USD", "0.92")),
    ("rates", "forget"): Call(("USD",), before=(("rates", "set", "USD", "0.92"),)),
    ("privacy", "find"): Call(("ada",)),
    ("privacy", "export"): Call(("ada", "--to", "{new}"), before=(("import", "{file}"),)),
    ("privacy", "erase"): Call(("nobody", "--yes")),
    ("privacy", "allow"): Call(("nobody",)),
    ("privacy", "requests"): Call(rooms=frozenset({"words"})),
    ("privacy", "settings"): Call(("--place", "country")),
}

RUN_ON = {("serve",), ("collect",)}
"""These print no answer: they run until told to stop."""
SHOWN_ELSEWHERE = {("demo",)}
"""Takes minutes; `tests/verify/test_demo_names_its_fault.py` reads its JSON."""


def leaves() -> Iterator[Words]:
    """Every verb as it can be called, from the register of the command line."""
    for name in VERBS:
        command = loaded(name)
        below: dict[str, object] = getattr(command, "commands", {})
        if not below or command.invoke_without_command:
            yield (name,)
        yield from ((name, one) for one in below)


def options(leaf: Words) -> set[str]:
    """The options that a verb takes."""
    command = loaded(leaf[0])
    for name in leaf[1:]:
        command = command.commands[name]
    return {option for parameter in command.params for option in parameter.opts}


CALLS = {leaf: EXAMPLES.get(leaf, Call()) for leaf in leaves() if leaf not in RUN_ON | SHOWN_ELSEWHERE}
