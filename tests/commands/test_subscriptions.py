"""subscribe, unsubscribe, list and schedule."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.commands.dispatch import CommandDispatcher
from bot.errors import AddressRefused, ChildDied, DeadlineMissed, HttpFailed, TooLarge
from bot.model import Actions, Place, PlaceKind, Subscription
from bot.pipeline.timing.slots import describe
from bot.store import feeds, places, subscriptions
from bot.store.schema import feed_servers
from bot.store.schema import feeds as feed_table
from tests.commands.conftest import PLACE, PRIVATE, Counter, words_of
from tests.support.world import corvid, larkwell, rss

PAGE = b"""<!doctype html><html><head><title>Owl Post</title>
<link rel="alternate" type="application/rss+xml" title="Owl" href="/feed.xml"></head><body><p>Hello.</p></body></html>"""
BARE = b"<!doctype html><html><head><title>Owl Post</title></head><body><p>Hello.</p></body></html>"


async def subscriptions_in(counter: Counter) -> list[Subscription]:
    async with counter.world.store.read() as tx:
        channel = await places.channel_at(tx, counter.place)
        return await subscriptions.of_channel(tx, channel.id) if channel else []


def site(counter: Counter, feed: bool = True) -> None:
    counter.world.web.documents["https://owl.example"] = PAGE if feed else BARE
    counter.world.web.documents["https://owl.example/feed.xml"] = rss(
        "owl", counter.world.start, [corvid(), larkwell()]
    )


# --- subscribe ---------------------------------------------------------------------------------------------


async def test_subscribing_to_a_topic_takes_a_time_by_itself(counter: Counter) -> None:
    said = await counter.said("/subscribe ai")
    assert "Subscribed to Artificial intelligence: 08:00." in said or "Subscribed to AI: 08:00." in said
    assert "Next digest here: Tuesday 3 March, 08:00 (UTC)." in said
    (subscription,) = await subscriptions_in(counter)
    assert (subscription.topic, subscription.schedule.times, subscription.feed_ids) == ("ai", (time(8),), ())
    assert subscription.next_slot_at == datetime(2026, 3, 3, 8, tzinfo=UTC)


async def test_subscribing_with_days_times_and_zone(counter: Counter) -> None:
    said = await counter.said("/subscribe AI weekdays 18:30 Europe/Rome")
    assert "Monday 2 March, 18:30 (Europe/Rome)" in said
    (subscription,) = await subscriptions_in(counter)
    assert subscription.next_slot_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


async def test_a_button_may_write_its_time_with_a_point(counter: Counter) -> None:
    await counter.press("su:ai:08.00")
    assert (await subscriptions_in(counter))[0].schedule.times == (time(8),)


async def test_news_at_once_has_no_slot(counter: Counter) -> None:
    await counter.said("/subscribe ai now")
    (subscription,) = await subscriptions_in(counter)
    assert subscription.schedule.instant
    assert subscription.next_slot_at is None


async def test_a_new_subscription_does_not_pour_out_what_was_there_before(news: Counter) -> None:
    await news.said("/subscribe ai now")
    await news.world.settle()
    assert news.world.platform.chats["chat"] == []


async def test_the_same_topic_twice_is_refused_with_its_time(counter: Counter) -> None:
    await counter.said("/subscribe ai 09:00")
    assert "That is posted here already (09:00)." in await counter.said("/subscribe ai 10:00")
    assert len(await subscriptions_in(counter)) == 1


async def test_subscribing_to_a_feed_by_its_address(counter: Counter) -> None:
    site(counter)
    said = await counter.said("/subscribe https://owl.example/feed.xml 12:00")
    assert "Subscribed to owl: 12:00." in said
    (subscription,) = await subscriptions_in(counter)
    async with counter.world.store.read() as tx:
        feed = await feeds.get(tx, subscription.feed_ids[0])
    assert feed is not None
    assert feed.url == "https://owl.example/feed.xml"
    assert (feed.shared, feed.server_id) == (False, None)
    assert await counter.world.count(feed_servers) == 1
    assert "collect" in counter.world.woken


async def test_a_page_leads_to_its_feed(counter: Counter) -> None:
    site(counter)
    assert "Subscribed to owl" in await counter.said("/subscribe owl.example")


async def test_in_a_private_chat_a_bare_address_subscribes(counter: Counter) -> None:
    site(counter)
    private = counter.at(PRIVATE)
    assert "Subscribed to owl" in await private.said("https://owl.example")
    assert "Subscribed" not in await private.said("hello there")


async def test_a_feeds_first_digest_tells_what_it_held(counter: Counter) -> None:
    site(counter)
    await counter.said("/subscribe https://owl.example/feed.xml 12:00")
    await counter.world.settle()
    counter.world.clock.advance(timedelta(hours=3, minutes=2))
    await counter.world.settle()
    assert len(counter.world.platform.chats["chat"][0].headlines) == 2


async def test_all_takes_every_topic_of_a_feed(counter: Counter) -> None:
    site(counter)
    await counter.said("/subscribe owl.example all 12:00")
    assert (await subscriptions_in(counter))[0].topic == "all"


async def test_the_same_feed_again_is_refused_and_not_added_twice(counter: Counter) -> None:
    site(counter)
    await counter.said("/subscribe owl.example")
    assert "That is posted here already" in await counter.said("/subscribe https://owl.example/feed.xml")
    assert await counter.world.count(feed_table) == 1


async def test_a_feed_that_two_servers_add_is_read_once_for_both(counter: Counter) -> None:
    site(counter)
    await counter.said("/subscribe owl.example")
    other = counter.at(Place(platform="scripted", address="elsewhere", kind=PlaceKind.GROUP))
    assert "Subscribed to owl" in await other.said("/subscribe owl.example")
    (feed,) = await counter.world.rows(feed_table)
    assert (feed.shared, feed.server_id) == (False, None)
    assert await counter.world.count(feed_servers) == 2


async def test_a_secret_that_two_servers_give_is_private_to_each(counter: Counter) -> None:
    counter.world.web.documents["https://owl.example/feed.xml?token=sesame"] = rss(
        "owl", counter.world.start, [corvid()]
    )
    for place in (counter, counter.at(Place(platform="scripted", address="elsewhere", kind=PlaceKind.GROUP))):
        assert "Subscribed to owl" in await place.said("/subscribe https://owl.example/feed.xml?token=sesame")
    assert len({feed.server_id for feed in await counter.world.rows(feed_table)}) == 2


async def test_a_private_address_is_refused_with_the_reason(counter: Counter) -> None:
    counter.world.web.documents["http://10.0.0.1/feed"] = AddressRefused("10.0.0.1 is a private address")
    said = await counter.said("/subscribe http://10.0.0.1/feed")
    assert said == "http://10.0.0.1/feed is not allowed. 10.0.0.1 is a private address"
    assert await subscriptions_in(counter) == []


async def test_a_page_without_a_feed_says_where_it_was_looked_for(counter: Counter) -> None:
    site(counter, feed=False)
    counter.world.web.documents.pop("https://owl.example/feed.xml")
    said = await counter.said("/subscribe owl.example")
    assert "https://owl.example is a page without a feed (I looked at" in said
    assert await subscriptions_in(counter) == []


async def test_an_address_that_does_not_answer_is_named(counter: Counter) -> None:
    counter.world.web.documents["https://owl.example/feed.xml"] = HttpFailed("it answered 500", 500)
    assert "https://owl.example/feed.xml cannot be read" in await counter.said(
        "/subscribe https://owl.example/feed.xml"
    )


@pytest.mark.parametrize("work", ["parse", "discover"])
@pytest.mark.parametrize(
    "error", [DeadlineMissed("took too long"), ChildDied("crashed"), TooLarge("has 90,000 entries")]
)
async def test_a_document_that_breaks_its_reader_is_named(
    counter: Counter, work: str, error: Exception
) -> None:
    site(counter, feed=work == "parse")

    async def offload(fn: Any, *args: Any, deadline: timedelta, requester: int = 0) -> Any:
        if fn is getattr(counter.world.ctx, work):
            raise error
        return fn(*args)

    ctx = replace(counter.world.ctx, offload=offload)
    call = counter.dispatcher.typed("/subscribe owl.example", counter.call)
    assert call is not None
    said = words_of((await CommandDispatcher(ctx).answer(call)).document)
    assert said == f"https://owl.example cannot be read: {error}"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("/subscribe", "/subscribe needs what"),
        ("/subscribe cooking", "Topics: ai"),
        ("/subscribe ai noonish", "`noonish` is not a time or a day"),
        ("/subscribe ai 25:00", "Hours go from 0 to 23"),
        ("/subscribe ai 08:00 Europe/Atlantis", "`Europe/Atlantis` is not a time zone"),
        ("/subscribe ai 08:00 ../etc/passwd", "is not a time or a day"),
        ("/subscribe ai weekdays now", "names days and no time"),
    ],
)
async def test_a_mistake_is_answered_with_what_is_right(counter: Counter, text: str, right: str) -> None:
    assert right in await counter.said(text)
    assert await subscriptions_in(counter) == []


# --- list, schedule, unsubscribe ---------------------------------------------------------------------------


async def test_the_list_numbers_what_is_posted(counter: Counter) -> None:
    site(counter)
    assert "Nothing is posted here yet" in await counter.said("/list")
    await counter.said("/subscribe robotics now")
    await counter.said("/subscribe owl.example 12:00")
    said = await counter.said("/list")
    assert "1 · Robotics · at once" in said
    assert "2 · owl (" in said
    assert "12:00 · next: Monday 2 March 12:00" in said


async def test_scheduling_the_only_subscription_needs_no_number(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    assert "from now on" in await counter.said("/schedule 08:00 18:30")
    assert (await subscriptions_in(counter))[0].schedule.times == (time(8), time(18, 30))


@pytest.mark.parametrize("text", ["1", "#1", "1 9", "2", "9"])
async def test_a_number_alone_is_never_taken_for_an_hour(counter: Counter, text: str) -> None:
    await counter.said("/subscribe ai 08:00")
    said = await counter.said(f"/schedule {text}")
    assert said.startswith("When is it to be posted? A number alone is a subscription")
    assert said.endswith("/schedule 1 09:00")
    assert (await subscriptions_in(counter))[0].schedule.times == (time(8),)


async def test_a_number_that_is_no_subscription_is_no_hour_either(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    assert "a number from 1 to 1" in await counter.said("/schedule 2 09:00")
    assert (await subscriptions_in(counter))[0].schedule.times == (time(8),)


async def test_a_topic_has_no_all(counter: Counter) -> None:
    said = await counter.said("/subscribe robotics all now")
    assert said.startswith("`all` takes every topic of one feed")
    assert await subscriptions_in(counter) == []


async def test_the_look_back_ends_with_the_last_subscription(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    await counter.said("/recap sun 18:00")
    await counter.said("/unsubscribe 1")
    assert "no look back" in await counter.said(
        "/recap"
    ) or "Nothing is posted here yet" in await counter.said("/recap")


async def move_all(counter: Counter, typed: str) -> None:
    """Give a zone with one of several, and press the button by which all move."""
    blocks = (await counter.ask(typed)).document.blocks
    *_, everything = (button for block in blocks if isinstance(block, Actions) for button in block.buttons)
    await counter.press(everything.data)


async def test_scheduling_one_of_two_takes_its_number(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    await counter.said("/subscribe robotics 08:00")
    assert "a number from 1 to 2" in await counter.said("/schedule 09:00")
    assert "a number from 1 to 2" in await counter.said("/schedule 3 09:00")
    await move_all(counter, "/schedule 2 09:00 America/New_York")
    first, second = await subscriptions_in(counter)
    assert first.schedule.times == (time(8),)
    assert second.next_slot_at == datetime(2026, 3, 2, 14, tzinfo=UTC)


async def test_a_new_zone_alone_keeps_the_times(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    assert "08:00 (Europe/Rome)" in await counter.said("/schedule Europe/Rome")
    (subscription,) = await subscriptions_in(counter)
    assert (subscription.schedule.times, subscription.next_slot_at) == (
        (time(8),),
        datetime(2026, 3, 3, 7, tzinfo=UTC),
    )


async def test_a_new_zone_moves_every_subscription_of_the_place(counter: Counter) -> None:
    """The zone is the place's: a subscription that keeps its old moment would post at another local time than /list says."""
    await counter.said("/subscribe ai 08:00")
    await counter.said("/subscribe robotics 08:00")
    await move_all(counter, "/schedule 2 08:00 Europe/Rome")
    first, second = await subscriptions_in(counter)
    assert first.next_slot_at == second.next_slot_at == datetime(2026, 3, 3, 7, tzinfo=UTC)


