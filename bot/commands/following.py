"""follow, unfollow: stories whose updates, and topics whose news, come to somebody in their private chat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.commands.completions import topics
from bot.commands.declaration import Option, Section, command
from bot.commands.news import find_story
from bot.commands.own_topics import own_topic_called, own_topics_of
from bot.commands.subscriptions import add_subscription
from bot.commands.topics import find_topic
from bot.commands.views import View, answer_with, hides_answers, unknown, view_of
from bot.errors import CallError, DeliveryError
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Bar,
    Block,
    Button,
    Call,
    CallRef,
    Channel,
    FollowedStory,
    Heading,
    Item,
    Listing,
    Place,
    PlaceKind,
    Schedule,
    Subscription,
    Text,
)
from bot.pipeline.summarizing.headlines import headline_of
from bot.store import Tx, places, reader_choices, subscriptions
from bot.text.typed_words import is_everything
from bot.text.words import one_line

FOLLOWED_MAX = 50
"""Stories that one person follows."""

AN_HOUR, A_DAY = 2, 6
"""How many stories of a followed topic come at most: more would be a channel."""


@dataclass(frozen=True, slots=True)
class _Followed:
    """What somebody follows: topics, by the subscriptions of their private chat, and stories."""

    topics: Sequence[Subscription] = ()
    stories: Sequence[FollowedStory] = ()


@command(
    name="follow",
    code="fo",
    section=Section.READERS,
    description="Hear of a story or a topic in your private chat",
    help_line="hear what is new of a story, or news of a topic, in private: /follow 2",
    details=(
        "A story is named by its number in the last list, or by an answer to the post that tells it; its "
        "updates come to your private chat with me. Of a topic the notable news comes at once, two an hour "
        "and six a day at most. Without either it shows what you follow."
    ),
    usage="/follow [NUMBER|TOPIC]",
    options=(
        Option("what", "The number of a story in the last list, or a topic", rest=True, complete=topics),
    ),
    carried_options=("view",),
    acts=True,
    post_menu="Follow",
    examples=("/follow 2", "/follow robotics", "/follow"),
)
async def follow(ctx: Context, call: Call) -> Answer:
    """Let the asker hear of a story or a topic; without either show what they follow."""
    what = one_line(call.arguments.get("what", ""))
    if not what and not call.reply_to:
        view = await view_of(ctx, call)
        return answer_with(view, _list_blocks(ctx, view, await _load(ctx, call)))
    if subject := await _topic_called(ctx, call, what):
        return await _follow_topic(ctx, call, subject)
    if what and not re.fullmatch(r"i?#?\d{1,12}", what):
        raise CallError(
            "`{what}` is neither the number of a story in the last list nor a topic, which /topics names. "
            "For example: /follow 2",
            what=what[:40],
        )
    arguments = {"number": what, "view": call.arguments.get("view", "")}
    view, ranking = await find_story(ctx, replace(call, arguments=arguments))
    own_place = await _private_place(ctx, call)
    headline = headline_of(ranking.lead)
    async with ctx.store.write() as tx:
        if len(await reader_choices.followed_by(tx, call.person)) >= FOLLOWED_MAX:
            raise CallError("You follow {most} stories already. /unfollow ends some.", most=FOLLOWED_MAX)
        channel = await _own_channel(tx, ctx, own_place)
        story = FollowedStory(
            story_id=ranking.story.id,
            change_no=ranking.story.change_no,
            channel_id=channel.id,
            headline=headline,
            link=ranking.lead.link,
            followed_at=ctx.clock(),
        )
        is_new = await reader_choices.follow(tx, call.person, story)
    if is_new:
        text = view.words(
            "You follow: {headline}. What is new of it comes to you in private.", headline=headline
        )
    else:
        text = view.words("You follow that already: {headline}", headline=headline)
    return answer_with(
        view, [Text(text), *_private_hint(ctx, view, call), _buttons(view, f"i{story.story_id}")]
    )


async def _topic_called(ctx: Context, call: Call, name: str) -> Subscription | None:
    """Return a subscription to the topic that a name means, None for none. Raises `CallError` for one of a
    server's own: who changes it there could not change it in others' private chats.
    """
    if topic := find_topic(ctx, name):
        return Subscription(id=0, channel_id=0, topic=topic, schedule=Schedule(instant=True))
    server_topics = await own_topics_of(ctx, await view_of(ctx, call))
    if own := own_topic_called(name, server_topics):
        raise CallError(
            "{name} is a topic of this place's own, which cannot be followed. For its news in private: "
            "{example}",
            name=own.name,
            example=f"/search {own.terms.split()[0].lstrip('+-')}",
        )
    return None


async def _follow_topic(ctx: Context, call: Call, subject: Subscription) -> Answer:
    """Let news of a topic come to the asker's private chat."""
    view = await view_of(ctx, call)
    own_place = await _private_place(ctx, call)
    topic, name = subject.topic, _topic_name(ctx, view, subject)
    async with ctx.store.write() as tx:
        channel = await _own_channel(tx, ctx, own_place)
        own_subscriptions = await subscriptions.of_channel(tx, channel.id)
        if any(one.topic == topic and not (one.feed_ids or one.own_topic) for one in own_subscriptions):
            text = view.words(
                "News on {topic} comes to your private chat already: /list shows it there.", topic=name
            )
            return answer_with(view, [Text(text), _buttons(view, topic)])
        subscription = replace(
            subject,
            channel_id=channel.id,
            bar=Bar.NOTABLE,
            posts_per_hour=AN_HOUR,
            posts_per_day=A_DAY,
            origin=reader_choices.FOLLOW,
        )
        await add_subscription(tx, ctx, channel, subscription, None)
    ctx.wake("collect")
    text = view.words(
        "You follow {topic}: its notable news comes to you in private, {hour} an hour and {day} a day at "
        "most.",
        topic=name,
        hour=AN_HOUR,
        day=A_DAY,
    )
    return answer_with(view, [Text(text), *_private_hint(ctx, view, call), _buttons(view, topic)])


