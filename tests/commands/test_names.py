"""/names: what an operator makes of names that may be new."""

import pytest

from bot.model import Answer, Proposal
from bot.store import names
from tests.commands.conftest import Counter, words_of
from tests.commands.test_feeds import buttons


@pytest.fixture
async def desk(counter: Counter) -> Counter:
    """An operator for whom three names wait."""
    found = [
        Proposal(
            name="Qilan",
            documents=9,
            outlets=4,
            days=5,
            elsewhere=1,
            example="A first look at Qilan by our reviewers",
        ),
        Proposal(
            name="Corvid 3",
            documents=5,
            outlets=3,
            days=2,
            elsewhere=0,
            example="Halden Labs releases Corvid 3",
        ),
        Proposal(name="灵光", documents=4, outlets=2, days=2, elsewhere=0, example="蚂蚁发布「灵光」"),
    ]
    async with counter.world.store.write() as tx:
        await names.add_proposals(tx, found, counter.world.clock())
    return counter.by(operator=True)


async def accepted(counter: Counter) -> list[str]:
    async with counter.world.store.read() as tx:
        return await names.accepted_names(tx)


async def test_names_that_wait_come_with_what_speaks_for_them(desk: Counter) -> None:
    answer = await desk.ask("/names")
    said = words_of(answer.document)
    assert "3 names may be new in AI, here the next of them:" in said
    assert "Qilan: in 9 titles of feeds about AI alone, from 4 outlets on 5 days; in 1 other titles on other subjects" in said  # fmt: skip
    assert "“A first look at Qilan by our reviewers”" in said
    assert list(buttons(answer)) == [
        "Learn Qilan",
        "Not Qilan",
        "Learn Corvid 3",
        "Not Corvid 3",
        "Further ones",
    ]
    further = await desk.press(buttons(answer)["Further ones"])
    assert list(buttons(further)) == ["Learn 灵光", "Not 灵光"]


async def test_one_tap_lets_a_name_count_and_shows_the_next(desk: Counter) -> None:
    before = desk.world.ctx.rules.hash
    answer: Answer = await desk.press(buttons(await desk.ask("/names"))["Learn Qilan"])
    said = words_of(answer.document)
    assert "Qilan counts from now on; what came in the last three days is judged again." in said
    assert "2 names may be new in AI" in said
    assert await accepted(desk) == ["Qilan"]
    assert desk.world.ctx.rules.hash != before
    assert desk.world.woken[-1] == "housekeeping"
    answer = await desk.press(buttons(answer)["Not Corvid 3"])
    assert "Corvid 3 is not proposed again." in words_of(answer.document)
    assert "One name may be new in AI:" in words_of(answer.document)


async def test_a_name_can_be_taught_and_taken_back_by_typing(desk: Counter) -> None:
    before = desk.world.ctx.rules.hash
    async with desk.world.store.write() as tx:
        await names.add_proposals(tx, [], desk.world.clock())
    taught = await desk.ask("/names add “Halden Owl”")
    assert (
        words_of(taught.document)
        == "Halden Owl counts from now on; what came in the last three days is judged again."
    )
    assert buttons(taught) == {"Take that back": "nm:drop:Halden Owl"}
    assert "One name was learned:\nHalden Owl" in await desk.said("/names")
    assert "Halden Owl counts no more" in await desk.said("/names drop Halden Owl")
    assert desk.world.ctx.rules.hash == before
    assert await accepted(desk) == []


async def test_what_cannot_be_learned_is_said(desk: Counter) -> None:
    for text in ("/names add 2026", "/names add the", f"/names add {'x' * 65}"):
        assert "is no name that I can learn" in await desk.said(text)
    assert (
        await desk.said("/names drop")
        == "/names needs name: A name as titles write it. Usage: /names drop NAME"
    )
    for action in ("add", "drop"):
        assert "OpenAI counts already: it is in names.toml" in await desk.said(f"/names {action} OpenAI")
    assert "`learn` does not fit action." in await desk.said("/names learn Qilan")


async def test_a_name_is_the_same_however_its_letters_are_written(desk: Counter) -> None:
    await desk.said("/names add Halden Owl")
    assert "Halden Owl counts from now on" in await desk.said("/names add halden owl")
    assert "Halden Owl counts no more" in await desk.said("/names drop HALDEN OWL")
    assert await accepted(desk) == []


async def test_nobody_else_sees_or_decides(desk: Counter) -> None:
    manager = desk.by(operator=False)
    for text in ("/names", "/names add Qilan"):
        assert "/names is for whoever runs this instance." in await manager.said(text)
    assert await accepted(desk) == []


async def test_where_nothing_waits_it_says_so(counter: Counter) -> None:
    assert "No name waits for your word." in await counter.by(operator=True).said("/names")


# --- what /list calls them ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/bar robotics", "The bar of Robotics"),
        ("/edit robotics", "Robotics"),
        ("/edit robotics stories 3", "Robotics"),
        ("/edit Open weights stories 3", "Open weights"),
        ("/filter robotics add -crypto", "Robotics"),
        ("/filter robotics list", "Robotics"),
        ("/missed robotics skip", "Robotics"),
        ("/schedule robotics 10:00", "Robotics is posted 10:00 from now on."),
        ("/schedule Robotica 10:00", "Robotics is posted 10:00 from now on."),
        ("/schedule robotik täglich um 10", "Robotics is posted 10:00 from now on."),
        ("/schedule 2 10:00", "Robotics is posted 10:00 from now on."),
    ],
)
async def test_every_command_takes_the_name_that_list_shows(news: Counter, typed: str, said: str) -> None:
    for line in ("ai 08:00", "robotics 09:00", "open-weights 11:00"):
        await news.said(f"/subscribe {line}")
    answer = await news.said(typed)
    assert said in answer
    assert "AI" not in answer


async def test_a_wish_in_the_place_of_terms_keeps_its_topics(news: Counter) -> None:
    await news.said("/subscribe robotics 09:00")
    said = await news.said("/filter robotics and chips, no crypto")
    assert "Robotics" in said
    assert "New: Chips" in said
