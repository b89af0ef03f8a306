"""News at once for thousands of channels: whom a change of a story can matter to is decided once, not by each
of them.

A subscription to news at once is due whenever any story has changed since it looked. Nearly always that story
is on none of its topics, or can break for nobody: then its cursor is moved, with all the others', by one
statement. Whoever a change may matter to looks for itself, as ever.
"""

from collections.abc import Iterable, Sequence

from bot.jobs import Context
from bot.model import Story
from bot.pipeline.selection.breaking import may_break
from bot.store import entries, posting_hold, stories, subscriptions
from bot.store.subscriptions import NewsMark

EVERY_TOPIC = "all"


class InstantWatch:
    """The asking of the line that publishes, with what it keeps in mind: the changes that were looked at, and
    the newest of them that may matter, by topic.

    What changed before it began it knows nothing of: cursors that stand before that are nobody's to move.
    """

    def __init__(self, ctx: Context, linking: Sequence[str]) -> None:
        self._ctx = ctx
        self._linking = linking
        self._first: int | None = None
        self._last = 0
        self._newest: dict[str, NewsMark] = {}

    async def due(self, limit: int) -> list[int]:
        """Return subscriptions with a slot that has come, or with changes that may matter to them."""
        async with self._ctx.store.read() as tx:
            if await posting_hold.held_since(tx):
                return []
        await self._pass_by()
        async with self._ctx.store.read() as tx:
            return await subscriptions.due(tx, self._ctx.clock(), limit, self._linking)

    async def _pass_by(self) -> None:
        """Move the cursors of those to whom nothing of what changed can matter."""
        now = self._ctx.clock()
        async with self._ctx.store.read() as tx:
            top = await stories.newest_change(tx)
            if self._first is None:
                self._first = self._last = top
            if top == self._last:
                return
            changed_stories = await stories.changed_anywhere(
                tx, self._last, top, now - self._ctx.policy.horizon
            )
            members = [entry.id for story in changed_stories for entry in story.entries]
            topics = await entries.topics_by_entry(tx, members)
        self._note(changed_stories, topics)
        self._last = top
        async with self._ctx.store.write(narrow=True) as tx:
            await subscriptions.pass_by(tx, now, self._linking, self._newest, self._first, top)

    def _note(self, changed_stories: Iterable[Story], topics: dict[int, set[str]]) -> None:
        """Keep in mind the newest changes on each topic, and of them those that may break."""
        for story in sorted(changed_stories, key=lambda story: story.change_no):
            number = story.change_no
            breaks = number if may_break(story.entries, self._ctx.kinds, self._ctx.clock()) else 0
            for topic in {EVERY_TOPIC}.union(*(topics.get(entry.id, set()) for entry in story.entries)):
                before = self._newest.get(topic, NewsMark(0, 0))
                self._newest[topic] = NewsMark(number, max(before.breaking_change_no, breaks))
