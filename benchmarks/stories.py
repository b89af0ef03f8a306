"""Which entries tell one event? `python -m benchmarks.stories FILE… [--background FILE] [--swap-zh]`.

Items stream in order of time through the product's own index, as they would arrive; those of one moment are one batch. For files of article pairs the two
articles of a pair meet in an empty index of their own; the archive is the background file and both sides of all pairs.
"""

import argparse
import itertools
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.count_archive import terms_in
from benchmarks.report import arguments, f1, rows, say, write
from bot.feeds.opml import read_opml
from bot.pipeline.grouping.index import Doc, Index, sort_docs
from bot.pipeline.grouping.model import Model
from bot.settings import Environment, Settings, load, load_frequencies
from bot.text.terms import Frequencies, count_pairs, terms_of

SEED = Path(__file__).parents[1] / "config"


def archive(background: Path | None) -> Frequencies:
    """Return the archive to start from: the given file's titles, or the shipped table."""
    if background is None:
        return load_frequencies(SEED)
    return counted((item["title"], item.get("lang") or "en") for item in rows(background))


def counted(titles: Iterable[tuple[str, str]]) -> Frequencies:
    """Return the archive of some titles with their languages."""
    found = Frequencies(common=load_frequencies(SEED).common)
    terms = [terms_in(title, language) for title, language in titles]
    for one in terms:
        found.learn(one)
    found.pairs, found.paired = count_pairs(terms), len(terms)
    return found


@lru_cache
def settings() -> Settings:
    """Return the shipped settings."""
    return load(read_opml, Environment.model_construct(strillone_data=""))


def empty(frequencies: Frequencies, model: Model | None = None) -> Index:
    """Return an index without entries, with the shipped model or another one."""
    return Index(frequencies, model or settings().grouping, settings().rules.tiers)


def doc(number: int, item: dict[str, Any], title: str, language: str) -> Doc:
    """Return an item as grouping takes it; each is an outlet of its own."""
    moment = datetime.fromisoformat(str(item["published"]).replace("Z", "+00:00"))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Doc(
        id=number,
        title=title,
        text=item.get("text") or "",
        language=language,
        published=moment,
        outlet=str(item["id"]),
    )


def stream(
    items: Sequence[dict[str, Any]], frequencies: Frequencies, *, swap: bool
) -> tuple[list[Doc], dict[int, int], float]:
    """Return the documents, the story of each, and how many seconds of the processor grouping took."""
    docs = []
    for number, item in enumerate(items):
        chinese = swap and number % 2 == 1 and item.get("title_zh_mt")
        docs.append(
            doc(
                number,
                item,
                item["title_zh_mt"] if chinese else item["title"],
                "zh" if chinese else item["lang"],
            )
        )
    began = time.process_time()
    members = grouped(empty(frequencies), docs)
    seconds = time.process_time() - began
    return docs, {member: story for story, inside in members.items() for member in inside}, seconds


def grouped(index: Index, docs: Iterable[Doc]) -> dict[int, list[int]]:
    """Place and add documents as the group job does, those of one moment together; returns the members of each story."""
    members: dict[int, list[int]] = defaultdict(list)
    for _, batch in itertools.groupby(docs, key=lambda one: one.published):
        place(index, list(batch), members)
    return members


def place(index: Index, batch: Sequence[Doc], members: dict[int, list[int]]) -> None:
    """Place and add a batch, with the merges of small stories after it."""
    index.expect(batch)
    grown = set()
    for one in sort_docs(batch):
        found = index.place(one).story
        story = one.id + 1 if found is None else found
        index.add(one, story)
        members[story].append(one.id)
        if found is not None:
            grown.add(story)
    for story in sorted(grown):
        while twins := index.twins(story):
            into, gone = sorted((story, twins[0]))
            index.merge(gone, into)
            members[into] += members.pop(gone)
            story = into  # noqa: PLW2901  what it has become is asked next


def scores(docs: Sequence[Doc], gold: Sequence[str], story_of: dict[int, int]) -> dict[str, float]:
    """Return pairwise and B-cubed precision, recall and F, and the pairwise ones across languages where there are several."""
    predicted, wanted = (
        _members((story_of[d.id], d.id) for d in docs),
        _members(zip(gold, (d.id for d in docs), strict=True)),
    )
    found, right = _pairs(predicted.values()), _pairs(wanted.values())
    both = found & right
    p, r = len(both) / max(1, len(found)), len(both) / max(1, len(right))
    bp, br = _b_cubed(docs, gold, story_of, predicted, wanted)
    figures = {"pair_p": p, "pair_r": r, "pair_f": f1(p, r), "b3_p": bp, "b3_r": br, "b3_f": f1(bp, br)}
    language = {d.id: d.language for d in docs}
    crossing = {pair for pair in right if language[pair[0]] != language[pair[1]]}
    if crossing:
        claimed = {pair for pair in found if language[pair[0]] != language[pair[1]]}
        hit = len(claimed & crossing)
        figures |= {"cross_p": hit / max(1, len(claimed)), "cross_r": hit / len(crossing)}
    return figures


