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


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"sentences": {}}', "{'sentences': [{'text': 'a', 'ids': [1]}]}", '{"sentences": [{"text": "a", "ids": [1', "{" * 9999, '{"a":' * 9999])  # fmt: skip
def test_what_is_no_answer_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"sentences": [{"text": "One.", "ids": [1, 2]}, {"text": "Two, which is cut',
        '[{"text": "One.", "ids": [1, 2]}]',
        '{"sentences": [{"text": "One.", "ids": ["1", "2",],},]}',
        '{"summary": [{"text": "One.", "ids": [1, 2]}]}',
        '{"text": "One.", "ids": [1, 2]}\n{"text": "Two.", "ids": []}',
        '<think>{"sentences": [{"text": "No.", "ids": [3]}]}</think>{"sentences": [{"text": "One.", "ids": [1, 2]}]}',
    ],
)
def test_whole_sentences_are_read_of_what_is_cut_or_not_quite_json(text: str) -> None:
    assert read(text) == [ONE]


@pytest.mark.parametrize("cited", ["7", '"7"', '[7, "07x", "99999999999", "-1"]'])
def test_a_single_number_is_a_list_of_one(cited: str) -> None:
    assert read(f'{{"sentences": [{{"text": "One\nline.", "ids": {cited}}}]}}') == [Draft("One line.", (7,))]


def test_thoughts_that_never_end_are_no_answer() -> None:
    assert read('<think>{"sentences": [{"text": "No.", "ids": [3]}]}') is None


def test_nothing_to_say_is_an_answer() -> None:
    assert read('{"sentences": []}') == []
