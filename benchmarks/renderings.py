"""How many Italian summaries survive the gate whole? `python -m benchmarks.renderings`, without any key, network or data.

36 stories in English, Italian and Chinese, each with a faithful Italian summary of two sentences and with its first sentence again that holds
one planted error, all written by hand (`renderings.toml`). A loopback endpoint says them, the real summarizer asks it and rules. A summary survives
if both its sentences are told as they were given; an error is caught if its sentence is not told. The hand that wrote them knew the gate: real
models' sentences are freer, and fewer of them will survive.
"""

import asyncio
import json
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from benchmarks.endpoint import serving
from benchmarks.report import say
from bot.model import Entry, Length, Ranking, Story
from bot.ports import CachedSummary, Cost, ModelOptions, SummarizerOptions, SummaryTask
from bot.summarizers.openai import create

STORIES = Path(__file__).with_suffix(".toml")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Script:
    """A loopback endpoint that says what it is given, the sentence in place n resting on the source's sentence n."""

    def __init__(self) -> None:
        self.lines: Sequence[str] = ()
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:  # noqa: ARG002  what is asked does not matter
        """Answer with the lines."""
        made = [{"text": text, "ids": [n]} for n, text in enumerate(self.lines, start=1)]
        message = {"content": json.dumps({"sentences": made}, ensure_ascii=False)}
        usage = {"prompt_tokens": 1, "completion_tokens": 1}
        return web.json_response({"choices": [{"message": message}], "usage": usage})


class Nothing:
    """A ledger without limits and a cache that holds one run."""

    def __init__(self) -> None:
        self._kept: dict[str, CachedSummary] = {}

    async def reserve(self, most: Cost, server: int) -> int:  # noqa: ARG002  nothing is counted
        """Allow everything."""
        return 0

    async def settle(self, number: int, cost: Cost) -> None:
        """Forget what it cost."""

    async def find(self, keys: Sequence[str]) -> Mapping[str, CachedSummary]:
        """Return what is kept under these keys."""
        return {key: self._kept[key] for key in keys if key in self._kept}

    async def keep(self, made: CachedSummary) -> None:
        """Keep what was written."""
        self._kept[made.key] = made


async def _told(script: Script, story: Mapping[str, Any], lines: Sequence[str]) -> list[str]:
    """Return the sentences that a fresh summarizer tells of a story when the model says these lines."""
    script.lines = lines
    nothing = Nothing()

    async def pause(seconds: float) -> None:
        """Wait for nothing."""

    options = SummarizerOptions(
        models=(ModelOptions(name="script", address=script.url),),
        ledger=nothing,
        cache=nothing,
        clock=lambda: NOW,
        pause=pause,
    )
    entry = Entry(
        id=1,
        feed_id=1,
        title="",
        link="https://story.example/1",
        text=story["text"],
        language=story["language"],
        published=NOW,
        first_seen=NOW,
    )
    ranked = Ranking(
        story=Story(id=1, change_no=1, created_at=NOW, changed_at=NOW, entries=(entry,)),
        score=1.0,
        factors=(),
        lead=entry,
        outlets=1,
    )
    (summary,) = await create(options).summarize([SummaryTask(ranked, "it", Length.SHORT)])
    return [sentence.text for sentence in summary.sentences]


async def measure(stories: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the share of faithful summaries told whole, and of planted errors not told, by language and by kind of error."""
    whole: defaultdict[str, list[bool]] = defaultdict(list)
    caught: defaultdict[str, list[bool]] = defaultdict(list)
    missed = []
    script = Script()
    async with serving(script.answer) as script.url:
        for story in stories:
            first, second = story["told"]
            survived = await _told(script, story, (first, second)) == [first, second]
            found = story["wrong"] not in await _told(script, story, (story["wrong"], second))
            for key in ("", story["language"]):
                whole[key].append(survived)
                caught[key].append(found)
            caught[story["kind"]].append(found)
            missed += [] if survived else [first]
            missed += [] if found else [story["wrong"]]
    return {
        "stories": len(stories),
        "told_whole": _share(whole.pop("")),
        "caught": _share(caught.pop("")),
        "told_whole_from": {key: _share(values) for key, values in whole.items()},
        "caught_by": {key: _share(values) for key, values in caught.items()},
        "otherwise": missed,
    }


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


def main() -> None:
    """Measure the stories beside this file."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    say(STORIES.name, asyncio.run(measure(tomllib.loads(STORIES.read_text(encoding="utf-8"))["story"])))


if __name__ == "__main__":
    main()
