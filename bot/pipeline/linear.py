"""Linear models whose weights come in as data: logistic regression, as `benchmarks` trains it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model: a weight for each feature, and the logit of an example whose features are all zero."""

    names: Sequence[str]
    weights: Sequence[float]
    bias: float

    def logit(self, features: Sequence[float]) -> float:
        """Return the logit of an example."""
        return float(self.bias + sum(map(mul, self.weights, features)))


def logistic(z: float) -> float:
    """Return 1 / (1 + e^-z)."""
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, z))))
