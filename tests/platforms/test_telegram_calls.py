"""What people do on Telegram becomes Calls, and answers reach them: the real library over a loopback Bot API."""

import asyncio
import json
import logging
import sys

import aiohttp
import pytest

from bot.errors import PlatformDown
from bot.model import Actions, Answer, Button, Document, PlaceKind, Text
from bot.platforms.telegram import turns
from bot.platforms.telegram.turns import MAX_WAITING, OF_ONE_PERSON, Turns
from tests.doubles.telegram import BOT_ID, TOKEN, USERNAME, TelegramDouble
from tests.platforms.test_telegram_harness import Desk, channel, operation, platform_on, running

KEYED = Document((Text("page 1"), Actions((Button("Next", "l:2"),))))


@pytest.fixture
async def telegram():
    async with TelegramDouble() as double:
        yield double


@pytest.fixture
def desk():
    return Desk()


# --- commands ---


async def test_a_command_in_private_is_answered(telegram, desk):
    chat = telegram.add_private(7, "it")
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest robots")
        await telegram.until(lambda: telegram.posts(chat))
    call = desk.calls[0]
    assert (call.command, call.arguments) == ("latest", {"rest": "robots"})
    assert (call.person.address, call.person.name, call.person.language) == ("7", "Ada", "it")
    assert call.person.manager
    assert (call.place.kind, call.place.address, call.place.language) == (PlaceKind.PRIVATE, "7", "it")
    assert (call.place.server_address, call.place.server_name) == ("7", "Ada")
    message = telegram.posts(chat)[0]
    assert message.text == "answer to latest"
    assert message.preview == {"is_disabled": True}
    assert desk.opened == [call.place]
    assert desk.closed == [(1, str(message.message_id))]


async def test_words_in_private_are_a_call_and_in_a_group_are_not(telegram, desk):
    chat, group = telegram.add_private(7), telegram.add_group(members=[7])
    telegram.set_bot(group, "administrator")
    async with running(telegram, desk):
        telegram.say(group, 7, "who knows robots?")
        telegram.say(chat, 7, "robots")
        await telegram.until(lambda: telegram.posts(chat))
    assert [call.command for call in desk.calls] == ["search"]


@pytest.mark.parametrize(
    "text", ["/latest@strillone_test_bot ai", "/latest@STRILLONE_test_bot ai", "/latest ai"]
)
async def test_a_command_in_a_group_is_answered_as_a_reply(telegram, desk, text):
    group = telegram.add_group("News", members=[7])
    async with running(telegram, desk):
        asked = telegram.say(group, 7, text)
        await telegram.until(lambda: telegram.posts(group))
    call = desk.calls[0]
    assert (call.command, call.arguments) == ("latest", {"rest": "ai"})
    assert (call.place.kind, call.place.name, call.place.server_name) == (PlaceKind.GROUP, "News", "News")
    assert not call.person.manager
    assert telegram.posts(group)[0].reply_to == asked.message_id


async def test_an_answer_to_a_post_of_ours_names_it_and_one_to_others_does_not(telegram, desk):
    group = telegram.add_group(members=[7])
    ours = telegram.own_message(group, "Digest")
    theirs = telegram.other_message(group, "hello")
    async with running(telegram, desk):
        telegram.say(group, 7, "/latest", reply_to=ours.message_id)
        telegram.say(group, 7, "/latest", reply_to=theirs.message_id)
        telegram.say(group, 7, "/latest")
        await telegram.until(lambda: len(desk.calls) == 3)
    assert [call.reply_to for call in desk.calls] == [str(ours.message_id), "", ""]


async def test_commands_to_another_bot_and_edited_messages_are_not_ours(telegram, desk):
    group = telegram.add_group(members=[7])
    async with running(telegram, desk):
        telegram.say(group, 7, "/latest@other_bot")
        telegram.say(group, 7, "/latest edited", edited=True)
        telegram.say(group, 7, "/latest")
        await telegram.until(lambda: telegram.posts(group))
    assert [call.command for call in desk.calls] == ["latest"]


