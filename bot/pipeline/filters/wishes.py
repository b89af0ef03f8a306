"""A wish in plain words (“no funding rounds, only open-weight models, mornings”) becomes rules: topics, terms
of a filter, times, a bar, a number of stories.

Nothing is guessed: what is not understood, or could mean two things, is named word for word and makes no
rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from bot.errors import CallError
from bot.lexicon import lexicon_of
from bot.model import Bar, Schedule
from bot.pipeline.filters.grammar import LONGEST_TERM, Field, Filter, FilterTerm, Form, Sign
from bot.pipeline.timing.slots import parse_schedule
from bot.pipeline.timing.zones import take_zone
from bot.text.search_words import phrase_of
from bot.text.wish_words import WEAK, Names, Part, Role, is_number, read_parts
from bot.text.words import fold, one_line

WISH_MAX = 300
"""Characters of a wish that are read."""

USUAL_TIME = "08:00"
SHORT_WORD = 3
"""Letters up to which the name of a subject would find too many longer words: art, artificial."""

EVERYTHING_ON = "ai"
"""The topic that all others lie within."""

CONTENT = frozenset({Role.SUBJECT, Role.LANGUAGE, Role.OUTLET, Role.QUOTATION, Role.WORD})
SETTINGS = frozenset({Role.TIME, Role.COUNT, Role.BAR})
JOINTS = frozenset({Role.AND, Role.COMMA, Role.STOP})
BEFORE = frozenset({Role.REFUSAL, Role.RESTRICTION, Role.INTRODUCTION})


class Mode(Enum):
    """How what is named is meant."""

    BARE = "bare"
    INTRODUCTION = "introduction"
    RESTRICTION = "restriction"
    REFUSAL = "refusal"


TRAILING_MODES = {
    Role.TRAILING_REFUSAL: Mode.REFUSAL,
    Role.TRAILING_RESTRICTION: Mode.RESTRICTION,
    Role.TRAILING_INTRODUCTION: Mode.INTRODUCTION,
}
"""How what stands before a part is meant."""

MARKERS = BEFORE | TRAILING_MODES.keys()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a wish asks for, of how many words it is, and those that were not understood."""

    topics: tuple[str, ...] = ()
    filter: Filter = field(default_factory=Filter)
    schedule: Schedule | None = None
    zone: str = ""
    bar: Bar | None = None
    size: int | None = None
    unread: tuple[str, ...] = ()
    words: int = 0
    language: str = ""

    @property
    def has_rules(self) -> bool:
        """Tell whether anything was understood."""
        return bool(self.filter.terms or self.zone or self.names_something)

    @property
    def names_something(self) -> bool:
        """Tell whether anything in it is known by name: words alone may be plain talk."""
        is_named = any(term.field is not Field.WORDS for term in self.filter.terms)
        return bool(is_named or self.topics or self.schedule or self.bar or self.size)


@dataclass(slots=True, kw_only=True)
class _Mention:
    """Something that a wish names: how it is meant, in which list and element of it, and whether a word of
    where it comes from, a language's word, or one for news stands beside it.
    """

    part: Part
    mode: Mode
    element: "_Element"
    is_from: bool = False
    is_right_from: bool = False
    """Whether that word stands right before it: `from Elon Musk`, and not `from the Daily Prophet`."""

    is_spoken: bool = False
    """Always where names of languages are no adjectives of countries, too (`英文`)."""

    is_news: bool = False
    is_read: bool = True
    marker: Part | None = None
    """What gives the mode, where nothing stands between the two."""

    @property
    def is_direct(self) -> bool:
        """Whether it stands right behind what gives the mode."""
        return self.marker is not None

    @property
    def start(self) -> int:
        """Where its words begin, with what gives the mode."""
        return self.marker.start if self.marker else self.part.start


