"""The default summarizer: the best sentences of the sources, word for word. Needs no key and no network."""

from collections.abc import Sequence
from typing import NamedTuple

from bot.model import Entry, Length, Ranking, Summary
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.summarizing.extract import choose
from bot.pipeline.summarizing.headlines import headline_of, summarize_titles
from bot.pipeline.summarizing.units import units_of
from bot.ports import Summarizer, SummarizerOptions, SummaryTask
from bot.recent import Recent
from bot.threads import in_thread

METHOD = "extractive"


MOST = 300
"""Summaries that are kept: those of a digest are the same for most channels that have it at its minute."""


class Extractive:
    """Chooses whole sentences; their receipts are where they stand. Of what it has read a moment ago it need
    not choose again.
    """

    translates = False

    def __init__(self, most: int = MOST) -> None:
        self._summaries: Recent[_Read, Summary] = Recent(most)

    async def summarize(self, stories: Sequence[SummaryTask], server: int = 0) -> tuple[Summary, ...]:  # noqa: ARG002  it spends nothing
        """Return the summary of each story, in the leading entry's language: a choice of sentences cannot
        translate.
        """
        return tuple([await in_thread(self._summary, story) for story in stories])

    def _summary(self, story: SummaryTask) -> Summary:
        ranking = story.ranking
        ids = tuple(entry.id for entry in ranking.story.entries)
        own_aside = ranking.aside.intersection(ids)
        read = _Read(ranking.lead, ranking.story.entries, ranking.fresh, ranking.update)
        key = (ranking.story.id, ids, own_aside, story.length)
        return self._summaries.get(key, read, lambda: summarize_extractively(story))


class _Read(NamedTuple):
    """What a summary rests on, beside what stands aside and its length."""

    lead: Entry
    entries: tuple[Entry, ...]
    fresh: tuple[Entry, ...]
    update: bool


def summarize_extractively(story: SummaryTask) -> Summary:
    """Return the summary of a story from the entries that share the leading entry's language."""
    lead = story.ranking.lead
    entries = _readable(story.ranking, lead)
    title = headline_of(lead)
    units = [unit for entry in entries for unit in units_of(entry)]
    sentences = choose(units, title, lead, story.length)
    if not sentences and story.length is not Length.HEADLINE:
        sentences = summarize_titles(lead, entries)
    return Summary(
        headline=title,
        lead=lead,
        sentences=tuple(sentences),
        language=lead.language,
        length=story.length,
        method=METHOD,
    )


def _readable(ranking: Ranking, lead: Entry) -> list[Entry]:
    """Return the entries to choose from: the lead first, then others in its language; of an update only what
    is new.
    """
    pool = ranking.fresh if ranking.update else tuple(without_reprints(ranking.story.entries))
    other_entries = [
        e for e in pool if e.language == lead.language and e.id != lead.id and e.id not in ranking.aside
    ]
    return [lead, *other_entries]


def create(options: SummarizerOptions) -> Summarizer:  # noqa: ARG001  every summarizer is made alike
    """Return the extractive summarizer."""
    return Extractive()
