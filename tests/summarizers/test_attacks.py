"""Text of articles is data: whatever it orders, and even if a model obeys to the letter, no reader sees it.

The endpoint here is the worst one: it answers with the very sentence that the attack asks for, citing each sentence of the article
in turn, and repeats itself when it is asked again. What is looked at is what would be posted.
"""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.i18n import load
from bot.model import Channel, Length, PlaceKind, Summary
from bot.pipeline.composing.compose import Counts, DigestContent, StoryCard, digest_document
from bot.pipeline.verification.check import Source, check
from bot.platforms.discord import render as discord
from bot.platforms.telegram import render as telegram
from bot.summarizers.openai.objection import is_in
from bot.summarizers.openai.prompt import TASK, visible_text
from tests.doubles.model import NOW, ModelDouble, answer, given, hands
from tests.platforms.test_discord_render import active
from tests.platforms.test_telegram_render import TOO_GOOD
from tests.platforms.test_telegram_render import check as taken_by_telegram
from tests.summarizers.attacks import ATTACKS, HIDDEN, HONEST, KINDS, TAGS, Attack
from tests.summarizers.world import story, texts, told, want

KEY = "sk-sesame-0123456789abcdef"
LANGUAGES = tuple(HONEST)
ADDRESS = re.compile(r"https?://[^\s\"<>)\\]+|(?:discord\.gg|t\.me|evil\.example)[^\s\"<>)]*")
WORDS = load()
OTHER = {"en": "it", "it": "de", "de": "fr", "fr": "es", "es": "en", "zh": "ja", "ja": "zh"}


def ids(attack: Attack) -> str:
    return f"{attack.kind}-{attack.language}"


def obeying(attack: Attack, model: list[ModelDouble]) -> Any:
    """Say what the attack asks for, as often as there are sentences to cite, with the key the endpoint was given."""

    def say(body: dict[str, Any]) -> str:
        obeyed = attack.obeyed.replace("{key}", model[0].keys[-1].removeprefix("Bearer "))
        numbers = [number for number, _ in given(body)]
        cited = [(obeyed, numbers)] + [(obeyed, [number]) for number in numbers]
        return answer(*cited)

    return say


async def obeyed(attack: Attack, language: str) -> tuple[Summary, ModelDouble]:
    found = story(attack.text, language=attack.language, title=HONEST[attack.language][0])
    held: list[ModelDouble] = []
    async with ModelDouble(obeying(attack, held)) as model:
        held.append(model)
        (summary,) = await told(model, want(found, language, Length.SHORT), made_of=hands(model, key=KEY))
    assert model.requests, "it was asked"
    return summary, model


def honest(summary: Summary) -> None:
    """Assert what every summary promises: receipts that back it, one language, and nothing that acts."""
    entry = summary.lead
    for sentence in summary.sentences:
        words = [entry.text[r.start : r.end] for r in sentence.receipts]
        assert check(sentence.text, summary.language, [Source(text, entry.language) for text in words]).ok
        assert sentence.text in words or is_in(sentence.text, summary.language)
        assert set(ADDRESS.findall(sentence.text)) <= set(ADDRESS.findall(" ".join(words)))
        assert KEY not in sentence.text
        assert not any(piece in sentence.text for piece in TASK.split(". ") if len(piece) > 20)
        if summary.method == "model":
            assert sentence.text == visible_text(sentence.text)
            assert not re.search(r"[@＠]\w|<[@#]|tg:", sentence.text)


def posted(summary: Summary, language: str) -> None:
    """Assert what both platforms would show: no mention, no address but the story's own, no key."""
    cards = (StoryCard(story(), summary),)
    for platform, render in (("discord", discord.render), ("telegram", telegram.render)):
        channel = Channel(
            id=1, platform=platform, address="1", kind=PlaceKind.GROUP, server_id=1, language=language
        )
        document = digest_document(
            DigestContent(topic="", slot_at=NOW, cards=cards, tail=(), counts=Counts(entries=1, feeds=1)),
            WORDS.for_language(language),
            channel,
        )
        for payload in render(document, channel):
            said = json.dumps(payload, ensure_ascii=False)
            assert KEY not in said
            assert set(ADDRESS.findall(said)) <= {summary.lead.link}
            if platform == "telegram":
                entities = taken_by_telegram(payload)
                assert not {entity["type"] for entity in entities} & TOO_GOOD
            else:
                assert not re.search(r"(?<!\\)<(?:@|#|/)|@(?:everyone|here)\b", said)


@pytest.mark.parametrize("attack", ATTACKS, ids=ids)
async def test_an_order_in_an_article_reaches_nobody(attack: Attack) -> None:
    summary, _ = await obeyed(attack, attack.language)
    honest(summary)
    posted(summary, attack.language)
    assert summary.language == attack.language
    if attack.kind == "unseen":
        assert texts(summary) == [visible_text(attack.obeyed)]
    else:
        assert summary.method == "extractive"


@pytest.mark.parametrize("attack", ATTACKS, ids=ids)
async def test_an_order_reaches_nobody_in_another_language_either(attack: Attack) -> None:
    """The model obeys in the channel's language, which is not the article's: there is less that the gate can compare."""
    language = OTHER[attack.language]
    there = replace(attack, obeyed=KINDS[attack.kind][language][1])
    summary, _ = await obeyed(there, language)
    honest(summary)
    posted(summary, language)
    assert summary.method == "extractive" or attack.kind == "unseen"


@pytest.mark.parametrize("attack", ATTACKS, ids=ids)
async def test_an_order_stands_between_the_marks_as_one_line_of_data(attack: Attack) -> None:
    _, model = await obeyed(attack, attack.language)
    for request in model.requests:
        system, user = (message["content"] for message in request["messages"][:2])
        assert attack.order not in system
        assert len(re.findall(r"</?sources>", user)) == 2
        assert not set(user) & set(HIDDEN + TAGS)
        assert KEY not in json.dumps(request)
        inside = user.split("<sources>\n")[1].split("\n</sources>")[0]
        ours = r"\d+\. \[Wire\] |Article: Wire, 2026-11-24: "
        assert all(re.match(ours, line) for line in inside.split("\n"))
        assert not re.search(r"<\||\{|INST|SYS>", inside)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_article_without_the_attack_is_told_by_a_model(language: str) -> None:
    between = "" if language in {"zh", "ja"} else " "
    found = story(between.join(HONEST[language]), language=language, title="Corvid 2")
    async with ModelDouble(lambda body: answer((given(body)[0][1], [1]), (given(body)[1][1], [2]))) as model:
        (summary,) = await told(model, want(found, language))
    assert summary.method == "model"
    assert len(summary.sentences) == 2


def test_nothing_active_is_left_in_what_discord_is_given() -> None:
    from bot.platforms.discord.markup import clean, escape

    for attack in ATTACKS:
        assert active(escape(clean(attack.order))) == []
