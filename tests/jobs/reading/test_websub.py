"""WebSub from a feed that names a hub to a push that polls it, over real sockets: our web server, a hub, a feed server."""

import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import aiohttp
import pytest

from bot.app.webserver import WebServer
from bot.feeds import websub
from bot.jobs.reading.collect import collect
from bot.jobs.reading.websub import confirm, pushed
from bot.model import Feed
from bot.store import feeds
from tests.doubles.feeds import FeedServer, Reply, status
from tests.jobs.reading.test_collect import add, body
from tests.support.world import World, corvid, larkwell

PUBLIC = "https://news.example.org"


@pytest.fixture
async def reachable(online: World) -> World:
    """A world that others reach from outside."""
    ctx = replace(online.ctx, policy=replace(online.ctx.policy, public_url=PUBLIC))
    return replace(online, house=replace(online.house, ctx=ctx))


@pytest.fixture
async def door(reachable: World) -> AsyncIterator[str]:
    """Our web server; returns its address."""
    server = WebServer("127.0.0.1", 0, dict, PUBLIC)
    ctx = reachable.ctx
    await server.start(list(websub.routes(partial(confirm, ctx), partial(pushed, ctx))), next_port=False)
    yield server.url
    await server.stop()


def with_hub(world: World, server: FeedServer, path: str = "/feed") -> bytes:
    links = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{server.url("/hub")}"/><link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{server.url(path)}"/>'
    return body(world, corvid()).replace(b"<item>", links.encode() + b"<item>", 1)


async def stored(world: World, feed_id: int) -> Feed:
    async with world.store.read() as tx:
        found = await feeds.get(tx, feed_id)
    assert found is not None
    return found


async def asked(world: World, server: FeedServer) -> tuple[int, dict[str, str]]:
    """Poll a feed that names a hub; returns its id and what the hub was asked."""
    server.serve("/hub", Reply(b"", 202))
    feed_id = await add(world, server.serve("/feed", Reply(with_hub(world, server))))
    await collect(world.ctx, feed_id)
    (request,) = server.asked("/hub")
    return feed_id, dict(request.form)


async def test_a_hub_is_asked_confirms_and_pushes(reachable: World, door: str, server: FeedServer) -> None:
    feed_id, form = await asked(reachable, server)
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == server.url("/feed")
    callback = form["hub.callback"].replace(PUBLIC, door)
    async with aiohttp.ClientSession() as hub:
        query = {
            "hub.mode": "subscribe",
            "hub.topic": form["hub.topic"],
            "hub.challenge": "c-1",
            "hub.lease_seconds": "86400",
        }
        async with hub.get(callback, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "c-1")
        feed = await stored(reachable, feed_id)
        assert feed.hub_until == reachable.clock() + timedelta(days=1)
        news = b"<rss/>" * 100_000
        reachable.clock.advance(120)
        signature = hmac.new(form["hub.secret"].encode(), news, "sha256").hexdigest()
        async with hub.post(
            callback, data=news, headers={"X-Hub-Signature": f"sha256={signature}"}
        ) as answer:
            assert answer.status == 202
    assert (await stored(reachable, feed_id)).next_poll_at == reachable.clock()
    assert reachable.woken[-1] == "collect"


@pytest.mark.parametrize("signature", ["", "sha256=00", "md5=00", "sha256", "sha256=è"])
async def test_a_push_that_is_not_signed_is_passed_over(
    signature: str, reachable: World, server: FeedServer
) -> None:
    feed_id, form = await asked(reachable, server)
    key = form["hub.callback"].rsplit("/", 1)[1]
    before = (await stored(reachable, feed_id)).next_poll_at
    assert await pushed(reachable.ctx, key, signature, partial(given, b"x"))
    assert (await stored(reachable, feed_id)).next_poll_at == before


async def given(body: bytes) -> bytes:
    return body


async def unread() -> bytes:
    raise AssertionError("it was read")


async def test_a_body_is_read_only_for_a_key_that_a_hub_has_and_a_hash_that_may_be_used(
    reachable: World, server: FeedServer
) -> None:
    _, form = await asked(reachable, server)
    key = form["hub.callback"].rsplit("/", 1)[1]
    assert not await pushed(reachable.ctx, "unknown", "sha256=00", unread)
    assert await pushed(reachable.ctx, key, "", unread)
    assert await pushed(reachable.ctx, key, "crc32=00", unread)


