"""A loopback web to fetch from."""

from collections.abc import AsyncIterator, Callable

import pytest

from bot.feeds.fetch import Fetcher
from tests.doubles.feeds import FeedServer, Names, feed_server

AGENT = "Strillone/test (+https://example.org)"


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with feed_server() as running:
        yield running


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
async def fetcher_for() -> AsyncIterator[Callable[..., Fetcher]]:
    """Make fetchers: `await fetcher_for(*opened hosts)`."""
    made: list[Fetcher] = []

    async def make(*opened: str) -> Fetcher:
        fetcher = await Fetcher(AGENT, opened=opened).__aenter__()
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        await fetcher.__aexit__(None, None, None)


@pytest.fixture
async def fetch(fetcher_for) -> Fetcher:
    """A fetcher that may read from the loopback server."""
    return await fetcher_for("127.0.0.1")


@pytest.fixture
async def closed_fetch(fetcher_for) -> Fetcher:
    """A fetcher for which no host is opened."""
    return await fetcher_for()
