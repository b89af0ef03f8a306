"""/feeds: what counts here, and what an operator may open to all."""

from bot.model import Actions, Answer, Place, PlaceKind
from bot.store.schema import feeds as feed_table
from tests.commands.conftest import PRIVATE, Counter, words_of
from tests.support.world import News, corvid, garden, larkwell, rss

ELSEWHERE = Place(platform="scripted", address="elsewhere", kind=PlaceKind.GROUP, server_name="Owl friends")


def serve(counter: Counter, name: str, *items: News) -> str:
    address = f"https://{name}.example/feed"
    counter.world.web.documents[address] = rss(name, counter.world.start, items)
    return address


def buttons(answer: Answer) -> dict[str, str]:
    """The data of the buttons below an answer, by label."""
    return {
        b.label: b.data.partition("~")[0]
        for block in answer.document.blocks
        if isinstance(block, Actions)
        for b in block.buttons
    }


def operator(counter: Counter) -> Counter:
    return counter.by(operator=True).at(PRIVATE)


async def number_of(counter: Counter, title: str) -> int:
    return next(row.id for row in await counter.world.rows(feed_table) if row.title == title)


async def test_a_place_sees_what_counts_there_and_why(counter: Counter) -> None:
    await counter.world.feed("halden", corvid())
    await counter.said(f"/subscribe {serve(counter, 'owl', larkwell())}")
    secret = serve(counter, "crow", garden()).replace("https://", "https://ann:s3cret@")
    counter.world.web.documents[secret] = counter.world.web.documents["https://crow.example/feed"]
    await counter.said(f"/subscribe {secret}")
    said = await counter.said("/feeds")
    assert "One feed counts for everybody." in said
    owl, crow = [await number_of(counter, title) for title in ("owl", "crow")]
    assert f"whoever runs me can open them to all:\n{owl} · owl · https://owl.example/feed" in said
    assert f"how they are read:\n{crow} · crow · crow.example" in said
    assert "s3cret" not in said
    other = await counter.at(ELSEWHERE).said("/feeds")
    assert "owl" not in other
    assert "crow" not in other
    assert "Nothing else was added here." in other


async def test_an_operator_opens_a_feed_to_all_and_takes_it_back(counter: Counter) -> None:
    elsewhere = counter.at(ELSEWHERE)
    await elsewhere.said(f"/subscribe {serve(counter, 'owl', larkwell(), corvid(), garden())}")
    await counter.world.settle("collect", "group")
    assert "larkwell" not in (await counter.said("/latest")).lower()
    number = await number_of(counter, "owl")
    answer = await operator(counter).ask("/feeds")
    said = words_of(answer.document)
    assert "One feed counts only where it was added, and could count for everybody:" in said
    assert f"{number} · owl · https://owl.example/feed · added by Owl friends · 3 of 3 on a topic" in said
    opened = await operator(counter).press(buttons(answer)["For all: owl"])
    assert "owl counts for everybody from now on." in words_of(opened.document)
    assert "larkwell" in (await counter.said("/latest")).lower()
    assert "could count for everybody" not in await operator(counter).said("/feeds")
    closed = await operator(counter).press(buttons(opened)["Take that back"])
    assert "owl counts only where it was added." in words_of(closed.document)
    assert "larkwell" not in (await counter.said("/latest")).lower()
    assert "larkwell" in (await elsewhere.said("/latest")).lower()


async def test_what_others_read_is_told_in_a_private_chat_alone(counter: Counter) -> None:
    await counter.at(ELSEWHERE).said(f"/subscribe {serve(counter, 'owl', larkwell())}")
    await counter.world.settle("collect")
    said = await counter.by(operator=True).said("/feeds")
    assert "One feed waits for you: say /feeds in a private chat with me." in said
    assert "owl" not in said
    assert "waits" not in await counter.at(PRIVATE).said("/feeds")


async def test_only_an_operator_opens(counter: Counter) -> None:
    await counter.said(f"/subscribe {serve(counter, 'owl', larkwell())}")
    number = await number_of(counter, "owl")
    assert "Only whoever runs this instance" in await counter.said(f"/feeds open {number}")
    assert not (await counter.world.rows(feed_table))[0].shared
    assert "ask someone who may manage this place" in await counter.by(manager=False).said("/feeds")


async def test_a_wrong_number_and_a_wrong_word_are_answered_with_what_is_right(counter: Counter) -> None:
    configured = await counter.world.feed("halden", corvid())
    for number in ("99", "owl", "9999999999999", str(configured)):
        assert "is not the number of a feed that a server added" in await operator(counter).said(f"/feeds close {number}")  # fmt: skip
    said = await operator(counter).said("/feeds open")
    assert said == "/feeds needs feed: The number of a feed. Usage: /feeds open NUMBER"
    assert "`opn` does not fit action" in await operator(counter).said("/feeds opn 1")


