"""How answers are read, whatever they are wrapped in."""

import pytest

from bot.summarizers.openai.answer import Draft, read
from tests.doubles.model import answer

ONE = Draft("One.", (1, 2))


@pytest.mark.parametrize(
    "text",
    [
        answer(("One.", [1, 2])),
        f"```json\n{answer(('One.', [1, 2]))}\n```",
        f"<think>{{maybe}} {{}}</think> {answer(('One.', [1, 2]))} Done!",
        f'{{"thought": 1}} {answer(("One.", [1, 2]))}',
        '{"sentences": [{"text": "  On\\u200be.\\n", "ids": [1, "x", 2, null, true]}, 5, {"text": 3, "ids": [1]}, {"ids": [1]}, {"text": "", "ids": [1]}]}',
    ],
)  # fmt: skip
def test_sentences_are_found(text: str) -> None:
    assert read(text) == [ONE]


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"sentences": {}}', "{'sentences': [{'text': 'a', 'ids': [1]}]}", '{"sentences": [{"text": "a", "ids": [1]}', "{" * 9999, '{"a":' * 9999])  # fmt: skip
def test_what_is_no_answer_is_none(text: str) -> None:
    assert read(text) is None


def test_nothing_to_say_is_an_answer() -> None:
    assert read('{"sentences": []}') == []
