"""A desk with some news, and ways to ask it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands.buttons import sign
from bot.commands.codec import data_of
from bot.commands.dispatch import CommandDispatcher
from bot.model import (
    Actions,
    Answer,
    Call,
    Document,
    Heading,
    Listing,
    Person,
    Place,
    PlaceKind,
    Quote,
    StoryBlock,
    Text,
)
from bot.store import Store, open_store
from tests.conftest import StillClock
from tests.support.world import World, alpine, corvid, garden, larkwell

HALDEN = (corvid(), larkwell())
LEDGER = (alpine(), garden())
"""What the two feeds of `news` serve."""

PERSON = Person(platform="scripted", address="ann", name="Ann", manager=True)
PLACE = Place(platform="scripted", address="chat", kind=PlaceKind.GROUP)
PRIVATE = Place(platform="scripted", address="ann", kind=PlaceKind.PRIVATE)


@dataclass
class Counter:
    """Asks the desk as a person does, by typing."""

    world: World
    place: Place = PLACE
    person: Person = PERSON

    @property
    def dispatcher(self) -> CommandDispatcher:
        return self.world.house.dispatcher

    @property
    def call(self) -> Call:
        return Call("", {}, self.person, self.place)

    def at(self, place: Place) -> "Counter":
        return replace(self, place=place)

    def by(self, **values: Any) -> "Counter":
        return replace(self, person=replace(self.person, **values))

    async def ask(self, text: str) -> Answer:
        call = self.dispatcher.typed(text, self.call)
        assert call is not None
        return await self.dispatcher.answer(call)

    async def said(self, text: str) -> str:
        return words_of((await self.ask(text)).document)

    async def save(self, text: str) -> str:
        """Ask for a change, and save what is shown of it; returns what is said then."""
        answer = await self.ask(text)
        blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
        save = next(button for block in blocks for button in block.buttons if button.label == "Save")
        return words_of((await self.press(data_of(save))).document)

    async def press(self, data: str, *, own: bool = True) -> Answer:
        """Press a button: one's own, or (as under others' messages, and in links) one that nobody was given."""
        signed = sign(data, self.person, self.world.ctx.secret) if own and "~" not in data else data
        return await self.dispatcher.answer(await self.dispatcher.pressed(signed, self.call))


def words_of(document: Document) -> str:
    """Every word of a document, line by line."""
    return "\n".join(line for block in document.blocks for line in _lines(block) if line)


def _lines(block: object) -> list[str]:
    match block:
        case Heading():
            return [block.text, block.detail]
        case Text():
            return [block.text]
        case StoryBlock():
            return [block.headline, *block.sentences, block.meta]
        case Listing():
            return [block.title, *(item.text for item in block.items)]
        case Quote():
            return [block.text, block.source]
        case _:
            return []


def headlines(answer: Answer) -> list[str]:
    return [b.headline for b in answer.document.blocks if isinstance(b, StoryBlock)]


@pytest.fixture
async def world(migrated_file: Path, tmp_path: Path, clock: StillClock) -> AsyncIterator[World]:
    opened: Store = await open_store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'strillone.db')}")
    yield await World.on(opened, clock)
    await opened.close()


@pytest.fixture
async def counter(world: World) -> Counter:
    """A desk without any news."""
    return Counter(world)


@pytest.fixture(scope="session")
def news_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with four stories of this morning, to be copied: most tests of commands begin with them."""
    file = tmp_path_factory.mktemp("news") / "strillone.db"

    async def fill() -> None:
        opened = await open_store(f"sqlite:///{shutil.copy(migrated_file, file)}")
        world = await World.on(opened, StillClock())
        await world.feed("halden", *HALDEN)
        await world.feed("ledger", *LEDGER)
        await world.settle()
        await opened.close()

    asyncio.run(fill())
    return file


@pytest.fixture
async def news(news_file: Path, tmp_path: Path, clock: StillClock) -> AsyncIterator[Counter]:
    """A desk with four stories of this morning."""
    opened: Store = await open_store(f"sqlite:///{shutil.copy(news_file, tmp_path / 'strillone.db')}")
    world = await World.on(opened, clock)
    world.serve("halden", *HALDEN)
    world.serve("ledger", *LEDGER)
    clock.advance(timedelta(minutes=1))
    yield Counter(world)
    await opened.close()
