"""What comes first: the order of stories in a view, with what made it, and the entry that leads each of them.

    score = (Σ outlet weights)^0.8 · 2^(-age / 72 h) · 2^(-age of its start / 48 h) · first-party
            · kind of news · (worth / 0.4)^1.25 · picked · text

Worth is how likely an editor would tell it, by the signs of its entries (`kinds.py`): the mean of the best
one's and of all. A story is picked if an overview that editors keep links to it.

Worth, age and picks order stories and are no part of the weight that bars look at: those count how widely a
story is told. Breadth counts each outlet once and a reprint not at all; the exponent keeps a story with many
sources from burying everything else. The other constants were chosen by hand on eleven days that an editor
marked, where a logistic regression pointed that had been tried on days it had not seen: fitted to ten of them
at a time it asks for more worth and less of what a bare title loses, and tells two musts more of the days
left out.
"""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.model import FIRST_PARTY_KINDS, Entry, Factor, FactorCode, Ranking, Story, TextKind, Wall
from bot.pipeline.entries.reprints import without_reprints
from bot.pipeline.relevance.kinds import TYPICAL, Kinds, NewsKind
from bot.pipeline.selection.subject import begin_with_subject
from bot.pipeline.summarizing.extract import offers_sentence
from bot.pipeline.summarizing.headlines import headline_of, is_name, summarize_titles
from bot.pipeline.summarizing.voice import speaks_for_itself
from bot.text.words import size

HALF_LIFE = timedelta(hours=72)
START_HALF_LIFE = timedelta(hours=48)
OLDEST_START = timedelta(hours=96)
"""The age from which a story's first report makes it no older: what goes on is told by what is new in it."""

BREADTH = 0.8
FIRST_PARTY = 1.3
WORTH_POWER = 1.25
BARE, TITLED = 0.4, 0.85
"""What a story loses that has nothing to tell beyond its headline, and one of which only titles tell more."""

UNREPORTED = 0.6
"""What a story loses that only communities link to: whoever wrote it, no newsroom has told it yet."""

PAGES = 0.5
"""What a story loses of which no entry is news."""

PICKED = 1.7
"""What a story gains that an overview of the day links to: its editors chose it among hundreds."""

AS_WORTHY = 0.85
"""The share of the best entry's worth from which another one may lead: on eleven days this gave five of fifty
headlines that say what happened in place of ones that muse on it, and cost nothing else.
"""

COMMUNITY, OVERVIEW = "community", "aggregator"
SECOND_HAND_KINDS = frozenset({"newsletter", COMMUNITY, OVERVIEW})
LARGE = 4
"""Outlets from which a story is large: it stands in a digest wherever it belongs."""

FEW, SLIGHT = 2, 0.9
"""Outlets of a story that hardly anybody tells, and the share of an ordinary story's worth below which it is
slight: chosen by eye on eleven days that an editor marked.
"""

SOME_WORDS = 12
"""An entry with fewer words than these has nothing to tell beyond its title."""

FULL = 80
"""An article of this many words is more than a teaser."""


class Rank(Protocol):
    """Ranks one story of a view."""

    def __call__(
        self,
        story: Story,
        now: datetime,
        languages: Sequence[str],
        kinds: Kinds,
        off_topic: Set[int] = frozenset(),
    ) -> Ranking:
        """Return the story with its score, factors and leading entry."""
        ...


def rank(
    story: Story,
    now: datetime,
    languages: Sequence[str],
    kinds: Kinds,
    off_topic: Set[int] = frozenset(),
) -> Ranking:
    """Return a story of a view with its score, factors and leading entry; `languages` are those that its
    readers read, the first first.

    Entries that are `off_topic`, by id, and those of feeds that do not lead count among those that tell the
    story and neither lead it nor are told from.
    """
    aside = find_aside(story, off_topic)
    return rank_by_merits(story, assess_merits(story.entries, languages, kinds, aside), now, aside)