async def test_subscribing_with_a_zone_moves_the_others_too(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    await move_all(counter, "/subscribe robotics 08:00 Europe/Rome")
    first, second = await subscriptions_in(counter)
    assert first.next_slot_at == second.next_slot_at


async def test_schedule_without_words_shows_the_list(counter: Counter) -> None:
    assert await counter.said("/schedule") == await counter.said("/list")


async def test_schedule_where_nothing_is_posted_says_so(counter: Counter) -> None:
    assert "Nothing is posted here yet" in await counter.said("/schedule 09:00")


async def test_unsubscribing_stops_it(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    assert "a number from 1 to 1" in await counter.said("/unsubscribe two")
    assert "No longer posted here" in await counter.said("/unsubscribe 1")
    assert await subscriptions_in(counter) == []


async def test_an_unsubscribed_topic_may_be_wanted_again(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    await counter.said("/unsubscribe 1")
    assert "Subscribed to" in await counter.said("/subscribe ai 08:00")


async def test_numbers_complete_the_places_subscriptions(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    await counter.said("/subscribe robotics 08:00")
    assert await counter.dispatcher.complete("unsubscribe", "number", "", counter.call) == ("1", "2")
    assert await counter.dispatcher.complete("unsubscribe", "number", "2", counter.call) == ("2",)
    assert PLACE.address == "chat"


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("/subscribe robotica ogni giorno alle 8", "Robotics · 08:00"),
        ("/subscribe Robotik Mo 9", "Robotics · Mon 09:00"),
        ("/subscribe ai subito", "AI · at once"),
        ("/subscribe ai 8am Roma", "AI · 08:00"),
        ("/subscribe ia todos los días a las 9", "AI · 09:00"),
        ("/subscribe ai 每天8点", "AI · 08:00"),
    ],
)
async def test_it_is_understood_in_every_language_of_the_bot(
    counter: Counter, typed: str, listed: str
) -> None:
    await counter.said(typed)
    assert listed in await counter.said("/list")


async def test_a_topic_that_is_almost_one_is_named(counter: Counter) -> None:
    assert "Did you mean robotics?" in await counter.said("/subscribe robotic 08:00")


async def test_a_schedule_in_words_keeps_the_number_of_its_subscription(counter: Counter) -> None:
    await counter.said("/subscribe ai 08:00")
    await counter.said("/subscribe robotics 09:00")
    await counter.said("/schedule 2 alle 10")
    assert "2 · Robotics · 10:00" in await counter.said("/list")
    await counter.said("/schedule 1 8am europe/rome")
    assert "1 · AI · 08:00" in await counter.said("/list")


async def test_a_subscription_is_ended_by_its_name_or_with_all_others(counter: Counter) -> None:
    for typed in ("/subscribe ai 08:00", "/subscribe robotics 09:00", "/subscribe papers mon 9"):
        await counter.said(typed)
    assert "No longer posted here: Robotics." in await counter.said("/unsubscribe Robotik")
    assert "a number from 1 to 2" in await counter.said("/unsubscribe something else")
    assert "No longer posted here: AI." in await counter.said("/unsubscribe #1")
    await counter.said("/subscribe ai 08:00")
    assert "No longer posted here: " in await counter.said("/unsubscribe all")
    assert "Nothing is posted here yet" in await counter.said("/list")
    assert "Nothing is posted here yet" in await counter.said("/unsubscribe all")


@pytest.mark.parametrize(
    ("typed", "ours"), [("stop", "unsubscribe"), ("bookmark", "save"), ("config", "settings")]
)
async def test_what_other_bots_call_a_command_names_ours(counter: Counter, typed: str, ours: str) -> None:
    assert f"Did you mean /{ours}?" in await counter.said(f"/{typed}")


async def test_what_is_like_no_command_names_none(counter: Counter) -> None:
    assert "Did you mean" not in await counter.said("/kick")


@pytest.mark.parametrize(
    ("what", "when", "said"),
    [
        ("ai 08:00", "", "Subscribed to AI: 08:00."),
        ("robotics weekdays", "09:30", "Subscribed to Robotics: "),
        ("open weights 18:00 now", "", "Subscribed to Open weights: "),
    ],
)
async def test_times_typed_behind_the_topic_in_one_option_are_understood(
    counter: Counter, what: str, when: str, said: str
) -> None:
    arguments = {"what": what, **({"when": when} if when else {})}
    call = replace(counter.call, command="subscribe", arguments=arguments)
    assert said in words_of((await counter.dispatcher.answer(call)).document)


async def test_what_is_wrong_behind_the_topic_in_one_option_is_named(counter: Counter) -> None:
    call = replace(counter.call, command="subscribe", arguments={"what": "ai 25:00"})
    assert "25:00" in words_of((await counter.dispatcher.answer(call)).document)


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("1 la mattina alle 7", "07:00"),
        ("1 ogni mattina", "08:00"),
        ("1 abends um 8", "20:00"),
        ("1 早上8点", "08:00"),
        ("1 晚上8点", "20:00"),
        ("1 in the morning", "08:00"),
        ("1 ore 8", "08:00"),
        ("1 por la mañana", "08:00"),
    ],
)
async def test_a_number_before_words_is_a_subscriptions_and_no_hour(
    counter: Counter, typed: str, times: str
) -> None:
    await counter.said("/subscribe ai 12:00")
    await counter.said("/subscribe robotics 12:00")
    await counter.said(f"/schedule {typed}")
    assert f"1 · AI · {times} · next:" in await counter.said("/list")


