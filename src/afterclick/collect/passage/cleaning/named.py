"""Secrets that a name beside them tells: in texts, forms, JSON, XML, headers, command lines and multipart bodies."""

import re
from collections.abc import Callable, Iterator

from afterclick.collect.passage.cleaning.names import (
    ALONE,
    BARE,
    NUMBERED,
    STRONG,
    WEAK,
    is_innocent,
    is_secret,
)
from afterclick.collect.passage.cleaning.view import Mask, View

_QUOTE = r"\\{0,7}[\"'`]"
_NAMED = re.compile(
    rf"(?:(?P<strong>{STRONG})(?P<rest>[\w-]{{0,24}})|(?P<header>authorization|cookie)\d?|(?P<alone>{ALONE})\d?"
    rf"|(?P<weak>{WEAK})\d?)(?:\[[\w-]{{0,32}}\]?|\])*(?P<quoted>{_QUOTE})?"
    r"\s{0,3}(?P<sign>=>|:=|={1,3}|:)(?P<gap>\s{0,3})"
)
_NUMBERED = re.compile(
    rf"{NUMBERED}\d?(?:\[[\w-]{{0,32}}\]?|\])*(?:{_QUOTE})?\s{{0,3}}(?:=>|:=|={{1,3}}|:)\s{{0,3}}(?:{_QUOTE})?"
    r"(?P<number>[0-9](?:[ -]?[0-9]){3,11}(?!\w))"
)
_PAIR = re.compile(
    rf"(?:name|key|id|field|param|parameter)(?:{_QUOTE})?\s{{0,3}}[=:]\s{{0,3}}"
    rf"{_QUOTE}(?P<name>[^\s\"'\\]{{2,64}}){_QUOTE}"
    rf"(?:[^{{}}<>]{{0,128}}?\b(?:value|val|content|text)(?:{_QUOTE})?\s{{0,3}}(?P<sign>[=:])\s{{0,3}}"
    r"|(?P<part>[^\r\n]{0,128}\r?\n(?:[^\r\n]{1,128}\r?\n){0,2}\r?\n))"
)
"""A field whose name is told as a value, as HAR and HTML do, or in the head of a part of a form."""
_TAG = re.compile(r"<(?P<name>[\w:.-]{2,64})(?:\s[^<>]{0,256})?>(?P<literal><!\[cdata\[)?")
_FLAG = re.compile(
    rf"(?<![^\s\"'`])--?(?P<name>[a-z][\w-]{{1,40}})(?:\s{{1,3}}|{_QUOTE}\s{{0,3}},\s{{0,3}})(?=[^\s-])"
)
"""A flag before its value, in a list of arguments, too."""
_BARE = re.compile(rf"{BARE}\s{{1,3}}(?=[^\s:=<>()\[\]{{}},;-])")
_OPENED = re.compile(_QUOTE)
_NESTED = re.compile(r"\\{0,7}\"|[\[\]{}]")
_STOPS = (
    r"\s|\\{{0,7}}[\"'`](?=[\s,;:.)\]}}>&\\/]|$)|<(?=/[a-z]|!|[a-z][\w-]{{0,32}}[\s/>])|[)\]}}>]+(?=[\s,;:.\"'`\\<]|$)"
    r"|&(?=[\w.\[\]%+-]{{1,64}}=|\s|$)|[;,](?=\s|$|[\"'`\\]|[\w. -]{{1,64}}{sign})"
)
_STOP = {sign: re.compile(_STOPS.format(sign=sign)) for sign in "=:"}
"""Where a value without quotes ends: what stands there otherwise is the value's own."""
_TO_THE_END = re.compile(r"passphrase|mnemonic|phrase")
_LINE = re.compile(
    r"(?:digest|hawk) [^\n]+|(?:token|apikey|negotiate|ntlm|aws4-hmac-sha256) [^\"'\\\n]{4,}|[\w.$-]{1,64}=[^\"'\\\n]+"
)
"""What headers carry that let somebody in."""
_SCHEME = re.compile(r"(?:bearer|basic)[ +]+")
_MASKS = r"\[\]|\{\}|\[(?:secret|token|card|iban|email|phone|filtered|redacted|masked|object object)\]|\*+|•+"
_SHORT, _SESSION = 4, 8
"""Characters of the shortest token, and of the shortest session: "session: 3 of 5" is none."""
_LONG = 256
"""Characters in which a digit of a token is looked for."""
_PSEUDO = re.compile(
    r"(?:nth|first|last|only)-(?:last-)?(?:child|of-type)|(?:not|is|has|where)\(|(?:focus|hover|active|checked|disabled|"
    r"enabled|required|invalid|valid|placeholder-shown|read-only|autofill)(?:-\w+)*(?![\w@-])"
)
"""What stands behind a name in a selector, such as `#password:focus`."""
_FIRST = re.compile(r"\[\s{0,3}\\{0,7}[\"']")
_DIGIT = re.compile("[0-9]")
_AFTER_A_WORD = re.compile(r"\w $")
_PATH = re.compile(r"(?:^|[\s\"'`(=:,])(?:~|\.{1,2}|[a-z]:)?[/\\](?:[\w.@-]+[/\\])*[\w.-]*$")
"""What stands before the last word of a path: `/etc/passwd: no such file` tells of a file."""
_BEFORE = 128
_FOLDER = re.compile(
    r"(?:~|[a-z]:)?[/\\](?:(?:[\w.-]+[/\\])+[\w.-]*|(?:home|root|usr|var|tmp|opt|app|srv|etc|mnt|workspace)?)(?=[\s\"']|$)"
)
"""What `pwd` tells, too: where a program works."""
_COUNT = re.compile(
    r"\d{1,6}(?: (?:tests?|specs?|suites?|checks?|cases?|of|out|assertions?|files?|items?|steps?|times?|days?|passed)\b"
    r"|,? ?;? ?fail)"
)
"""How many pass, as test runners tell."""
_LETTERS = re.compile(r"[^\W\d_]{1,16}")
_STATE = re.compile(
    r"(?:in)?active|(?:in)?valid|opened|closed?|new|started|ended|expired|none|anonymous|guest|pending|created|destroyed|"
    r"alive|lost|restored|resumed|refreshed|revoked|enabled|disabled|accepted|rejected|declined|granted|denied|missing|"
    r"present|unknown|basic|bearer|digest|oauth|required|optional|success|failed|failure|error|true|false|null|undefined"
)
"""What becomes of a session, a token or a cookie."""
_MORE = re.compile(r"[\w-] ?$")
_LINE_END = re.compile(r"[.,;!?]?\s*(?:\n|$)")
_NOUN = re.compile(
    r"(?:file|entry|entries|headers?|param\w*|command|for|in|from|of|and|or|with|to|at|on|by|via|provided|given|found|"
    r"refresh\w*|rotat\w*|revoked|valid\w*|errors?|types?|format|length|auth\w*|requests?|responses?|server|endpoint|"
    r"accepted|granted|created|deleted|updated|saved|loaded|set|unset|here|above|below|leaked|exposed|flow|store)\b"
)
"""What follows the name of a secret in a sentence."""
_SLASHES = 64
_Place = tuple[int, int, str]
"""Where a value starts and ends, and what stands instead."""
_CHARACTERS = (
    r"(?:(?:min|max)\.? ?)?\d{1,3}\+?(?: ?(?:-|to|bis|à|až|do|until|and|und|et|y|a|tot) ?\d{1,3})? ?"
    r"(?:or more |oder mehr )?"
    r"(?:char\w*|zeichen|signs|letters|digits|symbols|stellen|buchstaben|ziffern|caract\w*|caratteri|znak\w*|tekens)"
)
_SAID_ABROAD = (
    "mindestens|höchstens|maximal|muss|müssen|darf|ist|wird|wurde|erforderlich|falsch|ungültig|vergessen|zu kurz"
    "|zu lang|bitte|kein|keine|nicht|ändern|zurücksetzen|eingeben|wiederholen|bestätigen|stimmt"
    "|au moins|doit|requis|obligatoire|incorrecte?|invalide|oublié|trop|minimum"
    "|al menos|debe|obligatori[ao]|incorrect[ao]|inválid[ao]|olvidad[ao]|mínimo|pelo menos|deve|esquecid[ao]"
    "|almeno|errata|non|dimenticata|minimaal|ten minste|moet|verplicht|onjuist|vergeten"
    "|musí|alespoň|nejméně|minimálně|povinné|nesprávné|neplatné|zapomenuté|musi|co najmniej|minimalnie|wymagane"
)
_SAID = re.compile(
    rf"(?:{_MASKS}|required|must|should|is|was|has|invalid|undefined|null|none|nil|missing|empty|blank|too|cannot|can"
    r"|can't|field|incorrect|wrong|expired|not|no|does|do|true|false|min|max|minimum|maximum|at least|please|enter"
    r"|string|number|boolean|expected|unknown|failed|optional|show|hide|forgot|forgotten|reset|change|changed|confirm"
    rf"|weak|medium|strong|at most|{_CHARACTERS}|{_SAID_ABROAD}"
    r"|(?:the|your|this|an?|new|old|current) (?:\w+ )?(?:field|value|pass\w+|token|secret|code|session|key))"
    r"(?![\w@#$%^*+=~/|-]|[.,;:!?&'][^\s\"'\\<])"
)
"""What a message says of a password, not the password."""


