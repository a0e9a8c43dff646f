"""Passwords in command lines of known programs, behind flags of one letter: `mysql -p...`, `curl -u user:...`."""

import re
from collections.abc import Iterator

from afterclick.collect.passage.cleaning.keys import has
from afterclick.collect.passage.cleaning.view import Mask, View

_USER = "uU"
"""The flags before a user with a password, as in `ada:hunter22`."""
_GLUED = (
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mariadb",
    "mariadb-dump",
    "sshpass",
    "7z",
    "curl",
)
"""Programs that take a value without a space behind its flag."""
_FLAG = {
    **dict.fromkeys(
        (*_GLUED, "mongo", "mongosh", "mongodump", "mongorestore", "mongoimport", "mongoexport", "cqlsh",
         "rabbitmqadmin", "docker login", "podman login"),
        "p",
    ),
    **dict.fromkeys(("sqlcmd", "mosquitto_pub", "mosquitto_sub", "zip", "unzip"), "P"),
    **dict.fromkeys(("ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami"), "w"),
    "redis-cli": "a",
    "curl": _USER,
}  # fmt: skip
_PIECES = ("mysql", "mariadb", "sshpass", "7z", "curl", "mongo", "cqlsh", "rabbitmq", " login", "sqlcmd", "mosquitto",
           "zip", "ldap", "redis-cli")  # fmt: skip
"""Without one of these no such program is in a text."""
_QUOTE = r"\\{0,7}[\"'`]"
_PROGRAM = re.compile(
    rf"(?<![\w.-])({'|'.join(map(re.escape, sorted(_FLAG, key=len, reverse=True)))})(?:\.exe)?(?=\s|{_QUOTE})"
)
_VALUE = re.compile(
    r"(?<![^\s\"'`,\[])-(?P<flag>-user|-proxy-user|[A-Za-z])"
    rf"(?P<gap>=|\s{{1,3}}|{_QUOTE}\s{{0,3}},?\s{{0,3}})?(?P<quote>{_QUOTE})?"
    r"(?P<value>(?(quote)[^\"'`\\\n]{1,256}|[^\s\"'`\\<>&|;-][^\s\"'`\\]{0,255}))"
)
_ENDS = re.compile(r"\n|[|;]\s|&&")
_PORTS = re.compile(r"[\d.]+:\d+(?::\d+)?")
_MOST = 512
"""Characters behind a program in which its flags stand."""


def commands(view: View) -> Iterator[Mask]:
    """Where such passwords stand."""
    end = 0
    for found in _PROGRAM.finditer(view.plain):
        start = max(found.end(), end)
        ends = _ENDS.search(view.plain, start, found.end() + _MOST)
        end = ends.start() if ends else found.end() + _MOST
        for value in _VALUE.finditer(view.plain, start, end):
            if _is_flag(found[1], value) and (at := _start(found[1], value)) < value.end():
                yield view.mask(at, value.end(), "[secret]")


def may_run(text: str) -> bool:
    """Whether such a program may be in a text."""
    return has(text, _PIECES)


def _is_flag(program: str, value: re.Match[str]) -> bool:
    if not value["gap"] and not value["quote"] and program not in _GLUED:
        return False
    if value["flag"].startswith("-"):
        return _FLAG[program] == _USER
    return value["flag"] in _FLAG[program] and not _PORTS.fullmatch(value["value"])


def _start(program: str, value: re.Match[str]) -> int:
    if _FLAG[program] != _USER:
        return value.start("value")
    colon = value["value"].find(":")
    return value.end() if colon < 0 else value.start("value") + colon + 1