@dataclass(slots=True, eq=False)
class _Element:
    """What stands between two joints: how it is joined to what is before it, and what it names."""

    joint: Role
    list_number: int
    mentions: list[_Mention] = field(default_factory=list)
    has_vague: bool = False

    def roles(self) -> set[Role]:
        """Return the roles of what it names."""
        return {mention.part.role for mention in self.mentions}


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
    reader = _Reader(line, language)
    reader.collect(parts)
    markers = sum(part.role in MARKERS for part in parts)
    wish = reader.rules()
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
        if last and last.role is part.role is Role.WORD and not line[_end(last) : part.start].strip(" -'’"):
            text = line[last.start : _end(part)]
            chunks[-1] = Part(role=Role.WORD, text=text, start=last.start, tokens=last.tokens + part.tokens)
        else:
            chunks.append(part)
    return chunks


def _end(part: Part) -> int:
    return part.start + len(part.text)


class _Reader:
    """Reads the parts of a wish from left to right, then says what they come to."""

    def __init__(self, line: str, language: str) -> None:
        self._line = line
        self._language = language
        self._mode = Mode.BARE
        self._list_number = 0
        self._elements = [_Element(Role.STOP, 0)]
        self._unread: list[Part] = []
        self._marker: Part | None = None
        self._origin: Part | None = None
        self._is_spoken = False
        self._weekly: Part | None = None
        self._previous: Part | None = None

    @property
    def _element(self) -> _Element:
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
            self._elements.append(_Element(Role.STOP, self._list_number))

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
        self._elements.append(_Element(part.role, self._list_number))

    def _mark(self, mode: Mode, part: Part, *, is_behind: bool) -> None:
        """Let what follows be meant in a way; what stands before it, where nothing follows."""
        if is_behind:
            self._turn(mode, part)
            return
        if self._mode is Mode.REFUSAL and self._previous is self._marker and mode is Mode.RESTRICTION:
            self._note_vague(part)
            return
        self._mode, self._marker, self._list_number = mode, part, self._list_number + 1
        self._elements.append(_Element(Role.STOP, self._list_number))
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
            text = self._line[last.part.start : _end(part)]
            last.part = Part(role=Role.WORD, text=text, start=last.part.start)
            self._previous = last.part
            return
        is_outlet = part.role is Role.OUTLET
        self._element.mentions.append(
            _Mention(
                part=part,
                mode=self._mode,
                element=self._element,
                is_from=self._origin is not None and (is_outlet or self._origin.value != WEAK),
                is_right_from=self._origin is not None
                and self._line[_end(self._origin) : part.start].isspace(),
                is_spoken=self._is_spoken or lexicon_of(self._language).writing.unspaced,
                marker=self._marker if self._previous is self._marker else None,
            )
        )

    def _is_one_phrase(self, last: _Mention, part: Part) -> bool:
        """Tell whether a word and the name of a subject right beside it are one: `voice cloning`; `stock
        market` where it is not wanted.
        """
        if self._line[_end(last.part) : part.start] != " " or last.mode is Mode.BARE:
            return False
        if last.part.role is Role.WORD:
            is_topic = part.role is Role.SUBJECT and part.tokens == 1 and not part.kind
            return is_topic and last.mode is Mode.REFUSAL
        is_subject = last.part.role is Role.SUBJECT and last.part.tokens == 1
        is_narrow = last.part.topic != EVERYTHING_ON or last.mode is Mode.REFUSAL
        return is_subject and is_narrow and part.role is Role.WORD

    def rules(self) -> Wish:
        """Return what everything comes to."""
        self._judge()
        mentions = [mention for element in self._elements for mention in element.mentions]
        terms = [
            term for mention in mentions if mention.is_read and (term := self._term(mention)) is not None
        ]
        topics = self._topics(mentions)
        schedule, zone = self._schedule(mentions)
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
        )

    def _judge(self) -> None:
        """Find what could mean two things, and leave it unread."""
        for element in self._elements:
            _judge_element(element)
        for list_number in {element.list_number for element in self._elements}:
            run = [element for element in self._elements if element.list_number == list_number]
            _judge_commas(run)
            _judge_sorts(run)
        self._judge_contradictions()

        self._judge_times()

    def _judge_times(self) -> None:
        """Leave unread days of what is not wanted (`no papers on weekends`), and times that several subjects
        have each of their own: a wish makes one schedule.
        """
        times_by_element: dict[int, str] = {}
        for number, element in enumerate(self._elements):
            times = [mention for mention in element.mentions if mention.part.role is Role.TIME]
            asked_for = [
                mention
                for mention in element.mentions
                if mention.part.topic and mention.mode is not Mode.REFUSAL
            ]
            if times and asked_for:
                times_by_element[number] = " ".join(mention.part.value for mention in times)
            if any(_is_day_of_refused(mention) for mention in times):
                for mention in element.mentions:
                    mention.is_read = False
        if len(set(times_by_element.values())) > 1:
            for number in times_by_element:
                for mention in self._elements[number].mentions:
                    mention.is_read = mention.is_read and mention.part.role is not Role.TIME

    def _judge_contradictions(self) -> None:
        """Leave unread what is wanted and not wanted."""
        mentions = [
            mention
            for element in self._elements
            for mention in element.mentions
            if mention.part.role in CONTENT
        ]
        elements = {
            _subject(mention) for mention in mentions if mention.mode is Mode.REFUSAL and mention.is_read
        }
        asked_for = {
            _subject(mention) for mention in mentions if mention.mode is not Mode.REFUSAL and mention.is_read
        }
        for mention in mentions:
            if _subject(mention) in elements & asked_for:
                mention.is_read = False

    def _term(self, mention: _Mention) -> FilterTerm | None:
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

    def _topics(self, mentions: Sequence[_Mention]) -> tuple[str, ...]:
        """Return the topics that are wanted; the one that all lie within only where no other is."""
        asked_for = [
            mention
            for mention in mentions
            if mention.is_read and mention.part.topic and mention.mode is not Mode.REFUSAL
        ]
        narrower = [mention.part.topic for mention in asked_for if mention.part.topic != EVERYTHING_ON]
        return tuple(dict.fromkeys(narrower or [mention.part.topic for mention in asked_for]))

    def _schedule(self, mentions: Sequence[_Mention]) -> tuple[Schedule | None, str]:
        """Return when it is wanted; what cannot be one schedule stays unread."""
        times = [mention for mention in mentions if mention.part.role is Role.TIME and mention.is_read]
        zone = self._zone(mentions)
        if not times:
            return None, zone
        words = " ".join(mention.part.value for mention in times)
        has_time = any(character.isdigit() for character in words) or "now" in words.split()
        try:
            return parse_schedule(words if has_time else f"{words} {USUAL_TIME}"), zone
        except CallError:
            for mention in times:
                mention.is_read = False
            return None, zone

    def _zone(self, mentions: Sequence[_Mention]) -> str:
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

    def _single_value(self, mentions: Sequence[_Mention], role: Role) -> str:
        """Return the value of a role that there can be only one of; several different stay unread."""
        pieces = [mention for mention in mentions if mention.part.role is role and mention.is_read]
        if len({mention.part.value for mention in pieces}) > 1:
            for mention in pieces:
                mention.is_read = False
            return ""
        return pieces[0].part.value if pieces else ""

    def _not_read(self, mentions: Sequence[_Mention]) -> tuple[str, ...]:
        """Return what was not understood, in order, word for word; parts beside each other as one."""
        pieces = [(part.start, _end(part)) for part in self._unread]
        pieces += [(mention.start, _end(mention.part)) for mention in mentions if not mention.is_read]
        spans: list[tuple[int, int]] = []
        for start, end in sorted(pieces):
            if spans and not self._line[spans[-1][1] : start].strip():
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return tuple(self._line[start:end] for start, end in spans)


