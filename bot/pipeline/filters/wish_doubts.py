"""What of a wish could mean two things, and so makes no rule: it is left unread, to be named."""

from collections.abc import Sequence
from itertools import pairwise

from bot.pipeline.filters.grammar import LONGEST_TERM
from bot.pipeline.filters.wish_mentions import CONTENT, EVERYTHING_ON, Element, Mention, Mode, end_of
from bot.text.search_words import phrase_of
from bot.text.wish_words import Role
from bot.text.words import fold


def leave_doubts_unread(elements: Sequence[Element]) -> None:
    """Find what could mean two things, and leave it unread."""
    for element in elements:
        _judge_element(element)
    for list_number in {element.list_number for element in elements}:
        run = [element for element in elements if element.list_number == list_number]
        _judge_commas(run)
        _judge_sorts(run)
    _judge_contradictions(elements)
    _judge_times(elements)


def _judge_times(elements: Sequence[Element]) -> None:
    """Leave unread days of what is not wanted (`no papers on weekends`), and times that several subjects
    have each of their own: a wish makes one schedule.
    """
    times_by_element: dict[int, str] = {}
    for number, element in enumerate(elements):
        times = [mention for mention in element.mentions if mention.part.role is Role.TIME]
        asked_for = [
            mention for mention in element.mentions if mention.part.topic and mention.mode is not Mode.REFUSAL
        ]
        if times and asked_for:
            times_by_element[number] = " ".join(mention.part.value for mention in times)
        if any(_is_day_of_refused(mention) for mention in times):
            for mention in element.mentions:
                mention.is_read = False
    if len(set(times_by_element.values())) > 1:
        for number in times_by_element:
            for mention in elements[number].mentions:
                mention.is_read = mention.is_read and mention.part.role is not Role.TIME


def _judge_contradictions(elements: Sequence[Element]) -> None:
    """Leave unread what is wanted and not wanted."""
    mentions = [
        mention for element in elements for mention in element.mentions if mention.part.role in CONTENT
    ]
    refused = {_subject(mention) for mention in mentions if mention.mode is Mode.REFUSAL and mention.is_read}
    asked_for = {
        _subject(mention) for mention in mentions if mention.mode is not Mode.REFUSAL and mention.is_read
    }
    for mention in mentions:
        if _subject(mention) in refused & asked_for:
            mention.is_read = False


def _is_day_of_refused(mention: Mention) -> bool:
    """Tell whether a time is days without a time of day, and stands right behind what is not wanted."""
    has_refused = any(
        other.mode is Mode.REFUSAL and other.part.role in CONTENT for other in mention.element.mentions
    )
    return (
        has_refused
        and mention.mode is Mode.REFUSAL
        and not any(letter.isdigit() for letter in mention.part.value)
    )


def _judge_element(element: Element) -> None:
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


def _judge_topics(element: Element) -> None:
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
        is_beside = mention.part.start - end_of(before.part) <= 1
        are_topics = before.part.topic and mention.part.topic and before.part.topic != mention.part.topic
        if is_beside and are_topics and mention.mode is not Mode.REFUSAL:
            before.is_read = mention.is_read = False


def _is_zone(element: Element, mention: Mention) -> bool:
    """Tell whether a word stands behind a time, where zones do."""
    before = (
        element.mentions[element.mentions.index(mention) - 1] if element.mentions.index(mention) else None
    )
    return before is not None and before.part.role is Role.TIME


def _is_clear(mention: Mention, neighbour: Mention | None, roles: set[Role]) -> bool:
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


def _is_full_name(mention: Mention) -> bool:
    """Tell whether what is not wanted “from” somewhere is somebody's full name, and no outlet, country or
    time: several words with capitals, of whom news tells and who publishes none (`nichts von Elon Musk`).
    """
    parts = mention.part.text.split()
    is_name = all(part[:1].isupper() and not part.isupper() for part in parts)
    return mention.mode is Mode.REFUSAL and mention.is_right_from and len(parts) > 1 and is_name


def _is_clear_language(mention: Mention, neighbour: Mention | None, roles: set[Role]) -> bool:
    """Tell whether a language is one to read in: `Chinese models` are none."""
    is_beside = neighbour is not None and neighbour.part.start - end_of(mention.part) <= 1
    if neighbour is not None and is_beside and neighbour.part.role in {Role.WORD, Role.SUBJECT}:
        return mention.is_spoken
    is_alone = not roles & (CONTENT - {Role.LANGUAGE})
    if mention.mode is Mode.REFUSAL:
        return is_alone
    return mention.is_spoken or mention.is_news or is_alone


def _judge_commas(run: Sequence[Element]) -> None:
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


def _goes_on(mention: Mention, sorts_before: set[str]) -> bool:
    return bool(_list_sort(mention)) and sorts_before == {_list_sort(mention)}


def _list_sort(mention: Mention) -> str:
    """Return what something named has in common with others of a list that goes on behind commas: nothing but
    topics, or nothing but words; empty for what is none of these, or stands beside something else.
    """
    if mention.is_news or len(mention.element.mentions) > 1:
        return ""
    is_topic = mention.part.role is Role.SUBJECT and not mention.part.kind
    return "topic" if is_topic else "word" if mention.part.role in {Role.WORD, Role.QUOTATION} else ""


def _judge_sorts(run: Sequence[Element]) -> None:
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


def _sort(mention: Mention) -> str:
    """Return what sort of thing is wanted; none of what only narrows everything else."""
    if mention.part.role is Role.SUBJECT:
        return "" if mention.part.topic == EVERYTHING_ON else "topic" if mention.part.topic else "kind"
    return "word" if mention.part.role in {Role.WORD, Role.QUOTATION} else ""


def _subject(mention: Mention) -> str:
    part = mention.part
    return fold(part.value or part.topic or part.kind or part.text)
