"""Is it AI news? `python -m benchmarks.relevance FILE…` → p, r, f, and by language."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.report import arguments, f1, rows, say, write
from bot.feeds.opml import read_opml
from bot.pipeline.relevance.judge import Rules, judge
from bot.settings import Environment, load


def rules() -> Rules:
    """Return the shipped rules."""
    return load(read_opml, Environment.model_construct(strillone_data="")).rules


def measure(found: Rules, items: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the figures of labelled titles and what was decided of each."""
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    decided = []
    for item in items:
        verdict = judge(found, "ai", item["title"], item.get("text") or "")
        gold = item["label"] == "ai"
        decided.append(
            {"id": item["id"], "relevant": verdict.relevant, "reason": verdict.reason, "label": item["label"]}
        )
        for key in ("all", item["lang"]):
            counts[key][0] += verdict.relevant and gold
            counts[key][1] += verdict.relevant and not gold
            counts[key][2] += gold and not verdict.relevant
    by_lang = {key: _scores(*count) for key, count in sorted(counts.items()) if key != "all"}
    return {**_scores(*counts["all"]), "by_lang": by_lang}, decided


def _scores(right: int, wrong: int, missed: int) -> dict[str, float]:
    p = right / (right + wrong) if right + wrong else 1.0
    r = right / (right + missed) if right + missed else 1.0
    return {"p": p, "r": r, "f": f1(p, r)}


def main() -> None:
    """Measure each file."""
    given = arguments(__doc__ or "").parse_args()
    found = rules()
    everything = []
    for path in given.files:
        figures, decided = measure(found, list(rows(Path(path))))
        say(path.name, figures)
        everything += decided
    write(given.output, everything)


if __name__ == "__main__":
    main()
