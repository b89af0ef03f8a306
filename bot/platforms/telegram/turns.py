"""Whose update is handled when: those of one person in one chat in order, all others side by side, and
nobody's before everybody's.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Update
from telegram.ext import BaseUpdateProcessor

log = structlog.get_logger(__name__)

CONCURRENT_UPDATES = 64
"""Updates handled together."""

OF_ONE_PERSON = 4
"""Of these, updates of one person, in whichever chats: slow ones of theirs leave places to all others."""

UPDATES_MAX = 100_000
"""Updates that the library lets come here: it is here that they wait, for a place of the library's own would
be kept while waiting.
"""

MAX_WAITING = 20
"""Updates of one person that wait for their turn in one chat; what comes beyond is left out."""


@dataclass(eq=False)
class Lane:
    """One person's updates in one chat, which follow one another: others there do not wait for them."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    """Updates that are being handled or wait for it."""


class Turns(BaseUpdateProcessor):
    """Hands out turns. Waiting for one's own other updates, here or elsewhere, takes no place from others."""

    def __init__(self) -> None:
        super().__init__(UPDATES_MAX)
        self._places = asyncio.Semaphore(CONCURRENT_UPDATES)
        self._lanes: WeakValueDictionary[tuple[int, int], Lane] = WeakValueDictionary()
        self._people: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle an update when its turn comes, or leave it out where too many of its person wait in its
        chat.
        """
        lane = self.lane_of(update)
        if lane.waiting >= MAX_WAITING:
            _close(coroutine)
            log.warning("telegram.update_left_out", waiting=lane.waiting)
            return
        lane.waiting += 1
        try:
            async with lane.lock, self._slots_of(update), self._places:
                await coroutine
        finally:
            lane.waiting -= 1
            _close(coroutine)

    async def initialize(self) -> None:
        """Nothing to allocate."""

    async def shutdown(self) -> None:
        """Nothing to free."""

    def lane_of(self, update: object) -> Lane:
        """Return the updates of the same person in the same chat as an update; those on our rights there
        follow one another, whosoever they are.
        """
        chat = update.effective_chat if isinstance(update, Update) else None
        rights = isinstance(update, Update) and update.my_chat_member is not None
        return self._lanes.setdefault((chat.id if chat else 0, 0 if rights else _sender(update)), Lane())

    def _slots_of(self, update: object) -> asyncio.Semaphore:
        return self._people.setdefault(_sender(update), asyncio.Semaphore(OF_ONE_PERSON))


def _sender(update: object) -> int:
    """Return the id of the person, or the chat, that an update is from; 0 without one."""
    sender = update.effective_sender if isinstance(update, Update) else None
    return sender.id if sender else 0


def _close(coroutine: Awaitable[Any]) -> None:
    """End what was never awaited without a warning; one that has run is not touched by it."""
    if asyncio.iscoroutine(coroutine):
        coroutine.close()
