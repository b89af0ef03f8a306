"""The learned part of grouping: three linear models whose weights come in as data, trained by
`benchmarks/train_grouping.py`.

The first looks at a pair of entries, the second at an entry and a story, the third at an entry and a story
that began in another language. Each gives a logit; its logistic is a probability.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.pipeline.grouping.events import Events
from bot.pipeline.linear import Linear, logistic

PAIR = (
    "cosine",
    "shared_mass",
    "heaviest",
    "second",
    "third",
    "shared_terms",
    "of_lighter",
    "of_heavier",
    "of_both",
    "burst",
    "burst_titles",
    "second_burst",
    "pair_burst",
    "pair_titles",
    "letters",
    "left_over",
    "same_kind",
    "same_telling_kind",
    "other_kind",
    "same_figure",
    "other_figures",
    "both_funding",
    "both_launch_hn",
    "both_offers",
    "one_how_to",
    "same_title",
    "shorter",
    "length_gap",
    "one_term",
    "unfamiliar",
    "both_texts",
    "text_cosine",
    "text_mass",
    "titles_in_texts",
    "one_text",
    "title_in_text",
)
"""What is looked at of a pair, in the order of the weights."""

STORY = (
    "best",
    "best_four",
    "mean",
    "size",
    "concentration",
    "coverage",
    "held",
    "held_weight",
    "held_second",
    "centre",
    "second_best",
    "alone",
)
"""What is looked at of an entry and a story, in the order of the weights."""

CROSSING = (
    "share",
    "names",
    "heaviest_name",
    "figures",
    "other_figures",
    "same_telling_kind",
    "other_kind",
    "concentration",
    "coverage",
    "held",
    "size",
    "left_over",
    "gap",
    "burst",
    "lighter",
    "words",
    "has_part",
    "own_best",
)
"""What is looked at of an entry and a story in another language, in the order of the weights."""

MOST = 6.0
"""A logit is cut to this size, so that one pair does not decide alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """How entries are joined: the models, the probabilities from which an entry joins a story in its own and
    in another language, and the kinds of events.
    """

    pair: Linear
    story: Linear
    crossing: Linear
    bar: float
    crossing_bar: float
    events: Events = field(default_factory=Events)
    languages: frozenset[str] = frozenset()
    """The languages that the weights were learned in; in others texts that are much alike are enough, too."""

    def pair_logit(self, features: Sequence[float]) -> float:
        """Return how likely two entries tell one event, as a logit of at most `MOST`."""
        return max(-MOST, min(MOST, self.pair.logit(features)))

    def story_chance(self, features: Sequence[float]) -> float:
        """Return the probability that an entry belongs to a story."""
        return logistic(self.story.logit(features))

    def crossing_chance(self, features: Sequence[float]) -> float:
        """Return the probability that an entry belongs to a story in another language."""
        return logistic(self.crossing.logit(features))


def compile_model(data: Mapping[str, Any], events: Events) -> Model:
    """Return the model of the contents of `grouping.json`. Raises `ValueError` where its features are others
    than ours.
    """
    models = []
    for part, names in (("pair", PAIR), ("story", STORY), ("crossing", CROSSING)):
        weights = data[part]["weights"]
        if tuple(weights) != names:
            differs = sorted(set(weights) ^ set(names)) or ["their order"]
            msg = (
                f"grouping.json: {part}: the features differ from the program's "
                f"({', '.join(differs)}); train it again"
            )
            raise ValueError(msg)
        models.append(Linear(names, tuple(weights.values()), float(data[part]["bias"])))
    return Model(
        pair=models[0],
        story=models[1],
        crossing=models[2],
        bar=float(data["bar"]),
        crossing_bar=float(data["crossing_bar"]),
        events=events,
        languages=frozenset(data["languages"]),
    )
