"""What models wrote is kept, found again, shown, and forgotten."""

from datetime import timedelta

from bot.model import Length, Receipt, Sentence
from bot.ports import CachedSummary
from bot.store import Store, model_cache
from bot.store.model_cache import SentText, StoredCache
from tests.conftest import StillClock

SENTENCES = (
    Sentence("Uno. 一。", (Receipt(7, 0, 5), Receipt(8, -1, 3))),
    Sentence("Due.", (Receipt(7, 6, 9),)),
)


def kept(key: str, story: int = 3, **values: object) -> CachedSummary:
    made = {
        "key": key, "story": story, "language": "it", "length": Length.SHORT, "model": "small", "sentences": SENTENCES, "refused": 1,
        "sent": "What was sent.", **values,
    }  # fmt: skip
    return CachedSummary(**made)


async def test_what_is_kept_is_found_as_it_was(store: Store, clock: StillClock) -> None:
    cache = StoredCache(store, clock)
    await cache.keep(kept("a"))
    await cache.keep(kept("b", sentences=()))
    assert await cache.find(["a", "b", "c"]) == {"a": kept("a"), "b": kept("b", sentences=())}
    assert await cache.find([]) == {}


async def test_a_second_keeping_changes_nothing(store: Store, clock: StillClock) -> None:
    cache = StoredCache(store, clock)
    await cache.keep(kept("a"))
    await cache.keep(kept("a", sent="Something else."))
    assert (await cache.find(["a"]))["a"].sent == "What was sent."


async def test_what_was_sent_about_a_story_is_shown_newest_first(store: Store, clock: StillClock) -> None:
    cache = StoredCache(store, clock)
    await cache.keep(kept("a"))
    first = clock()
    clock.advance(60)
    await cache.keep(kept("b", sent="Later.", language="de", refused=0))
    await cache.keep(kept("c", story=4))
    async with store.read() as tx:
        found = await model_cache.sent_texts(tx, 3)
        assert await model_cache.sent_texts(tx, 5) == []
    assert found == [
        SentText(model="small", language="de", length=Length.SHORT, at=clock(), text="Later.", refused=0),
        SentText(
            model="small", language="it", length=Length.SHORT, at=first, text="What was sent.", refused=1
        ),
    ]


async def test_it_is_forgotten_after_two_weeks(store: Store, clock: StillClock) -> None:
    cache = StoredCache(store, clock)
    await cache.keep(kept("a"))
    for days, left in ((14, 1), (15, 0)):
        async with store.write() as tx:
            await model_cache.forget(tx, clock() + timedelta(days=days))
        assert len(await cache.find(["a"])) == left
