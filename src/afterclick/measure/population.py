"""Who counts: every visit but those of the classes that are left out, everywhere and at once.

The store's view `session_felt` decides it of each visit, as `counted`; `visits_counted` and `people_counted` are what
figures are made of, and of page views those of `visits_left_out` are left out. docs/definitions.md#who-counts says so.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class LeftOut:
    """One class of visits that is nobody's experience, and the device classes by which its visits are known.

    Without any they are known by what nobody told of them: the view says it.
    """

    name: str
    words: str
    device_classes: tuple[str, ...]


LEFT_OUT: tuple[LeftOut, ...] = (
    LeftOut("bots", "Visits of crawlers that say so.", ("bot",)),
    LeftOut(
        "programs", "Visits without a browser or an app: HTTP libraries, scripts, feed readers.", ("program",)
    ),
    LeftOut("synthetic", "Journeys of browsers whose User-Agent says that a program drives them.", ("bot",)),
    LeftOut(
        "internal",
        "Visits of a site's own people: from networks that its rules name, and of browsers marked as theirs.",
        ("internal",),
    ),
    LeftOut(
        "told by servers", "What servers told of a user, without a page view, device, browser or order.", ()
    ),
)
"""The one place where a class is added."""
