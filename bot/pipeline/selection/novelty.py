"""What a channel was told stays told: a known story returns only with something new, as an update, and no
other story retells it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from bot.model import Entry, Ranking, Reason, ReasonCode, ToldMark
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.summarizing.headlines import headline_of
from bot.pipeline.summarizing.units import unit_terms
from bot.text.numbers import Figure, figures, is_telling
from bot.text.words import words

PAUSE = timedelta(hours=20)
"""How long a told story rests before a figure alone brings it back: one update a day."""

ALIKE = 1.18
"""Two figures of one unit are the same in other words up to this ratio: a rounding, a conversion, a day's
growth.
"""

RETELLING = 0.8
"""The share of a headline's words from which something told before tells the same story."""

ALL_BUT_TOLD = 0.6
"""The share of a headline's words from which a story all but the same as a told one adds nothing by them."""

COLUMN = 0.5
"""The share of an opening's words that was told, up to which the same title stands above something else."""

FEWEST_TERMS = 3
STEM = 6
"""Letters of a word that are compared: acquires, acquired, acquisition."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """What memory says of a story: untold (no reason), an update with the entries that bring it, or a reason
    to skip it.
    """

    update: bool = False
    fresh: tuple[Entry, ...] = ()
    skip: Reason | None = None


def assess_novelty(ranking: Ranking, mark: ToldMark | None, kinds: Kinds, now: datetime) -> Novelty:
    """Compare a story with what its channel was told of it.

    New are, in an entry that is news or in an edit of a told one: a decision, denial or result that nothing
    told before has; and, a day after the last post about the story at the earliest, a figure other than all
    told ones by more than a rounding.
    """
    if mark is None:
        return Novelty()
    old = [e for e in ranking.story.entries if e.id in mark.entry_ids]
    fresh = tuple(e for e in ranking.story.entries if e.id not in mark.entry_ids)
    edited_entries = tuple(e for e in old if e.version > mark.versions.get(e.id, 1))
    if not fresh and not edited_entries:
        return Novelty(skip=Reason(ReasonCode.KNOWN))
    unchanged = [e for e in old if e not in edited_entries]
    independent = [e for e in without_reprints(ranking.story.entries) if e in fresh and kinds.is_news(e)]
    coming = (*edited_entries, *independent)
    news = tuple(e for e in coming if _new_decision(e, unchanged, mark.said, kinds))
    if not news:
        rested = now - mark.told_at >= PAUSE
        news = tuple(
            e for e in coming if (rested or e in edited_entries) and _new_figures(e, unchanged, mark.said)
        )
    return Novelty(update=True, fresh=news) if news else Novelty(skip=Reason(ReasonCode.NOTHING_NEW))


def adds_to_saga(ranking: Ranking, mark: ToldMark, kinds: Kinds) -> bool:
    """Tell whether an untold story brings anything to one that is all but the same and was told: other words
    in its headline or below the same one, a decision, or a figure in the opening of an entry that is news.
    """
    terms = _stems(headline_of(ranking.lead))
    if len(terms & _stems(mark.said)) < ALL_BUT_TOLD * len(terms) or _is_column(ranking.lead, mark.said):
        return True
    entries = [e for e in ranking.story.entries if e.id not in ranking.aside and kinds.is_news(e)]
    return any(_new_decision(e, (), mark.said, kinds) or _new_figures(e, (), mark.said) for e in entries)


@dataclass(frozen=True, slots=True)
class ToldLately:
    """What a channel was told of late, and the stems of all words in it."""

    marks: tuple[ToldMark, ...]
    stems: frozenset[str]

    @classmethod
    def of(cls, marks: Sequence[ToldMark]) -> "ToldLately":
        """Return some marks with the stems of what was said."""
        return cls(tuple(marks), frozenset().union(*(_stems(mark.said) for mark in marks)))


def is_retold(ranking: Ranking, memory: ToldLately, kinds: Kinds) -> bool:
    """Tell whether a channel was told an untold story already in other words, under another story: what its
    headline says, and decided nothing more.
    """
    headline = headline_of(ranking.lead)
    terms = _stems(headline)
    if len(terms) < FEWEST_TERMS or not _covers(memory.stems, terms):
        return False
    language = ranking.lead.language
    return any(
        mark.story_id != ranking.story.id
        and any(_covers(_stems(line), terms) for line in mark.said.split("\n"))
        and kinds.decisions(headline, language) <= kinds.decisions(mark.said, language)
        and not _is_column(ranking.lead, mark.said)
        for mark in memory.marks
    )


def _is_column(lead: Entry, said: str) -> bool:
    """Tell whether an entry has the title of one that was told, and tells something else below it: a column,
    or a changelog with one title for all.
    """
    if f"{lead.title}. " not in said:
        return False
    terms = _stems(lead.text.split("\n", 1)[0]) - _stems(lead.title)
    return len(terms) >= FEWEST_TERMS and len(terms & _stems(said)) < COLUMN * len(terms)


def _covers(told_terms: frozenset[str], terms: frozenset[str]) -> bool:
    return len(terms & told_terms) >= RETELLING * len(terms)


def says_no_more(headline: str, others: Sequence[str]) -> bool:
    """Tell whether one of some headlines of the same saga has every word of another one."""
    terms = _stems(headline)
    return any(terms <= _stems(other) for other in others)


@lru_cache(maxsize=1 << 13)
def _stems(text: str) -> frozenset[str]:
    return frozenset(term[:STEM] for term in unit_terms(words(text.lower())))


def opening(entry: Entry) -> str:
    """Return the part of an entry in which a new figure is news: its title and first paragraph."""
    return f"{entry.title}. {entry.text.split(chr(10), 1)[0]}"


def _new_decision(entry: Entry, old: Sequence[Entry], told_text: str, kinds: Kinds) -> bool:
    """Tell whether an entry's title says that something was decided which nothing told before says."""
    decisions = kinds.decisions(entry.title, entry.language)
    known_decisions = kinds.decisions(told_text, entry.language).union(
        *(kinds.decisions(opening(e), e.language) for e in old)
    )
    return bool(decisions - known_decisions)


def _new_figures(entry: Entry, old: Sequence[Entry], told_text: str) -> bool:
    """Tell whether an entry's opening has a figure that nothing told before has."""
    known_figures: list[Figure] = [f for e in old for f in figures(f"{e.title}\n{e.text}", e.language)]
    known_figures += figures(told_text, entry.language)
    new_figures = [figure for figure in figures(opening(entry), entry.language) if is_telling(figure)]
    return any(not any(_alike(f, k) for k in known_figures) for f in new_figures)


def _alike(a: Figure, b: Figure) -> bool:
    if a.unit and b.unit and a.unit != b.unit:
        return False
    low, high = sorted((abs(a.value), abs(b.value)))
    return high <= ALIKE * low
