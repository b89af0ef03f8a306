"""feeds: which feeds a place draws on; and for whoever runs the instance, those of servers that could count
for everybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.commands.declaration import Option, Section, command
from bot.commands.feed_adding import ADD, add_feed
from bot.commands.feed_settings import SET, SETTINGS, set_feed, settings_in_words
from bot.commands.hindsight import SAVED
from bot.commands.views import View, is_operator, view_of, whole_feeds
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
    Feed,
    Heading,
    Item,
    Listing,
    PlaceKind,
    Text,
)
from bot.pipeline.entries.urls import has_secret, mask_secrets, shown_host
from bot.store import Tx, feed_visibility, subscriptions
from bot.store import feeds as store_feeds
from bot.store.feed_visibility import Adder, Waiting
from bot.store.topic_shares import Share, shares
from bot.text.words import fold

LOOK, REMOVE, RESTORE = "look", "remove", "restore"
ACTIONS = (SET, ADD, LOOK, REMOVE, "open", "close", RESTORE)
SEPARATOR = ","
"""Between the numbers of several feeds."""

NAMED_MAX = 5
"""Feeds that are named where a name means several."""
FEEDS_SHOWN_MAX = 40
"""Feeds of a server that are named."""

PAGE = 4
"""Feeds that wait, shown at a time: each has a button, and five buttons are the most below a document."""

COUNTED_PERIOD = timedelta(days=14)
LABEL = 30
"""Characters of a title on a button."""


@dataclass(frozen=True, slots=True)
class _WaitingFeeds:
    """The feeds that wait, and how much of what each brought lately is on a topic."""

    waiting: Sequence[Waiting]
    shares: Mapping[int, Share]


async def _complete_feeds(ctx: Context, call: Call) -> tuple[str, ...]:
    """Return the names of the feeds that count in a Call's place."""
    return tuple(mask_secrets(feed.title) for feed in (await view_of(ctx, call)).feeds if feed.title)


@command(
    name="feeds",
    code="fe",
    section=Section.FEEDS,
    description="The feeds that count here",
    help_line="the feeds that count here, and what was added here",
    details=(
        "`set` shows how one is read and what it counts for here, and changes that: `cap 3` lets the "
        "three newest of a day lead stories, `leads off` lets it count among the sources alone, "
        "`models off` keeps it from models, `pages off` takes only what the feed says, `every 2h` asks for "
        "it so often; `agent`, `cookie`, `header` and `proxy` go with the request "
        "([all of it](feeds.md#what-can-be-set-of-a-feed)). A feed is named by its number or a word of its "
        "name. "
        "`add` adds one that cannot be read without a cookie or a header: "
        "`/feeds add ADDRESS cookie NAME=VALUE`, in a private chat. "
        "`remove` takes away a feed that was added here, and its answer has a button that brings it back; "
        "what it brought is told no more. Whoever runs the instance opens a feed that a server added to "
        "everybody, by its number."
    ),
    usage="/feeds [set|add|look|remove|open|close FEED] [SETTING VALUE]",
    options=(
        Option(
            "action",
            "set shows or changes it, add, look (reads it again), remove; open and close for operators",
            choices=ACTIONS,
        ),
        Option(
            "feed",
            "The number of a feed, a word of its name, or for add its address",
            complete=_complete_feeds,
        ),
        Option("setting", "What to set of it", choices=tuple(SETTINGS)),
        Option("value", "To what, such as 3, off or 2h", rest=True),
    ),
    carried_options=("after", "setting", "value", SAVED),
    manager=True,
    examples=("/feeds", "/feeds set 12 cap 3", "/feeds remove 12"),
)
async def feeds(ctx: Context, call: Call) -> Answer:
    """Answer with the feeds of a place; or open one that a server added to everybody, or close it again."""
    view = await view_of(ctx, call)
    action = call.arguments.get("action", "")
    if action == SET:
        return await set_feed(ctx, view, call, await _feed_here(ctx, view, call))
    if action == ADD:
        document, feed = await add_feed(ctx, view, call)
        back = Button(view.words("Take that back"), call=_deciding(REMOVE, feed.number))
        return Answer(
            document=replace(document, blocks=(*document.blocks, Actions((back, _feeds_button(view.words)))))
        )
    if action == LOOK:
        return await _look_again(ctx, view, call)
    if action == REMOVE:
        return await _remove(ctx, view, call)
    if action == RESTORE:
        return await _restore(ctx, view, call)
    if action:
        return await _decide(ctx, view, call, action)
    visible_feeds = await whole_feeds(ctx, view)
    blocks: list[Block] = [
        Heading(view.words("Feeds of this place")),
        Text(_shared_line(view.words, visible_feeds)),
        *_own_feeds(view.words, visible_feeds),
        *_set_feeds(view.words, visible_feeds),
    ]
    async with ctx.store.read() as tx:
        waiting_feeds = await _load_waiting_feeds(tx, ctx) if await is_operator(tx, call) else None
    if waiting_feeds is not None and waiting_feeds.waiting:
        blocks += _waiting_blocks(view.words, call, waiting_feeds)
    return Answer(document=Document(tuple(blocks), view.words.language))


