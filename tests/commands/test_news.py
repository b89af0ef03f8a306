"""latest, digest and story."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Actions, Answer, Listing, Place, PlaceKind, Quote
from bot.store import sagas
from bot.store.schema import told_marks
from tests.commands.conftest import Counter, headlines, words_of
from tests.support.world import alpine, corvid, corvid_elsewhere, garden, larkwell


def buttons(answer: object) -> dict[str, str]:
    blocks = answer.document.blocks  # type: ignore[attr-defined]
    return {
        b.label: b.data.partition("~")[0]
        for block in blocks
        if isinstance(block, Actions)
        for b in block.buttons
    }


async def test_latest_shows_three_stories_and_the_way_to_older_ones(news: Counter) -> None:
    first = await news.ask("/latest")
    assert len(headlines(first)) == 3
    assert buttons(first) == {"Older ›": "la::1"}
    older = await news.press("la::1")
    assert len(headlines(older)) == 1
    assert buttons(older) == {"‹ Newer": "la::0"}
    assert older.edit
    assert set(headlines(first) + headlines(older)) == {
        corvid().title,
        larkwell().title,
        alpine().title,
        garden().title,
    }


@pytest.mark.parametrize("page", ["99", "-1", "x", "²", "1e3"])
async def test_a_page_that_is_not_there_shows_one_that_is(news: Counter, page: str) -> None:
    assert headlines(await news.press(f"la::{page}"))


async def test_latest_takes_a_topic(news: Counter) -> None:
    assert headlines(await news.ask("/latest robotics")) == [garden().title]


async def test_latest_takes_a_word_in_any_case_and_accent(news: Counter) -> None:
    assert headlines(await news.ask("/latest SYNTHÉTIC voices")) == [alpine().title]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "-lang:en",
            "`-lang:en` excludes nothing: lang: narrows a search, and has no sign. For example lang:en",
        ),
        ("-topic:robotics", "`-topic:robotics` excludes nothing"),
        ("robotics -since:3d", "`-since:3d` excludes nothing"),
        ("!corvid", "`!corvid` does not leave it out. What must not be there has a - before it: -corvid"),
        ("outlet:", "There is nothing behind outlet: here. For example outlet:wire"),
        ("lang:", "There is nothing behind lang: here. For example lang:it"),
    ],
)
async def test_latest_drops_no_sign_in_silence(news: Counter, typed: str, said: str) -> None:
    assert said in await news.said(f"/latest {typed}")


async def test_latest_takes_a_sign_before_words_and_outlets(news: Counter) -> None:
    shown = headlines(await news.ask("/latest -corvid"))
    assert shown
    assert corvid().title not in shown
    assert headlines(await news.ask("/latest -outlet:halden")) == [alpine().title, garden().title]


async def test_latest_of_two_outlets_shows_both(news: Counter) -> None:
    both_outlets = await news.said("/latest outlet:halden outlet:ledger")
    assert both_outlets == await news.said("/latest")
    assert "I read 0 feeds" not in await news.said("/latest outlet:halden -outlet:halden")


async def test_latest_says_the_time_that_was_asked_for(news: Counter) -> None:
    hour = await news.said("/latest since:1h")
    assert "Nothing fits since:1h; the newest is older:" in hour
    month = await news.said("/latest since:30d zzz")
    assert "Nothing fits since:30d zzz. I read 2 feeds" in month
    assert "week" not in month


async def test_latest_takes_a_count_before_the_words_too(news: Counter) -> None:
    assert headlines(await news.ask("/latest 5 corvid")) == headlines(await news.ask("/latest corvid 5"))
    assert headlines(await news.ask("/latest 1")) == headlines(await news.ask("/latest"))[:1]


async def test_latest_keeps_a_word_on_its_buttons(news: Counter) -> None:
    await news.world.feed(
        "third", corvid(slug="a", title="Owls learn chess", text=larkwell().text.replace("Larkwell", "Owl"))
    )
    answer = await news.ask("/latest the")
    assert set(buttons(answer).values()) <= {"la:the:1"}
    assert len(headlines(await news.press("la:the:0"))) == 3


async def test_a_word_too_long_for_a_button_is_left_out(news: Counter) -> None:
    for data in buttons(await news.ask("/latest " + "a" * 80)).values():
        assert len(data.encode()) <= 64


async def test_latest_offers_something_older_when_the_day_was_empty(news: Counter) -> None:
    news.world.clock.advance(timedelta(days=2))
    answer = await news.ask("/latest Corvid")
    assert "Nothing on Corvid in 24 hours" in words_of(answer.document)
    assert headlines(answer) == [corvid().title]


@pytest.mark.parametrize("typed", ["/latest Corvid", "/latest since:1h", "/digest today robotics"])
async def test_something_older_is_a_list_of_one(news: Counter, typed: str) -> None:
    await news.ask("/latest")
    news.world.clock.advance(timedelta(days=2))
    answer = await news.ask(typed)
    (title,) = headlines(answer)
    assert words_of((await news.ask("/story 1")).document).startswith(title)
    assert f"Saved: {title}" in await news.said("/save 1")
    assert "There is no story 2 here" in await news.said("/why 2")


async def test_latest_says_when_there_is_nothing_at_all(counter: Counter) -> None:
    answer = await counter.ask("/latest zeppelins")
    assert "Nothing on zeppelins this week. I read 0 feeds" in words_of(answer.document)
    assert buttons(answer) == {"Latest": "la"}


async def test_latest_in_another_place_does_not_show_a_private_feed(counter: Counter) -> None:
    mine = await counter.world.channel("mine", server="a")
    await counter.world.feed("secret", corvid(), server_id=mine.server_id)
    await counter.world.settle()
    inside = counter.at(Place(platform="scripted", address="mine", kind=PlaceKind.GROUP, server_address="a"))
    assert headlines(await inside.ask("/latest")) == [corvid().title]
    assert headlines(await counter.ask("/latest")) == []
    assert "not among the feeds" in await counter.said("/story i1")


async def test_digest_shows_the_day_and_marks_nothing_as_told(news: Counter) -> None:
    answer = await news.ask("/digest")
    assert set(headlines(answer)) == {corvid().title, larkwell().title, alpine().title, garden().title}
    assert await news.world.count(told_marks) == 0
    assert set(headlines(await news.ask("/digest"))) == set(headlines(answer))


async def test_digest_of_an_empty_day_says_so(counter: Counter) -> None:
    assert "A quiet day" in await counter.said("/digest")


async def test_story_by_its_number_in_the_last_digest(news: Counter) -> None:
    world = news.world
    channel = await world.channel("chat")
    await world.wants(channel, "10:00", size=2)
    world.clock.advance(timedelta(hours=1, minutes=1))
    await world.settle()
    second = world.platform.headlines(channel)[1]
    assert headlines(await news.ask("/story 2")) == [second]
    assert headlines(await news.ask("/story #2")) == [second]
    assert "There is no story 3 here: the last list has 2." in await news.said("/story 3")


async def test_a_number_means_the_list_that_one_saw_last(news: Counter) -> None:
    world = news.world
    channel = await world.channel("chat")
    await world.wants(channel, "10:00 12:00", size=1)
    world.clock.advance(timedelta(hours=1, minutes=1))
    await world.settle()
    (posted,) = world.platform.headlines(channel)
    shown = headlines(await news.ask("/latest"))
    other = next(n for n, headline in enumerate(shown, start=1) if headline != posted)
    assert headlines(await news.ask(f"/story {other}")) == [shown[other - 1]]
    assert headlines(await news.by(address="bob").ask("/story 1")) == [posted]
    await world.feed("ledger", corvid_elsewhere(hours=-1))
    world.clock.advance(timedelta(hours=2))
    await world.settle()
    assert headlines(await news.ask("/story 1")) == [world.platform.headlines(channel)[-1]]


async def test_story_by_its_number_in_latest_where_there_was_no_digest(news: Counter) -> None:
    shown = headlines(await news.ask("/latest"))
    assert headlines(await news.ask("/story 1")) == shown[:1]


async def test_story_by_id_shows_sentences_receipts_and_sources(news: Counter) -> None:
    answer = await news.press("st:i1")
    (title,) = headlines(answer)
    quotes = [b.text for b in answer.document.blocks if isinstance(b, Quote)]
    entry = next(e for e in await news.world.entries() if e.title == title)
    assert quotes
    assert all(quote in entry.text for quote in quotes)
    (sources,) = [b for b in answer.document.blocks if isinstance(b, Listing)]
    assert [item.link for item in sources.items] == [entry.link]


async def test_story_names_what_came_before_and_after(news: Counter) -> None:
    entries = {entry.title: entry for entry in await news.world.entries()}
    first, second = entries[corvid().title], entries[larkwell().title]
    async with news.world.store.write() as tx:
        await sagas.relate(tx, {first.story_id: {second.story_id: 0.4}}, news.world.clock())
    answer = await news.press(f"st:i{first.story_id}")
    *_, saga = [b for b in answer.document.blocks if isinstance(b, Listing)]
    assert [item.link for item in saga.items] == [second.link]
    assert second.title in saga.items[0].text


@pytest.mark.parametrize(
    "wanted", ["one", "1.5", "-1", "i", "i1x", "99999999999999999", "'; drop table stories"]
)
async def test_a_story_that_is_no_number_is_explained(news: Counter, wanted: str) -> None:
    said = await news.said(f"/story {wanted}")
    assert "/story 1" in said or "more than /story takes" in said


@pytest.mark.parametrize("wanted", ["0", "77", "i77", "i999999999999"])
async def test_a_story_that_is_not_there_is_explained(news: Counter, wanted: str) -> None:
    said = await news.said(f"/story {wanted}")
    assert "There is no story" in said or "That story is not among the feeds of this place" in said


async def test_an_answer_speaks_the_askers_language_in_a_place_without_a_record(news: Counter) -> None:
    italian = news.by(language="it-IT")
    assert "Ultime" in await italian.said("/latest") or "Latest" not in await italian.said("/latest")
    channel = await news.world.channel("chat", language="de")
    german = replace(news)
    assert (await german.ask("/latest")).document.language == "de"
    assert channel.language == "de"
    assert (
        await news.by(language="xx")
        .at(Place(platform="scripted", address="new", kind=PlaceKind.PRIVATE))
        .ask("/latest")
    ).document.language == "en"


async def test_numbers_complete_what_story_takes(news: Counter) -> None:
    assert await news.dispatcher.complete("story", "number", "", news.call) == ()
    await news.ask("/latest")
    assert await news.dispatcher.complete("story", "number", "", news.call) == ("1", "2", "3", "4")


async def test_many_searches_of_one_person_keep_nobody_waiting_for_all_of_them(news: Counter) -> None:
    done: list[str] = []
    done_at_turn: list[int] = []

    async def ask(text: str) -> None:
        await news.ask(text)
        done.append(text)

    async def have_a_turn() -> None:
        async with searches.turn("zed"):
            done_at_turn.append(len(done))

    searches = news.world.ctx.searches
    async with searches.turn("one"), searches.turn("two"):
        crowd = [asyncio.create_task(ask(f"/latest zanzibar{n}")) for n in range(20)]
        async with asyncio.timeout(5):
            while searches.count_turns(("scripted", "ann")) < 20:  # noqa: ASYNC110  nobody tells of it
                await asyncio.sleep(0.01)
        last = asyncio.create_task(have_a_turn())
        async with asyncio.timeout(5):
            while not searches.count_turns("zed"):  # noqa: ASYNC110  nobody tells of it
                await asyncio.sleep(0.01)
    await last
    assert done_at_turn[0] <= 4
    await asyncio.gather(*crowd)


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("/latest 1", 1),
        ("/latest ai 2", 2),
        ("/latest count:4", 4),
        ("/latest 10", 4),
        ("/latest topic:ai", 3),
    ],
)
async def test_a_number_says_how_many_stand_on_a_page(news: Counter, typed: str, count: int) -> None:
    assert len(headlines(await news.ask(typed))) == count


async def test_pages_keep_what_was_asked_for(news: Counter) -> None:
    first = await news.ask("/latest ai 2")
    second = await news.press(buttons(first)["Older ›"])
    assert len(headlines(second)) == 2
    assert not {*headlines(first)} & {*headlines(second)}


async def test_an_outlet_shows_its_stories(news: Counter) -> None:
    own = headlines(await news.ask("/latest outlet:halden 10"))
    others = headlines(await news.ask("/latest -outlet:halden 10"))
    assert own
    assert not {*own} & {*others}
    assert 'outlet:"halden"' in await news.said("/latest outlet:haldem")


@pytest.mark.parametrize("typed", ["/latest 11", "/latest 0", "/latest count:many"])
async def test_impossible_counts_are_answered_with_a_possible_one(news: Counter, typed: str) -> None:
    assert "For example: /latest 5" in await news.said(typed)


async def test_a_digest_of_a_time_or_a_topic(news: Counter) -> None:
    await news.said("/subscribe ai 08:00")
    assert "AI news" in await news.said("/digest week")
    assert "Robotics news" in await news.said("/digest today robotics")
    assert "Robotics news" in await news.said("/digest robotics week")
    assert "Nothing on Open weights this week" in await news.said("/digest week open weights")
    assert "Nothing on Open weights this week" in await news.said("/digest open weights")
    assert "neither a time" in await news.said("/digest week crypto")
    assert "neither a time" in await news.said("/digest 1 crypto")
    assert "`foo` is neither a time" in await news.said("/digest foo")
    assert (await news.said("/digest week")).startswith("The last 7 days:")


async def test_a_word_is_looked_for_in_titles_and_in_the_openings_of_texts(counter: Counter) -> None:
    opening = f"{'The laboratory tells of its year. ' * 100}The word is zanzibar."
    beyond = f"{'The laboratory tells of its year. ' * 200}The word is timbuktu."
    await counter.world.feed(
        "far", corvid(slug="a", text=opening), corvid(slug="b", text=beyond, title="Quito")
    )
    await counter.world.settle("collect", "group")
    assert "Corvid 3" in await counter.said("/latest zanzibar")
    assert "Quito" in await counter.said("/latest quito")
    assert "Nothing on timbuktu" in await counter.said("/latest timbuktu")


async def test_topics_are_named_with_their_words(counter: Counter) -> None:
    answer = await counter.ask("/topics")
    (listing,) = [block for block in answer.document.blocks if isinstance(block, Listing)]
    names = [item.text.partition(":")[0] for item in listing.items]
    assert names[0] == "ai"
    assert {"papers", "open-weights", "media"} <= set(names)


# --- asked of a post ---------------------------------------------------------------------------------------


async def asked_of(counter: Counter, text: str, post: str) -> Answer:
    call = counter.dispatcher.typed(text, replace(counter.call, reply_to=post))
    assert call is not None
    return await counter.dispatcher.answer(call)


async def post_digest(counter: Counter) -> str:
    await counter.said("/subscribe ai 10:00")
    counter.world.clock.advance(timedelta(hours=1))
    await counter.world.settle()
    return counter.world.platform.chats["chat"][-1].post


async def test_an_answer_to_a_digest_asks_which_and_takes_its_numbers(news: Counter) -> None:
    post = await post_digest(news)
    asked = words_of((await asked_of(news, "/story", post)).document)
    assert asked == "That post tells 4 stories: say which by its number, for example /story 2."
    first = words_of((await asked_of(news, "/story 1", post)).document)
    assert await news.said("/story 1") == first
    assert words_of((await asked_of(news, "/save 2", post)).document).startswith("Saved: ")


async def test_an_answer_to_the_post_of_one_story_needs_no_number(counter: Counter) -> None:
    world = counter.world
    await counter.said("/subscribe ai now")
    await world.feed("halden", garden())
    await world.settle()
    world.serve("halden", corvid(hours=-6), garden())
    world.clock.advance(timedelta(hours=6))
    await world.settle()
    (post,) = [sent.post for sent in counter.world.platform.chats["chat"]]
    assert corvid().title in words_of((await asked_of(counter, "/story", post)).document)
    assert corvid().title in words_of((await asked_of(counter, "/why", post)).document)
    assert words_of((await asked_of(counter, "/save", post)).document) == f"Saved: {corvid().title}"


async def test_an_answer_to_something_else_is_asked_for_a_number(news: Counter) -> None:
    await post_digest(news)
    for post in ("99999", "%", "1/2", "x"):
        said = words_of((await asked_of(news, "/story", post)).document)
        assert said.startswith("Which story? Give its number in the last list, for example /story 1")


async def test_a_post_of_another_place_tells_nothing_here(news: Counter) -> None:
    post = await post_digest(news)
    elsewhere = news.at(Place(platform="scripted", address="other", kind=PlaceKind.GROUP))
    assert "Which story?" in words_of((await asked_of(elsewhere, "/story", post)).document)


@pytest.mark.parametrize("title", ["Modelli e rilasci", "Modelle und Veröffentlichungen", "模型与发布"])
async def test_a_digest_takes_a_topic_by_its_name_in_any_language(news: Counter, title: str) -> None:
    for line in (f"/digest {title}", f"/digest week {title}"):
        assert "Models and releases news" in await news.said(line)
