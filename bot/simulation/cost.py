"""What a model would have cost: what it would have been sent and have answered, counted in tokens."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.ports import ModelOptions, SummaryTask
from bot.simulation import SimulatedPost
from bot.summarizers.extractive import summarize_extractively
from bot.summarizers.openai.prompt import request_of, task_of
from bot.text.words import has_cjk

CHARACTERS_PER_TOKEN = 4
"""In languages with spaces; of Chinese and Japanese each character is one. Tokenizers differ by a third."""

PER_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Requests to a model, with the tokens that go there and come back."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    def price(self, model: ModelOptions) -> float:
        """Return what it costs with a model, in the currency of its prices; 0 where it has none."""
        return (self.tokens_in * model.price_in + self.tokens_out * model.price_out) / PER_MILLION

    def times(self, factor: float) -> "Cost":
        """Return the cost of so much more or less."""
        return Cost(
            round(self.requests * factor), round(self.tokens_in * factor), round(self.tokens_out * factor)
        )


def estimate(posts: Iterable[SimulatedPost]) -> Cost:
    """Return what the stories of posts would have cost, each once: what was written for one channel serves
    all of its language and length. Second requests, for what the gate refuses, are not in it.
    """
    cost, keys = Cost(), set[str]()
    for story in (story for post in posts for story in post.stories):
        summary_task = SummaryTask(story.ranking, story.language, story.length)
        task = task_of(summary_task, summarize_extractively(summary_task))
        key = task.key("")
        if key in keys or not task.is_worth_asking:
            continue
        keys.add(key)
        request = request_of([task])
        tokens = sum(_count_tokens(message["content"]) for message in request.messages)
        cost = Cost(cost.requests + 1, cost.tokens_in + tokens, cost.tokens_out + request.most)
    return cost


def _count_tokens(text: str) -> int:
    cjk = sum(map(has_cjk, text))
    return cjk + (len(text) - cjk) // CHARACTERS_PER_TOKEN
