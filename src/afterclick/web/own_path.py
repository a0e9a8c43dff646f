"""Where a page may send its reader next: to a path of our own, whatever the address bar was made to say."""

from urllib.parse import urlsplit


def own_path(wanted: str, otherwise: str = "/") -> str:
    """`wanted` when it is an absolute path of ours, with its query; else `otherwise`.

    Browsers take a backslash for a slash, leave out tabs and line ends, and take `//host` for another site: a path with
    any of these, or with a control character or a space, is none.
    """
    if not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > 2_000:
        return otherwise
    if any(character <= " " or character in '\\"<>' or character >= "\x7f" for character in wanted):
        return otherwise
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else wanted