async def test_a_command_that_we_do_not_know_is_another_bots_unless_it_is_addressed_to_us(telegram, desk):
    group = telegram.add_group(members=[7])
    private = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(group, 7, "/ban @spam")
        telegram.say(group, 7, "/ban@strillone_test_bot @spam")
        telegram.say(private, 7, "/ban")
        await telegram.until(lambda: len(desk.calls) == 2)
    assert [call.place.kind for call in desk.calls] == [PlaceKind.GROUP, PlaceKind.PRIVATE]


async def test_a_topic_is_answered_in_the_topic(telegram, desk):
    group = telegram.add_group(members=[7])
    topic = telegram.add_topic(group)
    async with running(telegram, desk):
        telegram.say(group, 7, "/latest", thread=topic)
        await telegram.until(lambda: telegram.posts(group))
    assert desk.calls[0].place.thread == str(topic)
    assert telegram.posts(group)[0].thread == topic


async def test_a_reply_chain_is_no_topic(telegram, desk):
    group = telegram.add_group(members=[7])
    async with running(telegram, desk):
        telegram.say(group, 7, "/latest", thread=55)
        await telegram.until(lambda: telegram.posts(group))
    assert desk.calls[0].place.thread == ""


async def test_only_administrators_are_managers_of_a_group(telegram, desk):
    group = telegram.add_group(members=[7], admins=[8])
    async with running(telegram, desk):
        telegram.say(group, 7, "/settings")
        telegram.say(group, 8, "/settings")
        telegram.say(group, 8, "/latest")
        await telegram.until(lambda: len(telegram.posts(group)) == 3)
    assert [call.person.manager for call in desk.calls] == [False, True, False]
    assert sum(method == "getChatMember" for method, _ in telegram.requests) == 2


async def test_an_administrator_who_may_only_pin_manages_nothing(telegram, desk):
    group = telegram.add_group(pinners=[8])
    async with running(telegram, desk):
        telegram.say(group, 8, "/settings")
        await telegram.until(lambda: telegram.posts(group))
    assert not desk.calls[0].person.manager


@pytest.mark.parametrize(
    ("who", "manages"),
    [
        ({"admins": [8], "anonymous": [8]}, True),
        ({"admins": [8], "pinners": [9], "anonymous": [8]}, True),
        ({"admins": [8], "pinners": [9], "anonymous": [8, 9]}, False),
        ({"admins": [8]}, False),
    ],
)
async def test_who_speaks_as_a_group_manages_it_where_all_who_may_speak_so_do(telegram, desk, who, manages):
    group = telegram.add_group(**who)
    async with running(telegram, desk):
        telegram.say(group, 0, "/settings", sender_chat=group)
        await telegram.until(lambda: telegram.posts(group))
    person = desk.calls[0].person
    assert (person.address, person.manager, person.speaks_for_chat) == (str(group), manages, True)


async def test_who_speaks_as_a_channel_of_their_own_manages_no_group(telegram, desk):
    group = telegram.add_group(members=[7], admins=[8], anonymous=[8])
    theirs = telegram.add_channel("Mallory's own channel", admins=[7])
    async with running(telegram, desk):
        telegram.say(group, 7, "/settings", sender_chat=theirs)
        await telegram.until(lambda: desk.calls)
    assert not desk.calls[0].person.manager


# --- words of others ---


FORWARDED = {"forward_origin": {"type": "hidden_user", "sender_user_name": "Eve", "date": 1}}
THROUGH_A_BOT = {"via_bot": {"id": 5, "is_bot": True, "first_name": "Other"}}


@pytest.mark.parametrize("passed_on", [FORWARDED, THROUGH_A_BOT, {"is_automatic_forward": True}])
async def test_words_of_others_are_no_command(telegram, desk, passed_on):
    chat, group = telegram.add_private(7), telegram.add_group(admins=[7])
    async with running(telegram, desk):
        telegram.say(chat, 7, "/settings", passed_on=passed_on)
        telegram.say(group, 7, "/settings", passed_on=passed_on)
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
    assert [call.command for call in desk.calls] == ["latest"]


