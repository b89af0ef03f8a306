"""No tests: the desk that stands in for the program's middle, and a running Telegram platform for the tests beside this file."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from bot.i18n import Texts
from bot.model import (
    Answer,
    Call,
    Channel,
    CommandSpec,
    Document,
    Operation,
    OperationKind,
    OperationState,
    Payload,
    Person,
    Place,
    PlaceKind,
    Purpose,
    Text,
)
from bot.platforms.telegram import create
from bot.ports import Platform, PlatformOptions
from tests.doubles.gateway import Gateway
from tests.doubles.telegram import TOKEN, TelegramDouble

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
COMMANDS = (
    CommandSpec(name="latest", code="l", description="The newest stories", public=True),
    CommandSpec(name="settings", code="e", description="Change what is posted here", manager=True),
)


class Desk:
    """Answers Calls from a table and remembers all it was told."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.calls: list[Call] = []
        self.placed: list[tuple[Place, bool]] = []
        self.opened: list[Place] = []
        self.closed: list[tuple[int, str]] = []
        self.connected = asyncio.Event()
        self.channels: tuple[Channel, ...] = ()
        self.broken = False
        self._told = asyncio.Event()
        self.gate: asyncio.Event | None = None

    def gateway(self) -> Gateway:
        return Gateway(
            commands=COMMANDS,
            answer=self._answer,
            typed=self._typed,
            pressed=self._pressed,
            complete=self._complete,
            placed=self._placed,
            start_answer=self._open,
            record_answer=self._close,
            connected=self._connect,
            posts=self._posts,
            channels=self._channels,
        )

    async def until(self, done: Callable[[], object], seconds: float = 5.0) -> None:
        """Wait for something that the desk is told."""
        async with asyncio.timeout(seconds):
            while not done():
                self._told.clear()
                await self._told.wait()

    async def _answer(self, call: Call) -> Answer:
        self.calls.append(call)
        self._told.set()
        if self.broken:
            raise ValueError("a mistake of ours")
        if self.gate is not None:
            await self.gate.wait()
        return self.answers.get(call.command, Answer(document=Document((Text(f"answer to {call.command}"),))))

    def _typed(self, text: str, call: Call) -> Call | None:
        if text.startswith("/"):
            name, _, rest = text[1:].partition(" ")
            return replace(call, command=name, arguments={"rest": rest} if rest else {})
        return replace(call, command="search", arguments={"rest": text})

    async def _pressed(self, data: str, call: Call) -> Call:
        code, _, rest = data.partition(":")
        return replace(call, command={"l": "latest", "e": "settings"}.get(code, code), arguments={"id": rest})

    async def _complete(self, *_: object) -> tuple[str, ...]:
        return ()

    async def _placed(self, place: Place, may_post: bool, by: Person | None = None) -> None:
        self.placed.append((place, may_post))
        self._told.set()

    async def _open(self, place: Place) -> int:
        self.opened.append(place)
        return len(self.opened)

    async def _close(self, number: int, post: str) -> None:
        self.closed.append((number, post))
        self._told.set()

    async def _connect(self, _: str) -> None:
        self.connected.set()

    async def _posts(self, *_: int) -> tuple[()]:
        return ()

    async def _channels(self, _: str) -> tuple[Channel, ...]:
        return self.channels


def platform_on(double: TelegramDouble, token: str = TOKEN) -> Platform:
    return create(PlatformOptions(token=token, addresses={"api": double.url}), Texts({}))


@asynccontextmanager
async def running(double: TelegramDouble, desk: Desk | None = None) -> AsyncIterator[Platform]:
    """A platform that polls the double; on the way out it is cancelled and must leave nothing behind."""
    desk = desk or Desk()
    platform = platform_on(double)
    before = asyncio.all_tasks()
    task = asyncio.create_task(platform.run(desk.gateway()))
    connected = asyncio.create_task(desk.connected.wait())
    await asyncio.wait({task, connected}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        connected.cancel()
        task.result()
    await double.until(lambda: any(method == "deleteWebhook" for method, _ in double.requests))
    try:
        yield platform
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        await platform.close()
        names = {each.get_name() for each in asyncio.all_tasks() - before}
        assert not {name for name in names if "Updater" in name or "Application" in name}


def channel(address: int, kind: PlaceKind = PlaceKind.PRIVATE, **rest: object) -> Channel:
    return replace(
        Channel(
            id=1,
            platform="telegram",
            address=str(address),
            kind=kind,
            server_id=1,
            bot_link="https://t.me/strillone_test_bot",
        ),
        **rest,
    )


def operation(
    payload: Payload, number: int = 1, kind: OperationKind = OperationKind.SEND, post: str = ""
) -> Operation:
    return Operation(
        id=number,
        channel_id=1,
        intent=f"digest:1:{number}",
        purpose=Purpose.DIGEST,
        nonce=f"n{number:024d}",
        payload=payload,
        state=OperationState.SENDING,
        created_at=NOW,
        not_after=NOW,
        kind=kind,
        post=post,
    )