def _is_day_of_refused(mention: _Mention) -> bool:
    """Tell whether a time is days without a time of day, and stands right behind what is not wanted."""
    has_refused = any(
        other.mode is Mode.REFUSAL and other.part.role in CONTENT for other in mention.element.mentions
    )
    return (
        has_refused
        and mention.mode is Mode.REFUSAL
        and not any(letter.isdigit() for letter in mention.part.value)
    )


def _is_last_of_element(parts: Sequence[Part], number: int) -> bool:
    """Tell whether nothing that is named follows before the next joint."""
    for part in parts[number + 1 :]:
        if part.role in JOINTS:
            return True
        if part.role in CONTENT | BEFORE | {Role.BAR, Role.FROM, Role.LANGUAGE_PREFIX}:
            return False
    return True


def _judge_element(element: _Element) -> None:
    """Leave unread what words beside it make doubtful."""
    _judge_topics(element)
    roles = element.roles()
    for number, mention in enumerate(element.mentions):
        neighbour = element.mentions[number + 1] if number + 1 < len(element.mentions) else None
        mention.is_read = mention.is_read and _is_clear(mention, neighbour, roles)
    is_poisoned = element.has_vague or any(
        not mention.is_read
        and mention.mode is Mode.BARE
        and mention.part.role is Role.WORD
        and not _is_zone(element, mention)
        for mention in element.mentions
    )
    for mention in element.mentions:
        if is_poisoned and mention.part.role in CONTENT:
            mention.is_read = False


