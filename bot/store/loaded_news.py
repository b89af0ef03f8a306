"""News that was loaded a moment ago, for all channels that see the same: two thousand have their digest at
one minute, most of them of one topic and the same feeds.

What is kept is given again only as long as nothing that is shown has changed in the database (`content`), so
that it cannot differ from what would be loaded.
"""

from collections import OrderedDict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from bot.model import RelatedStories, Story
from bot.store import content, entries, sagas, stories
from bot.store.database import Tx

MOST = 8
"""Views that are kept: a day of news of each is a few megabytes."""


@dataclass(frozen=True, slots=True)
class News:
    """Stories as a view sees them, in order of their ids; which of their entries are not on its topic, and
    which stories belong to one saga. The last two may tell of others, too; of stories that were loaded with
    no more than the opening of their texts, which are only listed, they tell nothing.
    """

    stories: Sequence[Story] = ()
    off_topic: Set[int] = frozenset()
    related: Sequence[RelatedStories] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    change_count: int
    after: int
    up_to: int
    since: datetime
    news: News

    def holds(self, change_count: int, after: int, up_to: int, since: datetime) -> bool:
        """Tell whether a part of a window is in this one, as it is now."""
        return (
            self.change_count == change_count
            and self.after <= after
            and self.up_to >= up_to
            and self.since <= since
        )


class LoadedNews:
    """Keeps what was loaded last for each view."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._by_view: OrderedDict[tuple[str, tuple[int, ...], int | None], _Loaded] = OrderedDict()

    async def changed(
        self,
        tx: Tx,
        *,
        after: int,
        up_to: int,
        since: datetime,
        topic: str,
        feed_ids: Sequence[int],
        opening: int | None = None,
    ) -> News:
        """Return the news of a view: its stories as `stories.changed_stories` returns them."""
        view = (topic, tuple(feed_ids), opening)
        change_count = await content.change_count(tx)
        loaded = self._by_view.get(view)
        if loaded is None or not loaded.holds(change_count, after, up_to, since):
            is_current = loaded is not None and loaded.change_count == change_count
            first = min(after, loaded.after) if loaded is not None and is_current else after
            news = await load(
                tx,
                after=first,
                up_to=up_to,
                since=since,
                topic=topic,
                feed_ids=feed_ids,
                opening=opening,
            )
            loaded = _Loaded(change_count=change_count, after=first, up_to=up_to, since=since, news=news)
            self._by_view[view] = loaded
            while len(self._by_view) > self._most:
                self._by_view.popitem(last=False)
        self._by_view.move_to_end(view)
        return _part(loaded.news, after, up_to, since)


async def load(
    tx: Tx,
    *,
    after: int,
    up_to: int,
    since: datetime,
    topic: str,
    feed_ids: Sequence[int],
    opening: int | None = None,
) -> News:
    """Return the news of a view as it stands in the database."""
    changed = await stories.changed_stories(tx, after, up_to, topic, feed_ids, since, opening)
    if not changed or opening is not None:
        return News(changed)
    members = [entry.id for story in changed for entry in story.entries]
    return News(
        stories=changed,
        off_topic=await entries.off_topic(tx, members, topic),
        related=await sagas.related_to(tx, [story.id for story in changed]),
    )


def _part(news: News, after: int, up_to: int, since: datetime) -> News:
    part = [story for story in news.stories if after < story.change_no <= up_to and story.changed_at >= since]
    return News(part, news.off_topic, news.related) if part else News()
