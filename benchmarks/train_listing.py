"""Teach which links of a page are its list of news: `python -m benchmarks.train_listing DIR [--articles DIR] [--into FILE] [--half 0|1] [--folds N]`.

DIR is what `benchmarks.listing` takes; `--articles` is what `benchmarks.articles` takes: more pages without a list. Every group of links
of a page is weighed by `bot/feeds/listing/signs.py`, and the weights are fitted so that of each page the right group, or none, is the
likeliest: a softmax over the groups and “none”. What a sign may only speak for or against is held to that (`SPEAKS`).

Sites, not pages, are parted: `--half` leaves one half of them out, and what is printed is how the weights do on either; `--folds` leaves
each of some parts out in turn, and what is printed is how the weights do on what they never saw, all parts together.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.listing import GOOD, Gold, halves_of, moment_of, scored, site_of
from benchmarks.report import arguments, rows, say
from bot.feeds.listing.find import candidates
from bot.feeds.listing.signs import SIGNS

Vector = NDArray[np.float64]
PENALTY = 1.0
BOLDNESS = 0.3
"""Added to the bias: of pages that were left out, lists are refused more easily than others are taken for one."""

STEPS = 800
RATE = 0.05
NEAR = 0.06
"""A group whose F1 is this close to the best one's is right, too."""

LEAST = 0.5
"""F1 below which no group of a page is right."""

FOR = (
    "many words title_length headings dated teasers images articles semantic here below deep_paths share_of_links share_of_text span "
    "one_place one_kind complete leading_wide newest_first"
).split()
AGAINST = "few titles_short one_word titles_long same_titles furniture aside prices page_article page_alike page_text page_typed".split()
SPEAKS = dict.fromkeys(FOR, 1) | dict.fromkeys(AGAINST, -1)


@dataclass(frozen=True, slots=True)
class Lesson:
    """The signs of a page's groups, a row each, and which of them are right; none where the page has no list."""

    signs: Vector
    right: NDArray[np.bool_]


def lessons(pages: Sequence[Gold]) -> list[Lesson]:
    """Return what pages teach. A list that no group holds teaches nothing."""
    found = []
    for page in pages:
        groups = list(candidates(page.body, page.url, moment_of(page)))
        scores = np.array([scored(items, page).f1 if page.listing else 0.0 for _, items in groups])
        if not groups or (page.listing and scores.max() < LEAST):
            continue
        right = (scores >= max(LEAST, scores.max() - NEAR)) if page.listing else np.zeros(len(groups), bool)
        found.append(Lesson(np.array([signs for signs, _ in groups], dtype=float), right))
    return found


def fit(given: Sequence[Lesson]) -> tuple[dict[str, float], float]:
    """Return the weights and the bias that give each page's right groups, or none, the largest share (Adam on the penalised likelihood)."""
    everything = np.vstack([lesson.signs for lesson in given if len(lesson.signs)])
    middle, spread = everything.mean(axis=0), everything.std(axis=0)
    spread[spread < 1e-9] = np.inf
    scaled = [((lesson.signs - middle) / spread, lesson.right) for lesson in given]
    bounds = np.array([SPEAKS.get(name, 0) for name in SIGNS])
    found = np.zeros(len(SIGNS) + 1)
    first, second = np.zeros_like(found), np.zeros_like(found)
    for step in range(1, STEPS + 1):
        slope = _slope(found, scaled)
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope**2
        found = found - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        found[:-1] = np.where(bounds * found[:-1] < 0, 0, found[:-1])
    weights = found[:-1] / spread
    return {name: round(float(one), 4) for name, one in zip(SIGNS, weights, strict=True)}, round(
        float(found[-1] - (weights * middle).sum() + BOLDNESS), 4
    )


def _slope(found: Vector, scaled: Sequence[tuple[Vector, NDArray[np.bool_]]]) -> Vector:
    slope = np.append(PENALTY * found[:-1], 0.0)
    for signs, right in scaled:
        logits = np.append(signs @ found[:-1] + found[-1], 0.0)
        share = np.exp(logits - logits.max())
        share /= share.sum()
        wanted = np.append(share[:-1] * right, 0.0) if right.any() else np.append(np.zeros(len(right)), 1.0)
        wanted /= wanted.sum()
        change = (share - wanted)[:-1]
        slope += np.append(signs.T @ change, change.sum())
    return slope


def articles(folder: Path) -> Iterator[Gold]:
    """Give the pages of the article benchmark: none of them is a list."""
    for row in rows(folder / "gold.jsonl"):
        yield Gold(
            {"id": row["id"], "url": row["url"], "listing": False, "items": []},
            gzip.decompress((folder / f"{row['id']}.html.gz").read_bytes()),
        )


def judge(name: str, pages: Sequence[Gold], weights: Mapping[str, float], bias: float) -> None:
    """Say how weights do on pages: mean F1 of the likeliest group, the share of pages above .8, and the share of pages without a list refused."""
    tell(name, [outcome(page, weights, bias) for page in pages])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What weights make of a page: the F1 of its list, or whether a page without one was refused."""

    listing: bool
    value: float


def outcome(page: Gold, weights: Mapping[str, float], bias: float) -> Outcome:
    """Return what weights make of a page."""
    values = list(weights.values())
    groups = candidates(page.body, page.url, moment_of(page))
    logit, items = max(
        ((bias + float(np.dot(values, signs)), items) for signs, items in groups),
        key=lambda pair: pair[0],
        default=(-1.0, ()),
    )
    if page.listing:
        return Outcome(True, scored(items, page).f1 if logit >= 0 else 0.0)
    return Outcome(False, float(logit < 0))


def tell(name: str, outcomes: Sequence[Outcome]) -> None:
    """Say what weights made of pages."""
    scores = [one.value for one in outcomes if one.listing]
    say(
        name,
        {
            "pages": len(scores),
            "f1": float(np.mean(scores or [0.0])),
            "good": float(np.mean([float(score >= GOOD) for score in scores] or [0.0])),
            "refused": float(np.mean([one.value for one in outcomes if not one.listing] or [0.0])),
        },
    )


def cross_validate(pages: Sequence[Gold], more: Sequence[Gold], folds: int) -> None:
    """Say how weights do on the sites that they were not taught, each part of the sites left out once."""
    sites = sorted(
        {site_of(page) for page in pages}, key=lambda site: md5(site.encode(), usedforsecurity=False).digest()
    )
    part = {site: number % folds for number, site in enumerate(sites)}
    everything = [(page, part[site_of(page)]) for page in pages]
    everything += [(page, number % folds) for number, page in enumerate(more)]
    outcomes = []
    for fold in range(folds):
        weights, bias = fit(lessons([page for page, own in everything if own != fold]))
        outcomes += [outcome(page, weights, bias) for page, own in everything if own == fold]
    tell(f"left out, {folds} parts", outcomes)


def main() -> None:
    """Fit the weights, and say how they do."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--folds", type=int, default=0)
    given = parser.parse_args()
    pages = [page for folder in given.files for page in Gold.all_of(folder)]
    more = list(articles(given.articles)) if given.articles else []
    if given.folds:
        cross_validate(pages, more, given.folds)
        return
    halves = halves_of(pages)
    left = [page for page in pages if given.half == halves[page.name]]
    kept = [page for page in pages if page not in left]
    weights, bias = fit(lessons([*kept, *(more if given.half is None else more[given.half :: 2])]))
    judge("learned", kept, weights, bias)
    if left:
        judge("left out", left, weights, bias)
    if given.into:
        given.into.write_text(
            json.dumps({"bias": bias, "weights": weights}, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
