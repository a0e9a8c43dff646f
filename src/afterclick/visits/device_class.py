"""Whose visit it is, by its User-Agent: a customer's desktop, mobile or tablet, a bot's, or a program's."""

import re
from functools import lru_cache

import ua_parser

from afterclick.collect.passage.bots import is_automated, is_crawler, is_library
from afterclick.signals import DeviceClass

_REMEMBERED = 20_000
AUTOMATED: tuple[DeviceClass, ...] = ("bot", "program")
"""Device classes that are nobody's."""
NO_CUSTOMER: tuple[DeviceClass, ...] = (*AUTOMATED, "internal")
"""And those of a site's own people."""

_PHONE_OS = ("iOS", "Android", "Windows Phone", "KaiOS")
_SAYS_DEVICE = re.compile(
    r"\b(?:iOS|iPhone|iPad|iPod|Android|HarmonyOS|Tizen|Web0S|webOS|KAIOS|PlayStation|SMART-TV|HbbTV)\b"
)
_ENGINE = re.compile(r"AppleWebKit/|Gecko/|Trident/|Presto/|KHTML|^Opera/|\bMSIE ")
_TABLET = re.compile(
    r"(?i:tablet)|\bSM-[TX]\d|\bGT-P\d|\bTB[-\d]|\bKF[A-Z]{2,5}\b|\bPad\b|\bNexus (?:7|9|10)\b"
)
"""Models of Samsung, Lenovo, Amazon, Xiaomi and Google, for apps, whose agents have no word for it."""
_TOOL = re.compile(r"PowerShell/|WinHttp\.|CryptoAPI|curl/|^Java/|^Ruby\b|^[Pp]ython|^Dart/|^Deno/|^Bun/")
_PROXY = re.compile(r"Amazon CloudFront")
"""Written over each customer's own agent: it tells of nobody."""


@lru_cache(_REMEMBERED)
def described(agent: str) -> tuple[DeviceClass, str, str]:
    """Device class, browser and operating system of a User-Agent; empty for an empty one."""
    if not agent:
        return "", "", ""
    parsed = ua_parser.parse(agent)
    browser = parsed.user_agent.family if parsed.user_agent else ""
    system = parsed.os.family if parsed.os else ""
    device = parsed.device.family if parsed.device else ""
    return _device_class(agent, device, system), browser, system


def _device_class(agent: str, device: str, system: str) -> DeviceClass:
    if is_crawler(agent) or is_automated(agent):
        return "bot"
    if _is_program(agent, device, system):
        return "program"
    if device == "Spider":
        return "bot"
    is_mobile = "mobile" in agent.lower()
    if device == "iPad" or _TABLET.search(agent) or _is_bare_browser(agent, system, is_mobile):
        return "tablet"
    return "mobile" if system in _PHONE_OS or is_mobile else "desktop"


def _is_bare_browser(agent: str, system: str, is_mobile: bool) -> bool:
    """A browser of Android that does not say "Mobile" is a tablet's; apps (Dalvik, okhttp) say it of no phone."""
    return system == "Android" and not is_mobile and _ENGINE.search(agent) is not None


def _is_program(agent: str, device: str, system: str) -> bool:
    """Nothing in a customer's hand: a library or tool and no phone, or neither a device, a desktop nor a browser."""
    if system in _PHONE_OS or _SAYS_DEVICE.search(agent):
        return False
    if _TOOL.search(agent) or is_library(agent):
        return True
    return system in ("", "Linux") and not device and not _ENGINE.search(agent) and not _PROXY.match(agent)
