"""Web-server access logs in the combined format, which Apache and nginx write, and what their lines tell.

Source: Apache HTTP Server, mod_log_config, "combined" and "vhost_combined"; nginx, ngx_http_log_module, "combined".
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import IO

from afterclick.cli.left import Left
from afterclick.collect.event.addresses import pattern
from afterclick.collect.event.derived_id import derived_id

_LINE = re.compile(
    r"(?:(?P<host>[\w.-]+)(?::\d+)? )?(?P<address>[0-9A-Fa-f.:]+) \S+ (?P<user>\S+) \[(?P<time>[^\]]{20,30})\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) (?P<bytes>\d+|-)'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
_TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ASSET = re.compile(
    r"\.(?:css|m?js|map|png|jpe?g|gif|svg|webp|avif|ico|woff2?|ttf|eot|mp[34]|webm|txt|xml|json)$",
    re.IGNORECASE,
)
_LONGEST_LINE = 65_536
_SECONDS = 600
"""Seconds whose lines are remembered: servers write a request when it ends, some with the time when it began."""


def rows(file: IO[bytes], left: Left) -> Iterator[dict[str, object]]:
    """The lines as rows of `host`, `address`, `user`, `time` (ISO 8601), `method`, `url`, `status`, `bytes`,
    `referrer` and `agent`; a "-" is left out. Lines that are none of the format are counted.

    Equal lines are different requests, since a log tells seconds only: each but the first has an `id` of its own, the
    same whenever the file is read.
    """
    seen: dict[str, Counter[str]] = {}
    while raw := file.readline(_LONGEST_LINE):
        line = raw.decode("utf-8", "replace").strip()
        if not line:
            continue
        row = _row(line)
        if row is None:
            left.add("malformed", f"No line of the combined format: {line[:80]}")
        else:
            yield row | _repeated(seen, str(row["time"]), line)


def _repeated(seen: dict[str, Counter[str]], second: str, line: str) -> dict[str, object]:
    lines = seen.setdefault(second, Counter())
    lines[line] += 1
    if len(seen) > _SECONDS:
        del seen[next(iter(seen))]
    return {"id": derived_id("access log", line, str(lines[line]))} if lines[line] > 1 else {}


def _row(line: str) -> dict[str, object] | None:
    found = _LINE.match(line)
    time = _time(found["time"]) if found else None
    if found is None or time is None:
        return None
    method, _, rest = found["request"].partition(" ")
    url = rest.rpartition(" ")[0] if " HTTP/" in rest else rest
    told = found.groupdict() | {"time": time, "method": method, "url": url}
    del told["request"]
    row: dict[str, object] = {name: value for name, value in told.items() if value not in (None, "-", "")}
    row["status"] = int(found["status"])
    return row


def _time(told: str) -> str | None:
    found = _TIME.fullmatch(told)
    if found is None or found[2] not in _MONTHS:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        moment = datetime(
            int(year), _MONTHS.index(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC
        )
    except ValueError:
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return (moment - offset if sign == "+" else moment + offset).isoformat()


def event(row: dict[str, object], left: Left) -> dict[str, object] | None:
    """A row as an event: a page that was shown, or a request that failed or changed something.

    None, and counted, for what shows nothing to anyone: assets and redirects.
    """
    method, url = str(row.get("method", "")), str(row.get("url", ""))
    status = int(str(row["status"]))
    path = url.partition("?")[0]
    if status < 400 and (_ASSET.search(path) or 300 <= status != 304):
        left.add("not_kept", "Scripts, styles, images and redirects are not kept.")
        return None
    told: dict[str, object] = {"time": row["time"], "device_id": _device(row), "ip": row["address"]}
    told |= {"id": row.get("id"), "user_agent": row.get("agent", ""), "user_id": row.get("user")}
    if method == "GET" and status < 400:
        full = f"https://{row['host']}{url}" if "host" in row else url
        return told | {"type": "page_view", "url": full, "referrer": row.get("referrer")}
    return told | {"type": "request", "method": method, "target": pattern(url, ""), "status": status}


def _device(row: dict[str, object]) -> str:
    """Who comes from the same network with the same browser is taken for one device; the address is not kept whole.

    Of IPv4 addresses 24 bits count, of IPv6 addresses 48, the networks that providers give to one customer or few.
    """
    address = str(row["address"])
    try:
        network = str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False))
    except ValueError:
        network = ""
    return derived_id("access log", network, str(row.get("agent", "")))
