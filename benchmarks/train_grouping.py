"""Teach the grouping: `python -m benchmarks.train_grouping FILE… --background FILE [--foreign FILE] [--days DIR] [--into grouping.json] [--leave-one-out]`.

FILEs are labelled windows (`published, title, cluster`, and if known `saga`); for each of them the archive is what the
background has strictly before it. DIR is what `benchmarks.days` takes: its
entries with texts teach what texts say. First the pairs that
grouping looks at are fitted to whether both tell one story; then entries and stories, in rounds, on what grouping itself asks while
it groups with the model so far, so that the second model learns from the mistakes of both. A merge inside a saga is half a mistake.

Last the third model, of an entry and a story in another language: on the windows with every other title in Chinese (`title_zh_mt`; once the
even ones, once the odd), and with the titles in other languages that the file of `--foreign` has for a window (`window, cluster`) mixed in.

`--leave-one-out` teaches a model for each window without it, and prints how it groups that window; nothing is written then.
"""

import itertools
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.days import Book, Gold, link_of
from benchmarks.days_run import recorded_days
from benchmarks.report import arguments, rows, say
from benchmarks.stories import counted, doc, grouped, scores, settings
from bot.feeds.page import read_page
from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.chances import Chances
from bot.pipeline.grouping.features import Item, Items
from bot.pipeline.grouping.index import Doc, Index, sort_docs
from bot.pipeline.grouping.model import CROSSING, PAIR, STORY, Model
from bot.pipeline.grouping.pairs import pair_features
from bot.pipeline.grouping.siblings import Siblings
from bot.pipeline.grouping.story_fit import Part
from bot.pipeline.grouping.window import Window
from bot.pipeline.linear import Linear
from bot.simulation.recording import packed
from bot.text.terms import Frequencies

ROUNDS = 3
CROSSING_ROUNDS = 1
PAIR_PENALTY, STORY_PENALTY, CROSSING_PENALTY = 30.0, 10.0, 30.0
"""How strongly weights are held small: strong for pairs, of which there are many and all alike, and for crossings, of which there are few."""

BAR = 0.6
CROSSING_BAR = 0.7
"""Higher across languages, where titles share less: of real titles in other languages, left out by window, .86 of the pairs were right
from it, .82 from .6, and recall fell from .43 to .39."""

SAGA = 0.5
"""How much of a mistake a merge inside a saga is."""

POLL = timedelta(minutes=10)
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Label:
    """Of which story an entry is, and of which sagas."""

    story: str
    sagas: frozenset[str]

    def shares_saga(self, other: "Label") -> bool:
        """Tell whether two entries are of one saga."""
        return bool(self.sagas & other.sagas)


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """Entries in order of arrival with their labels by id (doubtful ones have none), and the archive before them."""

    name: str
    docs: Sequence[Doc]
    labels: dict[int, Label]
    archive: Frequencies

    def fresh_archive(self) -> Frequencies:
        """Return the archive to group with: grouping adds to it what leaves the window."""
        known = self.archive
        return Frequencies(
            documents=known.documents,
            terms=dict(known.terms),
            common=known.common,
            pairs=known.pairs,
            paired=known.paired,
        )


