"""How much of what is shared one person or server may take: allowances that fill again with time."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ASKERS_MAX = 10_000
"""Keys whose allowances are remembered; those that are full again are forgotten first."""


@dataclass(slots=True)
class _Allowance:
    remainder: float
    at: datetime


@dataclass(slots=True)
class Ration:
    """An allowance of `most` for each key, which fills evenly within a period (a token bucket)."""

    most: int
    period: timedelta
    _allowances: dict[Hashable, _Allowance] = field(default_factory=dict)

    def take(self, key: Hashable, now: datetime) -> timedelta:
        """Take one from a key's allowance and return nothing to wait for; where it is empty, take nothing and
        return when one is back.
        """
        allowance = self._allowances.get(key) or self._first(key, now)
        allowance.remainder = self._refill(allowance, now)
        allowance.at = now
        if allowance.remainder < 1:
            return self.period * ((1 - allowance.remainder) / self.most)
        allowance.remainder -= 1
        return timedelta()

    def _refill(self, allowance: _Allowance, now: datetime) -> float:
        elapsed = max(timedelta(), now - allowance.at)
        return min(self.most, allowance.remainder + self.most * (elapsed / self.period))

    def _first(self, key: Hashable, now: datetime) -> _Allowance:
        if len(self._allowances) >= ASKERS_MAX:
            partly_used = {
                k: allowance
                for k, allowance in self._allowances.items()
                if self._refill(allowance, now) < self.most
            }
            self._allowances = dict(
                sorted(partly_used.items(), key=lambda pair: pair[1].at)[-ASKERS_MAX // 2 :]
            )
        return self._allowances.setdefault(key, _Allowance(self.most, now))


CLAIM_TRIES = 5
"""Codes that one person may try in an hour. One has 32 bits and lives for 15 minutes: a million people
together guess it in one of 860 cases.
"""

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
    def from_limits(cls, limits: Limits) -> "Rations":
        """Return full allowances of an instance's limits."""
        minute = timedelta(minutes=1)
        return cls(Ration(limits.commands_per_minute, minute), Ration(limits.discoveries_per_hour, HOUR))
