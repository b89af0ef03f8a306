"""A `ChatGateway` put together from what a test wants to happen; whatever it leaves out must not be asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.model import CommandSpec


async def nobody(_platform: str) -> tuple[str, ...]:
    return ()


async def nothing(_platform: str) -> str:
    return ""


async def never(*_: Any) -> Any:
    raise AssertionError("nobody was to ask this")


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """See `bot.ports.ChatGateway`."""

    commands: tuple[CommandSpec, ...] = ()
    answer: Callable[..., Awaitable[Any]] = never
    typed: Callable[..., Any] = lambda _text, _call: None
    pressed: Callable[..., Awaitable[Any]] = never
    picked: Callable[..., Awaitable[Any]] = never
    complete: Callable[..., Awaitable[Any]] = never
    placed: Callable[..., Awaitable[None]] = never
    start_answer: Callable[..., Awaitable[int]] = never
    record_answer: Callable[..., Awaitable[None]] = never
    connected: Callable[..., Awaitable[None]] = never
    posts: Callable[..., Awaitable[Any]] = never
    channels: Callable[..., Awaitable[Any]] = never
    operator_chats: Callable[..., Awaitable[tuple[str, ...]]] = nobody
    activity: Callable[..., Awaitable[str]] = nothing
