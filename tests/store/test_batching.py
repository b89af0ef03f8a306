"""What jobs do side by side and the store does at once."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.store.batching import Batcher


async def test_calls_that_come_together_are_done_at_once() -> None:
    batches: list[Sequence[int]] = []

    async def double(numbers: Sequence[int]) -> list[int]:
        batches.append(numbers)
        return [2 * number for number in numbers]

    together = Batcher(double, at_most=3)
    assert await asyncio.gather(*(together(n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert batches == [[0, 1, 2], [3, 4]]


async def test_an_error_reaches_only_the_caller_whose_it_is() -> None:
    async def invert(numbers: Sequence[int]) -> list[float]:
        return [1 / number for number in numbers]

    together = Batcher(invert)
    found = await asyncio.gather(*(together(n) for n in (1, 0, 2)), return_exceptions=True)
    assert [type(answer) for answer in found] == [float, ZeroDivisionError, float]
    assert await together(4) == 0.25


async def test_a_worker_that_is_cancelled_leaves_no_caller_waiting() -> None:
    async def never(numbers: Sequence[int]) -> list[int]:
        raise asyncio.CancelledError

    together = Batcher(never)
    with pytest.raises(asyncio.CancelledError):
        await together(1)