# --- days of the month -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/subscribe ai monthly 1st 09:00", "on the 1st of each month 09:00"),
        ("/subscribe ai every first Monday 09:00 Europe/Rome", "on the first Monday of each month 09:00"),
        ("/subscribe ai ogni primo lunedì alle 9", "on the first Monday of each month 09:00"),
        ("/subscribe ai am 15. jedes Monats um 8 Uhr", "on the 15th of each month 08:00"),
        ("/subscribe ai monthly last day 18:00", "on the last day of each month 18:00"),
    ],
)
async def test_a_subscription_by_days_of_the_month(news: Counter, line: str, shown: str) -> None:
    assert shown in await news.said(line)
    assert shown in await news.said("/list")
    assert "08:00" in await news.said("/schedule 1 08:00")
    assert shown in await news.said(f"/schedule 1 {shown}")


@pytest.mark.parametrize(
    ("line", "one", "other"),
    [
        ("every 15 at 8", "monthly 15th 08:00", "08:00 15:00"),
        ("il 15 alle 8", "monthly 15th 08:00", "08:00 15:00"),
        ("am 15 um 8", "monthly 15th 08:00", "08:00 15:00"),
        ("le 15 à 8h", "monthly 15th 08:00", "08:00 15:00"),
        ("el día 15", "monthly 15th 08:00", "15:00"),
        ("cada día 15 a las 8", "monthly 15th 08:00", "08:00 15:00"),
        ("todo dia 1 às 9h", "monthly 1st 09:00", "01:00 09:00"),
    ],
)
async def test_a_day_of_the_month_never_becomes_an_hour(
    news: Counter, line: str, one: str, other: str
) -> None:
    question = f"`{line}` may be {one} or {other}: write it so."
    assert question in await news.said(f"/subscribe ai {line}")
    await news.ask("/subscribe ai 08:00")
    assert question in await news.said(f"/schedule {line}")
    assert question in await news.said(f"/schedule 1 {line}")
    assert question in await news.said(f"/recap {line}")


