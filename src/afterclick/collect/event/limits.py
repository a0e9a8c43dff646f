"""What ids, numbers and groups of an event may be."""

import re

is_uuid = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}").fullmatch
is_uuid7 = re.compile(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
).fullmatch
is_trace = re.compile(r"(?!0{32})[0-9a-fA-F]{32}").fullmatch
LONGEST = {"device_id": 128, "user_id": 256, "order_id": 128, "session_key": 256}
"""Characters of ids that senders choose."""
LARGEST = 1e12
MOST_MEMBERS = 1_365
"""Keys with values that 8 KiB of JSON have room for, six bytes for the shortest; more are not worth encoding."""
