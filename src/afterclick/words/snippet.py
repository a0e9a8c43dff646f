"""The lines that connect a page."""

from afterclick.currencies import decimals

STUB = """<script>
  window.afterclick ??= { q: [] };
  for (const name of ['page', 'track', 'identify', 'tag', 'rate', 'ask', 'error', 'consent'])
    afterclick[name] ??= (...details) => afterclick.q.push([name, ...details]);
  for (const type of ['error', 'unhandledrejection'])
    addEventListener(type, (event) => afterclick.q.push(event), true);
</script>"""
"""What keeps the calls and errors of a page until the SDK, which is loaded beside it, takes them over."""


def page_snippet(key: str, collector: str) -> str:
    """The lines that go into every page: without the first of them a call before the SDK came would fail."""
    script = f'<script async src="{collector}/sdk/afterclick.js" data-key="{key or "YOUR_KEY"}"></script>'
    return f"{STUB}\n{script}"


def order_snippet(currency: str) -> str:
    """What tells of an order, in the site's own currency."""
    sum_of = f"{59.9:.{decimals(currency)}f}"
    call = f"afterclick.track('order', {{ order_id: '1234', revenue: {sum_of}, currency: '{currency}' }});"
    return f"<script>\n  {call}\n</script>"
