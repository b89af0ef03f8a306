"""Quiet hours: when a channel sleeps, until when, and what people write to say so."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.errors import CallError
from bot.model import Bar, Channel, Quiet
from bot.pipeline.timing.slots import parse_time
from bot.text.typed_words import in_english

_RANGE_DASH = re.compile(r"(?<!\s)\s*+(?:-|–|—|\bto\b|\buntil\b)\s*+", re.IGNORECASE)
_HOURS = re.compile(r"^(?P<start>[\d:.h]+)(?:\s*+[-–—]\s*+|\s++)(?P<end>[\d:.h]+)-?$")

WAKING = {bar.value: bar for bar in (Bar.NOTABLE, Bar.IMPORTANT, Bar.BIGGEST)}
"""The bars that may be behind quiet hours: news that passes is told at once all the same."""


def quiet_until(quiet: Quiet | None, zone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours end that a moment lies in (UTC), None outside of them.

    They are local time: a night in which clocks change is an hour longer or shorter.
    """
    if quiet is None:
        return None
    local = now.astimezone(ZoneInfo(zone))
    clock = local.time().replace(tzinfo=None)
    overnight = quiet.end <= quiet.start
    inside = (clock >= quiet.start or clock < quiet.end) if overnight else quiet.start <= clock < quiet.end
    if not inside:
        return None
    tomorrow = overnight and clock >= quiet.start
    day = local.date() + timedelta(days=tomorrow)
    return datetime.combine(day, quiet.end, ZoneInfo(zone)).astimezone(UTC)


def closed_until(channel: Channel, moment: datetime) -> datetime | None:
    """Return when the quiet hours of a channel end in which nothing is posted there at a moment (UTC); None
    outside of them, and where they only keep posts from notifying.
    """
    if channel.quiet is None or channel.quiet.silent:
        return None
    return quiet_until(channel.quiet, channel.zone, moment)


def parse_quiet(text: str) -> Quiet | None:
    """Read what a person writes: `22:00-07:00`, `22 to 7 silent`, `22-7 important` for news that wakes, and
    `off` for none; in any language of the bot.

    Raises `CallError` with what is right.
    """
    words = in_english(text, hours_are_times=True)
    if words in {"off", "no"}:
        return None
    parts = [word for word in words.split() if word not in {"since", "at", "also", "on"}]
    bar = next((word for word in parts if word in WAKING), "")
    silent, wakes = "silent" in parts, WAKING.get(bar)
    hours = _RANGE_DASH.sub("-", " ".join(word for word in parts if word not in {"silent", "hold", bar}))
    match = _HOURS.match(hours)
    if not match:
        raise CallError(
            (
                "`{text}` are no quiet hours. For example: /quiet 22:00-07:00, /quiet 22:00-07:00 "
                "silent, /quiet 22:00-07:00 biggest, or /quiet off."
            ),
            text=text[:40],
        )
    start, end = parse_time(match["start"]), parse_time(match["end"])
    if start == end:
        raise CallError("Quiet hours begin and end at different times, for example: /quiet 22:00-07:00.")
    if silent and wakes:
        raise CallError(
            (
                "Silent hours post everything without a sound, so that nothing wakes anybody: write "
                "either silent or {bar}."
            ),
            bar=wakes.value,
        )
    return Quiet(start, end, silent, wakes)


def describe(quiet: Quiet) -> str:
    """Return quiet hours the way `parse_quiet` reads them."""
    hours = f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"
    return f"{hours} silent" if quiet.silent else f"{hours} {quiet.wakes}" if quiet.wakes else hours