async def test_another_bots_words_are_no_command(telegram, desk):
    group = telegram.add_group(admins=[7])
    bot = {"from": {"id": 5, "is_bot": True, "first_name": "Other"}}
    async with running(telegram, desk):
        telegram.say(group, 7, "/settings", passed_on=bot)
        telegram.say(group, 7, "/latest")
        await telegram.until(lambda: telegram.posts(group))
    assert [call.command for call in desk.calls] == ["latest"]


# --- what waited while we were away ---


async def test_of_what_waited_for_us_in_a_chat_only_the_last_is_answered(telegram, desk):
    chat, other = telegram.add_private(7), telegram.add_private(8)
    for _ in range(3):
        telegram.say(chat, 7, "/latest", age=4 * 3600)
    telegram.say(other, 8, "/latest", age=4 * 3600)
    async with running(telegram, desk):
        await telegram.until(lambda: telegram.posts(chat) and telegram.posts(other))
        telegram.say(chat, 7, "/help")
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)
    assert [message.text for message in telegram.posts(chat)] == ["answer to latest", "answer to help"]
    assert len(telegram.posts(other)) == 1


async def test_what_waited_and_changes_something_is_done_all_the_same(telegram, desk):
    chat = telegram.add_private(7)
    for text in ("/settings a", "/settings b", "/latest"):
        telegram.say(chat, 7, text, age=600)
    async with running(telegram, desk):
        await telegram.until(lambda: telegram.posts(chat))
    assert [call.arguments.get("rest") for call in desk.calls] == ["a", "b", None]
    assert [message.text for message in telegram.posts(chat)] == ["answer to latest"]


# --- who reads an answer ---


async def test_personal_answers_to_a_group_are_read_by_the_asker_alone(telegram, desk):
    chat, group = telegram.add_private(7), telegram.add_group("Owls", admins=[7])
    async with running(telegram, desk):
        telegram.say(group, 7, "/settings")
        await telegram.until(lambda: telegram.posts(chat))
    assert telegram.posts(group) == []
    assert telegram.posts(chat)[0].text == "Owls\n\nanswer to settings"


async def test_without_a_private_chat_the_group_sees_the_way_there(telegram, desk):
    group = telegram.add_group(admins=[7])
    async with running(telegram, desk):
        telegram.say(group, 7, "/settings")
        await telegram.until(lambda: telegram.posts(group))
    said = telegram.posts(group)[0].text.replace("\u2060", "")
    assert said == f"I answer that in private: write to me first, at https://t.me/{USERNAME}"


async def test_news_that_is_asked_for_in_a_group_stands_there(telegram, desk):
    chat, group = telegram.add_private(7), telegram.add_group(members=[7])
    async with running(telegram, desk):
        telegram.say(group, 7, "/latest")
        await telegram.until(lambda: telegram.posts(group))
    assert telegram.posts(chat) == []


async def test_a_mistake_is_the_askers_own(telegram, desk):
    chat, group = telegram.add_private(7), telegram.add_group(members=[7])
    desk.answers["latest"] = Answer(document=Document((Text("`x` is no number"),)), told=False)
    async with running(telegram, desk):
        telegram.say(group, 7, "/latest x")
        await telegram.until(lambda: telegram.posts(chat))
    assert telegram.posts(group) == []


async def test_buttons_stay_behind_where_an_answer_is_told_privately(telegram, desk):
    chat, group = telegram.add_private(7), telegram.add_group(admins=[7])
    desk.answers["settings"] = Answer(document=KEYED)
    async with running(telegram, desk):
        telegram.say(group, 7, "/settings")
        await telegram.until(lambda: telegram.posts(chat))
    assert telegram.posts(chat)[0].keyboard == []


async def test_rights_that_cannot_be_asked_are_none(telegram, desk):
    group = telegram.add_group(admins=[8])
    telegram.fail("getChatMember", 500)
    async with running(telegram, desk):
        telegram.say(group, 8, "/settings")
        await telegram.until(lambda: telegram.posts(group))
    assert not desk.calls[0].person.manager