def _judge_topics(element: _Element) -> None:
    """Forget the topic that all others lie within beside another one (`no ai art`), and leave it unread where
    it is to be left out: that is everything. Two others right beside each other (`robotics startups`) are
    narrower than either.
    """
    subjects = [mention for mention in element.mentions if mention.part.role is Role.SUBJECT]
    general = [
        mention for mention in subjects if mention.part.topic == EVERYTHING_ON and not mention.part.kind
    ]
    if len(subjects) > len(general):
        element.mentions = [mention for mention in element.mentions if mention not in general]
    for before, mention in pairwise(element.mentions):
        is_beside = mention.part.start - _end(before.part) <= 1
        are_topics = before.part.topic and mention.part.topic and before.part.topic != mention.part.topic
        if is_beside and are_topics and mention.mode is not Mode.REFUSAL:
            before.is_read = mention.is_read = False


def _is_zone(element: _Element, mention: _Mention) -> bool:
    """Tell whether a word stands behind a time, where zones do."""
    before = (
        element.mentions[element.mentions.index(mention) - 1] if element.mentions.index(mention) else None
    )
    return before is not None and before.part.role is Role.TIME


def _is_clear(mention: _Mention, neighbour: _Mention | None, roles: set[Role]) -> bool:
    """Tell whether something named means one thing where it stands."""
    has_subject = Role.SUBJECT in roles
    match mention.part.role:
        case Role.TIME | Role.COUNT | Role.BAR:
            return not (mention.mode is Mode.REFUSAL and mention.is_direct)
        case Role.WORD:
            if (
                (mention.is_from and not _is_full_name(mention))
                or phrase_of(mention.part.text, exact=True) is None
                or len(mention.part.text) > LONGEST_TERM
            ):
                return False
            if mention.mode is Mode.BARE:
                return mention.is_news and not has_subject
            return not (mention.mode is Mode.REFUSAL and has_subject)
        case Role.OUTLET:
            return mention.mode in {Mode.REFUSAL, Mode.RESTRICTION} or mention.is_from
        case Role.LANGUAGE:
            return _is_clear_language(mention, neighbour, roles)
        case Role.SUBJECT:
            is_everything = mention.part.topic == EVERYTHING_ON and not mention.part.kind
            return not (is_everything and mention.mode is Mode.REFUSAL)
        case _:
            return True


