"""What has been done since the process began, counted: for whoever watches it, and for nothing else."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum


class Counted(StrEnum):
    """What is counted."""

    POLLS = "polls"
    """Of feeds, by what they brought."""
    STORIES = "stories"
    """What became of entries: a story of their own, or one that was known."""
    SUMMARIES = "summaries"
    """By the method that wrote them."""
    SENTENCES = "sentences"
    """Of summaries, by what the gate made of them."""
    OPERATIONS = "operations"
    """That have ended, by how."""
    DIGESTS = "digests"
    """Posts that have arrived with the digest of a slot."""


class Tally:
    """Counts by kind and label. Labels are words of the program's own, never names or addresses."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Counted, str]] = Counter()

    def add(self, counted: Counted, label: str, amount: int = 1) -> None:
        """Count what has happened."""
        self._counts[counted, label] += amount

    def counts(self, counted: Counted) -> Mapping[str, int]:
        """Return how often each label of a kind was counted."""
        return {label: count for (kind, label), count in sorted(self._counts.items()) if kind is counted}
