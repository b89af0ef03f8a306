"""The desk: typed words, buttons, rights, mistakes and failures."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.commands.declaration import Command, Option, Section, command
from bot.commands.registry import registry
from bot.model import Actions, Answer, Call, ChannelState, CommandSpec, Document, Identity, Place, PlaceKind
from bot.store import database, places, system
from bot.store.schema import answers
from tests.commands.conftest import PRIVATE, Counter, words_of
from tests.doubles.machine import locked
from tests.jobs.delivering.test_catchup import operator


@pytest.mark.parametrize("command", registry().commands, ids=lambda c: c.spec.name)
async def test_every_command_answers_and_none_fails(news: Counter, command: object) -> None:
    spec: CommandSpec = command.spec  # type: ignore[attr-defined]
    await news.said("/subscribe ai 08:00")
    right = {
        "what": "robotics",
        "when": "09:00",
        "number": "1",
        "code": "ABCD",
        "command": "latest",
        "topic": "ai",
    }
    arguments = {o.name: right[o.name] for o in spec.options if o.name in right}
    answer = await news.dispatcher.answer(replace(news.call, command=spec.name, arguments=arguments))
    assert answer.document.blocks
    assert news.world.events("command.crashed") == []


def test_names_and_codes_are_unique_and_short() -> None:
    known = registry()
    assert len(known.by_name) == len(known.by_code) == len(known.commands)
    assert all(len(code) == 2 for code in known.by_code)


@pytest.mark.parametrize(
    "command",
    [c for c in registry().commands if any(o.required for o in c.options)],
    ids=lambda c: c.spec.name,
)
async def test_a_missing_argument_is_answered_with_the_usage(counter: Counter, command: object) -> None:
    spec: CommandSpec = command.spec  # type: ignore[attr-defined]
    said = await counter.said(f"/{spec.name}")
    assert f"/{spec.name} needs" in said
    assert registry().by_name[spec.name].usage in said


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/lates", "latest"),
        ("/Latest", ""),
        ("/subscribed", "subscribe"),
        ("/shedule", "schedule"),
        ("/helpp", "help"),
    ],
)
async def test_a_mistyped_command_is_answered_with_the_nearest(
    counter: Counter, typed: str, meant: str
) -> None:
    said = await counter.said(typed)
    assert (
        ("Did you mean" not in said) if not meant else f"There is no {typed}. Did you mean /{meant}?" in said
    )


async def test_a_command_like_no_other_is_answered_with_help(counter: Counter) -> None:
    assert await counter.said("/xyzzyq") == "There is no /xyzzyq. /help lists what I can do."
    assert "/" + "q" * 40 + "." in await counter.said("/" + "q" * 500)


async def test_too_many_words_are_named(counter: Counter) -> None:
    assert "`now please` is more than /story takes. Usage: /story [NUMBER]" in await counter.said(
        "/story 1 now please"
    )


async def test_an_argument_outside_its_choices_is_answered_with_the_nearest() -> None:
    from bot.commands.dispatch import _check
    from bot.errors import CallError

    @command(
        name="paint", code="pa", section=Section.BOT, options=[Option("colour", "", choices=("red", "green"))]
    )
    async def paint(ctx: object, call: Call) -> Answer:
        raise AssertionError

    with pytest.raises(CallError, match=r"`gren` does not fit colour\. The nearest that is right: green\."):
        _check(paint, {"colour": "gren"})
    _check(paint, {"colour": "red"})


@pytest.mark.parametrize("text", ["/subscribe ai", "/unsubscribe 1", "/schedule 09:00"])
async def test_only_managers_change_what_everybody_gets(counter: Counter, text: str) -> None:
    visitor = counter.by(manager=False)
    name = text.split(maxsplit=1)[0]
    assert (
        f"{name} changes what everybody here gets: ask someone who may manage this place."
        in await visitor.said(text)
    )


async def test_plain_talk_in_a_group_is_not_for_us(counter: Counter) -> None:
    assert counter.dispatcher.typed("hello everybody", counter.call) is None
    assert counter.dispatcher.typed("https://example.org", counter.call) is None
    private = counter.at(PRIVATE)
    assert private.dispatcher.typed("   ", private.call) is None


@pytest.mark.parametrize("talk", ["hello", "thanks!", "buongiorno"])
async def test_a_greeting_in_private_gets_one_sentence_and_a_few_buttons(counter: Counter, talk: str) -> None:
    answer = await counter.at(PRIVATE).ask(talk)
    said = words_of(answer.document)
    assert said.startswith("I read AI news in many languages and tell each story once")
    assert len(said.splitlines()) <= 2
    (actions,) = [block for block in answer.document.blocks if isinstance(block, Actions)]
    assert actions.buttons[-1].label == "What I can do"


@pytest.mark.parametrize(
    ("talk", "noun"),
    [
        ("che succede con NVIDIA?", "NVIDIA"),
        ("what about the weather in Milan?", "weather"),
        ("chips?", "Chips"),
        ("100", ""),
        ("why is there no message?", ""),
    ],
)
async def test_plain_talk_that_is_not_understood_is_said_and_has_three_ways_on(
    news: Counter, talk: str, noun: str
) -> None:
    answer = await news.at(PRIVATE).ask(talk)
    assert words_of(answer.document) == f"I did not understand “{talk}”. Choose, or send a command:"
    (actions,) = [block for block in answer.document.blocks if isinstance(block, Actions)]
    labels = [button.label for button in actions.buttons]
    assert len(labels) == 3
    assert labels[0] == (f"Latest on {noun}" if noun else "Latest")
    for button in actions.buttons:
        pressed = await news.at(PRIVATE).press(button.data)
        assert "did not understand" not in words_of(pressed.document)


@pytest.mark.parametrize(
    ("line", "example", "done"),
    [
        ("/bar important", "/bar 1 important", "The bar of Robotics"),
        ("/bar 9 important", "/bar 1 important", "The bar of Robotics"),
        ("/schedule first monday", "/schedule 1 first monday", "is posted on the first Monday"),
        ("/missed skip", "/missed 1 skip", "is left out"),
        ("/unsubscribe 7", "/unsubscribe 1", "No longer posted here: Robotics"),
    ],
)
async def test_which_subscription_is_meant_is_asked_with_buttons_and_a_line_to_type(
    counter: Counter, line: str, example: str, done: str
) -> None:
    await counter.said("/subscribe ai 08:00")
    await counter.said("/subscribe robotics 09:00")
    answer = await counter.ask(line)
    assert words_of(answer.document).endswith(f"For example: {example}")
    buttons = [b for block in answer.document.blocks if isinstance(block, Actions) for b in block.buttons]
    assert [button.label for button in buttons] == ["1 · AI", "2 · Robotics"]
    assert done in words_of((await counter.press(buttons[1].data)).document)


async def test_a_button_that_is_not_kept_any_more_says_so(counter: Counter) -> None:
    said = words_of((await counter.press("k:0123456789abcdef")).document)
    assert said.startswith("That button is too old")


async def test_help_knows_every_command_that_people_are_to_find(counter: Counter) -> None:
    said = await counter.said("/help")
    for name in {one.spec.name for one in registry().visible_commands if not one.operator}:
        assert f"/{name}" in said


async def test_help_is_by_subject_and_names_only_what_the_asker_may_do(counter: Counter) -> None:
    manager = await counter.said("/help")
    assert manager.index("Reading the news") < manager.index("/latest") < manager.index("/subscribe")
    assert "/names" not in manager
    member = await counter.by(manager=False).said("/help")
    assert "/subscribe" not in member
    assert "How a channel is written to" not in member
    assert "/save" in member
    assert "/names" in await counter.by(operator=True).said("/help")


async def test_help_explains_one_command(counter: Counter) -> None:
    said = await counter.said("/help latest")
    assert said.startswith("/latest [TOPIC]")
    assert "What may stand behind it\ntopic — A topic or a word" in said
    assert "For example\n/latest\n/latest robotics 5" in said
    assert "/digest" not in said
    assert "everything, notable, important, biggest" in await counter.said("/help bar")
    assert "Did you mean /filter?" in await counter.said("/help filtre")
    assert "There is no /nonsense." in await counter.said("/help /nonsense")


EXAMPLES = [(one, example) for one in registry().visible_commands for example in one.examples]


@pytest.mark.parametrize(("declared", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
async def test_every_example_is_read_as_its_command(
    counter: Counter, declared: Command, example: str
) -> None:
    call = counter.dispatcher.typed(example, counter.call)
    assert call is not None
    assert call.command == declared.spec.name
    assert "_" not in call.arguments
    assert len(declared.examples) <= 3
    assert "Something went wrong" not in words_of((await counter.dispatcher.answer(call)).document)


def test_whoever_looks_up_a_command_with_options_finds_an_example() -> None:
    options = [one for one in registry().visible_commands if one.options and one.spec.name != "start"]
    assert [one.spec.name for one in options if not one.examples] == []


async def test_about_names_the_outlets(news: Counter) -> None:
    said = await news.said("/about")
    assert "AI news from 2 feeds" in said
    assert "halden\nledger" in said


# --- buttons -----------------------------------------------------------------------------------------------


async def test_a_button_carries_its_call(news: Counter) -> None:
    assert (await news.dispatcher.pressed("la:ai:2", news.call)).arguments == {"topic": "ai", "page": "2"}
    assert (await news.dispatcher.pressed("st:i1", news.call)).arguments == {"number": "i1"}


async def test_a_stored_call_works_until_it_expires(counter: Counter) -> None:
    world = counter.world
    async with world.store.write() as tx:
        await system.keep_call(tx, "abc", "help", {"command": "latest"}, world.clock() + timedelta(hours=1))
    assert "/latest" in words_of((await counter.press("k:abc")).document)
    world.clock.advance(timedelta(hours=2))
    assert (await counter.dispatcher.pressed("k:abc", counter.call)).command == "expired"


@pytest.mark.parametrize(
    "data", ["", "zz", "zz:1:2", "k", "k:", "k:unknown", "la:" + "a" * 61, "::::", "st:i1:2:3"]
)
async def test_a_button_of_another_time_is_no_failure(counter: Counter, data: str) -> None:
    answer = await counter.press(data)
    assert words_of(answer.document)
    assert counter.world.events("command.crashed") == []


# --- claim and start ---------------------------------------------------------------------------------------


async def offer(counter: Counter, code: str = "AB12CD34") -> None:
    async with counter.world.store.write() as tx:
        await places.offer_claim(tx, code, counter.world.clock() + timedelta(minutes=15))


async def test_the_code_makes_an_operator_once(counter: Counter) -> None:
    await offer(counter)
    assert "You run this instance now" in await counter.said("/claim ab12cd34")
    assert "wrong, used or older" in await counter.by(address="eve").said("/claim AB12CD34")
    async with counter.world.store.read() as tx:
        assert [p.address for p in await places.operators(tx)] == ["ann"]


async def test_an_operator_may_do_what_managers_may(counter: Counter) -> None:
    await offer(counter)
    visitor = counter.by(manager=False)
    await visitor.said("/claim AB12CD34")
    assert "Subscribed to" in await visitor.said("/subscribe ai")


async def test_an_old_code_makes_nobody_operator(counter: Counter) -> None:
    await offer(counter)
    counter.world.clock.advance(timedelta(minutes=16))
    assert "wrong, used or older" in await counter.said("/claim AB12CD34")
    assert "wrong, used or older" in await counter.said("/claim guess")


async def test_nobody_becomes_operator_on_the_page(counter: Counter) -> None:
    await offer(counter)
    page = counter.at(Place(platform="scripted", address="page", kind=PlaceKind.PAGE))
    assert "from a chat" in await page.said("/claim AB12CD34")


async def test_start_greets_and_offers(counter: Counter) -> None:
    assert "I read AI news" in await counter.said("/start")
    assert "I read AI news" in await counter.said("/start something")


async def test_start_does_what_a_link_carries(news: Counter) -> None:
    await offer(news)
    assert "You run this instance now" in await news.said("/start claim-AB12CD34")
    assert "Sources" in words_of((await news.press("st:i1", own=False)).document)


# --- failures ----------------------------------------------------------------------------------------------


async def test_a_failure_of_ours_is_one_sentence_and_in_the_log(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("disk on fire at /secret/path")

    by_name = registry().by_name
    monkeypatch.setitem(by_name, "about", replace(by_name["about"], handler=broken))
    said = await counter.said("/about")
    assert said == "Something went wrong here. It is in the log; please try again in a minute."
    assert len(counter.world.events("command.crashed")) == 1


async def test_hostile_words_come_back_as_they_are(counter: Counter) -> None:
    for text in ("{0}", "{name}", "%s", "</p><script>", "@everyone", "{", "a" * 5000):
        said = await counter.said(f"/subscribe {text}")
        assert text[:60] in said
        assert "Something went wrong" not in said


async def test_a_mistake_is_explained_in_the_places_language(counter: Counter) -> None:
    await counter.world.channel("chat", language="it")
    answer = await counter.ask("/latset")
    assert answer.document.language == "it"
    assert "There is no" not in words_of(answer.document)


# --- completion --------------------------------------------------------------------------------------------


async def test_completion_begins_with_what_was_typed(counter: Counter) -> None:
    complete, call = counter.dispatcher.complete, counter.call
    assert await complete("subscribe", "what", "RO", call) == ("robotics",)
    assert "latest" in await complete("help", "command", "l", call)
    assert await complete("subscribe", "when", "week", call) == ("weekdays 08:00",)
    assert await complete("claim", "code", "", call) == ()


# --- places ------------------------------------------------------------------------------------------------


async def test_a_place_that_we_lost_is_paused_and_resumed(counter: Counter) -> None:
    world, place = counter.world, counter.place
    await counter.dispatcher.placed(place, False)
    async with world.store.read() as tx:
        assert await places.channel_at(tx, place) is None
    for may_post, state in (
        (True, ChannelState.ACTIVE),
        (False, ChannelState.PAUSED),
        (True, ChannelState.ACTIVE),
    ):
        await counter.dispatcher.placed(place, may_post)
        async with world.store.read() as tx:
            channel = await places.channel_at(tx, place)
        assert channel is not None
        assert channel.state == state


async def test_answers_are_recorded_before_and_after_they_leave(counter: Counter) -> None:
    gateway = counter.dispatcher
    number = await gateway.start_answer(counter.place)
    await gateway.record_answer(number, "m7")
    (row,) = await counter.world.rows(answers)
    assert (row.post, row.closed_at is not None) == ("m7", True)


async def test_the_gateway_tells_channels_posts_and_connections(news: Counter) -> None:
    gateway = news.dispatcher
    world = news.world
    channel = await world.channel("chat")
    await world.wants(channel, "10:00")
    world.clock.advance(timedelta(hours=1, minutes=1))
    await world.settle()
    assert [c.id for c in await gateway.channels("scripted")] == [channel.id]
    (post,) = await gateway.posts(channel.id, 5)
    assert post.payload["part"] == 1
    world.ctx.health.clear()
    await gateway.connected("scripted")
    assert world.ctx.health["scripted"].state == "connected"
    assert (await world.record(channel)).bot_link == "https://chat.example/strillone"


# --- status ------------------------------------------------------------------------------------------------


async def test_status_says_when_the_next_digest_comes(counter: Counter) -> None:
    assert "Nothing is posted here yet" in await counter.said("/status")
    await counter.said("/subscribe robotics now")
    assert "News is posted here as it comes." in await counter.said("/status")
    await counter.said("/subscribe ai 08:00")
    assert "Next digest here: Tuesday 3 March, 08:00 (UTC)." in await counter.said("/status")


async def test_status_names_what_is_wrong(news: Counter) -> None:
    from bot.model import Health

    world = news.world
    channel = await world.channel("chat")
    async with world.store.write() as tx:
        await places.pause(tx, channel.id, "kicked out", world.clock())
    world.ctx.health["scripted"] = Health(platform="scripted", state="down", detail="the token is wrong")
    await world.feed("broken")
    world.web.documents.pop("https://broken.example/feed")
    await world.settle("collect")
    said = await news.said("/status")
    assert "Posting here is paused: kicked out" in said
    assert "scripted is not connected: the token is wrong" in said
    assert "One feed could not be read." in said
    assert "broken: nothing here (404)" in said
    assert "4 entries in 24 hours · feeds: 2 ok, 1 failing" in said


async def test_status_tells_the_last_post(news: Counter) -> None:
    world = news.world
    channel = await world.channel("chat")
    await world.wants(channel, "10:00")
    world.clock.advance(timedelta(hours=1, minutes=1))
    await world.settle()
    assert "last post: Monday 10:02" in await news.said("/status")


async def test_reading_writes_nothing(news: Counter) -> None:
    from bot.store.schema import channels

    for text in ("/latest", "/digest", "/story 1", "/status", "/help", "/about", "/list", "/start"):
        await news.ask(text)
    assert await news.world.count(channels) == 0


# --- parity ------------------------------------------------------------------------------------------------


def without_signatures(document: Document) -> Document:
    """A document as it is for anybody: who may press its buttons left out."""
    blocks = tuple(
        Actions(tuple(replace(b, data=b.data.partition("~")[0]) for b in block.buttons))
        if isinstance(block, Actions)
        else block
        for block in document.blocks
    )
    return replace(document, blocks=blocks)


@pytest.mark.parametrize(
    "text", ["/latest", "/digest", "/story i1", "/list", "/help", "/about", "/latset", "/start"]
)
async def test_the_same_call_gives_the_same_document_everywhere(news: Counter, text: str) -> None:
    documents = []
    for platform in ("discord", "telegram", "web", "terminal"):
        place = Place(platform=platform, address="somewhere", kind=PlaceKind.GROUP)
        there = replace(news.at(place), person=replace(news.person, platform=platform))
        documents.append(without_signatures((await there.ask(text)).document))
    assert all(document == documents[0] for document in documents[1:])


async def test_a_call_made_by_hand_is_answered_like_a_typed_one(news: Counter) -> None:
    typed = await news.ask("/story i1")
    made = await news.dispatcher.answer(Call("story", {"number": "i1"}, news.person, news.place))
    pressed = await news.press("st:i1")
    assert typed.document == made.document == pressed.document


async def test_another_bot_is_told_to_whoever_runs_the_instance_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = counter.world
    await operator(world)
    gateway = world.house.dispatcher
    for number in ("7", "7", "8", "8"):
        who = Identity(
            name="Strillone", address="https://chat.example/strillone", places=1, invites=(), number=number
        )
        monkeypatch.setattr(world.platform, "identity", lambda who=who: who)
        await gateway.connected("scripted")
    await world.settle("deliver")
    (told,) = world.platform.chats["op"]
    assert "Another bot speaks on Scripted now: Strillone." in told.payload["said"][0]


# --- a database in trouble ---------------------------------------------------------------------------------


async def test_status_says_what_is_wrong_with_the_database(
    news: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY", 0.1)
    store = news.world.store
    await store.engine.dispose()  # connections that were made before wait for longer
    async with locked(tmp_path / "strillone.db"):
        number, other = (
            await news.dispatcher.start_answer(news.place),
            await news.dispatcher.start_answer(news.place),
        )
        assert number < 0
        assert other < 0
        assert "Another program holds the database locked" in await news.said("/status")
        await news.dispatcher.record_answer(number, "77")
        await news.dispatcher.record_answer(other, "78")
    async with store.recovery_transaction():
        pass
    async with store.read() as tx:
        found = (await tx.execute(select(answers.c.post, answers.c.closed_at).order_by(answers.c.id))).all()
    assert [tuple(row) for row in found] == [("77", news.world.clock()), ("78", news.world.clock())]
    assert "locked" not in await news.said("/status")
