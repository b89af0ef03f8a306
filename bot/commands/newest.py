"""What somebody wants to see of the newest stories: a topic or words, phrases, what must not be there, of
which outlets, since when, in which language, how many to a page; and the stories that are so.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.commands.own_topics import own_topic_called, own_topics_of, recent_on
from bot.commands.topics import find_topic
from bot.commands.views import View, recent, recent_with
from bot.errors import CallError
from bot.jobs import Context
from bot.model import FeedInView, Ranking
from bot.pipeline.timing.moments import parse_past
from bot.text.language_names import language_called
from bot.text.search_words import Phrase, SearchTerms, phrase_of
from bot.text.typed_terms import Term, split_terms
from bot.text.words import fold, one_line

PAGE = 3
LONGEST_PAGE = 10
TERMS_MAX = 20

DAY = 24.0
WEEK = 168.0

KEYS = ("topic", "outlet", "count", "since", "lang")
EXAMPLES = {
    "since": "since:3d",
    "lang": "lang:it",
    "topic": "topic:robotics",
    "count": "count:5",
    "outlet": "outlet:wire",
}
"""How keys are written that narrow news to one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestRequest:
    """What is wanted: `search_words` name a topic or are looked for, `hours` say how far back where somebody
    said so, else 0, and an empty `language` is any.
    """

    search_words: str
    feed_ids: Sequence[int]
    page_size: int = PAGE
    phrases: tuple[Phrase, ...] = ()
    excluded: tuple[Phrase, ...] = ()
    hours: float = 0.0
    language: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but a topic or words was typed."""
        return bool(self.phrases or self.excluded or self.hours or self.language)


def read_newest_request(
    ctx: Context, view: View, text: str, page_size: int = PAGE, *, count_first: bool = False
) -> NewestRequest:
    """Return what a line asks for; with `count_first` a number that it begins with says how many are wanted,
    as one at its end always does. Raises `CallError` for an outlet, a moment, a language or a number that is
    none, and for a sign that says nothing here.
    """
    terms = split_terms(text, KEYS, patterns=False)[:TERMS_MAX]
    values = {key: only_value(terms, key) for key in EXAMPLES if key not in {"outlet", "topic"}}
    check_no_operator(terms)
    only_value([term for term in terms if term.key == "topic" and term.sign == "-"], "topic")
    words = [term.text for term in terms if _is_word(term)]
    if not values["count"] and words and re.fullmatch(r"\d{1,2}", words[-1]):
        values["count"] = words.pop()
    if count_first and not values["count"] and len(words) > 1 and re.fullmatch(r"\d{1,2}", words[0]):
        values["count"] = words.pop(0)
    phrases = [_phrase(term) for term in terms if not term.key and term.sign != "-" and not _is_word(term)]
    excluded = [_phrase(term) for term in terms if not term.key and term.sign == "-" and term.text]
    return NewestRequest(
        search_words=" ".join(words),
        feed_ids=feeds_of_outlets(view.feeds, terms),
        page_size=_page_size(values["count"]) if values["count"] else page_size,
        phrases=tuple(phrase for phrase in phrases if phrase is not None),
        excluded=tuple(phrase for phrase in excluded if phrase is not None),
        hours=_hours_since(ctx, view, values["since"]) if values["since"] else 0.0,
        language=language_named(values["lang"]) if values["lang"] else "",
    )


def _is_word(term: Term) -> bool:
    """Tell whether a term is one of the words that name a topic or are looked for."""
    return term.key == "topic" or (not term.key and term.sign != "-" and term.form != "phrase")


def check_no_operator(terms: Sequence[Term]) -> None:
    """Refuse the sign of other searches for what must not be there (`!corvid`): as a word it would ask for
    just that. Raises `CallError`.
    """
    for term in terms:
        if term.form == "word" and not term.key and re.match(r"!\w", term.text):
            raise CallError(
                "`{term}` does not leave it out. What must not be there has a - before it: {right}",
                term=term.written[:40],
                right=f"-{term.text.lstrip('!')}"[:40],
            )


def _phrase(term: Term) -> Phrase | None:
    return phrase_of(term.text, exact=term.form == "phrase")


def _page_size(count: str) -> int:
    """Return how many stories are wanted. Raises `CallError` for what is no such number."""
    if count.isdecimal() and 1 <= int(count) <= LONGEST_PAGE:
        return int(count)
    raise CallError(
        "I show 1 to {most} stories at once, not `{count}`. For example: /latest 5",
        most=LONGEST_PAGE,
        count=count[:20],
    )


def _hours_since(ctx: Context, view: View, text: str) -> float:
    now = ctx.clock()
    return max((now - parse_past(text, view.channel.zone, now)) / timedelta(hours=1), 1.0)


def language_named(name: str) -> str:
    """Return the code of a language. Raises `CallError` for a word that names none."""
    code = language_called(name)
    if not code:
        raise CallError(
            "`{code}` is no language. They are written as it, en or zh, for example lang:it", code=name[:40]
        )
    return code


def only_value(terms: Sequence[Term], key: str) -> str:
    """Return what stands behind a key, empty where nobody typed it.

    Raises `CallError` where it excludes, says two things, or nothing: none of that narrows a search.
    """
    right = EXAMPLES[key]
    key_terms = [term for term in terms if term.key == key]
    for term in key_terms:
        if term.sign == "-":
            raise CallError(
                "`{term}` excludes nothing: {key}: narrows a search, and has no sign. For example {right}",
                term=one_line(term.written)[:40],
                key=key,
                right=f"{key}:{term.text[:20]}" if term.text else right,
            )
        if not term.text:
            raise CallError("There is nothing behind {key}: here. For example {right}", key=key, right=right)
    if len({term.text.lower() for term in key_terms}) > 1:
        raise CallError(
            "{key}: may stand in a search once: leave out {term}.",
            key=key,
            term=one_line(key_terms[1].written)[:40],
        )
    return key_terms[0].text if key_terms else ""


def feeds_of_outlets(feeds: Sequence[FeedInView], terms: Sequence[Term]) -> list[int]:
    """Return the feeds whose outlets are asked for, or not excluded. Raises `CallError` for an outlet that is
    none here.
    """
    by_term = {id(term): feeds_of_outlet(feeds, term.text) for term in terms if term.key == "outlet"}
    only_from = [by_term[id(term)] for term in terms if term.key == "outlet" and term.sign != "-"]
    negative = [by_term[id(term)] for term in terms if term.key == "outlet" and term.sign == "-"]
    choice = set().union(*only_from) if only_from else {feed.id for feed in feeds}
    return sorted(choice.difference(*negative))


def feeds_of_outlet(feeds: Sequence[FeedInView], name: str) -> set[int]:
    """Return the feeds of an outlet whose name has what was typed. Raises `CallError` with the nearest."""
    folded_name = fold(name)
    if not folded_name:
        raise CallError(
            "There is nothing behind {key}: here. For example {right}", key="outlet", right=EXAMPLES["outlet"]
        )
    matching = {feed.id for feed in feeds if folded_name in fold(f"{feed.outlet}\n{feed.title}")}
    if not matching:
        names = sorted({feed.outlet or feed.title for feed in feeds})
        similar = difflib.get_close_matches(name, names, n=1, cutoff=0)
        raise CallError(
            'No feed here is of an outlet called `{name}`. The nearest: outlet:"{near}"',
            name=one_line(name)[:40],
            near=similar[0] if similar else "",
        )
    return matching


async def newest(ctx: Context, view: View, request: NewestRequest, hours: float) -> list[Ranking]:
    """Return the stories of a view that fit a request and changed within some hours, best first."""
    rankings = await _on_subject(ctx, view, request, hours)
    for phrase in request.excluded:
        matches = await recent_with(ctx, view, SearchTerms((phrase,)), hours)
        refused_ids = {ranking.story.id for ranking in matches}
        rankings = [ranking for ranking in rankings if ranking.story.id not in refused_ids]
    if request.language:
        in_language = [_told_in(ranking, request.language) for ranking in rankings]
        rankings = [ranking for ranking in in_language if ranking is not None]
    return rankings


async def _on_subject(ctx: Context, view: View, request: NewestRequest, hours: float) -> list[Ranking]:
    """Return the stories on a request's topic, or with its words, that have all of its phrases."""
    if not request.phrases:
        return await _with_words(ctx, view, request.search_words, hours)
    matches = await recent_with(ctx, view, SearchTerms(request.phrases), hours)
    if not request.search_words:
        return matches
    fitting_ids = {r.story.id for r in await _with_words(ctx, view, request.search_words, hours)}
    return [ranking for ranking in matches if ranking.story.id in fitting_ids]


async def _with_words(ctx: Context, view: View, search_words: str, hours: float) -> list[Ranking]:
    if not search_words or search_words.lower() == "all":
        return await recent(ctx, view, search_words.lower() or "ai", hours)
    if topic := find_topic(ctx, search_words):
        return await recent(ctx, view, topic, hours)
    if own_topic := own_topic_called(search_words, await own_topics_of(ctx, view)):
        return await recent_on(ctx, view, own_topic, hours)
    phrase = phrase_of(search_words, exact=False)
    return await recent_with(ctx, view, SearchTerms((phrase,)), hours) if phrase else []


def _told_in(ranking: Ranking, language: str) -> Ranking | None:
    """Return a story led by an entry of a language, None where it has none."""
    if ranking.lead.language == language:
        return ranking
    entries = [entry for entry in ranking.story.entries if entry.language == language]
    return replace(ranking, lead=max(entries, key=lambda e: (e.published, e.id))) if entries else None
