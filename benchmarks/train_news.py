"""Teach which pages are news: `python -m benchmarks.train_news DIR [--into config/news.json] [--without DAY…]`.

DIR is what `benchmarks.days` takes. Each of its entries that gold knows is an example: is it news (any tier but no), and would an editor
tell it (must and should; may counts a little)? The signs of `bot/pipeline/relevance/kinds.py` are fitted to both by a penalised logistic regression.
Entries of one story share its weight, so that a story of thirty entries does not teach thirty times.

Without `--into` days are left out in turns of four, and what is printed is how well models that never saw a day part its entries: the
chance that a page of the better sort is put above one of the worse (area under the curve). `--without` leaves days out of the lesson.
With `--titles FILE…` models that all days taught judge titles of other months by themselves, too, as far as `worth.jsonl` labels them.
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
from bot.pipeline.relevance.kinds import SIGNS, Kinds
from bot.settings import Environment, load
from bot.simulation.recording import packed

PENALTY = 20.0
TURNS = 4
NEWS = {"must": 1.0, "should": 1.0, "may": 1.0, "no": 0.0}
WORTH = {"must": 1.0, "should": 1.0, "may": 0.25, "no": 0.0}
WORTHY = frozenset({"must", "should"})
ORDER = ("no", "may", "should", "must")
LABELS = Path(__file__).with_name("worth.jsonl")
"""What an editor would make of 1,430 titles of February to April 2026, by their ids."""


@dataclass(frozen=True, slots=True)
class Example:
    """The signs of an entry, the day and the tier of its story, and how much it counts."""

    signs: Sequence[float]
    day: str
    tier: str
    weight: float


def shipped_kinds() -> Kinds:
    """Return what judges pages as it ships."""
    return load(read_opml, Environment.model_construct(strillone_data="", strillone_config="")).kinds


def examples(folder: Path) -> list[Example]:
    """Return the entries of a folder that gold knows."""
    book = Book([Gold.of(row) for row in rows(folder / "gold.jsonl")])
    kinds = shipped_kinds()
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


def title_examples(files: Sequence[Path]) -> list[Example]:
    """Return the labelled titles among those of some files, as entries of which nothing else is known."""
    kinds, tiers = shipped_kinds(), {row["id"]: row["tier"] for row in rows(LABELS)}
    return [
        Example(kinds.signs(_entry(0, row["title"])), row["published"][:10], tiers[row["id"]], 1.0)
        for file in files
        for row in rows(file)
        if row["id"] in tiers
    ]


def _add(found: dict[str, Entry], feed: Mapping[str, Any], link: str, title: str, text: str) -> None:
    entry = _entry(len(found) + 1, title, link, text, feed["kind"])
    known = found.get(link_of(link))
    if known is None or len(known.text) < len(text):
        found[link_of(link)] = entry


def _entry(number: int, title: str, link: str = "", text: str = "", kind: str = "") -> Entry:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Entry(
        id=number,
        feed_id=0,
        title=title,
        link=link,
        text=text,
        language="en",
        published=moment,
        first_seen=moment,
        kind=kind,
    )


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
        judged += _judge(model, [one for one in known if one.day in held], is_better)
    return _area(judged)


def _judge(
    model: Linear, known: Sequence[Example], is_better: Callable[[str], bool]
) -> list[tuple[float, bool]]:
    """Return the chance of each example, and whether it is of the better sort."""
    return [(logistic(model.logit(one.signs)), is_better(one.tier)) for one in known]


def _area(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the area under the curve of chances."""
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
    parser.add_argument(
        "--titles", nargs="*", type=Path, default=(), help="files of labelled titles to judge"
    )
    given = parser.parse_args()
    known = [one for folder in given.files for one in examples(folder) if one.day not in given.without]
    if given.into:
        made = {"news": as_data(taught(known, NEWS)), "worth": as_data(taught(known, WORTH))}
        given.into.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        return
    figures = {
        "entries": len(known),
        "news": parted(known, NEWS, lambda tier: tier != "no"),
        "worth": parted(known, WORTH, WORTHY.__contains__),
    }
    if given.titles:
        titles = title_examples(given.titles)
        figures["titles"] = len(titles)
        figures["worth_of_titles"] = _area(_judge(taught(known, WORTH), titles, WORTHY.__contains__))
    say(given.files[0].name, figures)


if __name__ == "__main__":
    main()
