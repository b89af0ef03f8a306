"""wish: plain words shown as rules, saved by one's own button alone, and nothing guessed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.codec import data_of
from bot.model import Actions, Answer, Person, Place, PlaceKind
from bot.pipeline.timing.slots import describe
from bot.store import subscriptions
from tests.commands.conftest import PRIVATE, Counter, headlines, words_of
from tests.support.world import alpine, corvid, garden, larkwell


def buttons(answer: Answer) -> dict[str, str]:
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return {button.label: data_of(button) for block in blocks for button in block.buttons}


async def kept(news: Counter) -> list[tuple[str, str, str, str, int]]:
    async with news.world.ctx.store.read() as tx:
        own = await subscriptions.of_channel(tx, 1)
    return [(one.topic, one.filter, describe(one.schedule), one.bar.value, one.size) for one in own]


async def wants(news: Counter, **values: object) -> None:
    await news.world.wants(await news.world.channel("chat"), "10:00", **values)


async def save(news: Counter, typed: str) -> str:
    return words_of((await news.press(buttons(await news.ask(typed))["Save"])).document)


async def test_plain_words_are_shown_as_rules_with_what_they_bring_and_then_saved(news: Counter) -> None:
    answer = await news.ask("/wish no robots please, at most 3 stories, weekdays at 7:30")
    assert words_of(answer.document).splitlines() == [
        "New: AI",
        "-robot",
        "When: Monday to Friday 07:30 (UTC)",
        "Never: robot",
        "At most 3 stories",
        "In the last 14 days: about 3 stories a day.",
        "For example:",
        corvid().title,
        larkwell().title,
        alpine().title,
        "Nothing is saved yet.",
    ]
    assert await kept(news) == []
    said = words_of((await news.press(buttons(answer)["Save"])).document)
    assert said.startswith(
        "Saved.\nAI · -robot · 3 stories at most · Monday to Friday 07:30 · next: Tuesday 3 March 07:30"
    )
    assert await kept(news) == [("ai", "-robot", "weekdays 07:30", "everything", 3)]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("on the 1st and 15th at 9 research papers", "When: on the 1st and 15th of each month 09:00"),
        ("Robotik am 15. um 9", "When: on the 15th of each month 09:00"),
        ("recherche le 1er et le 15 du mois à 9h", "When: on the 1st and 15th of each month 09:00"),
        ("robotica il 1° di ogni mese alle 8", "When: on the 1st of each month 08:00"),
        ("robotica il primo di ogni mese alle 8", "When: on the 1st of each month 08:00"),
        ("robótica el primero de cada mes a las 8", "When: on the 1st of each month 08:00"),
        ("robótica no primeiro de cada mês às 8h", "When: on the 1st of each month 08:00"),
        ("人工智能 每月1日和15日 9点", "When: on the 1st and 15th of each month 09:00"),
        ("AIを毎月末18時に", "When: on the last day of each month 18:00"),
        ("AIを毎月15日8時に", "When: on the 15th of each month 08:00"),
        ("robotique tous les jours à 7h30", "When: 07:30"),
        ("puces à 8h et 18h", "When: 08:00 18:00"),
        ("robotique le soir à 8h30", "When: 20:30"),
        ("robótica a las 8h y a las 18h", "When: 08:00 18:00"),
    ],
)
async def test_days_of_the_month_are_days_in_a_wish(news: Counter, line: str, shown: str) -> None:
    said = await news.said(f"/wish {line}")
    assert shown in said
    assert "Only:" not in said


@pytest.mark.parametrize(
    "line",
    ["papers on the 15 at 8", "papers on the 1st and 15th", "robotica il 15 alle 8", "Robotik am 15 um 8"],
)
async def test_a_day_that_is_not_clear_is_no_word_and_no_hour_of_a_wish(news: Counter, line: str) -> None:
    said = await news.said(f"/wish {line}")
    assert "Not understood" in said
    assert "15" in said
    assert "Only: 1" not in said
    assert "15:00" not in said


async def test_ordinals_of_other_things_stay_words_of_a_wish(news: Counter) -> None:
    assert "3rd party plugins" in await news.said("/wish no 3rd party plugins")
    assert "each month" not in await news.said("/wish only 4th generation robots, mornings")


async def test_what_is_not_understood_is_named_word_for_word(news: Counter) -> None:
    said = await news.said("/wish no funding rounds, less hype, something nice")
    assert "Not understood, and in no rule: “less hype”, “something nice”." in said
    assert "Never: funding rounds" in said
    assert "There is no rule in `less hype` that I understand." in await news.said("/wish less hype")


async def test_what_is_wanted_and_not_wanted_becomes_no_rule(news: Counter) -> None:
    said = await news.said("/wish no robotics, only robotics, at 8")
    assert "Not understood, and in no rule: “no robotics”, “only robotics”." in said
    assert "Never" not in said


async def test_a_wish_changes_the_only_subscription_and_keeps_what_it_does_not_name(news: Counter) -> None:
    await wants(news, filter="-crypto")
    answer = await news.ask("/wish no robots, only important stuff")
    assert "In the last 14 days: hardly ever a story instead of about 4 stories a day." in words_of(
        answer.document
    )
    await news.press(buttons(answer)["Save"])
    assert await kept(news) == [("ai", "-crypto -robot", "10:00", "important", 5)]


async def test_of_several_subscriptions_it_asks_which(news: Counter) -> None:
    await wants(news)
    await wants(news, topic="robotics")
    answer = await news.ask("/wish no funding")
    assert "Which subscription is that about?" in words_of(answer.document)
    answer = await news.press(buttons(answer)["2 · Robotics"])
    await news.press(buttons(answer)["Save"])
    assert [filter_ for _, filter_, *_ in await kept(news)] == ["", "-kind:funding"]


async def test_topics_make_a_subscription_each_or_change_the_one_there_is(news: Counter) -> None:
    await wants(news, topic="robotics")
    await save(news, "/wish robotics and chips, 8am, no jobs")
    assert await kept(news) == [
        ("robotics", "-kind:job", "08:00", "everything", 5),
        ("chips", "-kind:job", "08:00", "everything", 5),
    ]


async def test_subscribe_and_filter_read_plain_words_and_keep_their_own_answers(news: Counter) -> None:
    said = await news.said("/subscribe robotics every morning please, no opinion")
    assert "New: Robotics" in said
    assert "Never: opinion" in said
    assert "is not a time" in await news.said("/subscribe ai 25:00")
    assert "Did you mean robotics?" in await news.said("/subscribe robotis 08:00")
    assert "Subscribed to AI: 08:00." in await news.said("/subscribe ai every day at 8")
    assert "Never: funding rounds" in await news.said("/filter 1 no funding rounds")
    assert "/filter add -crypto" in await news.said("/filter -crypto")


async def test_plain_talk_in_private_is_a_wish_where_all_of_it_is_understood(news: Counter) -> None:
    private = news.at(PRIVATE)
    assert "Neu: Offene Gewichte" in await private.by(language="de").said("nur offene modelle, morgens")
    for talk in ("thanks!", "no, thanks", "i don't understand this", "robotics", "what is new?"):
        assert "Nothing is saved yet." not in await private.said(talk), talk


async def test_only_ones_own_button_saves(news: Counter) -> None:
    button = buttons(await news.ask("/wish no robots"))["Save"]
    stranger = replace(news, person=Person(platform="scripted", address="bob", name="Bob", manager=True))
    await stranger.press(button)
    assert await kept(news) == []
    member = news.by(manager=False)
    assert "Save" not in buttons(await member.ask("/wish no robots"))
    await news.press(button)
    assert len(await kept(news)) == 1


async def test_a_button_for_what_has_changed_since_saves_nothing(news: Counter) -> None:
    button = buttons(await news.ask("/wish no robots"))["Save"]
    await wants(news)
    assert "has changed since" in words_of((await news.press(button)).document)
    assert await kept(news) == [("ai", "", "10:00", "everything", 5)]


async def test_before_readers_of_a_broadcast_channel_nothing_is_asked(news: Counter) -> None:
    place = Place(platform="scripted", address="wire", kind=PlaceKind.BROADCAST)
    assert "Say that to me in a private chat" in await news.at(place).said("/wish no robots")


async def test_a_digest_has_as_many_stories_as_were_wished_for(news: Counter) -> None:
    await save(news, "/wish at most 2 stories, no robots")
    shown = await news.ask("/preview")
    assert sum(type(block).__name__ == "StoryBlock" for block in shown.document.blocks) == 2
    assert garden().title not in words_of(shown.document)


async def test_hostile_wishes_come_back_as_text(news: Counter) -> None:
    for typed in (
        "no " + "😀" * 4_000,
        "no \x00\u202ecrypto\u202c @everyone <b>x</b>, mornings",
        ", ".join(f"no term{n}" for n in range(500)),
        "no '; DROP TABLE subscriptions; --",
        '"' * 300,
        "never never never only only no no",
    ):
        said = await news.said(f"/wish {typed}")
        assert "Something went wrong" not in said
        assert len(said) < 3_000
    assert await kept(news) == []


async def test_a_wish_that_is_too_long_is_not_read_in_part(news: Counter) -> None:
    wish = "/wish no crypto" + ", no crypto" * 30 + ", only robotics"
    assert "A wish has at most 300 characters" in await news.said(wish)


async def test_a_wish_may_name_a_topic_of_the_server(news: Counter) -> None:
    await wants(news)
    await news.said("/topic add voices /voices?/ -film")
    answer = await news.ask("/wish only voices, at most 2 stories, mornings")
    assert words_of(answer.document).startswith("New: voices\n")
    await news.press(buttons(answer)["Save"])
    assert "2 · voices · 2 stories at most · 08:00" in await news.said("/list")
    assert headlines(await news.ask("/preview 2")) == [alpine().title]
    answer = await news.ask("/wish voices, no podcasts")
    assert words_of(answer.document).startswith("voices\n-kind:podcast")
    elsewhere = news.at(Place(platform="scripted", address="other", kind=PlaceKind.GROUP))
    assert "New: voices" not in await elsewhere.said("/wish only voices, mornings")


async def test_nothing_from_somebody_leaves_out_what_names_them(news: Counter) -> None:
    await wants(news)
    german = news.at(PRIVATE).by(language="de")
    assert '-"Elon Musk"' in await german.said("/wish nichts von Elon Musk")


async def test_a_limit_of_news_at_once_is_one_a_day(news: Counter) -> None:
    await news.said("/subscribe ai now")
    assert "At most 2 posts a day" in await news.said("/wish at most 2 stories")
    assert "Saved." in await news.save("/wish at most 2 stories")
    async with news.world.store.read() as tx:
        (subscription,) = await subscriptions.active(tx)
    assert (subscription.posts_per_day, subscription.size) == (2, 5)


# --- taking back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "talk", ["take that back", "dimentica l'ultima richiesta", "vergiss den letzten Wunsch"]
)
async def test_the_rules_of_the_last_wish_are_taken_away_once_that_is_shown(news: Counter, talk: str) -> None:
    await wants(news, filter="-crypto")
    ((*before,),) = await kept(news)
    await save(news, "/wish only funding rounds, important, weekdays at 7:30")
    await news.save("/filter add -podcast")
    shown = await news.ask(f"/wish {talk}")
    assert "Without the last wish it is again:" in words_of(shown.document)
    assert "kind:funding" in (await kept(news))[0][1], "nothing counts before it is saved"
    assert "The last wish is taken back." in words_of((await news.press(buttons(shown)["Save"])).document)
    ((topic, filter_, *others),) = await kept(news)
    assert filter_ == "-crypto -podcast", "what was said after the wish stays"
    assert [topic, *others] == [before[0], *before[2:]]
    assert "I know no wish here" in await news.said(f"/wish {talk}")


async def test_a_subscription_that_the_last_wish_made_ends(news: Counter) -> None:
    await wants(news)
    await save(news, "/wish chips, mornings")
    assert "Not posted any more: Chips" in await news.said("/wish forget the last wish")
    await save(news, "/wish forget the last wish")
    assert [topic for topic, *_ in await kept(news)] == ["ai"]


async def test_a_button_takes_back_no_other_wish_than_the_one_it_showed(news: Counter) -> None:
    await wants(news)
    await save(news, "/wish no funding rounds")
    shown = await news.ask("/wish undo")
    news.world.clock.advance(timedelta(minutes=1))
    await save(news, "/wish no podcasts")
    assert "has changed since" in words_of((await news.press(buttons(shown)["Save"])).document)


async def test_where_no_wish_was_saved_it_is_said(news: Counter) -> None:
    assert "I know no wish here that could be taken back" in await news.at(PRIVATE).said("take that back")
    await wants(news)
    assert "I know no wish here that could be taken back" in await news.said("/wish undo")


async def test_another_time_is_added_to_those_that_there_are(news: Counter) -> None:
    await wants(news)
    answer = await news.ask("/wish also at 17")
    said = words_of(answer.document)
    assert "When: 10:00 17:00 (UTC)\nUntil now: 10:00\nNothing is saved yet." in said
    await news.press(buttons(answer)["Save"])
    assert [one[2] for one in await kept(news)] == ["10:00 17:00"]


@pytest.mark.parametrize(
    "line", ["also fridays at 17", "auch freitags um 17 Uhr", "anche il venerdì alle 17"]
)
async def test_another_time_that_no_schedule_holds_is_refused_and_the_old_one_stays(
    news: Counter, line: str
) -> None:
    await wants(news)
    said = await news.said(f"/wish {line}")
    assert said == (
        "Fri 17:00 cannot stand beside 10:00, which stays: a subscription has the same times on all its "
        "days. To post at Fri 17:00 instead: /schedule 1 fri 17:00"
    )
    assert [one[2] for one in await kept(news)] == ["10:00"]


async def test_another_time_in_place_of_the_old_one_shows_that(news: Counter) -> None:
    await wants(news)
    assert "When: Fri 17:00 (UTC)\nUntil now: 10:00\nNothing is saved yet." in await news.said(
        "/wish fridays at 17"
    )


@pytest.mark.parametrize("line", ["only in Italian", "in italiano per favore", "nur auf Italienisch"])
async def test_a_language_that_nobody_reads_here_is_said_to_be_named_alone(news: Counter, line: str) -> None:
    await wants(news)
    assert "So that it is told: /languages en it" in await news.said(f"/wish {line}")
    assert "/languages" not in await news.said("/wish only in English")
    assert "/languages" not in await news.said("/wish nothing in Italian")


async def test_a_wish_with_a_zone_says_that_it_is_the_places(news: Counter) -> None:
    await wants(news)
    hint = "All that is posted here then goes by the clock of Europe/Rome."
    assert hint in await news.said("/wish only robotics, at 8 Rome")
    assert "clock of" not in await news.said("/wish only robotics, at 8")
