"""How likely an entry tells the event of a story: by learned models, in one language and across two.

In one language the model of pairs looks at what titles share by weight, what bursts, kinds of events,
figures, frames that prove nothing, and texts; that of entry and story at the best members, and the name that
holds the story together. Other versions of one product, and sisters of one family, part what shares names.

Across languages only anchors count (names in Latin letters, model names, figures with their value and unit,
and what a small lexicon knows by its names in many languages), against the language in which a story began:
nothing is joined through a third. A model looks at those of titles, which must share two names; what is alike
in texts has a bar of its own.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from bot.pipeline.grouping.anchors import overlap as shared_anchors
from bot.pipeline.grouping.bursts import Bursts
from bot.pipeline.grouping.crossings import Member, crossing_features
from bot.pipeline.grouping.features import Item, Items
from bot.pipeline.grouping.model import MOST, Model
from bot.pipeline.grouping.pairs import are_alike_in_text, pair_features
from bot.pipeline.grouping.same_pages import tell_apart
from bot.pipeline.grouping.story_fit import Part, story_features
from bot.pipeline.grouping.window import Window
from bot.text.products import are_different_products

CROSS_WINDOW = timedelta(hours=48)

LINKED_LOGIT = -3.0
"""The logit of its best member from which a story is asked."""

LOOKED_AT = 8
"""Members of a story that an entry is compared with: those found, then the newest and the first."""

ENDS = 2
"""The first members of a story in another language that an entry is compared with beside the newest."""

OWN_LOOKED_AT = 6
"""The newest members in an entry's own language that it is compared with, when a story that began in another
language is asked.
"""

SEVERAL_MIN = 3
"""Members from which a story takes an entry in another language only if two of those looked at are
like it.
"""


class Chances:
    """What the models say of the entries of a window. What was worked out of a pair is kept until told to
    `forget`.
    """

    def __init__(self, window: Window, model: Model, items_of: Items, bursts: Bursts) -> None:
        self._window = window
        self._model = model
        self._items_of = items_of
        self._bursts = bursts
        self._logits: dict[tuple[int, int], float] = {}
        self._near: dict[int, list[int]] = {}

    def forget(self) -> None:
        """Forget what was kept: bursts change with each batch."""
        self._logits.clear()
        self._near.clear()

    def belongs(self, item: Item, story: int) -> float:
        """Return the probability that an entry belongs to a story; across languages 0 below the bar."""
        if item.doc.language in self._window.stories[story].parts:
            return self._chance(item, story, ())
        return self.crosses(item, story)

    # --- in one language
    # -------------------------------------------------------------------------------------------

    def of_stories(self, item: Item) -> dict[int, float]:
        """Return the probability of each story with a member like an entry, in its language."""
        members_by_story: dict[int, list[int]] = defaultdict(list)
        for number in self.find_candidates(item):
            members_by_story[self._window.items[number].story].append(number)
        return {
            story: self._chance(item, story, numbers)
            for story, numbers in members_by_story.items()
            if max(self.logit(item, self._window.items[n]) for n in numbers) > LINKED_LOGIT
        } | {
            story: self._model.bar
            for story, numbers in members_by_story.items()
            if self._says_the_same(item, numbers)
        }

    def find_candidates(self, item: Item) -> list[int]:
        """Return the entries that share most with one and may be compared with it."""
        candidates = self._near.get(item.doc.id)
        if candidates is None:
            candidates = self._near[item.doc.id] = self._window.find_like(item)
        return [number for number in candidates if self._window.is_comparable(item, number)]

    def logit(self, a: Item, b: Item) -> float:
        """Return the logit of a pair, worked out once in a batch."""
        key = (a.doc.id, b.doc.id) if a.doc.id < b.doc.id else (b.doc.id, a.doc.id)
        logit = self._logits.get(key)
        if logit is None:
            logit = self._logits[key] = self._pair(a, b)
        return logit

    def _pair(self, a: Item, b: Item) -> float:
        if are_different_products(a.products, b.products) or tell_apart(a.doc, b.doc):
            return -MOST
        features = pair_features(a, b, self._bursts)
        return -MOST if features is None else self._model.pair_logit(features)

    def _says_the_same(self, item: Item, numbers: Sequence[int]) -> bool:
        if item.doc.language in self._model.languages:
            return False
        candidates = (self._window.items[number] for number in numbers)
        return any(
            are_alike_in_text(item, candidate)
            and not are_different_products(item.products, candidate.products)
            and not tell_apart(item.doc, candidate.doc)
            for candidate in candidates
        )

    def _chance(self, item: Item, story: int, numbers: Sequence[int]) -> float:
        """Return the probability that an entry belongs to a story that has members in its language, of which
        some were found to be like it.
        """
        part = self._seen_by(item, self._window.stories[story].parts[item.doc.language])
        if not part.members:
            return 0.0
        look = dict.fromkeys(
            (*numbers[: LOOKED_AT // 2], *part.members[: -LOOKED_AT // 2 - 1 : -1], *part.members)
        )
        members = [self._window.items[number] for number in itertools.islice(look, LOOKED_AT)]
        if _is_parted(item, members):
            return 0.0
        return self._model.story_chance(self._story_features(item, part, members))

    def _seen_by(self, item: Item, part: Part) -> Part:
        """Return a part of a story as it is evidence for an entry: without what others, who see the entry, do
        not see.
        """
        members = [n for n in part.members if self._window.items[n].doc.is_evidence_for(item.doc)]
        if len(members) == len(part.members):
            return part
        terms: Counter[str] = Counter()
        for number in members:
            terms.update(self._window.items[number].weights.keys())
        return Part(members, terms)

    def _story_features(self, item: Item, part: Part, members: Sequence[Item]) -> list[float]:
        is_placed = item.doc.id in self._window.items and item.doc.servers is None
        logits = [self.logit(item, member) for member in members]
        return story_features(item, part, logits, lambda term: self._window.count_titles(term) - is_placed)

    # --- across languages
    # ------------------------------------------------------------------------------------------

    def best_crossing(self, item: Item) -> tuple[int, float] | None:
        """Return the most likely story told in another language that an entry belongs to by the anchors it
        shares with the entries in its first language, with the probability; None where there is none.
        """
        stories = dict.fromkeys(self._window.items[n].story for n in self.find_foreign(item))
        chances = {story: self.crosses(item, story) for story in stories if story != item.story}
        story, chance = max(chances.items(), key=lambda pair: (pair[1], -pair[0]), default=(0, 0.0))
        return (story, chance) if chance else None

    def find_foreign(self, item: Item) -> list[int]:
        """Return the entries of other stories in other languages that share most anchors with one."""
        return self._window.anchors.find_foreign(item, lambda candidate: _is_near(item, candidate))

    def crosses(self, item: Item, story: int) -> float:
        """Return the probability that an entry belongs to a story that began in another language, 0 below the
        bar: by titles, or by the share of anchors that texts have in common.

        Texts bring only the first entry in a language: on one subject many share as much.
        """
        target = self._window.stories[story]
        if item.doc.language == target.language:
            return 0.0
        numbers = target.first.members
        neighbours = [self._window.items[n] for n in dict.fromkeys((*numbers[-LOOKED_AT:], *numbers[:ENDS]))]
        comparable = [n for n in neighbours if n.doc.is_evidence_for(item.doc) and _is_near(item, n)]
        look = [n for n in comparable if not are_different_products(item.products, n.products)]
        if not look or 2 * len(look) < len(comparable):
            return 0.0
        features = self._crossing_features(item, story, look)
        titles = 0.0 if features is None else self._model.crossing_chance(features)
        likely_by_titles = titles if titles >= self._model.crossing_bar else 0.0
        if item.doc.language in target.parts:
            return likely_by_titles
        return max(likely_by_titles, self._crosses_in_text(item, look))

    def _crossing_features(self, item: Item, story: int, look: Sequence[Item]) -> list[float] | None:
        target = self._window.stories[story]
        language, part = target.first_language, target.parts.get(item.doc.language)
        own = [self._window.items[n] for n in (part.members[-OWN_LOOKED_AT:] if part else ())]
        own_logits = [
            self.logit(item, member)
            for member in own
            if member is not item and member.doc.is_evidence_for(item.doc)
        ]
        return crossing_features(
            Member(item, self._items_of.title_anchors(item)),
            [Member(neighbour, self._items_of.title_anchors(neighbour)) for neighbour in look],
            len(target.first.members),
            lambda anchor: self._window.anchors.count_titles(language, anchor),
            max(own_logits, default=None),
            self._bursts,
        )

    def _crosses_in_text(self, item: Item, look: Sequence[Item]) -> float:
        """Return how likely an entry with a text is to belong with others by the anchors of their texts; 0
        where too few of them are like it.
        """
        anchors = self._items_of.anchored(item)
        shares = [
            share
            for neighbour in look
            if not (item.bare or neighbour.bare)
            and (share := shared_anchors(anchors, self._items_of.anchored(neighbour)))
        ]
        if len(shares) < (2 if len(look) >= SEVERAL_MIN else 1):
            return 0.0
        return self._model.bar + (1 - self._model.bar) * max(shares)


def _is_parted(item: Item, members: Sequence[Item]) -> bool:
    """Tell whether most members of a story are of other versions or sisters of what an entry names."""
    apart_count = sum(are_different_products(item.products, member.products) for member in members)
    return apart_count * 2 > len(members)


def _is_near(a: Item, b: Item) -> bool:
    return a.story != b.story and abs(a.doc.published - b.doc.published) <= CROSS_WINDOW
