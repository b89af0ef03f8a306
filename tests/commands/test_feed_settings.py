"""/feeds set: how one feed is asked for, and what it counts for here."""

from datetime import timedelta

from bot.errors import HttpFailed
from bot.model import FeedRules, Place, PlaceKind
from bot.ports import Fetched, FetchRequest
from bot.store import feeds
from bot.store.schema import feeds as feed_table
from tests.commands.conftest import Counter, words_of
from tests.commands.test_feeds import ELSEWHERE, buttons, number_of, operator, serve
from tests.support.world import alpine, corvid, corvid_elsewhere, garden, larkwell

CHAT = Place(platform="scripted", address="ann", kind=PlaceKind.PRIVATE)


async def added(counter: Counter, name: str = "owl") -> int:
    await counter.said(f"/subscribe {serve(counter, name, larkwell())}")
    return await number_of(counter, name)


async def test_a_feed_counts_among_the_sources_and_leads_no_more_until_that_is_taken_back(
    counter: Counter,
) -> None:
    world = counter.world
    await world.feed("halden", corvid())
    await world.feed("ledger", corvid_elsewhere(hours=0.5), garden())
    await world.settle("collect", "group")
    assert "RV-9" in await counter.said("/latest")
    set_off = await counter.ask("/feeds set halden leads off")
    assert "only among the sources" in words_of(set_off.document)
    said = await counter.said("/latest")
    assert "Corvid 3: Halden Labs opens" in said
    assert "Halden Labs releases" not in said
    await counter.said("/feeds set ledger leads no")
    assert "RV-9" not in await counter.said("/latest")
    listed = await counter.said("/feeds")
    assert "Set otherwise than usual:\n1 · halden · only among the sources" in listed
    assert "RV-9" in await counter.at(ELSEWHERE).said("/latest")
    await counter.press(buttons(set_off)["Take that back"])
    assert "Halden Labs releases" in await counter.said("/latest")


async def test_a_digest_tells_why_what_may_not_lead_is_left_out(counter: Counter) -> None:
    world = counter.world
    await world.feed("halden", corvid(hours=1), larkwell(hours=2), alpine(hours=3))
    channel = await world.channel(counter.place.address)
    await world.wants(channel, "10:00", size=5)
    await counter.save("/feeds set halden cap 1")
    await world.settle("collect", "group")
    world.clock.advance(timedelta(hours=1, minutes=5))
    await world.settle()
    assert world.platform.headlines(channel) == [corvid().title]
    said = await counter.said("/why halden.example/larkwell")
    assert "Its feed leads one story a day here at most, its newest (/feeds)." in said
    assert "its feed may lead 1 stories a day here, and newer ones came first (/feeds)." in said


async def test_a_secret_is_taken_where_nobody_else_reads_it_and_never_shown(counter: Counter) -> None:
    number = await added(counter)
    refused = await counter.said(f"/feeds set {number} cookie key=sesame")
    assert "delete your message" in refused
    assert "sesame" not in refused
    counter.world.platform.managers["chat"] = {"ann"}
    private = counter.at(CHAT)
    answer = await private.ask(f"/feeds set {number} cookie key=sesame @chat")
    said = words_of(answer.document)
    assert "sent beside: Cookie" in said
    assert "sesame" not in said + await counter.said("/feeds") + await counter.said(f"/feeds set {number}")
    async with counter.world.store.read() as tx:
        feed = await feeds.get(tx, number)
    assert feed is not None
    assert (feed.headers, feed.server_id is not None) == ({"Cookie": "key=sesame"}, True)
    assert feed.access is not None
    assert "sesame" not in repr(feed) + repr(feed.access)
    export = await counter.ask("/export")
    assert "sesame" not in (export.attachment.text if export.attachment else "")
    assert not any("sesame" in str(event) for event in counter.world.logged)
    await private.press(buttons(answer)["Take that back"])
    async with counter.world.store.read() as tx:
        feed = await feeds.get(tx, number)
    assert feed is not None
    assert feed.headers == {}