# --- what counts here --------------------------------------------------------------------------------------


def _shared_line(words: Words, visible_feeds: Sequence[Feed]) -> str:
    count = sum(1 for feed in visible_feeds if feed.shared)
    return words.plural("One feed counts for everybody.", "{n} feeds count for everybody.", count)


def _own_feeds(words: Words, visible_feeds: Sequence[Feed]) -> list[Block]:
    own_feeds = [feed for feed in visible_feeds if not feed.shared and feed.server_id is None]
    secret = [feed for feed in visible_feeds if feed.server_id is not None]
    if not own_feeds and not secret:
        text = words("Nothing else was added here. /subscribe with an address, or /import, adds feeds.")
        return [Text(text, quiet=True)]
    blocks: list[Block] = []
    if own_feeds:
        title = words("Added here. They count here; whoever runs me can open them to all:")
        items = [Item(_own_line(words, feed, _name_of(feed)), _link(feed.url)) for feed in own_feeds]
        blocks.append(_listing(items, title))
    if secret:
        title = words(
            "Of this place alone: their address holds a secret, or it was set here how they are read:"
        )
        items = [Item(_own_line(words, feed, _without_address(feed))) for feed in secret]
        blocks.append(_listing(items, title))
    hint = words(
        "/feeds remove and its number takes one away, /feeds set and its number says how it is read."
    )
    blocks.append(Text(hint, quiet=True))
    return blocks


def _set_feeds(words: Words, visible_feeds: Sequence[Feed]) -> list[Block]:
    """Return the feeds that this place has set otherwise than usual, with how."""
    set_lines = [(feed, settings_in_words(words, feed)) for feed in visible_feeds]
    items = [
        Item(" · ".join([str(feed.number), mask_secrets(feed.title), *lines]))
        for feed, lines in set_lines
        if lines
    ]
    return [_listing(items, words("Set otherwise than usual:"))] if items else []


def _own_line(words: Words, feed: Feed, name: str) -> str:
    """Return a feed that was added here with its number, and with what is wrong where it cannot be read."""
    health = (
        [words("cannot be read: {cause}", cause=words.whole(mask_secrets(feed.error)))]
        if feed.failures
        else []
    )
    return " · ".join([str(feed.number), name, *health])


def _listing(items: Sequence[Item], title: str) -> Listing:
    more = len(items) - FEEDS_SHOWN_MAX
    return Listing(items=(*items[:FEEDS_SHOWN_MAX], *([Item(f"… +{more}")] if more > 0 else [])), title=title)


def _name_of(feed: Feed) -> str:
    return f"{feed.title} · {mask_secrets(feed.url)}" if feed.title else mask_secrets(feed.url)


def _link(url: str) -> str:
    return "" if has_secret(url) else url


def _without_address(feed: Feed) -> str:
    """Return a feed without its address: what is secret of it may be anywhere in there."""
    host = shown_host(feed.url)
    return f"{mask_secrets(feed.title)} · {host}" if feed.title and feed.title != host else host


# --- what waits for an operator ----------------------------------------------------------------------------


async def _load_waiting_feeds(tx: Tx, ctx: Context) -> _WaitingFeeds:
    waiting = await feed_visibility.waiting_feeds(tx)
    since = ctx.clock() - COUNTED_PERIOD
    feed_shares = await shares(tx, [feed.feed_id for feed in waiting], since, since)
    return _WaitingFeeds(waiting, {feed_share.feed_id: feed_share for feed_share in feed_shares})


def _waiting_blocks(words: Words, call: Call, waiting_feeds: _WaitingFeeds) -> list[Block]:
    """Return what waits, in a private chat alone: in others it would tell what other servers read."""
    count = len(waiting_feeds.waiting)
    if call.conversation.kind is not PlaceKind.PRIVATE:
        return [
            Text(
                words.plural(
                    "One feed waits for you: say /feeds in a private chat with me.",
                    "{n} feeds wait for you: say /feeds in a private chat with me.",
                    count,
                )
            )
        ]
    before = int(after) if (after := call.arguments.get("after", "")).isdecimal() else 0
    before = before if before < count else 0
    page = waiting_feeds.waiting[before : before + PAGE]
    title = words.plural(
        "One feed counts only where it was added, and could count for everybody:",
        "{n} feeds count only where they were added, and could count for everybody:",
        count,
    )
    items = [
        Item(_line(words, feed, waiting_feeds.shares.get(feed.feed_id)), _link(feed.url)) for feed in page
    ]
    rest = count - before - len(page)
    if before or rest > 0:
        items.append(Item(f"{before + 1}–{before + len(page)} / {count}"))
    buttons = [
        Button(words("For all: {feed}", feed=_short(feed)), call=_deciding("open", feed.feed_id))
        for feed in page
    ]
    if rest > 0:
        buttons.append(
            Button(words("Further ones"), call=CallRef("feeds", {"after": str(before + len(page))}))
        )
    return [Listing(items=tuple(items), title=title), Actions(tuple(buttons))]


