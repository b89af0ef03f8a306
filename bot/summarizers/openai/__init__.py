"""A summarizer that writes with any OpenAI-compatible model; whatever goes wrong, the sources' own sentences
are told.

prompt     what is sent: numbered sentences of the sources, as data
reach      how it is sent: budget, models in order, retries, a breaker
answer     how what comes back is read
objection  why a sentence may not be told
write      the flow
"""

from bot.ports import Summarizer, SummarizerOptions
from bot.summarizers.openai.write import ModelSummarizer


def create(options: SummarizerOptions) -> Summarizer:
    """Return the summarizer that writes with models."""
    return ModelSummarizer(options)
