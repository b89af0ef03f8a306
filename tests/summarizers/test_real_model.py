"""The product's own requests, answered by a real model: small and bad, so that its answers are refused, mended and replaced.

What it writes is its own affair; what reaches readers is not. Skipped where `make setup-model` was not run.
"""

from dataclasses import replace

import pytest

from bot.pipeline.verification.check import check, source_of
from bot.ports import ModelOptions, SummarizerOptions
from bot.summarizers.openai import create
from tests.doubles.model import hands
from tests.summarizers.world import want
from tests.support.real_model import find_weights, serve_real_model

pytestmark = [
    pytest.mark.skipif(find_weights() is None, reason="no real model is installed: make setup-model"),
    pytest.mark.timeout(240),
]


def options_of(address: str) -> SummarizerOptions:
    """What a summarizer is made of that asks a slow model of one's own."""
    model = ModelOptions(name="smollm2", address=address, seconds=20)
    return replace(hands().options(), models=(model,))


async def test_what_a_real_model_writes_passes_the_gate_or_is_told_by_the_sources() -> None:
    task = want(language="en")
    async with serve_real_model() as address:
        (summary,) = await create(options_of(address)).summarize([task])
    assert summary.sentences
    (entry,) = task.ranking.story.entries
    for sentence in summary.sentences:
        sources = [source_of(entry, receipt) for receipt in sentence.receipts]
        assert sources
        assert check(sentence.text, summary.language, sources).ok
        assert "Corvid 3" not in sentence.text