@pytest.mark.parametrize(
    "line", ["1 of each month at 9", "1 de cada mes a las 9", "1. jeden Monats 9 Uhr", "每月1号 9点"]
)
async def test_a_day_of_the_month_is_no_number_of_a_subscription(news: Counter, line: str) -> None:
    await news.ask("/subscribe ai 08:00")
    assert "on the 1st of each month 09:00" in await news.said(f"/schedule {line}")
    assert "Mon 09:00" in await news.said("/schedule 1 mon 9")


async def test_days_of_the_month_and_news_at_once_need_a_time(news: Counter) -> None:
    await news.ask("/subscribe ai 08:00")
    assert "names days and no time" in await news.said("/schedule 1 monthly 1st now")
    assert "08:00" in await news.said("/list")


async def test_the_panel_turns_days_of_the_month_on_and_off(news: Counter) -> None:
    await news.ask("/subscribe ai 08:00")
    assert "on the 1st of each month 08:00" in await news.said("/settings times 1 @monthly")
    assert "on the 1st of each month 08:00 18:00" in await news.said("/settings times 1 +18:00")
    said = await news.said("/settings times 1 @weekdays")
    assert "AI is posted Monday to Friday 08:00 18:00 from now on." in said


async def test_a_wish_may_be_for_a_day_of_the_month(news: Counter) -> None:
    assert "on the first Monday of each month 09:00" in await news.said(
        "/wish robotics every first Monday at 9"
    )


