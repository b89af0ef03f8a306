"""How much does the outbox cost? Operations a second through all of it, beside the bare library's own `send` of the same message.

Fifty chats on a double in a process of its own; limits of pace are lifted. Ours: the store, the scheduler's line, the deliver job,
the platform. Bare: python-telegram-bot's `Bot.send_message` and discord.py's `send`, chats side by side, messages one by one.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import discord as library
from discord.http import Route
from sqlalchemy import select
from telegram import Bot
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from benchmarks.report import say
from bot.app.wiring import Application, build_application, load_platform
from bot.feeds.opml import read_opml
from bot.i18n import load as load_texts
from bot.model import Channel, Document, Health, Payload, Place, PlaceKind, Purpose, Text
from bot.platforms.discord.send import send_arguments
from bot.platforms.telegram.keys import keyboard
from bot.platforms.telegram.send import preview
from bot.ports import Platform, PlatformOptions
from bot.schedulers.local import LocalScheduler
from bot.settings import Environment, load
from bot.store import Store, open_store, outbox, places
from bot.store.schema import operations
from tests.doubles import discord, telegram
from tests.proof.chats import BEFORE_NUMBERS
from tests.proof.town import SILENT

CHATS = 50
EACH = 60
SAID = "A post as long as three stories are. " * 24
"""About nine hundred characters."""

Bare = Callable[[str, list[str], Payload, Channel], Awaitable[None]]


async def speed(chats: int = CHATS, each: int = EACH) -> None:
    """Measure both platforms and say the ratios: how many times the bare library's time ours takes."""
    for name, bare in (("telegram", _bare_telegram), ("discord", _bare_discord)):
        async with _double(name) as (address, control):
            addresses = [await _chat(name, control, number) for number in range(1, chats + 1)]
            wall, cpu, payload, channel = await _ours(name, address, addresses, each)
            before = time.perf_counter(), time.process_time()
            await bare(address, addresses * each, payload, channel)
            bare_wall, bare_cpu = time.perf_counter() - before[0], time.process_time() - before[1]
        count = chats * each
        say(
            f"speed, {name}, {chats} chats",
            {
                "operations_per_s": count / wall, "bare_per_s": count / bare_wall, "wall_ratio": wall / bare_wall,
                "cpu_ms_each": 1000 * cpu / count, "bare_cpu_ms_each": 1000 * bare_cpu / count, "cpu_ratio": cpu / bare_cpu,
            },
        )  # fmt: skip


