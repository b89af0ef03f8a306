"""Summaries past the gate: a sentence that says more than its receipts is dropped and recorded, whoever wrote it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.jobs import Context
from bot.model import Channel, Ranking, Summary
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.rank import tells
from bot.pipeline.verification.check import check, source_of
from bot.ports import Summarizer, SummaryTask
from bot.threads import in_thread


async def summarized(
    ctx: Context, wanted: Sequence[SummaryTask], channel: Channel, summarizer: Summarizer | None = None
) -> tuple[Summary, ...]:
    """Return the summaries of stories, past the gate: a sentence that says more than its receipts is dropped and recorded.

    They are the instance's summarizer's, unless another is given.
    """
    led = [replace(one, ranking=_led_by_news(one.ranking, channel.reads, ctx.kinds)) for one in wanted]
    made = await (summarizer or ctx.summarizer).summarize(led, channel.server_id)
    return tuple(
        [await in_thread(_gated, ctx, one.ranking, summary) for one, summary in zip(led, made, strict=True)]
    )


def _gated(ctx: Context, ranked: Ranking, summary: Summary) -> Summary:
    by_id = {entry.id: entry for entry in ranked.story.entries}
    kept = []
    for sentence in summary.sentences:
        sources = [source_of(by_id[r.entry_id], r) for r in sentence.receipts]
        ruling = check(sentence.text, summary.language, sources)
        if ruling.ok:
            kept.append(sentence)
        else:
            ctx.log.warning(
                "sentence dropped", story=ranked.story.id, reason=ruling.reason, method=summary.method
            )
    return replace(summary, sentences=tuple(kept))


def _led_by_news(ranked: Ranking, languages: Sequence[str], kinds: Kinds) -> Ranking:
    """Let an update be led by what brings it: in the first of the languages that has one, the newest fresh entry whose title says what was decided, or that has something to tell."""
    if not ranked.update or not ranked.fresh:
        return ranked
    order = {language: place for place, language in enumerate(reversed(languages), start=1)}
    lead = max(
        ranked.fresh,
        key=lambda e: (
            order.get(e.language, 0),
            bool(kinds.decisions(e.title, e.language)),
            tells(e),
            e.published,
            -e.id,
        ),
    )
    return replace(ranked, lead=lead)
