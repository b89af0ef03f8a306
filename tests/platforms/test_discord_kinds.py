"""Kinds of Discord messages: layouts, and embeds where those are refused or were posted before there were layouts."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.errors import ChannelLost, Refused, Unsure
from bot.model import Answer, Attachment, Document, Finding, OperationKind, PlaceKind, SearchResult, Text
from tests.doubles.discord import COMPONENTS_V2, DiscordDouble
from tests.platforms.test_discord import NOTHING, Acts, Desk, answering, made, says

BEFORE = {"embeds": [{"title": "Digest", "description": "One."}], "rows": [[{"label": "1 ▸", "data": "s:1"}]]}
"""A message as it was queued before there were layouts."""

KEYS = [{"label": "1 ▸", "data": "s:1"}]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with DiscordDouble() as double:
        desk = Desk(double, made(double), Acts())
        await desk.start()
        yield desk
        await desk.stop()


def posts(desk: Desk) -> int:
    return sum(each.startswith("POST /channels/") for each in desk.double.requests)


def before(desk: Desk, room: Any, **more: Any) -> Any:
    return replace(desk.operation(room), payload={**BEFORE, **more})


# --- where layouts are refused -----------------------------------------------------------------------------


async def test_a_channel_that_takes_no_layouts_gets_embeds_and_is_not_asked_again(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    desk.double.refuse_layouts(int(room.address))
    await desk.send(room, "First", keys=KEYS, nonce="n1")
    assert posts(desk) == 2
    await desk.send(room, "Second", nonce="n2")
    assert posts(desk) == 3
    first, second = desk.double.shows(int(room.address))
    assert [message.layout for message in (first, second)] == [False, False]
    assert first.text.startswith("## First\n### [1 · Foo](https://example.com/foo)\nIt runs.")
    assert [button["custom_id"] for button in first.buttons] == ["s:1|n1"]
    assert [button["custom_id"] for button in second.buttons] == ["n:|n2"]


async def test_other_channels_keep_their_layouts(desk: Desk) -> None:
    plain, room = (desk.channel(desk.double.add_channel()) for _ in range(2))
    desk.double.refuse_layouts(int(plain.address))
    await desk.send(plain)
    await desk.send(room)
    assert desk.double.shows(int(room.address))[0].layout


async def test_embeds_that_may_not_be_shown_name_their_right(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    desk.double.refuse_layouts(int(room.address))
    desk.double.revoke(int(room.address), "embed_links")
    await desk.send(desk.channel(desk.double.add_channel()))  # by then the right is known to be gone
    with pytest.raises(ChannelLost, match=r"give me \*Embed Links\* there"):
        await desk.send(room)


async def test_a_message_that_is_wrong_in_either_kind_says_nothing_about_the_channel(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    wrong = {"layout": [{"text": "x"}, {"keys": [{"label": "", "data": "s:1"}]}]}
    with pytest.raises(Refused):
        await desk.send(room, payload=wrong)
    await desk.send(room)
    assert desk.double.shows(int(room.address))[0].layout


async def test_a_forum_that_takes_no_layouts(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel("forum"), PlaceKind.FORUM)
    desk.double.refuse_layouts(int(room.address))
    post = await desk.send(room, "Digest")
    (thread,) = desk.double.threads(int(room.address))
    assert (str(thread.id), thread.name, thread.messages[0].layout) == (post, "Digest", False)


async def test_a_role_is_rung_in_either_kind(desk: Desk) -> None:
    role = desk.double.add_role("readers")
    room = desk.channel(desk.double.add_channel())
    for refusing in (False, True):
        desk.double.refuse_layouts(int(room.address), refusing)
        await desk.send(room, payload={"mention": str(role)})
    for shown in desk.double.shows(int(room.address)):
        assert shown.text.startswith(f"<@&{role}>\n")
        assert shown.mentions == {"parse": [], "roles": [role]}


async def test_an_answer_where_layouts_are_refused(desk: Desk) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    desk.double.refuse_layouts(room)
    asked = await desk.double.slash(room, ada, "latest")
    assert not asked.failed
    assert [(message.text, message.layout) for message in desk.double.ephemeral(ada)] == [("latest!", False)]


# --- a message keeps its kind ------------------------------------------------------------------------------


async def test_what_was_queued_before_layouts_leaves_as_it_was_written(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    await desk.platform.send(before(desk, room), room, "")
    (shown,) = desk.double.shows(int(room.address))
    assert (shown.layout, shown.embeds[0]["title"], shown.labels) == (False, "Digest", ["1 ▸"])


async def test_a_post_from_before_layouts_stays_embeds_when_it_is_put_right(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    post = await desk.platform.send(before(desk, room), room, "")
    more = {"post": post, "posted": BEFORE}
    edit = desk.operation(room, "Mended", kind=OperationKind.EDIT, payload=more)
    assert await desk.platform.send(edit, room, "") == post
    (shown,) = desk.double.shows(int(room.address))
    assert not shown.layout
    assert shown.text.startswith("## Mended\n")
    assert await desk.platform.find(edit, room, NOTHING) == SearchResult(Finding.FOUND, post)


async def test_a_layout_stays_one_when_it_is_put_right_and_keeps_its_role_without_ringing(desk: Desk) -> None:
    room, role = desk.channel(desk.double.add_channel()), desk.double.add_role("readers")
    operation = desk.operation(room, payload={"mention": str(role)})
    post = await desk.platform.send(operation, room, "")
    more = {"post": post, "posted": operation.payload}
    edit = desk.operation(room, "Mended", kind=OperationKind.EDIT, payload=more)
    await desk.platform.send(edit, room, "")
    (shown,) = desk.double.shows(int(room.address))
    assert shown.layout
    assert shown.text.startswith(f"<@&{role}>\n## Mended\n")


@pytest.mark.parametrize("refused_when_sent", [True, False])
async def test_an_edit_finds_the_kind_in_which_a_post_was_sent(desk: Desk, refused_when_sent: bool) -> None:
    """Since then the program was started again, or the channel began to refuse layouts."""
    room = desk.channel(desk.double.add_channel())
    desk.double.refuse_layouts(int(room.address), refused_when_sent)
    operation = desk.operation(room)
    post = await desk.platform.send(operation, room, "")
    if refused_when_sent:
        await desk.stop()
        desk.platform = made(desk.double)
        await desk.start()
    else:
        other = await latched(desk, room)
        assert not desk.double.shows(int(room.address))[-1].layout
        assert other != post
    more = {"post": post, "posted": operation.payload}
    edit = desk.operation(room, "Mended", kind=OperationKind.EDIT, payload=more)
    assert await desk.platform.send(edit, room, "") == post
    shown = desk.double.shows(int(room.address))[0]
    assert shown.layout is not refused_when_sent
    assert shown.text.startswith("## Mended\n")


async def latched(desk: Desk, room: Any) -> str:
    """Post once where layouts are refused for a moment."""
    desk.double.refuse_layouts(int(room.address))
    post = await desk.send(room)
    desk.double.refuse_layouts(int(room.address), False)
    return post


async def test_an_answer_from_before_layouts_changes_in_place_as_embeds(desk: Desk) -> None:
    ada = desk.double.user()
    chat = desk.double.add_dm(ada)
    room = desk.channel(chat, PlaceKind.PRIVATE)
    operation = before(desk, room)
    post = await desk.platform.send(operation, room, "")
    desk.acts.answer = answering(says("page 2", edit=True))
    await desk.double.press(chat, int(post), "1 ▸", ada)
    (shown,) = desk.double.shows(chat)
    assert (shown.text, shown.layout) == ("page 2", False)
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.FOUND, post)


# --- what was lost is found in either kind -----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["layout", "embeds", "refused"])
@pytest.mark.parametrize("keys", [(), KEYS])
async def test_a_post_whose_answer_was_lost_is_found(
    desk: Desk, kind: str, keys: list[dict[str, str]]
) -> None:
    room = desk.channel(desk.double.add_channel())
    operation = before(desk, room) if kind == "embeds" else desk.operation(room, keys=keys)
    if kind == "refused":
        desk.double.refuse_layouts(int(room.address))
        await desk.send(room)
    desk.double.fault("POST */messages", cut="after")
    with pytest.raises(Unsure):
        await desk.platform.send(operation, room, "")
    post = desk.double.shows(int(room.address))[-1]
    assert post.layout is (kind == "layout")
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.FOUND, str(post.id))


async def test_a_button_beside_a_text_carries_the_nonce(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    operation = desk.operation(room, payload={"layout": [{"text": "x", "key": KEYS[0], "number": 1}]})
    post = await desk.platform.send(operation, room, "")
    assert desk.double.shows(int(room.address))[0].labels == ["1 ▸"]
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.FOUND, post)


# --- files -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("wait", [0.0, 0.3])
@pytest.mark.parametrize("refusing", [False, True])
async def test_a_file_is_shown_below_its_answer(desk: Desk, wait: float, refusing: bool) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    desk.double.refuse_layouts(room, refusing)
    file = Attachment("feeds.opml", "<opml/>")
    desk.acts.wait = wait
    desk.acts.answer = answering(Answer(document=Document((Text("Here."),)), attachment=file))
    await desk.double.slash(room, ada, "latest")
    (shown,) = desk.double.ephemeral(ada)
    assert (shown.text, shown.files, shown.layout) == ("Here.", {"feeds.opml": "<opml/>"}, not refusing)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.discord.calls.PATIENCE", 0.1)


# --- what the double refuses, as Discord does --------------------------------------------------------------


def text(content: str = "x") -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(custom_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "a", "custom_id": custom_id, **more}


def section(**more: Any) -> dict[str, Any]:
    return {"type": 9, "components": [text()], "accessory": button(), **more}


def box(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 17, "components": list(parts), **more}


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


PICTURE = {"media": {"url": "https://e.com/a.png"}}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"components": [text()], "content": "x"}, "content.* cannot be used"),
    ({"components": [text()], "embeds": [{"title": "x"}]}, "embeds.* cannot be used"),
    ({"components": [text()], "flags": 0}, "type.* must be one of"),
    ({"components": [text("x" * 4_001)]}, "4000 or fewer"),
    ({"components": [text("x" * 2_001), text("x" * 2_000)]}, "exceeds maximum size of 4000"),
    ({"components": [text("")]}, "required"),
    ({"components": [text(" ")]}, "required"),
    ({"components": [box(*[text()] * 40)]}, "total number of components is 41"),
    (
        {"components": [section(accessory=button(f"{n}")) for n in range(14)]},
        "total number of components is 42",
    ),
    ({"components": [box()]}, "between 1 and 40"),
    ({"components": [box(box(text()))]}, "type.* must be one of"),
    ({"components": [box(text(), accent_color=0x1000000)]}, "16777215"),
    ({"components": [button()]}, "type.* must be one of"),
    ({"components": [section(accessory=None)]}, "required"),
    ({"components": [section(components=[text()] * 4)]}, "between 1 and 3"),
    ({"components": [section(components=[row(button())])]}, "type.* must be one of"),
    ({"components": [section(accessory=text())]}, "type.* must be one of"),
    ({"components": [row()]}, "between 1 and 5"),
    ({"components": [row(*[button(f"{n}") for n in range(6)])]}, "between 1 and 5"),
    ({"components": [section(), row(button())]}, "cannot be duplicated"),
    ({"components": [section(accessory=button("a" * 101))]}, "100 or fewer"),
    ({"components": [{"type": 12, "items": []}]}, "between 1 and 10"),
    ({"components": [{"type": 12, "items": [{"media": {"url": "nowhere"}}]}]}, "Scheme"),
    ({"components": [section(accessory={"type": 11, **PICTURE, "description": "x" * 257})]}, "256 or fewer"),
    ({"components": [{"type": 14, "spacing": 3}]}, "one of"),
    ({"components": [{"type": 13, "file": {"url": "attachment://gone.opml"}}]}, "No attachment"),
    ({"components": []}, "empty message"),
]


@pytest.mark.parametrize(("body", "words"), REFUSED)
async def test_the_double_refuses_what_discord_refuses_in_layouts(body: dict[str, Any], words: str) -> None:
    async with DiscordDouble() as double:
        status, said = await asked(double, double.add_channel(), {"flags": COMPONENTS_V2, **body})
    assert status == 400
    assert re.search(words, said)


async def test_the_double_takes_a_whole_layout() -> None:
    parts = (text("## News"), {"type": 14}, section(), {"type": 12, "items": [PICTURE]}, row(button("b")))
    async with DiscordDouble() as double:
        status, _ = await asked(
            double, double.add_channel(), {"flags": COMPONENTS_V2, "components": [box(*parts)]}
        )
    assert status == 200


async def test_the_double_lets_no_layout_become_embeds_again() -> None:
    async with DiscordDouble() as double:
        room = double.add_channel()
        await asked(double, room, {"flags": COMPONENTS_V2, "components": [text()]})
        (post,) = double.shows(room)
        for body in ({"embeds": [{"title": "x"}], "components": []}, {"content": "x"}):
            status, _ = await asked(double, room, body, f"/{post.id}")
            assert status == 400
        status, _ = await asked(double, room, {"components": [text("y")]}, f"/{post.id}")
        assert (status, double.shows(room)[0].text) == (200, "y")


async def asked(double: DiscordDouble, room: int, body: dict[str, Any], post: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bot {double.token}"}
    url = f"{double.api}/channels/{room}/messages{post}"
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request("PATCH" if post else "POST", url, json=body) as answer,
    ):
        return answer.status, await answer.text()
