"""`strillone simulate`: recorded days and an instance's own past, lived again by the real jobs."""

import gzip
import io
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.cli.simulate import SimulationOptions, show_simulation
from bot.errors import NotAFeed, SettingsError, StoreError
from bot.model import Purpose
from bot.pipeline.timing.slots import parse_schedule
from bot.simulation import own, simulate
from bot.simulation.cost import Cost, estimate
from bot.simulation.recording import Recording
from bot.store import Store
from tests.conftest import StillClock
from tests.support.world import (
    CONFIG,
    News,
    Scripted,
    World,
    alpine,
    corvid,
    corvid_elsewhere,
    garden,
    larkwell,
    settings,
)

START = StillClock().now
DAY = timedelta(days=1)


def pack(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def item(feed: str, news: News, at: datetime, **more: str) -> dict[str, Any]:
    link = f"https://{feed}.example/{news.slug}"
    return {"feed": f"https://{feed}.example/feed", "at": at.isoformat(), "link": link, "title": news.title,
            "teaser": news.text, **more}  # fmt: skip


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Two days of three feeds."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    pack(
        folder / "feeds.jsonl.gz",
        [
            {
                "url": f"https://{name}.example/feed", "title": name, "outlet": name.title(), "language": "en",
                "kind": "news outlet", "weight": 1.0, "ai_only": True, "served": "items", "keep": 20,
            }
            for name in ("halden", "porto", "trento")
        ],
    )  # fmt: skip
    pack(
        folder / "items.jsonl.gz",
        [
            item("trento", garden(), START - timedelta(hours=3)),
            item("halden", corvid(), START),
            item("porto", corvid_elsewhere(), START + timedelta(minutes=30)),
            item("porto", larkwell(), START + timedelta(hours=30)),
            item("trento", alpine(), START + timedelta(hours=46)),
        ],
    )
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("STRILLONE_DATA", str(folder))
    monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))
    return folder


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


CHANNEL = """
[[channels]]
platform = "discord"
address = "12"
kind = "group"
name = "ai-news"
{more}

[[channels.subscriptions]]
schedule = "10:00"
size = {size}
"""


async def shown(**values: Any) -> str:
    options = SimulationOptions(**{
        "days": 2, "until": None, "recording": None, "against": None, "with_reasons": False, "as_json": False, **values,
    })  # fmt: skip
    out = io.StringIO()
    assert await show_simulation(options, Console(file=out, width=200)) == 0
    return out.getvalue()


async def test_every_channel_shows_what_it_would_have_received(
    data: Path, recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "strillone.toml").write_text(CHANNEL.format(size=5, more=""))
    said = await shown(recording=recorded, with_reasons=True)
    posts = capsys.readouterr().out
    assert "── discord: ai-news · digest · Mon 02 Mar 10:00 ──" in said
    assert "── discord: ai-news · digest · Tue 03 Mar 10:00 ──" in said
    assert posts.count(corvid().title) == 1
    assert "2 sources" in posts
    assert "2 outlets" in said
    assert names_in(data) == ["strillone.toml"]


async def test_a_month_like_these_days_is_forecast(data: Path, recorded: Path) -> None:
    (data / "strillone.toml").write_text(
        CHANNEL.format(size=5, more="")
        + '[model]\nmodels = [{ name = "small", address = "http://127.0.0.1:1/v1", price_in = 1.0, price_out = 2.0 }]\n'
    )
    said = await shown(recording=recorded)
    assert "In 30 days like these, " in said
    assert "small: " in said
    assert "USD" in said


async def test_two_configurations_stand_side_by_side(data: Path, recorded: Path, tmp_path: Path) -> None:
    (data / "strillone.toml").write_text(CHANNEL.format(size=5, more=""))
    other = tmp_path / "other"
    other.mkdir()
    (other / "strillone.toml").write_text(CHANNEL.format(size=1, more=""))
    said = await shown(recording=recorded, against=other)
    assert f"  − {garden().title}" in said
    assert "  + " not in said
    assert "posts are the same." in said
    assert "0 of" not in await shown(recording=recorded, against=data)