async def test_a_command_in_a_channel_is_answered_in_private_and_taken_away(telegram, desk):
    """Whoever brought us in hears it first; what is no command of ours is a post, and stays."""
    ada, _ben = telegram.add_private(7, "it"), telegram.add_private(8)
    news = telegram.add_channel("Wire", admins=[8, 7], rights=["can_post_messages", "can_delete_messages"])
    desk.channels = (channel(news, PlaceKind.BROADCAST, desk="7"),)
    async with running(telegram, desk):
        telegram.say(news, 8, "We now have a bot")
        telegram.say(news, 8, "/imagine a bird")
        asked = telegram.say(news, 8, "/settings")
        await telegram.until(lambda: telegram.posts(ada))
        await telegram.until(lambda: asked not in telegram.shows(news))
    (call,) = desk.calls
    assert (call.command, call.target, call.place.kind) == ("settings", str(news), PlaceKind.PRIVATE)
    assert (call.person.address, call.place.address) == ("7", "7")
    assert [message.text for message in telegram.shows(news)] == ["We now have a bot", "/imagine a bird"]


async def test_another_administrator_hears_it_where_whoever_brought_us_in_has_no_chat(telegram, desk):
    ben = telegram.add_private(8)
    news = telegram.add_channel("Wire", admins=[7, 9, 8])
    telegram._chats[news].given[9] = {"can_change_info"}
    telegram.add_private(9)
    desk.channels = (channel(news, PlaceKind.BROADCAST, desk="7"),)
    async with running(telegram, desk):
        telegram.say(news, 7, "/settings")
        await telegram.until(lambda: telegram.posts(ben))
    assert (telegram.posts(news), telegram.posts(9)) == ([], [])


@pytest.mark.parametrize("broken", [False, True])
async def test_nothing_is_said_in_a_channel_where_nobody_has_a_private_chat(telegram, desk, broken):
    """What was asked for is done: whoever writes there may post there."""
    news = telegram.add_channel("Wire", admins=[7], rights=["can_post_messages", "can_delete_messages"])
    desk.broken = broken
    async with running(telegram, desk):
        asked = telegram.say(news, 7, "/settings")
        await desk.until(lambda: desk.calls)
        if not broken:
            await telegram.until(lambda: asked not in telegram.shows(news))
    assert telegram.posts(news) == []
    (call,) = desk.calls
    assert (call.place.kind, call.place.name) == (PlaceKind.BROADCAST, "Wire")
    assert (call.person.address, call.person.manager) == (str(news), True)


async def test_a_command_stays_where_we_may_not_delete(telegram, desk):
    ada, news = telegram.add_private(7), telegram.add_channel("Wire", admins=[7])
    async with running(telegram, desk):
        telegram.say(news, 7, "/settings")
        await telegram.until(lambda: telegram.posts(ada))
        await telegram.until(lambda: any(method == "deleteMessage" for method, _ in telegram.requests))
    assert [message.text for message in telegram.shows(news)] == ["/settings"]


async def test_a_channels_copy_in_its_discussion_group_does_not_ask_again(telegram, desk):
    news, group = telegram.add_channel(), telegram.add_group()
    async with running(telegram, desk):
        telegram.say(group, 0, "/settings", sender_chat=news, automatic=True)
        telegram.say(group, 7, "/latest")
        await telegram.until(lambda: telegram.posts(group))
    assert [call.command for call in desk.calls] == ["latest"]


async def test_another_channels_voice_in_a_group_manages_nothing(telegram, desk):
    news, group = telegram.add_channel(), telegram.add_group()
    async with running(telegram, desk):
        telegram.say(group, 0, "/settings", sender_chat=news)
        await telegram.until(lambda: telegram.posts(group))
    assert not desk.calls[0].person.manager


