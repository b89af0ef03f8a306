"""Updates that Telegram brings: through the one web server, with its secret, and in order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from bot.app.webserver import WebServer
from bot.errors import PlatformDown
from bot.i18n import Texts
from bot.platforms.telegram import create
from bot.platforms.telegram.connection import Telegram
from bot.platforms.telegram.webhook import PATH, SECRET_HEADER
from bot.ports import PlatformOptions
from tests.doubles.telegram import TOKEN, TelegramDouble
from tests.platforms.test_telegram_harness import Desk, running

PUBLIC = "https://news.example.org"


@dataclass
class House:
    """A platform whose updates come to a web server, and Telegram."""

    double: TelegramDouble
    platform: Telegram
    desk: Desk
    url: str

    async def bring(self, body: bytes = b"{}", secret: str = "", host: str = "news.example.org") -> int:
        """Post to the address as anybody may; return the status of the answer."""
        headers = {SECRET_HEADER: secret, "Host": host, "X-Forwarded-For": "203.0.113.7"}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + PATH, data=body, headers=headers) as response,
        ):
            return response.status


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with TelegramDouble() as double:
        options = PlatformOptions(token=TOKEN, addresses={"api": double.url, "webhook": PUBLIC})
        platform = create(options, Texts({}))
        assert isinstance(platform, Telegram)
        server = WebServer("127.0.0.1", 0, dict, PUBLIC)
        await server.start(platform.routes())
        double.hook_port = int(server.url.rpartition(":")[2])
        yield House(double, platform, Desk(), server.url)
        await server.stop()


async def started(house: House) -> "asyncio.Task[None]":
    task = asyncio.create_task(house.platform.run(house.desk.gateway()))
    await house.double.until(
        lambda: task.done() or any(name == "setWebhook" for name, _ in house.double.requests)
    )
    return task


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_people_write_is_brought_and_answered(house: House) -> None:
    task = await started(house)
    chat = house.double.add_private(7)
    house.double.say(chat, 7, "/latest")
    await house.desk.until(lambda: house.desk.calls)
    for _ in range(20):
        house.double.say(chat, 7, "/latest")
    await house.desk.until(lambda: len(house.desk.calls) == 21)
    (asked,) = [arguments for name, arguments in house.double.requests if name == "setWebhook"]
    assert asked["url"] == f"{PUBLIC}/telegram/updates"
    assert "my_chat_member" in asked["allowed_updates"]
    assert TOKEN not in str(asked)
    assert not any(name == "getUpdates" for name, _ in house.double.requests)
    await stop(task)


async def test_only_telegram_is_believed(house: House) -> None:
    task = await started(house)
    assert house.platform._webhook is not None
    secret = house.platform._webhook.secret
    update = b'{"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "/latest", "chat": {"id": 7, "type": "private"}}}'
    assert await house.bring(update) == 403
    assert await house.bring(update, secret="guessed") == 403
    assert await house.bring(update, secret=secret, host="127.0.0.1") == 403
    assert await house.bring(b"no update", secret=secret) == 400
    assert await house.bring(b"[1]", secret=secret) == 400
    assert house.desk.calls == []
    assert secret not in TOKEN
    await stop(task)


async def test_what_comes_while_nobody_is_connected_is_brought_again(house: House) -> None:
    task = await started(house)
    assert house.platform._webhook is not None
    secret = house.platform._webhook.secret
    await stop(task)
    assert await house.bring(b"{}", secret=secret) == 503
    chat = house.double.add_private(7)
    house.double.say(chat, 7, "/latest")
    await asyncio.sleep(0.2)
    assert house.desk.calls == []
    task = await started(house)
    await house.desk.until(lambda: house.desk.calls)
    await stop(task)


async def test_another_program_that_takes_the_updates_is_noticed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.telegram.connection.WEBHOOK_CHECK", 0.05)
    task = await started(house)
    house.double.fail("getWebhookInfo", 502)
    await asyncio.sleep(0.2)
    assert not task.done()
    house.double._hook = {"url": "https://elsewhere.example/", "secret_token": "x"}
    with pytest.raises(PlatformDown, match="told Telegram to bring them elsewhere"):
        await task


async def test_who_polls_takes_the_webhook_away(house: House) -> None:
    await stop(await started(house))
    desk = Desk()
    async with running(house.double, desk):
        house.double.say(house.double.add_private(7), 7, "/latest")
        await desk.until(lambda: desk.calls)


def test_without_a_public_address_there_is_no_route() -> None:
    platform = create(PlatformOptions(token=TOKEN), Texts({}))
    assert isinstance(platform, Telegram)
    assert platform.routes() == []
