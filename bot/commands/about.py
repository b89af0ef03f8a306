"""start, about, status, claim: the bot about itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import __version__
from bot.commands.access import may_add_feeds, take_claim
from bot.commands.declaration import Option, Section, command
from bot.commands.open_questions import keep_open_question, was_asked
from bot.commands.registry import registry
from bot.commands.setup import SETUP, first_talk, setup_offer
from bot.commands.shares import faded, resting
from bot.commands.subscriptions import DAILY_DIGEST, INSTANT_NEWS_CALL
from bot.commands.targets import at_target, target_of
from bot.commands.views import (
    REMOVED_REASON,
    View,
    bring_in_blocks,
    ensure_channel,
    is_operator,
    load_story,
    moment_in,
    pause_reasons,
    posted_at,
    view_of,
    whole_feeds,
)
from bot.errors import CallError, DeliveryError
from bot.jobs import Context
from bot.jobs.delivering.pausing import pause_channel
from bot.jobs.operating.notices import tell_operators
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Channel,
    ChannelState,
    Document,
    Feed,
    Heading,
    Identity,
    Item,
    Listing,
    OperationState,
    Person,
    Place,
    PlaceKind,
    Quote,
    Text,
)
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.summarizing.headlines import headline_of
from bot.store import Tx, entries, outbox, places, posting_hold, subscriptions, system

CONFIRM = "confirm"
CLAIM_LINK = "claim-"
CLAIM_VALID = timedelta(minutes=15)


@command(
    name="start",
    code="go",
    section=Section.BOT,
    description="Begin",
    options=(Option("payload", "What a link carries"),),
    public=True,
)
async def start(ctx: Context, call: Call) -> Answer:
    """Greet, and ask once about a place that waits to be set up; or claim with the code in the link of the
    log. What other links carry is a button's: dispatch reads it.
    """
    payload = call.arguments.get("payload", "")
    if payload.startswith(CLAIM_LINK):
        code = payload.removeprefix(CLAIM_LINK)
        return await claim(ctx, replace(call, command="claim", arguments={"code": code}))
    words = (await view_of(ctx, call)).words
    place = await waiting_place(ctx, call)
    if place is not None and not await was_asked(ctx, call, place):
        await keep_open_question(ctx, call, SETUP, place)
        talk = (Heading(place.name), *first_talk(words, place, target_of(place)))
        return Answer(document=Document(talk, words.language))
    async with ctx.store.read() as tx:
        invited = await may_add_feeds(tx, ctx, call)
    invitation = Text(words("Send me a feed or a web site to follow it here, or choose:"), quiet=True)
    offers = (
        (
            Button(words("A daily digest here"), call=DAILY_DIGEST),
            Button(words("News at once"), call=INSTANT_NEWS_CALL),
        )
        if call.place.has_bot
        else ()
    )
    blocks: tuple[Block, ...] = (
        Text(words("I read AI news in many languages and tell each story once, briefly, with its sources.")),
        *((invitation,) if invited and call.place.has_bot else ()),
        Actions(
            (
                *offers,
                Button(words("Latest"), call=CallRef("latest")),
                Button(words("What I can do"), call=CallRef("help")),
            )
        ),
        *(setup_offer(words, place) if place is not None else ()),
    )
    return Answer(document=Document(blocks, words.language))


async def waiting_place(ctx: Context, call: Call) -> Place | None:
    """Return the place into which somebody has brought us before they began a chat with us: where nothing is
    posted yet, and which they may manage at this moment.
    """
    if call.place.kind is not PlaceKind.PRIVATE:
        return None
    async with ctx.store.read() as tx:
        waiting = await places.unused_at_desk(tx, call.person)
        operator = await is_operator(tx, call)
    if waiting is None:
        return None
    about_it = replace(call, target=waiting.address)
    try:
        return (await at_target(ctx, registry().by_name[SETUP], about_it, operator=operator)).place
    except CallError:
        return None  # theirs no longer, or Telegram is away: the greeting is the usual one


@command(
    name="about",
    code="ab",
    section=Section.BOT,
    description="Who I am and where the news comes from",
    help_line="who I am and where the news comes from",
    public=True,
)
async def show_about(ctx: Context, call: Call) -> Answer:
    """Answer with version, sources and method."""
    view = await view_of(ctx, call)
    outlets = sorted({feed.outlet for feed in view.feeds if feed.outlet})
    text = view.words(
        "Strillone {version}: AI news from {n} feeds. Summaries: {method}.",
        version=__version__,
        n=len(view.feeds),
        method=_method(ctx, view),
    )
    items = tuple(Item(name) for name in outlets[:40])
    listing = Listing(
        items=items, title=view.words.plural("{n} outlet", "{n} outlets", len(outlets)), folded=True
    )
    return Answer(document=Document((Text(text), listing), view.words.language))


def _method(ctx: Context, view: View) -> str:
    if not ctx.summarizer.translates:
        return view.words("sentences of the sources, word for word")
    return view.words("written by a model and checked against the sources")


@command(
    name="status",
    code="ss",
    section=Section.STATE,
    description="Why is there no message?",
    help_line="why there is no message",
    about_place=True,
)
async def status(ctx: Context, call: Call) -> Answer:
    """Answer why there is, or is no, message: the next digest first, then what is wrong, then the figures."""
    view = await view_of(ctx, call)
    upcoming = await _next(ctx, view) if call.place.has_bot else None
    blocks: list[Block] = [*map(Text, pause_reasons(view, ctx.clock())), *([upcoming] if upcoming else [])]
    if not call.place.has_bot:
        blocks += bring_in_blocks(ctx, view.words, call)
    blocks += [Text(held_back) for held_back in await _hold_lines(ctx, view)]
    blocks += [Text(problem) for problem in _problems(ctx, view)]
    blocks += await resting(ctx, view)
    own_feeds = await whole_feeds(ctx, view)
    blocks.append(Text(await _figures(ctx, view, own_feeds), quiet=True))
    failing = [feed for feed in own_feeds if feed.failures]
    if failing:
        items = tuple(
            Item(mask_secrets(f"{feed.title or feed.url}: {feed.error}"), mask_secrets(feed.url))
            for feed in failing[:10]
        )
        blocks.append(
            Listing(
                items=items,
                title=view.words.plural(
                    "One feed could not be read.", "{n} feeds could not be read.", len(failing)
                ),
                folded=True,
            )
        )
    blocks += await faded(ctx, view, call)
    return Answer(document=Document(tuple(blocks), view.words.language))


async def _next(ctx: Context, view: View) -> Text | None:
    """Say what is posted in a place next, None where something keeps it."""
    async with ctx.store.read() as tx:
        channel_subscriptions = await subscriptions.of_channel(tx, view.channel.id) if view.known else []
    slots = [subscription.next_slot_at for subscription in channel_subscriptions if subscription.next_slot_at]
    words, zone = view.words, view.channel.zone
    if slots and view.channel.state is ChannelState.PAUSED:
        return None
    if slots:
        upcoming = posted_at(view.channel, min(slots))
        if upcoming is None:
            return None
        when = f"{words.day(upcoming, zone)}, {words.time(upcoming, zone)}"
        text = words("Next digest here: {when} ({zone}).", when=when, zone=zone)
        return Text(text, moment=moment_in(text, when, zone, upcoming))
    if channel_subscriptions and view.channel.is_paused(ctx.clock()):
        return None
    if channel_subscriptions:
        return Text(words("News is posted here as it comes."))
    return Text(words("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00"))


async def _hold_lines(ctx: Context, view: View) -> list[str]:
    async with ctx.store.read() as tx:
        since = await posting_hold.held_since(tx)
    if since is None:
        return []
    moment = f"{view.words.day(since, view.channel.zone)}, {view.words.time(since, view.channel.zone)}"
    return [
        view.words(
            (
                "Nothing is posted since I was restored from a backup ({when}), until my operator "
                "says `strillone resume`."
            ),
            when=moment,
        )
    ]


def _problems(ctx: Context, view: View) -> list[str]:
    problems = [view.words.whole(ctx.store.trouble)] if ctx.store.trouble else []
    problems += [
        view.words(
            "{platform} is not connected: {reason}",
            platform=health.platform,
            reason=view.words.whole(health.detail),
        )
        for health in ctx.health.values()
        if health.state != "connected"
    ]
    return problems


async def _figures(ctx: Context, view: View, own_feeds: Sequence[Feed]) -> str:
    async with ctx.store.read() as tx:
        states = await outbox.states_of(tx, view.channel.id)
        last = await outbox.last_post_at(tx, view.channel.id)
        count = await entries.count_since(tx, ctx.clock() - timedelta(days=1), view.feed_ids)
    waiting = sum(states.get(s, 0) for s in (OperationState.QUEUED, OperationState.SENDING))
    parts = [
        view.words.plural("{n} entry in 24 hours", "{n} entries in 24 hours", count),
        view.words(
            "feeds: {ok} ok, {failing} failing",
            ok=sum(1 for f in own_feeds if f.ok_at and not f.failures),
            failing=sum(1 for f in own_feeds if f.failures),
        ),
        view.words(
            "posts: {queued} queued, {uncertain} uncertain, {held} held, {refused} refused",
            queued=waiting,
            uncertain=states.get(OperationState.UNCERTAIN, 0),
            held=states.get(OperationState.HELD, 0),
            refused=states.get(OperationState.REFUSED, 0),
        ),
    ]
    if last:
        parts.append(
            view.words(
                "last post: {when}",
                when=(
                    f"{view.words.weekday(last, view.channel.zone)} "
                    f"{view.words.time(last, view.channel.zone)}"
                ),
            )
        )
    return " · ".join(parts)


@command(
    name="claim",
    code="cl",
    section=Section.OPERATOR,
    description="Become the operator with the code from the log",
    details="An operator without a code gets one for another account.",
    options=(Option("code", "The one-time code"),),
    acts=True,
    examples=("/claim 4F2A-9C1B",),
)
async def claim(ctx: Context, call: Call) -> Answer:
    """Make the caller an operator if the code is right; an operator without a code gets one for another
    account of theirs.
    """
    if call.place.kind is PlaceKind.PAGE:
        raise CallError("Claim me from a chat with me, not from this page.")
    code = call.arguments.get("code", "")
    if not code:
        return await _offer_claim(ctx, call)
    if call.person.speaks_for_chat:
        raise CallError(
            "Claim me as yourself, in a private chat: of administrators who remain anonymous I "
            "cannot know which one it is."
        )
    take_claim(ctx, call)
    person = replace(call.person, chat=await _private_chat_link(ctx, call))
    words = (await view_of(ctx, call)).words
    async with ctx.store.write() as tx:
        is_accepted = await places.use_claim(tx, code, person, ctx.clock())
        if is_accepted and person.chat:
            await _meet(tx, ctx, person)
    if not is_accepted:
        ctx.log.warning("claim.wrong_code", platform=person.platform, person=person.address)
        raise CallError(
            "That code is wrong, used or older than 15 minutes. `strillone run --claim` prints a "
            "new one in the log."
        )
    ctx.log.info("claim.used", platform=person.platform, person=person.address)
    notices = (
        words("Notices come to your private chat with me.")
        if person.chat
        else words("Send me a private message, so that notices can reach you.")
    )
    lines = words("You run this instance now: commands that change a place obey you everywhere.")
    return Answer(document=Document((Text(lines), Text(notices, quiet=True)), words.language))


async def _private_chat_link(ctx: Context, call: Call) -> str:
    """Return the address of the caller's private chat with us, empty where there is none."""
    if call.place.kind is PlaceKind.PRIVATE:
        return call.place.address
    platform = ctx.platforms.get(call.person.platform)
    try:
        return await platform.private_chat(call.person) if platform else ""
    except DeliveryError as error:
        ctx.log.warning(
            "claim.no_private_chat",
            platform=call.person.platform,
            person=call.person.address,
            cause=str(error),
        )
        return ""


