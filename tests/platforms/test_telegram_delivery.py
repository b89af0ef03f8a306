"""Operations on Telegram: what every failure means, and how one of unknown fate is looked for."""

from dataclasses import replace

import pytest

from bot.errors import ChannelLost, ChannelMoved, NotSent, PlatformDown, Refused, Unsure
from bot.model import (
    Actions,
    Button,
    Document,
    Finding,
    OperationKind,
    Picture,
    PlaceKind,
    RecordedMessage,
    Search,
    StoryBlock,
    Text,
)
from bot.platforms.telegram.render import render
from tests.doubles.telegram import TelegramDouble
from tests.platforms.test_telegram_harness import channel, operation, platform_on, running

STORY = Document(
    (
        StoryBlock(
            headline="Title & more",
            link="https://EXAMPLE.com",
            sentences=("A sentence.",),
            meta="2 sources",
            number=1,
            more=Button("2 sources", "s:1"),
        ),
    )
)
PLAIN = Document((Text("nothing today"),))
OPERATOR = 900


@pytest.fixture
async def telegram():
    async with TelegramDouble() as double:
        double.add_private(OPERATOR)
        yield double


@pytest.fixture
async def platform(telegram):
    async with running(telegram) as platform:
        yield platform


def places(telegram):
    """A private chat, a small group, a supergroup and a channel."""
    return [
        channel(telegram.add_private(7)),
        channel(telegram.add_group(supergroup=False), PlaceKind.GROUP),
        channel(telegram.add_group(), PlaceKind.GROUP),
        channel(telegram.add_channel(), PlaceKind.BROADCAST),
    ]


# --- sending ---


async def test_a_post_arrives_with_its_nonce(telegram, platform):
    for where in places(telegram):
        for number, document in enumerate((STORY, PLAIN), 1):
            sent = operation(render(document, where)[0], number)
            post = await platform.send(sent, where, "")
            message = telegram.posts(int(where.address))[-1]
            assert str(message.message_id) == post
            datas = [key.get("callback_data", "") for row in message.keyboard for key in row]
            marked = [data for data in datas if data.endswith("|" + sent.nonce)]
            assert len(marked) == (0 if where.kind is PlaceKind.BROADCAST else 1)


async def test_data_too_long_for_a_nonce_gets_a_silent_button(telegram, platform):
    where = channel(telegram.add_private(7))
    document = Document(
        (Text("x"), Actions((Button("Long", "l:" + "x" * 60), Button("Web", url="https://a.com/"))))
    )
    await platform.send(operation(render(document, where)[0]), where, "")
    assert telegram.posts(7)[0].labels == ["Long", "Web", "·"]


async def test_replies_threads_and_pictures(telegram, platform):
    group = telegram.add_group()
    topic = telegram.add_topic(group)
    where = channel(group, PlaceKind.GROUP, thread=str(topic))
    first = await platform.send(operation(render(PLAIN, where)[0]), where, "")
    document = Document((Text("x"), Picture("https://a.com/i.png", "chart")))
    await platform.send(operation(render(document, where)[0], 2), where, first)
    await platform.send(operation(render(PLAIN, where)[0], 3), where, "4711")
    one, two, three = telegram.posts(group)
    assert [each.thread for each in (one, two, three)] == [topic] * 3
    assert [each.reply_to for each in (one, two, three)] == [0, one.message_id, 0]
    assert two.preview == {"url": "https://a.com/i.png", "prefer_large_media": True, "show_above_text": True}


async def test_an_edit_of_a_deleted_post_is_refused_and_says_so(telegram, platform):
    where = channel(telegram.add_group(), PlaceKind.GROUP)
    change = operation({**render(STORY, where)[0], "post": "4711"}, 2, OperationKind.EDIT)
    with pytest.raises(Refused, match=r"^The message was deleted on Telegram"):
        await platform.send(change, where, "")


@pytest.mark.parametrize("in_payload", [True, False])
async def test_an_edit_changes_the_post(telegram, platform, in_payload):
    where = channel(telegram.add_channel(), PlaceKind.BROADCAST)
    post = await platform.send(operation(render(PLAIN, where)[0]), where, "")
    payload = {**render(STORY, where)[0]} | ({"post": post} if in_payload else {})
    change = operation(payload, 2, OperationKind.EDIT, "" if in_payload else post)
    assert await platform.send(change, where, "") == post
    assert await platform.send(change, where, "") == post, "the same again is as good"
    assert "Title & more" in telegram.posts(int(where.address))[0].text
    assert (
        await platform.find(change, where, Search(after=post, known=frozenset(), unrecorded=0))
    ).finding is Finding.ABSENT