@pytest.mark.parametrize(
    ("text", "command", "arguments"),
    [
        ("/start", "start", {}),
        ("/start strillone", "start", {"rest": "strillone"}),
        ("/start l-12", "latest", {"id": "12"}),
        ("/start e-2-3", "settings", {"id": "2:3"}),
        ("/start l", "latest", {"id": ""}),
        ("/start claim-AB12", "start", {"rest": "claim-AB12"}),
    ],
)
async def test_start_carries_a_button_of_a_shared_post(telegram, desk, text, command, arguments):
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.say(chat, 7, text)
        await telegram.until(lambda: telegram.posts(chat))
    assert (desk.calls[0].command, desk.calls[0].arguments) == (command, arguments)


# --- buttons ---


async def test_a_button_is_a_call_and_its_answer_comes_as_a_message(telegram, desk):
    chat = telegram.add_private(7, "de")
    desk.answers["latest"] = Answer(document=KEYED)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
        query = telegram.press(chat, telegram.posts(chat)[0].message_id, "Next")
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)
    assert telegram.answered == [query]
    assert desk.calls[1].arguments == {"id": "2"}
    assert desk.calls[1].place.language == "de"
    assert desk.calls[1].person.address == "7"


async def test_an_answer_may_change_the_message_in_place(telegram, desk):
    chat = telegram.add_private(7)
    desk.answers["latest"] = Answer(document=KEYED)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
        desk.answers["latest"] = Answer(document=Document((Text("page 2"),)), edit=True)
        telegram.press(chat, telegram.posts(chat)[0].message_id, "Next")
        await telegram.until(lambda: telegram.posts(chat)[0].edits)
    assert [(message.text, message.keyboard) for message in telegram.posts(chat)] == [("page 2", [])]
    assert len(desk.opened) == 1


async def test_the_same_page_again_is_no_failure(telegram, desk):
    chat = telegram.add_private(7)
    desk.answers["latest"] = Answer(document=KEYED, edit=True)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
        telegram.press(chat, telegram.posts(chat)[0].message_id, "Next")
        await telegram.until(lambda: any(method == "editMessageText" for method, _ in telegram.requests))
        telegram.say(chat, 7, "/help")
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)
    assert telegram.posts(chat)[0].edits == 0


async def test_a_message_that_is_gone_is_answered_anew(telegram, desk):
    chat = telegram.add_private(7)
    desk.answers["latest"] = Answer(document=KEYED, edit=True)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
        telegram.fail("editMessageText", 400, words="message to edit not found")
        telegram.press(chat, telegram.posts(chat)[0].message_id, "Next")
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)


async def test_a_delivered_post_in_a_group_is_never_changed_by_a_tap(telegram, desk):
    group = telegram.add_group(members=[7])
    where = channel(group, PlaceKind.GROUP)
    desk.answers["latest"] = Answer(document=KEYED, edit=True)
    async with running(telegram, desk) as platform:
        post = await platform.send(operation(platform.render(KEYED, where)[0]), where, "")
        telegram.press(group, int(post), "Next", user=7)
        await telegram.until(lambda: len(telegram.posts(group)) == 2)
        assert desk.calls[0].arguments == {"id": "2"}, "the nonce is no part of the Call"
        telegram.press(group, telegram.posts(group)[1].message_id, "Next", user=7)
        await telegram.until(lambda: sum(method == "editMessageText" for method, _ in telegram.requests) == 1)
    assert telegram.posts(group)[0].edits == 0


async def test_the_silent_button_does_nothing(telegram, desk):
    chat = telegram.add_private(7)
    where = channel(chat)
    async with running(telegram, desk) as platform:
        post = await platform.send(operation(platform.render(Document((Text("x"),)), where)[0]), where, "")
        query = telegram.press(chat, int(post), "·")
        await telegram.until(lambda: telegram.answered)
    assert telegram.answered == [query]
    assert desk.calls == []


async def test_a_bar_in_a_buttons_data_survives(telegram, desk):
    chat = telegram.add_private(7)
    desk.answers["search"] = Answer(document=Document((Text("x"), Actions((Button("Go", "l:a|b"),)))))
    async with running(telegram, desk):
        telegram.say(chat, 7, "x")
        await telegram.until(lambda: telegram.posts(chat))
        telegram.press(chat, telegram.posts(chat)[0].message_id, "Go")
        await telegram.until(lambda: len(desk.calls) == 2)
    assert desk.calls[1].arguments == {"id": "a|b"}


