"""A small world to store things in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.model import Channel, Keys, Place, PlaceKind, Purpose, Schedule, Subscription, Verdict
from bot.store import Store, entries, feeds, outbox, places, stories, subscriptions

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def later(**units: float) -> datetime:
    return NOW + timedelta(**units)


def keys(name: str, alias: str = "", link: str = "") -> Keys:
    return Keys(name, alias, link)


def draft_of(channel: Channel, intent: str, **values: Any) -> outbox.Draft:
    """An operation of a digest, unless the values say otherwise."""
    first = {"payload": {"text": "Hello"}, "not_after": later(hours=6), "purpose": Purpose.DIGEST}
    return outbox.Draft(channel_id=channel.id, intent=intent, **{**first, **values})


@dataclass
class World:
    """Writes what a test starts from, one transaction each."""

    store: Store
    numbers: dict[str, int] = field(default_factory=dict)

    def next(self, kind: str) -> int:
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return self.numbers[kind]

    async def channel(self, address: str = "", **values: Any) -> Channel:
        address = address or f"chat-{self.next('chat')}"
        place = Place(
            platform=values.pop("platform", "telegram"),
            address=address,
            kind=values.pop("kind", PlaceKind.GROUP),
            thread=values.pop("thread", ""),
            server_address=values.pop("server", ""),
        )
        async with self.store.write() as tx:
            return await places.ensure_channel_record(tx, place, values)

    async def feed(self, url_key: str = "", origin: str = "person", **values: Any) -> int:
        url_key = url_key or f"news.example/{self.next('feed')}"
        declared = feeds.DeclaredFeed(
            url=f"https://{url_key}",
            url_key=url_key,
            title=values.pop("title", url_key),
            outlet=values.pop("outlet", url_key),
            **values,
        )
        async with self.store.write() as tx:
            return await feeds.add(tx, declared, origin)

    async def entry(self, feed_id: int, names: Keys | None = None, topic: str = "", **values: Any) -> int:
        number = self.next("entry")
        row = {
            "title": f"Title {number}", "link": f"https://news.example/{number}", "text": "Text.", "language": "en", "content_hash": "h1",
            "text_kind": "feed", "published": NOW, "first_seen": NOW, **values,
        }  # fmt: skip
        names = names or keys(f"k{number}")
        async with self.store.write() as tx:
            entry_id = (await entries.add(tx, [entries.NewEntry(feed_id, names, row)]))[feed_id, names.key]
            if topic:
                await entries.store_verdicts(
                    tx,
                    {
                        entry_id: [
                            Verdict(topic=topic, relevant=True, score=1.0, reason="says so", rules="r1")
                        ]
                    },
                )
        return entry_id

    async def story(self, *entry_ids: int, at: datetime = NOW) -> int:
        """A story of some entries: one change."""
        async with self.store.write() as tx:
            story_id = await stories.create(tx, await stories.take_changes(tx, 1), at)
            await stories.assign(tx, dict.fromkeys(entry_ids, story_id), at)
        return story_id

    async def joins(self, story_id: int, entry_id: int, at: datetime = NOW) -> None:
        """One more change of a story."""
        async with self.store.write() as tx:
            await stories.touch(tx, story_id, await stories.take_changes(tx, 1), at)
            await stories.assign(tx, {entry_id: story_id}, at)

    async def subscription(self, channel: Channel, config_key: str | None = None, **values: Any) -> int:
        subscription = Subscription(
            **{
                "id": 0,
                "channel_id": channel.id,
                "topic": "ai",
                "schedule": Schedule(),
                "created_at": NOW,
                **values,
            }
        )
        async with self.store.write() as tx:
            return await subscriptions.add(tx, subscription, config_key)

    async def operation(self, channel: Channel, intent: str = "", **values: Any) -> int:
        draft = draft_of(channel, intent or f"digest:{self.next('operation')}", **values)
        async with self.store.write() as tx:
            operation_id = await outbox.queue(tx, draft, "instance", NOW)
        assert operation_id is not None
        return operation_id


@pytest.fixture
def world(store: Store) -> World:
    return World(store)
