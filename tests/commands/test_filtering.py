"""filter: shown before it is saved, tested, and obeyed by digests and news at once."""

from datetime import timedelta

import pytest

from bot.commands.codec import data_of
from bot.model import Actions, Answer, Place, PlaceKind
from tests.commands.conftest import Counter, headlines, words_of
from tests.support.world import alpine, corvid, corvid_elsewhere, garden, larkwell

TITLES = sorted(one.title for one in (corvid(), larkwell(), alpine(), garden()))


def buttons(answer: Answer) -> dict[str, str]:
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return {button.label: data_of(button) for block in blocks for button in block.buttons}


async def kept(news: Counter, number: int = 1) -> str:
    return (await news.world.subscription(number)).filter


async def wants(news: Counter, when: str = "10:00") -> None:
    await news.world.wants(await news.world.channel("chat"), when)


async def save(news: Counter, typed: str) -> Answer:
    return await news.press(buttons(await news.ask(typed))["Save"])


async def test_a_filter_is_shown_with_what_it_would_have_done_and_then_saved(news: Counter) -> None:
    await wants(news)
    answer = await news.ask("/filter add -robot")
    assert words_of(answer.document).splitlines() == [
        "The filter of AI",
        "-robot",
        "In the last 14 days it would have brought about 3 stories a day instead of 4.",
        "Gone, for example:",
        garden().title,
        "Nothing is saved yet.",
    ]
    assert await kept(news) == ""
    saved = await news.press(buttons(answer)["Save"])
    assert words_of(saved.document) == "Saved. AI: -robot"
    assert await kept(news) == "-robot"
    assert "1 · AI · -robot · 10:00" in await news.said("/list")
    assert "1 · AI: -robot" in await news.said("/filter")


async def test_back_leaves_all_as_it_was(news: Counter) -> None:
    await wants(news)
    back = await news.press(buttons(await news.ask("/filter add -robot"))["Back"])
    assert "AI: no filter" in words_of(back.document)
    assert await kept(news) == ""


async def test_terms_come_and_go(news: Counter) -> None:
    await wants(news)
    await save(news, '/filter add -robot +"language model"')
    await save(news, "/filter 1 add lang:en")
    assert await kept(news) == '-robot +"language model" lang:en'
    answer = await news.ask("/filter remove robot")
    assert "New, for example:" not in words_of(answer.document)
    await news.press(buttons(answer)["Save"])
    assert await kept(news) == '+"language model" lang:en'
    assert "in the filter already" in await news.said("/filter add lang:en")
    assert "`zeppelin` is not in the filter. It has:" in await news.said("/filter remove zeppelin")
    answer = await news.ask("/filter remove all")
    assert "New, for example:" in words_of(answer.document)
    await news.press(buttons(answer)["Save"])
    assert await kept(news) == ""


async def test_a_long_filter_hides_neither_schedule_nor_limit(news: Counter) -> None:
    await wants(news)
    await save(news, "/filter add " + " ".join(f"-{'long' * 6}{n:02}" for n in range(30)))
    assert "at most 30 terms" in await news.said("/filter add -more")
    line = next(one for one in (await news.said("/list")).splitlines() if one.startswith("1 ·"))
    assert "… (+28) · 10:00 · next: Monday 2 March 10:00" in line
    assert "long29" in await news.said("/filter")


async def test_a_digest_obeys_it_and_says_how_many_are_left_out(news: Counter) -> None:
    await wants(news)
    await save(news, "/filter add -robot -outlet:halden")
    assert headlines(await news.ask("/preview")) == [alpine().title]
    news.world.clock.advance(timedelta(minutes=61))
    await news.world.settle()
    (shown,) = news.world.platform.chats["chat"]
    assert shown.headlines == [alpine().title]
    assert "Left out by the filter: 3 stories." in " ".join(shown.payload["said"])
    said = await news.said("/why https://ledger.example/garden")
    assert (
        "left out of the digest of Monday 2 March, 10:00: the filter here leaves out what fits -robot" in said
    )
    assert "leaves out what fits -outlet:halden" in await news.said("/why https://halden.example/corvid")


