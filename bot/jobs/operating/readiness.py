"""Whether the work keeps up: how long the oldest of each kind has waited, against what is patience enough."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.store.backlog import Backlog

PATIENCE = {
    "feeds": timedelta(minutes=30),
    "digests": timedelta(minutes=15),
    "posts": timedelta(minutes=15),
    "entries": timedelta(minutes=15),
}
"""How long the oldest of each may wait beyond its time while all is well."""


def waiting_times(backlog: Backlog, now: datetime) -> Mapping[str, timedelta]:
    """Return how long the oldest of each that could go on has waited, by the names of `PATIENCE`."""
    since = {
        "feeds": backlog.feed,
        "digests": backlog.slot,
        "posts": backlog.operation,
        "entries": backlog.entry,
    }
    return {name: max(now - at, timedelta()) if at else timedelta() for name, at in since.items()}


def find_late(backlog: Backlog, now: datetime) -> frozenset[str]:
    """Return the names of `PATIENCE` whose oldest has waited for longer."""
    return frozenset(name for name, wait in waiting_times(backlog, now).items() if wait > PATIENCE[name])
