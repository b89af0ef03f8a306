"""Which names does the gate find in a text? `python -m benchmarks.names [FILE…]`; without files, the sample beside this one.

A file holds JSON lines `{id, lang, text, names: [{text, kind}]}`, with every name that stands in the text, and kinds such as person, organisation,
product and place. The gate finds names in order to hold them against sources, so it takes only what is surely one, and nothing at the beginning
of a sentence but what a language never writes large there otherwise: recall is low on purpose. A name counts as found where any part of it
is, and what is found counts as right where it is part of a name. `p` and `r` are given in all and by language, by kind only `r`, for what is
found has no kind.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import rows, say, write
from bot.pipeline.verification.names import names_in
from bot.text.sentences import sentences

SAMPLE = Path(__file__).with_suffix(".jsonl")


class Tally:
    """Names found rightly, found at all, of the text that were found, and of the text."""

    def __init__(self) -> None:
        self.right = self.found = self.met = self.names = 0

    def figures(self) -> dict[str, float]:
        """Return precision and recall."""
        return {"p": self.right / max(1, self.found), "r": self.met / max(1, self.names)}


def measure(items: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return precision and recall, and what was found in each text."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    decided = []
    for item in items:
        text, names = item["text"], [name["text"] for name in item["names"]]
        spans = (text[s.start : s.end] for s in sentences(text, item["lang"]))
        found = [name for span in spans for name in names_in(span, item["lang"])]
        right = [one for one in found if any(_meet(one, name) for name in names)]
        for name in item["names"]:
            kinds[name["kind"]].append(any(_meet(one, name["text"]) for one in found))
        for key in ("", item["lang"]):
            tally = tallies[key]
            tally.right, tally.found = tally.right + len(right), tally.found + len(found)
            tally.met += sum(any(_meet(one, name) for one in found) for name in names)
            tally.names += len(names)
        decided.append({"id": item["id"], "found": found})
    overall = tallies.pop("", Tally()).figures()
    by_kind = {kind: {"r": sum(met) / len(met)} for kind, met in sorted(kinds.items())}
    by_lang = {code: tally.figures() for code, tally in sorted(tallies.items())}
    return {**overall, "by_kind": by_kind, "by_lang": by_lang}, decided


def _meet(one: str, name: str) -> bool:
    return one in name or name in one


def main() -> None:
    """Measure each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[SAMPLE])
    parser.add_argument(
        "--output", type=Path, help="where to write what was found in each text, as JSON lines"
    )
    given = parser.parse_args()
    everything = []
    for path in given.files:
        figures, decided = measure(rows(path))
        say(path.name, figures)
        everything += decided
    write(given.output, everything)


if __name__ == "__main__":
    main()
