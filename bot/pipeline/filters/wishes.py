"""A wish in plain words (“no funding rounds, only open-weight models, mornings”) becomes rules: topics, terms
of a filter, times, a bar, a number of stories.

Nothing is guessed: what is not understood, or could mean two things, is named word for word and makes no
rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.errors import CallError
from bot.lexicon import lexicon_of
from bot.model import Bar, Schedule
from bot.pipeline.filters.grammar import Field, Filter, FilterTerm, Form, Sign
from bot.pipeline.filters.wish_denials import leave_denials_unread, names_addition
from bot.pipeline.filters.wish_doubts import leave_doubts_unread
from bot.pipeline.filters.wish_mentions import (
    BEFORE,
    CONTENT,
    EVERYTHING_ON,
    JOINTS,
    MARKERS,
    SETTINGS,
    TRAILING_MODES,
    Element,
    Mention,
    Mode,
    end_of,
)
from bot.pipeline.timing.slots import parse_schedule
from bot.pipeline.timing.zones import take_zone
from bot.text.wish_words import WEAK, Names, Part, Role, is_number, read_parts
from bot.text.words import fold, one_line

WISH_MAX = 300
"""Characters of a wish that are read."""

USUAL_TIME = "08:00"
SHORT_WORD = 3
"""Letters up to which the name of a subject would find too many longer words: art, artificial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a wish asks for, of how many words it is, and those that were not understood. One that
    `lacks_time` names days alone, and its schedule has the usual time; one that `adds_time` keeps the times
    that there are.
    """

    topics: tuple[str, ...] = ()
    filter: Filter = field(default_factory=Filter)
    schedule: Schedule | None = None
    zone: str = ""
    bar: Bar | None = None
    size: int | None = None
    unread: tuple[str, ...] = ()
    words: int = 0
    language: str = ""
    lacks_time: bool = False
    adds_time: bool = False

    @property
    def has_rules(self) -> bool:
        """Tell whether anything was understood."""
        return bool(self.filter.terms or self.zone or self.names_something)

    @property
    def names_something(self) -> bool:
        """Tell whether anything in it is known by name: words alone may be plain talk."""
        is_named = any(term.field is not Field.WORDS for term in self.filter.terms)
        return bool(is_named or self.topics or self.schedule or self.bar or self.size)


def read_wish(text: str, languages: Sequence[str], names: Names) -> Wish:
    """Return the rules of a wish, in the language in which most of its words are known; of several in the one
    in which more of them ask or deny (`no` says nothing in Portuguese), then in which more is clear.
    """
    line = one_line(text[:WISH_MAX])
    readings = [_read(line, language, names) for language in languages]
    return max(readings, key=lambda reading: reading[0])[1]


def _read(line: str, language: str, names: Names) -> tuple[tuple[int, int, int], Wish]:
    """Return the rules of a wish as one in a language, and how well that fits: the words it knows."""
    parts = [_classify(part, language) for part in read_parts(line, language, names)]
    parts = _join_words(line, parts)
    unknown_count = sum(part.tokens for part in parts if part.role is Role.WORD)
    known_count = sum(part.tokens for part in parts) - unknown_count
    markers = sum(part.role in MARKERS for part in parts)
    parts = leave_denials_unread(parts, language)
    reader = _Reader(line, language)
    reader.collect(parts)
    wish = reader.rules()
    wish = replace(wish, adds_time=wish.schedule is not None and names_addition(parts, language))
    return (known_count - unknown_count, markers, -len(wish.unread)), wish


def _classify(part: Part, language: str) -> Part:
    """Return a word that says nothing by itself as one that does not, and a word that denies as one that says
    something which no rule can.
    """
    if part.role is not Role.WORD:
        return part
    words, word = lexicon_of(language).words, fold(part.text)
    role = Role.VAGUE if word in words.negations else Role.FILLER if word in words.stopwords else part.role
    return Part(role=role, text=part.text, start=part.start)


def _join_words(line: str, parts: Sequence[Part]) -> list[Part]:
    """Return parts in which words that stand beside each other are one."""
    chunks: list[Part] = []
    for part in parts:
        last = chunks[-1] if chunks else None
        if last and last.role is part.role is Role.WORD and not line[end_of(last) : part.start].strip(" -'’"):
            text = line[last.start : end_of(part)]
            chunks[-1] = Part(role=Role.WORD, text=text, start=last.start, tokens=last.tokens + part.tokens)
        else:
            chunks.append(part)
    return chunks


class _Reader:
    """Reads the parts of a wish from left to right, then says what they come to."""

    def __init__(self, line: str, language: str) -> None:
        self._line = line
        self._language = language
        self._mode = Mode.BARE
        self._list_number = 0
        self._elements = [Element(Role.STOP, 0)]
        self._unread: list[Part] = []
        self._marker: Part | None = None
        self._origin: Part | None = None
        self._is_spoken = False
        self._weekly: Part | None = None
        self._previous: Part | None = None

    @property
    def _element(self) -> Element:
        return self._elements[-1]

    def collect(self, parts: Sequence[Part]) -> None:
        """Take note of everything that a wish names, and of how it is meant."""
        for number, part in enumerate(parts):
            behind = _is_last_of_element(parts, number) and bool(self._element.mentions)
            self._take(part, is_behind=behind)
            if part.role not in {Role.FILLER, Role.REQUEST}:
                self._previous = part
        self._note_dangling()

    def _take(self, part: Part, *, is_behind: bool) -> None:
        if part.role in JOINTS:
            self._begin_element(part)
        elif part.role in MARKERS:
            self._take_marker(part, is_behind=is_behind)
        elif part.role is Role.WORD and is_number(part.text, self._language):
            self._note_unread(part)
        elif part.role in CONTENT | SETTINGS:
            self._name(part)
        else:
            self._take_hint(part)

    def _take_marker(self, part: Part, *, is_behind: bool) -> None:
        """Let what follows, or what stands before, be meant in a way."""
        match part.role:
            case Role.REFUSAL:
                self._mark(Mode.REFUSAL, part, is_behind=is_behind and self._mode is not Mode.REFUSAL)
            case Role.RESTRICTION:
                self._mark(Mode.RESTRICTION, part, is_behind=is_behind)
            case Role.INTRODUCTION:
                self._origin = None
                self._mode = Mode.INTRODUCTION if self._mode is Mode.BARE else self._mode
            case _:
                self._turn(TRAILING_MODES[part.role], part)

    def _take_hint(self, part: Part) -> None:
        """Take note of what says something of the names around it, or nothing."""
        match part.role:
            case Role.FROM:
                self._origin = part
            case Role.LANGUAGE_PREFIX:
                self._is_spoken = True
            case Role.VAGUE:
                self._note_vague(part)
            case Role.WEEKLY:
                self._weekly = part
            case Role.NEWS:
                self._note_news()
            case Role.REQUEST:
                self._end_refusal()
            case _:
                pass

    def _end_refusal(self) -> None:
        """Let what follows a comma be wanted where it begins with a request: `no ads, give me papers`."""
        if self._mode is Mode.REFUSAL and self._previous and self._previous.role in JOINTS:
            self._mode, self._list_number, self._marker = Mode.BARE, self._list_number + 1, None
            self._elements.append(Element(Role.STOP, self._list_number))

    def _note_vague(self, part: Part) -> None:
        """Note what no rule can say: what stands beside it may mean something else."""
        self._element.has_vague = True
        self._note_unread(part)

    def _note_unread(self, part: Part) -> None:
        """Note what is in no rule, with what denies it."""
        if self._marker and self._mode is Mode.REFUSAL and self._previous is self._marker:
            self._unread.append(self._marker)
        self._unread.append(part)

    def _note_dangling(self) -> None:
        """Note what denies nothing, neither before nor behind it."""
        if self._marker and self._mode is Mode.REFUSAL and self._previous is self._marker:
            self._unread.append(self._marker)

    def _begin_element(self, part: Part) -> None:
        self._note_dangling()
        self._origin = self._origin if part.role is Role.AND else None
        self._is_spoken = self._is_spoken and part.role is Role.AND
        if part.role is Role.STOP:
            self._mode, self._list_number, self._marker = Mode.BARE, self._list_number + 1, None
        self._elements.append(Element(part.role, self._list_number))

    def _mark(self, mode: Mode, part: Part, *, is_behind: bool) -> None:
        """Let what follows be meant in a way; what stands before it, where nothing follows."""
        if is_behind:
            self._turn(mode, part)
            return
        if self._mode is Mode.REFUSAL and self._previous is self._marker and mode is Mode.RESTRICTION:
            self._note_vague(part)
            return
        self._mode, self._marker, self._list_number = mode, part, self._list_number + 1
        self._elements.append(Element(Role.STOP, self._list_number))
        self._origin, self._is_spoken = None, False

    def _turn(self, mode: Mode, part: Part) -> None:
        """Let what was named before, up to the last comma, be meant in a way."""
        run = [self._element]
        for element in reversed(self._elements[:-1]):
            is_joined = run[-1].joint is Role.AND or (
                mode is Mode.RESTRICTION and run[-1].joint is Role.COMMA
            )
            if not is_joined or element.list_number != run[-1].list_number:
                break
            run.append(element)
        content = [
            mention
            for element in run
            for mention in element.mentions
            if mention.mode in {Mode.BARE, Mode.INTRODUCTION} and mention.part.role in CONTENT
        ]
        if not content and mode is Mode.REFUSAL:
            self._unread.append(part)
        for mention in content:
            mention.mode = mode
        if mode is Mode.REFUSAL or self._mode is not Mode.REFUSAL:
            self._mode = Mode.BARE

    def _note_news(self) -> None:
        if self._element.mentions and self._previous is self._element.mentions[-1].part:
            self._element.mentions[-1].is_news = True

    def _name(self, part: Part) -> None:
        last = self._element.mentions[-1] if self._element.mentions else None
        if last and self._is_one_phrase(last, part):
            text = self._line[last.part.start : end_of(part)]
            last.part = Part(role=Role.WORD, text=text, start=last.part.start)
            self._previous = last.part
            return
        is_outlet = part.role is Role.OUTLET
        self._element.mentions.append(
            Mention(
                part=part,
                mode=self._mode,
                element=self._element,
                is_from=self._origin is not None and (is_outlet or self._origin.value != WEAK),
                is_right_from=self._origin is not None
                and self._line[end_of(self._origin) : part.start].isspace(),
                is_spoken=self._is_spoken or lexicon_of(self._language).writing.unspaced,
                marker=self._marker if self._previous is self._marker else None,
            )
        )

    def _is_one_phrase(self, last: Mention, part: Part) -> bool:
        """Tell whether a word and the name of a subject right beside it are one: `voice cloning`; `stock
        market` where it is not wanted.
        """
        if self._line[end_of(last.part) : part.start] != " " or last.mode is Mode.BARE:
            return False
        if last.part.role is Role.WORD:
            is_topic = part.role is Role.SUBJECT and part.tokens == 1 and not part.kind
            return is_topic and last.mode is Mode.REFUSAL
        is_subject = last.part.role is Role.SUBJECT and last.part.tokens == 1
        is_narrow = last.part.topic != EVERYTHING_ON or last.mode is Mode.REFUSAL
        return is_subject and is_narrow and part.role is Role.WORD

    def rules(self) -> Wish:
        """Return what everything comes to."""
        leave_doubts_unread(self._elements)
        mentions = [mention for element in self._elements for mention in element.mentions]
        terms = [
            term for mention in mentions if mention.is_read and (term := self._term(mention)) is not None
        ]
        topics = self._topics(mentions)
        schedule, zone, lacks_time = self._schedule(mentions)
        bar, size = self._single_value(mentions, Role.BAR), self._single_value(mentions, Role.COUNT)
        filter_ = Filter(tuple(dict.fromkeys(terms)))
        if self._weekly and (schedule is None or len(schedule.days) != 1):
            self._unread.append(self._weekly)
        return Wish(
            topics=topics,
            filter=filter_,
            schedule=schedule,
            zone=zone,
            bar=Bar(bar) if bar else None,
            size=int(size) if size else None,
            unread=self._not_read(mentions),
            words=len(self._line.split()),
            language=self._language,
            lacks_time=lacks_time,
        )

    def _term(self, mention: Mention) -> FilterTerm | None:
        """Return the term that something named comes to, None for what is no term."""
        part, sign = mention.part, Sign.NOT if mention.mode is Mode.REFUSAL else Sign.ANY
        match part.role:
            case Role.OUTLET:
                return FilterTerm(sign, Field.OUTLET, part.value)
            case Role.LANGUAGE:
                return FilterTerm(sign, Field.LANGUAGE, part.value)
            case Role.SUBJECT if sign is Sign.NOT:
                return self._refused_subject(part)
            case Role.SUBJECT if not part.topic:
                return FilterTerm(sign, Field.KIND, part.kind)
            case Role.QUOTATION | Role.WORD:
                text = one_line(part.value or part.text)
                is_exact = part.role is Role.QUOTATION or len(text.split()) > 1
                return FilterTerm(sign, Field.WORDS, text, Form.PHRASE if is_exact else Form.WORD)
            case _:
                return None

    def _refused_subject(self, part: Part) -> FilterTerm:
        if part.kind:
            return FilterTerm(Sign.NOT, Field.KIND, part.kind)
        words = one_line(part.text)
        stem = lexicon_of(self._language).wishes.stems.get(part.topic, "") if part.tokens == 1 else ""
        word = stem if stem and fold(words).startswith(fold(stem)) else words
        is_exact = len(word.split()) > 1 or len(word) <= SHORT_WORD
        return FilterTerm(Sign.NOT, Field.WORDS, word, Form.PHRASE if is_exact else Form.WORD)

    def _topics(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """Return the topics that are wanted; the one that all lie within only where no other is."""
        asked_for = [
            mention
            for mention in mentions
            if mention.is_read and mention.part.topic and mention.mode is not Mode.REFUSAL
        ]
        narrower = [mention.part.topic for mention in asked_for if mention.part.topic != EVERYTHING_ON]
        return tuple(dict.fromkeys(narrower or [mention.part.topic for mention in asked_for]))

    def _schedule(self, mentions: Sequence[Mention]) -> tuple[Schedule | None, str, bool]:
        """Return when it is wanted, in which zone, and whether no time is named; what cannot be one schedule
        stays unread.
        """
        times = [mention for mention in mentions if mention.part.role is Role.TIME and mention.is_read]
        zone = self._zone(mentions)
        if not times:
            return None, zone, False
        words = " ".join(mention.part.value for mention in times)
        for line, lacks_time in ((words, False), (f"{words} {USUAL_TIME}", True)):
            try:
                return parse_schedule(line), zone, lacks_time
            except CallError:
                continue  # it says no time of day, or no schedule at all
        for mention in times:
            mention.is_read = False
        return None, zone, False

    def _zone(self, mentions: Sequence[Mention]) -> str:
        """Return the time zone that stands behind a time."""
        for before, mention in pairwise(mentions):
            if before.part.role is Role.TIME and mention.part.role is Role.WORD and not mention.is_read:
                try:
                    zone, rest = take_zone(mention.part.text)
                except CallError:
                    continue
                if zone and not rest:
                    mention.is_read = True
                    return zone
        return ""

    def _single_value(self, mentions: Sequence[Mention], role: Role) -> str:
        """Return the value of a role that there can be only one of; several different stay unread."""
        pieces = [mention for mention in mentions if mention.part.role is role and mention.is_read]
        if len({mention.part.value for mention in pieces}) > 1:
            for mention in pieces:
                mention.is_read = False
            return ""
        return pieces[0].part.value if pieces else ""

    def _not_read(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """Return what was not understood, in order, word for word; parts beside each other as one."""
        pieces = [(part.start, end_of(part)) for part in self._unread]
        pieces += [(mention.start, end_of(mention.part)) for mention in mentions if not mention.is_read]
        spans: list[tuple[int, int]] = []
        for start, end in sorted(pieces):
            if spans and not self._line[spans[-1][1] : start].strip():
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return tuple(self._line[start:end] for start, end in spans)


def _is_last_of_element(parts: Sequence[Part], number: int) -> bool:
    """Tell whether nothing that is named follows before the next joint."""
    for part in parts[number + 1 :]:
        if part.role in JOINTS:
            return True
        if part.role in CONTENT | BEFORE | {Role.BAR, Role.FROM, Role.LANGUAGE_PREFIX}:
            return False
    return True


def languages_first(own: str, spoken: Sequence[str]) -> Iterator[str]:
    """Give the languages in which a wish is read, the asker's own first."""
    yield from dict.fromkeys((*([own] if own in spoken else []), *spoken))
