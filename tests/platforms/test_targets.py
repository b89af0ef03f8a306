"""A place is managed from wherever one is: the whole program on the real libraries, over loopback platforms."""

from typing import Any

import pytest

from bot.errors import DeliveryError
from bot.model import Call, Heading, Person, Place, PlaceKind
from bot.platforms.discord import targets as discord_targets
from bot.platforms.telegram import targets as telegram_targets
from bot.platforms.web import create as create_web
from bot.ports import PlatformOptions
from bot.store import Store
from bot.store.schema import channels
from tests.conftest import StillClock
from tests.doubles.telegram import Message
from tests.platforms import test_discord
from tests.platforms.living import Chats, Guilds, chats, guilds, living, plain, wishes
from tests.support.world import texts

__all__ = ["chats", "guilds"]

UNKNOWN = "I know no place `{target}` that you manage."


# --- Telegram ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["@Notizie_ia", "t.me/notizie_ia", "https://t.me/notizie_ia/12", "{id}"])
async def test_a_channel_is_run_from_the_private_chat(chats: Chats, form: str) -> None:
    ada = chats.telegram.add_private(7)
    news = chats.telegram.add_channel("Notizie IA", admins=[7], username="notizie_ia")
    said = await chats.ask(ada, 7, f"/subscribe ai 08:00 {form.format(id=news)}")
    assert said.text.startswith("Notizie IA\n\nSubscribed to AI: 08:00.\n")
    assert await chats.wishes(news) == ["ai"]
    assert await chats.wishes(ada) == []
    assert chats.telegram.posts(news) == []
    listing = await chats.press(ada, said, "What is posted here")
    assert listing.text.startswith("Notizie IA\n\nWhat is posted here")


async def test_a_private_channel_is_run_by_its_title(chats: Chats) -> None:
    ada, ben = chats.telegram.add_private(7), chats.telegram.add_private(8)
    news = chats.telegram.add_channel("Rassegna IA", admins=[7])
    await chats.ask(ada, 7, f"/subscribe ai 08:00 {news}")
    said = await chats.ask(ada, 7, "/subscribe robotics 09:00 in rassegna ia")
    assert said.text.startswith("Rassegna IA\n\nSubscribed to Robotics: 09:00.\n")
    assert (await chats.ask(ada, 7, '/pause @"Rassegna IA"')).text.startswith("Rassegna IA\n\n")
    assert (await chats.ask(ben, 8, '/pause @"Rassegna IA"')).text.startswith(
        UNKNOWN.format(target="Rassegna IA")
    )
    assert await chats.wishes(news) == ["ai", "robotics"]
    assert await chats.wishes(ada) == []
    assert chats.telegram.posts(news) == []


async def test_languages_of_a_channel_are_set_from_the_private_chat(chats: Chats) -> None:
    ada = chats.telegram.add_private(7, "it")
    news = chats.telegram.add_channel("Notizie IA", admins=[7], username="notizie_ia")
    await chats.ask(ada, 7, "/subscribe ai 08:00 @notizie_ia")
    said = await chats.ask(ada, 7, "/languages de en @notizie_ia")
    assert said.text.startswith("Notizie IA\n\n")
    await chats.press(ada, said, "Salva")
    (record,) = [row for row in await chats.world.rows(channels) if row.address == str(news)]
    assert record.languages == ["de", "en"]


async def test_who_may_not_post_in_a_channel_learns_nothing_of_it(chats: Chats) -> None:
    """No administrator, one who may not post, a channel without us, and one that there is not: one sentence."""
    ada = chats.telegram.add_private(7)
    chats.telegram.add_channel("Closed", admins=[8], username="closed_news")
    silent = chats.telegram.add_channel("Silent", admins=[7], username="silent_news")
    chats.telegram._chats[silent].given[7] = {"can_delete_messages"}
    foreign = chats.telegram.add_channel("Foreign", admins=[7], username="foreign_news")
    chats.telegram.set_bot(foreign, "left")
    for name in ("closed_news", "silent_news", "foreign_news", "no_such_news"):
        said = await chats.ask(ada, 7, f"/list @{name}")
        assert plain(said).startswith(UNKNOWN.format(target=f"@{name}")), name
        assert plain(said).endswith("as @name or by its link.")


async def test_nobody_reaches_the_private_chat_of_another(chats: Chats) -> None:
    bot = chats.world.platform
    ada, ben = chats.telegram.add_private(7), chats.telegram.add_private(8)
    person = Person(platform="telegram", address=str(ada))
    assert await bot.managed_place(str(ben), person) is None
    assert await bot.managed_place(str(ada), person) is None


