"""Count the archive that a new instance starts from: `python -m benchmarks.count_archive FILE… --into config`.

Files are of titles (`lang, title`). Written are `frequencies.tsv` (in how many titles a term occurs, seldom ones left out) and
`pairs.tsv` (how many have two terms together). Counts are facts; no title can be put together from them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import arguments, rows
from bot.pipeline.grouping.features import Doc, bare_title
from bot.text.terms import count_pairs, root_of, split_terms

SEEN = 2
"""Titles in which a term must occur."""

ABOUT_TERMS = """# In how many of the titles of an archive of English AI news a term occurs: where a new instance starts counting from.
# Terms as text/terms.py makes them; those seen once are left out. Made by benchmarks/count_archive.py.
"""
ABOUT_PAIRS = """# How many titles of the same archive have two terms together: a term, and each later one in the alphabet with its count.
# Pairs seen less than three times are left out.
"""


def terms_in(title: str, language: str = "en") -> set[str]:
    """Return the terms of a title as grouping counts them."""
    doc = Doc(id=0, title=title, text="", language=language, published=datetime(2000, 1, 1, tzinfo=UTC))
    return {root_of(term, language) for term in split_terms(bare_title(doc))}


def write_tables(titles: Iterable[set[str]], folder: Path) -> None:
    """Write both tables."""
    titles = list(titles)
    counts = Counter(term for terms in titles for term in terms)
    lines = [
        f"{term}\t{count}"
        for term, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if count >= SEEN
    ]
    (folder / "frequencies.tsv").write_text(
        "\n".join([f"{ABOUT_TERMS}documents\t{len(titles)}", *lines]) + "\n", encoding="utf-8"
    )
    beside: dict[str, list[str]] = defaultdict(list)
    for (one, other), count in sorted(count_pairs(titles).items()):
        beside[one].append(f"{other} {count}")
    lines = [f"{one}\t{' '.join(others)}" for one, others in beside.items()]
    (folder / "pairs.tsv").write_text(
        "\n".join([f"{ABOUT_PAIRS}titles\t{len(titles)}", *lines]) + "\n", encoding="utf-8"
    )


def main() -> None:
    """Count the titles of all files together."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--into", type=Path, required=True, help="the folder of both tables")
    given = parser.parse_args()
    write_tables(
        (terms_in(row["title"], row["lang"]) for path in given.files for row in rows(path)), given.into
    )


if __name__ == "__main__":
    main()