async def test_what_is_sent_to_a_host_is_forgotten_where_the_feed_moves_to_another(counter: Counter) -> None:
    number = await added(counter)
    async with counter.world.store.write() as tx:
        await feeds.set_values(tx, number, headers={"Cookie": "key=sesame"})
        feed = await feeds.get(tx, number)
        assert feed is not None
        await feeds.move(tx, feed, "https://owl.example/atom", "owl.example/atom")
        moved = await feeds.get(tx, number)
        assert moved is not None
        assert moved.headers == {"Cookie": "key=sesame"}
        await feeds.move(tx, moved, "https://crow.example/atom", "crow.example/atom")
        moved = await feeds.get(tx, number)
    assert moved is not None
    assert moved.headers == {}


async def test_a_feed_that_others_read_too_is_set_for_this_place_alone_and_no_number_tells_it(
    counter: Counter,
) -> None:
    number = await added(counter)
    elsewhere = counter.at(ELSEWHERE)
    await elsewhere.said("/subscribe https://owl.example/feed")
    before = await elsewhere.said(f"/feeds set {number}")
    said = await counter.said(f"/feeds set {number} pages off")
    assert said.startswith(f"{number} · owl\nno pages are read")
    assert await elsewhere.said(f"/feeds set {number}") == before
    assert f"{number} · owl" in await counter.said("/feeds")
    assert "asked every 2 hours" in await counter.said(f"/feeds set {number} every 2h")
    set_elsewhere = await elsewhere.said(f"/feeds set {number} every 3h")
    assert set_elsewhere.startswith(f"{number} · owl\nasked every 3 hours")
    assert "asked every 2 hours" in await counter.said(f"/feeds set {number}")
    assert await counter.world.count(feed_table) == 2
    await counter.said("/unsubscribe all")
    removed = await counter.ask(f"/feeds remove {number}")
    await counter.press(buttons(removed)["Bring it back"])
    assert "asked every 2 hours" in await counter.said(f"/feeds set {number}")


async def test_what_another_server_added_first_or_made_its_own_is_brought_back(counter: Counter) -> None:
    number = await added(counter)
    elsewhere = counter.at(ELSEWHERE)
    await elsewhere.said("/subscribe https://owl.example/feed")
    await elsewhere.said("/unsubscribe all")
    removed = await elsewhere.ask(f"/feeds remove {number}")
    assert "owl counts here again." in words_of(
        (await elsewhere.press(buttons(removed)["Bring it back"])).document
    )
    await elsewhere.said(f"/feeds remove {number}")
    counter.world.platform.managers["chat"] = {"ann"}
    await counter.at(CHAT).said(f"/feeds set {number} cookie key=sesame @chat")
    assert "owl counts here again." in words_of(
        (await elsewhere.press(buttons(removed)["Bring it back"])).document
    )
    assert "Cookie" not in await elsewhere.said("/feeds set owl")
    stranger = counter.at(Place(platform="scripted", address="third", kind=PlaceKind.GROUP))
    await stranger.said("/subscribe ai")
    assert "is not the number of a feed" in await stranger.said(f"/feeds restore {number}")


async def test_a_feed_that_never_leads_says_nothing_of_its_cap(counter: Counter) -> None:
    await counter.world.feed("halden", corvid())
    await counter.said("/feeds set halden cap 3")
    said = await counter.said("/feeds set halden leads off")
    assert "only among the sources" in said
    assert "a day at most" not in said
    assert "a day at most" in await counter.said("/feeds set halden leads on")


async def test_how_a_feed_for_everybody_is_asked_for_is_the_operators_to_say(counter: Counter) -> None:
    await counter.world.feed("halden", corvid())
    assert "stands in feeds.opml" in await counter.said("/feeds set halden every 2h")
    number = await added(counter)
    await operator(counter).said(f"/feeds open {number}")
    refused = await counter.said(f"/feeds set {number} every 2h")
    assert "owl counts for everybody" in refused
    assert "leads 3 stories a day at most" in await counter.said(f"/feeds set {number} cap 3")
    assert "asked every 2 hours" in await operator(counter).at(counter.place).said(
        f"/feeds set {number} every 2h"
    )
    counter.world.platform.managers["chat"] = {"ann"}
    proxied = await counter.at(CHAT).said(f"/feeds set {number} proxy http://proxy.example:3128 @chat")
    assert "Only whoever runs this instance" in proxied


