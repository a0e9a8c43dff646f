"""The line that connects a page."""


def page_snippet(key: str, collector: str) -> str:
    """The line that goes into every page."""
    return f'<script async src="{collector}/sdk/afterclick.js" data-key="{key or "YOUR_KEY"}"></script>'