async def test_a_hub_has_its_own_feed_polled_once_a_minute_at_most(
    reachable: World, server: FeedServer
) -> None:
    feed_id, form = await asked(reachable, server)
    other = await reachable.feed("other", corvid())
    untouched = (await stored(reachable, other)).next_poll_at
    key = form["hub.callback"].rsplit("/", 1)[1]
    signature = f"sha256={hmac.new(form['hub.secret'].encode(), b'x', 'sha256').hexdigest()}"
    polled_at = reachable.clock()
    for _ in range(20):
        reachable.clock.advance(1)
        assert await pushed(reachable.ctx, key, signature, partial(given, b"x"))
        assert (await stored(reachable, feed_id)).next_poll_at == polled_at + timedelta(minutes=1)
    assert (await stored(reachable, other)).next_poll_at == untouched


async def test_what_nobody_asked_for_is_refused(reachable: World, door: str, server: FeedServer) -> None:
    feed_id, form = await asked(reachable, server)
    callback = form["hub.callback"].replace(PUBLIC, door)
    async with aiohttp.ClientSession() as hub:
        for query in (
            {"hub.mode": "subscribe", "hub.topic": "https://other.example/", "hub.challenge": "c"},
            {"hub.mode": "unsubscribe", "hub.topic": form["hub.topic"], "hub.challenge": "c"},
            {},
        ):
            async with hub.get(callback, params=query) as answer:
                assert answer.status == 404
        async with hub.get(f"{door}/websub/unknown", params={"hub.mode": "subscribe"}) as answer:
            assert answer.status == 404
        async with hub.post(f"{door}/websub/unknown", data=b"x") as answer:
            assert answer.status == 410
    assert (await stored(reachable, feed_id)).hub_until is None


async def test_a_lease_is_renewed_at_four_fifths_and_a_hub_not_asked_twice(
    reachable: World, server: FeedServer
) -> None:
    feed_id, form = await asked(reachable, server)
    key = form["hub.callback"].rsplit("/", 1)[1]
    await collect(reachable.ctx, feed_id)
    assert len(server.asked("/hub")) == 1
    assert await confirm(reachable.ctx, key, "subscribe", form["hub.topic"], "864000")
    reachable.clock.advance(timedelta(days=7))
    await collect(reachable.ctx, feed_id)
    assert len(server.asked("/hub")) == 1
    reachable.clock.advance(timedelta(days=1, minutes=1))
    await collect(reachable.ctx, feed_id)
    assert [request.form for request in server.asked("/hub")] == [form, form]


async def test_a_feed_that_a_hub_pushes_is_polled_seldom(reachable: World, server: FeedServer) -> None:
    feed_id, form = await asked(reachable, server)
    key = form["hub.callback"].rsplit("/", 1)[1]
    assert await confirm(reachable.ctx, key, "subscribe", form["hub.topic"], "nonsense")
    await collect(reachable.ctx, feed_id)
    feed = await stored(reachable, feed_id)
    assert feed.next_poll_at is not None
    assert feed.next_poll_at - reachable.clock() >= timedelta(hours=6)
    assert await confirm(reachable.ctx, key, "denied", form["hub.topic"], "")
    assert (await stored(reachable, feed_id)).hub_until is None


async def test_without_a_public_address_no_hub_is_asked(online: World, server: FeedServer) -> None:
    server.serve("/hub", Reply(b"", 202))
    feed_id = await add(online, server.serve("/feed", Reply(with_hub(online, server))))
    await collect(online.ctx, feed_id)
    assert server.asked("/hub") == []


async def test_a_hub_hears_of_no_address_with_a_secret(reachable: World, server: FeedServer) -> None:
    server.serve("/hub", Reply(b"", 202))
    server.serve("/feed", Reply(with_hub(reachable, server)))
    feed_id = await add(reachable, server.url("/feed?token=sesame"))
    await collect(reachable.ctx, feed_id)
    assert server.asked("/hub") == []


async def test_a_hub_that_fails_costs_the_feed_nothing(reachable: World, server: FeedServer) -> None:
    server.serve("/hub", status(500))
    feed_id = await add(
        reachable,
        server.serve("/feed", Reply(with_hub(reachable, server)), Reply(body(reachable, larkwell()))),
    )
    await collect(reachable.ctx, feed_id)
    feed = await stored(reachable, feed_id)
    assert (feed.failures, len(await reachable.entries())) == (0, 1)
