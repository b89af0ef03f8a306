"""Are wishes in plain words understood? `python -m benchmarks.wishes [FILE…] [--half develop|report] [--misses]`.

A file holds JSON lines `{id, lang, half, text, topics, filter, when, bar, size, unread}`: a wish as people type it and the rules that it means,
without those that it says nothing of; `unread` is there where something in it can be no rule. Without files, the sample beside this one:
its rules were written before the grammar was, which was developed on the half `develop` alone; the half `report` is what counts.

A wish is *exact* where all rules are those expected, and words are named as not understood where, and only where, there are such. It is
*silently wrong* where other rules came out and nothing was named. Nothing says in which language a wish is.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import rows, say, write
from bot.languages import SPOKEN
from bot.pipeline.filters.grammar import stored_filter
from bot.pipeline.filters.wishes import Wish, read_wish
from bot.pipeline.timing.slots import describe, parse_schedule
from bot.text.wish_words import Names

SAMPLE = Path(__file__).with_suffix(".jsonl")
OUTLETS = (
    "TechCrunch", "The Verge", "Wired", "heise", "Ars Technica", "Le Monde", "El País", "HypeWatch", "Reuters",
)  # fmt: skip
"""Outlets of the place in which the wishes are said."""

HALVES = ("develop", "report")


def measure(
    items: Iterable[Mapping[str, Any]], half: str = ""
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the shares of exact and of silently wrong wishes, in all and by language, and what was read."""
    outcomes: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    read: list[dict[str, Any]] = []
    for item in items:
        if half and item.get("half", half) != half:
            continue
        wish = read_wish(item["text"], ("en", *SPOKEN), Names(outlets=OUTLETS))
        found, wanted = _rules(wish), _expected(item)
        is_right = found == wanted
        exact = is_right and bool(wish.unread) == bool(item.get("unread"))
        silent = not is_right and not wish.unread
        for key in ("", item["lang"]):
            outcomes[key].append((exact, silent))
        read.append(
            {"id": item["id"], "text": item["text"], "exact": exact, "silent": silent}
            | {"read": found, "expected": wanted, "unread": wish.unread, "language": wish.language}
        )
    overall = _shares(outcomes.pop("", []))
    return {**overall, "by_lang": {code: _shares(of) for code, of in sorted(outcomes.items())}}, read


def _shares(outcomes: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    count = max(1, len(outcomes))
    return {
        "n": len(outcomes),
        "exact": sum(exact for exact, _ in outcomes) / count,
        "silently_wrong": sum(silent for _, silent in outcomes) / count,
    }


def _rules(wish: Wish) -> dict[str, Any]:
    return {
        "topics": sorted(wish.topics),
        "filter": sorted(str(term).casefold() for term in wish.filter.terms),
        "when": describe(wish.schedule) if wish.schedule else "",
        "bar": wish.bar.value if wish.bar else "",
        "size": wish.size or 0,
    }


def _expected(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "topics": sorted(item.get("topics", ())),
        "filter": sorted(str(term).casefold() for term in stored_filter(item.get("filter", "")).terms),
        "when": describe(parse_schedule(item["when"])) if "when" in item else "",
        "bar": item.get("bar", ""),
        "size": item.get("size", 0),
    }


def main() -> None:
    """Measure, say the figures, and write what was read where that is wanted."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLE])
    parser.add_argument("--half", choices=HALVES, default="report")
    parser.add_argument("--misses", action="store_true", help="print every wish that is not exact")
    parser.add_argument("--output", type=Path, help="where to write what was read, as JSON lines")
    given = parser.parse_args()
    everything = []
    for path in given.files:
        figures, read = measure(rows(path), given.half)
        say(f"{path.name} {given.half}", figures)
        everything += read
    for one in everything if given.misses else ():
        if not one["exact"]:
            print(
                f"{one['id']} ({one['language']}): {one['text']}\n  {one['read']} {one['unread']}\n  {one['expected']}"
            )
    write(given.output, everything)


if __name__ == "__main__":
    main()
