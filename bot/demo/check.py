"""What the demo shows, held against `config/demo/expected.toml`: the printed lines, and the page as a reader fetches it."""

import html
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import aiohttp


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be shown: words that each told story's headline has, words that no headline may have, figures by language."""

    stories: int
    told: tuple[str, ...]
    never: tuple[str, ...]
    main: str
    at_least: int
    figures: Mapping[str, Mapping[str, str]]
    sentence: str


def load_expected(folder: Path) -> Expected:
    """Read `expected.toml`."""
    data = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    digest = data["digest"]
    return Expected(
        digest["stories"],
        tuple(digest["told"]),
        tuple(digest["never"]),
        data["main"]["headline"],
        data["main"]["short_figures"],
        data["figures"],
        data["sentence"],
    )


class Tee(io.TextIOBase):
    """Writes to a stream and keeps what was written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._kept: list[str] = []

    def write(self, text: str) -> int:
        """Pass text on and keep it."""
        self._kept.append(text)
        return self._stream.write(text)

    def flush(self) -> None:
        """Pass on what waits."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Tell whether the stream is a terminal."""
        return self._stream.isatty()

    @property
    def text(self) -> str:
        """Everything that was written."""
        return "".join(self._kept)


def check_printed(expected: Expected, printed: str, language: str) -> list[str]:
    """Return what is wrong with the digest that the terminal printed."""
    flat = " ".join(printed.split())
    problems = [] if expected.sentence in printed else [f"terminal: it does not say “{expected.sentence}”"]
    stories = re.split(r"(?m)^(?=\d  )", printed)[1:]
    if len(stories) != expected.stories:
        problems.append(f"terminal: {len(stories)} stories instead of {expected.stories}")
    headlines = [" ".join(story.split("▸")[0].split()) for story in stories]
    problems += _stories(expected, headlines, flat, "terminal")
    lead = next((story for story in headlines if expected.main in story), "")
    return problems + _figures(expected, lead, language, expected.at_least, "terminal")


def _stories(expected: Expected, shown: Sequence[str], everything: str, where: str) -> list[str]:
    problems: list[str] = []
    for word in expected.told:
        count = sum(1 for story in shown if word in story)
        if count != 1:
            problems.append(f"{where}: the story of “{word}” is told {count} times instead of once")
    return problems + [
        f"{where}: “{word}” is shown and should not be" for word in expected.never if word in everything
    ]


def _figures(expected: Expected, text: str, language: str, at_least: int | None, where: str) -> list[str]:
    """Return the figures that a text lacks; `at_least` None asks for all of them."""
    patterns = expected.figures.get(language)
    if patterns is None:
        return [f"{where}: expected.toml has no figures in {language}; it has {', '.join(expected.figures)}"]
    missing = [
        name for name, pattern in patterns.items() if not re.search(pattern, text, re.IGNORECASE | re.DOTALL)
    ]
    if at_least is None:
        return [f"{where}: the figure “{name}” is missing" for name in missing]
    found = len(patterns) - len(missing)
    return (
        [f"{where}: {found} figures of the main story instead of at least {at_least}"]
        if found < at_least
        else []
    )


async def check_page(expected: Expected, url: str, language: str) -> list[str]:
    """Return what is wrong with the page and its answers, read over HTTP."""
    async with aiohttp.ClientSession(headers={"Origin": url.rstrip("/")}) as session:
        async with session.get(url) as response:
            page = await response.text()
        channel = re.search(r'data-channel="(\d+)"', page)
        if channel is None:
            return ["page: it shows no channel"]
        call = f"{url}/call/{channel[1]}"
        latest = await _answer(session, call, "/latest")
        number = _number(page, expected.main)
        story = await _answer(session, call, f"/story {number}")
    posted = page[page.index('id="posts"') :]
    headlines = [_text(part) for part in re.findall(r"<article.*?</article>", posted, re.DOTALL)]
    problems = [] if expected.sentence in page else [f"page: it does not say “{expected.sentence}”"]
    problems += _stories(expected, headlines, _text(posted.split("<script")[0]), "page")
    if "<article" not in latest:
        problems.append(f"page: /latest answers “{_text(latest)[:80]}” instead of stories")
    lead = next((story for story in headlines if expected.main in story), "")
    problems += _figures(expected, lead, language, expected.at_least, "page")
    return problems + _figures(expected, _text(story), language, None, f"/story {number}")


async def _answer(session: aiohttp.ClientSession, call: str, text: str) -> str:
    async with session.post(call, json={"text": text}) as response:
        answer: dict[str, Any] = await response.json()
    return str(answer["html"])


def _number(page: str, word: str) -> int:
    """Return the number of the story with a word in its headline, 1 where there is none."""
    for article in re.findall(r"<article.*?</article>", page, re.DOTALL):
        number = re.search(r'class="number">(\d+)<', article)
        if number and word in _text(article):
            return int(number[1])
    return 1


def _text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())
