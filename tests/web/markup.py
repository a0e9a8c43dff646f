"""A page as a browser's parser sees it: elements in order, for tests that check markup rather than strings."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr"}


@dataclass
class Element:
    """An element with its attributes, the text inside, and those around it."""

    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...] = ()
    text: str = ""
    inside: list["Element"] = field(default_factory=list["Element"])

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")


class Page(HTMLParser):
    """All elements of a page in document order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(one)
        for parent in self._open:
            parent.inside.append(one)
        if tag not in VOID:
            self._open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data

    def all(self, *tags: str) -> list[Element]:
        """Elements of these tags."""
        return [one for one in self.elements if one.tag in tags]

    def by_class(self, name: str) -> list[Element]:
        """Elements that carry a class."""
        return [one for one in self.elements if name in one.get("class").split()]

    @property
    def answer(self) -> str:
        """The page's first sentence."""
        return " ".join(self.by_class("answer")[0].text.split())
