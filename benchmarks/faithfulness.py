"""What does the gate catch? `python -m benchmarks.faithfulness CLAIMS --documents FILE…`.

Each claim is ruled on against its whole document. `detected` is the share of corrupted sentences refused, by style and
kind; `false_alarms` the share of faithful ones refused, by style.
"""

import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.report import arguments, rows, say, write
from bot.pipeline.verification.check import Source, check

Counts = dict[str, list[int]]


def documents(paths: list[Path]) -> dict[str, Source]:
    """Return the articles by id, title first."""
    return {
        str(item["id"]): Source(f"{item['title'] or ''}\n{item['text']}", item["lang"])
        for path in paths
        for item in rows(path)
    }


def measure(
    claims: list[dict[str, Any]], sources: dict[str, Source]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return detection and false alarms, in all and by language, and the ruling on each claim."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    decided = []
    began = time.perf_counter()
    for claim in claims:
        ruling = check(claim["sentence"], claim["lang"], [sources[str(claim["doc"])]])
        decided.append(
            {
                "id": claim["id"],
                "refused": not ruling.ok,
                "reason": ruling.reason,
                "faithful": claim["faithful"],
            }
        )
        for key in ("", claim["lang"]):
            tallies[key].add(claim, refused=not ruling.ok)
    seconds = time.perf_counter() - began
    by_lang = {key: tally.figures() for key, tally in sorted(tallies.items()) if key}
    return {**tallies[""].figures(), "by_lang": by_lang, "claims_per_s": len(claims) / seconds}, decided


class Tally:
    """Counts of refused and all claims."""

    def __init__(self) -> None:
        self._bad: defaultdict[str, Counts] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        self._good: Counts = defaultdict(lambda: [0, 0])

    def add(self, claim: dict[str, Any], *, refused: bool) -> None:
        """Count one claim."""
        faithful = bool(claim["faithful"])
        count = self._good[claim["style"]] if faithful else self._bad[claim["style"]][claim["kind"]]
        count[0] += refused
        count[1] += 1

    def figures(self) -> dict[str, Any]:
        """Return the shares."""
        return {
            "detected": {
                style: {kind: _share(c) for kind, c in sorted(kinds.items())}
                for style, kinds in sorted(self._bad.items())
            },
            "false_alarms": {style: _share(c) for style, c in sorted(self._good.items())},
        }


def _share(count: list[int]) -> float:
    return count[0] / count[1] if count[1] else 0.0


def main() -> None:
    """Measure each file of claims."""
    parser = arguments(__doc__ or "")
    parser.add_argument(
        "--documents", nargs="+", type=Path, required=True, help="files of the articles that claims are about"
    )
    given = parser.parse_args()
    sources = documents(given.documents)
    everything = []
    for path in given.files:
        figures, decided = measure(list(rows(path)), sources)
        say(path.name, figures)
        everything += decided
    write(given.output, everything)


if __name__ == "__main__":
    main()
