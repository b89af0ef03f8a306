"""Time zones as people name them: Europe/Rome, Rome, Roma, CET, UTC+2."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from babel import Locale

from bot.errors import CallError
from bot.languages import SPOKEN
from bot.text.typed_words import is_typed_word
from bot.text.words import fold, has_cjk

USUAL = {
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "bst": "Europe/London",
    "cet": "Europe/Brussels",
    "cest": "Europe/Brussels",
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
    "eet": "Europe/Athens",
    "eest": "Europe/Athens",
    "msk": "Europe/Moscow",
    "beijing": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "hkt": "Asia/Hong_Kong",
    "aest": "Australia/Sydney",
    "brt": "America/Sao_Paulo",
    "z": "UTC",
    "utc": "UTC",
    "gmt": "UTC",
}
"""What most people mean by an abbreviation, and a city that names a zone without being IANA's; the zone keeps
its own summer time.
"""

LARGEST_OFFSET = 12
"""Hours that a zone may be from UTC to have a name of its own in IANA's."""

WORDS_MAX = 3
"""Words of the longest name: New York City."""

_OFFSET = re.compile(r"(?:utc|gmt)([+-])(\d{1,2})(?::?(\d{2}))?")
_NAME = re.compile(r"[^\W\d_]{2,}+[/\w+-]++")


def take_zone(text: str) -> tuple[str, str]:
    """Return the time zone that a line names, by its IANA name (empty where it names none), and the rest.

    A zone that is a word of some language, too, is one in capitals or at the end: `8h et 18h` is not about
    Eastern Time. Raises `CallError` with the nearest for what is written like a zone and is none.
    """
    words = text.split()
    _check_offset(words)
    for length in range(min(WORDS_MAX, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            name = " ".join(words[start : start + length]).strip(",;()")
            is_last = start + length == len(words)
            if is_typed_word(name) and not is_last and not (name.isupper() and not text.isupper()):
                continue
            if zone := _zone_of(name):
                return zone, " ".join(words[:start] + words[start + length :])
    if wrong := next((word for word in words if "/" in word and _NAME.fullmatch(word)), ""):
        raise CallError(
            "`{word}` is not a time zone. The nearest: {near}. Zones are written like Europe/Rome or Rome.",
            word=wrong[:40],
            near=_nearest(wrong),
        )
    return "", text


def _check_offset(words: Sequence[str]) -> None:
    """Refuse `GMT 8`, which is a zone without its sign as well as an hour. Raises `CallError`."""
    for name, hour in pairwise(words):
        if name.lower() in {"utc", "gmt"} and re.fullmatch(r"\d{1,2}", hour) and int(hour) <= LARGEST_OFFSET:
            raise CallError(
                "`{typed}` may be a zone or a time: write {zone}, or {time}.",
                typed=f"{name} {hour}",
                zone=f"{name.upper()}+{int(hour)}",
                time=f"{name.upper()} {int(hour):02}:00",
            )


def _zone_of(name: str) -> str:
    folded_name = _folded(name)
    if (match := _OFFSET.fullmatch(folded_name)) is not None:
        return _zone_of_offset(name, match)
    return _zones().get(folded_name, "")


def _zone_of_offset(name: str, match: re.Match[str]) -> str:
    """Return the zone that is always some hours from UTC; IANA counts their sign the other way round."""
    hours = int(match[2])
    if hours > LARGEST_OFFSET or int(match[3] or 0):
        raise CallError(
            "`{word}` is no zone that I know: name a city of it instead, for example Asia/Kolkata.",
            word=name[:40],
        )
    sign = "-" if match[1] == "+" else "+"
    return f"Etc/GMT{sign}{hours}" if hours else "UTC"


def _nearest(name: str) -> str:
    """Return the zone whose name, or whose city, is most like a name."""
    city = _folded(name.rsplit("/", maxsplit=1)[-1])
    zones = _zones()
    similar = difflib.get_close_matches(_folded(name), zones, n=1, cutoff=0.75)
    similar = similar or difflib.get_close_matches(city, zones, n=1, cutoff=0.7)
    return zones[similar[0]] if similar else "Europe/Rome"


def _folded(name: str) -> str:
    return fold(name).replace("_", " ").strip()


@cache
def _zones() -> Mapping[str, str]:
    """Return the zones by every name that they go by, folded; a city that several have is none's."""
    cities: dict[str, set[str]] = {}
    for city, zone in _cities():
        cities.setdefault(_folded(city), set()).add(zone)
    unique = {
        city: next(iter(zones))
        for city, zones in cities.items()
        if len(zones) == 1 and (len(city) > 2 or has_cjk(city))
    }
    full = {_folded(zone): zone for zone in available_timezones() if "/" in zone}
    return {**unique, **full, **USUAL}


@cache
def zone_names() -> tuple[str, ...]:
    """Return the zones that are called after a place, in order."""
    return tuple(sorted(zone for zone in available_timezones() if _is_place(zone)))


def _cities() -> Iterator[tuple[str, str]]:
    canonical = frozenset(zone_names())
    for zone in canonical:
        yield zone.rsplit("/", maxsplit=1)[-1], zone
    for language in SPOKEN:
        for zone, names in Locale(language).time_zones.items():
            if "city" in names and zone in canonical:
                yield names["city"], zone


def _is_place(zone: str) -> bool:
    continents = (
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    )
    return zone.split("/", maxsplit=1)[0] in continents