async def meet(ctx: Context, call: Call) -> None:
    """Remember the private chat that an operator writes in as the one where notices arrive."""
    person = replace(call.person, chat=call.place.address)
    async with ctx.store.read() as tx:
        operator_chats = [
            operator.chat
            for operator in await places.operators(tx)
            if (operator.platform, operator.address) == (person.platform, person.address)
        ]
        is_known = await places.channel_at(tx, call.place) is not None
    if not operator_chats or (operator_chats == [person.chat] and is_known):
        return
    async with ctx.store.write() as tx:
        await places.set_operator_chat(tx, person)
        await _meet(tx, ctx, person)


async def _meet(tx: Tx, ctx: Context, person: Person) -> None:
    """Make an operator's private chat a place where notices arrive."""
    place = Place(
        platform=person.platform,
        address=person.chat,
        kind=PlaceKind.PRIVATE,
        name=person.name,
        server_address=person.chat,
        language=person.language,
    )
    await ensure_channel(tx, ctx, Call("", {}, person, place))


async def _offer_claim(ctx: Context, call: Call) -> Answer:
    """Give an operator a code for the other platform, or for somebody who is to run the instance with
    them.
    """
    words = (await view_of(ctx, call)).words
    async with ctx.store.write() as tx:
        if not await is_operator(tx, call):
            raise CallError(
                "Give the code from the log: /claim CODE. `strillone run --claim` prints a new one."
            )
        if call.place.kind is not PlaceKind.PRIVATE:
            raise CallError("Ask me that in a private chat: whoever reads the code may use it.")
        code = await places.new_claim(tx, ctx.clock() + CLAIM_VALID)
    text = words(
        (
            "Whoever says this to me within 15 minutes, here or on another platform, runs me "
            "like you: /claim {code}"
        ),
        code=code,
    )
    return Answer(document=Document((Text(text),), words.language))


