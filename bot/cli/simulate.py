"""`strillone simulate`: what every channel would have received on some days, also by other settings."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.app.wiring import load_platform
from bot.cli.existing_store import open_existing
from bot.commands.reasons import factor_in_words
from bot.errors import StoreError
from bot.feeds.opml import read_opml
from bot.i18n import Words
from bot.i18n import load as load_texts
from bot.model import Purpose
from bot.ports import ModelOptions, PlatformOptions
from bot.settings import Settings, environment, load
from bot.simulation import SimulatedPost, own, simulate
from bot.simulation.cost import Cost, estimate
from bot.simulation.recording import Recording
from bot.store import Store

MONTH_DAYS = 30
ENTRIES_BEFORE = timedelta(days=4)
"""How long before the first day entries are taken up: what feeds held when it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationOptions:
    """What to simulate: how many days up to which, from which recording (the instance's own database where
    none is named), beside which other folder of settings; and whether reasons are shown.
    """

    days: int
    until: date | None
    recording: Path | None
    against: Path | None
    with_reasons: bool
    as_json: bool


async def show_simulation(options: SimulationOptions, console: Console) -> int:
    """Print what channels would have received; returns 0. Raises `StoreError`, `SettingsError` or
    `FeedError`.
    """
    settings = load(read_opml)
    other_settings = _settings_in(options.against) if options.against is not None else None
    async with AsyncExitStack() as stack:
        origin = (
            await stack.enter_async_context(open_existing(settings.database))
            if options.recording is None
            else None
        )
        recording = await _recording(options, origin)
        end = _end(options, recording)
        start = max(end - timedelta(days=options.days), recording.start)
        posts = await simulate(settings, recording, start=start, until=end, origin=origin)
        if other_settings is not None:
            other_posts = await simulate(other_settings, recording, start=start, until=end, origin=origin)
    cost = estimate(posts)
    if options.as_json:
        console.print_json(json.dumps(_as_data(posts, cost)))
    elif other_settings is not None:
        _show_differences(posts, other_posts, console)
    else:
        _show_posts(posts, console, with_reasons=options.with_reasons)
    if not options.as_json:
        _show_cost(cost, (end - start) / timedelta(days=1), settings, console)
    return 0


def _settings_in(folder: Path) -> Settings:
    """Return the settings of another data folder. Raises `SettingsError`."""
    return load(read_opml, environment().model_copy(update={"strillone_data": str(folder)}))


async def _recording(options: SimulationOptions, origin: Store | None) -> Recording:
    if options.recording is not None or origin is None:
        return Recording.from_folder(options.recording or Path())
    day = options.until or datetime.now().astimezone().date()
    since = datetime.combine(day, time(), datetime.now().astimezone().tzinfo)
    recording = await own.record(origin, since - timedelta(days=options.days) - ENTRIES_BEFORE)
    if not recording.feeds:
        raise StoreError("No feed has brought anything on these days. Name others with --until and --days.")
    return recording


def _end(options: SimulationOptions, recording: Recording) -> datetime:
    """Return the moment up to which days are lived: the end of the last one, as far as it is recorded."""
    last = recording.end + timedelta(minutes=1)
    if options.until is None:
        return last
    return min(datetime.combine(options.until + timedelta(days=1), time(), recording.end.tzinfo), last)


def _show_posts(posts: Sequence[SimulatedPost], console: Console, *, with_reasons: bool) -> None:
    texts = load_texts()
    terminal: Any = load_platform("terminal", PlatformOptions(), texts)
    words = texts.for_language("en")
    for post in posts:
        console.print(f"── {_title(post)} ──", markup=False, style="bold")
        terminal.show(post.document)
        if with_reasons:
            for line in _reasons(post, words):
                console.print(line, markup=False, style="dim", soft_wrap=True)
            console.print()
    if not posts:
        console.print("Nothing would have been posted.")


def _title(post: SimulatedPost) -> str:
    purpose = "digest" if post.purpose is Purpose.DIGEST else "at once"
    channel, local = post.channel, post.at.astimezone(ZoneInfo(post.channel.zone))
    return f"{channel.platform}: {channel.name or channel.address} · {purpose} · {local:%a %d %b %H:%M}"


def _reasons(post: SimulatedPost, words: Words) -> Iterator[str]:
    for story in post.stories:
        factors = " · ".join(factor_in_words(words, factor) for factor in story.ranking.factors)
        yield f"   {story.headline[:60]}: {story.ranking.score:.2f} = {factors}"
    if post.left_out:
        counts = ", ".join(f"{count} {code.replace('_', ' ')}" for code, count in post.left_out.items())
        yield f"   left out: {counts}"


def _show_differences(
    posts: Sequence[SimulatedPost], other_posts: Sequence[SimulatedPost], console: Console
) -> None:
    """Print by post what only one of two configurations tells: now, and with the other."""
    before, after = _headlines(posts), _headlines(other_posts)
    equal_count = 0
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[1], key[0])):
        lost = [headline for headline in before.get(key, ()) if headline not in after.get(key, ())]
        new = [headline for headline in after.get(key, ()) if headline not in before.get(key, ())]
        if not (lost or new):
            equal_count += 1
            continue
        console.print(f"── {key[0]} ──", markup=False, style="bold")
        for sign, headlines in (("−", lost), ("+", new)):
            for headline in headlines:
                console.print(f"  {sign} {headline}", markup=False, soft_wrap=True)
    console.print(f"{equal_count} of {len(before.keys() | after.keys())} posts are the same.")


def _headlines(posts: Sequence[SimulatedPost]) -> dict[tuple[str, datetime], list[str]]:
    return {(_title(post), post.at): [story.headline for story in post.stories] for post in posts}


def _show_cost(cost: Cost, days: float, settings: Settings, console: Console) -> None:
    monthly = cost.times(MONTH_DAYS / days) if days else Cost()
    lines = [
        f"{model.name}: {_price_line(monthly, model, settings.file.model.currency)}"
        for model in settings.models
    ] or [f"a model: {monthly.tokens_in:,} tokens in, {monthly.tokens_out:,} out"]
    console.print(
        f"In {MONTH_DAYS} days like these, {monthly.requests:,} summaries would take of", markup=False
    )
    for line in lines:
        console.print(f"  {line}", markup=False, soft_wrap=True)


def _price_line(cost: Cost, model: ModelOptions, currency: str) -> str:
    price = f", {cost.price(model):.2f} {currency}" if model.price_in or model.price_out else ""
    return f"{cost.tokens_in:,} tokens in, {cost.tokens_out:,} out{price}"


def _as_data(posts: Sequence[SimulatedPost], cost: Cost) -> dict[str, Any]:
    return {
        "posts": [
            {
                "channel": post.channel.name or post.channel.address,
                "platform": post.channel.platform,
                "purpose": post.purpose,
                "at": post.at.isoformat(),
                "stories": [
                    {
                        "headline": story.headline,
                        "links": [entry.link for entry in story.story.entries],
                        "score": round(story.ranking.score, 3),
                    }
                    for story in post.stories
                ],
                "left_out": dict(post.left_out),
            }
            for post in posts
        ],
        "cost": {"requests": cost.requests, "tokens_in": cost.tokens_in, "tokens_out": cost.tokens_out},
    }
