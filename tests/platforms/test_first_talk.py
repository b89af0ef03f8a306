"""From bringing the bot in to a digest that is planned: in private, with two acts, and nothing before readers."""

from datetime import timedelta

from bot.store.schema import channels
from tests.doubles.telegram import Message
from tests.platforms import test_discord
from tests.platforms.living import Chats, Guilds, chats, guilds, plain, wishes
from tests.support.world import corvid

__all__ = ["chats", "guilds"]

POSTING = ["can_post_messages", "can_edit_messages", "can_delete_messages"]


async def bring_in(chats: Chats, chat: int, ada: int) -> Message:
    """Add the bot to a chat, as its manager does; returns what they are told in private."""
    before = len(chats.telegram.posts(ada))
    found = chats.telegram._chats[chat]
    kind, rights = ("administrator", found.rights) if found.kind == "channel" else ("member", found.rights)
    chats.telegram.set_bot(chat, kind, rights)
    await chats.telegram.until(lambda: len(chats.telegram.posts(ada)) > before)
    return chats.telegram.posts(ada)[-1]


def without_us(
    chats: Chats, title: str = "Notizie IA", user: int = 7, rights: list[str] | None = None
) -> int:
    chat = chats.telegram.add_channel(title, admins=[user], rights=POSTING if rights is None else rights)
    chats.telegram._chats[chat].bot = "left"
    return chat


# --- Telegram ----------------------------------------------------------------------------------------------


async def test_a_daily_digest_of_a_channel_takes_two_acts_and_no_word(chats: Chats) -> None:
    """One act: the bot is added. The other: a tap. The zone is told by the language; readers see news alone."""
    ada, news = chats.telegram.add_private(7, "it"), without_us(chats)
    talk = await bring_in(chats, news, ada)
    assert talk.text.startswith("Notizie IA\n\n")
    assert talk.labels == ["Una rassegna al giorno", "Le notizie urgenti subito", "Solo ciò che scelgo io"]
    assert await wishes(chats.world, str(news)) == []
    confirmed = await chats.press(ada, talk, "Una rassegna al giorno")
    assert "Prossima rassegna in Notizie IA: martedì 3 marzo, 08:00 (Europe/Rome)." in confirmed.text
    assert await wishes(chats.world, str(news)) == ["ai"]
    assert chats.telegram.shows(news) == []
    await chats.world.feed("halden", corvid())
    await chats.world.settle()
    chats.world.clock.advance(timedelta(days=1))
    await chats.world.settle()
    (digest,) = chats.telegram.shows(news)
    assert "Corvid 3" in digest.text


async def test_news_at_once_takes_two_acts_too(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), without_us(chats, "Wire")
    talk = await bring_in(chats, news, ada)
    await chats.press(ada, talk, "Breaking news at once")
    assert await wishes(chats.world, str(news)) == ["ai"]
    assert chats.telegram.shows(news) == []


async def test_three_channels_are_set_up_in_nine_acts(chats: Chats) -> None:
    """A digest a day, news at once and a topic: bringing us in counts, and so does every tap."""
    ada, acts = chats.telegram.add_private(7, "de"), 0
    for title, taps in (
        ("papers", ["Täglicher Überblick"]),
        ("breaking", ["Eilmeldungen sofort"]),
        ("robots", ["Nur, was ich auswähle", "Robotik"]),
    ):
        chat = without_us(chats, title)
        said = await bring_in(chats, chat, ada)
        acts += 1
        for label in taps:
            said = await chats.press(ada, said, label)
            acts += 1
        assert len(await wishes(chats.world, str(chat))) == 1
        assert chats.telegram.shows(chat) == []
    assert acts <= 9


async def test_the_zone_is_asked_where_the_language_does_not_tell(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7, "en"), without_us(chats, "Wire")
    confirmed = await chats.press(ada, await bring_in(chats, news, ada), "A daily digest")
    assert "Next digest in Wire: Tuesday 3 March, 08:00 (UTC)." in confirmed.text
    assert f"Any other: /schedule 1 Europe/Rome {news}" in plain(confirmed)
    assert {"London", "New York"} <= set(confirmed.labels)
    moved = await chats.press(ada, confirmed, "New York")
    assert "Next digest in Wire: Monday 2 March, 08:00 (America/New_York)." in moved.text
    (record,) = [row for row in await chats.world.rows(channels) if row.address == str(news)]
    assert record.zone == "America/New_York"