def _deciding(action: str, number: int | str) -> CallRef:
    return CallRef("feeds", {"action": action, "feed": str(number)})


def _line(words: Words, feed: Waiting, share: Share | None) -> str:
    """Return a feed that waits: its number, title, outlet and address, who added it, and how much of it is on
    a topic.
    """
    parts = [str(feed.feed_id), mask_secrets(feed.title)]
    if feed.outlet not in {"", feed.title}:
        parts.append(mask_secrets(feed.outlet))
    parts += [
        mask_secrets(feed.url),
        words("added by {servers}", servers=", ".join(_adder(words, server) for server in feed.servers)),
    ]
    if share is not None and share.since:
        parts.append(words("{kept} of {n} on a topic", kept=share.kept_since, n=share.since))
    return " · ".join(parts)


def _adder(words: Words, adder: Adder) -> str:
    return adder.name or words("a place on {platform}", platform=adder.platform.capitalize())


def _short(feed: Waiting) -> str:
    title = mask_secrets(feed.title)
    return title if len(title) <= LABEL else f"{title[: LABEL - 1].rstrip()}…"


async def _decide(ctx: Context, view: View, call: Call, action: str) -> Answer:
    """Open a feed to everybody, or close it again. Only whoever runs the instance may."""
    number = call.arguments.get("feed", "").strip(" #")
    async with ctx.store.write() as tx:
        if not await is_operator(tx, call):
            raise CallError("Only whoever runs this instance can open a feed to all.")
        if not number:
            raise CallError(
                "/{name} needs {option}: {meaning}. Usage: {usage}",
                name="feeds",
                option="feed",
                meaning="The number of a feed",
                usage=f"/feeds {action} NUMBER",
            )
        title = None
        if number.isdecimal() and len(number) < 10:
            title = await feed_visibility.share(tx, int(number), shared=action == "open")
    if title is None:
        raise CallError(
            (
                "`{number}` is not the number of a feed that a server added. /feeds in a private "
                "chat shows those that wait."
            ),
            number=mask_secrets(number)[:40],
        )
    words = view.words
    back = Button(words("Feeds"), call=CallRef("feeds"))
    if action == "open":
        text = words("{feed} counts for everybody from now on.", feed=mask_secrets(title))
        buttons = [Button(words("Take that back"), call=_deciding("close", number)), back]
    else:
        text = words("{feed} counts only where it was added.", feed=mask_secrets(title))
        buttons = [back]
    return Answer(document=Document((Text(text), Actions(tuple(buttons))), words.language))


async def _look_again(ctx: Context, view: View, call: Call) -> Answer:
    """Let a feed of the place that cannot be read be looked at now."""
    feed = await _feed_here(ctx, view, call)
    async with ctx.store.write() as tx:
        await store_feeds.set_values(tx, feed.id, next_poll_at=ctx.clock())
    ctx.wake("collect")
    return _answer(view.words, view.words("{feed} is looked at now.", feed=mask_secrets(feed.title)))


async def _remove(ctx: Context, view: View, call: Call) -> Answer:
    """Take feeds away that were added here; not one by which a subscription lives."""
    if SEPARATOR in call.arguments.get("feed", ""):
        return await _remove_several(ctx, view, call)
    feed = await _feed_here(ctx, view, call)
    if feed.shared:
        raise CallError(
            "{feed} counts for everybody: it is not this place's to remove. /filter add -outlet:NAME leaves "
            "it out here.",
            feed=mask_secrets(feed.title),
        )
    async with ctx.store.write() as tx:
        names = await subscriptions.channels_of_feed(tx, view.channel.server_id, feed.id)
        if names:
            raise CallError(
                (
                    "{feed} is what a subscription posts ({channels}): /list shows it there, /unsubscribe "
                    "ends it."
                ),
                feed=mask_secrets(feed.title),
                channels=", ".join(names),
            )
        await feed_visibility.unlink(tx, feed.id, view.channel.server_id)
    text = view.words(
        "{feed} is taken away: it counts here no more.", feed=mask_secrets(feed.title or feed.url)
    )
    return _answer(
        view.words, text, Button(view.words("Bring it back"), call=_deciding(RESTORE, feed.number))
    )


