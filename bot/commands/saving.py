"""save, saved, unsave: stories that people keep for themselves."""

import re
from collections.abc import Sequence

from bot.commands.declaration import Option, Section, command
from bot.commands.news import find_story, numbers
from bot.commands.views import View, answer_with, view_of
from bot.errors import CallError
from bot.i18n import Words
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
    Item,
    Listing,
    SavedStory,
    Text,
)
from bot.pipeline.summarizing.headlines import headline_of
from bot.store import readers
from bot.text.typed_words import is_everything
from bot.text.words import one_line

PAGE = 10
SAVED_MAX = 200
"""Stories that one person keeps."""


@command(
    name="save",
    code="sv",
    section=Section.READERS,
    description="Keep a story for yourself",
    help_line="keep a story of the last list for yourself: /save 2",
    details=(
        "Nobody else sees what you keep. It is named as it was when you saved it. As an answer to a post of "
        "mine it needs no number."
    ),
    options=(Option("number", "Its number in the last list", complete=numbers),),
    carried_options=("view",),
    acts=True,
    post_menu="Save",
    examples=("/save 2",),
)
async def save(ctx: Context, call: Call) -> Answer:
    """Keep a story for the asker."""
    view, ranking = await find_story(ctx, call)
    headline = headline_of(ranking.lead)
    story = SavedStory(
        story_id=ranking.story.id,
        headline=headline,
        link=ranking.lead.link,
        outlet=ranking.lead.outlet,
        saved_at=ctx.clock(),
    )
    async with ctx.store.write() as tx:
        if await readers.count_saved(tx, call.person) >= SAVED_MAX:
            raise CallError(
                "You keep {most} stories already, and that is as many as I hold. /saved shows them, /unsave "
                "1 takes one out.",
                most=SAVED_MAX,
            )
        is_new = await readers.save_story(tx, call.person, story)
    words = view.words
    if is_new:
        text = words("Saved: {headline}", headline=headline)
    else:
        text = words("You have that already: {headline}", headline=headline)
    take_back = Button(words("Take it out"), call=CallRef("unsave", {"number": f"i{story.story_id}"}))
    actions = Actions((Button(words("What I saved"), call=CallRef("saved")), take_back))
    return Answer(document=Document((Text(text), actions), words.language))


@command(
    name="saved",
    code="sd",
    section=Section.READERS,
    description="The stories that you saved",
    help_line="the stories that you saved",
    carried_options=("page",),
)
async def saved(ctx: Context, call: Call) -> Answer:
    """Answer with the stories that the asker saved, the last one first, ten to a page."""
    view = await view_of(ctx, call)
    async with ctx.store.read() as tx:
        saved_stories = await readers.saved_by(tx, call.person)
    if not saved_stories:
        return answer_with(
            view, [Text(view.words("You have saved nothing yet. For example: /latest, then /save 1"))]
        )
    page_text = call.arguments.get("page", "")
    page = min(int(page_text) if page_text.isdecimal() else 0, (len(saved_stories) - 1) // PAGE)
    start = page * PAGE
    items = tuple(
        Item(_line(view.words, view, number, story), story.link)
        for number, story in enumerate(saved_stories[start : start + PAGE], start=start + 1)
    )
    count = view.words.plural("{n} story", "{n} stories", len(saved_stories))
    hint = view.words("/unsave and its number takes one out.")
    blocks: list[Block] = [
        Heading(view.words("What you saved"), count),
        Listing(items=items),
        Text(hint, quiet=True),
    ]
    if turns := _turns(view.words, page, len(saved_stories)):
        blocks.append(Actions(turns))
    return answer_with(view, blocks, edit="page" in call.arguments)


async def _saved_numbers(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the numbers of what the asker saved."""
    async with ctx.store.read() as tx:
        saved_stories = await readers.saved_by(tx, call.person)
    return (*(str(number) for number in range(1, len(saved_stories) + 1)), "all")


@command(
    name="unsave",
    code="us",
    section=Section.READERS,
    description="Take a story out of those that you saved",
    help_line="take a story out of those that you saved: /unsave 1",
    details="`/unsave all` takes out all of them.",
    usage="/unsave NUMBER|all",
    options=(Option("number", "Its number in /saved, or all", required=True, complete=_saved_numbers),),
    acts=True,
    examples=("/unsave 1", "/unsave all"),
)
async def unsave(ctx: Context, call: Call) -> Answer:
    """Take a story, or all of them, out of those that the asker saved."""
    view = await view_of(ctx, call)
    async with ctx.store.write() as tx:
        chosen_stories = _choose_stories(call.arguments["number"], await readers.saved_by(tx, call.person))
        await readers.remove_saved(tx, call.person, [story.story_id for story in chosen_stories])
    words = view.words
    if len(chosen_stories) == 1:
        text = words("Taken out: {headline}", headline=chosen_stories[0].headline)
    else:
        text = words.plural("Taken out: one story.", "Taken out: {n} stories.", len(chosen_stories))
    return answer_with(view, [Text(text)])


def _choose_stories(text: str, saved_stories: Sequence[SavedStory]) -> Sequence[SavedStory]:
    """Return the saved stories that a word means: a number in /saved, i and a story's id, or all. Raises
    `CallError`.
    """
    word = text.strip().lower()
    if not saved_stories:
        raise CallError("You have saved nothing yet. For example: /latest, then /save 1")
    if is_everything(word):
        return saved_stories
    match = re.fullmatch(r"(i?)#?(\d{1,12})", word)
    if match and match[1]:
        chosen_stories = [story for story in saved_stories if story.story_id == int(match[2])]
        if not chosen_stories:
            raise CallError("That is not among what you saved any more. /saved shows it.")
        return chosen_stories
    if not match or not 1 <= int(match[2]) <= len(saved_stories):
        raise CallError(
            (
                "`{word}` is none of what you saved: say a number from 1 to {count}, as /saved shows them, "
                "or all."
            ),
            word=one_line(text)[:40],
            count=len(saved_stories),
        )
    return [saved_stories[int(match[2]) - 1]]


def _line(words: Words, view: View, number: int, story: SavedStory) -> str:
    day = words.date(story.saved_at, view.channel.zone)
    return f"{number} · {story.headline} — {story.outlet}, {day}"


def _turns(words: Words, page: int, count: int) -> tuple[Button, ...]:
    def turn(to: int) -> CallRef:
        return CallRef("saved", {"page": str(to)})

    buttons = [Button(words("‹ Newer"), call=turn(page - 1))] if page > 0 else []
    if (page + 1) * PAGE < count:
        buttons.append(Button(words("Older ›"), call=turn(page + 1)))
    return tuple(buttons)
