"""What the demo shows, held against `config/demo/expected.toml`: the printed lines, and the page as a reader
fetches it.
"""

import html
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import aiohttp


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What must be shown: words that each told story's headline has, words that no headline may have, figures
    by language.
    """

    stories: int
    told_stories: tuple[str, ...]
    never_told: tuple[str, ...]
    main: str
    at_least: int
    figures: Mapping[str, Mapping[str, str]]
    sentence: str


def load_expectations(folder: Path) -> Expectations:
    """Read `expected.toml`."""
    data = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    digest = data["digest"]
    return Expectations(
        stories=digest["stories"],
        told_stories=tuple(digest["told"]),
        never_told=tuple(digest["never"]),
        main=data["main"]["headline"],
        at_least=data["main"]["short_figures"],
        figures=data["figures"],
        sentence=data["sentence"],
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


def check_terminal(expectations: Expectations, text: str, language: str) -> list[str]:
    """Return what is wrong with the digest that the terminal printed."""
    flat = " ".join(text.split())
    problems = (
        [] if expectations.sentence in text else [f"terminal: it does not say “{expectations.sentence}”"]
    )
    stories = re.split(r"(?m)^(?=\d  )", text)[1:]
    if len(stories) != expectations.stories:
        problems.append(f"terminal: {len(stories)} stories instead of {expectations.stories}")
    headlines = [" ".join(story.split("▸")[0].split()) for story in stories]
    problems += _stories(expectations, headlines, flat, "terminal")
    lead = next((story for story in headlines if expectations.main in story), "")
    return problems + _figures(expectations, lead, language, expectations.at_least, "terminal")


def _stories(
    expectations: Expectations, headlines: Sequence[str], everything: str, place_name: str
) -> list[str]:
    problems: list[str] = []
    for word in expectations.told_stories:
        count = sum(1 for story in headlines if word in story)
        if count != 1:
            problems.append(f"{place_name}: the story of “{word}” is told {count} times instead of once")
    return problems + [
        f"{place_name}: “{word}” is shown and should not be"
        for word in expectations.never_told
        if word in everything
    ]


def _figures(
    expectations: Expectations, text: str, language: str, at_least: int | None, place_name: str
) -> list[str]:
    """Return the figures that a text lacks; `at_least` None asks for all of them."""
    patterns = expectations.figures.get(language)
    if patterns is None:
        return [
            (
                f"{place_name}: expected.toml has no figures in {language}; it has "
                f"{', '.join(expectations.figures)}"
            )
        ]
    missing = [
        name for name, pattern in patterns.items() if not re.search(pattern, text, re.IGNORECASE | re.DOTALL)
    ]
    if at_least is None:
        return [f"{place_name}: the figure “{name}” is missing" for name in missing]
    matched_count = len(patterns) - len(missing)
    return (
        [f"{place_name}: {matched_count} figures of the main story instead of at least {at_least}"]
        if matched_count < at_least
        else []
    )


async def check_page(expectations: Expectations, url: str, language: str) -> list[str]:
    """Return what is wrong with the page and its answers, read over HTTP."""
    async with aiohttp.ClientSession(headers={"Origin": url.rstrip("/")}) as session:
        async with session.get(url) as response:
            page = await response.text()
        channel = re.search(r'data-channel="(\d+)"', page)
        if channel is None:
            return ["page: it shows no channel"]
        call = f"{url}/call/{channel[1]}"
        latest = await _answer(session, call, "/latest")
        number = _number(page, expectations.main)
        story = await _answer(session, call, f"/story {number}")
    posts_html = page[page.index('id="posts"') :]
    headlines = [_text(part) for part in re.findall(r"<article.*?</article>", posts_html, re.DOTALL)]
    problems = [] if expectations.sentence in page else [f"page: it does not say “{expectations.sentence}”"]
    problems += _stories(expectations, headlines, _text(posts_html.split("<script")[0]), "page")
    if "<article" not in latest:
        problems.append(f"page: /latest answers “{_text(latest)[:80]}” instead of stories")
    lead = next((story for story in headlines if expectations.main in story), "")
    problems += _figures(expectations, lead, language, expectations.at_least, "page")
    return problems + _figures(expectations, _text(story), language, None, f"/story {number}")


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
