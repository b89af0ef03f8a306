"""setup, choose: the first talk about a place with those who manage it: what is to be posted there."""

from dataclasses import replace

from bot.commands.declaration import Section, command
from bot.commands.open_questions import keep_open_question
from bot.commands.subscriptions import BREAKING_NEWS_CALL, DAILY_DIGEST
from bot.commands.targets import target_of
from bot.commands.views import view_of
from bot.i18n import Words
from bot.jobs import Context
from bot.model import Actions, Answer, Block, Button, Call, CallRef, Document, Place, Text

SETUP = "setup"
CHOICE = CallRef("choose")
DAILY = "08.00"
LABEL_MAX = 64
"""Characters of a button."""

ROW = 3
"""Topics that stand beside one another on a phone."""


@command(name=SETUP, code="se", section=Section.SUBSCRIPTIONS, manager=True, hidden=True)
async def setup(ctx: Context, call: Call) -> Answer:
    """Say what can be posted in a place, and which rights are missing; nothing is changed by it."""
    words = (await view_of(ctx, call)).words
    return Answer(document=Document(first_talk(words, call.place, call.target), words.language))


def first_talk(words: Words, place: Place, target: str) -> tuple[Block, ...]:
    """Return what is said first about a place: what we do, the rights that are missing, and three set-ups."""
    offers = (
        Button(words("A daily digest"), call=replace(DAILY_DIGEST, target=target)),
        Button(words("Breaking news at once"), call=replace(BREAKING_NEWS_CALL, target=target)),
        Button(words("Only what I choose"), call=replace(CHOICE, target=target)),
    )
    rights = words(
        "I may not post there yet. Give me {rights}: in its settings, under Administrators on Telegram, "
        "under Permissions on Discord.",
        rights=", ".join(place.missing),
    )
    return (
        Text(words("I read AI news in many languages and tell each story once, briefly, with its sources.")),
        *((Text(rights),) if place.missing else ()),
        Text(words("What is to be posted in {place}?", place=place.name)),
        *(Actions((offer,)) for offer in offers),
    )


def setup_offer(words: Words, place: Place) -> tuple[Actions, ...]:
    """Return the button that asks what is to be posted in a place."""
    label = words("What is to be posted in {place}?", place=place.name)
    return (Actions((Button(label[:LABEL_MAX], call=CallRef(SETUP, {}, target_of(place))),)),)


@command(name=CHOICE.command, code="ch", section=Section.SUBSCRIPTIONS, manager=True, hidden=True)
async def choose(ctx: Context, call: Call) -> Answer:
    """Offer the topics for a digest a day in a place; nothing is changed by it. Plain words that follow are
    about that place.
    """
    words = (await view_of(ctx, call)).words
    if call.origin is not None:
        await keep_open_question(ctx, call, CHOICE.command, call.place)
    question = words(
        "Which topic is to come there, every day at 08:00? /schedule changes when, and /subscribe takes the "
        "address of any feed or web site."
    )
    keys = [
        Button(words(topic.title), call=CallRef("subscribe", {"what": name, "when": DAILY}))
        for name, topic in ctx.rules.topics.items()
    ]
    rows = (Actions(tuple(keys[start : start + ROW])) for start in range(0, len(keys), ROW))
    return Answer(document=Document((Text(question), *rows), words.language))