def named(view: View) -> Iterator[Mask]:
    """Where the values of secrets stand."""
    return _Reader(view).masks()


def bare(view: View) -> Iterator[Mask]:
    """The same behind names that need no sign."""
    return _Reader(view).bare_masks()


class _Reader:
    """Reads one text, in small letters. No part of it is read more than a few times, whatever it holds."""

    def __init__(self, view: View) -> None:
        self._view, self._text = view, view.lower
        self._ends: dict[tuple[str, int], int] = {}

    def masks(self) -> Iterator[Mask]:
        yield from self._behind(_NAMED, self._assigned)
        if "pin" in self._text or "ssn" in self._text or "social" in self._text:
            yield from self._behind(_NUMBERED, self._numbered)
        if "</" in self._text:
            yield from self._behind(_TAG, self._tagged)
        if "--" in self._text or "-p" in self._text:
            yield from self._behind(_FLAG, self._flagged)
        if "name" in self._text or "value" in self._text:
            yield from self._behind(_PAIR, self._paired)

    def bare_masks(self) -> Iterator[Mask]:
        return self._behind(_BARE, self._bare)

    def _behind(
        self, pattern: re.Pattern[str], place_of: Callable[[re.Match[str]], _Place | None]
    ) -> Iterator[Mask]:
        at = 0
        while found := pattern.search(self._text, at):
            at = found.end()
            if (place := place_of(found)) and place[1] > place[0]:
                yield self._view.mask(*place)
                at = max(at, place[1])

    def _assigned(self, found: re.Match[str]) -> _Place | None:
        start = found.end()
        if is_innocent(found["rest"] or "") or ("\n" in found["gap"] and not found["quoted"]):
            return None
        if found["sign"] == ":" and found["gap"] and self._is_path(found.start()):
            return None
        if found["header"] and (line := self._header(found)):
            return line
        opened = _OPENED.match(self._text, start)
        start = opened.end() if opened else start
        if self._is_said(start) or (
            found["sign"] == ":" and not found["gap"] and _PSEUDO.match(self._text, start)
        ):
            return None
        end = self._end(opened, start, found["sign"], found.start("sign"))
        if not opened and _TO_THE_END.search(found.group()):
            end = max(end, self._end_of_line(start))
        if self._is_word(found, start, end) or not self._is_like(found, start, end, opened):
            return None
        return start, end, "[secret]"

    def _numbered(self, found: re.Match[str]) -> _Place:
        return *found.span("number"), "[secret]"

    def _is_path(self, at: int) -> bool:
        """Whether the name that starts here is the end of a path."""
        before = self._text[max(0, at - _BEFORE) : at]
        return ("/" in before or "\\" in before) and _PATH.search(before) is not None

    def _is_word(self, found: re.Match[str], start: int, end: int) -> bool:
        """Whether what stands behind is what it tells of something else of that name: a folder, a count, a state."""
        if found["alone"]:
            return _COUNT.match(self._text, start) is not None
        if found["strong"] == "pwd":
            return _FOLDER.match(self._text, start) is not None
        if found["strong"] == "secret" and not found["rest"] and not found["quoted"] and found["gap"]:
            is_alone = not _MORE.search(self._text, max(found.start() - 2, 0), found.start())
            return (
                is_alone and found["sign"] == ":" and _LETTERS.fullmatch(self._text, start, end) is not None
            )
        if found["weak"]:
            words = _LETTERS if found["weak"] == "session" else _STATE
            return words.fullmatch(self._text, start, end) is not None
        return False

    def _is_said(self, start: int) -> bool:
        """Whether a message about the secret starts here, as the first of a list, too."""
        first = _FIRST.match(self._text, start)
        return _SAID.match(self._text, first.end() if first else start) is not None

    def _header(self, found: re.Match[str]) -> _Place | None:
        opened = _OPENED.match(self._text, found.end())
        start = opened.end() if opened else found.end()
        if scheme := _SCHEME.match(self._text, start):
            start = scheme.end()
            if self._is_said(start):
                return None
            return start, self._end(None, start, ":", found.start("sign")), "[token]"
        if line := _LINE.match(self._text, start):
            return start, self._closing(opened) if opened else line.end(), "[secret]"
        return None

    def _is_like(self, found: re.Match[str], start: int, end: int, opened: re.Match[str] | None) -> bool:
        """Whether what stands behind a word that messages use, too, looks like a secret."""
        if found["strong"] or self._text[start : start + 1] in ("[", "{"):
            return True
        is_bound = bool(opened or found["quoted"] or (not found["gap"] and found["sign"] != ":"))
        if found["alone"]:
            return is_bound or not _AFTER_A_WORD.search(self._text, max(found.start() - 2, 0), found.start())
        has_digit = _DIGIT.search(self._text, start, min(end, start + _LONG)) is not None
        if is_bound:
            return has_digit or end - start >= _SHORT
        return has_digit and end - start >= (
            _SESSION if (found["weak"], found["sign"]) == ("session", ":") else _SHORT
        )

    def _tagged(self, found: re.Match[str]) -> _Place | None:
        return self._plain_place(found, "]]>" if found["literal"] else f"</{found['name']}")

    def _plain_place(self, found: re.Match[str], close: str) -> _Place | None:
        start = found.end()
        if not is_secret(found["name"].rpartition(":")[2]) or self._is_said(start):
            return None
        end = self._text.find(close, start)
        return start, len(self._text) if end < 0 else end, "[secret]"

    def _flagged(self, found: re.Match[str]) -> _Place | None:
        return self._field(found, found.start())

    def _bare(self, found: re.Match[str]) -> _Place | None:
        opened = _OPENED.match(self._text, found.end())
        start = opened.end() if opened else found.end()
        if self._is_said(start) or _NOUN.match(self._text, start):
            return None
        end = self._end(opened, start, "=", found.start())
        is_last = _LINE_END.match(self._text, end) is not None
        has_digit = _DIGIT.search(self._text, start, min(end, start + _LONG)) is not None
        return (start, end, "[secret]") if opened or is_last or has_digit else None

    def _paired(self, found: re.Match[str]) -> _Place | None:
        return self._plain_place(found, "\n") if found["part"] else self._field(found, found.start("sign"))

    def _field(self, found: re.Match[str], sign: int) -> _Place | None:
        opened = _OPENED.match(self._text, found.end())
        start = opened.end() if opened else found.end()
        if not is_secret(found["name"]) or self._is_said(start):
            return None
        return start, self._end(opened, start, "=", sign), "[secret]"

    def _end(self, opened: re.Match[str] | None, start: int, sign: str, at: int) -> int:
        """Where the value ends that starts here, its sign being `at`: with its quote, its bracket, or where one without
        them does."""
        if opened:
            return self._closing(opened)
        if self._text[start : start + 1] in ("[", "{"):
            start = self._balanced(start)
        sign, depth = ":" if sign == ":" else "=", self._view.depth(at)
        end = self._ends.get((sign, depth), -1)
        if end < start:
            end = self._ends[sign, depth] = self._stop(start, sign, depth)
        return end

    def _stop(self, start: int, sign: str, depth: int) -> int:
        for stop in _STOP[sign].finditer(self._text, start):
            if self._view.depth(stop.start()) == depth:
                return stop.start()
        return len(self._text)

    def _closing(self, opened: re.Match[str]) -> int:
        """Where the quote is closed: by one like it, escaped as often; in a text that was cut, with its line."""
        quote, at = opened.group()[-1], opened.end()
        slashes, depth = len(opened.group()) - 1, self._view.depth(at - 1)
        while (at := self._text.find(quote, at)) != -1:
            before = self._text[max(at - _SLASHES, opened.end()) : at]
            escapes = len(before) - len(before.rstrip("\\"))
            if escapes % (2 * slashes + 2) == slashes and self._view.depth(at) == depth:
                return at - slashes
            at += 1
        return self._end_of_line(opened.end())

    def _balanced(self, start: int) -> int:
        """Behind the bracket that closes the one here; the end of a text in which none does."""
        depth, quote = 0, ""
        for found in _NESTED.finditer(self._text, start):
            sign = found.group()
            if quote or sign[-1] == '"':
                quote = sign if not quote else "" if sign == quote else quote
                continue
            depth += 1 if sign in "[{" else -1
            if not depth:
                return found.end()
        return len(self._text)

    def _end_of_line(self, start: int) -> int:
        end = self._text.find("\n", start)
        return len(self._text) if end < 0 else end
