"""The pages, one folder each: its context, SQL, template and routes.

Enters: a `Desk`. Leaves: the dashboard as an ASGI app.
"""

from afterclick.pages.assembly import dashboard

__all__ = ["dashboard"]
