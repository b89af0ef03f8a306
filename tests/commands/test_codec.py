"""What buttons carry: posts of any age bear it, so it is read and written as it always was."""

from dataclasses import replace

import pytest

from bot.commands.codec import MAX_DATA_BYTES, data_of, decode, encode, is_encodable
from bot.commands.registry import registry
from bot.commands.subscriptions import DAILY_DIGEST, INSTANT_NEWS_CALL
from bot.model import Bar, Button, CallRef, Channel, PlaceKind
from bot.pipeline.composing.compose import story_call
from tests.commands.conftest import Counter, words_of

CHANNEL = Channel(id=12, platform="scripted", address="chat", kind=PlaceKind.GROUP, server_id=1)
BORNE = [
    ("la", CallRef("latest")),
    ("la:ai:2", CallRef("latest", {"topic": "ai", "page": "2"})),
    ("la::1", CallRef("latest", {"page": "1"})),
    ("ss", CallRef("status")),
    ("st:i41", CallRef("story", {"number": "i41"})),
    ("st:i41:3x0011223344556677", CallRef("story", {"number": "i41", "view": "3x0011223344556677"})),
    ("su:ai:08.00", DAILY_DIGEST),
    ("su:ai:now", INSTANT_NEWS_CALL),
    ("li", CallRef("list")),
    ("he", CallRef("help")),
    ("ba:2:important", CallRef("bar", {"number": "2", "level": Bar.IMPORTANT})),
    ("fe", CallRef("feeds")),
    ("fe:open:17", CallRef("feeds", {"action": "open", "feed": "17"})),
    ("fe:::4", CallRef("feeds", {"after": "4"})),
    ("nm:add:Corvid 3", CallRef("names", {"action": "add", "name": "Corvid 3"})),
    ("nm:drop:Corvid 3", CallRef("names", {"action": "drop", "name": "Corvid 3"})),
    ("nm:::2", CallRef("names", {"after": "2"})),
]
"""What posts and answers of every version so far have borne, with what it means."""

CODES = {
    "wish": "wi", "test": "te", "edit": "ed", "follow": "fo", "unfollow": "uf", "mute": "mu", "look": "lo", "unmute": "um", "lang": "lg",
    "mention": "me", "notify": "nt", "managers": "mg", "end": "en", "topic": "tp", "settings": "sg", "save": "sv", "saved": "sd", "unsave": "us", "catchup": "cu", "trending": "tr", "privacy": "pr", "forget_me": "fm", "expired": "xp",
    "latest": "la", "digest": "di", "story": "st", "subscribe": "su", "unsubscribe": "un", "list": "li", "schedule": "sc",
    "bar": "ba", "languages": "ln", "quiet": "qu", "recap": "rc", "missed": "mi", "once": "oc", "feeds": "fe", "import": "im",
    "export": "ex", "status": "ss", "why": "wy", "help": "he", "start": "go", "talk": "tk", "about": "ab", "names": "nm", "claim": "cl",
    "confirm": "cf", "elsewhere": "el", "setup": "se", "choose": "ch", "pause": "pa", "resume": "re", "preview": "pv",
    "search": "sr", "filter": "fi", "topics": "to",
}  # fmt: skip


@pytest.mark.parametrize(("data", "call"), BORNE, ids=[data for data, _ in BORNE])
def test_what_posts_bear_is_written_and_read_as_ever(data: str, call: CallRef) -> None:
    assert encode(call) == data
    assert decode(data) == call


def test_no_code_changes() -> None:
    assert {one.spec.name: one.spec.code for one in registry().commands} == CODES


@pytest.mark.parametrize("command", registry().commands, ids=lambda command: command.spec.name)
def test_every_call_comes_back(command: object) -> None:
    arguments = {name: f"{n} x" for n, name in enumerate(command.arguments)}  # type: ignore[attr-defined]
    call = CallRef(command.spec.name, arguments)  # type: ignore[attr-defined]
    assert decode(encode(call)) == call


@pytest.mark.parametrize(
    "call",
    [
        CallRef("latest", {"topic": "a" * 62}),
        CallRef("latest", {"topic": "é" * 31}),
        CallRef("subscribe", {"what": "ai", "when": "08:00"}),
        CallRef("latest", {"colour": "red"}),
    ],
)
def test_what_a_button_has_no_room_for_is_refused(call: CallRef) -> None:
    assert not is_encodable(call)
    with pytest.raises(ValueError, match=f"a button cannot carry /{call.command}"):
        encode(call)


def test_a_story_of_a_post_fits_with_its_key() -> None:
    keyed = replace(CHANNEL, id=10**11, view_key="k" * 32)
    call = story_call(10**9, keyed)
    assert len(encode(call).encode()) <= MAX_DATA_BYTES
    assert decode(encode(call)) == call


def test_a_button_that_is_encoded_already_stays_so() -> None:
    assert data_of(Button("1 source", "st:i7~abcdefgh")) == "st:i7~abcdefgh"
    assert data_of(Button("1 source", call=CallRef("story", {"number": "i7"}))) == "st:i7"
    assert data_of(Button("Web", url="https://example.org")) == ""


async def test_a_call_without_room_is_stored_and_pressed(news: Counter) -> None:
    from bot.model import Actions, Answer, Document

    long = CallRef("latest", {"topic": "halden labs " * 9})
    answer = Answer(document=Document((Actions((Button("Again", call=long),)),)))
    offered = await news.dispatcher._with_signed_buttons(answer, news.person)
    ((button,),) = [block.buttons for block in offered.document.blocks if isinstance(block, Actions)]
    assert len(button.data.encode()) <= MAX_DATA_BYTES
    meant = await news.dispatcher.pressed(button.data, news.call)
    assert (meant.command, meant.arguments) == (long.command, long.arguments)
    assert words_of((await news.dispatcher.answer(meant)).document)
