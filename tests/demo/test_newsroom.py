"""The sample newsroom: its feeds are real feeds, its dates move with its clock."""

from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.demo.newsroom import Newsroom, _span
from bot.feeds.parse import parse
from tests.conftest import StillClock
from tests.support.world import CONFIG

FOLDER = CONFIG / "demo"


async def got(url: str) -> tuple[int, bytes, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.read(), response.headers.get("Content-Type", "")


async def test_every_feed_is_served_and_can_be_parsed(clock: StillClock) -> None:
    async with Newsroom(FOLDER, clock) as newsroom:
        outlines = newsroom.outlines()
        assert len(outlines) >= 10
        for outline in outlines:
            status, body, kind = await got(outline.url)
            assert status == 200
            feed = parse(body, outline.url, kind, clock())
            assert feed.entries
            for entry in feed.entries:
                assert entry.published is None or entry.published <= clock() + timedelta(minutes=5)


async def test_every_link_leads_to_a_page(clock: StillClock) -> None:
    async with Newsroom(FOLDER, clock) as newsroom:
        for outline in newsroom.outlines():
            _, body, kind = await got(outline.url)
            for entry in parse(body, outline.url, kind, clock()).entries:
                if entry.link.startswith(newsroom.base):
                    status, page, _ = await got(entry.link)
                    assert status == 200, entry.link
                    assert b"Sample news" in page or b"<article" in page


async def test_what_is_not_there_is_not_found(clock: StillClock) -> None:
    async with Newsroom(FOLDER, clock) as newsroom:
        for path in ("/feeds/none.rss", "/halden-labs/none", "/feeds/..%2f..%2fstrillone.toml", "/nobody/x"):
            assert (await got(newsroom.base + path))[0] == 404
        assert (await got(newsroom.base + "/halden-labs/"))[0] == 200


async def test_more_news_arrives_as_time_passes(clock: StillClock) -> None:
    async with Newsroom(FOLDER, clock) as newsroom:
        before = {o.url: (await got(o.url))[1] for o in newsroom.outlines()}
        clock.advance(timedelta(minutes=10))
        after = {url: (await got(url))[1] for url in before}
    assert any(len(after[url]) > len(before[url]) for url in before)


async def test_a_shuffle_changes_only_the_order(clock: StillClock) -> None:
    async with Newsroom(FOLDER, clock) as plain, Newsroom(FOLDER, clock, shuffle=3) as shuffled:
        a, b = ([o.title for o in n.outlines()] for n in (plain, shuffled))
    assert a != b
    assert sorted(a) == sorted(b)


@pytest.mark.parametrize(
    ("text", "span"),
    [("-1d4h", -timedelta(days=1, hours=4)), ("90s", timedelta(seconds=90)), ("2m", timedelta(minutes=2))],
)
def test_spans_are_read(text: str, span: timedelta) -> None:
    assert _span(text) == span
    assert isinstance(StillClock().now, datetime)