async def test_an_edit_of_nothing_is_refused(telegram, platform):
    where = channel(telegram.add_private(7))
    for post in ("", "55"):
        with pytest.raises(Refused):
            await platform.send(operation(render(PLAIN, where)[0], 1, OperationKind.EDIT, post), where, "")


# --- failures ---


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        ({"status": 403, "words": "bot was blocked by the user"}, ChannelLost),
        ({"status": 403, "words": "bot was kicked from the supergroup chat"}, ChannelLost),
        ({"status": 400, "words": "chat not found"}, ChannelLost),
        ({"status": 400, "words": "message thread not found"}, ChannelLost),
        ({"status": 400, "words": "TOPIC_DELETED"}, ChannelLost),
        ({"status": 400, "words": "not enough rights to send text messages to the chat"}, ChannelLost),
        ({"status": 400, "words": "need administrator rights in the channel chat"}, ChannelLost),
        ({"status": 400, "words": "message is too long"}, Refused),
        ({"status": 500, "words": "Internal Server Error"}, Unsure),
        ({"status": 502, "words": "Bad Gateway"}, Unsure),
        ({"status": 429}, NotSent),
        ({"status": 401, "words": "Unauthorized"}, PlatformDown),
    ],
)
async def test_what_a_refusal_means(telegram, platform, fault, meaning):
    where = channel(telegram.add_private(7))
    telegram.fail("sendMessage", **fault)
    with pytest.raises(meaning) as caught:
        await platform.send(operation(render(PLAIN, where)[0]), where, "")
    assert not isinstance(caught.value, PlatformDown) or caught.value.final
    assert not telegram.posts(7)