async def test_an_old_query_harms_nobody(telegram, desk):
    chat = telegram.add_private(7)
    desk.answers["latest"] = Answer(document=KEYED)
    telegram.fail("answerCallbackQuery", 400, words="query is too old")
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
        telegram.press(chat, telegram.posts(chat)[0].message_id, "Next")
        await telegram.until(lambda: len(telegram.posts(chat)) == 2)


async def test_a_managers_button_asks_for_the_presser_s_rights(telegram, desk):
    group = telegram.add_group(members=[7], admins=[8])
    desk.answers["latest"] = Answer(document=Document((Text("x"), Actions((Button("Change", "e:1"),)))))
    async with running(telegram, desk):
        telegram.say(group, 8, "/latest")
        await telegram.until(lambda: telegram.posts(group))
        for user in (7, 8):
            telegram.press(group, telegram.posts(group)[0].message_id, "Change", user=user)
        await telegram.until(lambda: len(desk.calls) == 3)
    assert [call.person.manager for call in desk.calls[1:]] == [False, True]


# --- memberships ---


async def test_the_inbox_is_told_where_we_may_post(telegram, desk):
    group = telegram.add_group("G", announce=True)
    news = telegram.add_channel("C", announce=True)
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.set_bot(news, "administrator", {"can_edit_messages"})
        telegram.set_bot(group, "kicked")
        telegram.set_bot(group, "restricted", {"can_send_messages"})
        telegram.set_bot(chat, "kicked")
        telegram.set_bot(chat, "member")
        telegram.set_bot(group, "restricted", {"can_invite_users"})
        await desk.until(lambda: len(desk.placed) == 8)
    told = {}
    for place, may in desk.placed:
        told.setdefault(int(place.address), []).append(may)
    assert told == {group: [True, False, True, False], news: [True, False], chat: [False, True]}
    assert desk.placed[1][0].rights == {"can_post_messages", "can_edit_messages"}
    lacking = [place.missing for place, may in desk.placed if not may]
    assert lacking == [("Post Messages",), (), (), ("Send Messages",)]


# --- failures ---


async def test_a_lost_answer_stays_open_and_a_refused_one_is_closed(telegram, desk):
    chat = telegram.add_private(7)
    async with running(telegram, desk):
        telegram.cut("sendMessage", after=True)
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
        telegram.fail("sendMessage", 403, words="bot was blocked by the user")
        telegram.say(chat, 7, "/latest")
        await desk.until(lambda: desk.closed)
    assert len(desk.opened) == 2
    assert desk.closed == [(2, "")]


async def test_a_short_wait_is_waited_out(telegram, desk):
    chat = telegram.add_private(7)
    telegram.fail("sendMessage", 429, retry_after=1)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
    assert len(desk.closed) == 1


async def test_an_answer_follows_a_group_that_moved(telegram, desk):
    group = telegram.add_group(supergroup=False, members=[7])
    desk.gate = asyncio.Event()
    async with running(telegram, desk):
        telegram.say(group, 7, "/latest")
        await desk.until(lambda: desk.calls)
        new = telegram.migrate(group)
        desk.gate.set()
        await telegram.until(lambda: telegram.posts(new))
    assert len(desk.closed) == 1


async def test_a_long_wait_is_not_waited_out(telegram, desk):
    chat = telegram.add_private(7)
    telegram.fail("sendMessage", 429, retry_after=300)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await desk.until(lambda: desk.closed)
    assert desk.closed == [(1, "")]


async def test_a_tap_in_a_channel_says_nothing_to_all_its_readers(telegram, desk):
    news = telegram.add_channel()
    post = telegram.own_message(news, "from another time")
    post.keyboard = [[{"text": "Old", "callback_data": "l:1"}]]
    async with running(telegram, desk):
        telegram.press(news, post.message_id, "Old", user=7)
        await telegram.until(lambda: telegram.answered)
    assert desk.calls == []
    assert telegram.posts(news) == [post]


