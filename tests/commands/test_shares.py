"""What operators hear of feeds that fade, and nobody else."""

from datetime import timedelta

import pytest

from bot.commands.shares import has_faded
from bot.store import usage
from bot.store.topic_shares import Share
from tests.commands.conftest import Counter
from tests.support.world import News, garden


@pytest.mark.parametrize(
    ("share", "faded"),
    [
        (Share(1, 40, 20, 40, 10), True),
        (Share(1, 40, 20, 40, 11), False),
        (Share(1, 19, 19, 40, 0), False),
        (Share(1, 40, 20, 19, 0), False),
        (Share(1, 40, 0, 40, 0), False),
    ],
)
def test_half_of_a_share_is_much_less(share: Share, faded: bool) -> None:
    assert has_faded(share) is faded


def about(count: int, word: str, since: int) -> list[News]:
    return [News(f"{word}{n}", f"{word} number {n}", f"{word} {n} " * 30, hours=-since) for n in range(count)]


async def test_operators_see_a_feed_fade_in_their_status(counter: Counter) -> None:
    feed_id = await counter.world.feed("mixed", *about(24, "Chatbot", 0), ai_only=False)
    await counter.world.poll(feed_id)
    counter.world.clock.advance(timedelta(days=15))
    counter.world.serve("mixed", *about(30, "Soup", 15 * 24), garden(hours=-15 * 24.0))
    await counter.world.poll(feed_id)
    operator = counter.by(operator=True)
    assert "mixed: 1 of 31, before 24 of 24" in await operator.said("/status")
    assert "mixed:" not in await counter.said("/status")


@pytest.mark.parametrize(
    ("kind", "amount", "said"),
    [(usage.ENTRIES, 5000, "brought 5000 entries"), (usage.BYTES, 200 * 1024 * 1024, "taken 200 MB")],
)
async def test_who_has_used_up_the_day_is_told_that_feeds_rest(
    counter: Counter, kind: str, amount: int, said: str
) -> None:
    channel = await counter.world.channel("chat")
    async with counter.world.store.write() as tx:
        await usage.add_usage(tx, channel.server_id, kind, amount - 1, counter.world.clock())
    assert "they rest until midnight" not in await counter.said("/status")
    async with counter.world.store.write() as tx:
        await usage.add_usage(tx, channel.server_id, kind, 1, counter.world.clock())
    assert said in await counter.said("/status")
    counter.world.clock.advance(timedelta(days=1))
    assert "they rest until midnight" not in await counter.said("/status")
