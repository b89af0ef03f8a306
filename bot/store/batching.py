"""One transaction for many: what jobs that run side by side each read or write, done in batches as
they come.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Batcher(Generic[A, B]):
    """Calls `do` with all arguments that came within a few moments, or while it was busy, and gives each
    caller its result.

    When `do` fails with many it is called again with each alone, so that an error reaches only whose it is;
    `do` leaves nothing behind when it fails. `pause` is in seconds.
    """

    def __init__(
        self, do: Callable[[Sequence[A]], Awaitable[Sequence[B]]], *, at_most: int = 200, pause: float = 0.05
    ) -> None:
        self._do = do
        self._at_most = at_most
        self._pause = pause
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def __call__(self, argument: A) -> B:
        """Return the result for one argument, once its batch is committed."""
        result: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._waiting.append((argument, result))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._work())
        return await result

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(self._pause)  # noqa: TID251  moments to gather in; nothing is decided by them
            batch, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            await self._run_batch(batch)

    async def _run_batch(self, batch: Sequence[tuple[A, "asyncio.Future[B]"]]) -> None:
        try:
            results = await self._do([argument for argument, _ in batch])
        except BaseException as error:  # each caller gets it, and each job records it as its own
            if len(batch) > 1 and isinstance(error, Exception):
                for only_call in batch:
                    await self._run_batch([only_call])
                return
            for _, result in batch:
                if not result.done():
                    result.set_exception(error)
            if isinstance(error, asyncio.CancelledError):
                raise
            return
        for (_, result), value in zip(batch, results, strict=True):
            if not result.done():
                result.set_result(value)