async def test_a_mistake_of_ours_is_said_to_who_asked(telegram, desk):
    chat = telegram.add_private(7)
    desk.broken = True
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))
    assert "not your fault" in telegram.posts(chat)[0].text


async def test_one_slow_chat_stops_no_other_and_a_chat_keeps_its_order(telegram, desk):
    slow, quick = telegram.add_private(7), telegram.add_private(8)
    desk.gate = asyncio.Event()
    async with running(telegram, desk):
        telegram.say(slow, 7, "/first")
        telegram.say(slow, 7, "/second")
        telegram.say(quick, 8, "/third")
        await desk.until(lambda: len(desk.calls) == 2)
        assert [call.command for call in desk.calls] == ["first", "third"]
        desk.gate.set()
        await telegram.until(lambda: len(telegram.posts(slow)) == 2)
    assert [message.text for message in telegram.posts(slow)] == ["answer to first", "answer to second"]


# --- coming and going ---


async def test_it_says_who_it_is(telegram, desk):
    desk.channels = (channel(1), channel(1), channel(2))
    async with running(telegram, desk) as platform:
        identity = platform.identity()
    assert identity is not None
    assert (identity.name, identity.address) == ("Strillone", "https://t.me/strillone_test_bot")
    assert (identity.places, identity.number) == (2, str(BOT_ID))
    assert identity.invites == (
        "https://t.me/strillone_test_bot?startgroup=strillone&admin=post_messages",
        "https://t.me/strillone_test_bot?startchannel&admin=post_messages+edit_messages+delete_messages",
    )
    assert [command["command"] for command in telegram.menus["all_private_chats", ""]] == [
        "latest",
        "settings",
    ]


async def test_an_answer_in_hand_is_finished_before_the_end(telegram, desk):
    chat = telegram.add_private(7)
    desk.gate = asyncio.Event()
    platform = platform_on(telegram)
    task = asyncio.create_task(platform.run(desk.gateway()))
    telegram.say(chat, 7, "/latest")
    await desk.until(lambda: desk.calls)
    task.cancel()
    await asyncio.sleep(0.05)
    desk.gate.set()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert [message.text for message in telegram.posts(chat)] == ["answer to latest"]
    assert len(desk.closed) == 1


async def test_it_can_be_started_again(telegram, desk):
    async with running(telegram, desk):
        pass
    async with running(telegram, Desk()):
        pass


async def test_without_a_server_it_is_down_but_may_come_back(desk):
    async with TelegramDouble() as double:
        platform = platform_on(double)
    with pytest.raises(PlatformDown) as caught:
        await platform.run(desk.gateway())
    assert not caught.value.final


@pytest.mark.parametrize("token", ["4200:AAwrong", "not a token", ""])
async def test_a_wrong_token_is_final_and_never_shown(telegram, desk, token, caplog, capsys):
    caplog.set_level(logging.DEBUG, "bot")
    with pytest.raises(PlatformDown, match="BotFather") as caught:
        await platform_on(telegram, token).run(desk.gateway())
    assert caught.value.final
    shown = str(caught.value) + repr(caught.value) + caplog.text + capsys.readouterr().out
    assert not token or token not in shown


async def test_a_token_taken_back_ends_the_run(telegram, desk):
    task = asyncio.create_task(platform_on(telegram).run(desk.gateway()))
    await telegram.until(lambda: any(method == "getUpdates" for method, _ in telegram.requests))
    telegram.revoke()
    with pytest.raises(PlatformDown) as caught:
        await asyncio.wait_for(task, 5)
    assert caught.value.final


async def test_a_second_reader_is_said_in_words(telegram, desk):
    first = asyncio.create_task(platform_on(telegram).run(desk.gateway()))
    await telegram.until(lambda: any(method == "getUpdates" for method, _ in telegram.requests))
    async with running(telegram, Desk()):
        with pytest.raises(PlatformDown, match="Another program reads") as caught:
            await asyncio.wait_for(first, 5)
    assert not caught.value.final


