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
from bot.text.wish_words import OFTEN_OTHER, Names, Part, Role, read_parts
from bot.text.words import fold, one_line

WISH_MAX = 300
"""Characters of a wish that are read."""

USUAL_TIME = "08:00"
EVERYTHING_ON = "ai"
"""The topic that all others lie within."""

CONTENT = frozenset({Role.SUBJECT, Role.LANGUAGE, Role.OUTLET, Role.QUOTED, Role.WORD})
SETTINGS = frozenset({Role.TIME, Role.COUNT, Role.BAR})
JOINTS = frozenset({Role.AND, Role.COMMA, Role.STOP})
BEFORE = frozenset({Role.NEVER, Role.ONLY, Role.ABOUT})


class Mode(Enum):
    """How what is named is meant."""

    BARE = "bare"
    ABOUT = "about"
    ONLY = "only"
    NEVER = "never"


MODES_BEHIND = {Role.NEVER_BEHIND: Mode.NEVER, Role.ONLY_BEHIND: Mode.ONLY, Role.ABOUT_BEHIND: Mode.ABOUT}
"""How what stands before a part is meant."""

MARKERS = BEFORE | MODES_BEHIND.keys()


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
class _Named:
    """Something that a wish names: how it is meant, in which list and element of it, and whether a word of
    where it comes from, a language's word, or one for news stands beside it.
    """

    part: Part
    mode: Mode
    element: "_Element"
    is_from: bool = False
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
    named: list[_Named] = field(default_factory=list)
    has_vague: bool = False

    def roles(self) -> set[Role]:
        """Return the roles of what it names."""
        return {one.part.role for one in self.named}


def read_wish(text: str, languages: Sequence[str], names: Names) -> Wish:
    """Return the rules of a wish, in the language in which most of its words are known; of several in the one
    in which more of them ask or deny (`no` says nothing in Portuguese), then in which more is clear.
    """
    line = one_line(text[:WISH_MAX])
    readings = [_read(line, language, names) for language in languages]
    return max(readings, key=lambda reading: reading[0])[1]


def _read(line: str, language: str, names: Names) -> tuple[tuple[int, int, int], Wish]:
    """Return the rules of a wish as one in a language, and how well that fits: the words it knows."""
    parts = [_known(part, language) for part in read_parts(line, language, names)]
    parts = _join_words(line, parts)
    unknown = sum(part.tokens for part in parts if part.role is Role.WORD)
    known = sum(part.tokens for part in parts) - unknown
    reader = _Reader(line, language)
    reader.collect(parts)
    markers = sum(part.role in MARKERS for part in parts)
    wish = reader.rules()
    return (known - unknown, markers, -len(wish.unread)), wish


def _known(part: Part, language: str) -> Part:
    """Return a word that says nothing by itself as one that does not, and a word that denies as one that says
    something which no rule can.
    """
    if part.role is not Role.WORD:
        return part
    words, folded = lexicon_of(language).words, fold(part.text)
    role = (
        Role.VAGUE if folded in words.negations else Role.FILLER if folded in words.stopwords else part.role
    )
    return Part(role=role, text=part.text, start=part.start)


