"""Wishes, patterns and a server's own topics over the wire: the real libraries on loopback platforms."""

from bot.store.schema import subscriptions
from tests.platforms.living import Chats, Guilds, chats, guilds, plain
from tests.support.world import corvid, garden, larkwell

__all__ = ["chats", "guilds"]


async def filters(world: object) -> list[tuple[str, str, int]]:
    return [(row.topic, row.filter, row.size) for row in await world.rows(subscriptions)]  # type: ignore[attr-defined]


async def test_plain_talk_in_private_on_telegram_is_shown_as_rules_and_saved_by_its_button(
    chats: Chats,
) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden())
    await chats.world.settle()
    ada = chats.telegram.add_private(7, "it")
    answer = await chats.ask(ada, 7, "niente podcast, solo robotica, massimo 3 notizie, la mattina")
    assert plain(answer).startswith("Nuova: Robotica\n-kind:podcast")
    assert "Mai: podcast" in plain(answer)
    assert "Al massimo 3 notizie" in plain(answer)
    assert await filters(chats.world) == []
    saved = await chats.press(ada, answer, "Salva")
    assert plain(saved).startswith("Salvato.")
    assert await filters(chats.world) == [("robotics", "-kind:podcast", 3)]
    assert "Nuova" not in plain(await chats.ask(ada, 7, "no grazie"))


async def test_a_wish_for_a_channel_is_shown_in_private_and_nothing_stands_before_its_readers(
    chats: Chats,
) -> None:
    ada = chats.telegram.add_private(7)
    news = chats.telegram.add_channel("Wire", admins=[7], username="wire_news")
    answer = await chats.ask(ada, 7, "/wish no crypto, evenings @wire_news")
    assert plain(answer).startswith("Wire\n\nNew: AI\n-crypto")
    await chats.press(ada, answer, "Save")
    assert await chats.wishes(news) == ["ai"]
    assert await chats.wishes(ada) == []
    assert chats.telegram.posts(news) == []


async def test_wishes_topics_and_patterns_on_discord_are_for_the_asker_alone(guilds: Guilds) -> None:
    await guilds.world.feed("halden", corvid(), larkwell())
    await guilds.world.settle()
    said = await guilds.ask(
        "wish", guilds.lobby, words="no funding rounds, only robotics, at most 3, mornings"
    )
    assert "New: Robotics" in said
    assert "Never: funding rounds" in said
    assert "There is no rule in `less hype`" in await guilds.ask("wish", guilds.lobby, words="less hype")
    said = await guilds.ask(
        "topic", guilds.lobby, action="add", name="voices", terms="/voices?/ corvid -film"
    )
    assert "Saved. voices: /voices?/ corvid -film" in said
    assert "Subscribed to voices: 08:00." in await guilds.ask(
        "subscribe", guilds.lobby, what="voices", when="08:00"
    )
    said = await guilds.ask("filter", guilds.lobby, action="add", terms="/C++/")
    assert "there is nothing in it that ++ could repeat" in said


async def test_what_a_manager_says_in_a_group_is_saved_by_the_button_of_the_private_answer(
    chats: Chats,
) -> None:
    ada, group = chats.telegram.add_private(7), chats.telegram.add_group("Owls", admins=[7])
    answer = await chats.ask(group, 7, "/wish no crypto, evenings", answered_in=ada)
    assert plain(await chats.press(ada, answer, "Save")).startswith("Owls\n\nSaved.")
    answer = await chats.ask(group, 7, "/filter add -nft", answered_in=ada)
    await chats.press(ada, answer, "Save")
    assert await filters(chats.world) == [("ai", "-crypto -nft", 5)]
    assert (await chats.wishes(group), await chats.wishes(ada)) == (["ai"], [])
    assert chats.telegram.posts(group) == []


async def test_a_subscription_is_edited_from_the_private_chat_and_seen_before_it_is_saved(
    chats: Chats,
) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden())
    await chats.world.settle()
    ada = chats.telegram.add_private(7, "it")
    news = chats.telegram.add_channel("Wire", admins=[7], username="wire_news")
    await chats.ask(ada, 7, "/subscribe ai 10:00 @wire_news")
    answer = await chats.ask(ada, 7, "/edit 1 stories 1 @wire_news")
    assert plain(answer).startswith(
        "Wire\n\nIA\nnotizie per rassegna: 1 (prima: 5)\n\n"
        "Negli ultimi 14 giorni: circa una notizia al giorno invece di circa 3 notizie al giorno."
    )
    saved = await chats.press(ada, answer, "Salva")
    assert "Salvato. IA, notizie per rassegna: 1" in plain(saved)
    assert [size for _, _, size in await filters(chats.world)] == [1]
    assert chats.telegram.posts(news) == []


async def test_on_discord_it_is_edited_for_the_asker_alone(guilds: Guilds) -> None:
    await guilds.world.feed("halden", corvid(), larkwell(), garden())
    await guilds.world.settle()
    await guilds.ask("subscribe", guilds.lobby, what="ai", when="10:00")
    said = await guilds.ask("edit", guilds.lobby, number="1", setting="stories", value="1")
    assert "about one story a day instead of about 3 stories a day" in said
    await guilds.discord.press(guilds.lobby, guilds.discord.ephemeral(guilds.ada)[-1].id, "Save", guilds.ada)
    assert [size for _, _, size in await filters(guilds.world)] == [1]
    assert "name: papers" in await guilds.ask(
        "edit", guilds.lobby, number="1", setting="name", value="papers"
    )
    assert guilds.discord.shows(guilds.lobby) == []