async def _complete_followed(ctx: Context, call: Call) -> tuple[str, ...]:
    follows = await _load(ctx, call)
    count = len(follows.topics) + len(follows.stories)
    return (*map(str, range(1, count + 1)), *(one.topic for one in follows.topics), "all")


@command(
    name="unfollow",
    code="uf",
    section=Section.READERS,
    description="Hear no more of a story or a topic",
    help_line="hear no more of a story or a topic that you follow: /unfollow 1",
    usage="/unfollow NUMBER|TOPIC|all",
    options=(
        Option(
            "what",
            "Its number in /follow, a topic, or all",
            required=True,
            rest=True,
            complete=_complete_followed,
        ),
    ),
    acts=True,
    examples=("/unfollow 1", "/unfollow robotics", "/unfollow all"),
)
async def unfollow(ctx: Context, call: Call) -> Answer:
    """Let the asker hear no more of a story, of a topic, or of anything that they follow."""
    view = await view_of(ctx, call)
    selection = _choose(ctx, one_line(call.arguments["what"]), await _load(ctx, call))
    async with ctx.store.write() as tx:
        await reader_choices.unfollow(tx, call.person, [story.story_id for story in selection.stories])
        for subscription in selection.topics:
            await subscriptions.end(tx, subscription.id)
            await reader_choices.withdraw_news_at_once(tx, subscription.channel_id)
    names = [_topic_name(ctx, view, one) for one in selection.topics]
    names += [story.headline for story in selection.stories]
    text = view.words(
        "You follow no more: {names}.", names="; ".join(names[:5]) + (" …" if names[5:] else "")
    )
    return answer_with(view, [Text(text)])


