"""News that still waits on its feeds when a life begins: every job has its part before anything is told.

Feeds and pages stand on a real server on loopback. Each feed was read yesterday; since then two stories came out in it, of which
it gives the first lines only, so that their pages are read. All are told at once, each by itself.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from bot.store import stories
from bot.store.schema import feeds, subscriptions
from tests.doubles.feeds import FeedServer, Reply
from tests.doubles.postgres import Postgres
from tests.proof.chats import Kind
from tests.proof.town import STORIES, Evening, made, read_and_grouped, remember

FETCH = """
[fetch]
open_hosts = ["127.0.0.1"]
"""
PAGE = {"Content-Type": "text/html; charset=utf-8"}

MORE: tuple[str, ...] = (
    "The notebooks will stay in the reading room, and a printed volume with the best hundred letters is planned for the spring. Two museums in Denmark have asked for a copy of the training material, which fits on a single disk.",
    "Insurers would like a yearly check of every tower, while parishes ask who is to pay for it. A smaller version of the software runs on an old telephone and needs a quarter of an hour for a carillon.",
    "The pictures were taken in nine countries over six autumns, with a ruler beside each cap and a note about the trees nearby. Schools may use all of it without asking; sellers of field guides have to write a letter first.",
    "The hospital washes eleven tonnes a week, and half of the shifts in its cellar had been empty since summer. After a month the machines were given a quieter motor, because the ward above them could not sleep.",
    "The wafers come from a plant in Dresden that used to make parts for calculators, and a tray of them costs less than a lunch. A company for alarm clocks has ordered the whole production of the second quarter.",
    "The company must delete four thousand entries and name the authors of the remaining ones below each answer. It has announced an appeal, and a cooking school offers its own collection under a free licence meanwhile.",
)  # fmt: skip
"""What only the page of a story says."""

TOLD = STORIES[: len(MORE)]
PER_FEED = 2


async def from_feeds(
    kind: Kind, server: FeedServer, folder: Path, postgres: Postgres | None = None
) -> Evening:
    """Prepare a chat to which nothing was told yet, and have the server tell all of its feeds' news from now on."""
    made(folder)
    now = datetime.now(UTC)
    address = postgres.make() if postgres else f"sqlite:///{folder / 'strillone.db'}"
    yesterday = _documents(server, now, fresh=False)
    async with (
        read_and_grouped([kind], folder, address, yesterday, now) as night,
        night.store.write() as tx,
    ):
        await tx.execute(feeds.update().values(next_poll_at=now))
        newest = await stories.newest_change(tx)
        since = {"instant_up_to": newest, "created_at": now - timedelta(hours=3)}
        await tx.execute(subscriptions.update().values(since))
        await remember(tx, now, [kind])
    with (folder / "strillone.toml").open("a", encoding="utf-8") as settings:
        settings.write(FETCH)
    _open(server, now)
    words = tuple(name for name, _, _ in TOLD)
    return Evening(kind, folder, postgres, address, words, from_feeds=True)


def _open(server: FeedServer, now: datetime) -> None:
    for url, document in _documents(server, now, fresh=True).items():
        server.serve(url.removeprefix(server.url("")), Reply(document, etag='"today"'))
    for (name, deed, about), more in zip(TOLD, MORE, strict=True):
        body = f"<h1>{name} {deed}</h1><p>{about}</p><p>{more}</p>"
        page = f"<!doctype html><html lang='en'><head><title>{name} {deed}</title></head><body><article>{body}</article></body></html>"
        server.serve(_page(name), Reply(page.encode(), headers=PAGE))


def _page(name: str) -> str:
    return f"/{name.lower()}"


def _documents(server: FeedServer, now: datetime, *, fresh: bool) -> dict[str, bytes]:
    """Return every feed's document as it was yesterday, or as it is now."""
    found: dict[str, bytes] = {}
    for number in range(0, len(TOLD), PER_FEED):
        name = f"outlet{number // PER_FEED}"
        items = "".join(_items(server, now, number)) if fresh else ""
        old = _item(server.url(f"/{name}/archive"), f"The archive of {name} opens", "Old papers about machine learning may be read again.", now - timedelta(hours=26))  # fmt: skip
        channel = f"<title>{name}</title><link>{server.url('/' + name)}</link>{items}{old}"
        document = f'<?xml version="1.0"?><rss version="2.0"><channel>{channel}</channel></rss>'
        found[server.url(f"/{name}/feed")] = document.encode()
    return found


def _items(server: FeedServer, now: datetime, first: int) -> Iterator[str]:
    for number, (name, deed, about) in enumerate(TOLD[first : first + PER_FEED], start=first):
        date = now - timedelta(minutes=5 + 7 * number)
        yield _item(server.url(_page(name)), f"{name} {deed}", about, date)


def _item(link: str, title: str, about: str, date: datetime) -> str:
    told = f"<guid>{link}</guid><link>{link}</link><title>{title}</title><description>{about}</description>"
    return f"<item>{told}<pubDate>{format_datetime(date)}</pubDate></item>"
