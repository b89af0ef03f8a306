"""What was composed comes back as it was, on either database."""

from sqlalchemy import update

from bot.model import (
    Actions,
    Button,
    CallRef,
    Change,
    Document,
    Footer,
    Heading,
    Item,
    Length,
    Listing,
    Picture,
    Quote,
    ShownTime,
    StoryBlock,
    Table,
    Text,
)
from bot.store import Store, entries, posted_documents
from bot.store.schema import compositions
from tests.store.conftest import NOW, World, later

DOCUMENT = Document(
    (
        Heading("News", "two stories"), Text("It is late.", quiet=True), Quote("“So.”", "Halden", "https://halden.example/1"),
        StoryBlock(headline="Corvid 3", link="https://halden.example/1", sentences=("One. Two.",), meta="Halden", number=1, label="Update", more=Button("2 sources", call=CallRef("story", {"number": "i1"})), story_id=1),
        Listing(items=(Item("More", "https://halden.example/2"),), title="Also", folded=True), Table(("a", "b"), (("1", "2"),)),
        Picture("https://halden.example/p.png", "a crow"), Actions((Button("Latest", call=CallRef("latest")), Button("Web", url="https://halden.example"))), Footer("the end"),
    ),
    "it",
)  # fmt: skip


FORMER = {
    "is": "Document", "language": "it", "blocks": [
        {"is": "Heading", "text": "News", "detail": ""},
        {
            "is": "StoryBlock", "headline": "Corvid 3", "link": "https://halden.example/1", "sentences": ["One."], "meta": "Halden",
            "number": 1, "label": "", "more": {"is": "Button", "label": "2 sources", "data": "st:i41:3x0011223344556677", "url": ""},
        },
        {
            "is": "StoryBlock", "headline": "Larkwell", "link": "", "sentences": [], "meta": "", "number": None, "label": "",
            "more": {"is": "Button", "label": "1 source", "data": "st:i7", "url": ""},
        },
        {"is": "StoryBlock", "headline": "Garden", "link": "", "sentences": [], "meta": "", "number": None, "label": "", "more": None},
        {"is": "Text", "text": "Next at 08:00.", "quiet": True, "moment": {"is": "Moment", "shown": "08:00", "unix_seconds": 1772434800}},
        {"is": "Actions", "buttons": [{"is": "Button", "label": "Latest", "data": "la", "url": ""}]},
    ],
}  # fmt: skip
"""What was kept before buttons held calls and blocks the ids of their stories, with a time by its former name."""


async def test_a_document_of_an_earlier_version_is_read(world: World, store: Store) -> None:
    first = await world.operation(await world.channel())
    async with store.write() as tx:
        await posted_documents.keep(tx, first, DOCUMENT, {}, {}, NOW)
        await tx.execute(update(compositions).values(document=FORMER))
        found = await posted_documents.get(tx, first)
        assert found is not None
        assert [b.story_id for b in found.document.blocks if isinstance(b, StoryBlock)] == [41, 7, None]
        await posted_documents.put_right(tx, first, found.document, {})
        again = await posted_documents.get(tx, first)
    assert again == found
    (actions,) = [b for b in found.document.blocks if isinstance(b, Actions)]
    assert actions.buttons == (Button("Latest", "la"),)
    assert [b.moment for b in found.document.blocks if isinstance(b, Text)] == [
        ShownTime("08:00", 1772434800)
    ]


async def test_a_document_comes_back_as_it_was_with_its_parts_and_sources(world: World, store: Store) -> None:
    feed = await world.feed()
    entry_id = await world.entry(feed, title="Corvid 3", text="It sings.")
    channel = await world.channel()
    first = await world.operation(channel)
    second = await world.operation(channel, part=2, document_id=first)
    await world.operation(channel)
    async with store.read() as tx:
        entry = await entries.get(tx, entry_id)
    assert entry is not None
    async with store.write() as tx:
        await posted_documents.keep(tx, first, DOCUMENT, {7: [entry]}, {7: Length.SHORT}, NOW)
        values = {"title": "Corvid 4", "text": "It sings.", "content_hash": "h2"}
        await entries.edit(tx, entry_id, 2, Change.MATERIAL, values, later(hours=1))
        found = await posted_documents.get(tx, first)
        assert await posted_documents.get(tx, second) is None
    assert found is not None
    assert (found.document, found.lengths) == (DOCUMENT, {7: Length.SHORT})
    assert [part.id for part in found.parts] == [first, second]
    (source,) = found.sources
    assert (source.story_id, source.earlier.title, source.current.title) == (7, "Corvid 3", "Corvid 4")
