"""How often Telegram lets a bot post: one message a second in a chat, twenty a minute in a group or channel,
some thirty a second in all.

Limits as the Bot FAQ of Telegram gives them (“My bot is hitting limits”). Going slower by ourselves costs
nothing; a 429 stops the chat.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.model import Channel, PlaceKind

SEND_INTERVAL = 1.0
A_MINUTE = 20
A_SECOND = 25
CHATS_REMEMBERED = 10_000
"""Chats whose last messages are remembered."""


@dataclass(slots=True)
class Pace:
    """What has left lately. Times are in seconds of `clock`."""

    clock: Callable[[], float] = time.monotonic
    _chats: dict[str, deque[float]] = field(default_factory=dict)
    _all_sends: deque[float] = field(default_factory=lambda: deque(maxlen=A_SECOND))

    def book(self, channel: Channel) -> float:
        """Count a message for a chat and return 0 where the limits allow one now, else return in how many
        seconds they will.
        """
        now = self.clock()
        wait = self._wait(channel, now)
        if not wait:
            self._count(channel, now)
        return wait

    def _wait(self, channel: Channel, now: float) -> float:
        chat_sends = self._chats.get(channel.address, deque())
        waits = [chat_sends[-1] + SEND_INTERVAL - now] if chat_sends else []
        if channel.kind is not PlaceKind.PRIVATE and len(chat_sends) == A_MINUTE:
            waits.append(chat_sends[0] + 60 - now)
        if len(self._all_sends) == A_SECOND:
            waits.append(self._all_sends[0] + 1 - now)
        return max(0.0, *waits) if waits else 0.0

    def _count(self, channel: Channel, now: float) -> None:
        if len(self._chats) >= CHATS_REMEMBERED:
            self._chats = {
                address: chat_sends
                for address, chat_sends in self._chats.items()
                if chat_sends[-1] > now - 60
            }
        self._chats.setdefault(channel.address, deque(maxlen=A_MINUTE)).append(now)
        self._all_sends.append(now)
