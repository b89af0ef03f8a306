"""What an answer shows as a value is understood when it is typed back, in every language of the bot."""

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import panel
from bot.commands.channel_settings import MEMORIES, POLICIES, policy_name, scope_name
from bot.commands.edit_settings import SETTINGS, setting_name, value_in_words
from bot.commands.looks import FEATURES, feature_name
from bot.commands.looks import value_in_words as look_value
from bot.commands.shown_values import NOTHING, OFF, ON, switch_name
from bot.commands.subscription_lines import schedule_in_words
from bot.commands.views import label, view_of
from bot.languages import SPOKEN
from bot.model import Bar, Look, Schedule
from bot.pipeline.timing.slots import parse_schedule
from bot.store import places
from bot.store.schema import channels
from bot.store.schema import subscriptions as subscription_table
from bot.text.typed_words import WEEKDAYS
from tests.commands.conftest import Counter
from tests.support.world import texts

languages = pytest.mark.parametrize("language", SPOKEN)


async def subscribed(news: Counter, language: str) -> Counter:
    """A place with a subscription, asked by somebody of a language."""
    await news.ask("/subscribe ai 08:00")
    async with news.world.store.write() as tx:
        (channel,) = (await tx.execute(channels.select())).all()
        await places.set_values(tx, channel.id, language=language)
    return news.by(language=language)


async def state(desk: Counter) -> list[object]:
    """How everything of the place and its subscriptions is set."""
    rows: list[Any] = [*await desk.world.rows(channels), *await desk.world.rows(subscription_table)]
    passing = {"id", "last_post", "publish_no", "paused_at", "paused_until", "rests_until", "next_slot_at", "state_at", "created_at"}  # fmt: skip
    return [
        {name: value for name, value in row._mapping.items() if name not in passing}
        for row in rows
        if row.state == "active"
    ]


async def same(desk: Counter, typed: str, shown: str, between: str = "") -> None:
    """Two lines come to the same: a setting that is saved at once, or the same question."""
    first = await desk.said(typed)
    first_state = await state(desk)
    if between:
        await desk.ask(between)
    second = await desk.said(shown)
    assert (second, await state(desk)) == (first, first_state), shown


@languages
async def test_values_of_a_look(news: Counter, language: str) -> None:
    desk, words = await subscribed(news, language), texts().for_language(language)
    for name, feature in FEATURES.items():
        for value in feature.values:
            shown = look_value(feature.change(Look(), value), name, words)
            await same(desk, f"/look {name} {value}", f"/look {feature_name(name, words)} {shown}")
    await same(desk, "/look header off", f"/look {feature_name('header', words)} {NOTHING}")


@languages
async def test_values_of_once_missed_and_bar(news: Counter, language: str) -> None:
    desk, words = await subscribed(news, language), texts().for_language(language)
    for scope, other in zip(MEMORIES, reversed(MEMORIES), strict=True):
        await same(desk, f"/once {scope}", f"/once {scope_name(scope, words)}", f"/once {other}")
    for policy in POLICIES:
        other = next(one for one in POLICIES if one != policy)
        await same(desk, f"/missed {policy}", f"/missed 1 {policy_name(policy, words)}", f"/missed {other}")
    for level in Bar:
        await same(desk, f"/bar {level}", f"/bar 1 {label(level, words)}")


@languages
async def test_values_of_a_subscription(news: Counter, language: str) -> None:
    desk = await subscribed(news, language)
    words = texts().for_language(language)
    view = await view_of(news.world.ctx, desk.call)
    changed = {
        "name": "papers", "topic": "robotics", "feeds": "halden", "stories": "3", "hour": "4", "day": "9", "cap": "2",
        "kinds": "release funding -opinion",
    }  # fmt: skip
    for setting, typed in changed.items():
        before = await news.world.subscription(1)
        after = await SETTINGS[setting].change(news.world.ctx, view, before, typed)
        for one in (before, after) if setting not in {"hour", "day"} else (after,):
            shown = value_in_words(news.world.ctx, replace(view, words=words), one, setting)
            read = await SETTINGS[setting].change(news.world.ctx, view, after, shown)
            assert read == one, (setting, shown)
    for setting in SETTINGS:
        await same(desk, f"/edit 1 {setting}", f"/edit 1 {setting_name(setting, words)}")


@languages
async def test_labels_of_the_panel(news: Counter, language: str) -> None:
    desk, words = await subscribed(news, language), texts().for_language(language)
    for part in panel.PARTS:
        for choice in part.choices:
            number = "1 " if part.numbered else ""
            shown = words(choice.label, hours=choice.hours)
            if part.name == "pause":
                await desk.ask("/resume")
            await same(
                desk,
                f"/settings {part.name} {number}{choice.value}",
                f"/settings {words(part.title)} {number}{shown}",
            )


@languages
async def test_switches_of_a_feed(news: Counter, language: str) -> None:
    desk, words = await subscribed(news, language), texts().for_language(language)
    await news.ask("/subscribe https://halden.example/feed")
    for value in (ON, OFF):
        await same(desk, f"/feeds set 1 leads {value}", f"/feeds set 1 leads {switch_name(value, words)}")


@languages
@pytest.mark.parametrize(
    "typed",
    [
        "now", "08:00", "weekdays 08:00 18:00", "mon,thu 09:00", "now 07:30", "monthly 1st 09:00", "monthly 1st,15th 08:00 18:00",
        "monthly last day 09:00", "now monthly 30th 07:00", "monthly first,third monday,friday 07:30",
        *(f"{ordinal} {day} 09:00" for ordinal in ("first", "second", "third", "fourth", "last") for day in WEEKDAYS),
    ],
)  # fmt: skip
def test_schedules(language: str, typed: str) -> None:
    schedule: Schedule = parse_schedule(typed)
    assert parse_schedule(schedule_in_words(schedule, texts().for_language(language))) == schedule


@pytest.mark.parametrize("text", ["/once sometimes", "/missed 1 sometimes", "/look length endless"])
async def test_what_is_no_value_is_refused_with_what_is_right(news: Counter, text: str) -> None:
    desk = await subscribed(news, "en")
    before = await state(desk)
    assert "`" in await desk.said(text)
    assert await state(desk) == before


@pytest.mark.parametrize(
    ("language", "typed", "setting"),
    [
        ("ja", "ダイジェストの件数：3", "3"),
        ("zh", "每期简报条数：3", "3"),
        ("fr", "nouvelles par synthèse : 3", "3"),
        ("en", "stories a digest: 3", "3"),
    ],
)
async def test_a_colon_of_any_writing_stands_behind_a_name(
    news: Counter, language: str, typed: str, setting: str
) -> None:
    desk = await subscribed(news, language)
    assert await desk.said(f"/edit 1 {typed}") == await desk.said(f"/edit 1 stories {setting}")


@languages
async def test_the_moment_of_the_next_look_back(news: Counter, language: str) -> None:
    desk = await subscribed(news, language)
    await desk.ask("/recap sun 18:00")
    before = await state(desk)
    shown = await desk.said("/recap")
    words = texts().for_language(language)
    (row,) = [row for row in await desk.world.rows(subscription_table) if row.recap]
    moment = f"{words.day(row.next_slot_at, 'UTC')}, {words.time(row.next_slot_at, 'UTC')}"
    assert moment in shown
    assert await desk.said(f"/recap {moment}") == shown
    assert await state(desk) == before
