"""What workers answer: plain words of the promised type, and nothing that could run here."""

import json
import os
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app import serialization, workers
from bot.app.serialization import answer_of, failure_of, read_answer, return_type_of
from bot.app.workers import Workers
from bot.errors import ChildDied, NotAFeed, SettingsError
from bot.feeds.discover import discover
from bot.feeds.listing.read import read_listing
from bot.feeds.listing.sitemap import name_sitemaps
from bot.feeds.opml import read_public_list
from bot.feeds.page import read_page
from bot.feeds.parse import parse
from bot.feeds.robots import leave_in
from bot.model import Bar, Page, ParsedFeed, Verdict
from bot.pipeline.entries.analyse import reading
from bot.pipeline.relevance.judge import compile_rules
from bot.pipeline.relevance.name_discovery import propose
from bot.pipeline.selection.importance import stories_per_day
from tests.doubles.feeds import RSS
from tests.feeds.listing.pages import cards
from tests.feeds.listing.pages import page as listing_page

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LONG = timedelta(seconds=30)
RULES = compile_rules({"ai": {"words": ["story"]}}, {})
OPML = (
    '<opml version="2.0"><body><outline type="rss" text="A" xmlUrl="https://a.example/feed"/></body></opml>'
)
PAGE = b"<html><head><title>A page</title><link rel='alternate' type='application/rss+xml' href='/feed'></head><body><p>Text</p></body></html>"


@pytest.mark.parametrize(
    ("fn", "args"),
    [
        (parse, (RSS, "https://a.example/", "", NOW)),
        (reading, (parse, RULES, False, RSS, "https://a.example/", "", NOW, frozenset())),
        (read_page, (PAGE, "https://a.example/", "text/html")),
        (discover, (PAGE, "https://a.example/")),
        (
            read_listing,
            (listing_page(cards()), "https://lab.example/news", "text/html", NOW + timedelta(days=3650)),
        ),
        (name_sitemaps, (b"Sitemap: /news.xml", "https://a.example/robots.txt")),
        (partial(read_public_list, opened=()), (OPML, "The file")),
        (leave_in, ("User-agent: *\nCrawl-delay: 3", "https://a.example/x")),
        (stories_per_day, ((), (), NOW)),
        (propose, ((), RULES, ())),
    ],
)
def test_what_real_work_returns_comes_back_equal(fn: Callable[..., Any], args: tuple[Any, ...]) -> None:
    value = fn(*args)
    assert read_answer(fn, answer_of(fn, value)) == value


def odd() -> tuple[str, bytes, float, datetime | None, frozenset[int], dict[Bar, float], tuple[Verdict, ...]]:
    verdict = Verdict(topic="ai", relevant=True, score=0.5, reason="it says so", rules="rules")
    return (
        "half \ud800 \x00 中",
        bytes(range(256)),
        float("inf"),
        NOW,
        frozenset({1, 2}),
        dict.fromkeys(Bar, 1.5),
        (verdict,),
    )


def test_odd_values_come_back_equal() -> None:
    assert read_answer(odd, answer_of(odd, odd())) == odd()


def page() -> Page:
    return Page(text="text", title="title", published=NOW)


def bad(*change: tuple[int, Any]) -> bytes:
    kind, values = json.loads(answer_of(page, page()))
    for place, value in change:
        values[place] = value
    return json.dumps([kind, values]).encode()


@pytest.mark.parametrize(
    "packed",
    [
        b"", b"\xff", b"{}", b"[]", b"7", b'["done"]', b'["done",null]', b'["done",[]]', b'["other",["NotAFeed",["x"]]]', b"[" * 100_000,
        pickle.dumps((True, page())), bad((0, 7)), bad((0, ["text"])), bad((5, "yesterday")), bad((5, 7)), bad((7, "nothing known")), bad((7, None)),
        b'["failed",["ChildDied"]]', b'["failed",["system",["ls"]]]', b'["failed",["object",["x"]]]', b'["failed",["eval",["1"]]]', b'["failed",[7,["x"]]]',
        b'["failed",["SystemExit",["0"]]]', b'["failed",["KeyboardInterrupt",["0"]]]', b'["failed",["UnicodeDecodeError",["x"]]]', b'["failed",["Sequence",["x"]]]',
        b'["done",[' + b"9" * 5000 + b"]]",
    ],
)  # fmt: skip
def test_a_malformed_answer_is_a_failed_piece_of_work(packed: bytes) -> None:
    with pytest.raises(ChildDied, match="not what was asked for"):
        read_answer(page, packed)


def test_errors_come_back_by_their_names() -> None:
    for error in (NotAFeed("a sentence"), SettingsError(["one", "two"]), ValueError("v"), MemoryError("m")):
        with pytest.raises(type(error), match=str(error)):
            read_answer(page, failure_of(error))


def untold():
    return 1


def strange() -> Path:
    return Path("/")


@pytest.mark.parametrize("fn", [untold, strange])
def test_what_promises_nothing_plain_is_a_mistake_of_ours(fn: Callable[..., Any]) -> None:
    with pytest.raises(TypeError):
        return_type_of(fn)


# --- real children -----------------------------------------------------------------------------------------


def environment() -> tuple[str, ...]:
    told = "\n".join(f"{name}={value}" for name, value in os.environ.items())
    family = [os.getpid(), os.getppid()]
    return (told, *(Path(f"/proc/{one}/environ").read_text(errors="replace") for one in family))


class Trap:
    """What would run where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.putenv, ("STRILLONE_TRAPPED", "1"))


def trap() -> ParsedFeed:
    """Answer from the next time on as a worker does that somebody has taken over: with a pickle in place of words."""
    workers.answer_of = lambda _fn, _value: pickle.dumps(Trap())  # type: ignore[assignment]
    return parse(RSS, "https://a.example/", "", NOW)


def long_answer() -> bytes:
    return b"x" * 2000


async def test_children_have_no_token_in_their_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISCORD_TOKEN", "DATABASE_URL", "OPENAI_API_KEY", "HTTPS_PROXY", "MY_OWN_KEY"):
        monkeypatch.setenv(name, "canary-of-a-token")
    await _stop_server()
    async with Workers(1) as work:
        told = await work(environment, deadline=LONG)
    assert "PATH=" in told[0]
    assert not any("canary" in one for one in told)
    assert os.environ["MY_OWN_KEY"] == "canary-of-a-token"


async def test_a_pickle_in_place_of_an_answer_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(os, "putenv", lambda *given: seen.append(given))
    async with Workers(1) as work:
        assert (await work(trap, deadline=LONG)).entries
        with pytest.raises(ChildDied, match="not what was asked for"):
            await work(trap, deadline=LONG)
    assert not seen


async def test_an_answer_has_a_longest_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MAX_ANSWER", 1000)
    async with Workers(1) as work:
        with pytest.raises(ChildDied):
            await work(long_answer, deadline=LONG)
        assert await work(page, deadline=LONG) == page()


async def _stop_server() -> None:
    """Let the process that children are forked from begin anew."""
    from multiprocessing import forkserver

    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def test_words_are_bounded() -> None:
    with pytest.raises(ChildDied) as caught:
        read_answer(page, serialization._not_handed_over("answer", ValueError("x" * 99_999)))
    assert len(str(caught.value)) <= serialization.LONGEST_MESSAGE