async def test_a_short_outage_while_polling_is_survived(telegram, desk):
    chat = telegram.add_private(7)
    telegram.fail("getUpdates", 502)
    async with running(telegram, desk):
        telegram.say(chat, 7, "/latest")
        await telegram.until(lambda: telegram.posts(chat))


async def test_a_menu_that_is_refused_stops_nothing(telegram, desk):
    telegram.fail("setMyCommands", 500)
    async with running(telegram, desk) as platform:
        assert platform.identity() is not None


async def test_the_token_is_in_no_log(telegram, desk, caplog, capsys):
    chat = telegram.add_private(7)
    telegram.fail("getUpdates", 502)
    telegram.cut("sendMessage", after=False)
    with caplog.at_level(logging.INFO):
        async with running(telegram, desk):
            telegram.say(chat, 7, "/latest")
            telegram.say(chat, 7, "/latest")
            await telegram.until(lambda: telegram.posts(chat))
    assert TOKEN not in caplog.text + capsys.readouterr().out


# --- the double itself, for tests that run the whole program ---


async def test_the_double_runs_as_a_process_and_keeps_a_record(tmp_path):
    record = tmp_path / "effects.jsonl"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.doubles.telegram",
        "--record",
        str(record),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        url = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession(url) as client:
            await client.post("/control/add_private", json={"user_id": 7})
            await client.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": 7, "text": "hello"})
            async with client.post("/control/shows", json={"chat": 7}) as shown:
                assert [message["text"] for message in (await shown.json())["result"]] == ["hello"]
    finally:
        process.terminate()
        await process.wait()
    assert [json.loads(line)["effect"] for line in record.read_text().splitlines()] == ["send"]


# --- turns ---


class Slow(Desk):
    """A desk at which one person's acts take as long as the test wants."""

    def __init__(self):
        super().__init__()
        self.release = asyncio.Event()

    async def _answer(self, call):
        if call.person.address == "7":
            self.calls.append(call)
            self._told.set()
            await self.release.wait()
        return await super()._answer(call)


async def test_one_persons_slow_acts_keep_nobody_waiting(telegram, monkeypatch):
    """In one chat they follow one another and wait outside the shared places; in many chats they have a share."""
    monkeypatch.setattr(turns, "CONCURRENT_UPDATES", OF_ONE_PERSON + 1)
    chat, other = telegram.add_private(7), telegram.add_private(8)
    groups = [telegram.add_group(members=[7]) for _ in range(OF_ONE_PERSON + 4)]
    desk = Slow()
    async with running(telegram, desk):
        for _ in range(OF_ONE_PERSON + 4):
            telegram.say(chat, 7, "/latest")
        for group in groups:
            telegram.say(group, 7, "/latest")
        await desk.until(lambda: len(desk.calls) == OF_ONE_PERSON)
        telegram.say(other, 8, "/latest")
        await telegram.until(lambda: telegram.posts(other), seconds=3)
        assert len([call for call in desk.calls if call.person.address == "7"]) == OF_ONE_PERSON
        desk.release.set()


async def test_a_member_who_is_busy_holds_up_nobody_else_in_the_group(telegram):
    """With acts in chats of their own, and with more in the group than may wait there."""
    group = telegram.add_group(members=[7, 8])
    own = [telegram.add_group(members=[7]) for _ in range(OF_ONE_PERSON)]
    desk = Slow()
    async with running(telegram, desk):
        for chat in own:
            telegram.say(chat, 7, "/latest")
        await desk.until(lambda: len(desk.calls) == OF_ONE_PERSON)
        for _ in range(MAX_WAITING + 5):
            telegram.say(group, 7, "/latest")
        telegram.say(group, 8, "/latest")
        await telegram.until(lambda: telegram.posts(group), seconds=3)
        desk.release.set()


async def test_what_waits_of_one_person_in_one_chat_is_limited(telegram):
    processor = Turns()
    handled, gate = [], asyncio.Event()

    async def handle(number):
        handled.append(number)
        await gate.wait()

    waiting = [asyncio.create_task(processor.do_process_update("same chat", handle(n))) for n in range(30)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*waiting)
    assert handled == list(range(MAX_WAITING))
