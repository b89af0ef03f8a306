"""What every platform promises, over each one found by walking the package."""

import importlib
import json
import pkgutil
from functools import lru_cache

import pytest

import bot.platforms
from bot.model import (
    Actions,
    Block,
    Button,
    CallRef,
    Channel,
    Document,
    Footer,
    Heading,
    Item,
    Listing,
    Picture,
    PlaceKind,
    Quote,
    StoryBlock,
    Table,
    Text,
)
from bot.ports import Platform, PlatformOptions
from tests.support.world import texts

NAMES = sorted(module.name for module in pkgutil.iter_modules(bot.platforms.__path__))
HOSTILE = (
    "", " ", "\x00\x07\x1b[31m", "\u202egnihton", "@everyone <@&1> <#2> @here", "<script>alert(1)</script>", "</b></a></blockquote>&amp;&",
    "[x](javascript:alert(1))", "**__~~||`” *_[]()~`>#+-=|{}.!", "```", "🙂" * 50, "a" * 4500, "字" * 4500, "\n" * 300, "\u200b", "\u202e\u2066", "\ud83d\ude00",
    "{0} {name} %s %(x)s", "word " * 1000,
)  # fmt: skip
LINKS = (
    "",
    "https://news.example/a?b=1&c=2",
    "javascript:alert(1)",
    "https://" + "x" * 3000,
    'https://a.example/"><b>',
    "not a link",
    "http://[::1",
    "//x",
    "tg://user?id=1",
)


@lru_cache
def made(name: str) -> Platform:
    module = importlib.import_module(f"bot.platforms.{name}")
    platform: Platform = module.create(PlatformOptions(token="123456:" + "A" * 35), texts())
    return platform


def whole(text: str = "Words", link: str = "https://news.example/a") -> Document:
    """A document with every kind of block."""
    blocks: tuple[Block, ...] = (
        Heading(text or "x", text),
        StoryBlock(headline=text, link=link, sentences=(text, text), meta=text, number=1, label=text, more=Button(text[:80] or "more", "st:i1")),
        StoryBlock(headline=text, link=link, sentences=(), meta=text),
        Text(text), Text(text, quiet=True), Quote(text, text, link), Listing(items=(Item(text, link), Item(text)), title=text),
        Listing(items=(Item(text, link),), title=text, folded=True), Table((text[:20], "b"), ((text[:20], "2"), ("3", text[:20]))), Picture(link, text),
        Actions((Button(text[:80] or "a", "la"), Button("b", url=link))), Footer(text),
    )  # fmt: skip
    return Document(blocks)


def channel(name: str, kind: PlaceKind = PlaceKind.GROUP, language: str = "en", **values: str) -> Channel:
    return Channel(id=1, platform=name, address="1", kind=kind, server_id=1, language=language, **values)


DOCUMENTS = {
    "text": Document((Text("Hello."),)),
    "everything": whole(),
    "digest": Document((Heading("News", "5 stories"), *(StoryBlock(headline=f"Headline {n}", link=f"https://a.example/{n}", sentences=("One. Two.",), meta="A · 08:00", number=n, label="", more=Button("1 source", call=CallRef("story", {"number": f"i{n}"}))) for n in range(1, 6)), Actions((Button("Latest", call=CallRef("latest")),)))),
    "long": Document(tuple(StoryBlock(headline=f"Headline {n} " * 9, link=f"https://a.example/{n}", sentences=("Sentence. " * 60,), meta="A", number=n) for n in range(1, 21))),
    "japanese": Document((Heading("ニュース"), Text("新しいモデルが公開された。" * 30)), "ja"),
}  # fmt: skip


def test_there_are_platforms_to_check() -> None:
    assert {"discord", "telegram", "web", "terminal"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_is_called_as_its_module(name: str) -> None:
    assert made(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_has_every_part_of_the_port(name: str) -> None:
    platform = made(name)
    assert all(
        callable(getattr(platform, part)) for part in ("run", "render", "send", "find", "identity", "close")
    )
    assert platform.identity() is None


@pytest.mark.parametrize("name", NAMES)
def test_a_platform_hides_its_token(name: str) -> None:
    assert "AAAA" not in repr(made(name))
    assert "AAAA" not in repr(PlatformOptions(token="A" * 35))


@pytest.mark.parametrize("kind", list(PlaceKind))
@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_every_document_becomes_messages_of_json(name: str, document: str, kind: PlaceKind) -> None:
    payloads = made(name).render(DOCUMENTS[document], channel(name, kind))
    assert payloads
    for payload in payloads:
        assert payload
        assert json.loads(json.dumps(dict(payload))) == dict(payload)


@pytest.mark.parametrize("name", NAMES)
def test_rendering_is_pure(name: str) -> None:
    assert made(name).render(whole(), channel(name)) == made(name).render(whole(), channel(name))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_say_is_no_failure(name: str) -> None:
    made(name).render(Document(()), channel(name))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", NAMES)
def test_hostile_words_never_fail(name: str, text: str) -> None:
    for payload in made(name).render(whole(text), channel(name)):
        json.dumps(dict(payload)).encode()


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
@pytest.mark.parametrize("name", NAMES)
def test_hostile_links_never_fail_and_no_script_becomes_one(name: str, link: str) -> None:
    for payload in made(name).render(whole("Words", link), channel(name, bot_link="https://t.me/x")):
        said = json.dumps(dict(payload)).lower()
        assert '"url": "javascript:' not in said
        assert 'href=\\"javascript:' not in said


@pytest.mark.parametrize("name", NAMES)
def test_every_language_renders(name: str) -> None:
    for language in texts().languages:
        assert made(name).render(whole(), channel(name, language=language))


def test_an_operation_fits_the_outbox() -> None:
    from bot.jobs.publishing.enqueue import OutboxDocument

    assert {"intent", "payloads", "not_after"} <= set(OutboxDocument.__dataclass_fields__)
