"""publish: what is told in a language that nobody reads is named, not told."""

from dataclasses import replace
from datetime import timedelta

from bot.jobs.publishing.summarize import summarize
from bot.model import Entry, Length, Ranking, Story
from bot.ports import SummaryTask
from bot.store import places
from bot.store.schema import slots
from tests.support.world import News, World, corvid, larkwell

HOUR = timedelta(hours=1)
ITALIAN = News(
    "brunvik",
    "La città di Brunvik affida a un modello i turni degli autobus",
    "La città di Brunvik affida da lunedì a un modello di intelligenza artificiale i turni dei suoi 240 autobus. "
    "Gli autisti dicono che il primo piano non conosceva la pausa del pranzo. "
    "Il comune ha promesso che ogni turno sarà letto da una persona prima di valere.",
    hours=-2.0,
)


async def digest(world: World, *languages: str) -> None:
    await world.feed("halden", corvid())
    await world.feed("brunvik", ITALIAN)
    channel = await world.channel()
    async with world.store.write() as tx:
        await places.set_values(tx, channel.id, languages=list(languages))
    await world.wants(channel, "10:00")
    await world.settle()
    world.clock.advance(HOUR + timedelta(minutes=2))
    await world.settle()


async def test_a_story_in_another_language_is_named_at_the_end(both: World) -> None:
    await digest(both)
    (shown,) = both.platform.chats["chat"]
    assert shown.headlines == [corvid().title]
    assert "only in Italian (1)" in shown.payload["tail"]
    (slot,) = await both.rows(slots)
    assert [reason for _, *reason in slot.skipped] == [["foreign", {"language": "it"}]]


async def test_it_is_told_where_its_language_is_read(world: World) -> None:
    await digest(world, "en", "it")
    (shown,) = world.platform.chats["chat"]
    assert sorted(shown.headlines) == sorted([corvid().title, ITALIAN.title])
    assert not any(text.startswith("only in") for text in shown.payload["tail"])


async def test_it_never_comes_at_once(world: World) -> None:
    feed_id = await world.feed("halden", larkwell())
    channel = await world.channel()
    await world.wants(channel, "now")
    await world.settle()
    world.platform.chats.clear()
    world.clock.advance(HOUR)
    world.serve("halden", larkwell(), ITALIAN)
    await world.poll(feed_id)
    await world.settle("group", "publish", "deliver")
    assert world.platform.headlines(channel) == []


async def test_an_update_is_led_by_a_fresh_entry_in_a_language_that_is_read(world: World) -> None:
    """The newest of them may be in one that nobody here reads."""
    texts = {
        "en": corvid().text,
        "de": "Die Stadt Brunvik hat ein Modell für die Busse, und die Fahrer lesen jeden Plan mit.",
    }
    now = world.clock()
    fresh = tuple(
        Entry(
            id=n,
            feed_id=n,
            title=f"Corvid 3, {code}",
            link="",
            text=text,
            language=code,
            published=now + n * HOUR,
            first_seen=now,
            outlet=f"outlet {n}",
        )
        for n, (code, text) in enumerate(texts.items(), start=1)
    )
    ranked = Ranking(
        story=Story(id=1, change_no=1, created_at=now, changed_at=now, entries=fresh),
        score=1.0,
        factors=(),
        lead=fresh[1],
        outlets=2,
        update=True,
        fresh=fresh,
    )
    channel = replace(await world.channel(), language="it")
    (summary,) = await summarize(world.ctx, [SummaryTask(ranked, "it", Length.LINE)], channel)
    assert summary.language == "en"