@asynccontextmanager
async def _double(name: str) -> AsyncIterator[tuple[dict[str, str], str]]:
    """Run a double in a process of its own; gives the platform's addresses, and where it is told what to do."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"tests.doubles.{name}", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        said = (await process.stdout.readline()).decode().strip()
        about = {"api": said} if name == "telegram" else json.loads(said)
        found = {key: about[key] for key in ("api", "gateway") if key in about}
        yield found, found["api"].removesuffix("/api/v10")
    finally:
        process.kill()
        await process.wait()


async def _chat(name: str, control: str, number: int) -> str:
    method = "add_channel" if name == "discord" else "add_group"
    asked: dict[str, Any] = {"kind": "text"} if name == "discord" else {"number": number}
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.post(f"{control}/control/{method}", json=asked) as answer,
    ):
        found = await answer.json()
    return str(found) if name == "discord" else f"-{BEFORE_NUMBERS + number}"


async def _ours(
    name: str, address: dict[str, str], chats: list[str], each: int
) -> tuple[float, float, Payload, Channel]:
    """Send everything through the outbox; returns seconds of wall and CPU time, and what was sent."""
    token = telegram.TOKEN if name == "telegram" else discord.TOKEN
    platform = load_platform(name, PlatformOptions(token, address), load_texts())
    platform.book = _at_once  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/strillone.db")
        house = await _house(store, platform, Path(folder))
        payload, channel = await _fill(store, platform, chats, each)
        running = asyncio.create_task(platform.run(house.dispatcher))
        while house.ctx.health.get(name, Health(platform=name, state="")).state != "connected":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        before = time.perf_counter(), time.process_time()
        scheduler = LocalScheduler([line for line in house.lines if line.name == "deliver"], SILENT)
        scheduler.start()
        while await _waiting(store):  # noqa: ASYNC110  what is waited for is a state of the store
            await asyncio.sleep(0.05)
        wall, cpu = time.perf_counter() - before[0], time.process_time() - before[1]
        await scheduler.stop(timedelta(seconds=5))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await platform.close()
        await store.close()
    return wall, cpu, payload, channel


def _at_once(channel: Channel) -> float:
    return 0.0


async def _house(store: Store, platform: Platform, folder: Path) -> Application:
    environment = Environment.model_construct(strillone_config="config", strillone_data=str(folder))
    return await build_application(
        load(read_opml, environment), store, platforms={platform.name: platform}, texts=load_texts(), fetch=_nothing,
        offload=_nothing, clock=lambda: datetime.now(UTC), wake=lambda _: None, log=SILENT,
    )  # fmt: skip


async def _nothing(*_: Any, **__: Any) -> Any:
    raise NotImplementedError


async def _fill(store: Store, platform: Platform, chats: list[str], each: int) -> tuple[Payload, Channel]:
    now = datetime.now(UTC)
    async with store.write() as tx:
        for chat in chats:
            place = Place(platform=platform.name, address=chat, kind=PlaceKind.GROUP)
            channel = await places.ensure_channel_record(
                tx, place, {"language": "en", "zone": "UTC", "origin": "config"}
            )
            (payload,) = platform.render(Document((Text(SAID),)), channel)
            for number in range(each):
                intent = f"proof:{chat}:{number}"
                draft = outbox.Draft(
                    channel_id=channel.id,
                    intent=intent,
                    purpose=Purpose.NOTICE,
                    payload=payload,
                    not_after=now + timedelta(hours=1),
                )
                await outbox.queue(tx, draft, "proof", now)
    return payload, channel


async def _waiting(store: Store) -> bool:
    query = select(operations.c.id).where(operations.c.state.in_(outbox.OPEN)).limit(1)
    async with store.read() as tx:
        return (await tx.execute(query)).first() is not None


# --- the libraries alone -------------------------------------------------------------------------------------


async def _each_in_order(chats: list[str], send: Callable[[str, int], Awaitable[Any]]) -> None:
    async def one(chat: str) -> None:
        for number in range(chats.count(chat)):
            await send(chat, number)

    await asyncio.gather(*map(one, dict.fromkeys(chats)))


async def _bare_telegram(
    address: dict[str, str], chats: list[str], payload: Payload, channel: Channel
) -> None:
    request = HTTPXRequest(connection_pool_size=64)
    async with Bot(telegram.TOKEN, base_url=f"{address['api']}/bot", request=request) as bot:

        async def send(chat: str, number: int) -> None:
            await bot.send_message(
                int(chat), payload["text"], parse_mode=ParseMode.HTML, link_preview_options=preview(payload),
                reply_markup=keyboard(payload, channel, f"{number:024}"),
            )  # fmt: skip

        await _each_in_order(chats, send)


async def _bare_discord(address: dict[str, str], chats: list[str], payload: Payload, _: Channel) -> None:
    usual, Route.BASE = Route.BASE, address["api"]
    client = library.Client(intents=library.Intents.none())
    try:
        await client.login(discord.TOKEN)

        async def send(chat: str, number: int) -> None:
            nonce = f"{chat[-12:]}{number:012}"
            await client.get_partial_messageable(int(chat)).send(
                **send_arguments(payload, nonce), nonce=nonce
            )

        await _each_in_order(chats, send)
    finally:
        await client.close()
        Route.BASE = usual