@pytest.mark.parametrize(
    ("before", "line", "offered"),
    [
        ("08:00", "now", ["/schedule 1 now 08:00", "/schedule 1 now"]),
        ("now", "08:00", ["/schedule 1 now 08:00", "/schedule 1 08:00"]),
        ("08:00", "18:00", ["/schedule 1 08:00 18:00", "/schedule 1 18:00"]),
        ("mon 09:00", "thu 09:00", ["/schedule 1 mon,thu 09:00", "/schedule 1 thu 09:00"]),
        ("08:00", "monthly 1st 09:00", ["/schedule 1 monthly 1st 09:00", "/recap monthly 1st 09:00"]),
        ("08:00", "sun 18:00 Rome", ["/schedule 1 sun 18:00 Europe/Rome", "/recap sun 18:00 Europe/Rome"]),
        ("weekdays 08:00", "18:00", ["/schedule 1 18:00"]),
    ],
)
async def test_other_times_for_what_is_posted_already_are_asked_about(
    counter: Counter, before: str, line: str, offered: list[str]
) -> None:
    await counter.said(f"/subscribe ai {before}")
    answer = await counter.ask(f"/subscribe ai {line}")
    said = words_of(answer.document)
    assert said.startswith("That is posted here already (")
    assert [row.rpartition(": /")[2] for row in said.splitlines()[1:]] == [one[1:] for one in offered]
    buttons = [b for block in answer.document.blocks if isinstance(block, Actions) for b in block.buttons]
    assert len(buttons) == len(offered)
    await counter.press(buttons[0].data)
    pressed = [describe(one.schedule) for one in await subscriptions_in(counter)]
    await counter.said(offered[0])
    assert [describe(one.schedule) for one in await subscriptions_in(counter)] == pressed
    assert len(pressed) == 1


