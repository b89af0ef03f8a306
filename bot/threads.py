"""Heavy work on texts that are in memory already: beside the event loop, which gets its turn every few
milliseconds meanwhile.

Worker processes are for what comes from the web: they can be ended, and their memory is bounded. What the
store holds is only ranked, searched or compared; handing megabytes of it to another process would itself stop
the loop. A thread shares them, and Python takes the interpreter from it in slices (`sys.setswitchinterval`, 5
ms). One call of a library written in C is one slice, so texts are cut, and patterns linear, before they come
here.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

LANES = 2
"""Threads: each one more makes the loop wait another slice for its turn."""

_lanes = ThreadPoolExecutor(LANES, thread_name_prefix="strillone-beside")


async def in_thread(fn: Callable[..., T], *args: Any, **options: Any) -> T:
    """Return what a function returns that touches neither the loop nor the store; it may be run to its end
    after a cancellation.
    """
    return await asyncio.get_running_loop().run_in_executor(_lanes, partial(fn, *args, **options))
