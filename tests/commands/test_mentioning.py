"""mention: which role posts ring, and which posts do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import NotSent
from bot.model import Role, RoleObstacle
from bot.store import Store, places
from tests.commands.conftest import PERSON, Counter, words_of
from tests.commands.test_privacy import buttons
from tests.conftest import StillClock
from tests.support.world import World, corvid

READERS = Role(id="77", name="ai-news", rings=True)
STAFF = Role(id="78", name="staff", rings=False)


@pytest.fixture
async def counter(news: Counter) -> Counter:
    """A place that is posted to, on a platform with roles."""
    news.world.platform.has_roles, news.world.platform.roles = True, (READERS, STAFF)
    await news.said("/subscribe ai 10:00")
    return news


async def mentioned(world: World) -> str:
    return (await world.record(await world.channel("chat"))).mention


async def test_a_role_is_chosen_shown_and_left_out_again(counter: Counter) -> None:
    assert "mentions nobody" in await counter.said("/mention")
    assert "mention @ai-news here" in await counter.said("/mention <@&77>")
    assert await mentioned(counter.world) == "77"
    assert "mention @ai-news here" in await counter.said("/mention")
    counter.world.platform.roles = ()
    assert "is gone" in await counter.said("/mention")
    assert "mentions nobody" in await counter.said("/mention off")
    assert await mentioned(counter.world) == ""


async def test_a_role_that_does_not_ring_is_said_with_the_way_to_it(counter: Counter) -> None:
    assert "let everybody mention the role" in await counter.said("/mention staff")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/mention @everyone", "never mention everybody at once"),
        ("/mention here", "never mention everybody at once"),
        ("/mention @nobody", "There is no role `@nobody` in this server"),
    ],
)
async def test_what_cannot_be_mentioned_is_told_what_can(counter: Counter, typed: str, said: str) -> None:
    assert said in await counter.said(typed)
    assert await mentioned(counter.world) == ""


async def test_a_platform_that_cannot_be_asked_says_so(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise NotSent("Scripted is not connected at the moment.")

    monkeypatch.setattr(counter.world.platform, "find_role", away)
    assert "not connected at the moment" in await counter.said("/mention ai-news")


async def test_without_roles_it_is_said_where_there_are_some(news: Counter) -> None:
    await news.said("/subscribe ai 10:00")
    assert "Only servers on Discord have roles" in await news.said("/mention ai-news")


async def test_members_take_the_role_where_managers_let_them(counter: Counter) -> None:
    assert "rings nobody" in await counter.said("/notify")
    await counter.said("/mention ai-news")
    assert "ask them for it" in await counter.said("/notify")
    assert "themselves by /notify" in await counter.said("/mention open")
    answer = await counter.ask("/notify")
    assert "You have @ai-news now" in words_of(answer.document)
    assert counter.world.platform.roles_of[PERSON.address] == {"77"}
    left = await counter.press(buttons(answer)["Ring me no more"])
    assert "does not ring you" in words_of(left.document)
    assert counter.world.platform.roles_of[PERSON.address] == set()
    assert "You have @ai-news now" in await counter.said("/notify on")
    assert "Members take it" not in await counter.said("/mention closed")
    assert "ask them for it" in await counter.said("/notify on")
    assert "does not ring you" in await counter.said("/notify off")


async def test_another_role_is_not_open_by_that(counter: Counter) -> None:
    await counter.said("/mention ai-news")
    await counter.said("/mention open")
    await counter.said("/mention staff")
    assert "ask them for it" in await counter.said("/notify")
    await counter.said("/mention off")
    assert "rings nobody" in await counter.said("/notify")


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        (RoleObstacle.POWERFUL, "choose a role without rights"),
        (RoleObstacle.HIGHER, "stand below my own"),
        (RoleObstacle.MANAGED, "another program"),
        (RoleObstacle.FORBIDDEN, "Manage Roles"),
    ],
)
async def test_a_role_that_is_not_for_everybody_is_given_to_nobody(
    counter: Counter, obstacle: RoleObstacle, said: str
) -> None:
    await counter.said("/mention ai-news")
    await counter.said("/mention open")
    counter.world.platform.roles = (replace(READERS, obstacle=obstacle),)
    assert said in await counter.said("/notify")
    assert said in await counter.said("/mention")
    assert counter.world.platform.roles_of[PERSON.address] == set()
    await counter.said("/mention closed")
    assert said in await counter.said("/mention open")


async def test_notify_is_told_what_it_takes(counter: Counter) -> None:
    await counter.said("/mention ai-news")
    assert "takes on, off or nothing" in await counter.said("/notify perhaps")
    await counter.said("/mention off")
    assert "First say which role" in await counter.said("/mention open")


async def test_digests_with_news_ring_and_quiet_days_do_not(counter: Counter) -> None:
    world = counter.world
    await counter.said("/mention ai-news")
    world.clock.advance(timedelta(hours=1))
    await world.settle()
    world.clock.advance(timedelta(days=1))
    await world.settle()
    digest, quiet_day = world.platform.chats["chat"][-2:]
    assert digest.headlines
    assert digest.payload["mention"] == "77"
    assert not quiet_day.headlines
    assert "mention" not in quiet_day.payload


async def test_news_at_once_rings(store: Store, clock: StillClock) -> None:
    world = await World.on(store, clock)
    channel = await world.channel()
    async with store.write() as tx:
        await places.set_values(tx, channel.id, mention="77")
    await world.wants(channel, "now")
    feed = await world.feed("halden")
    await world.settle()
    clock.advance(timedelta(hours=1))
    world.serve("halden", corvid(hours=-0.9))
    await world.poll(feed)
    await world.settle()
    (shown,) = world.platform.chats["chat"]
    assert (shown.headlines, shown.payload["mention"]) == ([corvid().title], "77")