def find_aside(story: Story, off_topic: Set[int]) -> frozenset[int]:
    """Return the ids of the entries of a story that neither lead nor are told from."""
    followers = {entry.id for entry in story.entries if not entry.leads}
    return frozenset(off_topic) | followers if followers else frozenset(off_topic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merits:
    """What the score of a story is made from beside the time: it stays as long as its entries do."""

    lead: Entry
    outlets: int
    began_at: datetime
    newest_at: datetime
    breadth: float
    first_hand: float
    kind: NewsKind | None
    kind_factor: float
    worth: float
    picked: float
    page: float
    report_factor: float
    bare: float
    is_news: bool


def assess_merits(
    entries: Sequence[Entry], languages: Sequence[str], kinds: Kinds, aside: Set[int]
) -> Merits:
    """Return what the score of a story with some entries is made from; those that stand `aside` only count
    among its outlets.
    """
    originals = without_reprints(entries)
    weights = _outlet_weights(originals)
    on_topic = (
        [e for e in originals if e.id not in aside] or [e for e in entries if e.id not in aside] or originals
    )
    news = [e for e in on_topic if kinds.is_news(e)]
    lead = leading(on_topic, languages, kinds)
    kind = kinds.of(lead)
    return Merits(
        lead=lead,
        outlets=len(weights),
        began_at=originals[0].published,
        newest_at=max(entry.published for entry in entries),
        breadth=float(sum(weights.values()) ** BREADTH),
        first_hand=FIRST_PARTY if any(e.kind in FIRST_PARTY_KINDS for e in news) else 1.0,
        kind=kind,
        kind_factor=kind.factor if kind and not (news and not kind.news) else 1.0,
        worth=_worth(news or on_topic, kinds),
        picked=PICKED if any(e.kind == OVERVIEW for e in on_topic) else 1.0,
        page=1.0 if news else PAGES,
        report_factor=UNREPORTED if all(e.kind == COMMUNITY for e in on_topic) else 1.0,
        bare=_told_from(lead, on_topic),
        is_news=kinds.is_news(lead),
    )


def highest_weight(story: Story, kinds: Kinds) -> float:
    """Return what a story cannot outweigh, by its outlets alone: most stay below a bar without being read."""
    breadth = float(sum(_outlet_weights(story.entries).values()) ** BREADTH)
    first = FIRST_PARTY if any(entry.kind in FIRST_PARTY_KINDS for entry in story.entries) else 1.0
    return breadth * first * max((1.0, *(kind.factor for kind in kinds.news_kinds)))


def rank_by_merits(story: Story, merits: Merits, now: datetime, aside: Set[int]) -> Ranking:
    """Return a story with its score at a moment, by what was measured of it."""
    age = max(now - merits.newest_at, timedelta())
    age_at_start = min(max(now - merits.began_at, timedelta()), OLDEST_START)
    freshness = float(0.5 ** (age / HALF_LIFE + age_at_start / START_HALF_LIFE))
    first, factor, page, bare = merits.first_hand, merits.kind_factor, merits.page, merits.bare
    likely = (merits.worth / TYPICAL) ** WORTH_POWER
    picked, report_factor = merits.picked, merits.report_factor
    factors = (
        Factor(FactorCode.OUTLETS, merits.breadth, merits.outlets),
        Factor(FactorCode.AGE, freshness, age / timedelta(hours=1)),
        *((Factor(FactorCode.FIRST_HAND, first),) if first > 1 else ()),
        *((Factor(FactorCode.KIND, factor, merits.kind.name),) if merits.kind else ()),
        *((Factor(FactorCode.WORTH, likely, merits.worth),) if abs(likely - 1) >= 0.005 else ()),
        *((Factor(FactorCode.PICKED, picked),) if picked > 1 else ()),
        *((Factor(FactorCode.NO_NEWS, page),) if page < 1 else ()),
        *((Factor(FactorCode.COMMUNITIES, report_factor),) if report_factor < 1 else ()),
        *((Factor(FactorCode.BARE, bare),) if bare < 1 else ()),
    )
    weight = merits.breadth * first * factor * page * bare
    return Ranking(
        story=story,
        score=weight * freshness * likely * picked * report_factor,
        factors=factors,
        lead=merits.lead,
        outlets=merits.outlets,
        weight=weight,
        aside=frozenset(aside),
        is_news=merits.is_news,
        worth=merits.worth,
    )


def is_about(story: Story, off_topic: Set[int]) -> bool:
    """Tell whether a story is on a topic: most of its weight is, each outlet counted once on either side."""
    if off_topic.isdisjoint(entry.id for entry in story.entries):
        return bool(story.entries)
    on = _outlet_weights([e for e in story.entries if e.id not in off_topic])
    off = _outlet_weights([e for e in story.entries if e.id in off_topic and e.outlet not in on])
    return sum(on.values()) >= sum(off.values()) and bool(on)


def _outlet_weights(entries: Sequence[Entry]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for entry in entries:
        weights[entry.outlet] = max(weights.get(entry.outlet, 0.0), entry.weight)
    return weights


def _told_from(lead: Entry, entries: Sequence[Entry]) -> float:
    """Return what a story loses by what there is to tell of it in its headline's language: texts, titles, or
    nothing beyond its headline.
    """
    readable = [entry for entry in entries if entry.language == lead.language]
    if any(tells(entry) and _can_be_told(entry, lead) for entry in readable):
        return 1.0
    return TITLED if summarize_titles(lead, readable) else BARE


def _can_be_told(entry: Entry, lead: Entry) -> bool:
    """Tell whether an entry has a sentence to tell below the headline of another: an outlet's whole article
    has one, and need not be read for that.
    """
    is_report = size(entry.text) >= FULL and entry.kind not in FIRST_PARTY_KINDS | SECOND_HAND_KINDS
    return is_report or offers_sentence(entry, headline_of(lead))


def _worth(entries: Sequence[Entry], kinds: Kinds) -> float:
    """Return how likely an editor would tell a story: the mean of its worthiest entry's chance and of all
    entries'.
    """
    worths = [kinds.worth_of(entry) for entry in entries]
    return (max(worths) + sum(worths) / len(worths)) / 2


def leading(entries: Sequence[Entry], languages: Sequence[str], kinds: Kinds) -> Entry:
    """Return the entry that leads: in a language of the channel, news before other pages, in the first
    language, a sentence before a mere name, forums last, what most outlets tell of before what one makes of
    it, first-party or reporting before commentary, as worthy as most, whole text before teaser, no paywall
    before one, early before late.
    """
    best = max(map(kinds.worth_of, entries))
    on_subject = begin_with_subject(entries)
    return min(entries, key=lambda entry: _lead_order(entry, languages, kinds, best, on_subject))


def _lead_order(
    entry: Entry, languages: Sequence[str], kinds: Kinds, best: float, on_subject: Set[int]
) -> tuple[Any, ...]:
    return (
        entry.language not in languages,
        not kinds.is_news(entry),
        languages.index(entry.language) if entry.language in languages else len(languages),
        not speaks_for_itself(entry.title, entry.language),
        is_name(headline_of(entry), entry.language),
        entry.kind == COMMUNITY,
        entry.id not in on_subject,
        entry.kind in SECOND_HAND_KINDS,
        kinds.worth_of(entry) < AS_WORTHY * best,
        entry.text_kind is TextKind.TEASER or size(entry.text) < FULL,
        entry.wall is not Wall.NONE,
        entry.kind not in FIRST_PARTY_KINDS,
        entry.published,
        entry.id,
    )


def sort_by_score(rankings: Sequence[Ranking]) -> list[Ranking]:
    """Return stories best first, equal scores older first. That a story has nothing to tell beyond a title
    has lowered its score, no more.
    """
    return sorted(rankings, key=lambda r: (-r.score, r.story.id))


def is_bare(ranking: Ranking) -> bool:
    """Tell whether there is nothing to tell of a story beyond its headline, and it is neither large nor a
    release, an incident or a policy told at first hand.
    """
    factors = {factor.code: factor.factor for factor in ranking.factors}
    tells_first_hand = FactorCode.FIRST_HAND in factors and factors.get(FactorCode.KIND, 1.0) > 1
    return factors.get(FactorCode.BARE, 1.0) <= BARE and ranking.outlets < LARGE and not tells_first_hand


def is_slight(ranking: Ranking) -> bool:
    """Tell whether hardly anybody tells a story: one or two outlets, no overview that editors keep, and it is
    less likely than an ordinary one that an editor would.
    """
    is_picked = any(factor.code is FactorCode.PICKED for factor in ranking.factors)
    return ranking.outlets <= FEW and not is_picked and ranking.worth < SLIGHT * TYPICAL


def tells(entry: Entry) -> bool:
    """Tell whether an entry has a whole sentence to tell: neither a bare title nor one teaser that breaks
    off.
    """
    word_count = size(entry.text)
    is_broken_off = word_count < FULL and entry.text.rstrip().endswith(("…", "...", "[…]"))
    return word_count >= SOME_WORDS and not is_broken_off


def language_of_news(ranking: Ranking) -> str:
    """Return the language in which a story, or what is new of it, is told by most."""
    news = ranking.fresh if ranking.update else ranking.story.entries
    counts = Counter(entry.language for entry in news)
    return max(
        counts, key=lambda code: (counts[code], code == ranking.lead.language), default=ranking.lead.language
    )


def is_readable(ranking: Ranking, languages: Sequence[str]) -> bool:
    """Tell whether a story, or what is new of it, is told by an entry in one of some languages; one of an
    unknown language counts.
    """
    news = ranking.fresh if ranking.update else ranking.story.entries
    return any(entry.language in languages or not entry.language for entry in news)