def _join_words(line: str, parts: Sequence[Part]) -> list[Part]:
    """Return parts in which words that stand beside each other are one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and last.role is part.role is Role.WORD and not line[_end(last) : part.start].strip(" -'’"):
            text = line[last.start : _end(part)]
            joined[-1] = Part(role=Role.WORD, text=text, start=last.start, tokens=last.tokens + part.tokens)
        else:
            joined.append(part)
    return joined


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
            behind = _is_last_of_element(parts, number) and bool(self._element.named)
            self._take(part, is_behind=behind)
            if part.role is not Role.FILLER:
                self._previous = part
        self._note_dangling()

    def _take(self, part: Part, *, is_behind: bool) -> None:
        if part.role in JOINTS:
            self._begin_element(part)
        elif part.role in MARKERS:
            self._take_marker(part, is_behind=is_behind)
        elif part.role in CONTENT | SETTINGS:
            self._name(part)
        else:
            self._take_hint(part)

    def _take_marker(self, part: Part, *, is_behind: bool) -> None:
        """Let what follows, or what stands before, be meant in a way."""
        match part.role:
            case Role.NEVER:
                self._mark(Mode.NEVER, part, is_behind=is_behind and self._mode is not Mode.NEVER)
            case Role.ONLY:
                self._mark(Mode.ONLY, part, is_behind=is_behind)
            case Role.ABOUT:
                self._origin = None
                self._mode = Mode.ABOUT if self._mode is Mode.BARE else self._mode
            case _:
                self._turn(MODES_BEHIND[part.role], part)

    def _take_hint(self, part: Part) -> None:
        """Take note of what says something of the names around it, or nothing."""
        match part.role:
            case Role.FROM:
                self._origin = part
            case Role.SPOKEN:
                self._is_spoken = True
            case Role.VAGUE:
                self._note_vague(part)
            case Role.WEEKLY:
                self._weekly = part
            case Role.NEWS:
                self._note_news()
            case _:
                pass

    def _note_vague(self, part: Part) -> None:
        """Note what no rule can say, with what denies it."""
        self._element.has_vague = True
        if self._marker and self._mode is Mode.NEVER and self._previous is self._marker:
            self._unread.append(self._marker)
        self._unread.append(part)

    def _note_dangling(self) -> None:
        """Note what denies nothing, neither before nor behind it."""
        if self._marker and self._mode is Mode.NEVER and self._previous is self._marker:
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
        if self._mode is Mode.NEVER and self._previous is self._marker and mode is Mode.ONLY:
            self._note_vague(part)
            return
        self._mode, self._marker, self._list_number = mode, part, self._list_number + 1
        self._elements.append(_Element(Role.STOP, self._list_number))
        self._origin, self._is_spoken = None, False

    def _turn(self, mode: Mode, part: Part) -> None:
        """Let what was named before, up to the last comma, be meant in a way."""
        run = [self._element]
        for element in reversed(self._elements[:-1]):
            is_joined = run[-1].joint is Role.AND or (mode is Mode.ONLY and run[-1].joint is Role.COMMA)
            if not is_joined or element.list_number != run[-1].list_number:
                break
            run.append(element)
        turned = [
            one
            for element in run
            for one in element.named
            if one.mode in {Mode.BARE, Mode.ABOUT} and one.part.role in CONTENT
        ]
        if not turned and mode is Mode.NEVER:
            self._unread.append(part)
        for one in turned:
            one.mode = mode
        if mode is Mode.NEVER or self._mode is not Mode.NEVER:
            self._mode = Mode.BARE

    def _note_news(self) -> None:
        if self._element.named and self._previous is self._element.named[-1].part:
            self._element.named[-1].is_news = True

    def _name(self, part: Part) -> None:
        last = self._element.named[-1] if self._element.named else None
        if last and self._is_one_phrase(last, part):
            text = self._line[last.part.start : _end(part)]
            last.part = Part(role=Role.WORD, text=text, start=last.part.start)
            self._previous = last.part
            return
        is_outlet = part.role is Role.OUTLET
        self._element.named.append(
            _Named(
                part=part,
                mode=self._mode,
                element=self._element,
                is_from=self._origin is not None and (is_outlet or self._origin.value != OFTEN_OTHER),
                is_spoken=self._is_spoken or lexicon_of(self._language).writing.unspaced,
                marker=self._marker if self._previous is self._marker else None,
            )
        )

    def _is_one_phrase(self, last: _Named, part: Part) -> bool:
        """Tell whether a word and the name of a subject right beside it are one: `voice cloning`; `stock
        market` where it is not wanted.
        """
        if self._line[_end(last.part) : part.start] != " " or last.mode is Mode.BARE:
            return False
        if last.part.role is Role.WORD:
            is_topic = part.role is Role.SUBJECT and part.tokens == 1 and not part.kind
            return is_topic and last.mode is Mode.NEVER
        is_subject = last.part.role is Role.SUBJECT and last.part.tokens == 1
        return is_subject and part.role is Role.WORD and last.part.topic != EVERYTHING_ON

    def rules(self) -> Wish:
        """Return what everything comes to."""
        self._judge()
        named = [one for element in self._elements for one in element.named]
        terms = [term for one in named if one.is_read and (term := self._term(one)) is not None]
        topics = self._topics(named)
        schedule, zone = self._schedule(named)
        bar, size = self._only_one(named, Role.BAR), self._only_one(named, Role.COUNT)
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
            unread=self._not_read(named),
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
        timed: dict[int, str] = {}
        for number, element in enumerate(self._elements):
            times = [one for one in element.named if one.part.role is Role.TIME]
            wanted = [one for one in element.named if one.part.topic and one.mode is not Mode.NEVER]
            if times and wanted:
                timed[number] = " ".join(one.part.value for one in times)
            if any(_is_day_of_refused(one) for one in times):
                for one in element.named:
                    one.is_read = False
        if len(set(timed.values())) > 1:
            for number in timed:
                for one in self._elements[number].named:
                    one.is_read = one.is_read and one.part.role is not Role.TIME

    def _judge_contradictions(self) -> None:
        """Leave unread what is wanted and not wanted."""
        named = [one for element in self._elements for one in element.named if one.part.role in CONTENT]
        refused = {_subject(one) for one in named if one.mode is Mode.NEVER and one.is_read}
        wanted = {_subject(one) for one in named if one.mode is not Mode.NEVER and one.is_read}
        for one in named:
            if _subject(one) in refused & wanted:
                one.is_read = False

    def _term(self, one: _Named) -> FilterTerm | None:
        """Return the term that something named comes to, None for what is no term."""
        part, sign = one.part, Sign.NOT if one.mode is Mode.NEVER else Sign.ANY
        match part.role:
            case Role.OUTLET:
                return FilterTerm(sign, Field.OUTLET, part.value)
            case Role.LANGUAGE:
                return FilterTerm(sign, Field.LANGUAGE, part.value)
            case Role.SUBJECT if sign is Sign.NOT:
                return self._refused_subject(part)
            case Role.SUBJECT if not part.topic:
                return FilterTerm(sign, Field.KIND, part.kind)
            case Role.QUOTED | Role.WORD:
                text = one_line(part.value or part.text)
                is_exact = part.role is Role.QUOTED or len(text.split()) > 1
                return FilterTerm(sign, Field.WORDS, text, Form.PHRASE if is_exact else Form.WORD)
            case _:
                return None

    def _refused_subject(self, part: Part) -> FilterTerm:
        if part.kind:
            return FilterTerm(Sign.NOT, Field.KIND, part.kind)
        typed, stem = one_line(part.text), lexicon_of(self._language).wishes.stems.get(part.topic, "")
        word = stem if stem and fold(typed).startswith(fold(stem)) else typed
        form = Form.PHRASE if len(word.split()) > 1 else Form.WORD
        return FilterTerm(Sign.NOT, Field.WORDS, word, form)

    def _topics(self, named: Sequence[_Named]) -> tuple[str, ...]:
        """Return the topics that are wanted; the one that all lie within only where no other is."""
        wanted = [one for one in named if one.is_read and one.part.topic and one.mode is not Mode.NEVER]
        narrower = [one.part.topic for one in wanted if one.part.topic != EVERYTHING_ON]
        return tuple(dict.fromkeys(narrower or [one.part.topic for one in wanted]))

    def _schedule(self, named: Sequence[_Named]) -> tuple[Schedule | None, str]:
        """Return when it is wanted; what cannot be one schedule stays unread."""
        times = [one for one in named if one.part.role is Role.TIME and one.is_read]
        zone = self._zone(named)
        if not times:
            return None, zone
        typed = " ".join(one.part.value for one in times)
        has_time = any(character.isdigit() for character in typed) or "now" in typed.split()
        try:
            return parse_schedule(typed if has_time else f"{typed} {USUAL_TIME}"), zone
        except CallError:
            for one in times:
                one.is_read = False
            return None, zone

    def _zone(self, named: Sequence[_Named]) -> str:
        """Return the time zone that stands behind a time."""
        for before, one in pairwise(named):
            if before.part.role is Role.TIME and one.part.role is Role.WORD and not one.is_read:
                try:
                    zone, rest = take_zone(one.part.text)
                except CallError:
                    continue
                if zone and not rest:
                    one.is_read = True
                    return zone
        return ""

    def _only_one(self, named: Sequence[_Named], role: Role) -> str:
        """Return the value of a role that there can be only one of; several different stay unread."""
        found = [one for one in named if one.part.role is role and one.is_read]
        if len({one.part.value for one in found}) > 1:
            for one in found:
                one.is_read = False
            return ""
        return found[0].part.value if found else ""

    def _not_read(self, named: Sequence[_Named]) -> tuple[str, ...]:
        """Return what was not understood, in order, word for word; parts beside each other as one."""
        found = [(part.start, _end(part)) for part in self._unread]
        found += [(one.start, _end(one.part)) for one in named if not one.is_read]
        spans: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if spans and not self._line[spans[-1][1] : start].strip():
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return tuple(self._line[start:end] for start, end in spans)


def _is_day_of_refused(one: _Named) -> bool:
    """Tell whether a time is days without a time of day, and stands right behind what is not wanted."""
    has_refused = any(other.mode is Mode.NEVER and other.part.role in CONTENT for other in one.element.named)
    return has_refused and one.mode is Mode.NEVER and not any(letter.isdigit() for letter in one.part.value)


def _is_last_of_element(parts: Sequence[Part], number: int) -> bool:
    """Tell whether nothing that is named follows before the next joint."""
    for part in parts[number + 1 :]:
        if part.role in JOINTS:
            return True
        if part.role in CONTENT | BEFORE | {Role.BAR, Role.FROM, Role.SPOKEN}:
            return False
    return True


def _judge_element(element: _Element) -> None:
    """Leave unread what words beside it make doubtful."""
    roles = element.roles()
    for number, one in enumerate(element.named):
        following = element.named[number + 1] if number + 1 < len(element.named) else None
        one.is_read = _is_clear(one, following, roles)
    is_poisoned = element.has_vague or any(
        not one.is_read
        and one.mode is Mode.BARE
        and one.part.role is Role.WORD
        and not _is_zone(element, one)
        for one in element.named
    )
    for one in element.named:
        if is_poisoned and one.part.role in CONTENT:
            one.is_read = False


def _is_zone(element: _Element, one: _Named) -> bool:
    """Tell whether a word stands behind a time, where zones do."""
    before = element.named[element.named.index(one) - 1] if element.named.index(one) else None
    return before is not None and before.part.role is Role.TIME


def _is_clear(one: _Named, following: _Named | None, roles: set[Role]) -> bool:
    """Tell whether something named means one thing where it stands."""
    is_narrowed = Role.SUBJECT in roles
    match one.part.role:
        case Role.TIME | Role.COUNT | Role.BAR:
            return not (one.mode is Mode.NEVER and one.is_direct)
        case Role.WORD:
            if (
                one.is_from
                or phrase_of(one.part.text, exact=True) is None
                or len(one.part.text) > LONGEST_TERM
            ):
                return False
            if one.mode is Mode.BARE:
                return one.is_news and not is_narrowed
            return not (one.mode is Mode.NEVER and is_narrowed)
        case Role.OUTLET:
            return one.mode in {Mode.NEVER, Mode.ONLY} or one.is_from
        case Role.LANGUAGE:
            return _is_clear_language(one, following, roles)
        case _:
            return True


def _is_clear_language(one: _Named, following: _Named | None, roles: set[Role]) -> bool:
    """Tell whether a language is one to read in: `Chinese models` are none."""
    is_beside = following is not None and following.part.start - _end(one.part) <= 1
    if following is not None and is_beside and following.part.role in {Role.WORD, Role.SUBJECT}:
        return one.is_spoken
    is_alone = not roles & (CONTENT - {Role.LANGUAGE})
    if one.mode is Mode.NEVER:
        return is_alone
    return one.is_spoken or one.is_news or is_alone


def _judge_commas(run: Sequence[_Element]) -> None:
    """Leave unread what stands behind a comma of what is not wanted, and may as well be wanted: `no crypto,
    robotics`. A list that ends with `or` is one list.
    """
    refused = [element for element in run if any(one.mode is Mode.NEVER for one in element.named)]
    for number, element in enumerate(refused[1:], start=1):
        is_in_list = element.joint is Role.AND or any(later.joint is Role.AND for later in refused[number:])
        if is_in_list or element.joint is Role.STOP:
            continue
        sorts_before = {_list_sort(one) for before in refused[:number] for one in before.named}
        for one in element.named:
            if one.part.role is Role.LANGUAGE and one.is_spoken:
                one.mode = Mode.BARE
            elif one.part.role in CONTENT and not one.part.kind and not _goes_on(one, sorts_before):
                one.is_read = False


def _goes_on(one: _Named, sorts_before: set[str]) -> bool:
    return bool(_list_sort(one)) and sorts_before == {_list_sort(one)}


def _list_sort(one: _Named) -> str:
    """Return what something named has in common with others of a list that goes on behind commas: nothing but
    topics, or nothing but words; empty for what is none of these, or stands beside something else.
    """
    if one.is_news or len(one.element.named) > 1:
        return ""
    is_topic = one.part.role is Role.SUBJECT and not one.part.kind
    return "topic" if is_topic else "word" if one.part.role in {Role.WORD, Role.QUOTED} else ""


def _judge_sorts(run: Sequence[_Element]) -> None:
    """Leave unread what is wanted beside something of another sort: terms of several sorts must all be met,
    so `robotics and openai` would ask for both at once.
    """
    first: set[str] = set()
    for element in run:
        sorts = {
            _sort(one) for one in element.named if one.is_read and one.mode is not Mode.NEVER and _sort(one)
        }
        if not sorts:
            continue
        if first and not sorts <= first:
            for one in element.named:
                if _sort(one) and _sort(one) not in first:
                    one.is_read = False
        first = first or sorts


def _sort(one: _Named) -> str:
    """Return what sort of thing is wanted; none of what only narrows everything else."""
    if one.part.role is Role.SUBJECT:
        return "" if one.part.topic == EVERYTHING_ON else "topic" if one.part.topic else "kind"
    return "word" if one.part.role in {Role.WORD, Role.QUOTED} else ""


def _subject(one: _Named) -> str:
    part = one.part
    return fold(part.value or part.topic or part.kind or part.text)


def languages_first(own: str, spoken: Sequence[str]) -> Iterator[str]:
    """Give the languages in which a wish is read, the asker's own first."""
    yield from dict.fromkeys((*([own] if own in spoken else []), *spoken))
