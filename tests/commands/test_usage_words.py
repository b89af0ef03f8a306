"""What usages are called in other languages, and stories whose ids nobody types."""

import re

import pytest

from bot.commands.registry import registry
from bot.commands.usage_words import place_names, usage_in_words
from bot.languages import SPOKEN
from tests.commands.conftest import PRIVATE, Counter, words_of
from tests.support.world import texts

LINKS_OWN = "PAYLOAD"
"""What the link that starts a chat carries: nobody types it."""

PLACES = {
    place for command in registry().visible_commands for place in re.findall(r"\b[A-Z]{2,}\b", command.usage)
}


@pytest.mark.parametrize("language", SPOKEN)
def test_every_place_of_every_usage_has_a_name(language: str) -> None:
    assert place_names(texts().for_language(language)).keys() == PLACES - {LINKS_OWN}


def test_what_is_typed_as_it_stands_stays_so() -> None:
    words = texts().for_language("it")
    assert usage_in_words("/missed [NUMBER] merge|skip|each", words) == "/missed [NUMERO] merge|skip|each"
    assert (
        usage_in_words("/latest [TOPIC] [COUNT] [outlet:NAME]", words)
        == "/latest [TEMA] [QUANTE] [outlet:NOME]"
    )


async def test_a_refusal_and_the_help_of_a_command_name_the_places_in_the_askers_language(
    news: Counter,
) -> None:
    desk = news.at(PRIVATE).by(language="de")
    assert "/schedule [NUMMER] WANN" in await desk.said("/help schedule")
    assert "/story [NUMMER]" in await desk.said("/story 1 jetzt bitte")


async def test_a_link_that_asks_for_a_story_names_it_and_not_its_id(news: Counter) -> None:
    await news.ask("/latest")
    said = words_of((await news.at(PRIVATE).press("fo:i1", own=False)).document)
    assert "/follow" in said
    assert "i1" not in said.split()
    assert "Halden Labs" in said or "Larkwell" in said or "Alpine" in said or "RV-9" in said


@pytest.mark.parametrize(
    ("menu", "replies", "advice"),
    [
        (True, False, "Apps › Why this?"),
        (False, True, "or answer the post"),
        (False, False, "for example /why 1."),
    ],
)
async def test_how_a_post_is_named_depends_on_the_platform(
    news: Counter, menu: bool, replies: bool, advice: str
) -> None:
    news.world.platform.has_post_menu, news.world.platform.takes_replies = menu, replies
    assert advice in await news.said("/why")


async def test_an_option_that_is_missing_is_called_so_in_the_language_of_the_asker(counter: Counter) -> None:
    italian = counter.at(PRIVATE).by(language="it")
    assert (await italian.said("/subscribe")).startswith("/subscribe richiede cosa:")
