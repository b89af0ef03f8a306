"""Named places: a place is addressed by its title, by those who manage it, and nobody else learns of it."""

from dataclasses import replace

import pytest

from bot.commands.codec import data_of
from bot.errors import NotSent
from bot.model import Actions, Answer, Button, Person, Place
from bot.store.schema import channels, subscriptions
from tests.commands.conftest import PRIVATE, Counter, words_of
from tests.support.world import World, larkwell


def buttons_of(answer: Answer) -> list[Button]:
    return [b for block in answer.document.blocks if isinstance(block, Actions) for b in block.buttons]


async def wishes(world: World, address: str) -> list[str]:
    numbers = {row.address: row.id for row in await world.rows(channels)}
    return [row.topic for row in await world.rows(subscriptions) if row.channel_id == numbers.get(address)]


@pytest.fixture
async def ann(counter: Counter) -> Counter:
    """Ann in her private chat, who manages two places without names; one of the same title is Ben's."""
    world = counter.world
    world.platform.managers = {"-1001": {"ann"}, "-1002": {"ann"}, "-1003": {"ben"}}
    world.platform.names = {"-1001": "📰 Rassegna IA", "-1002": "Robotics", "-1003": "Rassegna IA"}
    world.platform.knows_titles = False
    await world.feed("halden", larkwell())
    for address, name in world.platform.names.items():
        await world.channel(address, server=f"server of {address}", name=name)
    await world.settle("collect", "read", "group")
    return counter.at(PRIVATE)


@pytest.mark.parametrize(
    "line",
    [
        "/subscribe papers 09:00 in Rassegna IA",
        "/subscribe papers in rassegna ia 09:00",
        '/subscribe papers 09:00 @"RASSEGNÀ IA"',
        '/subscribe @"Rassegna IA" papers 09:00',
        "/subscribe papers 09:00 nel canale Rassegna IA",
    ],
)
async def test_a_title_addresses_the_place_that_one_manages(ann: Counter, line: str) -> None:
    said = await ann.said(line)
    assert said.startswith("📰 Rassegna IA\nSubscribed to")
    assert await wishes(ann.world, "-1001") == ["papers"]
    assert await wishes(ann.world, "-1003") == await wishes(ann.world, "ann") == []


async def test_every_kind_of_command_takes_a_title(ann: Counter) -> None:
    await ann.said("/subscribe ai 09:00 in Rassegna IA")
    assert "Posting is paused here" in await ann.said('/pause @"Rassegna IA"')
    assert "Posts come here again" in await ann.said("/resume in Rassegna IA")
    assert "1 · AI" in await ann.said("/list in Rassegna IA")
    assert (await ann.said("/bar 1 important in Rassegna IA")).startswith("📰 Rassegna IA\n")


async def test_a_wish_in_plain_words_is_about_the_place_that_it_names(ann: Counter) -> None:
    answer = await ann.ask("news on chips in Rassegna IA")
    assert words_of(answer.document).startswith("📰 Rassegna IA\nNew: Chips")
    save = next(button for button in buttons_of(answer) if button.label == "Save")
    await ann.press(data_of(save))
    assert await wishes(ann.world, "-1001") == ["chips"]


@pytest.mark.parametrize("line", ["/list in {}", '/list @"{}"', "/pause 8h #{}"])
async def test_of_a_title_that_one_does_not_manage_nothing_is_learned(ann: Counter, line: str) -> None:
    eve = ann.by(address="eve").at(replace(PRIVATE, address="eve"))
    there = await eve.said(line.format("Robotics"))
    nowhere = await eve.said(line.format("Nonesuch"))
    assert there.replace("Robotics", "") == nowhere.replace("Nonesuch", "")


async def test_two_places_of_one_title_are_asked_about(ann: Counter) -> None:
    ann.world.platform.managers["-1003"].add("ann")
    asked = await ann.ask("/subscribe papers 09:00 in Rassegna IA")
    assert words_of(asked.document) == "Which place is that about?"
    labels = [button.label for button in buttons_of(asked)]
    assert len(set(labels)) == len(labels) == 2
    done = await ann.press(data_of(buttons_of(asked)[1]))
    assert words_of(done.document).startswith("Rassegna IA\nSubscribed to")
    assert await wishes(ann.world, "-1003") == ["papers"]


async def test_a_title_that_is_a_topic_too_is_asked_about(ann: Counter) -> None:
    asked = await ann.ask("/subscribe ai 09:00 in Robotics")
    there, here = buttons_of(asked)
    assert (there.label.startswith("Robotics"), here.label) == (True, "Here")
    assert "Subscribed to AI" in words_of((await ann.press(data_of(there))).document)
    assert await wishes(ann.world, "-1002") == ["ai"]


@pytest.mark.parametrize("title", ["Italian", "Rome", "Europe/Rome"])
async def test_a_language_and_a_zone_are_no_titles(ann: Counter, title: str) -> None:
    ann.world.platform.names["-1002"] = title
    ann.world.platform.knows_titles = True
    await ann.ask(f"/subscribe robotics 09:00 in {title}")
    assert await wishes(ann.world, "-1002") == []
    assert "Subscribed to AI" in await ann.said(f'/subscribe ai 09:00 @"{title}"')
    assert await wishes(ann.world, "-1002") == ["ai"]


async def test_a_line_of_somebodys_own_names_no_place(ann: Counter) -> None:
    await ann.said("/subscribe ai 09:00 in Rassegna IA")
    await ann.said("/subscribe ai 09:00")
    said = await ann.said("/look footer Read more in Rassegna IA")
    assert not said.startswith("📰")
    assert (await ann.said('/look @"Rassegna IA" footer Join us in Robotics')).startswith("📰 Rassegna IA\n")


async def test_places_of_a_title_that_others_made_are_asked_about_last(ann: Counter) -> None:
    """Titles are free: whoever gives theirs to many places does not hide the one that is Ann's."""
    for number in range(20):
        ann.world.platform.managers[f"m{number}"] = {"mallory"}
        ann.world.platform.names[f"m{number}"] = "Gazette"
        await ann.world.channel(f"m{number}", server=f"server {number}", name="Gazette")
    ann.world.platform.managers["anns"] = {"ann"}
    ann.world.platform.names["anns"] = "Gazette"
    place = Place(platform="scripted", address="anns", kind=PRIVATE.kind.GROUP, name="Gazette")
    await ann.dispatcher.placed(place, True, Person(platform="scripted", address="ann"))
    assert (await ann.said("/list in Gazette")).startswith("Gazette\n")


async def test_it_is_said_when_rights_cannot_be_asked(ann: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut(target: str, person: Person) -> Place | None:
        raise NotSent("the line is cut")

    place = Place(platform="scripted", address="-1001", kind=PRIVATE.kind.GROUP, name="📰 Rassegna IA")
    await ann.dispatcher.placed(place, True, Person(platform="scripted", address="ann"))
    monkeypatch.setattr(ann.world.platform, "managed_place", cut)
    assert (await ann.said("/list in Rassegna IA")).startswith("I could not ask who manages `Rassegna IA`")
    for line in ("/list in {}", '/list @"{}"', "/list #{}"):
        hidden, missing = [await ann.said(line.format(title)) for title in ("Robotics", "Nonesuch")]
        assert hidden.replace("Robotics", "Nonesuch") == missing


async def test_a_quotation_that_holds_a_title_stays_whole(ann: Counter) -> None:
    assert not (await ann.said('/topic add eu "news in Rassegna IA" -film')).startswith("📰")
    assert not (await ann.said('/search "chips in Rassegna IA"')).startswith("📰")
