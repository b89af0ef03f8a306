"""What was worked out a moment ago, for whoever asks the same again: bounded, and never another answer."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Source = TypeVar("Source")
Result = TypeVar("Result")


class Recent(Generic[Source, Result]):
    """Keeps what was made last, by a key that is quickly made.

    It is given again only for what equals that it was made from, so that the key need not say everything.
    Several threads may use it; two that ask at once may both make it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pairs: OrderedDict[Hashable, tuple[Source, Result]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, source: Source, make: Callable[[], Result]) -> Result:
        """Return what is made from a source: what is kept for its equal, else what `make` returns."""
        with self._lock:
            pair = self._pairs.get(key)
        if pair is not None and (pair[0] is source or pair[0] == source):
            return pair[1]
        result = make()
        with self._lock:
            self._pairs[key] = (source, result)
            self._pairs.move_to_end(key)
            while len(self._pairs) > self._most:
                self._pairs.popitem(last=False)
        return result
