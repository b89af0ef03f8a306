"""How much of what is shared one person or server may take: allowances that fill again with time."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REMEMBERED = 10_000
"""Keys whose allowances are remembered; those that are full again are forgotten first."""


@dataclass(slots=True)
class _Allowance:
    left: float
    at: datetime


@dataclass(slots=True)
class Ration:
    """An allowance of `most` for each key, which fills evenly within a period (a token bucket)."""

    most: int
    per: timedelta
    _allowances: dict[Hashable, _Allowance] = field(default_factory=dict)

    def take(self, key: Hashable, now: datetime) -> timedelta:
        """Take one from a key's allowance and return nothing to wait for; where it is empty, take nothing and return when one is back."""
        own = self._allowances.get(key) or self._first(key, now)
        own.left = self._filled(own, now)
        own.at = now
        if own.left < 1:
            return self.per * ((1 - own.left) / self.most)
        own.left -= 1
        return timedelta()

    def _filled(self, own: _Allowance, now: datetime) -> float:
        passed = max(timedelta(), now - own.at)
        return min(self.most, own.left + self.most * (passed / self.per))

    def _first(self, key: Hashable, now: datetime) -> _Allowance:
        if len(self._allowances) >= REMEMBERED:
            used = {k: one for k, one in self._allowances.items() if self._filled(one, now) < self.most}
            self._allowances = dict(sorted(used.items(), key=lambda pair: pair[1].at)[-REMEMBERED // 2 :])
        return self._allowances.setdefault(key, _Allowance(self.most, now))


CLAIM_TRIES = 5
"""Codes that one person may try in an hour. One has 32 bits and lives for 15 minutes: a million people together guess it in one of 860 cases."""

COMPLETIONS_PER_MINUTE = 120
"""Letters of one person after which choices are shown."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one person or server may take at most; `open_to_strangers` lets everybody add feeds."""

    open_to_strangers: bool = False
    commands_per_minute: int = 30
    discoveries_per_hour: int = 30
    feeds_per_server: int = 500
    subscriptions_per_channel: int = 25
    entries_per_day: int = 5_000
    megabytes_per_day: int = 200
    notices_per_day: int = 20


@dataclass(frozen=True, slots=True)
class Rations:
    """What people have taken lately of what is shared, in this process."""

    commands: Ration
    discoveries: Ration
    claims: Ration = field(default_factory=lambda: Ration(CLAIM_TRIES, HOUR))
    completions: Ration = field(default_factory=lambda: Ration(COMPLETIONS_PER_MINUTE, timedelta(minutes=1)))

    @classmethod
    def within(cls, limits: Limits) -> "Rations":
        """Return full allowances of an instance's limits."""
        minute = timedelta(minutes=1)
        return cls(Ration(limits.commands_per_minute, minute), Ration(limits.discoveries_per_hour, HOUR))