async def test_what_is_wrong_is_answered_with_what_is_right(counter: Counter) -> None:
    number = await added(counter)
    private = counter.at(CHAT)
    counter.world.platform.managers["chat"] = {"ann"}
    for typed, right in (
        ("cap many", f"/feeds set {number} cap 3"),
        ("leads perhaps", f"/feeds set {number} leads off"),
        ("every now and then", f"/feeds set {number} every 2h"),
        ("every 5m", f"/feeds set {number} every 10m"),
        ("every 30d", f"/feeds set {number} every 7d"),
        ("pages", f"/feeds set {number} pages off"),
    ):
        assert right in await counter.said(f"/feeds set {number} {typed}")
    for secret in ("header Host: sesame", "header sesame", "cookie sésame\x07", "proxy sesame"):
        said = await private.said(f"/feeds set {number} {secret} @chat")
        assert f"/feeds set {number} " in said
        assert "ame\x07" not in said
        assert "sesame" not in said
    assert "The nearest that is right: cap." in await counter.said(f"/feeds set {number} capp 3")


async def test_a_name_that_several_feeds_have_is_asked_about(counter: Counter) -> None:
    await counter.world.feed("owlet", corvid())
    await counter.world.feed("owling", garden())
    said = await counter.said("/feeds set owl cap 2")
    assert "`owl` may mean several feeds: 1 owlet, 2 owling." in said


async def test_an_import_is_taken_back_whole_and_brought_back(counter: Counter) -> None:
    for name in ("owl", "crow"):
        serve(counter, name, larkwell())
    outlines = "".join(f'<outline xmlUrl="https://{name}.example/feed"/>' for name in ("owl", "crow"))
    counter.world.web.documents["https://list.example/l.opml"] = (
        f"<opml><body>{outlines}</body></opml>".encode()
    )
    imported = await counter.ask("/import https://list.example/l.opml")
    assert "2 feeds added." in words_of(imported.document)
    back = await counter.press(buttons(imported)["Take that back"])
    assert "2 feeds are taken away." in words_of(back.document)
    assert "Nothing else was added here." in await counter.said("/feeds")
    again = await counter.press(buttons(back)["Bring them back"])
    assert "2 feeds count here again." in words_of(again.document)
    assert "owl" in await counter.said("/feeds")


async def test_what_the_file_says_for_all_holds_where_a_place_says_nothing(counter: Counter) -> None:
    from bot.store import feed_rules

    number = await counter.world.feed("halden", corvid())
    async with counter.world.store.write() as tx:
        await feed_rules.replace_for_everybody(tx, {number: {"daily_cap": 3, "for_models": False}})
        await feed_rules.set_rule(tx, number, 7, daily_cap=1, for_models=True)
        assert (await feed_rules.load(tx, 7))[number] == FeedRules(daily_cap=1, for_models=False)
        assert (await feed_rules.load(tx, 8))[number] == FeedRules(daily_cap=3, for_models=False)


async def test_a_feed_of_places_that_are_lost_is_polled_no_more(counter: Counter) -> None:
    from bot.store import places

    number = await added(counter)
    world = counter.world
    now = world.clock() + timedelta(days=8)

    async def is_due() -> bool:
        async with world.store.read() as tx:
            return number in [feed.id for feed in await feeds.due(tx, now, 50, 4)]

    assert await is_due()
    async with world.store.write() as tx:
        channel = await places.channel_at(tx, counter.place)
        assert channel is not None
        await places.set_values(tx, channel.id, state="paused", state_at=world.clock())
    assert not await is_due()
    async with world.store.write() as tx:
        await places.set_values(tx, channel.id, state="active")
    assert await is_due()