async def test_a_group_is_managed_from_elsewhere_by_those_who_may_change_its_info(chats: Chats) -> None:
    ada, ben = chats.telegram.add_private(7), chats.telegram.add_private(8)
    group = chats.telegram.add_group("Owls", admins=[7], pinners=[8])
    assert (await chats.ask(ada, 7, f"/subscribe ai 08:00 {group}")).text.startswith("Owls\n")
    assert (await chats.ask(ben, 8, f"/list {group}")).text.startswith(UNKNOWN.format(target=group))


async def test_a_group_that_became_a_supergroup_is_found_at_its_old_address(chats: Chats) -> None:
    ada, group = chats.telegram.add_private(7), chats.telegram.add_group("Owls", supergroup=False, admins=[7])
    number = chats.telegram._chats[group].id = -123456
    chats.telegram._chats[number] = chats.telegram._chats.pop(group)
    moved = chats.telegram.migrate(number)
    chats.telegram._chats[moved].given = dict(chats.telegram._chats[number].given)
    assert (await chats.ask(ada, 7, f"/subscribe ai 08:00 {number}")).text.startswith("Owls\n")
    assert await chats.wishes(moved) == ["ai"]


async def test_rights_that_are_taken_end_a_button(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    news = chats.telegram.add_channel("Wire", admins=[7], username="wire_news")
    await chats.ask(ada, 7, "/subscribe ai 08:00 @wire_news")
    bar = await chats.ask(ada, 7, "/bar @wire_news")
    chats.telegram._chats[news].given[7] = set()
    pressed = await chats.press(ada, bar, "only the biggest")
    assert pressed.text.startswith(UNKNOWN.format(target=news))


async def test_a_place_is_no_business_of_a_group_in_which_it_is_asked_about(chats: Chats) -> None:
    """The answer goes to the asker's private chat; where there is none, nothing of it is said in the group."""
    ada = chats.telegram.add_private(7)
    chats.telegram.add_channel("Wire", admins=[7, 9], username="wire_news")
    group = chats.telegram.add_group("Owls", members=[7, 9])
    for text in ("/list @wire_news", "/digest @wire_news"):
        assert (await chats.ask(group, 7, text, answered_in=ada)).text.startswith("Wire\n")
        assert chats.telegram.posts(group) == []
        said = await chats.ask(group, 9, text)
        assert said.text.startswith("I answer that in private: write to me first")
        chats.telegram._chats[group].messages.clear()


async def test_what_telegram_does_not_say_is_asked_again_later(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    chats.telegram.add_channel("Wire", admins=[7], username="wire_news")
    chats.telegram.fail("getChat", 500)
    said = await chats.ask(ada, 7, "/list @wire_news")
    assert plain(said) == "I could not ask who manages `@wire_news`: please try again in a minute."


@pytest.mark.parametrize(
    ("word", "target"),
    [
        ("@wire_news", "@wire_news"),
        ("@abc", ""),
        ("-1001234567890", "-1001234567890"),
        ("-1001234567890/55", "-1001234567890/55"),
        ("-5", ""),
        ("123456789", ""),
        ("t.me/wire_news", "@wire_news"),
        ("https://t.me/wire_news/5", "@wire_news"),
        ("https://t.me/c/1234567890/77", "-1001234567890"),
        ("https://t.me.example/wire_news", ""),
        ("ann@t.me/wire_news", ""),
        ("https://t.me/+Ab12cd34", ""),
    ],
)
def test_what_names_a_chat_on_telegram(word: str, target: str) -> None:
    assert telegram_targets.target_in(word) == target


# --- Discord -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text", "news", "forum"])
async def test_a_channel_is_set_up_from_anywhere_in_its_server(guilds: Guilds, kind: str) -> None:
    news = guilds.discord.add_channel(kind, name="robots")
    await test_discord.until(lambda: guilds.world.platform._client.get_channel(news))
    said = await guilds.ask("subscribe", news, what="ai", when="08:00")
    assert "robots" in said
    assert "Subscribed to AI: 08:00." in said
    assert await wishes(guilds.world, str(news)) == ["ai"]
    assert await wishes(guilds.world, str(guilds.lobby)) == []
    assert guilds.discord.shows(news) == guilds.discord.shows(guilds.lobby) == []
    answer = guilds.discord.ephemeral(guilds.ada)[-1]
    await guilds.discord.press(guilds.lobby, answer.id, "What is posted here", guilds.ada)
    assert "1 · AI" in guilds.discord.ephemeral(guilds.ada)[-1].text


@pytest.mark.parametrize("when", ["08:00 #robots", "08:00 in robots"])
async def test_a_channel_is_named_in_what_is_typed(guilds: Guilds, when: str) -> None:
    news = guilds.discord.add_channel("text", name="robots")
    await test_discord.until(lambda: guilds.world.platform._client.get_channel(news))
    await guilds.discord.slash(guilds.lobby, guilds.ada, "subscribe", {"what": "ai", "when": when})
    assert "Subscribed to AI: 08:00." in guilds.discord.ephemeral(guilds.ada)[-1].text
    assert await wishes(guilds.world, str(news)) == ["ai"]
    assert await wishes(guilds.world, str(guilds.lobby)) == []


async def test_a_thread_is_a_place_of_its_own(guilds: Guilds) -> None:
    thread = guilds.discord.add_channel("thread", name="chips", parent=guilds.lobby)
    await test_discord.until(lambda: guilds.world.platform._client.get_channel(thread))
    assert "chips" in await guilds.ask("subscribe", thread, what="ai", when="08:00")
    assert await wishes(guilds.world, str(guilds.lobby), str(thread)) == ["ai"]
    answer = guilds.discord.ephemeral(guilds.ada)[-1]
    await guilds.discord.press(guilds.lobby, answer.id, "What is posted here", guilds.ada)
    assert "1 · AI" in guilds.discord.ephemeral(guilds.ada)[-1].text


async def test_a_missing_right_is_named_before_anything_is_saved(guilds: Guilds) -> None:
    locked = guilds.discord.add_channel("text", name="locked", denied=["send_messages"])
    await test_discord.until(lambda: guilds.world.platform._client.get_channel(locked))
    assert "Send Messages" in await guilds.ask("subscribe", locked, what="ai", when="08:00")
    assert await wishes(guilds.world, str(locked)) == []


async def test_a_member_sees_no_place_that_they_do_not_manage(guilds: Guilds) -> None:
    news, ben = guilds.discord.add_channel("text", name="robots"), guilds.discord.user("Ben")
    await test_discord.until(lambda: guilds.world.platform._client.get_channel(news))
    await guilds.ask("subscribe", news, what="ai", when="08:00")
    for command in ("list", "status", "digest"):
        assert "I know no such place that you manage." in await guilds.ask(command, news, ben)


async def test_a_button_reaches_no_server_of_others(guilds: Guilds) -> None:
    """A manager here is nobody there, a channel of no server and one that there is not are all the same."""
    there = guilds.discord.add_guild("Elsewhere", tell=True)
    secret = guilds.discord.add_channel("text", name="secret", guild=there)
    guilds.discord._guilds[there].strangers.add(guilds.ada.id)
    await test_discord.until(lambda: guilds.world.platform._client.get_channel(secret))
    person = Person(platform="discord", address=str(guilds.ada.id), manager=True)
    for target in (str(secret), "99999", "no number", str(guilds.discord.add_dm(guilds.ada))):
        assert await guilds.world.platform.managed_place(target, person) is None
    assert (await guilds.world.platform.managed_place(str(guilds.lobby), person)).name == "lobby"
    guilds.ada.manager = False
    assert await guilds.world.platform.managed_place(str(guilds.lobby), person) is None


async def test_what_is_offered_while_one_types_is_of_the_channel_that_was_picked(guilds: Guilds) -> None:
    news, ben = guilds.discord.add_channel("text", name="robots"), guilds.discord.user("Ben", manager=True)
    await test_discord.until(lambda: guilds.world.platform._client.get_channel(news))
    await guilds.ask("subscribe", news, what="ai", when="08:00")
    complete = guilds.discord.autocomplete
    assert await complete(guilds.lobby, guilds.ada, "unsubscribe", "number", about=news) == ["1"]
    assert await complete(guilds.lobby, guilds.ada, "unsubscribe", "number") == []
    ben.manager = False
    guilds.discord._guilds[guilds.discord.guild].strangers.add(ben.id)
    ben.administrator = True  # Discord shows them the command, as it stood when they began to type
    assert await complete(guilds.lobby, ben, "unsubscribe", "number", about=news) == []


async def test_discord_lists_the_channels_in_which_news_can_be_posted(guilds: Guilds) -> None:
    (listing,) = [command for command in guilds.discord.commands if command["name"] == "list"]
    (option,) = listing["options"]
    assert (option["name"], option["type"], bool(option.get("required"))) == ("channel", 7, False)
    assert sorted(option["channel_types"]) == [0, 5, 10, 11, 12, 15, 16]
    assert {"de", "it"} <= set(option["description_localizations"])


async def test_what_discord_does_not_say_is_asked_again_later(guilds: Guilds) -> None:
    guilds.discord.fault("GET /guilds/*/members/*", status=503)
    person = Person(platform="discord", address=str(guilds.ada.id))
    with pytest.raises(DeliveryError):
        await guilds.world.platform.managed_place(str(guilds.lobby), person)


@pytest.mark.parametrize(
    ("word", "target"), [("<#123456789>", "123456789"), ("#news", ""), ("123456789", "")]
)
def test_what_names_a_channel_on_discord(word: str, target: str) -> None:
    assert discord_targets.target_in(word) == target


# --- which channel? ----------------------------------------------------------------------------------------


async def asked_where(chats: Chats, ada: int) -> Message:
    """What stands below a subscription of the private chat, pressed."""
    said = await chats.ask(ada, ada, "/subscribe robotics weekdays 08:00")
    assert "In a channel of mine" in said.labels
    return await chats.press(ada, said, "In a channel of mine")


async def test_a_channel_is_picked_from_the_private_chat(chats: Chats) -> None:
    """We are no member of it yet: picking it brings us in, with the rights that were asked for."""
    ada = chats.telegram.add_private(7)
    news = chats.telegram.add_channel("Wire", admins=[7])
    chats.telegram.set_bot(news, "left")
    asked = await asked_where(chats, ada)
    assert "/subscribe robotics weekdays 08:00" in plain(asked)
    assert [key["text"] for key in asked.picks] == ["A channel", "A group"]
    chats.telegram.pick(ada, asked.message_id, "A channel", news)
    await chats.telegram.until(lambda: "Wire\n" in chats.telegram.posts(ada)[-1].text)
    await chats.telegram.until(lambda: "Subscribed to Robotics" in chats.telegram.posts(ada)[-1].text)
    assert await chats.wishes(news) == await chats.wishes(ada) == ["robotics"]
    assert chats.telegram.posts(news) == []
    assert "can_delete_messages" in chats.telegram._chats[news].rights


async def test_a_group_is_picked_the_same_way(chats: Chats) -> None:
    ada, group = chats.telegram.add_private(7), chats.telegram.add_group("Owls", admins=[7])
    asked = await asked_where(chats, ada)
    chats.telegram.pick(ada, asked.message_id, "A group", group)
    await chats.telegram.until(lambda: "Owls\n\nSubscribed" in chats.telegram.posts(ada)[-1].text)
    assert await chats.wishes(group) == ["robotics"]


async def test_a_choice_of_somebody_else_is_none(chats: Chats) -> None:
    """The number of Ada's button, sent by Ben: it says nothing to him, of what it was for either."""
    ada, ben = chats.telegram.add_private(7), chats.telegram.add_private(8)
    news = chats.telegram.add_channel("Ben's", admins=[8])
    number = (await asked_where(chats, ada)).picks[0]["request_chat"]["request_id"]
    for request in (number, 5):
        shared = {"chat_shared": {"request_id": request, "chat_id": news}}
        before = len(chats.telegram.posts(ben))
        chats.telegram.say(ben, 8, "", passed_on=shared)
        await chats.telegram.until(lambda before=before: len(chats.telegram.posts(ben)) > before)
        assert plain(chats.telegram.posts(ben)[-1]).startswith("I do not know any more what that choice was")
    assert await chats.wishes(news) == []


async def test_a_picked_channel_proves_nothing(chats: Chats) -> None:
    """What says that a chat was picked may be forged by its sender: rights are asked all the same."""
    ada, news = chats.telegram.add_private(7), chats.telegram.add_channel("Closed", admins=[8])
    number = (await asked_where(chats, ada)).picks[0]["request_chat"]["request_id"]
    chats.telegram.say(ada, 7, "", passed_on={"chat_shared": {"request_id": number, "chat_id": news}})
    await chats.telegram.until(lambda: plain(chats.telegram.posts(ada)[-1]).startswith("I know no place"))
    assert await chats.wishes(news) == []


def passed_on_from(chats: Chats, chat: int) -> dict[str, Any]:
    origin = {"type": "channel", "chat": chats.telegram._chat_json(chats.telegram._chats[chat])}
    return {"forward_origin": {**origin, "message_id": 5, "date": 1}}


async def test_a_post_that_is_passed_on_names_its_channel(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), chats.telegram.add_channel("Wire", admins=[7])
    chats.telegram.say(ada, 7, "/list Some news", passed_on=passed_on_from(chats, news))
    await chats.telegram.until(lambda: chats.telegram.posts(ada))
    (said,) = chats.telegram.posts(ada)
    assert said.text.startswith("Wire\n\n")
    assert said.text.endswith("What is to be posted in Wire?")
    assert said.labels == ["A daily digest", "Breaking news at once", "Only what I choose"]
    assert await chats.wishes(news) == []
    assert "Subscribed to AI" in (await chats.press(ada, said, "A daily digest")).text
    assert await chats.wishes(news) == ["ai"]
    topics = await chats.press(ada, said, "Only what I choose")
    assert "Subscribed to Robotics" in (await chats.press(ada, topics, "Robotics")).text
    assert await chats.wishes(news) == ["ai", "robotics"]


async def test_a_post_of_a_channel_of_others_tells_nothing(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), chats.telegram.add_channel("Closed", admins=[8])
    chats.telegram.say(ada, 7, "Some news", passed_on=passed_on_from(chats, news))
    await chats.telegram.until(lambda: chats.telegram.posts(ada))
    assert plain(chats.telegram.posts(ada)[0]).startswith(UNKNOWN.format(target=news))


async def test_in_a_group_nothing_is_picked(chats: Chats) -> None:
    chats.telegram.add_private(7)
    group = chats.telegram.add_group("Owls", admins=[7])
    said = await chats.ask(group, 7, "/subscribe ai 08:00", answered_in=7)
    assert "In a channel of mine" not in said.labels


# --- a command that is typed in a channel ------------------------------------------------------------------


async def test_a_command_in_a_channel_may_be_about_another(chats: Chats) -> None:
    """Whoever reads the answer must manage that one; where nobody does so, nothing is done."""
    ada, news = chats.telegram.add_private(7), chats.telegram.add_channel("Wire", admins=[7])
    own = chats.telegram.add_channel("Robots", admins=[7], username="robot_news")
    other = chats.telegram.add_channel("Closed", admins=[8], username="closed_news")
    await chats.ask(news, 7, "/subscribe ai 08:00 @robot_news", answered_in=ada)
    said = await chats.ask(news, 7, "/subscribe ai 08:00 @closed_news", answered_in=ada)
    assert plain(said).startswith(UNKNOWN.format(target="@closed_news"))
    assert [await chats.wishes(chat) for chat in (news, own, other)] == [[], ["ai"], []]


async def test_a_channel_that_is_set_up_by_commands_in_it_shows_nothing_but_news(chats: Chats) -> None:
    """Eleven commands as a newcomer types them: each is done, answered in private, and gone."""
    ada = chats.telegram.add_private(7, "it")
    rights = ["can_post_messages", "can_delete_messages"]
    news = chats.telegram.add_channel("Notizie IA", admins=[7], rights=rights)
    commands = (
        "/start", "/help", "/subscribe ai 08:00", "/languages it en", "/quiet 22:00-07:00", "/bar important", "/list", "/status",
        "/schedule 1 25:00", "/latest", "/about",
    )  # fmt: skip
    for text in commands:
        assert (await chats.ask(news, 7, text, answered_in=ada)).text
        await chats.telegram.until(lambda: not chats.telegram.shows(news))
    assert await chats.wishes(news) == ["ai"]
    listing = await chats.ask(news, 7, "/list", answered_in=ada)
    assert listing.text.startswith("Notizie IA\n\n")
    bar = await chats.ask(news, 7, "/bar", answered_in=ada)
    assert (await chats.press(ada, bar, bar.labels[0])).text.startswith("Notizie IA\n")


# --- the page ----------------------------------------------------------------------------------------------


async def test_a_channel_of_the_page_is_managed_from_another(store: Store, clock: StillClock) -> None:
    platform: Any = create_web(PlatformOptions(), texts())
    async with living(platform, store, clock) as world:
        for name in ("lobby", "robots"):
            await world.channel(name, name=name.title(), kind=PlaceKind.PAGE)
        place = Place(platform="web", address="lobby", kind=PlaceKind.PAGE, server_address="page")
        asker = Call("", {}, Person(platform="web", address="page", manager=True), place)
        call = world.house.dispatcher.typed("/subscribe ai 08:00 @robots", asker)
        assert call is not None
        answer = await world.house.dispatcher.answer(call)
        assert answer.document.blocks[0] == Heading("Robots")
        assert await wishes(world, "robots") == ["ai"]
        assert await wishes(world, "lobby") == []
        unknown = world.house.dispatcher.typed("/list @nowhere", asker)
        assert unknown is not None
        assert not (await world.house.dispatcher.answer(unknown)).told