@pytest.mark.filterwarnings("ignore:.*retry_after")
@pytest.mark.parametrize("as_timedelta", ["0", "1"])
async def test_flood_control_says_how_long(telegram, platform, as_timedelta, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", as_timedelta)
    where = channel(telegram.add_private(7))
    telegram.fail("sendMessage", 429, retry_after=17)
    with pytest.raises(NotSent) as caught:
        await platform.send(operation(render(PLAIN, where)[0]), where, "")
    assert caught.value.after == 17


async def test_a_group_that_moved_says_where(telegram, platform):
    group = telegram.add_group(supergroup=False)
    new = telegram.migrate(group)
    where = channel(group, PlaceKind.GROUP)
    with pytest.raises(ChannelMoved) as caught:
        await platform.send(operation(render(PLAIN, where)[0]), where, "")
    assert caught.value.address == str(new)


@pytest.mark.parametrize("after", [True, False])
async def test_a_cut_connection_leaves_doubt(telegram, platform, after):
    where = channel(telegram.add_private(7))
    telegram.cut("sendMessage", after=after)
    with pytest.raises(Unsure):
        await platform.send(operation(render(PLAIN, where)[0]), where, "")
    assert len(telegram.posts(7)) == after


async def test_what_never_left_was_not_sent(telegram):
    where = channel(7)
    with pytest.raises(NotSent):
        await platform_on(telegram).send(operation(render(PLAIN, where)[0]), where, "")


async def test_a_server_that_is_gone_was_not_reached():
    async with TelegramDouble() as double, running(double) as platform:
        await double.__aexit__()
        where = channel(7)
        with pytest.raises(NotSent, match="could not be reached"):
            await platform.send(operation(render(PLAIN, where)[0]), where, "")


# --- finding ---


async def lost(telegram, platform, where, document=STORY, before=()):
    """Send one post that is known and one whose answer is cut off; `before` runs between them."""
    known = await platform.send(operation(render(PLAIN, where)[0], 1), where, "")
    for act in before:
        act(int(where.address))
    uncertain = operation(render(document, where)[0], 2)
    telegram.cut("sendMessage", after=True)
    with pytest.raises(Unsure):
        await platform.send(uncertain, where, "")
    return known, uncertain, str(telegram.posts(int(where.address))[-1].message_id)


@pytest.mark.parametrize("document", [STORY, PLAIN], ids=["story", "plain"])
async def test_a_lost_post_is_found(telegram, platform, document):
    for where in places(telegram):
        known, uncertain, post = await lost(telegram, platform, where, document)
        found = await platform.find(
            uncertain, where, Search(after=known, known=frozenset(), unrecorded=0, operator=str(OPERATOR))
        )
        assert (found.finding, found.post) == (Finding.FOUND, post)
        assert not any(message.edits for message in telegram.shows(int(where.address)))
    assert telegram.shows(OPERATOR) == [], "forwarded copies are deleted"


async def test_it_is_found_among_other_peoples_messages_and_known_answers(telegram, platform):
    for where in places(telegram):
        answers = []

        def answer(chat, answers=answers):
            answers.append(str(telegram.own_message(chat, "an answer").message_id))

        others = [telegram.other_message] * 3 + [answer] + [telegram.other_message] * 4 + [answer]
        known, uncertain, post = await lost(telegram, platform, where, before=others)
        search = Search(after=known, known=frozenset(answers), unrecorded=0, operator=str(OPERATOR))
        found = await platform.find(uncertain, where, search)
        assert (found.finding, found.post) == (Finding.FOUND, post)
        assert not any(message.edits for message in telegram.shows(int(where.address)))


async def test_what_never_arrived_is_absent(telegram, platform):
    for where in places(telegram):
        chat = int(where.address)
        known = await platform.send(operation(render(PLAIN, where)[0], 1), where, "")
        for _ in range(3):
            telegram.other_message(chat, "nothing today")
        uncertain = operation(render(PLAIN, where)[0], 2)
        found = await platform.find(
            uncertain, where, Search(after=known, known=frozenset(), unrecorded=0, operator=str(OPERATOR))
        )
        if where.kind is PlaceKind.BROADCAST:
            assert found.finding is Finding.FOUND, "an editor's post with these very words reads as ours"
        else:
            assert found.finding is Finding.ABSENT
        assert not any(message.edits for message in telegram.shows(chat))


async def test_at_most_ten_misses_where_a_chat_has_its_own_ids(telegram, platform):
    where = channel(telegram.add_group(), PlaceKind.GROUP)
    known = await platform.send(operation(render(PLAIN, where)[0], 1), where, "")
    found = await platform.find(
        operation(render(STORY, where)[0], 2), where, Search(after=known, known=frozenset(), unrecorded=0)
    )
    assert found.finding is Finding.ABSENT
    assert sum(method == "editMessageText" for method, _ in telegram.requests) == 10


async def test_other_chats_ids_do_not_end_the_search_in_a_private_chat(telegram, platform):
    where, other = channel(telegram.add_private(7)), telegram.add_private(8)
    crowd = [lambda _: telegram.other_message(other)] * 20
    known, uncertain, post = await lost(telegram, platform, where, before=crowd)
    found = await platform.find(uncertain, where, Search(after=known, known=frozenset(), unrecorded=0))
    assert (found.finding, found.post) == (Finding.FOUND, post)


@pytest.mark.parametrize("small", [True, False], ids=["small group", "private chat"])
async def test_what_other_chats_were_told_does_not_hide_a_lost_post(telegram, platform, small):
    """Private chats and small groups count in one row: what was said to other chats before and since is passed over unasked."""
    where = channel(telegram.add_group(supergroup=False), PlaceKind.GROUP) if small else channel(telegram.add_private(7))  # fmt: skip
    other = telegram.add_private(8)
    elsewhere = []

    def told(before):
        def say(_):
            post = str(telegram.own_message(other, "news").message_id)
            elsewhere.append(RecordedMessage(str(other), post, before=before))

        return say

    crowd = [told(True)] * 40 + [told(False)] * 40
    known, uncertain, post = await lost(telegram, platform, where, before=crowd)
    own_row = RecordedMessage("-1001", "999", before=True)
    search = Search(after=known, known=frozenset(), unrecorded=0, elsewhere=(*elsewhere, own_row))
    found = await platform.find(uncertain, where, search)
    assert (found.finding, found.post) == (Finding.FOUND, post)
    assert sum(method == "editMessageText" for method, _ in telegram.requests) == 1
    first_ever = replace(search, after="")
    assert (await platform.find(uncertain, where, first_ever)).post == post


async def test_a_lost_post_is_found_in_a_group_that_moved(telegram, platform):
    where = channel(telegram.migrate(telegram.add_group(supergroup=False)), PlaceKind.GROUP)
    uncertain = operation(render(STORY, where)[0], 2)
    telegram.cut("sendMessage", after=True)
    with pytest.raises(Unsure):
        await platform.send(uncertain, where, "")
    found = await platform.find(uncertain, where, Search(after="0", known=frozenset(), unrecorded=0))
    assert (found.finding, found.post) == (Finding.FOUND, "2"), (
        "the first message says where the group came from"
    )


async def test_a_crowded_group_is_not_called_empty(telegram, platform):
    where = channel(telegram.add_group(), PlaceKind.GROUP)
    known, uncertain, _ = await lost(telegram, platform, where, before=[telegram.other_message] * 40)
    found = await platform.find(uncertain, where, Search(after=known, known=frozenset(), unrecorded=0))
    assert found.finding is Finding.UNKNOWN


async def test_what_may_not_be_looked_for_is_unknown(telegram, platform):
    private, *_, news = places(telegram)
    for where, search in [
        (private, Search(after="1", known=frozenset(), unrecorded=1)),
        (private, Search(after="", known=frozenset(), unrecorded=0)),
        (news, Search(after="1", known=frozenset(), unrecorded=0, operator="")),
        (news, Search(after="1", known=frozenset(), unrecorded=0, operator="12345")),
    ]:
        found = await platform.find(operation(render(STORY, where)[0]), where, search)
        assert found.finding is Finding.UNKNOWN
    assert not any(method == "editMessageText" for method, _ in telegram.requests)


async def test_a_channel_is_never_edited_to_look(telegram, platform):
    where = channel(telegram.add_channel(), PlaceKind.BROADCAST)
    known, uncertain, post = await lost(
        telegram, platform, where, before=[lambda chat: telegram.other_message(chat, "An editor's words")]
    )
    found = await platform.find(
        uncertain, where, Search(after=known, known=frozenset(), unrecorded=0, operator=str(OPERATOR))
    )
    assert found.post == post
    assert not any(method.startswith("editMessage") for method, _ in telegram.requests)
    forwards = [arguments for method, arguments in telegram.requests if method == "forwardMessage"]
    assert len(forwards) == 2
    assert all(each["disable_notification"] == "true" for each in forwards)


async def test_a_service_message_in_a_channel_leaves_doubt_unless_ours_is_found(telegram, platform):
    where = channel(telegram.add_channel(), PlaceKind.BROADCAST)
    known = await platform.send(operation(render(PLAIN, where)[0], 1), where, "")
    telegram.other_message(int(where.address), service=True)
    absent = operation(render(STORY, where)[0], 2)
    search = Search(after=known, known=frozenset(), unrecorded=0, operator=str(OPERATOR))
    assert (await platform.find(absent, where, search)).finding is Finding.UNKNOWN


async def test_a_protected_channel_stays_unknown(telegram, platform):
    where = channel(telegram.add_channel(), PlaceKind.BROADCAST)
    known, uncertain, _ = await lost(telegram, platform, where)
    telegram.protect(int(where.address))
    search = Search(after=known, known=frozenset(), unrecorded=0, operator=str(OPERATOR))
    assert (await platform.find(uncertain, where, search)).finding is Finding.UNKNOWN


async def test_an_edit_that_changed_something_of_ours_is_owned_up_to(telegram, platform):
    where = channel(telegram.add_private(7))
    known = await platform.send(operation(render(PLAIN, where)[0], 1), where, "")
    telegram.own_message(7, "an answer nobody recorded")
    found = await platform.find(
        operation(render(STORY, where)[0], 2), where, Search(after=known, known=frozenset(), unrecorded=0)
    )
    assert found.finding is Finding.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 429, "retry_after": 9}, NotSent),
        ({"status": 502}, NotSent),
        ({"status": 401, "words": "Unauthorized"}, PlatformDown),
    ],
)
async def test_what_stops_a_search(telegram, platform, fault, expected):
    where = channel(telegram.add_private(7))
    telegram.fail("editMessageText", **fault)
    with pytest.raises(expected):
        await platform.find(
            operation(render(STORY, where)[0]), where, Search(after="1", known=frozenset(), unrecorded=0)
        )


async def test_a_chat_that_is_lost_cannot_be_searched(telegram, platform):
    where = channel(telegram.add_private(7))
    telegram.set_bot(7, "kicked")
    found = await platform.find(
        operation(render(STORY, where)[0]), where, Search(after="1", known=frozenset(), unrecorded=0)
    )
    assert found.finding is Finding.UNKNOWN
