"""talk: plain talk that is no wish: it is said what was not understood, with what may have been meant."""

from bot.commands.about import waiting_place
from bot.commands.declaration import Option, Section, command
from bot.commands.setup import setup_offer
from bot.commands.subscription_lines import list_items
from bot.commands.subscriptions import DAILY_DIGEST
from bot.commands.views import View, view_of
from bot.jobs import Context
from bot.model import Actions, Answer, Button, Call, CallRef, Document, Listing, Text
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.filters.grammar import Field, Sign
from bot.pipeline.filters.wishes import Wish, read_wish
from bot.store import subscriptions
from bot.text.plain_asks import Ask, read_ask
from bot.text.stopwords import STOPWORDS
from bot.text.wish_words import Names, split_tokens
from bot.text.words import fold

TALK = "talk"
END = "end"

ARGUMENTS = {"why": "what", "save": "number", "story": "number"}
"""In which option the commands take the number of a story."""

QUOTED_MAX = 80
"""Characters of what was not understood that are said again."""

NOUN_MAX = 40
NOUN_MIN = 3
"""Characters of a word that may be what somebody asks about."""


def is_greeting(meaning: Wish) -> bool:
    """Tell whether plain talk says nothing at all: a greeting, thanks."""
    return not meaning.has_rules and not meaning.unread


def call_of_ask(text: str) -> CallRef | None:
    """Return the call that answers what a line asks in plain words, None where it asks nothing that one
    does.
    """
    ask = read_ask(text)
    match ask:
        case None:
            return None
        case Ask("latest", subject):
            return CallRef("latest", {"topic": subject} if subject else {})
        case Ask("end"):
            return CallRef(END)
        case Ask(kind, number):
            return CallRef(kind, {ARGUMENTS[kind]: number} if number else {})


@command(name=END, code="en", section=Section.BOT, public=True, hidden=True)
async def offer_end(ctx: Context, call: Call) -> Answer:
    """Answer who wants no more posts with what there is, and the ways to end it or to pause; nothing is
    changed by it.
    """
    view = await view_of(ctx, call)
    words = view.words
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    if not channel_subscriptions:
        text = words("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
        return Answer(document=Document((Text(text),), words.language))
    question = Text(words("What is to end? A pause lasts until /resume; what ends can be brought back."))
    listing = Listing(items=list_items(ctx, view, channel_subscriptions))
    buttons = (
        Button(words("Pause"), call=CallRef("pause")),
        Button(words("End all of it"), call=CallRef("unsubscribe", {"number": "all"})),
    )
    return Answer(document=Document((question, listing, Actions(buttons)), words.language))


@command(
    name=TALK,
    code="tk",
    section=Section.BOT,
    options=(Option("words", "", rest=True),),
    public=True,
    hidden=True,
)
async def talk(ctx: Context, call: Call) -> Answer:
    """Say what was not understood, and offer what is nearest to it, and the place that waits to be set up."""
    view = await view_of(ctx, call)
    text = call.arguments.get("words", "")
    quoted_text = mask_secrets(" ".join(text.split()))[:QUOTED_MAX]
    sentence = view.words("I did not understand “{words}”. Choose, or send a command:", words=quoted_text)
    buttons = await _offers(ctx, view, read_wish(text, ctx.texts.languages, Names()))
    place = await waiting_place(ctx, call)
    offer = setup_offer(view.words, place) if place is not None else ()
    return Answer(document=Document((Text(sentence), Actions(buttons), *offer), view.words.language))


async def _offers(ctx: Context, view: View, meaning: Wish) -> tuple[Button, ...]:
    """Return what may have been meant: news on what is named, now or from now on, and what else there is."""
    words = view.words
    help_button = Button(words("What I can do"), call=CallRef("help"))
    if meaning.topics and meaning.topics[0] in ctx.rules.topics:
        title = words(ctx.rules.topics[meaning.topics[0]].title)
        return *_on(view, title, meaning.topics[0], title), help_button
    if noun := _noun(meaning):
        return *_on(view, noun, noun, f'"{noun}"'), help_button
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    place_button = (
        Button(words("What is posted here"), call=CallRef("list"))
        if channel_subscriptions
        else Button(words("A daily digest here"), call=DAILY_DIGEST)
    )
    return Button(words("Latest"), call=CallRef("latest")), place_button, help_button


def _on(view: View, name: str, topic: str, wish: str) -> tuple[Button, Button]:
    """Return the buttons for what is named: its newest stories, and a subscription, which is shown first."""
    return (
        Button(view.words("Latest on {what}", what=name), call=CallRef("latest", {"topic": topic})),
        Button(view.words("News on {what} here", what=name), call=CallRef("wish", {"words": wish})),
    )


def _noun(meaning: Wish) -> str:
    """Return what plain talk is most likely about: a word that it asks for, else the one of those not
    understood that is a name, or the longest; empty for none.
    """
    terms = [
        term.text
        for term in meaning.filter.terms
        if term.field is Field.WORDS and term.sign is Sign.ANY and len(term.text) <= NOUN_MAX
    ]
    if terms:
        return terms[0]
    tokens = [token.text for words in meaning.unread for token in split_tokens(words)]
    nouns = [
        token
        for token in tokens
        if NOUN_MIN <= len(token) <= NOUN_MAX and token.isalpha() and fold(token) not in STOPWORDS
    ]
    return max(nouns, key=lambda noun: (noun != noun.lower(), len(noun)), default="")
