"""The groups of the rail."""

from afterclick.web.page import Group

LOOK = Group(10)
"""How customers, systems and the business are doing."""

RUN = Group(90)
"""What keeps Afterclick itself going."""
