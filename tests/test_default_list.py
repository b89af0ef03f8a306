"""The list of feeds that ships: whom it covers, and who is behind it. Whether its sources answer, `make feeds-check` tells."""

from collections import defaultdict

from bot.feeds.opml import read_list
from bot.model import Outline
from bot.pipeline.entries.urls import feed_key
from tests.support.world import CONFIG, texts

FEED_LIST = read_list((CONFIG / "feeds.opml").read_text(encoding="utf-8"), "feeds.opml")
OUTLINES = FEED_LIST.outlines
REGIONS_MIN, OWNERS_MIN = 8, 2
LABS = {
    "OpenAI", "Anthropic", "Google DeepMind", "Google", "Meta", "Mistral AI", "xAI", "Cohere", "Groq", "Perplexity", "Ollama", "Hugging Face", "Microsoft",
    "NVIDIA", "Amazon Web Services", "DeepSeek", "Moonshot AI", "MiniMax", "ByteDance Seed", "Thinking Machines Lab", "Sakana AI", "Ai2", "Apple Machine Learning Research",
}  # fmt: skip
BY_OTHERS = {"AI at Meta", "xAI News", "Perplexity Hub", "ByteDance Seed"}
"""What can only be read from a feed that somebody else makes: their pages are drawn in a browser."""


def owners_by(attribute: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for outline in OUTLINES:
        if outline.attributes["kind"] == "news outlet":
            found[outline.attributes[attribute]].add(outline.attributes["owner"])
    return found


def is_made_by_others(outline: Outline) -> bool:
    return "raw.githubusercontent.com" in outline.url


def test_every_source_is_read_and_none_twice() -> None:
    assert not FEED_LIST.problems
    keys = [feed_key(outline.url) for outline in OUTLINES]
    assert len(set(keys)) == len(keys)


def test_every_source_names_its_outlet_and_its_owner() -> None:
    needed = ("outlet", "owner", "language", "kind", "weight", "aionly", "htmlurl")
    assert not [o.title for o in OUTLINES if not all(o.attributes.get(name) for name in needed)]


def test_eight_regions_have_two_outlets_that_do_not_belong_together() -> None:
    covered = {region for region, owners in owners_by("region").items() if len(owners) >= OWNERS_MIN}
    assert len(covered) >= REGIONS_MIN, owners_by("region")


def test_every_language_that_is_spoken_has_two_outlets_that_do_not_belong_together() -> None:
    owners = owners_by("language")
    assert not [language for language in texts().languages if len(owners[language]) < OWNERS_MIN]


def test_the_laboratories_speak_for_themselves_wherever_they_can_be_read() -> None:
    assert not LABS - {outline.attributes["outlet"] for outline in OUTLINES}
    assert {outline.title for outline in OUTLINES if is_made_by_others(outline)} == BY_OTHERS