@dataclass
class Examples:
    """What a model is fitted to: features, wanted answers between 0 and 1, and how much each counts."""

    features: list[list[float]] = field(default_factory=list)
    wanted: list[float] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, features: list[float], wanted: float, weight: float) -> None:
        """Add one; what weighs nothing is left out."""
        if weight > 0:
            self.features.append(features)
            self.wanted.append(wanted)
            self.weights.append(weight)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run looks at: pairs, entries and stories, and the same across two languages."""

    pairs: Examples = field(default_factory=Examples)
    stories: Examples = field(default_factory=Examples)
    crossings: Examples = field(default_factory=Examples)


class WatchedChances(Chances):
    """Chances that note what they are worked out from."""

    def __init__(
        self,
        window: Window,
        model: Model,
        items_of: Items,
        bursts: Bursts,
        labelled: LabelledWindow,
        seen: Seen,
    ) -> None:
        super().__init__(window, model, items_of, bursts)
        self._labels = labelled.labels
        self._sizes = Counter(label.story for label in labelled.labels.values())
        self._seen = seen

    def _pair(self, a: Item, b: Item) -> float:
        first, second = (self._labels.get(item.doc.id) for item in (a, b))
        features = pair_features(a, b, self._bursts)
        if first and second and features is not None:
            same = first.story == second.story
            weight = (2 / max(1, self._sizes[first.story] - 1)) ** 0.5 if same else 1.0
            weight *= SAGA if not same and first.shares_saga(second) else 1.0
            self._seen.pairs.add(features, float(same), weight)
        return super()._pair(a, b)

    def _story_features(self, item: Item, part: Part, members: Sequence[Item]) -> list[float]:
        features = super()._story_features(item, part, members)
        self._note(self._seen.stories, features, item, part)
        return features

    def _crossing_features(self, item: Item, story: int, look: Sequence[Item]) -> list[float] | None:
        features = super()._crossing_features(item, story, look)
        if features is not None:
            self._note(self._seen.crossings, features, item, self._window.stories[story].first)
        return features

    def _note(self, examples: Examples, features: list[float], item: Item, part: Part) -> None:
        """Note an entry and a part of a story, as right as its members are."""
        mine = self._labels.get(item.doc.id)
        known = [label for n in part.members if n != item.doc.id and (label := self._labels.get(n))]
        if mine and known:
            right = sum(label.story == mine.story for label in known) / len(known)
            near = sum(label.story != mine.story and label.shares_saga(mine) for label in known) / len(known)
            weight = len(part.members) ** 0.25
            examples.add(features, 1.0, right * weight)
            examples.add(features, 0.0, (1 - right - (1 - SAGA) * near) * weight)


class Watched(Index):
    """An index that notes what it looks at in a labelled window."""

    def __init__(self, labelled: LabelledWindow, model: Model, seen: Seen) -> None:
        super().__init__(labelled.fresh_archive(), model, settings().rules.tiers)
        self._chances = WatchedChances(self._window, model, self._items_of, self._bursts, labelled, seen)
        self._siblings = Siblings(self._window, self._chances, self._bursts, model.bar)

    def ask_others(self, one: Doc) -> None:
        """Look at an entry and each story in another language that it may belong to."""
        self._chances.best_crossing(self._item(one))


def fit(examples: Examples, names: Sequence[str], penalty: float) -> Linear:
    """Return the linear model that a penalised logistic regression gives, by Newton's method on standardised features."""
    x, y, w = (np.array(part, dtype=float) for part in (examples.features, examples.wanted, examples.weights))
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    deviation[deviation < 1e-9] = np.inf
    scaled = np.hstack([(x - mean) / deviation, np.ones((len(x), 1))])
    held = np.diag([penalty] * len(names) + [1e-6])
    found: Vector = np.zeros(len(names) + 1)
    for _ in range(40):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ found, -30, 30)))
        slope = scaled.T @ (w * (chance - y)) + held @ found
        curve = (scaled * (w * chance * (1 - chance))[:, None]).T @ scaled + held
        step = np.linalg.solve(curve, slope)
        found = found - step
        if np.abs(step).max() < 1e-6:
            break
    weights = found[:-1] / deviation
    bias = float(found[-1] - (weights * mean).sum())
    return Linear(names, [round(float(weight), 4) for weight in weights], round(bias, 4))


