"""Ids that stand for nobody: senders write them for users and devices that they do not know."""

NOBODY = (
    "null", "undefined", "none", "nil", "nan", "anonymous", "guest", "unknown", "true", "false", "0", "-1",
    "[object object]", "[email]", "[phone]", "[token]",
)  # fmt: skip
"""In lower case; the same as in the view `identity_edges_of`."""
