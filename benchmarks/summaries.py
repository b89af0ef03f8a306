"""Do we choose the right sentences? `python -m benchmarks.summaries FILE…`.

ROUGE-1, -2 and -L F (Lin 2004) against references, best of several, at 60 words (110 CJK characters; a CJK character is a
token), beside whole leading sentences up to the same length, three leading sentences, a greedy oracle, and what sumy chooses: three
sentences of ours, read in our words, by LexRank and SumBasic (the best of its methods on such articles).
"""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers import AbstractSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.sum_basic import SumBasicSummarizer

from benchmarks.report import arguments, f1, mean, rows, say, write
from bot.model import Entry
from bot.pipeline.summarizing.extract import Budget, select_units
from bot.pipeline.summarizing.units import Unit, units_of
from bot.text.sentences import sentences
from bot.text.words import CJK, fold, is_cjk, size

WORDS, CHARACTERS = 60, 110
MANY = 10_000
Scores = dict[str, float]


def tokens(text: str) -> list[str]:
    """Return the tokens that ROUGE counts: folded words, and single CJK characters."""
    return re.findall(rf"[{CJK}]|[^\W_]+", fold(text))


def rouge(said: Sequence[str], reference: Sequence[str]) -> Scores:
    """Return ROUGE-1, -2 and -L F of two token lists."""
    return {
        "rouge1": _overlap(said, reference, 1),
        "rouge2": _overlap(said, reference, 2),
        "rougeL": _longest(said, reference),
    }


def _overlap(a: Sequence[str], b: Sequence[str], n: int) -> float:
    one, two = (Counter(tuple(x[i : i + n]) for i in range(len(x) - n + 1)) for x in (a, b))
    both = (one & two).total()
    return f1(both / max(1, one.total()), both / max(1, two.total()))


def _longest(a: Sequence[str], b: Sequence[str]) -> float:
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for j, y in enumerate(b, start=1):
            kept = row[j]
            row[j] = before + 1 if x == y else max(row[j], row[j - 1])
            before = kept
    return f1(row[-1] / max(1, len(a)), row[-1] / max(1, len(b)))


def best(text: str, references: Sequence[str]) -> Scores:
    """Return the scores against the reference that fits best."""
    said = tokens(text)
    return max(
        (rouge(said, tokens(reference)) for reference in references), key=lambda s: s["rouge1"] + s["rouge2"]
    )


def entry_of(item: dict[str, Any]) -> Entry:
    """Return an article as the product holds it: paragraphs parted by blank lines."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    text = re.sub(r"\n+", "\n\n", item["text"])
    return Entry(
        id=1,
        feed_id=1,
        title=item["title"] or "",
        link="",
        text=re.sub(r"\n\n- ", "\n- ", text),
        language=item["lang"],
        published=moment,
        first_seen=moment,
    )


def lead(entry: Entry, words: int, characters: int, count: int) -> str:
    """Return whole leading sentences up to a length."""
    limit = characters if is_cjk(entry.text) else words
    kept: list[str] = []
    for span in sentences(entry.text, entry.language)[:count]:
        sentence = entry.text[span.start : span.end]
        if kept and sum(size(s) for s in kept) + size(sentence) > limit:
            break
        kept.append(sentence)
    return " ".join(kept)


def oracle(units: Sequence[str], references: Sequence[str]) -> str:
    """Return up to three sentences chosen greedily by the reference itself: what no method without it can reach."""
    kept: list[str] = []
    score = 0.0
    for _ in range(3):
        tried = [(best(" ".join([*kept, u]), references)["rouge1"], u) for u in units if u not in kept]
        top = max(tried, default=(0.0, ""))
        if top[0] <= score:
            break
        score, kept = top[0], [*kept, top[1]]
    return " ".join(kept)


class _OurWords:
    """What sumy asks for the words of a sentence; its own needs a download, and knows no language without spaces."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(tokens(sentence))


def by_sumy(summarizer: AbstractSummarizer, entry: Entry) -> str:
    """Return the three sentences that one of sumy's methods chooses."""
    spans = sentences(entry.text, entry.language)
    read = [Sentence(entry.text[s.start : s.end], _OurWords()) for s in spans]
    chosen = summarizer(ObjectDocumentModel([Paragraph(read)]), 3)
    return " ".join(str(sentence) for sentence in chosen)


def methods(entry: Entry) -> dict[str, Callable[[], str]]:
    """Return each method as a function that gives its summary."""

    def ours(budget: Budget) -> str:
        units: list[Unit] = units_of(entry)
        chosen = select_units(units, entry.title, entry, budget) if units else []
        return " ".join(unit.text for unit in chosen)

    return {
        "": lambda: ours(Budget(WORDS, CHARACTERS, MANY)),
        "three": lambda: ours(Budget(MANY, MANY, 3, worth=0.0)),
        "lead": lambda: lead(entry, WORDS, CHARACTERS, MANY),
        "lead3": lambda: lead(entry, MANY, MANY, 3),
        "lexrank": lambda: by_sumy(LexRankSummarizer(), entry),
        "sumbasic": lambda: by_sumy(SumBasicSummarizer(), entry),
    }


def measure(
    items: Sequence[dict[str, Any]], *, with_oracle: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return mean scores by method and by kind, and our summary of each article."""
    scores: defaultdict[tuple[str, str], list[Scores]] = defaultdict(list)
    lengths: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    decided = []
    seconds = 0.0
    for item in items:
        entry = entry_of(item)
        made = {}
        for name, method in methods(entry).items():
            began = time.process_time()
            made[name] = method()
            seconds += (time.process_time() - began) * (name == "")
        if with_oracle:
            spans = sentences(entry.text, entry.language)[:40]
            made["oracle"] = oracle([entry.text[s.start : s.end] for s in spans], item["reference"])
        for name, text in made.items():
            for kind in ("", item["kind"]):
                scores[name, kind].append(best(text, item["reference"]))
                lengths[name, kind].append(size(text))
        decided.append({"id": item["id"], "summary": made[""]})
    names = dict.fromkeys(name for name, _ in scores)
    kinds = dict.fromkeys(kind for _, kind in scores if kind)
    figures: dict[str, Any] = {
        **_mean(scores["", ""], lengths["", ""]),
        "docs_per_s": len(items) / max(seconds, 1e-9),
    }
    figures |= {name: _mean(scores[name, ""], lengths[name, ""]) for name in names if name}
    figures["by_kind"] = {
        kind: {name or "ours": _mean(scores[name, kind], lengths[name, kind]) for name in names}
        for kind in kinds
    }
    return figures, decided


def _mean(scores: Sequence[Scores], lengths: Sequence[float]) -> Scores:
    return {
        **{name: mean([s[name] for s in scores]) for name in ("rouge1", "rouge2", "rougeL")},
        "words": mean(lengths),
    }


def main() -> None:
    """Measure each file."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--no-oracle", action="store_true", help="leave out the slow upper bound")
    given = parser.parse_args()
    everything = []
    for path in given.files:
        figures, decided = measure(list(rows(path)), with_oracle=not given.no_oracle)
        say(path.name, figures)
        everything += decided
    write(given.output, everything)


if __name__ == "__main__":
    main()