async def test_a_missing_right_is_named_with_the_way_to_give_it(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), without_us(chats, "Wire", rights=["can_edit_messages"])
    talk = await bring_in(chats, news, ada)
    assert (
        "I may not post there yet. Give me Post Messages: in its settings, under Administrators" in talk.text
    )
    refused = await chats.press(ada, talk, "A daily digest")
    assert "Post Messages" in refused.text
    assert await wishes(chats.world, str(news)) == []
    chats.telegram.set_bot(news, "administrator", POSTING)
    await chats.press(ada, talk, "A daily digest")
    assert await wishes(chats.world, str(news)) == ["ai"]


async def test_who_has_no_chat_with_us_is_asked_when_they_begin_one(chats: Chats) -> None:
    """Nothing is told to anybody until then, least of all to readers."""
    news = without_us(chats, "Wire")
    chats.telegram.set_bot(news, "administrator", POSTING)
    await chats.telegram.until(lambda: any(sent_to(chats, 7)))
    assert chats.telegram.shows(news) == []
    ada = chats.telegram.add_private(7)
    talk = await chats.ask(ada, 7, "/start")
    assert talk.text.startswith("Wire\n\n")
    await chats.press(ada, talk, "A daily digest")
    assert await wishes(chats.world, str(news)) == ["ai"]
    again = await chats.ask(ada, 7, "/start")
    assert "Wire" not in again.text


def sent_to(chats: Chats, chat: int) -> list[bool]:
    return [
        str(arguments.get("chat_id")) == str(chat)
        for method, arguments in chats.telegram.requests
        if method == "sendMessage"
    ]


async def test_who_may_not_manage_a_group_is_asked_nothing(chats: Chats) -> None:
    """Any member may add a bot to a group; what is posted there is for those who may change its info."""
    ada = chats.telegram.add_private(7)
    group = chats.telegram.add_group("Owls", members=[7], admins=[8])
    chats.telegram._chats[group].bot = "left"
    chats.telegram.set_bot(group, "member", ["can_send_messages"])
    await chats.telegram.until(
        lambda: any(method == "getChatMember" and str(arguments["user_id"]) == "7"
                    for method, arguments in chats.telegram.requests)
    )  # fmt: skip
    assert "Owls" not in (await chats.ask(ada, 7, "/start")).text
    assert chats.telegram.posts(group) == []