def _is_full_name(mention: _Mention) -> bool:
    """Tell whether what is not wanted “from” somewhere is somebody's full name, and no outlet, country or
    time: several words with capitals, of whom news tells and who publishes none (`nichts von Elon Musk`).
    """
    parts = mention.part.text.split()
    is_name = all(part[:1].isupper() and not part.isupper() for part in parts)
    return mention.mode is Mode.REFUSAL and mention.is_right_from and len(parts) > 1 and is_name


def _is_clear_language(mention: _Mention, neighbour: _Mention | None, roles: set[Role]) -> bool:
    """Tell whether a language is one to read in: `Chinese models` are none."""
    is_beside = neighbour is not None and neighbour.part.start - _end(mention.part) <= 1
    if neighbour is not None and is_beside and neighbour.part.role in {Role.WORD, Role.SUBJECT}:
        return mention.is_spoken
    is_alone = not roles & (CONTENT - {Role.LANGUAGE})
    if mention.mode is Mode.REFUSAL:
        return is_alone
    return mention.is_spoken or mention.is_news or is_alone


def _judge_commas(run: Sequence[_Element]) -> None:
    """Leave unread what stands behind a comma of what is not wanted, and may as well be wanted: `no crypto,
    robotics`. A list that ends with `or` is one list.
    """
    elements = [
        element for element in run if any(mention.mode is Mode.REFUSAL for mention in element.mentions)
    ]
    for number, element in enumerate(elements[1:], start=1):
        is_in_list = element.joint is Role.AND or any(later.joint is Role.AND for later in elements[number:])
        if is_in_list or element.joint is Role.STOP:
            continue
        sorts_before = {_list_sort(mention) for before in elements[:number] for mention in before.mentions}
        for mention in element.mentions:
            if mention.part.role is Role.LANGUAGE and mention.is_spoken:
                mention.mode = Mode.BARE
            elif (
                mention.part.role in CONTENT and not mention.part.kind and not _goes_on(mention, sorts_before)
            ):
                mention.is_read = False


def _goes_on(mention: _Mention, sorts_before: set[str]) -> bool:
    return bool(_list_sort(mention)) and sorts_before == {_list_sort(mention)}


def _list_sort(mention: _Mention) -> str:
    """Return what something named has in common with others of a list that goes on behind commas: nothing but
    topics, or nothing but words; empty for what is none of these, or stands beside something else.
    """
    if mention.is_news or len(mention.element.mentions) > 1:
        return ""
    is_topic = mention.part.role is Role.SUBJECT and not mention.part.kind
    return "topic" if is_topic else "word" if mention.part.role in {Role.WORD, Role.QUOTATION} else ""


def _judge_sorts(run: Sequence[_Element]) -> None:
    """Leave unread what is wanted beside something of another sort: terms of several sorts must all be met,
    so `robotics and openai` would ask for both at once.
    """
    first: set[str] = set()
    for element in run:
        sorts = {
            _sort(mention)
            for mention in element.mentions
            if mention.is_read and mention.mode is not Mode.REFUSAL and _sort(mention)
        }
        if not sorts:
            continue
        if first and not sorts <= first:
            for mention in element.mentions:
                if _sort(mention) and _sort(mention) not in first:
                    mention.is_read = False
        first = first or sorts


def _sort(mention: _Mention) -> str:
    """Return what sort of thing is wanted; none of what only narrows everything else."""
    if mention.part.role is Role.SUBJECT:
        return "" if mention.part.topic == EVERYTHING_ON else "topic" if mention.part.topic else "kind"
    return "word" if mention.part.role in {Role.WORD, Role.QUOTATION} else ""


def _subject(mention: _Mention) -> str:
    part = mention.part
    return fold(part.value or part.topic or part.kind or part.text)


def languages_first(own: str, spoken: Sequence[str]) -> Iterator[str]:
    """Give the languages in which a wish is read, the asker's own first."""
    yield from dict.fromkeys((*([own] if own in spoken else []), *spoken))
