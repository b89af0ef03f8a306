"""Teach which pages are news: `python -m benchmarks.train_news DIR [--into config/news.json] [--without DAY…]`.

DIR is what `benchmarks.days` takes. Each of its entries that gold knows is an example: is it news (any tier but no), and would an editor
tell it (must and should; may counts a little)? The signs of `bot/pipeline/relevance/kinds.py` are fitted to both by a penalised logistic regression.
Entries of one story share its weight, so that a story of thirty entries does not teach thirty times.

Without `--into` days are left out in turns of four, and what is printed is how well models that never saw a day part its entries: the
chance that a page of the better sort is put above one of the worse (area under the curve). `--without` leaves days out of the lesson.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.days import Book, Gold, link_of
from benchmarks.days_run import recorded_days
from benchmarks.report import arguments, rows, say
from benchmarks.train_grouping import Examples, fit
from bot.feeds.opml import read_opml
from bot.feeds.page import read_page
from bot.feeds.parse import parse
from bot.model import Entry
from bot.pipeline.linear import Linear, logistic
from bot.pipeline.relevance.kinds import SIGNS
from bot.settings import Environment, load
from bot.simulation.recording import packed

PENALTY = 10.0
TURNS = 4
NEWS = {"must": 1.0, "should": 1.0, "may": 1.0, "no": 0.0}
WORTH = {"must": 1.0, "should": 1.0, "may": 0.25, "no": 0.0}
ORDER = ("no", "may", "should", "must")


@dataclass(frozen=True, slots=True)
class Example:
    """The signs of an entry, the day and the tier of its story, and how much it counts."""

    signs: Sequence[float]
    day: str
    tier: str
    weight: float


def examples(folder: Path) -> list[Example]:
    """Return the entries of a folder that gold knows."""
    book = Book([Gold.of(row) for row in rows(folder / "gold.jsonl")])
    kinds = load(read_opml, Environment.model_construct(strillone_data="", strillone_config="")).kinds
    found = []
    for entry in _entries(folder):
        stories = book.by_link.get(link_of(entry.link), [])
        if stories:
            best = max(stories, key=lambda gold: ORDER.index(gold.tier))
            shares = len(best.members) if best.tier != "no" else 1
            found.append(Example(kinds.signs(entry), best.day, best.tier, shares**-0.5))
    return found


def _entries(folder: Path) -> list[Entry]:
    """Return each entry of the English feeds once, with the text of its page, its feed or its teaser."""
    feeds = {feed["url"]: feed for feed in recorded_days(folder).feeds}
    found: dict[str, Entry] = {}
    for item in packed(folder / "items.jsonl.gz"):
        if item["feed"] in feeds:
            page = item.get("page")
            text = read_page(page.encode(), item["link"], "text/html; charset=utf-8").text if page else ""
            _add(found, feeds[item["feed"]], item["link"], item["title"], text or item.get("teaser") or "")
    for snapshot in packed(folder / "snapshots.jsonl.gz"):
        if snapshot["feed"] in feeds:
            read = parse(
                snapshot["document"].encode(), snapshot["feed"], "", datetime.fromisoformat(snapshot["at"])
            )
            for one in read.entries:
                _add(found, feeds[snapshot["feed"]], one.link, one.title, one.text)
    return list(found.values())


def _add(found: dict[str, Entry], feed: Mapping[str, Any], link: str, title: str, text: str) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    entry = Entry(
        id=len(found) + 1,
        feed_id=0,
        title=title,
        link=link,
        text=text,
        language="en",
        published=moment,
        first_seen=moment,
        kind=feed["kind"],
    )
    known = found.get(link_of(link))
    if known is None or len(known.text) < len(text):
        found[link_of(link)] = entry


def taught(known: Sequence[Example], wanted: dict[str, float]) -> Linear:
    """Return the model that some examples teach."""
    lesson = Examples()
    for one in known:
        lesson.add(list(one.signs), wanted[one.tier], one.weight)
    return fit(lesson, SIGNS, PENALTY)


def parted(known: Sequence[Example], wanted: dict[str, float], is_better: Callable[[str], bool]) -> float:
    """Return the area under the curve of models that did not see the day of what they judge."""
    days = sorted({one.day for one in known})
    judged: list[tuple[float, bool]] = []
    for turn in range(TURNS):
        held = set(days[turn::TURNS])
        model = taught([one for one in known if one.day not in held], wanted)
        judged += [
            (logistic(model.logit(one.signs)), is_better(one.tier)) for one in known if one.day in held
        ]
    better = [chance for chance, good in judged if good]
    worse = [chance for chance, good in judged if not good]
    pairs = len(better) * len(worse)
    return sum((a > b) + 0.5 * (a == b) for a in better for b in worse) / pairs if pairs else 0.0


def as_data(model: Linear) -> dict[str, Any]:
    """Return a model as `news.json` holds it."""
    return {"bias": model.bias, "weights": dict(zip(model.names, model.weights, strict=True))}


def main() -> None:
    """Teach from a folder, or judge with days left out."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--into", type=Path, help="where to write the weights")
    parser.add_argument("--without", nargs="*", default=(), help="days that teach nothing")
    given = parser.parse_args()
    known = [one for folder in given.files for one in examples(folder) if one.day not in given.without]
    if given.into:
        made = {"news": as_data(taught(known, NEWS)), "worth": as_data(taught(known, WORTH))}
        given.into.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        return
    figures = {
        "entries": len(known),
        "news": parted(known, NEWS, lambda tier: tier != "no"),
        "worth": parted(known, WORTH, lambda tier: tier in {"must", "should"}),
    }
    say(given.files[0].name, figures)


if __name__ == "__main__":
    main()