async def test_a_feed_that_cannot_be_read_without_a_cookie_is_added_with_it_and_posted(
    counter: Counter,
) -> None:
    url = serve(counter, "owl", larkwell())
    ctx = counter.world.ctx
    fetch = ctx.fetch

    async def guarded(request: FetchRequest) -> Fetched:
        if request.url == url and not (
            request.access and request.access.headers.get("Cookie") == "key=sesame"
        ):
            raise HttpFailed("owl.example answered 403: access is refused.", 403)
        return await fetch(request)

    object.__setattr__(ctx, "fetch", guarded)
    counter.world.platform.managers["chat"] = {"ann"}
    refused = await counter.said(f"/subscribe {url}")
    assert f"give it in a private chat with me: /feeds add {url} cookie NAME=VALUE" in refused
    wrong = await counter.at(CHAT).said(f"/feeds add {url} cookie key=barley @chat")
    assert f"{url} cannot be read with what you gave: owl.example answered 403" in wrong
    assert "barley" not in wrong
    public = await counter.said(f"/feeds add {url} cookie key=sesame")
    assert "delete your message" in public
    assert "sesame" not in public
    answer = await counter.at(CHAT).ask(f"/feeds add {url} cookie key=sesame @chat")
    said = words_of(answer.document)
    assert "owl counts here from now on" in said
    assert larkwell().title in said
    assert "sesame" not in repr(answer)
    await counter.world.settle("collect", "group")
    assert larkwell().title in await counter.said("/latest")
    assert "Subscribed to owl" in await counter.said(f"/subscribe {url}")
    assert "owl counts here from now on" not in await counter.at(ELSEWHERE).said(f"/subscribe {url}")
    assert not any("sesame" in str(event) for event in counter.world.logged)
    await counter.said("/unsubscribe all")
    await counter.at(CHAT).press(buttons(answer)["Take that back"])
    assert "Nothing else was added here." in await counter.said("/feeds")


async def test_nothing_is_asked_through_a_proxy_that_somebody_names_who_does_not_run_this(
    counter: Counter,
) -> None:
    counter.world.platform.managers["chat"] = {"ann"}
    await counter.said("/subscribe ai")
    typed = "/feeds add https://owl.example/feed proxy http://10.0.0.1:3128 @chat"
    assert "Only whoever runs this instance" in await counter.at(CHAT).said(typed)
    assert counter.world.web.asked == []


async def test_adding_says_what_is_right(counter: Counter) -> None:
    private = counter.at(CHAT)
    for typed in ("", "https://owl.example/feed", "https://owl.example/feed cap 3", "owl cookie a=b"):
        assert "/feeds add https://example.org/feed.xml cookie session=1234" in await private.said(
            f"/feeds add {typed}"
        )
    said = await private.said("/feeds add https://owl.example/feed header sesame")
    assert "/feeds add https://owl.example/feed header Authorization: Bearer 1234" in said
    assert "sesame" not in said


async def test_what_a_feed_may_lead_is_shown_before_it_is_saved(counter: Counter) -> None:
    world = counter.world
    await world.feed("halden", corvid(hours=1), larkwell(hours=2), alpine(hours=3))
    await world.settle("collect", "group")
    await world.wants(await world.channel(counter.place.address), "10:00")
    said = await counter.said("/feeds set halden cap 1")
    assert said.splitlines()[:4] == [
        "halden",
        "leads one story a day at most",
        "In the last 14 days: about one story a day instead of about 3 stories a day.",
        "Gone, for example:",
    ]
    assert "Nothing is saved yet." in said
    assert "as every feed" in await counter.said("/feeds set halden")
    await counter.save("/feeds set halden cap 1")
    back = await counter.ask("/feeds set halden leads off")
    assert "hardly ever a story instead of about one story a day" in words_of(back.document)
    assert "leads one story a day at most" in await counter.said("/feeds set halden")
    said = await counter.said("/feeds set halden cap 3")
    assert "In the last 14 days: about 3 stories a day instead of about one story a day." in said