@command(
    name=CONFIRM,
    code="cf",
    section=Section.BOT,
    options=(Option("data", "", rest=True),),
    public=True,
    hidden=True,
)
async def confirm(ctx: Context, call: Call) -> Answer:
    """Show what a link, or a button that was made for somebody else, would do, and ask with a button of the
    asker's own.
    """
    view = await view_of(ctx, call)
    words = view.words
    usage, data = call.arguments.get("usage", ""), call.arguments.get("data", "")
    if not usage:
        raise CallError("There is nothing to confirm. /help lists what I can do.")
    does = call.arguments.get("about", "")
    return Answer(
        document=Document(
            (
                Text(words("That link or button asks me to do this for you here:")),
                Quote(usage, words(does) if does else ""),
                *([Text(headline)] if (headline := await _headline(ctx, view, call)) else []),
                Text(words("Nothing has changed yet.")),
                Actions(
                    (
                        Button(words("Do it"), data, is_dangerous=True),
                        Button(words("What I can do"), call=CallRef("help")),
                    )
                ),
            ),
            words.language,
        )
    )


async def _headline(ctx: Context, view: View, call: Call) -> str:
    """Return the headline of the story that a link is about, empty where it is about none that is seen
    here.
    """
    story_id = call.arguments.get("story", "")
    ranking = await load_story(ctx, view, int(story_id)) if story_id else None
    return headline_of(ranking.lead) if ranking else ""