async def test_why_names_the_term_before_any_digest(news: Counter) -> None:
    await wants(news)
    await save(news, "/filter add +zeppelin")
    assert "AI: the filter here asks for +zeppelin" in await news.said("/why https://halden.example/corvid")


async def test_news_at_once_obeys_it(counter: Counter) -> None:
    world = counter.world
    feed_id = await world.feed("halden", garden())
    channel = await world.channel("chat")
    await world.wants(channel, "now", filter="-corvid")
    await world.settle()
    world.platform.chats.clear()
    world.clock.advance(timedelta(hours=1))
    world.serve("halden", garden(), corvid(hours=0.5), larkwell(hours=0.5))
    await world.poll(feed_id)
    await world.settle("group", "publish", "deliver")
    assert world.platform.headlines(channel) == [larkwell().title]
    assert "leaves out what fits -corvid" in await counter.said("/why https://halden.example/corvid")


async def test_entries_that_do_not_pass_neither_lead_nor_count_nor_are_quoted(news: Counter) -> None:
    await news.world.feed("elsewhere", corvid_elsewhere(hours=1.5))
    await news.world.settle()
    await wants(news)
    await save(news, "/filter add -outlet:halden +corvid")
    answer = await news.ask("/preview")
    assert headlines(answer) == [corvid_elsewhere().title]
    said = words_of(answer.document)
    assert "halden ·" not in said
    assert "2 sources" not in said


async def test_the_last_entries_are_named_with_the_term_that_decided(news: Counter) -> None:
    await wants(news)
    await save(news, "/filter add -robot")
    lines = (await news.said("/filter test")).splitlines()
    assert lines[2] == "Of the last entries it keeps 3 and leaves out 1."
    assert lines[lines.index("Left out:") + 1] == f"{garden().title} · -robot"
    assert sorted(lines[lines.index("Kept:") + 1 :]) == sorted(set(TITLES) - {garden().title})
    said = await news.said("/filter test corvid")
    assert "keeps 1 and leaves out 3" in said
    assert f"{corvid().title} · corvid" in said
    assert await kept(news) == "-robot"


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\ufeff", "\u202e"])
async def test_what_is_shown_is_what_is_saved(news: Counter, mark: str) -> None:
    await wants(news)
    answer = await news.ask(f"/filter {mark}add {mark}-robot")
    assert words_of(answer.document).splitlines()[1] == "-robot"
    assert garden().title in words_of(answer.document)
    await news.press(buttons(answer)["Save"])
    assert await kept(news) == "-robot"


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("/filter -crypto", "Say what to do with it: /filter add -crypto"),
        ("/filter 1 -crypto", "Say what to do with it: /filter 1 add -crypto"),
        ("/filter ad -crypto", "Say what to do with it: /filter add -crypto"),
        ("/filter 1 remov crypto", "Say what to do with it: /filter 1 remove crypto"),
        ("/filter add", "Say what to look for, for example: -crypto"),
        ("/filter add kind:relase", "For example kind:release"),
        ("/filter 7 add -crypto", "a number from 1 to 1"),
        ("/filter add " + "🦜" * 4000, "at most 30 terms"),
    ],
)
async def test_mistakes_are_answered_with_what_is_right(news: Counter, typed: str, right: str) -> None:
    await wants(news)
    said = await news.said(typed)
    assert right in said
    assert len(said) < 400
    assert await kept(news) == ""


async def test_only_managers_and_by_their_own_buttons(news: Counter) -> None:
    await wants(news)
    save_button = buttons(await news.ask("/filter add -robot"))["Save"]
    assert "may manage this place" in await news.by(address="bob", manager=False).said("/filter add -robot")
    other = news.by(address="bob")
    asked = await other.press(save_button.partition("~")[0], own=False)
    assert "Nothing has changed yet." in words_of(asked.document)
    assert await kept(news) == ""


