"""Run every benchmark on the development data beside the checkout, as docs/benchmarks.md reports them."""

import subprocess
import sys
from pathlib import Path

DATA = Path(__file__).parents[2] / "shared" / "data"


def commands() -> list[list[str]]:
    """Return every benchmark with its data; some need none."""
    if not DATA.is_dir():
        return [["poll"], ["stalls"], ["growth"], ["model"], ["names"], ["wishes"], ["renderings"]]
    stories, background = DATA / "stories", DATA / "stories" / "background_titles.jsonl"
    articles = sorted(str(path) for path in (DATA / "summaries").glob("*_dev.jsonl"))
    archive = ["--background", str(background)]
    return [
        ["poll"],
        ["stalls"],
        ["growth"],
        ["parse", *(str(DATA / "feeds" / name) for name in ("ai", "real", "small", "hostile"))],
        ["articles", str(DATA / "pages")],
        ["listing", str(DATA / "listing")],
        ["relevance", str(DATA / "relevance" / "relevance_dev.jsonl")],
        ["stories", str(stories / "ainews_dev.jsonl"), str(stories / "semeval8_pairs_dev.jsonl"), *archive],
        ["stories", str(stories / "ainews_dev.jsonl"), *archive, "--swap-zh"],
        ["stories", str(stories / "uci_dev.jsonl")],
        ["ranking", str(stories / "ainews_dev.jsonl")],
        ["breaking", str(stories / "ainews_dev.jsonl")],
        ["summaries", "--no-oracle", *articles],
        ["faithfulness", str(DATA / "faithfulness" / "claims_dev.jsonl"), "--documents", *articles],
        ["model", "--claims", str(DATA / "faithfulness" / "claims_dev.jsonl"), "--documents", *articles],
        ["names"],
        ["wishes"],
        ["renderings"],
    ]


def main() -> int:
    """Run them one after the other; returns 1 if one failed, and says so where there is no data."""
    if not DATA.is_dir():
        print(
            f"The development data is not in {DATA}; what needs it is not measured. Each benchmark takes files of its own: see its docstring."
        )
    failed = 0
    for name, *rest in commands():
        print(f"# benchmarks.{name}", file=sys.stderr, flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *rest], check=False).returncode != 0
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
