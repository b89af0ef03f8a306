"""News in chats that the bot is not in, over the wire."""

from typing import Any

from bot.store.schema import subscriptions
from tests.platforms.living import Chats, chats
from tests.support.world import corvid, garden, larkwell

__all__ = ["chats"]


async def offered(chats: Chats, query: str) -> list[dict[str, Any]]:
    await chats.telegram.until(lambda: query in chats.telegram.offered)
    return chats.telegram.offered[query]


def words_of(result: dict[str, Any]) -> str:
    return result["input_message_content"]["text"].replace("\u2060", "")


async def test_what_is_typed_behind_the_name_offers_stories_that_anybody_may_post(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden())
    await chats.world.settle()
    everything = await offered(chats, chats.telegram.type_behind_name(7, ""))
    assert len(everything) > 1
    (found,) = await offered(chats, chats.telegram.type_behind_name(7, "corvid"))
    assert "Corvid 3" in found["title"]
    assert found["url"].startswith("https://")
    assert found["description"]
    text = words_of(found)
    assert text.startswith(found["title"])
    links = [each["url"] for each in found["input_message_content"]["entities"] if "url" in each]
    assert any("?start=" in link for link in links), "the sources are one tap away"
    assert "reply_markup" not in found


async def test_a_count_behind_the_words_is_one_there_too(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden())
    await chats.world.settle()
    assert len(await offered(chats, chats.telegram.type_behind_name(7, "ai 2"))) == 2
    assert await offered(chats, chats.telegram.type_behind_name(7, "since:30d zebra")) == []
    (*_, asked) = [each for method, each in chats.telegram.requests if method == "answerInlineQuery"]
    assert "Nothing fits since:30d zebra" in asked["button"]


async def test_where_nothing_is_found_it_says_so_above_an_empty_list(chats: Chats) -> None:
    query = chats.telegram.type_behind_name(7, "zebra")
    assert await offered(chats, query) == []
    (asked,) = [each for method, each in chats.telegram.requests if method == "answerInlineQuery"]
    assert "Nothing on zebra" in asked["button"]


async def test_it_comes_in_the_language_of_whoever_types(chats: Chats) -> None:
    chats.telegram.add_private(7, "it")
    await offered(chats, chats.telegram.type_behind_name(7, "zebra"))
    (asked,) = [each for method, each in chats.telegram.requests if method == "answerInlineQuery"]
    assert "Niente su zebra" in asked["button"]


async def test_a_guest_is_asked_for_news_by_its_name(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), larkwell())
    await chats.world.settle()
    (plain_words,) = await offered(chats, chats.telegram.call_in(7, "@strillone_test_bot corvid"))
    assert "Corvid 3" in words_of(plain_words)
    (command,) = await offered(chats, chats.telegram.call_in(7, "/latest@strillone_test_bot 1"))
    assert words_of(command).startswith("Latest")
    (named,) = await offered(chats, chats.telegram.call_in(7, "@strillone_test_bot latest corvid"))
    assert "Corvid 3" in words_of(named)


async def test_a_guest_shows_and_changes_nothing_of_a_place(chats: Chats) -> None:
    await chats.world.feed("halden", corvid())
    await chats.world.settle()
    for text in ("/subscribe@strillone_test_bot ai 08:00", "/status@strillone_test_bot"):
        (said,) = await offered(chats, chats.telegram.call_in(7, text))
        assert words_of(said).startswith("Latest")
    assert await chats.world.rows(subscriptions) == []


async def test_what_others_read_is_about_no_place_of_the_asker(chats: Chats) -> None:
    ada, news = chats.telegram.add_private(7), chats.telegram.add_channel("Wire", admins=[7])
    await chats.ask(ada, 7, f"/subscribe ai 08:00 {news}")
    (said,) = await offered(chats, chats.telegram.call_in(7, "/digest@strillone_test_bot week in Wire"))
    assert "Wire" not in words_of(said).splitlines()[0]


async def test_the_operators_of_search_are_understood_behind_the_name(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), larkwell(), garden(hours=60.0))
    await chats.world.settle()

    async def titles(query: str) -> str:
        found = await offered(chats, chats.telegram.type_behind_name(7, query))
        return " ".join(each["title"] for each in found)

    assert "RV-9" not in await titles("")
    assert "RV-9" in await titles("since:week")
    assert "Corvid" in await titles('"open language model"')
    assert await titles('"language open model"') == ""
    everything, without = await titles("outlet:halden"), await titles("outlet:halden -corvid")
    assert "Corvid" in everything
    assert "Larkwell" in without
    assert "Corvid" not in without
    assert "Larkwell" in await titles("lang:en -corvid")
    assert await titles("lang:ja") == ""
    await titles("since:never")
    (*_, asked) = [each for method, each in chats.telegram.requests if method == "answerInlineQuery"]
    assert "since when" in asked["button"], "a mistake is answered with what is right"