async def record_rights(
    tx: Tx, ctx: Context, place: Place, *, may_post: bool, by: Person | None = None
) -> None:
    """Record that we may, or may no longer, post to a place and its topics, and who has brought us in; where
    we may again, what was paused is resumed.
    """
    call = Call("", {}, Person(platform=place.platform, address=""), place)
    if may_post or by:
        channel = await ensure_channel(tx, ctx, call)
        if by:
            await places.set_values(tx, channel.id, desk=by.address)
    thread_channels = [] if place.thread else await places.channels_at(tx, place)
    own_channels = thread_channels or [channel for channel in [await places.channel_at(tx, place)] if channel]
    for channel in own_channels:
        if not may_post and by:
            await places.pause(tx, channel.id, _cause(place), ctx.clock(), missing=place.missing)
        elif not may_post:
            await _unplaced(tx, ctx, channel, place)
        elif channel.state is ChannelState.PAUSED:
            await places.resume(tx, channel.id, ctx.clock())
    if not own_channels:
        return
    ctx.log.info("place.recorded", platform=place.platform, address=place.address, may_post=may_post)


async def _unplaced(tx: Tx, ctx: Context, channel: Channel, place: Place) -> None:
    if place.rights:
        await places.set_values(tx, channel.id, rights=sorted(place.rights))
    await pause_channel(tx, ctx, channel, _cause(place), place.missing)


def _cause(place: Place) -> str:
    return f"I may not post there: give me {', '.join(place.missing)}." if place.missing else REMOVED_REASON


async def introduced(ctx: Context, platform: str, identity: Identity) -> None:
    """Record who we are on a platform. That another bot speaks there now is told to whoever runs the
    instance.
    """
    async with ctx.store.write() as tx:
        if identity.address:
            await places.set_bot_link(tx, platform, identity.address)
        before = await system.fact(tx, f"bot on {platform}")
        if identity.number:
            await system.remember(tx, f"bot on {platform}", identity.number)
        if before and identity.number and before != identity.number:
            await tell_operators(
                tx,
                ctx,
                f"bot:{platform}:{identity.number}",
                (
                    "Another bot speaks on {platform} now: {name}. It can neither edit nor find again "
                    "what the one before it posted."
                ),
                platform=platform.capitalize(),
                name=identity.name,
            )