async def test_a_button_for_other_times_is_about_the_subscription_that_it_was_given_for(
    counter: Counter,
) -> None:
    await counter.said("/subscribe ai 08:00")
    answer = await counter.ask("/subscribe ai now")
    buttons = [b for block in answer.document.blocks if isinstance(block, Actions) for b in block.buttons]
    await counter.said("/unsubscribe 1")
    await counter.said("/subscribe robotics 08:00")
    assert "has changed since" in words_of((await counter.press(buttons[0].data)).document)


@pytest.mark.parametrize(
    "line", ["first monday", "ogni primo lunedì", "am ersten Montag", "weekdays", "every day"]
)
async def test_days_without_a_time_are_meant_at_the_usual_one(counter: Counter, line: str) -> None:
    """One way, whether they are subscribed to, set, looked back on or wished for; the time is said."""
    await counter.said("/subscribe ai 07:30")
    assert "07:30" in await counter.said(f"/subscribe robotics {line}")
    assert "07:30" in await counter.said(f"/schedule 1 {line}")
    assert "When: " in (wish := await counter.said(f"/wish chips {line}"))
    assert "07:30" in wish
    assert "18:00" in await counter.said(f"/recap {line}")
    assert {one.schedule.times for one in await subscriptions_in(counter)} == {(time(7, 30),)}


@pytest.mark.parametrize("line", ["15 8", "8 15"])
async def test_numbers_that_may_be_anything_are_asked_about(counter: Counter, line: str) -> None:
    assert f"`{line}` may be" in await counter.said(f"/subscribe ai {line}")
    assert await subscriptions_in(counter) == []
