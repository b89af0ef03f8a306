"""The Discord edge: real discord.py against a loopback Discord that refuses what Discord refuses."""

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.errors import CallError, ChannelLost, NotSent, PlatformDown, Refused, Unsure
from bot.i18n import Texts
from bot.i18n import load as load_texts
from bot.model import (
    Actions,
    Answer,
    Button,
    Call,
    Channel,
    CommandSpec,
    Document,
    Finding,
    Heading,
    Operation,
    OperationKind,
    OperationState,
    Option,
    Person,
    Place,
    PlaceKind,
    Purpose,
    RoleObstacle,
    Search,
    SearchResult,
    StoryBlock,
    Text,
)
from bot.platforms.discord import create
from bot.ports import Platform, PlatformOptions
from tests.doubles.discord import BOT, DiscordDouble, User
from tests.doubles.gateway import Gateway
from tests.support.world import texts

COMMANDS = (
    CommandSpec(
        name="latest",
        code="l",
        description="The newest stories",
        options=(Option("topic", "A topic"), Option("public", "For all", choices=("yes", "no"))),
    ),
    CommandSpec(
        name="add",
        code="a",
        description="Add a feed",
        options=(Option("from", "Its address", required=True, rest=True),),
        manager=True,
    ),
)
MORE = Actions((Button("More", data="m:7"), Button("Web", url="https://example.com/")))
SILENT = 1 << 12
"""SUPPRESS_NOTIFICATIONS (Discord, Message Flags)."""

NOTHING = Search(after="", known=frozenset(), unrecorded=0)

_numbers = itertools.count(1)


def says(text: str, *, private: bool = True, edit: bool = False, buttons: bool = True) -> Answer:
    return Answer(document=Document((Text(text), *([MORE] if buttons else []))), private=private, edit=edit)


@dataclass
class Acts:
    """The middle, as far as a platform sees it."""

    answer: Callable[[Call], Awaitable[Answer]] | None = None
    calls: list[Call] = field(default_factory=list)
    placed: list[tuple[Place, bool]] = field(default_factory=list)
    channels: tuple[Channel, ...] = ()
    connections: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    wait: float = 0.0
    commands: tuple[CommandSpec, ...] = COMMANDS

    async def _answer(self, call: Call) -> Answer:
        self.calls.append(call)
        await asyncio.sleep(self.wait)
        return await self.answer(call) if self.answer else says(f"{call.command}!")

    async def _pressed(self, data: str, call: Call) -> Call:
        return replace(call, command="pressed", arguments={"data": data})

    async def _complete(self, command: str, option: str, typed: str, call: Call) -> tuple[str, ...]:
        self.calls.append(call)
        await asyncio.sleep(self.wait)
        return tuple(f"{command} {option} {typed}{n}" for n in range(40))

    async def _placed(self, place: Place, may: bool, by: Person | None = None) -> None:
        self.placed.append((place, may))

    async def _channels(self, platform: str) -> tuple[Channel, ...]:
        assert platform == "discord"
        return self.channels

    async def _never(self, *_: Any) -> Any:
        raise AssertionError("not for Discord")

    def gateway(self) -> Gateway:
        return Gateway(
            commands=self.commands,
            answer=self._answer,
            typed=lambda _, __: None,
            pressed=self._pressed,
            complete=self._complete,
            placed=self._placed,
            start_answer=self._never,
            record_answer=self._never,
            connected=self.connections.put,
            posts=self._never,
            channels=self._channels,
        )


@dataclass
class Desk:
    """A platform that is connected to the double."""

    double: DiscordDouble
    platform: Platform
    acts: Acts
    running: "asyncio.Task[None] | None" = None

    async def start(self) -> None:
        self.running = asyncio.create_task(self.platform.run(self.acts.gateway()))
        await self.connected()
        await until(lambda: self.double.commands or not self.acts.commands)

    async def connected(self) -> None:
        assert self.running is not None
        told = asyncio.create_task(self.acts.connections.get())
        await asyncio.wait({told, self.running}, timeout=15, return_when=asyncio.FIRST_COMPLETED)
        if not told.done():
            told.cancel()
            if self.running.done():
                await self.running
        assert await told == "discord"

    async def stop(self) -> None:
        if self.running is not None:
            self.running.cancel()
            await asyncio.gather(self.running, return_exceptions=True)

    def channel(self, address: int, kind: PlaceKind = PlaceKind.GROUP, **more: Any) -> Channel:
        return Channel(
            id=1, platform="discord", address=str(address), kind=kind, server_id=1, name="news", **more
        )

    def operation(
        self, channel: Channel, text: str = "Hello", *, keys: Sequence[dict[str, str]] = (), **more: Any
    ) -> Operation:
        number = next(_numbers)
        document = Document(
            (
                Heading(text),
                StoryBlock(
                    headline="Foo",
                    link="https://example.com/foo",
                    sentences=("It runs.",),
                    meta="2 sources",
                    number=1,
                ),
            )
        )
        payload = {**self.platform.render(document, channel)[0], **more.pop("payload", {})}
        if keys:
            payload["layout"] = [*payload["layout"], {"keys": list(keys)}]
        now = datetime.now(UTC)
        kept: dict[str, Any] = {"nonce": f"o{number}"} | more
        return Operation(
            id=number,
            channel_id=1,
            intent=f"i{number}",
            purpose=Purpose.DIGEST,
            payload=payload,
            state=OperationState.SENDING,
            created_at=now,
            not_after=now,
            **kept,
        )

    async def send(self, channel: Channel, text: str = "Hello", *, reply_to: str = "", **more: Any) -> str:
        return await self.platform.send(self.operation(channel, text, **more), channel, reply_to)