async def test_those_that_wait_come_a_few_at_a_time(counter: Counter) -> None:
    elsewhere = counter.at(ELSEWHERE)
    for number in range(6):
        await elsewhere.said(f"/subscribe {serve(counter, f'owl{number}', larkwell())}")
    await counter.world.settle("collect")
    first = await operator(counter).ask("/feeds")
    assert "6 feeds count only where they were added" in words_of(first.document)
    assert "1–4 / 6" in words_of(first.document)
    assert len(buttons(first)) == 5
    second = await operator(counter).press(buttons(first)["Further ones"])
    assert "5–6 / 6" in words_of(second.document)
    assert len(buttons(second)) == 2


GUILD = Place(
    platform="scripted",
    address="declared",
    kind=PlaceKind.GROUP,
    name="news",
    server_address="guild",
    server_name="Owls",
)


async def test_a_declared_channel_belongs_to_the_server_that_its_first_call_names(counter: Counter) -> None:
    world = counter.world
    declared, other = await world.channel("declared"), await world.channel("other", server="guild")
    assert declared.server_id != other.server_id
    await world.feed("owl", corvid(), server_id=declared.server_id)
    await world.feed("crow", garden(), server_id=declared.server_id, private=True)
    said = await counter.at(GUILD).said("/feeds")
    assert "owl · https://owl.example/feed" in said
    assert "how they are read:\n2 · crow" in said
    assert (await world.record(declared)).server_id == other.server_id
    await world.channel("declared")
    assert (await world.record(declared)).server_id == other.server_id
    beside = counter.at(
        Place(platform="scripted", address="other", kind=PlaceKind.GROUP, server_address="guild")
    )
    assert "owl" in await beside.said("/feeds")


# --- what a place takes away -------------------------------------------------------------------------------


async def added(counter: Counter) -> int:
    """A feed that was added here and that no subscription lives by any more."""
    await counter.said(f"/subscribe {serve(counter, 'owl', larkwell())}")
    await counter.world.settle()
    await counter.said("/unsubscribe 1")
    return await number_of(counter, "owl")


async def test_a_feed_is_taken_away_and_brought_back(counter: Counter) -> None:
    number = await added(counter)
    assert larkwell().title in await counter.said("/latest")
    removed = await counter.ask(f"/feeds remove {number}")
    assert words_of(removed.document) == "owl is taken away: it counts here no more."
    assert larkwell().title not in await counter.said("/latest")
    assert "Nothing else was added here." in await counter.said("/feeds")
    back = await counter.press(buttons(removed)["Bring it back"])
    assert words_of(back.document) == "owl counts here again."
    assert larkwell().title in await counter.said("/latest")


async def test_a_feed_that_counts_nowhere_is_polled_no_more(counter: Counter) -> None:
    number = await added(counter)
    other = counter.at(ELSEWHERE)
    await other.said("/subscribe https://owl.example/feed")
    await other.said("/unsubscribe 1")
    await counter.said(f"/feeds remove {number}")
    (row,) = await counter.world.rows(feed_table)
    assert row.state == "active"
    await other.said(f"/feeds remove {number}")
    (row,) = await counter.world.rows(feed_table)
    assert row.state == "retired"


async def test_what_a_subscription_lives_by_and_what_counts_for_all_stay(counter: Counter) -> None:
    shared = await counter.world.feed("halden", corvid())
    await counter.said(f"/subscribe {serve(counter, 'owl', larkwell())}")
    number = await number_of(counter, "owl")
    assert "owl is what a subscription posts (chat)" in await counter.said(f"/feeds remove {number}")
    assert "halden counts for everybody" in await counter.said(f"/feeds remove {shared}")
    assert "is not the number of a feed of this place" in await counter.said("/feeds remove 999")
    assert "Which feed? Give its number" in await counter.said("/feeds set")
    assert "owl · https://owl.example/feed" in await counter.said("/feeds")


async def test_nobody_brings_another_servers_feed_here_by_its_number(counter: Counter) -> None:
    number = await added(counter)
    other = counter.at(ELSEWHERE)
    await other.said("/subscribe ai 08:00")
    for typed in (f"/feeds restore {number}", "/feeds restore 999", "/feeds restore"):
        assert "is not the number of a feed that was added here" in await other.said(typed)
    assert "owl" not in await other.said("/feeds")
    assert "is not the number of a feed of this place" in await other.said(f"/feeds remove {number}")
    await counter.said(f"/feeds remove {number}")
    assert "is not the number of a feed that was added here" in await other.said(f"/feeds restore {number}")


async def test_what_cannot_be_read_says_so_beside_its_number(counter: Counter) -> None:
    number = await added(counter)
    del counter.world.web.documents["https://owl.example/feed"]
    counter.world.clock.advance(3 * 86400)
    await counter.world.settle()
    assert f"{number} · owl · https://owl.example/feed · cannot be read: " in await counter.said("/feeds")