def teach(windows: Sequence[LabelledWindow], start: Model) -> Model:
    """Return the model that some windows teach, beginning with another one."""
    seen = Seen()
    for window in windows:
        group_rightly(Watched(window, start, seen), window)
    model = replace(start, pair=fit(seen.pairs, PAIR, PAIR_PENALTY), bar=BAR, crossing_bar=CROSSING_BAR)
    seen = Seen()
    for window in windows:
        group_rightly(Watched(window, model, seen), window)
    for _ in range(ROUNDS):
        model = replace(model, story=fit(seen.stories, STORY, STORY_PENALTY))
        for window in windows:
            grouped(Watched(window, model, seen), window.docs)
    return replace(model, story=fit(seen.stories, STORY, STORY_PENALTY))


def teach_crossings(windows: Sequence[LabelledWindow], model: Model) -> Model:
    """Return a model that some windows in two languages and more teach how entries cross them."""
    seen = Seen()
    for window in windows:
        group_rightly(Watched(window, model, seen), window)
    for _ in range(CROSSING_ROUNDS):
        model = replace(model, crossing=fit(seen.crossings, CROSSING, CROSSING_PENALTY))
        for window in windows:
            grouped(Watched(window, model, seen), window.docs)
    return replace(model, crossing=fit(seen.crossings, CROSSING, CROSSING_PENALTY))


def group_rightly(index: Watched, window: LabelledWindow) -> None:
    """Let an index look at each entry of a window, and put it into the story that it is labelled with."""
    numbers: dict[str, int] = {}
    for _, batch in itertools.groupby(window.docs, key=lambda one: one.published):
        docs = list(batch)
        index.expect(docs)
        for one in sort_docs(docs):
            index.place(one)
            index.ask_others(one)
            label = window.labels.get(one.id)
            index.add(one, numbers.setdefault(label.story if label else f"#{one.id}", one.id + 1))


def read_window(path: Path, background: Sequence[dict[str, Any]]) -> LabelledWindow:
    """Return a labelled window with all of the background that came before it."""
    items = sorted(rows(path), key=_order)
    before = [(b["title"], b["lang"]) for b in background if _moment(b) < _moment(items[0])]
    docs = [doc(n, item, item["title"], item["lang"]) for n, item in enumerate(items)]
    labels = {n: Label(item["cluster"], _sagas(item)) for n, item in enumerate(items)}
    return LabelledWindow(path.stem, docs, labels, counted(before))


def read_foreign(
    path: Path, background: Sequence[dict[str, Any]], foreign: Sequence[dict[str, Any]]
) -> list[LabelledWindow]:
    """Return a labelled window as it would be in several languages: its even and its odd titles in Chinese, and with what others
    say in other languages mixed in.
    """
    plain, items = read_window(path, background), sorted(rows(path), key=_order)
    windows = []
    for odd in (0, 1):
        docs = [
            replace(one, title=item["title_zh_mt"], language="zh")
            if one.id % 2 == odd and item.get("title_zh_mt")
            else one
            for one, item in zip(plain.docs, items, strict=True)
        ]
        windows.append(replace(plain, name=f"{plain.name} zh {odd}", docs=docs))
    own = [item for item in foreign if path.stem.endswith(item["window"])]
    if own:
        items = sorted([*items, *own], key=_order)
        docs = [doc(n, item, item["title"], item["lang"]) for n, item in enumerate(items)]
        labels = {n: Label(item["cluster"] or item["id"], _sagas(item)) for n, item in enumerate(items)}
        windows.append(LabelledWindow(f"{plain.name} mixed", docs, labels, plain.archive))
    return windows


def _order(item: dict[str, Any]) -> tuple[str, str]:
    return item["published"], item["id"]


def _moment(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["published"].replace("Z", "+00:00"))


def _sagas(item: dict[str, Any]) -> frozenset[str]:
    return frozenset([item["saga"]] if item.get("saga") else [])