def _members(pairs: Iterable[tuple[Any, int]]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = defaultdict(list)
    for key, member in pairs:
        found[key].append(member)
    return found


def _pairs(groups: Iterable[Sequence[int]]) -> set[tuple[int, int]]:
    return {(a, b) for group in groups for n, a in enumerate(sorted(group)) for b in sorted(group)[n + 1 :]}


def _b_cubed(
    docs: Sequence[Doc],
    gold: Sequence[str],
    story_of: dict[int, int],
    predicted: dict[Any, list[int]],
    wanted: dict[Any, list[int]],
) -> tuple[float, float]:
    p = r = 0.0
    for d, label in zip(docs, gold, strict=True):
        ours, theirs = set(predicted[story_of[d.id]]), set(wanted[label])
        p += len(ours & theirs) / len(ours)
        r += len(ours & theirs) / len(theirs)
    return p / len(docs), r / len(docs)


def pairs(
    items: Sequence[dict[str, Any]], background: Path | None
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return F of article pairs in one language and across languages."""
    frequencies = counted_pairs(items, archive(background))
    counts: dict[bool, list[int]] = {True: [0, 0, 0], False: [0, 0, 0]}
    decided = []
    for item in items:
        same = _meet(item, frequencies)
        count = counts[item["lang1"] == item["lang2"]]
        gold = bool(item["same_story"])
        count[0] += same and gold
        count[1] += same and not gold
        count[2] += gold and not same
        decided.append({"id": item["id"], "same": same, "gold": gold})
    f_same, f_cross = (
        f1(c[0] / max(1, c[0] + c[1]), c[0] / max(1, c[0] + c[2])) for c in (counts[True], counts[False])
    )
    return {"f_same": f_same, "f_cross": f_cross}, decided


def counted_pairs(items: Sequence[dict[str, Any]], found: Frequencies | None = None) -> Frequencies:
    """Return an archive with both sides of article pairs."""
    found = found or archive(None)
    for item in items:
        for side in ("text1", "text2"):
            found.learn(terms_of("", item[side]).keys())
    return found


def pair_of(item: dict[str, Any]) -> tuple[Doc, Doc]:
    """Return the two articles of a pair, with the ids 1 and 2."""
    now = datetime(2020, 1, 1, tzinfo=UTC)
    first, second = (_article(n, item[f"text{n}"], item[f"lang{n}"], now) for n in (1, 2))
    return first, second


def _meet(item: dict[str, Any], frequencies: Frequencies) -> bool:
    index = empty(frequencies)
    first, second = pair_of(item)
    index.add(first, 1)
    return index.place(second).story == 1


def _article(number: int, text: str, language: str, now: datetime) -> Doc:
    """Take what stands before the first line break or double space as the title."""
    title, body = (
        re.split(r"\n|  ", text, maxsplit=1) if re.search(r"\n|  ", text[:250]) else (text[:120], text[120:])
    )
    return Doc(
        id=number, title=title, text=body.strip(), language=language, published=now, outlet=str(number)
    )


def measure(path: Path, given: argparse.Namespace) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the figures of a file and what was decided of each item."""
    items = list(rows(path))
    if items and "text1" in items[0]:
        return pairs(items, given.background)
    items.sort(key=lambda item: (item["published"], item["id"]))
    docs, story_of, seconds = stream(items, archive(given.background), swap=given.swap_zh)
    figures = scores(docs, [item["cluster"] for item in items], story_of)
    decided = [
        {"id": item["id"], "story": story_of[d.id], "cluster": item["cluster"]}
        for item, d in zip(items, docs, strict=True)
    ]
    return {**figures, "docs_per_s": len(docs) / seconds}, decided


def main() -> None:
    """Measure each file."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--background", type=Path, help="titles that the archive is counted from")
    parser.add_argument("--swap-zh", action="store_true", help="take every second title in Chinese")
    given = parser.parse_args()
    everything = []
    for path in given.files:
        figures, decided = measure(path, given)
        say(path.name, figures)
        everything += decided
    write(given.output, everything)


if __name__ == "__main__":
    main()
