"""Who stood still so long that others took over their work writes nothing any more, whatever they believe.

A fence belongs to a piece of work and to all tasks that it begins. It is asked in each of their writing
transactions, once that has its turn: what it finds then holds until the commit.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.ext.asyncio import AsyncConnection

Fence = Callable[[AsyncConnection], Awaitable[bool]]
"""Tells whether this work is still its process's to do."""

current_fence: ContextVar[Fence | None] = ContextVar("current_fence", default=None)


@contextmanager
def fenced(fence: Fence) -> Iterator[None]:
    """Let what is written in the block, and by tasks that begin in it, be behind a fence."""
    token = current_fence.set(fence)
    try:
        yield
    finally:
        current_fence.reset(token)
