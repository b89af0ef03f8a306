"""Whether an entry passes a filter, and which term decided."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from bot.model import Entry, Reason, ReasonCode, Story
from bot.pipeline.filters.grammar import Field, Filter, FilterTerm, Form, Sign
from bot.pipeline.filters.patterns import fits
from bot.pipeline.relevance.kinds import Kinds
from bot.pipeline.selection.feed_rules import set_aside
from bot.text.search_words import Phrase, search_words
from bot.text.words import fold

OPENING = 4_000
"""Characters of a text that are read."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an entry passes, whether it may lead a story, and the term that decided; none where no term had
    to.
    """

    passes: bool
    term: str = ""
    leads: bool = True
    is_off_topic: bool = False
    """Whether it is the terms of a topic of the server's own that it does not fit."""

    @property
    def reason(self) -> Reason:
        """Why a story is left out whose entries were all decided like this."""
        if self.is_off_topic:
            return Reason(ReasonCode.OFF_TOPIC, {"term": self.term})
        if self.passes and not self.leads:
            return Reason(ReasonCode.NEVER_LEADS, {"term": self.term})
        code = ReasonCode.EXCLUDED if self.term.startswith(Sign.NOT) else ReasonCode.NOT_ASKED_FOR
        return Reason(code, {"term": self.term})


@dataclass(frozen=True, slots=True)
class _Surface:
    """An entry as terms look at it: its words between blanks, and what knows its kind."""

    entry: Entry
    words: str
    kinds: Kinds


def decide(entry: Entry, filter_: Filter, kinds: Kinds) -> Decision:
    """Return whether an entry passes a filter, and may lead. What must not be there decides first, then what
    must, then whether one of the others is.
    """
    if filter_.topic is not None:
        on_topic = decide(entry, filter_.topic, kinds)
        if not on_topic.passes:
            return replace(on_topic, is_off_topic=True)
    if not filter_.terms:
        return Decision(passes=True)
    surface = _look(entry, kinds)
    fitting = [term for term in filter_.terms if _fits(term, surface)]
    bans = [term for term in fitting if term.sign is Sign.NOT]
    veto = next((term for term in bans if term.field is not Field.LEADS), None)
    if veto is not None:
        return Decision(passes=False, term=str(veto))
    missing = next((t for t in filter_.terms if t.sign is Sign.MUST and t not in fitting), None)
    if missing is not None:
        return Decision(passes=False, term=str(missing))
    for field in Field:
        alternatives = [t for t in filter_.terms if t.field is field and t.sign is Sign.ANY]
        if alternatives and not any(term in fitting for term in alternatives):
            return Decision(passes=False, term=" ".join(map(str, alternatives)))
    if bans:
        return Decision(passes=True, term=str(bans[0]), leads=False)
    deciding = next((term for term in fitting if term.sign is not Sign.NOT), None)
    return Decision(passes=True, term=str(deciding) if deciding else "")


def filter_story(
    story: Story, filter_: Filter, kinds: Kinds, off_topic: Set[int] = frozenset()
) -> tuple[Story | None, Decision]:
    """Return a story with those of its entries that pass, None where none on the topic does, and what decided
    about the first of them: of several that pass, about one that may lead.
    """
    if not filter_.terms and filter_.topic is None:
        return story, Decision(passes=True)
    decisions = [(entry, decide(entry, filter_, kinds)) for entry in story.entries]
    on_topic = [decision for entry, decision in decisions if entry.id not in off_topic]
    passing = sorted((decision for decision in on_topic if decision.passes), key=lambda d: not d.leads)
    if not passing:
        return None, next(iter(on_topic), Decision(passes=False))
    entries = tuple(entry for entry, decision in decisions if decision.passes)
    source_ids = {entry.id for entry, decision in decisions if not decision.leads}
    return set_aside(replace(story, entries=entries), source_ids), passing[0]


def keep_passing(story: Story, filters: Sequence[Filter], kinds: Kinds) -> Story:
    """Return a story with the entries that pass any filter of a channel's subscriptions, for what is told of
    it again there; whole where there is none, and where none passes: it was told by filters of before.
    """
    decisions = [(entry, [decide(entry, one, kinds) for one in filters]) for entry in story.entries]
    passing = tuple(entry for entry, judgements in decisions if any(one.passes for one in judgements))
    if not passing:
        return story
    leader_ids = {
        entry.id for entry, judgements in decisions if any(one.passes and one.leads for one in judgements)
    }
    own_story = replace(story, entries=passing)
    other_ids = {entry.id for entry in passing} - leader_ids
    return set_aside(own_story, other_ids) if leader_ids else own_story


def _look(entry: Entry, kinds: Kinds) -> _Surface:
    title, body = search_words(entry.title), search_words(entry.text[:OPENING])
    return _Surface(entry, f" {' '.join(title)} \n {' '.join(body)} ", kinds)


def _fits(term: FilterTerm, surface: _Surface) -> bool:
    if term.form is Form.PATTERN:
        return fits(term.text, surface.entry.title, surface.entry.text[:OPENING])
    match term.field:
        case Field.OUTLET | Field.LEADS:
            return fold(term.text) in fold(surface.entry.outlet)
        case Field.LANGUAGE:
            return surface.entry.language == term.text
        case Field.KIND:
            kind = surface.kinds.of(surface.entry)
            return kind is not None and kind.name == term.text
        case Field.POINTS:
            return surface.entry.points is None or surface.entry.points >= int(term.text)
        case _:
            return _has(surface.words, term.phrase)


def _has(words: str, phrase: Phrase) -> bool:
    ending = "" if phrase.open else " "
    return f" {' '.join(phrase.words)}{ending}" in words


def names_of_kinds(kinds: Kinds) -> Sequence[str]:
    """Return the kinds of news that a filter can name."""
    return tuple(kind.name for kind in kinds.news_kinds)
