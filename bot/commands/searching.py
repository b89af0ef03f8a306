"""search: the stories of a place by the words of their entries."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.completions import SINCE
from bot.commands.declaration import Option, Section, command
from bot.commands.newest import check_no_operator, feeds_of_outlets, language_named, only_value
from bot.commands.news import remember_list
from bot.commands.views import View, drawn_on, story_in, view_of, write_cards
from bot.errors import CallError
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Document,
    Heading,
    Length,
    Ranking,
    Text,
)
from bot.pipeline.composing import compose
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.selection.rank import rank
from bot.pipeline.timing.moments import parse_past
from bot.store import entry_search
from bot.store.entry_search import HITS_MAX, Scope
from bot.text.search_words import Phrase, SearchTerms, phrase_of
from bot.text.typed_terms import Term, split_terms
from bot.text.words import one_line

PAGE = 3
TERMS_MAX = 20
LONGEST_LINE = 400
"""Characters of a search that are read."""

KEYS = ("since", "outlet", "lang")


@dataclass(frozen=True, slots=True)
class _Query:
    """What somebody looks for, where, and how it was typed."""

    search_terms: SearchTerms
    scope: Scope
    typed: str


@command(
    name="search",
    code="sr",
    section=Section.NEWS,
    description="Search the titles and texts of the news",
    help_line='search the news: /search "open weights" robot -funding since:week',
    details=(
        "All words must be there, and those behind a `-` must not; words in quotation marks stand one "
        "behind the other, and others also find longer ones that begin like them. `since:3d` (or `week`, "
        "`monday`, a date), `outlet:NAME`, `-outlet:NAME` and `lang:it` narrow it. It looks in the feeds and "
        "topics that the place asked for. Three to a page, the newest first."
    ),
    usage="/search WORDS [since:3d] [outlet:NAME] [lang:it]",
    options=(
        Option(
            "words",
            'Words, "phrases", -words that must not be there, outlet:NAME, lang:it',
            required=True,
            rest=True,
        ),
        Option("since", "Since when, such as 3d, week, monday or a date", complete=SINCE),
    ),
    carried_options=("page",),
    public=True,
    examples=(
        '/search "open weights" robot -funding',
        "/search corvid since:3d",
        "/search recall outlet:wire lang:en",
    ),
)
async def search(ctx: Context, call: Call) -> Answer:
    """Answer with the stories that have what is looked for, three to a page, the newest first."""
    view = await view_of(ctx, call)
    query = await _read_query(ctx, view, call)
    hits = await _find(ctx, view, query)
    if not hits:
        return await _nothing_found(ctx, view, query)
    page_text = call.arguments.get("page", "")
    page = min(int(page_text) if page_text.isdecimal() else 0, (len(hits) - 1) // PAGE)
    await remember_list(ctx, view, call, list(hits))
    blocks: list[Block] = [Heading(view.words("Search"), f"{_count(view, hits)} · {query.typed}")]
    blocks += await _story_blocks(ctx, view, hits, page)
    if turns := _turns(view, call, page, len(hits)):
        blocks.append(Actions(turns))
    return Answer(document=Document(tuple(blocks), view.words.language), edit="page" in call.arguments)


def _count(view: View, hits: dict[int, list[int]]) -> str:
    """Return how many stories were found; that there are more, where not all were looked at."""
    count = view.words.plural("{n} story", "{n} stories", len(hits))
    is_cut = sum(map(len, hits.values())) >= HITS_MAX
    return view.words("the newest {stories}", stories=count) if is_cut else count


async def _story_blocks(ctx: Context, view: View, hits: dict[int, list[int]], page: int) -> list[Block]:
    """Return the stories of one page, each led by an entry that has what is looked for."""
    entries_by_number = list(enumerate(hits.items(), start=1))[page * PAGE : page * PAGE + PAGE]
    rankings: list[Ranking] = []
    numbers: list[int] = []
    async with ctx.store.read() as tx:
        for number, (story_id, entry_ids) in entries_by_number:
            story = await story_in(tx, view, story_id)
            if story is not None:
                ranking = rank(story, ctx.clock(), view.channel.languages_read, ctx.kinds)
                rankings.append(_led_by(ranking, entry_ids))
                numbers.append(number)
    cards = await write_cards(ctx, view, rankings, Length.LINE)
    return [
        compose.story_block(card, view.words, view.channel, ctx.clock(), number)
        for number, card in zip(numbers, cards, strict=True)
    ]


def _led_by(ranking: Ranking, entry_ids: Sequence[int]) -> Ranking:
    if ranking.lead.id in entry_ids:
        return ranking
    matching = [entry for entry in ranking.story.entries if entry.id in entry_ids]
    return replace(ranking, lead=max(matching, key=lambda e: (e.published, e.id))) if matching else ranking


def _turns(view: View, call: Call, page: int, count: int) -> tuple[Button, ...]:
    def turn(to: int) -> CallRef:
        return CallRef("search", {**call.arguments, "page": str(to)})

    buttons = [Button(view.words("‹ Newer"), call=turn(page - 1))] if page > 0 else []
    if (page + 1) * PAGE < count:
        buttons.append(Button(view.words("Older ›"), call=turn(page + 1)))
    return tuple(buttons)


async def _find(ctx: Context, view: View, query: _Query) -> dict[int, list[int]]:
    async with ctx.searches.turn(view.asker), ctx.store.read() as tx:
        return await entry_search.find(tx, query.search_terms, query.scope)


async def _read_query(ctx: Context, view: View, call: Call) -> _Query:
    """Return what a Call looks for. Raises `CallError` where there is nothing to look for, or a part of it is
    not right.
    """
    line = call.arguments["words"][:LONGEST_LINE]
    terms = split_terms(line, KEYS)[:TERMS_MAX]
    since = only_value(terms, "since") or call.arguments.get("since", "")
    language = only_value(terms, "lang")
    feed_ids, topics = await drawn_on(ctx, view)
    check_no_operator(terms)
    phrases = [term for term in terms if not term.key]
    search_terms = SearchTerms(_phrases(phrases, negative=False), _phrases(phrases, negative=True))
    if not search_terms.phrases:
        raise CallError(
            (
                'There is no word in `{text}` to look for. For example: /search "open weights" -funding '
                "since:week"
            ),
            text=mask_secrets(one_line(line))[:40],
        )
    scope = Scope(
        feed_ids=feeds_of_outlets([feed for feed in view.feeds if feed.id in feed_ids], terms),
        topics=topics,
        since=parse_past(since, view.channel.zone, ctx.clock()) if since else None,
        language=language_named(language) if language else "",
    )
    return _Query(search_terms, scope, mask_secrets(one_line(line))[:80])


def _phrases(terms: Sequence[Term], *, negative: bool) -> tuple[Phrase, ...]:
    phrases = (
        phrase_of(term.text, exact=term.form == "phrase") for term in terms if (term.sign == "-") is negative
    )
    return tuple(phrase for phrase in phrases if phrase is not None)


async def _nothing_found(ctx: Context, view: View, query: _Query) -> Answer:
    """Say why there is nothing, and show what is near: the same without its limits, or its words by
    themselves.
    """
    words = view.words
    feed_ids, topics = await drawn_on(ctx, view)
    wider = replace(query, scope=Scope(feed_ids=feed_ids, topics=topics))
    anywhere = await _find(ctx, view, wider) if query.scope != wider.scope else {}
    if anywhere:
        count = words.plural("{n} story", "{n} stories", len(anywhere))
        text = words(
            "Nothing here has {what}. Without since:, outlet: and lang: there is: {stories}. The newest:",
            what=query.typed,
            stories=count,
        )
        story_blocks = await _story_blocks(ctx, view, dict(list(anywhere.items())[:1]), 0)
        return Answer(document=Document((Text(text), *story_blocks), words.language))
    text = words.plural(
        "Nothing in the one feed of this place has all of: {what}.",
        "Nothing in the {n} feeds of this place has all of: {what}.",
        len(feed_ids),
        what=query.typed,
    )
    blocks: list[Block] = [Text(text)]
    if titles := [ctx.rules.topics[topic].title for topic in topics or () if topic in ctx.rules.topics]:
        scope_text = words("Only what is on {topics} is searched.", topics=", ".join(map(words, titles)))
        blocks.append(Text(scope_text, quiet=True))
    if single_phrases := await _find_each(ctx, view, wider):
        blocks.append(Text(words("Found by itself: {words}.", words=", ".join(single_phrases))))
    blocks.append(Actions((Button(words("Latest"), call=CallRef("latest")),)))
    return Answer(document=Document(tuple(blocks), words.language))


async def _find_each(ctx: Context, view: View, query: _Query) -> list[str]:
    """Return those phrases that are found without the others, with how many stories have them."""
    if len(query.search_terms.phrases) < 2:
        return []
    single_phrases = []
    for phrase in query.search_terms.phrases[:5]:
        hits = await _find(ctx, view, replace(query, search_terms=SearchTerms((phrase,))))
        if hits:
            single_phrases.append(f"{' '.join(phrase.words)} ({view.words.number(len(hits))})")
    return single_phrases
