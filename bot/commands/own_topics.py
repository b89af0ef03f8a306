"""The topics of a server's own, as commands find them: by name, in that server alone."""

import difflib
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.views import View, recent
from bot.jobs import Context
from bot.model import OwnTopic, Ranking
from bot.pipeline.filters.grammar import Filter, stored_filter
from bot.pipeline.filters.matching import filter_story
from bot.pipeline.selection.feed_rules import can_be_led
from bot.pipeline.selection.rank import rank, sort_by_score
from bot.store import own_topics
from bot.text.words import fold
from bot.threads import in_thread


async def own_topics_of(ctx: Context, view: View) -> list[OwnTopic]:
    """Return the topics that the server of a view has made for itself."""
    if not view.known:
        return []
    async with ctx.store.read() as tx:
        return await own_topics.of_server(tx, view.channel.server_id)


def own_topic_called(name: str, topics: Sequence[OwnTopic]) -> OwnTopic | None:
    """Return the topic of a name, None for none."""
    return next((topic for topic in topics if fold(topic.name) == fold(name.strip())), None)


def similar_own_topic(name: str, topics: Sequence[OwnTopic]) -> str:
    """Return the name of the topic that is most like a name, empty where none is near."""
    names = {fold(topic.name): topic.name for topic in topics}
    similar = difflib.get_close_matches(fold(name.strip()), names, n=1, cutoff=0.7)
    return names[similar[0]] if similar else ""


async def recent_on(ctx: Context, view: View, topic: OwnTopic, hours: float) -> list[Ranking]:
    """Return the stories of a view that changed within some hours and fit a topic of its server's own, best
    first, with the entries that do.
    """
    rankings = await recent(ctx, view, topic.within, hours)
    return await in_thread(_fitting, ctx, view, stored_filter(topic.terms), rankings)


def _fitting(ctx: Context, view: View, filter_: Filter, rankings: Sequence[Ranking]) -> list[Ranking]:
    matches = []
    for ranking in rankings:
        story, _ = filter_story(ranking.story, filter_, ctx.kinds)
        if story is None or not can_be_led(story):
            continue
        is_whole = len(story.entries) == len(ranking.story.entries)
        own_ranking = rank(story, ctx.clock(), view.channel.languages_read, ctx.kinds)
        matches.append(replace(ranking, story=story) if is_whole else own_ranking)
    return sort_by_score(matches)
