"""Who may do what: links and others' buttons only ask, claims are one's own, strangers and haste meet limits that are named."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.commands.buttons import read, sign
from bot.commands.registry import registry
from bot.commands.views import view_of
from bot.model import Actions, Answer, Call, Person, Place, PlaceKind, Summary
from bot.ports import SummaryTask
from bot.settings.file import LimitSettings
from bot.store import Store, places
from bot.store.schema import feeds as feed_table
from tests.commands.conftest import PERSON, PRIVATE, Counter, words_of
from tests.conftest import StillClock
from tests.support.world import World, corvid, corvid_elsewhere, larkwell, rss

BEN = Person(platform="scripted", address="ben", name="Ben", manager=True)
SECRET = "c4nAry7Qx9ZtB2mW"
BENS_CHAT = Place(platform="scripted", address="ben", kind=PlaceKind.PRIVATE)


def data_of(answer: Answer, label: str) -> str:
    blocks = [block for block in answer.document.blocks if isinstance(block, Actions)]
    return next(b.data for block in blocks for b in block.buttons if b.label == label)


def description(name: str) -> str:
    return registry().by_name[name].spec.description


async def subscriptions_in(counter: Counter) -> list[str]:
    return (await counter.said("/list")).splitlines()


# --- links and buttons -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data", ["su:ai:now", "un:1", "sc:09.00", "fe:open:1", "nm:add:Spamcorp", "ln:xx", "oc:server", "rc:off"]
)
async def test_no_link_changes_anything(news: Counter, data: str) -> None:
    """The asker is a manager and runs the instance, and still a link only asks."""
    await claimed(news)
    await news.ask("/subscribe ai 08:00")
    before, rules = await subscriptions_in(news), news.world.ctx.rules.hash
    answer = await news.press(data, own=False)
    assert words_of(answer.document).startswith("That link or button asks me to do this for you here:\n/")
    assert "Nothing has changed yet." in words_of(answer.document)
    assert await subscriptions_in(news) == before
    assert news.world.ctx.rules.hash == rules
    assert (await news.world.rows(feed_table))[0].shared


async def test_what_a_link_asks_for_is_done_by_a_button_of_ones_own(counter: Counter) -> None:
    asked = await counter.press("su:ai:09.00", own=False)
    done = await counter.dispatcher.answer(
        await counter.dispatcher.pressed(data_of(asked, "Do it"), counter.call)
    )
    assert words_of(done.document).startswith("Subscribed to AI: 09:00.")


async def test_what_would_be_done_is_said_in_words_before_it_is_done(counter: Counter) -> None:
    asked = words_of((await counter.press("un:1", own=False)).document)
    assert "/unsubscribe 1" in asked
    assert description("unsubscribe") in asked


async def test_a_button_with_an_address_shows_no_key_to_others(counter: Counter) -> None:
    world = counter.world
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{name}.xml?token={SECRET}">'
        for name in "ab"
    )
    world.web.documents["https://site.example/"] = f"<html><head>{links}</head></html>".encode()
    for name in "ab":
        world.web.documents[f"https://site.example/{name}.xml?token={SECRET}"] = rss(
            "site", world.clock(), [corvid()]
        )
    offered = await counter.ask("/subscribe https://site.example/")
    every = [button.data for b in offered.document.blocks if isinstance(b, Actions) for button in b.buttons]
    kept = next(data for data in every if data.startswith("k:"))
    theirs = replace(counter, person=BEN)
    asked = await theirs.dispatcher.answer(await theirs.dispatcher.pressed(kept, theirs.call))
    assert "/subscribe https://site.example/" in words_of(asked.document)
    assert SECRET not in words_of(asked.document)


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "1.0", "٣"])
async def test_a_number_that_is_none_is_said_to_be_none(counter: Counter, number: str) -> None:
    await counter.ask("/subscribe ai 08:00")
    for command in ("unsubscribe", "bar"):
        said = await counter.said(f"/{command} {number}")
        assert "Something went wrong" not in said


async def test_a_button_made_for_somebody_else_only_asks(counter: Counter) -> None:
    theirs = data_of(await counter.ask("/start"), "A daily digest here")
    meant = await counter.dispatcher.pressed(theirs, Call("", {}, BEN, counter.place))
    assert meant.command == "confirm"
    assert (await counter.dispatcher.pressed(theirs, counter.call)).command == "subscribe"


async def test_the_rights_are_looked_at_again_when_a_button_is_pressed(counter: Counter) -> None:
    mine = data_of(await counter.ask("/start"), "A daily digest here")
    later = counter.by(manager=False)
    answer = await later.dispatcher.answer(await later.dispatcher.pressed(mine, later.call))
    assert "ask someone who may manage this place" in words_of(answer.document)


async def test_views_need_no_button_of_ones_own(news: Counter) -> None:
    for data in ("la", "di", "st:i1", "ss", "li", "fe", "he"):
        meant = await news.dispatcher.pressed(data, Call("", {}, BEN, news.place))
        assert meant.command != "confirm", data


@pytest.mark.parametrize(
    "forged", ["su:ai:now~", "su:ai:now~aaaaaaaa", "su:ai:now~~", "~abcdefgh", "k:0000~aaaaaaaa"]
)
async def test_a_forged_signature_is_none(counter: Counter, forged: str) -> None:
    meant = await counter.dispatcher.pressed(forged, counter.call)
    assert meant.command != "subscribe"


def test_a_signature_is_of_one_person_on_one_platform() -> None:
    data = sign("su:ai:now", PERSON, "secret")
    assert read(data, PERSON, "secret") == ("su:ai:now", True)
    for other in (replace(PERSON, address="ben"), replace(PERSON, platform="discord")):
        assert read(data, other, "secret") == ("su:ai:now", False)
    assert read(data, PERSON, "another secret") == ("su:ai:now", False)


async def test_a_button_too_long_to_sign_is_kept(counter: Counter) -> None:
    name = "N" * 52
    await claimed(counter)
    answer = await counter.ask(f"/names add {name}")
    data = data_of(answer, "Take that back")
    assert data.startswith("k:")
    assert len(data.encode()) <= 64
    done = await counter.dispatcher.answer(await counter.dispatcher.pressed(data, counter.call))
    assert f"{name} counts no more" in words_of(done.document)


async def test_typing_confirm_is_no_command(counter: Counter) -> None:
    assert "There is nothing to confirm." in await counter.said("/confirm su:ai:now")


# --- claims ------------------------------------------------------------------------------------------------


async def claimed(counter: Counter, *, code: str = "AB12CD34", replaces: bool = False) -> str:
    async with counter.world.store.write() as tx:
        await places.offer_claim(tx, code, counter.world.clock() + timedelta(minutes=15), replaces=replaces)
    return await counter.said(f"/claim {code}")


async def operators(counter: Counter) -> list[str]:
    async with counter.world.store.read() as tx:
        return [person.address for person in await places.operators(tx)]


async def test_a_claim_makes_the_private_chat_the_place_of_notices(counter: Counter) -> None:
    """Claimed in a group: the next notice arrives in the private chat all the same."""
    assert "Notices come to your private chat with me." in await claimed(counter)
    gateway = counter.dispatcher
    await counter.ask("/subscribe ai 08:00")
    await gateway.placed(replace(counter.place, missing=("Send Messages",)), False)
    await counter.world.settle("deliver")
    (notice,) = counter.world.platform.chats["ann"]
    assert "Posting to scripted chat is paused" in notice.payload["said"][0]


async def test_an_operator_who_writes_in_private_is_met_there(counter: Counter) -> None:
    """Whoever claimed before notices had a place of their own gets them where they write."""
    await claimed(counter)
    elsewhere = Place(platform="scripted", address="dm-7", kind=PlaceKind.PRIVATE)
    await counter.at(elsewhere).ask("/status")
    async with counter.world.store.read() as tx:
        assert [one.chat for one in await places.operators(tx)] == ["dm-7"]
        assert await places.channel_at(tx, elsewhere) is not None


async def test_who_speaks_for_a_group_claims_nothing(counter: Counter) -> None:
    group = counter.by(address="chat", speaks_for_chat=True)
    assert "Claim me as yourself" in await claimed(group)
    assert await operators(counter) == []


async def test_an_operator_gives_a_code_for_the_other_platform(counter: Counter) -> None:
    await claimed(counter)
    assert "Ask me that in a private chat" in await counter.said("/claim")
    said = await counter.at(PRIVATE).said("/claim")
    code = said.rpartition("/claim ")[2]
    theirs = replace(counter, person=BEN, place=BENS_CHAT)
    assert "Give the code from the log" in await theirs.said("/claim")
    assert "You run this instance now" in await theirs.said(f"/claim {code}")
    assert await operators(counter) == ["ann", "ben"]


async def test_a_renewed_claim_takes_the_instance_from_all_others(counter: Counter) -> None:
    await claimed(counter)
    theirs = replace(counter, person=BEN, place=BENS_CHAT)
    await claimed(theirs, code="FFFF0000", replaces=True)
    assert await operators(counter) == ["ben"]


async def test_codes_are_guessed_a_few_times_an_hour(counter: Counter) -> None:
    for _ in range(5):
        assert "That code is wrong" in await counter.said("/claim 00000000")
    assert "Too many codes were tried. The next try is in 12 min." in await counter.said("/claim 00000000")
    assert len(counter.world.events("claim.wrong_code")) == 5
    counter.world.clock.advance(timedelta(minutes=12))
    assert "You run this instance now" in await claimed(counter)


async def test_strangers_who_guess_keep_nobody_from_claiming(counter: Counter) -> None:
    for number in range(20):
        for _ in range(5):
            await counter.by(address=f"guesser {number}").said("/claim 00000000")
    assert "You run this instance now" in await claimed(counter)


# --- strangers and haste -----------------------------------------------------------------------------------


@pytest.fixture
async def closed(store: Store, clock: StillClock) -> Counter:
    world = await World.on(store, clock, limits=LimitSettings())
    world.web.documents["https://halden.example/feed"] = rss("halden", clock(), [corvid()])
    return Counter(world)


async def test_on_a_private_instance_strangers_add_no_feeds(closed: Counter) -> None:
    said = await closed.said("/subscribe https://halden.example/feed")
    assert said.startswith("Feeds of your own are for whoever runs me, and nobody does yet")
    await claimed(replace(closed, person=BEN, place=BENS_CHAT))
    refused = await closed.said("/subscribe https://halden.example/feed")
    assert refused.startswith("Feeds of your own are closed here: ask whoever runs me")
    assert (await closed.said("/import https://halden.example/list.opml")).startswith(
        "Feeds of your own are closed"
    )
    assert closed.world.web.asked == []
    assert "Subscribed to AI" in await closed.said("/subscribe ai 08:00")


async def test_a_stranger_is_not_invited_to_what_is_refused(closed: Counter) -> None:
    assert "Send me a feed" not in await closed.said("/start")
    await claimed(closed)
    assert "Send me a feed" in await closed.said("/start")


async def test_where_an_operator_adds_a_feed_the_managers_may(closed: Counter) -> None:
    boss = replace(closed, person=BEN)
    await claimed(boss)
    assert "Subscribed to" in await boss.said("/subscribe https://halden.example/feed")
    closed.world.web.documents["https://other.example/feed"] = rss("other", closed.world.clock(), [corvid()])
    assert "Subscribed to" in await closed.said("/subscribe https://other.example/feed")
    elsewhere = closed.at(Place(platform="scripted", address="elsewhere", kind=PlaceKind.GROUP))
    assert "Feeds of your own are closed" in await elsewhere.said("/subscribe https://other.example/feed")


async def test_commands_of_one_person_are_limited_and_of_another_are_not(closed: Counter) -> None:
    for _ in range(30):
        assert "I read AI news" in await closed.said("/start")
    assert await closed.said("/start") == (
        "I take 30 commands a minute from one person: please wait 2 s. "
        "Whoever runs me can raise that (limits.commands_per_minute)."
    )
    assert "I read AI news" in await closed.by(address="somebody else").said("/start")
    closed.world.clock.advance(timedelta(seconds=2))
    assert "I read AI news" in await closed.said("/start")


async def test_a_takeover_ends_the_codes_that_were_given_before(counter: Counter) -> None:
    await claimed(counter)
    code = (await counter.at(PRIVATE).said("/claim")).rpartition("/claim ")[2].split()[0]
    await claimed(replace(counter, person=BEN, place=BENS_CHAT), code="FFFF0000", replaces=True)
    eve = replace(
        counter,
        person=Person(platform="scripted", address="eve", name="Eve", manager=True),
        place=Place(platform="scripted", address="eve", kind=PlaceKind.PRIVATE),
    )
    assert "You run this instance now" not in await eve.said(f"/claim {code}")


@pytest.mark.parametrize("text", ["/nonsense", "/names", "/subscribe ai 08:00"])
async def test_commands_that_are_refused_count(closed: Counter, text: str) -> None:
    member = closed.by(manager=False)
    said = [await member.said(text) for _ in range(31)]
    assert "30 commands a minute" not in said[29]
    assert "30 commands a minute" in said[30]


async def test_completions_of_one_person_are_limited(closed: Counter) -> None:
    asked = [await closed.dispatcher.complete("help", "command", "l", closed.call) for _ in range(121)]
    assert "latest" in asked[119]
    assert asked[120] == ()
    other = closed.by(address="somebody else")
    assert "latest" in await closed.dispatcher.complete("help", "command", "l", other.call)


@pytest.mark.parametrize("text", ["/latest", "/digest", "/story 1"])
async def test_a_stranger_on_a_private_instance_is_told_in_the_sources_own_words(
    closed: Counter, text: str
) -> None:
    boss = replace(closed, person=BEN, place=BENS_CHAT)
    await claimed(boss)
    await closed.world.feed("halden", corvid())
    await closed.world.settle()
    asked = count_written(closed.world)
    unknown = Place(platform="scripted", address="stranger", kind=PlaceKind.PRIVATE)
    assert corvid().title in await closed.at(unknown).said(text)
    assert asked == []
    assert corvid().title in await replace(boss, place=unknown).said(text)
    assert corvid().title in await closed.at((await known(closed)).place).said(text)
    assert len(asked) == 2, "who runs the instance, and places where something is posted"


async def known(counter: Counter) -> Counter:
    """Where news is posted."""
    there = counter.at(
        Place(platform="scripted", address="club", kind=PlaceKind.GROUP, server_address="club")
    )
    await there.said("/subscribe ai 08:00")
    return there


def count_written(world: World) -> list[int]:
    """Return the servers for which stories were written from now on, one for each time."""
    asked: list[int] = []
    summarizer = world.ctx.summarizer

    class Counting:
        translates = False

        async def summarize(self, wanted: Sequence[SummaryTask], server: int = 0) -> tuple[Summary, ...]:
            asked.append(server)
            return await summarizer.summarize(wanted, server)

    object.__setattr__(world.ctx, "summarizer", Counting())
    return asked


async def test_each_unknown_server_has_a_share_of_its_own(counter: Counter) -> None:
    """Chats of one server without a record share one, those of others have others; no record has these numbers."""
    here = Place(platform="scripted", address="a", kind=PlaceKind.GROUP, server_address="guild")
    beside = Place(platform="scripted", address="b", kind=PlaceKind.GROUP, server_address="guild")
    elsewhere = Place(platform="scripted", address="c", kind=PlaceKind.PRIVATE)
    numbers = [
        (await view_of(counter.world.ctx, counter.at(place).call)).requester
        for place in (here, beside, elsewhere)
    ]
    assert numbers[0] == numbers[1] != numbers[2]
    assert max(numbers) < 0


async def test_whoever_runs_the_instance_is_not_limited(closed: Counter) -> None:
    await claimed(closed)
    for _ in range(40):
        assert "I read AI news" in await closed.said("/start")


async def test_addresses_looked_at_for_one_server_are_limited(store: Store, clock: StillClock) -> None:
    world = await World.on(store, clock, limits=LimitSettings(feeds="open", discoveries_per_hour=2))
    counter = Counter(world)
    for number in range(2):
        assert "cannot be read" in await counter.said(f"/subscribe https://nothing{number}.example/")
    said = await counter.said("/subscribe https://nothing3.example/")
    assert said.startswith("I look at 2 addresses an hour for one server: please wait 30 min.")
    elsewhere = counter.at(Place(platform="scripted", address="elsewhere", kind=PlaceKind.GROUP))
    assert "cannot be read" in await elsewhere.said("/subscribe https://nothing3.example/")


async def test_a_place_has_so_many_subscriptions_and_a_server_so_many_feeds(
    store: Store, clock: StillClock
) -> None:
    limits = LimitSettings(feeds="open", subscriptions_per_channel=3, feeds_per_server=2)
    world = await World.on(store, clock, limits=limits)
    counter = Counter(world)
    for name in ("one", "two", "three"):
        world.web.documents[f"https://{name}.example/feed"] = rss(name, clock(), [corvid()])
    for name in ("one", "two"):
        assert "Subscribed to" in await counter.said(f"/subscribe https://{name}.example/feed")
    said = await counter.said("/subscribe https://three.example/feed")
    assert said.startswith("A server may have 2 feeds of its own.")
    assert len(await world.rows(feed_table)) == 2
    assert "Subscribed to AI" in await counter.said("/subscribe ai 08:00")
    assert (await counter.said("/subscribe robotics 08:00")).startswith("A place may have 3 subscriptions.")


# --- a story under a channel's post ------------------------------------------------------------------------


async def test_sources_under_a_post_are_those_the_channel_was_told(counter: Counter) -> None:
    world = counter.world
    channel = await world.channel("club", server="club")
    await world.feed("halden", corvid())
    await world.feed("private", corvid_elsewhere(), server_id=channel.server_id)
    await world.wants(channel, "10:00")
    await world.settle()
    world.clock.advance(timedelta(hours=1, minutes=2))
    await world.settle()
    (post,) = world.platform.chats["club"]
    (more,) = [story["more"] for story in post.payload["stories"]]
    reader = replace(counter, person=BEN, place=BENS_CHAT)
    shown = words_of((await reader.press(more, own=False)).document)
    listed = shown[shown.index("Sources") :]
    assert post.payload["stories"][0]["meta"].split(" · ")[0] == "2 sources"
    assert "halden" in listed
    assert "private" in listed
    assert "private" not in await reader.said("/story i1")


async def test_the_key_of_one_story_opens_no_other(counter: Counter) -> None:
    world = counter.world
    channel = await world.channel("club", server="club")
    await world.feed("halden", corvid())
    await world.feed("private", larkwell(), server_id=channel.server_id)
    await world.wants(channel, "10:00")
    await world.settle()
    world.clock.advance(timedelta(hours=1, minutes=2))
    await world.settle()
    more = [story["more"] for post in world.platform.chats["club"] for story in post.payload["stories"]]
    reader = replace(counter, person=BEN, place=BENS_CHAT)
    opened = 0
    for data in more:
        _, story, key = data.split(":")
        assert "Sources" in words_of((await reader.press(data, own=False)).document)
        for number in range(1, 6):
            if f"i{number}" != story:
                opened += "Sources" in words_of(
                    (await reader.press(f"st:i{number}:{key}", own=False)).document
                )
    assert len(more) > 1
    assert not opened


async def test_without_the_key_of_a_channel_nobody_sees_its_own_feeds(news: Counter) -> None:
    for key in ("", "0" * 16, "x"):
        answer = await news.press(f"st:i1:{key}", own=False)
        words = words_of(answer.document)
        assert "Sources" in words if not key else "That link leads nowhere any more." in words