async def test_what_is_shown_is_there_for_programs(data: Path, recorded: Path) -> None:
    (data / "strillone.toml").write_text(CHANNEL.format(size=5, more=""))
    found = json.loads(await shown(recording=recorded, until=date(2026, 3, 2), days=1, as_json=True))
    (digest,) = found["posts"]
    assert (digest["channel"], digest["purpose"]) == ("ai-news", "digest")
    assert corvid().title in [story["headline"] for story in digest["stories"]]
    assert found["cost"]["requests"] >= 1


async def test_an_instance_lives_its_own_days_again(store: Store, clock: StillClock) -> None:
    world = await World.on(store, clock, Scripted("discord"))
    channel = await world.channel("chat", zone="Europe/Rome")
    subscription = await world.wants(channel, parse_schedule("12:00"), size=3)
    feed = await world.feed("halden", garden(hours=20))
    await world.settle()
    for news in (corvid(hours=-0.6), larkwell(hours=-1.2)):
        clock.advance(timedelta(minutes=40))
        world.serve("halden", news)
        await world.poll(feed)
        await world.settle()
    clock.advance(timedelta(minutes=45))
    await world.settle()
    posted = world.platform.headlines(channel)
    assert posted
    before = await world.rows_by_table()
    recording = await own.record(store, START - DAY)
    posts = await simulate(
        settings(), recording, start=START, until=clock() + timedelta(minutes=30), origin=store
    )
    (digest,) = [post for post in posts if post.purpose is Purpose.DIGEST]
    assert digest.at >= START + timedelta(hours=2)
    assert sorted(story.headline for story in digest.stories) == sorted(posted)
    assert await world.rows_by_table() == before
    assert (await world.subscription(subscription)).schedule.times


async def test_costs_count_each_summary_once(recorded: Path) -> None:
    recording = Recording.from_folder(recorded)
    posts = await simulate(settings(), recording, start=START, until=START + timedelta(hours=20), origin=None)
    once = estimate(posts)
    assert once.requests >= 1
    assert estimate([*posts, *posts]) == once
    assert once.times(2).tokens_in == 2 * once.tokens_in
    assert estimate([]) == Cost()


async def test_a_folder_without_a_recording_is_refused(tmp_path: Path, data: Path) -> None:
    with pytest.raises(NotAFeed, match="holds no recording"):
        await shown(recording=tmp_path)
    (tmp_path / "feeds.jsonl.gz").write_bytes(b"no gzip")
    with pytest.raises(NotAFeed, match="no gzipped file of JSON lines"):
        await shown(recording=tmp_path)
    assert names_in(data) == []


ITEM = b'{"feed": "x", "at": "2026-05-22", "link": "l", "title": "t"}\n'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (gzip.compress(ITEM * 9_000)[:60], "before the end-of-stream marker"),
        (gzip.compress(b'{"feed": "x", "at": "2026-05-22", "title": "t"}'), r"\(line 1\): link is missing"),
        (gzip.compress(b'{"feed": "x", "at": "noon", "link": "l", "title": "t"}'), "noon"),
        (gzip.compress(ITEM + b"[1]"), r"\(line 2\)"),
    ],
    ids=["broken off", "without a link", "without a moment", "another thing in a line"],
)
async def test_a_damaged_recording_is_named_with_what_is_wrong(
    content: bytes, problem: str, tmp_path: Path, data: Path
) -> None:
    (tmp_path / "items.jsonl.gz").write_bytes(content)
    with pytest.raises(NotAFeed, match=problem):
        await shown(recording=tmp_path)


async def test_other_settings_are_checked_before_anything_is_lived(tmp_path: Path, data: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "strillone.toml").write_text("[digests]\n")
    with pytest.raises(SettingsError, match="did you mean digest"):
        await shown(recording=tmp_path, against=other)


async def test_an_instance_without_a_past_is_told_so(data: Path) -> None:
    with pytest.raises(StoreError, match="There is no database yet"):
        await shown()
    assert names_in(data) == []
