"""Summaries past the gate: a sentence that says more than its receipts is dropped and recorded, whoever wrote
it.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.jobs import Context
from bot.model import Channel, Ranking, Summary
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.rank import tells
from bot.pipeline.verification.check import check, source_of
from bot.ports import Summarizer, SummaryTask
from bot.tally import Counted
from bot.threads import in_thread


async def summarize(
    ctx: Context, tasks: Sequence[SummaryTask], channel: Channel, summarizer: Summarizer | None = None
) -> tuple[Summary, ...]:
    """Return the summaries of stories, past the gate: a sentence that says more than its receipts is dropped
    and recorded.

    They are the instance's summarizer's, unless another is given.
    """
    led = [
        replace(task, ranking=_led_by_news(task.ranking, channel.languages_read, ctx.kinds)) for task in tasks
    ]
    summaries = await (summarizer or ctx.summarizer).summarize(led, channel.server_id)
    verified = [
        await in_thread(_verify, ctx, one.ranking, summary)
        for one, summary in zip(led, summaries, strict=True)
    ]
    for summary, kept in zip(summaries, verified, strict=True):
        ctx.tally.add(Counted.SUMMARIES, summary.method)
        ctx.tally.add(Counted.SENTENCES, "kept", len(kept.sentences))
        ctx.tally.add(Counted.SENTENCES, "dropped", len(summary.sentences) - len(kept.sentences))
    return tuple(verified)


def _verify(ctx: Context, ranking: Ranking, summary: Summary) -> Summary:
    by_id = {entry.id: entry for entry in ranking.story.entries}
    sentences = []
    for sentence in summary.sentences:
        sources = [source_of(by_id[r.entry_id], r) for r in sentence.receipts]
        ruling = check(sentence.text, summary.language, sources)
        if ruling.ok:
            sentences.append(sentence)
        else:
            ctx.log.warning(
                "sentence.dropped", story=ranking.story.id, reason=ruling.reason, method=summary.method
            )
    return replace(summary, sentences=tuple(sentences))


def _led_by_news(ranking: Ranking, languages: Sequence[str], kinds: Kinds) -> Ranking:
    """Let an update be led by what brings it: in the first of the languages that has one, the newest fresh
    entry whose title says what was decided, or that has something to tell.
    """
    if not ranking.update or not ranking.fresh:
        return ranking
    order = {language: place for place, language in enumerate(reversed(languages), start=1)}
    lead = max(
        ranking.fresh,
        key=lambda e: (
            order.get(e.language, 0),
            bool(kinds.decisions(e.title, e.language)),
            tells(e),
            e.published,
            -e.id,
        ),
    )
    return replace(ranking, lead=lead)
