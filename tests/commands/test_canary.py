"""A key in a feed's address is seen by nobody: not in answers, lists, exports, logs or errors, here or elsewhere."""

import io
import json
import logging

import pytest

from bot.app.logs import configure
from bot.errors import AddressRefused, FeedError, HttpFailed, NotAFeed, Unreachable
from bot.feeds.public_addresses import check_url
from bot.feeds.response_headers import onward, refused
from bot.model import Answer, Place, PlaceKind
from tests.commands.conftest import Counter
from tests.support.world import corvid, rss

CANARY = "c4nAry7Qx9ZtB2mW"
KINDS = (
    "https://ann:{key}@pod.example/feed", "https://{key}@pod.example/feed", "https://pod.example/rss?token={key}", "https://pod.example/rss?passKey={key}",
    "https://pod.example/rss?a=1;feed_token={key}", "https://pod.example/rss;sig={key}", "https://pod.example/feeds/{key}.rss", "https://pod.example/key/{key}/x",
    "https://pod.example/secret:{key}/u:ann/", "https://{key}.pod.example/rss", "https://pod.example/rss?h={key}", "https://pod.example/rss?%74oken={key}",
)  # fmt: skip
ELSEWHERE = Place(platform="scripted", address="other", kind=PlaceKind.GROUP, server_address="2")
HERE = Place(platform="scripted", address="chat", kind=PlaceKind.GROUP, server_address="1")
ASKED = (
    "/status",
    "/list",
    "/sources",
    "/export",
    "/feeds",
    "/latest",
    "/digest",
    "/about",
    "/help",
    "/why corvid",
    "/settings",
)


def failures(url: str) -> list[FeedError]:
    """What may go wrong with an address, in words that name it."""
    found: list[FeedError] = [
        HttpFailed(f"{url} answered 403: access is refused.", 403), HttpFailed(f"gone: {url}", 410), Unreachable(f"cannot reach `{url}`: timeout."), NotAFeed(f"{url} is a page."),
        refused(url, 403, "", {}),
    ]  # fmt: skip
    for wrong in (f"ftp{url[5:]}", f"{url[:8]}[{url[8:]}", url.replace("/rss", ":1/rss", 1)):
        try:
            check_url(wrong)
        except AddressRefused as error:
            found.append(error)
    try:
        onward("https://pod.example/", f"{url[:8]}[{url[8:]}")
    except AddressRefused as error:
        found.append(error)
    return found


def said(answer: Answer) -> str:
    return repr(answer)


@pytest.fixture
def log() -> io.StringIO:
    """A log as the program keeps it."""
    return io.StringIO()


@pytest.mark.parametrize("kind", KINDS)
async def test_no_key_of_a_feed_is_seen(kind: str, counter: Counter, log: io.StringIO) -> None:
    url = kind.format(key=CANARY)
    world = counter.world
    object.__setattr__(world.ctx, "log", configure([], stream=log, level=logging.DEBUG))
    here, there = counter.at(HERE), counter.at(ELSEWHERE).by(address="bob", name="Bob")
    world.web.documents[url] = rss("pod", world.start, [corvid()])
    answers = [await here.ask(f"/subscribe {url}")]
    assert [row.server_id for row in await world.rows(_feeds())] == [1]
    await world.settle("collect", "read", "group", "publish", "deliver")
    for error in failures(url):
        world.web.documents[url] = error
        world.clock.advance(86400)
        await world.settle("collect")
        answers += [await one.ask(asked) for one in (here, there) for asked in ASKED]
        answers += [await one.ask(f"/subscribe {url}x") for one in (here, there)]
    answers.append(await there.ask(f"/subscribe {url}"))
    shown = [text for text in map(said, answers) if CANARY in text]
    assert not shown, shown[0][:2000]
    assert CANARY not in log.getvalue()
    assert "pod.example" in log.getvalue()
    assert CANARY not in json.dumps(
        [shown.payload for chat in world.platform.chats.values() for shown in chat]
    )


def _feeds() -> object:
    from bot.store.schema import feeds

    return feeds


def test_no_log_of_a_library_holds_a_key(log: io.StringIO) -> None:
    configure(["the-password-of-it"], stream=log)
    for kind in KINDS:
        url = kind.format(key=CANARY)
        logging.getLogger("aiohttp.client").warning("cannot read %s", url)
        try:
            raise ValueError(url)  # noqa: TRY301
        except ValueError:
            logging.getLogger("asyncio").exception("task failed for %r", url)
    logging.getLogger("x").error("the-password-of-it")
    assert log.getvalue().count("pod.example") >= len(KINDS)
    assert CANARY not in log.getvalue()
    assert "the-password" not in log.getvalue()
