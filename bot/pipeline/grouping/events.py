"""What kind of event a title tells of, and in which frame: words and patterns by language, which come in as
data.

Two titles that both tell of a closing or of a lawsuit are a little more likely to tell one event; that both
are offers, or both “Launch HN”, says nothing, or less.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.lexicon import LEXICONS
from bot.text.words import fold

FRAMES = ("funding", "launch_hn", "offer", "how_to")
"""The frames that titles are poured into, as `events.toml` must describe them."""

NO_KINDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Events:
    """Kinds of events by word and language; `telling` kinds happen to a name seldom enough to mean something;
    frames by pattern.
    """

    kinds: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    telling: frozenset[str] = NO_KINDS
    frames: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def of(self, words: Iterable[str], language: str) -> frozenset[str]:
        """Return the kinds of events that folded words tell of."""
        kinds_by_word = self.kinds.get(language)
        if kinds_by_word is None:
            return NO_KINDS
        kinds = [kinds_by_word[word] for word in words if word in kinds_by_word]
        return NO_KINDS.union(*kinds) if kinds else NO_KINDS

    def frames_of(self, title: str) -> frozenset[str]:
        """Return the frames of a title."""
        names = [name for name, pattern in self.frames.items() if pattern.search(title)]
        return frozenset(names) if names else NO_KINDS


def compile_events(data: Mapping[str, Any]) -> Events:
    """Return the events of the contents of `events.toml` (`kinds.NAME`, and `frames.NAME` with patterns), in
    the words of the lexicons.
    """
    kinds: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language, lexicon in LEXICONS.items():
        for name in data["kinds"].keys() & lexicon.events.keys():
            for word in lexicon.events[name]:
                kinds[language][fold(word)].add(name)
    return Events(
        {
            language: {w: frozenset(k) for w, k in kinds_by_word.items()}
            for language, kinds_by_word in kinds.items()
        },
        frozenset(name for name, kind in data["kinds"].items() if kind.get("telling")),
        {name: _pattern(data["frames"].get(name, ())) for name in FRAMES},
    )


def _pattern(parts: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)