async def _remove_several(ctx: Context, view: View, call: Call) -> Answer:
    """Take several feeds away, as a list had added them: all but those that a subscription posts by
    themselves. Those that count for everybody go on counting, and so are none of those that are told.
    """
    words, server_id = view.words, view.channel.server_id
    shared_ids = {feed.id for feed in await whole_feeds(ctx, view) if feed.shared}
    removed_ids: list[int] = []
    kept_count = 0
    async with ctx.store.write() as tx:
        for feed_id in await feed_visibility.linked_to(tx, server_id) & _ids_of(view, _numbers(call)):
            if await subscriptions.channels_of_feed(tx, server_id, feed_id):
                kept_count += 1
            else:
                await feed_visibility.unlink(tx, feed_id, server_id)
                removed_ids.append(feed_id)
    count = sum(1 for feed_id in removed_ids if feed_id not in shared_ids)
    sentences = [words.plural("One feed is taken away.", "{n} feeds are taken away.", count)]
    if kept_count:
        sentences.append(
            words.plural(
                "One stays: a subscription posts it (/list).",
                "{n} stay: subscriptions post them (/list).",
                kept_count,
            )
        )
    back = Button(
        words("Bring them back"), call=_deciding(RESTORE, SEPARATOR.join(map(str, sorted(removed_ids))))
    )
    return _answer(words, " ".join(sentences), *((back,) if removed_ids else ()))


async def _restore(ctx: Context, view: View, call: Call) -> Answer:
    """Bring feeds back that this server had added first; of any other nobody learns that it is there."""
    numbers = _numbers(call) if view.known else []
    shared_ids = {feed.id for feed in await whole_feeds(ctx, view) if feed.shared}
    async with ctx.store.write() as tx:
        names_by_number = {
            number: await feed_visibility.relink(tx, number, view.channel.server_id) for number in numbers
        }
    relinked_names = {number: name for number, name in names_by_number.items() if name is not None}
    if not relinked_names:
        raise CallError(
            (
                "`{number}` is not the number of a feed that was added here. /subscribe with an address adds "
                "one."
            ),
            number=mask_secrets(call.arguments.get("feed", ""))[:40],
        )
    ctx.wake("collect")
    words = view.words
    if len(relinked_names) > 1:
        count = len(relinked_names.keys() - shared_ids)
        text = words.plural("One feed counts here again.", "{n} feeds count here again.", count)
        return _answer(words, text, Button(words("Take that back"), call=removing(numbers)))
    return _answer(words, words("{feed} counts here again.", feed=mask_secrets(*relinked_names.values())))


def removing(numbers: Iterable[int]) -> CallRef:
    """Return the call that takes feeds away, by their numbers; with a single one, too, as several."""
    return _deciding(REMOVE, SEPARATOR.join([*map(str, numbers), ""]))


def _numbers(call: Call) -> list[int]:
    """Return the numbers that a Call names."""
    words = call.arguments.get("feed", "").replace("#", "").split(SEPARATOR)
    return [int(word) for word in map(str.strip, words) if word.isdecimal() and len(word) < 10]


def _ids_of(view: View, numbers: Iterable[int]) -> set[int]:
    """Return the ids of the feeds of a place that some numbers mean."""
    by_number = {feed.number: feed.id for feed in view.feeds}
    return {by_number.get(number, number) for number in numbers}


def _feeds_button(words: Words) -> Button:
    return Button(words("Feeds"), call=CallRef("feeds"))


def _answer(words: Words, text: str, *buttons: Button) -> Answer:
    actions = Actions((*buttons, _feeds_button(words)))
    return Answer(document=Document((Text(text), actions), words.language))


async def _feed_here(ctx: Context, view: View, call: Call) -> Feed:
    """Return the feed of the place that a Call names by its number, or by a word of its name that no other
    has. Raises `CallError`.
    """
    named = call.arguments.get("feed", "").strip(" #")
    visible_feeds = await whole_feeds(ctx, view)
    named_feeds = (feed for feed in visible_feeds if named in {str(feed.number), str(feed.id)})
    feed = next(named_feeds, None)
    if feed is not None:
        return feed
    fitting = [feed for feed in visible_feeds if named and fold(named) in fold(_names_of(feed))]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise CallError(
            "`{name}` may mean several feeds: {feeds}. Name one by its number.",
            name=mask_secrets(named)[:40],
            feeds=", ".join(f"{feed.number} {mask_secrets(feed.title)}" for feed in fitting[:NAMED_MAX]),
        )
    if not named:
        raise CallError("Which feed? Give its number or a word of its name; /feeds shows them.")
    raise CallError(
        "`{number}` is not the number of a feed of this place, nor a word of its name. /feeds shows them.",
        number=mask_secrets(named)[:40],
    )


def _names_of(feed: Feed) -> str:
    return f"{feed.title}\n{feed.outlet}\n{shown_host(feed.url)}"