async def test_a_group_is_set_up_the_same_way(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    group = chats.telegram.add_group("Owls", admins=[7])
    chats.telegram._chats[group].bot = "left"
    talk = await bring_in(chats, group, ada)
    await chats.press(ada, talk, "A daily digest")
    assert await wishes(chats.world, str(group)) == ["ai"]
    assert chats.telegram.posts(group) == []


async def test_a_chat_that_was_picked_for_something_is_not_asked_about(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), without_us(chats, "Wire")
    said = await chats.ask(ada, 7, "/subscribe robotics 08:00")
    asked = await chats.press(ada, said, "In a channel of mine")
    chats.telegram.pick(ada, asked.message_id, "A channel", news)
    await chats.telegram.until(lambda: "Wire\n\nSubscribed" in chats.telegram.posts(ada)[-1].text)
    number = len(chats.telegram.posts(ada))
    await chats.ask(ada, 7, "/help")
    other = without_us(chats, "Other")
    assert (await bring_in(chats, other, ada)).text.startswith("Other\n")
    assert len(chats.telegram.posts(ada)) == number + 2


async def say(chats: Chats, chat: int, text: str) -> Message:
    """Say something in a private chat; returns the answer."""
    before = len(chats.telegram.posts(chat))
    chats.telegram.say(chat, 7, text)
    await chats.telegram.until(lambda: len(chats.telegram.posts(chat)) > before)
    return chats.telegram.posts(chat)[-1]


async def test_plain_words_after_the_choice_for_a_channel_are_about_it(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7, "it"), without_us(chats)
    talk = await bring_in(chats, news, ada)
    await chats.press(ada, talk, "Solo ciò che scelgo io")
    shown = await say(chats, ada, "solo robotica, la mattina")
    assert shown.text.startswith("Notizie IA\n\n")
    await chats.press(ada, shown, "Salva")
    assert await wishes(chats.world, str(news)) == ["robotics"]
    assert await wishes(chats.world, str(ada)) == []


async def test_a_topic_alone_after_the_choice_is_about_the_channel(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), without_us(chats, "Wire")
    await chats.press(ada, await bring_in(chats, news, ada), "Only what I choose")
    assert (await say(chats, ada, "open models")).text.startswith("Wire\n\n")
    chats.world.clock.advance(timedelta(hours=1))
    assert not (await say(chats, ada, "only robotics, mornings")).text.startswith("Wire")


async def test_a_first_talk_without_an_answer_swallows_nothing_else(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), without_us(chats, "Wire")
    await bring_in(chats, news, ada)
    label = "What is to be posted in Wire?"
    for text in ("not now", "tell me a joke about owls"):
        answer = await say(chats, ada, text)
        assert answer.text.startswith("I did not understand")
        assert answer.labels[-1] == label
    assert label in (await say(chats, ada, "/start")).text
    for text in ("/start", "thanks", "danke", "hello"):
        answer = await say(chats, ada, text)
        assert "A daily digest here" in answer.labels
        assert answer.labels[-1] == label
    assert label in (await chats.press(ada, answer, label)).text
    assert "crypto" in (await say(chats, ada, "niente crypto")).text


# --- Discord -----------------------------------------------------------------------------------------------


async def test_the_owner_of_a_server_is_asked_in_private(guilds: Guilds) -> None:
    """Inviting the bot is one act, a tap the other; nothing stands in the server."""
    eve = guilds.discord.user("Eve", manager=True)
    server = guilds.discord.add_guild("Robots", tell=True, owner=eve.id, rooms=["general", "news"])
    await test_discord.until(lambda: guilds.discord.chat_of(eve))
    chat = guilds.discord.chat_of(eve)
    await test_discord.until(lambda: guilds.discord.shows(chat))
    (talk,) = guilds.discord.shows(chat)
    assert "What is to be posted in general?" in talk.text
    asked = await guilds.discord.press(chat, talk.id, "A daily digest", eve)
    assert not asked.failed
    general = next(c for c in guilds.discord._channels.values() if (c.guild, c.name) == (server, "general"))
    assert await wishes(guilds.world, str(general.id)) == ["ai"]
    assert "Next digest in general" in guilds.discord.shows(chat)[-1].text
    assert [guilds.discord.shows(c.id) for c in guilds.discord._channels.values() if c.guild == server] == [
        [],
        [],
    ]


async def test_whoever_invited_us_is_asked_where_that_may_be_read(guilds: Guilds) -> None:
    eve, ben = guilds.discord.user("Eve", manager=True), guilds.discord.user("Ben", manager=True)
    guilds.discord.add_guild("Robots", tell=True, owner=eve.id, inviter=ben.id, rooms=["general"])
    await test_discord.until(lambda: guilds.discord.chat_of(ben))
    await test_discord.until(lambda: guilds.discord.shows(guilds.discord.chat_of(ben)))
    assert guilds.discord.chat_of(eve) == 0


async def test_an_owner_who_takes_no_private_messages_is_left_alone(guilds: Guilds) -> None:
    eve = guilds.discord.user("Eve", manager=True)
    guilds.discord.fault(
        "POST /channels/*/messages", status=403, code=50007, message="Cannot send messages to this user"
    )
    server = guilds.discord.add_guild("Robots", tell=True, owner=eve.id, rooms=["general"])
    await test_discord.until(lambda: guilds.discord.chat_of(eve))
    general = next(c.id for c in guilds.discord._channels.values() if c.guild == server)
    await guilds.discord.slash(general, eve, "start")
    (answer,) = guilds.discord.ephemeral(eve)
    assert "A daily digest here" in answer.labels
    assert guilds.discord.shows(general) == guilds.discord.shows(guilds.discord.chat_of(eve)) == []