def read_days(folder: Path, archive: Frequencies) -> LabelledWindow:
    """Return the English entries of some real days with their texts, labelled by the editor's gold."""
    book = Book([Gold.of(row) for row in rows(folder / "gold.jsonl")])
    docs: list[Doc] = []
    labels: dict[int, Label] = {}
    for item, text in _entries(folder):
        at = datetime.fromisoformat(item["at"])
        number = len(docs)
        at = at.replace(minute=at.minute // 10 * 10, second=0, microsecond=0)
        docs.append(
            Doc(id=number, title=item["title"], text=text, language="en", published=at, outlet=item["feed"])
        )
        found = book.by_link.get(link_of(item["link"]), [])
        if len(found) == 1 and link_of(item["link"]) not in found[0].grey:
            labels[number] = Label(
                found[0].id, found[0].sagas | {found[0].id, *filter(None, [found[0].updates])}
            )
    return LabelledWindow(folder.name, docs, labels, archive)


def _entries(folder: Path) -> list[tuple[dict[str, Any], str]]:
    """Return the items of a folder in order of time, with the text of their page or their teaser."""
    english = {feed["url"] for feed in recorded_days(folder).feeds}
    found = []
    for item in packed(folder / "items.jsonl.gz"):
        if item["feed"] in english:
            page = item.get("page")
            text = read_page(page.encode(), item["link"], "text/html; charset=utf-8").text if page else ""
            found.append((item, text or item.get("teaser") or ""))
    return sorted(found, key=lambda pair: (pair[0]["at"], pair[0]["link"]))


def as_data(model: Model) -> dict[str, Any]:
    """Return a model as `grouping.json` holds it."""
    parts = {"pair": model.pair, "story": model.story, "crossing": model.crossing}
    return {"bar": model.bar, "crossing_bar": model.crossing_bar, "languages": ["en"]} | {
        name: {"bias": part.bias, "weights": dict(zip(part.names, part.weights, strict=True))}
        for name, part in parts.items()
    }


def judge(window: LabelledWindow, model: Model) -> dict[str, float]:
    """Return how a model groups a window."""
    members = grouped(Index(window.fresh_archive(), model, settings().rules.tiers), window.docs)
    story_of = {member: story for story, inside in members.items() for member in inside}
    docs = [one for one in window.docs if one.id in window.labels]
    return scores(docs, [window.labels[one.id].story for one in docs], story_of)


def main() -> None:
    """Teach, or teach and judge with one window left out."""
    parser = arguments(__doc__ or "")
    parser.add_argument(
        "--background", type=Path, required=True, help="titles that archives are counted from"
    )
    parser.add_argument("--foreign", type=Path, help="titles in other languages that tell stories of FILEs")
    parser.add_argument("--days", type=Path, help="real days with texts")
    parser.add_argument("--into", type=Path, help="where to write the weights")
    parser.add_argument(
        "--leave-one-out", action="store_true", help="judge each window by a model taught without it"
    )
    given = parser.parse_args()
    background = list(rows(given.background))
    windows = {path: read_window(path, background) for path in given.files}
    days = [read_days(given.days, counted((b["title"], b["lang"]) for b in background))] if given.days else []
    translated = list(rows(given.foreign)) if given.foreign else []
    foreign = {path: read_foreign(path, background, translated) for path in given.files}
    if given.leave_one_out:
        _leave_one_out(windows, foreign, days)
        return
    model = teach([*days, *windows.values()], settings().grouping)
    model = teach_crossings(list(itertools.chain.from_iterable(foreign.values())), model)
    given.into.write_text(json.dumps(as_data(model), indent=1) + "\n", encoding="utf-8")


def _leave_one_out(
    windows: dict[Path, LabelledWindow],
    foreign: dict[Path, list[LabelledWindow]],
    days: Sequence[LabelledWindow],
) -> None:
    for path, own in windows.items():
        others = [other for other in windows if other != path]
        model = teach([*days, *(windows[other] for other in others)], settings().grouping)
        say(path.name, judge(own, model))
        model = teach_crossings([one for other in others for one in foreign[other]], model)
        for one in foreign[path]:
            say(one.name, judge(one, model))


if __name__ == "__main__":
    main()