async def until(fact: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - facts of other tasks, which announce nothing
            await asyncio.sleep(0.005)


def made(double: DiscordDouble, token: str = "") -> Platform:
    return create(PlatformOptions(token or double.token, double.addresses), Texts({}))


@pytest.fixture(autouse=True)
def _ready_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loopback server describes its servers without delay."""
    monkeypatch.setattr("bot.platforms.discord.connection.READY", 0.03)


@pytest.fixture
async def double() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as running:
        yield running


@pytest.fixture
async def desk(double: DiscordDouble) -> AsyncIterator[Desk]:
    before = asyncio.all_tasks()
    desk = Desk(double, made(double), Acts())
    try:
        await desk.start()
        yield desk
    finally:
        await desk.stop()
    left = [
        task for task in asyncio.all_tasks() - before if "discord" in repr(task) and "tests" not in repr(task)
    ]
    assert left == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take an answer for slow after a tenth of a second, so that tests need not wait."""
    monkeypatch.setattr("bot.platforms.discord.calls.PATIENCE", 0.1)


# --- connecting --------------------------------------------------------------------------------------------


async def test_who_we_are(desk: Desk) -> None:
    identity = desk.platform.identity()
    assert identity is not None
    assert (identity.name, identity.address) == ("Strillone", f"https://discord.com/users/{BOT}")
    assert (identity.places, identity.number) == (1, str(BOT))
    (invite,) = identity.invites
    assert "scope=bot+applications.commands" in invite
    assert "permissions=309237713920" in invite
    assert all(why for _, why in identity.asks)


async def test_a_bot_in_very_many_servers_connects_in_several_sessions(
    double: DiscordDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(_: Any, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord lets one session begin every five seconds; a double need not be waited for."""

    monkeypatch.setattr("discord.Client.before_identify_hook", at_once)
    guilds = [double.guild]
    while len({(guild >> 22) % 3 for guild in guilds}) < 3:
        await asyncio.sleep(0.002)
        guilds.append(double.add_guild(f"Newsroom {len(guilds)}"))
    double.require_shards(3)
    desk = Desk(double, made(double), Acts())
    try:
        await desk.start()
        identity = desk.platform.identity()
        assert identity is not None
        assert identity.places == len(guilds)
        rooms = [double.add_channel(guild=guild) for guild in guilds]
        await asyncio.gather(*(desk.send(desk.channel(room)) for room in rooms))
        assert [len(double.shows(room)) for room in rooms] == [1] * len(rooms)
        newcomer = double.add_guild("Another", tell=True)
        await until(lambda: desk.platform.identity().places == len(guilds) + 1)  # type: ignore[union-attr]
        assert newcomer not in guilds
    finally:
        await desk.stop()
    assert double.identifies >= 4


async def test_a_member_is_given_a_role_without_rights_and_no_other(double: DiscordDouble) -> None:
    readers, above = double.add_role("ai-news"), double.add_role("above", position=9)
    strong = double.add_role("strong", permissions=str(1 << 13))
    shop = double.add_role("shop", managed=True)
    double.let_bot_give_roles()
    room = double.add_channel()
    desk = Desk(double, made(double), Acts())
    mara = double.user("Mara")
    member = Person(platform="discord", address=str(mara.id), name="Mara")
    try:
        await desk.start()
        place = Place(
            platform="discord", address=str(room), kind=PlaceKind.GROUP, server_address=str(double.guild)
        )
        obstacles = {}
        for name in ("ai-news", "above", "strong", "shop"):
            role = await desk.platform.find_role(place, name)
            assert role is not None
            obstacles[name] = role.obstacle
        assert obstacles == {
            "ai-news": None,
            "above": RoleObstacle.HIGHER,
            "strong": RoleObstacle.POWERFUL,
            "shop": RoleObstacle.MANAGED,
        }
        assert await desk.platform.assign_role(place, member, str(readers), has=None)
        assert double.roles_given == {mara.id: {readers}}
        assert await desk.platform.assign_role(place, member, str(readers), has=True)
        assert not await desk.platform.assign_role(place, member, str(readers), has=None)
        assert double.roles_given == {mara.id: set()}
        for forbidden in (above, strong, shop, double.guild, 12345):
            with pytest.raises(Refused, match="may not give"):
                await desk.platform.assign_role(place, member, str(forbidden), has=True)
        assert double.roles_given == {mara.id: set()}
    finally:
        await desk.stop()


async def test_a_role_that_opens_a_channel_or_none_may_be_given_is_no_role_for_all(
    double: DiscordDouble,
) -> None:
    readers = double.add_role("ai-news")
    key = double.add_role("key")
    room = double.add_channel()
    double.open_channel(room, key)
    desk = Desk(double, made(double), Acts())
    try:
        await desk.start()
        place = Place(
            platform="discord", address=str(room), kind=PlaceKind.GROUP, server_address=str(double.guild)
        )
        for number, obstacle in ((readers, RoleObstacle.FORBIDDEN), (key, RoleObstacle.POWERFUL)):
            role = await desk.platform.find_role(place, f"<@&{number}>")
            assert role is not None
            assert role.obstacle is obstacle
    finally:
        await desk.stop()


async def test_a_role_that_manages_a_server_manages_its_channels_and_no_others(double: DiscordDouble) -> None:
    editors = double.add_role("editors")
    room, hidden = double.add_channel(), double.add_channel(guild=double.add_guild("Another"))
    desk = Desk(double, made(double), Acts())
    mara, other = double.user("Mara"), double.user("Jon")
    double.roles_given[mara.id] = {editors}
    try:
        await desk.start()
        editor = Person(platform="discord", address=str(mara.id), manager_role=str(editors))
        found = await desk.platform.managed_place(str(room), editor)
        assert found is not None
        assert found.address == str(room)
        assert await desk.platform.managed_place(str(room), replace(editor, manager_role="")) is None
        assert await desk.platform.managed_place(str(room), replace(editor, address=str(other.id))) is None
        double.roles_given[mara.id] = set()
        assert await desk.platform.managed_place(str(hidden), editor) is None
    finally:
        await desk.stop()


async def test_a_post_rings_the_role_that_was_chosen_and_nobody_else(double: DiscordDouble) -> None:
    readers, quiet = double.add_role("ai-news"), double.add_role("Staff", mentionable=False)
    room = double.add_channel()
    desk = Desk(double, made(double), Acts())
    try:
        await desk.start()
        place = Place(
            platform="discord", address=str(room), kind=PlaceKind.GROUP, server_address=str(double.guild)
        )
        found = await desk.platform.find_role(place, f"<@&{readers}>")
        assert found is not None
        assert (found.id, found.name, found.rings) == (str(readers), "ai-news", True)
        named = await desk.platform.find_role(place, "@staff")
        assert named is not None
        assert (named.id, named.rings) == (str(quiet), False)
        for nobody in ("@everyone", f"<@&{double.guild}>", "<@&12345>", "nobody", ""):
            assert await desk.platform.find_role(place, nobody) is None
        hostile = f"Hello <@&{quiet}> @everyone"
        await desk.send(desk.channel(room), hostile, payload={"mention": str(readers)})
        await desk.send(desk.channel(room), hostile)
        first, second = double.shows(room)
        assert first.text.startswith(f"<@&{readers}>\n")
        assert first.mentions == {"parse": [], "roles": [readers]}
        assert "<@&" not in second.text.replace("\\<", "")
        assert not (second.mentions or {}).get("roles")
        assert (second.mentions or {"parse": []})["parse"] == []
    finally:
        await desk.stop()


async def test_nobody_before_connecting(double: DiscordDouble) -> None:
    desk = Desk(double, made(double), Acts())
    assert desk.platform.identity() is None
    room = desk.channel(double.add_channel())
    with pytest.raises(PlatformDown, match="not connected"):
        await desk.send(room)
    with pytest.raises(PlatformDown, match="not connected"):
        await desk.platform.find(desk.operation(room), room, NOTHING)
    await desk.platform.close()


@pytest.mark.parametrize("token", ["wrong", " "])
async def test_a_wrong_token_is_final_and_says_where_the_right_one_is(
    double: DiscordDouble, token: str
) -> None:
    with pytest.raises(PlatformDown, match="Reset Token") as caught:
        await made(double, token).run(Acts().gateway())
    assert caught.value.final
    assert "DISCORD_TOKEN" in str(caught.value)


async def test_a_token_refused_by_the_gateway_is_final(desk: Desk) -> None:
    await desk.double.close_gateway(4004)
    assert desk.running is not None
    with pytest.raises(PlatformDown, match="Reset Token") as caught:
        await desk.running
    assert caught.value.final


async def test_a_gateway_that_refuses_at_the_start(double: DiscordDouble) -> None:
    double.refuse_gateway()
    with pytest.raises(PlatformDown, match="could not be reached") as caught:
        await made(double).run(Acts().gateway())
    assert not caught.value.final


async def test_servers_that_are_down_or_have_trouble(double: DiscordDouble) -> None:
    double.fault("GET /users/@me", status=503)
    with pytest.raises(PlatformDown, match="trouble: 503"):
        await made(double).run(Acts().gateway())
    nowhere = PlatformOptions("t", {"api": "http://127.0.0.1:9/api/v10", "gateway": "ws://127.0.0.1:9"})
    with pytest.raises(PlatformDown, match="could not be reached"):
        await create(nowhere, Texts({})).run(Acts().gateway())


async def test_two_bots_in_one_process_keep_to_their_own_servers(desk: Desk) -> None:
    async with DiscordDouble(token="another") as second:
        other = Desk(second, made(second), Acts())
        await other.start()
        for each in (desk, other):
            room, ada = each.double.add_channel(), each.double.user()
            await each.send(each.channel(room))
            await each.double.slash(room, ada, "latest")
            assert len(each.double.shows(room)) == len(each.double.ephemeral(ada)) == 1
        await other.stop()


async def test_a_platform_can_run_again(desk: Desk) -> None:
    await desk.stop()
    room = desk.channel(desk.double.add_channel())
    with pytest.raises(PlatformDown):
        await desk.send(room)
    await desk.start()
    await desk.send(room)
    assert desk.double.identifies == 2
    assert desk.double.syncs == 1


async def test_a_malformed_event_ends_the_run_instead_of_leaving_a_zombie(desk: Desk) -> None:
    desk.double.malformed()
    assert desk.running is not None
    with pytest.raises(PlatformDown, match="broke"):
        await asyncio.wait_for(desk.running, 5)


async def test_a_closed_gateway_is_resumed_and_what_was_missed_arrives(desk: Desk) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    await desk.double.close_gateway(4000)
    asked = await desk.double.slash(room, ada, "latest")
    assert [message.text for message in asked.messages] == ["latest!"]
    await desk.connected()
    assert (desk.double.identifies, desk.double.resumes) == (1, 1)


async def test_a_command_stands_in_the_menu_of_messages_and_is_asked_of_one() -> None:
    sources = CommandSpec(
        name="story", code="st", description="All about one story", public=True, post_menu="Sources"
    )
    async with DiscordDouble() as double:
        acts = Acts(commands=(sources,))
        platform = create(PlatformOptions(double.token, double.addresses), texts())
        desk = Desk(double, platform, acts)
        await desk.start()
        room, ada = double.add_channel(), double.user()
        post = await desk.send(desk.channel(room))
        asked = await double.menu(room, ada, "Sources", int(post))
        await desk.stop()
    menu = next(each for each in double.commands if each["type"] == 3)
    assert menu["name_localizations"]["it"] == "Fonti"
    (call,) = acts.calls
    assert (call.command, call.arguments, call.reply_to) == ("story", {}, post)
    assert [message.text for message in asked.messages] == ["story!"]


async def test_a_reconnect_that_discord_asks_for(desk: Desk) -> None:
    await desk.double.ask_reconnect()
    await desk.connected()
    assert (desk.double.identifies, desk.double.resumes) == (1, 1)


async def test_a_session_that_cannot_be_resumed_begins_anew(desk: Desk) -> None:
    await desk.double.invalidate()
    await desk.connected()
    assert desk.double.identifies == 2
    assert desk.double.syncs == 1


async def test_shutdown_finishes_a_call_in_hand(desk: Desk) -> None:
    desk.acts.wait = 0.3
    room, ada = desk.double.add_channel(), desk.double.user()
    asking = asyncio.create_task(desk.double.slash(room, ada, "latest"))
    await until(lambda: desk.acts.calls)
    await desk.stop()
    assert [message.text for message in (await asking).messages] == ["latest!"]


# --- commands ----------------------------------------------------------------------------------------------


async def test_commands_are_told_once_and_again_only_when_they_changed(desk: Desk) -> None:
    latest, add = desk.double.commands
    assert [option["name"] for option in latest["options"]] == ["topic", "public"]
    assert [choice["value"] for choice in latest["options"][1]["choices"]] == ["yes", "no"]
    assert (add["default_member_permissions"], add["options"][0]["required"]) == ("32", True)
    assert latest["default_member_permissions"] is None
    await desk.stop()
    await desk.start()
    await desk.send(desk.channel(desk.double.add_channel()))
    assert desk.double.syncs == 1
    await desk.stop()
    desk.acts.commands = (replace(COMMANDS[0], description="Newest first"), COMMANDS[1])
    await desk.start()
    await until(lambda: desk.double.syncs == 2)


async def test_commands_are_described_in_every_language(double: DiscordDouble) -> None:
    texts = Texts({"it": load_texts().catalogues["it"]})
    desk = Desk(double, create(PlatformOptions(double.token, double.addresses), texts), Acts())
    for _ in range(2):
        await desk.start()
        await desk.stop()
    assert double.commands[0]["description"] == "The newest stories"
    described = texts.for_language("it")("The newest stories")
    assert described != "The newest stories"
    assert double.commands[0]["description_localizations"] == {"it": described}
    assert double.syncs == 1


async def test_commands_that_cannot_be_told_do_not_stop_the_rest(double: DiscordDouble) -> None:
    double.fault("PUT */commands", status=400, code=50035, message="Invalid Form Body")
    desk = Desk(double, made(double), Acts())
    desk.running = asyncio.create_task(desk.platform.run(desk.acts.gateway()))
    await desk.connected()
    await desk.send(desk.channel(double.add_channel()))
    await desk.stop()


async def test_a_command_is_a_call(desk: Desk) -> None:
    room = desk.double.add_channel("text", name="general")
    ada = desk.double.user("Ada", locale="pt-BR")
    asked = await desk.double.slash(room, ada, "latest", {"topic": "robots", "public": "no"})
    (call,) = desk.acts.calls
    assert (call.command, call.arguments) == ("latest", {"topic": "robots", "public": "no"})
    assert (call.person.address, call.person.name, call.person.language) == (str(ada.id), "Ada", "pt-BR")
    assert not call.person.manager
    place = call.place
    assert (place.platform, place.address, place.kind, place.thread) == (
        "discord",
        str(room),
        PlaceKind.GROUP,
        "",
    )
    assert (place.name, place.server_address, place.server_name) == (
        "general",
        str(desk.double.guild),
        "Newsroom",
    )
    assert {"view_channel", "send_messages", "embed_links", "read_message_history"} <= place.rights
    assert not asked.deferred
    assert [message.text for message in desk.double.ephemeral(ada)] == ["latest!"]
    assert desk.double.shows(room) == []


async def test_an_option_may_have_any_name(desk: Desk) -> None:
    boss = desk.double.user(manager=True)
    await desk.double.slash(desk.double.add_channel(), boss, "add", {"from": "https://example.com/feed"})
    assert desk.acts.calls[0].arguments == {"from": "https://example.com/feed"}


@pytest.mark.parametrize("right", ["manager", "administrator"])
async def test_who_manages(desk: Desk, right: str) -> None:
    await desk.double.slash(desk.double.add_channel(), desk.double.user(**{right: True}), "latest")
    assert desk.acts.calls[0].person.manager


async def test_a_private_chat(desk: Desk) -> None:
    ada = desk.double.user()
    chat = desk.double.add_dm(ada)
    await desk.double.slash(chat, ada, "latest")
    (call,) = desk.acts.calls
    assert (call.place.kind, call.place.address, call.place.server_address) == (
        PlaceKind.PRIVATE,
        str(chat),
        "",
    )
    assert call.person.manager
    assert [message.text for message in desk.double.shows(chat)] == ["latest!"]


async def test_kinds_of_places(desk: Desk) -> None:
    ada = desk.double.user()
    news = desk.double.add_channel("news")
    forum = desk.double.add_channel("forum")
    thread = desk.double.add_channel("thread", parent=news, name="talk")
    for room in (news, forum, thread):
        await desk.double.slash(room, ada, "latest")
    kinds = [(call.place.kind, call.place.address, call.place.thread) for call in desk.acts.calls]
    assert kinds[0] == (PlaceKind.BROADCAST, str(news), "")
    assert kinds[1] == (PlaceKind.FORUM, str(forum), "")
    assert kinds[2] == (PlaceKind.GROUP, str(news), str(thread))


async def test_rights_in_a_place(desk: Desk) -> None:
    room = desk.double.add_channel(denied=["embed_links", "read_message_history"])
    await desk.double.slash(room, desk.double.user(), "latest")
    assert not {"embed_links", "read_message_history"} & desk.acts.calls[0].place.rights


async def test_completion(desk: Desk) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    found = await desk.double.autocomplete(room, ada, "latest", "topic", "ro")
    assert found[:2] == ["latest topic ro0", "latest topic ro1"]
    assert len(found) == 25
    assert desk.acts.calls[0].place.address == str(room)


@pytest.mark.usefixtures("impatient")
async def test_completion_that_takes_too_long_offers_nothing(desk: Desk) -> None:
    desk.acts.wait = 1
    assert (
        await desk.double.autocomplete(desk.double.add_channel(), desk.double.user(), "latest", "topic") == []
    )


async def test_a_slow_answer_is_announced_and_then_stands_in_its_place(desk: Desk) -> None:
    desk.acts.wait = 1.2
    room, ada = desk.double.add_channel(), desk.double.user()
    asked = await desk.double.slash(room, ada, "latest")
    assert asked.deferred
    assert not asked.failed
    assert [message.text for message in desk.double.ephemeral(ada)] == ["latest!"]
    assert desk.double.shows(room) == []


@pytest.mark.usefixtures("impatient")
async def test_a_slow_answer_for_all_is_seen_by_all(desk: Desk) -> None:
    desk.acts.wait, desk.acts.answer = 0.3, answering(says("for all", private=False))
    room, ada = desk.double.add_channel(), desk.double.user()
    asked = await desk.double.slash(room, ada, "latest")
    assert asked.deferred
    assert [message.text for message in desk.double.shows(room)] == ["for all"]
    assert desk.double.ephemeral(ada) == []


def answering(*answers: Answer) -> Callable[[Call], Awaitable[Answer]]:
    queue = list(answers)

    async def answer(_: Call) -> Answer:
        return queue.pop(0) if len(queue) > 1 else queue[0]

    return answer


async def test_an_answer_for_all(desk: Desk) -> None:
    desk.acts.answer = answering(says("for all", private=False))
    room, ada = desk.double.add_channel(), desk.double.user()
    await desk.double.slash(room, ada, "latest")
    assert [message.text for message in desk.double.shows(room)] == ["for all"]


async def test_a_long_answer_comes_in_several_messages(desk: Desk) -> None:
    long = Answer(document=Document(tuple(Text(f"{n} " + "word " * 650) for n in range(4))))
    desk.acts.answer = answering(long)
    room, ada = desk.double.add_channel(), desk.double.user()
    await desk.double.slash(room, ada, "latest")
    await until(lambda: len(desk.double.ephemeral(ada)) == 4)
    assert [message.text.split()[0] for message in desk.double.ephemeral(ada)] == ["0", "1", "2", "3"]


async def test_a_call_that_breaks_is_said_in_a_sentence(desk: Desk) -> None:
    async def breaks(_: Call) -> Answer:
        raise ZeroDivisionError

    desk.acts.answer = breaks
    room, ada = desk.double.add_channel(), desk.double.user()
    await desk.double.slash(room, ada, "latest")
    (message,) = desk.double.ephemeral(ada)
    assert "not your fault" in message.text

    async def explains(_: Call) -> Answer:
        raise CallError("25:00 is not a time.")

    desk.acts.answer = explains
    await desk.double.slash(room, ada, "latest")
    assert desk.double.ephemeral(ada)[-1].text == "25:00 is not a time."


async def test_a_connection_that_breaks_inside_a_call_is_said_too(desk: Desk) -> None:
    async def breaks(_: Call) -> Answer:
        raise OSError

    desk.acts.answer = breaks
    room, ada = desk.double.add_channel(), desk.double.user()
    await desk.double.slash(room, ada, "latest")
    assert "not your fault" in desk.double.ephemeral(ada)[0].text


@pytest.mark.usefixtures("impatient")
async def test_a_slow_call_is_done_even_where_discord_does_not_wait(desk: Desk) -> None:
    done = asyncio.Event()

    async def slow(_: Call) -> Answer:
        await asyncio.sleep(0.3)
        done.set()
        return says("late")

    desk.acts.answer = slow
    desk.double.fault("POST /interactions/*", status=404, code=10062, message="Unknown interaction")
    room, ada = desk.double.add_channel(), desk.double.user()
    asked = await desk.double.slash(room, ada, "latest", wait=0.6)
    assert asked.failed
    assert done.is_set()


async def test_an_answer_that_discord_refuses_is_said_in_a_sentence(desk: Desk) -> None:
    desk.double.fault("POST /interactions/*", status=400, code=50035, message="Invalid Form Body")
    room, ada = desk.double.add_channel(), desk.double.user()
    await desk.double.slash(room, ada, "latest")
    assert "not your fault" in desk.double.ephemeral(ada)[0].text


async def test_an_answer_too_late_for_discord_harms_nobody(desk: Desk) -> None:
    desk.double.fault("POST /interactions/*", delay=3.1)
    room, ada = desk.double.add_channel(), desk.double.user()
    asked = await desk.double.slash(room, ada, "latest")
    assert asked.failed
    assert not (await desk.double.slash(room, ada, "latest")).failed


async def test_a_command_that_is_no_longer_there(desk: Desk) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    desk.double.commands.append({"id": "1", "name": "old", "options": []})
    await desk.double.slash(room, ada, "old")
    assert "has changed" in desk.double.ephemeral(ada)[0].text


# --- buttons -----------------------------------------------------------------------------------------------


async def test_a_button_of_a_post_answers_whoever_presses_alone(desk: Desk) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    post = await desk.send(desk.channel(room), keys=[{"label": "1 ▸", "data": "s:1"}])
    desk.acts.answer = answering(says("sources", edit=True))
    await desk.double.press(room, int(post), "1 ▸", ada)
    assert desk.acts.calls[0].arguments == {"data": "s:1"}
    assert [message.text for message in desk.double.ephemeral(ada)] == ["sources"]
    (shown,) = desk.double.shows(room)
    assert not shown.edited


async def test_a_button_of_a_message_from_before_a_restart(desk: Desk) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    post = await desk.send(desk.channel(room), keys=[{"label": "1 ▸", "data": "s:1"}])
    await desk.stop()
    desk.platform = made(desk.double)
    await desk.start()
    await desk.double.press(room, int(post), "1 ▸", ada)
    assert desk.acts.calls[0].arguments == {"data": "s:1"}
    assert [message.text for message in desk.double.ephemeral(ada)] == ["pressed!"]


@pytest.mark.parametrize("wait", [0.0, 0.3])
@pytest.mark.usefixtures("impatient")
async def test_our_own_answer_changes_in_place(desk: Desk, wait: float) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    asked = await desk.double.slash(room, ada, "latest")
    desk.acts.wait, desk.acts.answer = wait, answering(says("page 2", edit=True, buttons=False))
    pressed = await desk.double.press(room, asked.messages[0].id, "More", ada)
    assert not pressed.failed
    (shown,) = desk.double.ephemeral(ada)
    assert (shown.text, shown.labels, shown.edited) == ("page 2", [], 1)


async def test_an_answer_for_all_changes_only_for_who_asked(desk: Desk) -> None:
    room, ada, bob = desk.double.add_channel(), desk.double.user("Ada"), desk.double.user("Bob")
    desk.acts.answer = answering(says("page 1", private=False), says("page 2", edit=True))
    asked = await desk.double.slash(room, ada, "latest")
    await desk.double.press(room, asked.messages[0].id, "More", bob)
    assert [message.text for message in desk.double.shows(room)] == ["page 1"]
    assert [message.text for message in desk.double.ephemeral(bob)] == ["page 2"]
    await desk.double.press(room, asked.messages[0].id, "More", ada)
    assert [message.text for message in desk.double.shows(room)] == ["page 2"]


@pytest.mark.usefixtures("impatient")
async def test_a_slow_button_of_a_post_says_that_it_takes_time(desk: Desk) -> None:
    room, ada = desk.double.add_channel(), desk.double.user()
    post = await desk.send(desk.channel(room), keys=[{"label": "1 ▸", "data": "s:1"}])
    desk.acts.wait = 0.3
    pressed = await desk.double.press(room, int(post), "1 ▸", ada)
    assert pressed.deferred
    assert [message.text for message in desk.double.ephemeral(ada)] == ["pressed!"]


async def test_a_post_in_a_private_chat_changes_in_place_and_keeps_its_nonce(desk: Desk) -> None:
    ada = desk.double.user()
    chat = desk.double.add_dm(ada)
    room = desk.channel(chat, PlaceKind.PRIVATE)
    operation = desk.operation(room, keys=[{"label": "show", "data": "t:1"}])
    post = await desk.platform.send(operation, room, "")
    desk.acts.answer = answering(says("unfolded", edit=True))
    await desk.double.press(chat, int(post), "show", ada)
    assert [message.text for message in desk.double.shows(chat)] == ["unfolded"]
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.FOUND, post)


# --- sending -----------------------------------------------------------------------------------------------


async def test_a_post(desk: Desk) -> None:
    room = desk.double.add_channel()
    post = await desk.send(desk.channel(room), "Digest", keys=[{"label": "1 ▸", "data": "s:1"}], nonce="n1")
    (shown,) = desk.double.shows(room)
    assert (str(shown.id), shown.nonce, shown.mentions) == (post, "n1", {"parse": []})
    assert shown.text == "## Digest\n### [1 · Foo](https://example.com/foo)\nIt runs.\n-# ▸ 2 sources"
    assert [button["custom_id"] for button in shown.buttons] == ["s:1|n1"]
    assert (shown.layout, shown.content, shown.embeds) == (True, "", [])


async def test_a_post_without_buttons_still_carries_its_nonce(desk: Desk) -> None:
    room = desk.double.add_channel()
    await desk.send(desk.channel(room), nonce="n1")
    (button,) = desk.double.shows(room)[0].buttons
    assert (button["label"], button["custom_id"], button["disabled"]) == ("·", "n:|n1", True)


async def test_sending_twice_shows_one_message(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    operation = desk.operation(room)
    first = await desk.platform.send(operation, room, "")
    assert await desk.platform.send(operation, room, "") == first
    assert len(desk.double.shows(int(room.address))) == 1


async def test_the_library_may_repeat_after_trouble(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    desk.double.fault("POST /channels/*/messages", status=502)
    await desk.send(room)
    assert len(desk.double.shows(int(room.address))) == 1


async def test_a_reply(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    first = await desk.send(room)
    await desk.send(room, reply_to=first)
    assert desk.double.shows(int(room.address))[1].reply_to == int(first)
    await desk.send(room, reply_to="1")
    assert desk.double.shows(int(room.address))[2].reply_to == 0
    desk.double.revoke(int(room.address), "read_message_history")
    await desk.send(room, reply_to=first)
    assert desk.double.shows(int(room.address))[3].reply_to == 0


async def test_an_edit(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    post = await desk.send(room, "Before")
    edit = desk.operation(room, "After", kind=OperationKind.EDIT, payload={"post": post})
    assert await desk.platform.find(edit, room, NOTHING) == SearchResult(Finding.ABSENT)
    assert await desk.platform.send(edit, room, "") == post
    (shown,) = desk.double.shows(int(room.address))
    assert shown.text.startswith("## After")
    assert shown.edited == 1
    assert await desk.platform.find(edit, room, NOTHING) == SearchResult(Finding.FOUND, post)


async def test_an_edit_of_nothing(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    gone = desk.operation(room, kind=OperationKind.EDIT, payload={"post": "1"})
    with pytest.raises(Refused, match="deleted"):
        await desk.platform.send(gone, room, "")
    assert await desk.platform.find(gone, room, NOTHING) == SearchResult(Finding.UNKNOWN)
    with pytest.raises(Refused, match="names no message"):
        await desk.send(room, kind=OperationKind.EDIT)


async def test_a_thread(desk: Desk) -> None:
    parent = desk.double.add_channel()
    thread = desk.double.add_channel("thread", parent=parent)
    await desk.send(desk.channel(parent, thread=str(thread)))
    assert desk.double.shows(parent) == []
    assert len(desk.double.shows(thread)) == 1


async def test_an_announcement_is_published(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel("news"), PlaceKind.BROADCAST)
    await desk.send(room)
    assert desk.double.shows(int(room.address))[0].published


async def test_an_announcement_that_cannot_be_published_is_posted(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel("news"), PlaceKind.BROADCAST)
    desk.double.fault("POST */crosspost", status=403, code=50013, message="Missing Permissions")
    post = await desk.send(room)
    desk.double.fault("POST */crosspost", status=429, retry_after=3000)
    again = await desk.send(room)
    assert [str(message.id) for message in desk.double.shows(int(room.address))] == [post, again]


async def test_a_forum(desk: Desk) -> None:
    forum = desk.double.add_channel("forum", tags=["news"], tag_required=True)
    room = desk.channel(forum, PlaceKind.FORUM)
    post = await desk.send(room, "Digest of Monday")
    (thread,) = desk.double.threads(forum)
    assert (str(thread.id), thread.name) == (post, "Digest of Monday")
    reply = await desk.send(room, "Update", reply_to=post)
    assert reply.startswith(f"{post}/")
    assert thread.applied == ["news"]
    first = "### [1 · Foo](https://example.com/foo)"  # its heading is the title of the thread
    assert [message.text.split("\n")[0] for message in desk.double.shows(thread.id)] == [first, first]
    mended = {**desk.platform.render(Document((Text("Mended"),)), room)[0]}
    for number, target in enumerate((post, reply)):
        edit = desk.operation(room, kind=OperationKind.EDIT, payload={**mended, "post": target})
        assert await desk.platform.send(edit, room, "") == target
        assert desk.double.shows(thread.id)[number].text == "Mended"


async def test_a_forum_after_trouble_has_no_second_thread(desk: Desk) -> None:
    forum = desk.double.add_channel("forum")
    room = desk.channel(forum, PlaceKind.FORUM)
    desk.double.fault("POST */threads", status=500)
    operation = desk.operation(room)
    with pytest.raises(Unsure):
        await desk.platform.send(operation, room, "")
    assert (
        len([each for each in desk.double.requests if each.endswith("/threads") and each.startswith("POST")])
        == 1
    )
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.ABSENT)
    desk.double.fault("POST */threads", cut="after")
    with pytest.raises(Unsure):
        await desk.platform.send(operation, room, "")
    found = await desk.platform.find(operation, room, NOTHING)
    assert found == SearchResult(Finding.FOUND, str(desk.double.threads(forum)[0].id))
    desk.double.archive(desk.double.threads(forum)[0].id)
    assert await desk.platform.find(operation, room, NOTHING) == found


# --- failures ----------------------------------------------------------------------------------------------

POST = "POST /channels/*/messages"


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        ({"status": 503}, Unsure, "503"),
        ({"cut": "before"}, Unsure, "did not say"),
        ({"cut": "after"}, Unsure, "did not say"),
        ({"status": 400, "code": 50035, "message": "Invalid Form Body"}, Refused, "Invalid Form Body"),
        ({"status": 404, "code": 10003, "message": "Unknown Channel"}, ChannelLost, "#news"),
        ({"status": 403, "code": 50001, "message": "Missing Access"}, ChannelLost, "View Channel"),
        ({"status": 403, "code": 50013, "message": "Missing Permissions"}, ChannelLost, "Send Messages"),
        ({"status": 403, "code": 50007, "message": "Cannot send"}, ChannelLost, "private messages"),
        ({"status": 403, "code": 1, "message": "Odd"}, ChannelLost, "Odd"),
        ({"status": 400, "code": 50083, "message": "Thread is archived"}, ChannelLost, "closed"),
        ({"status": 401, "code": 0, "message": "401: Unauthorized"}, PlatformDown, "Reset Token"),
        ({"status": 403, "html": True}, NotSent, "before Discord"),
        ({"status": 429, "retry_after": 99.0}, NotSent, "wait 99"),
        ({"status": 429, "retry_after": 98.0, "everywhere": True}, NotSent, "wait 98"),
        ({"status": 429, "retry_after": 7.0, "via": False}, NotSent, "wait"),
    ],
)
async def test_what_failures_mean(
    desk: Desk, fault: dict[str, Any], error: type[Exception], words: str
) -> None:
    room = desk.channel(desk.double.add_channel())
    desk.double.fault(POST, **fault)
    with pytest.raises(error, match=words) as caught:
        await desk.send(room)
    if isinstance(caught.value, NotSent):
        assert caught.value.after == fault.get("retry_after", 60.0)
    if isinstance(caught.value, PlatformDown):
        assert caught.value.final


async def test_a_short_wait_is_waited_out(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    desk.double.fault(POST, status=429, retry_after=0.05)
    await desk.send(room)
    assert len(desk.double.shows(int(room.address))) == 1


async def test_nobody_there_is_certainly_not_sent(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    operation = desk.operation(room)
    await desk.double.__aexit__()
    with pytest.raises((NotSent, Unsure)):  # a kept connection may break in the middle of the request
        await desk.platform.send(operation, room, "")
    with pytest.raises(NotSent):
        await desk.platform.send(operation, room, "")
    with pytest.raises(NotSent):
        await desk.platform.find(operation, room, NOTHING)


async def test_the_missing_right_is_named(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    desk.double.revoke(int(room.address), "embed_links")
    await desk.send(room)  # which stories as cards do not need
    desk.double.revoke(int(room.address), "send_messages")
    await asyncio.sleep(0.02)
    with pytest.raises(ChannelLost, match=r"I may not post in #news: give me \*Send Messages\* there\."):
        await desk.send(room)


async def test_a_channel_that_is_gone_or_none(desk: Desk) -> None:
    with pytest.raises(ChannelLost, match="does not know"):
        await desk.send(desk.channel(12345))
    with pytest.raises(ChannelLost, match="no Discord channel"):
        await desk.send(Channel(id=1, platform="discord", address="#news", kind=PlaceKind.GROUP, server_id=1))
    with pytest.raises(ChannelLost, match="no forum"):
        await desk.send(desk.channel(desk.double.add_channel(), PlaceKind.FORUM))


# --- finding -----------------------------------------------------------------------------------------------


async def test_finding_what_arrived_without_an_answer(desk: Desk) -> None:
    address = desk.double.add_channel()
    room = desk.channel(address)
    before = await desk.send(room)
    operation = desk.operation(room)
    desk.double.fault(POST, cut="after")
    with pytest.raises(Unsure):
        await desk.platform.send(operation, room, "")
    for _ in range(150):
        desk.double.other_message(address)
    found = await desk.platform.find(operation, room, Search(after=before, known=frozenset(), unrecorded=0))
    assert found == SearchResult(Finding.FOUND, str(desk.double.shows(address)[1].id))
    assert await desk.platform.find(operation, room, NOTHING) == found
    desk.double.forget_nonces()
    assert await desk.platform.find(operation, room, NOTHING) == found


async def test_not_finding_what_never_arrived(desk: Desk) -> None:
    address = desk.double.add_channel()
    room = desk.channel(address)
    before = await desk.send(room)
    operation = desk.operation(room)
    desk.double.fault(POST, cut="before")
    with pytest.raises(Unsure):
        await desk.platform.send(operation, room, "")
    for search in (NOTHING, Search(after=before, known=frozenset(), unrecorded=0)):
        assert await desk.platform.find(operation, room, search) == SearchResult(Finding.ABSENT)


async def test_reading_back_ends_before_the_operation_was_made(desk: Desk) -> None:
    address = desk.double.add_channel()
    room = desk.channel(address)
    for _ in range(150):
        desk.double.other_message(address)
    operation = replace(desk.operation(room), created_at=datetime.now(UTC) + timedelta(hours=1))
    reads = len(desk.double.requests)
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.ABSENT)
    assert len(desk.double.requests) == reads + 1


async def test_too_much_to_read_is_unknown(desk: Desk) -> None:
    address = desk.double.add_channel()
    room = desk.channel(address)
    for _ in range(1_001):
        desk.double.other_message(address)
    assert await desk.platform.find(desk.operation(room), room, NOTHING) == SearchResult(Finding.UNKNOWN)


@pytest.mark.parametrize("right", ["read_message_history", "view_channel"])
async def test_what_we_may_not_read_is_unknown(desk: Desk, right: str) -> None:
    address = desk.double.add_channel()
    room = desk.channel(address)
    operation = desk.operation(room)
    await desk.platform.send(operation, room, "")
    desk.double.revoke(address, right)
    await asyncio.sleep(0.02)
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.UNKNOWN)
    assert await desk.platform.send(operation, room, "") if right != "view_channel" else True
    assert len(desk.double.shows(address)) == 1


async def test_trouble_while_finding_is_tried_again_later(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel())
    for fault in ({"status": 503}, {"cut": "before"}, {"status": 429, "retry_after": 60.0}):
        desk.double.fault("GET /channels/*/messages", times=2, **fault)
        with pytest.raises(NotSent):
            await desk.platform.find(desk.operation(room), room, NOTHING)
        desk.double._faults.clear()
    desk.double.refuse_token()
    with pytest.raises(PlatformDown):
        await desk.platform.find(desk.operation(room), room, NOTHING)


async def test_a_forum_with_many_older_threads_is_no_obstacle(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel("forum"), PlaceKind.FORUM)
    for _ in range(27):
        await desk.send(room)
    later = replace(desk.operation(room), created_at=datetime.now(UTC) + timedelta(hours=1))
    assert await desk.platform.find(later, room, NOTHING) == SearchResult(Finding.ABSENT)
    assert await desk.platform.find(desk.operation(room), room, NOTHING) == SearchResult(Finding.UNKNOWN)


async def test_an_empty_private_chat_holds_nothing(desk: Desk) -> None:
    room = desk.channel(desk.double.add_dm(desk.double.user()), PlaceKind.PRIVATE)
    assert await desk.platform.find(desk.operation(room), room, NOTHING) == SearchResult(Finding.ABSENT)


async def test_a_silent_post_is_silent_in_a_forum_too(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel("forum"), PlaceKind.FORUM)
    loud, still = await desk.send(room), await desk.send(room, payload={"silent": True})
    flags = [desk.double.shows(int(thread))[0].flags for thread in (loud, still)]
    assert [bool(each & SILENT) for each in flags] == [False, True]


async def test_finding_an_answer_inside_a_forum_thread(desk: Desk) -> None:
    room = desk.channel(desk.double.add_channel("forum"), PlaceKind.FORUM)
    post = await desk.send(room)
    operation = replace(desk.operation(room), reply_to=1)
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.ABSENT)
    reply = await desk.platform.send(operation, room, post)
    assert await desk.platform.find(operation, room, NOTHING) == SearchResult(Finding.FOUND, reply)


# --- places that come and go -------------------------------------------------------------------------------


async def test_known_channels_that_vanish(desk: Desk) -> None:
    known, other, third = (desk.double.add_channel() for _ in range(3))
    thread = desk.double.add_channel("thread", parent=third)
    desk.acts.channels = (desk.channel(known), desk.channel(third, thread=str(thread)))
    await asyncio.sleep(0.02)
    desk.double.remove_channel(other)
    desk.double.remove_channel(known)
    desk.double.remove_channel(thread)
    await until(lambda: len(desk.acts.placed) == 2)
    assert [(place.address, place.thread, may) for place, may in desk.acts.placed] == [
        (str(known), "", False),
        (str(third), str(thread), False),
    ]


async def test_a_server_that_removes_us(desk: Desk) -> None:
    guild = desk.double.add_guild("Elsewhere", tell=True)
    room = desk.double.add_channel("news", guild=guild, name="wire")
    desk.acts.channels = (desk.channel(room, PlaceKind.BROADCAST),)
    await until(lambda: (found := desk.platform.identity()) and found.places == 2)
    desk.acts.placed.clear()
    desk.double.remove_guild(guild)
    await until(lambda: desk.acts.placed)
    ((place, may),) = desk.acts.placed
    assert (place.address, place.server_address, place.server_name, may) == (
        str(room),
        str(guild),
        "Elsewhere",
        False,
    )
    identity = desk.platform.identity()
    assert identity is not None
    assert identity.places == 1


async def test_rights_that_come_and_go(desk: Desk) -> None:
    room = desk.double.add_channel()
    desk.acts.channels = (desk.channel(room),)
    await asyncio.sleep(0.02)
    desk.double.revoke(room, "send_messages")
    await until(lambda: len(desk.acts.placed) == 1)
    desk.double.grant(room, "send_messages")
    await until(lambda: len(desk.acts.placed) == 2)
    assert [(place.missing, may) for place, may in desk.acts.placed] == [
        (("Send Messages",), False),
        ((), True),
    ]
    assert "send_messages" in desk.acts.placed[1][0].rights


async def test_nothing_is_announced_by_itself(desk: Desk) -> None:
    desk.double.add_channel()
    desk.double.add_guild("Elsewhere", tell=True)
    await until(lambda: (found := desk.platform.identity()) and found.places == 2)
    assert desk.acts.placed == []


# --- the double itself -------------------------------------------------------------------------------------


async def test_the_double_runs_as_a_process(tmp_path: Path) -> None:
    record = tmp_path / "effects.jsonl"
    command = (sys.executable, "-m", "tests.doubles.discord", "--record", str(record))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    about = json.loads(await process.stdout.readline())
    try:
        platform = create(
            PlatformOptions(about["token"], {name: about[name] for name in ("api", "gateway")}), Texts({})
        )
        desk = Desk(DiscordDouble(), platform, Acts(commands=()))
        await desk.start()
        post = await desk.send(desk.channel(about["channels"]["text"]), "From afar")
        base = about["api"].removesuffix("/api/v10")
        async with aiohttp.ClientSession() as session:
            asked = await session.post(f"{base}/control/shows", json={"channel": about["channels"]["text"]})
            assert [str(message["id"]) for message in await asked.json()] == [post]
        await desk.stop()
    finally:
        process.terminate()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined]
    effects = [json.loads(line) for line in record.read_text().splitlines()]
    assert [(each["effect"], each["text"].split("\n")[0]) for each in effects] == [
        ("message", "## From afar")
    ]


async def test_the_double_lets_nobody_use_what_they_do_not_see(desk: Desk) -> None:
    with pytest.raises(AssertionError, match="not shown"):
        await desk.double.slash(desk.double.add_channel(), User(5), "add", {"from": "x"})