def _choose(ctx: Context, text: str, follows: _Followed) -> _Followed:
    """Return what a word means of what somebody follows. Raises `CallError`."""
    if not (follows.topics or follows.stories):
        raise CallError("You follow nothing yet. For example: /latest, then /follow 1")
    if is_everything(text):
        return follows
    topic = find_topic(ctx, text)
    if topic and (matches := [one for one in follows.topics if one.topic == topic]):
        return _Followed(topics=matches)
    if topic:
        raise CallError("You do not follow that. /follow shows what you follow.")
    match = re.fullmatch(r"(i?)#?(\d{1,12})", text)
    count = len(follows.topics) + len(follows.stories)
    if match and match[1]:
        if stories := [one for one in follows.stories if one.story_id == int(match[2])]:
            return _Followed(stories=stories)
        raise CallError("You do not follow that. /follow shows what you follow.")
    if not match or not 1 <= int(match[2]) <= count:
        raise CallError(
            "`{word}` is none of what you follow: say a number from 1 to {count}, as /follow shows them, a "
            "topic, or all.",
            word=text[:40],
            count=count,
        )
    place = int(match[2]) - 1
    if place < len(follows.topics):
        return _Followed(topics=[follows.topics[place]])
    return _Followed(stories=[follows.stories[place - len(follows.topics)]])


async def _load(ctx: Context, call: Call) -> _Followed:
    """Return what the asker follows."""
    own_place = await _private_place(ctx, call)
    async with ctx.store.read() as tx:
        channel = await places.channel_at(tx, own_place)
        own_subscriptions = await subscriptions.of_channel(tx, channel.id) if channel else []
        stories = await reader_choices.followed_by(tx, call.person)
    return _Followed([one for one in own_subscriptions if one.origin == reader_choices.FOLLOW], stories)


async def _private_place(ctx: Context, call: Call) -> Place:
    """Return the asker's private chat with us. Raises `CallError` where there is none."""
    here = call.conversation
    if here.kind in {PlaceKind.PRIVATE, PlaceKind.PAGE}:
        return here
    address = await private_chat(ctx, call)
    if not address:
        raise CallError("I cannot write to you in private: open a private chat with me, and say that there.")
    return Place(
        platform=here.platform,
        address=address,
        kind=PlaceKind.PRIVATE,
        language=call.person.language or here.language,
    )


async def private_chat(ctx: Context, call: Call) -> str:
    """Return the address of the asker's private chat with us, empty where there is none."""
    here = call.conversation
    platform = ctx.platforms.get(here.platform)
    if here.kind is PlaceKind.PRIVATE or platform is None:
        return here.address
    try:
        return call.person.chat or await platform.private_chat(call.person)
    except DeliveryError as error:
        ctx.log.info("follow.no_private_chat", platform=here.platform, cause=str(error))
        return ""


async def _own_channel(tx: Tx, ctx: Context, place: Place) -> Channel:
    fresh = unknown(ctx, place)
    return await places.ensure_channel_record(tx, place, {"language": fresh.language, "zone": fresh.zone})


def _private_hint(ctx: Context, view: View, call: Call) -> list[Block]:
    """Say where only readers can begin a private chat, and did not ask in it, that they must have done so."""
    platform = ctx.platforms.get(call.conversation.platform)
    is_begun = call.conversation.kind in {PlaceKind.PRIVATE, PlaceKind.PAGE}
    if is_begun or platform is None or hides_answers(ctx, call):
        return []
    identity = platform.identity()
    text = view.words(
        "If you have never written to me in private, do so once: {address}",
        address=identity.address if identity else "",
    )
    return [Text(text, quiet=True)]


def _buttons(view: View, what: str) -> Actions:
    take_back = Button(view.words("Take that back"), call=CallRef("unfollow", {"what": what}))
    return Actions((take_back, Button(view.words("What I follow"), call=CallRef("follow"))))


def _list_blocks(ctx: Context, view: View, follows: _Followed) -> list[Block]:
    words = view.words
    if not (follows.topics or follows.stories):
        return [Text(words("You follow nothing yet. For example: /latest, then /follow 1"))]
    items = [Item(_topic_name(ctx, view, one)) for one in follows.topics]
    items += [Item(story.headline, story.link) for story in follows.stories]
    numbered = tuple(replace(item, text=f"{n} · {item.text}") for n, item in enumerate(items, start=1))
    hint = words("/unfollow and its number ends one.")
    return [Heading(words("What you follow")), Listing(items=numbered), Text(hint, quiet=True)]


def _topic_name(ctx: Context, view: View, subscription: Subscription) -> str:
    topic = ctx.rules.topics.get(subscription.topic)
    return view.words(topic.title) if topic else subscription.topic
