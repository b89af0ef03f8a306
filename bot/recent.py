"""What was worked out a moment ago, for whoever asks the same again: bounded, and never another answer."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")


class Recent(Generic[Given, Made]):
    """Keeps what was made last, by a key that is quickly made.

    It is given again only for what equals that it was made from, so that the key need not say everything.
    Several threads may use it; two that ask at once may both make it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Given, Made]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, given: Given, make: Callable[[], Made]) -> Made:
        """Return what is made from something given: what is kept for its equal, else what `make` returns."""
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept[0] == given:
            return kept[1]
        made = make()
        with self._lock:
            self._kept[key] = (given, made)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