async def test_a_button_of_a_list_that_has_changed_since_saves_nothing(news: Counter) -> None:
    await wants(news)
    await wants(news, "18:00")
    save_button = buttons(await news.ask("/filter 1 add -robot"))["Save"]
    await news.said("/unsubscribe 1")
    assert "has changed since" in words_of((await news.press(save_button)).document)
    assert await kept(news, 2) == ""


async def test_a_broadcast_channel_is_not_asked_back(news: Counter) -> None:
    there = news.at(Place(platform="scripted", address="wide", kind=PlaceKind.BROADCAST))
    await there.said("/subscribe ai 08:00")
    assert await there.said("/filter add -robot") == "Saved. AI: -robot"
    assert await kept(news) == "-robot"


async def test_there_must_be_a_subscription(news: Counter) -> None:
    assert "Nothing is posted here yet" in await news.said("/filter")
    assert "Nothing is posted here yet" in await news.said("/filter add -robot")


async def test_a_pattern_is_kept_shown_and_obeyed(news: Counter) -> None:
    await wants(news)
    await save(news, r"/filter add -/corvid \d/ -/robots?/")
    assert await kept(news) == r"-/corvid \d/ -/robots?/"
    assert sorted(headlines(await news.ask("/preview"))) == sorted([alpine().title, larkwell().title])
    assert r"leaves out what fits -/corvid \d/" in await news.said("/why https://halden.example/corvid")
    refused = await news.said("/filter add /(corvid/")
    assert "opened and not closed" in refused
    assert r"Did you mean /\(corvid/?" in refused


async def test_an_outlet_may_support_and_never_lead(news: Counter) -> None:
    await wants(news)
    assert "only among the sources" in await news.said("/filter test -leads:halden")
    await save(news, "/filter add -leads:halden")
    assert sorted(headlines(await news.ask("/preview"))) == sorted([alpine().title, garden().title])
    said = await news.said("/why https://halden.example/corvid")
    assert (
        "AI: only outlets tell it that count among the sources here and never lead: -leads:halden (/filter)."
    ) in said
    await save(news, "/filter add -outlet:halden")
    assert await kept(news) == "-outlet:halden"


async def test_why_says_what_an_entry_is_in_a_story_that_others_carry(news: Counter) -> None:
    world = news.world
    world.serve("ledger", alpine(), garden(), corvid_elsewhere())
    await world.poll(2)
    await world.settle()
    await wants(news)
    await save(news, "/filter add -outlet:halden")
    assert "This entry has no part in it (-outlet:halden)." in await news.said(
        "/why https://halden.example/corvid"
    )
    await save(news, "/filter add -leads:halden")
    said = await news.said("/why https://halden.example/corvid")
    assert "This entry counts among its sources and never leads it (-leads:halden)." in said


async def test_a_test_says_which_entries_have_no_points_to_count(news: Counter) -> None:
    await wants(news)
    assert f"{corvid().title} · points:50 · its feed counts no points" in await news.said(
        "/filter test points:50"
    )


async def test_terms_are_completed_one_behind_the_other(news: Counter) -> None:
    await wants(news)

    async def offers(prefix: str) -> tuple[str, ...]:
        return await news.dispatcher.complete("filter", "terms", prefix, news.call)

    assert "-outlet:halden" in [one.lower() for one in await offers("-out")]
    assert "-corvid -leads:halden" in [one.lower() for one in await offers("-corvid -lea")]
    assert "-kind:funding" in await offers("-kind:f")
    assert "-crypto" in await offers("")


async def test_plain_words_that_leave_something_out_are_a_wish_behind_filter_and_subscribe(
    news: Counter,
) -> None:
    await news.said("/subscribe ai 08:00")
    assert 'Never: "elon musk"' in await news.said("/filter no elon musk please")
    assert 'Never: "elon musk"' in await news.said("/subscribe nothing about elon musk")
    assert "Did you mean -elon?" in await news.said("/filter add no elon musk")


async def test_a_pattern_without_its_end_is_asked_about(news: Counter) -> None:
    await wants(news)
    assert "/corvid/" in await news.said("/filter add /corvid")
    assert "-/corvid/" in await news.said("/filter add -/corvid")
    assert await kept(news) == ""
