"""Targets: a place is shown and changed from elsewhere by those who manage it, and by nobody else."""

from dataclasses import replace

import pytest

from bot.commands.buttons import sign
from bot.commands.codec import decode, encode
from bot.commands.registry import registry
from bot.commands.targets import split_target
from bot.errors import NotSent
from bot.i18n import load
from bot.model import Actions, Answer, Button, CallRef, Heading, Person, Place, PlaceKind
from bot.store.schema import channels, subscriptions
from tests.commands.conftest import PRIVATE, Counter, headlines, words_of
from tests.support.world import World, alpine, corvid, garden, larkwell

ABOUT_PLACES = [command for command in registry().visible_commands if command.spec.target]
SAMPLES = {"subscribe": "ai 09:00", "unsubscribe": "1", "why": "https://bens.example/corvid"}
"""What is typed behind commands that need something."""

SECRET = "bens-own-outlet"
NOWHERE = "I know no place `{target}` that you manage."


def typed(name: str, target: str) -> str:
    return " ".join(filter(None, (f"/{name}", SAMPLES.get(name, ""), f"@{target}")))


def buttons_of(answer: Answer) -> list[Button]:
    return [b for block in answer.document.blocks if isinstance(block, Actions) for b in block.buttons]


@pytest.fixture
async def ann(counter: Counter) -> Counter:
    """Ann in her private chat, who manages one of two places; the other is Ben's, and has a feed of its own."""
    world = counter.world
    world.platform.managers = {"anns": {"ann"}, "bens": {"ben"}}
    await world.feed("halden", larkwell())
    for name in ("anns", "bens"):
        channel = await world.channel(name, server=f"server of {name}", name=name.title())
        await world.wants(channel, "08:00")
        if name == "bens":
            await world.feed(SECRET, corvid(link="https://bens.example/corvid"), server_id=channel.server_id)
    await world.settle("collect", "read", "group")
    return counter.at(PRIVATE)


async def wishes(world: World, address: str) -> list[str]:
    """The topics that a place wants."""
    numbers = {row.address: row.id for row in await world.rows(channels)}
    return [row.topic for row in await world.rows(subscriptions) if row.channel_id == numbers.get(address)]


def test_every_command_that_changes_a_place_takes_a_target() -> None:
    names = {command.spec.name for command in ABOUT_PLACES}
    managing = {c.spec.name for c in registry().visible_commands if c.spec.manager and not c.operator}
    assert managing <= names
    assert {"list", "status", "why", "digest"} <= names


# --- two servers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ABOUT_PLACES, ids=lambda command: command.spec.name)
async def test_of_a_place_that_one_does_not_manage_nothing_is_learned(ann: Counter, command: object) -> None:
    """Ben's place, which Ann may not manage, is answered as one that there is not; so is her own to Ben."""
    name = command.spec.name  # type: ignore[attr-defined]
    before = {address: await wishes(ann.world, address) for address in ("anns", "bens")}
    refused, unknown = await ann.said(typed(name, "bens")), await ann.said(typed(name, "nowhere"))
    assert refused.startswith(NOWHERE.format(target="bens"))
    assert refused.replace("`bens`", "") == unknown.replace("`nowhere`", "")
    bens = ann.by(address="ben").at(replace(PRIVATE, address="ben"))
    assert (await bens.said(typed(name, "anns"))).startswith(NOWHERE.format(target="anns"))
    assert {address: await wishes(ann.world, address) for address in ("anns", "bens")} == before


@pytest.mark.parametrize("command", ABOUT_PLACES, ids=lambda command: command.spec.name)
async def test_each_sees_the_feeds_of_their_own_place(ann: Counter, command: object) -> None:
    """Whatever Ann asks of her place, what only Ben's may see is in no answer, file or button."""
    name = command.spec.name  # type: ignore[attr-defined]
    answer = await ann.ask(typed(name, "anns"))
    assert isinstance(answer.document.blocks[0], Heading)
    assert answer.document.blocks[0].text == "Anns"
    assert answer.private
    assert SECRET not in repr(answer)
    assert "Corvid" not in repr(answer)


@pytest.mark.parametrize("name", ["feeds", "export", "digest"])
async def test_whoever_manages_a_place_sees_its_own_feeds(ann: Counter, name: str) -> None:
    bens = ann.by(address="ben").at(replace(PRIVATE, address="ben"))
    assert SECRET in repr(await bens.ask(f"/{name} @bens"))


@pytest.mark.parametrize("command", ABOUT_PLACES, ids=lambda command: command.spec.name)
async def test_completions_of_anothers_place_are_none(ann: Counter, command: object) -> None:
    spec = command.spec  # type: ignore[attr-defined]
    call = replace(ann.call, target="bens")
    for option in spec.options:
        assert await ann.dispatcher.complete(spec.name, option.name, "", call) == ()


# --- what is done ------------------------------------------------------------------------------------------


async def test_a_place_is_changed_from_the_private_chat(ann: Counter) -> None:
    said = await ann.said("/subscribe robotics 09:00 @anns")
    assert said.startswith("Anns\nSubscribed to Robotics: 09:00.\n")
    assert await wishes(ann.world, "anns") == ["ai", "robotics"]
    assert await wishes(ann.world, "ann") == []


@pytest.mark.parametrize("text", ["/subscribe @anns robotics 09:00", "/subscribe robotics @anns 09:00"])
async def test_the_target_may_stand_anywhere(ann: Counter, text: str) -> None:
    assert (await ann.said(text)).startswith("Anns\nSubscribed to Robotics: 09:00.\n")


async def test_a_place_that_is_new_is_made_by_its_first_subscription(ann: Counter) -> None:
    ann.world.platform.managers["fresh/7"] = {"ann"}
    assert "Subscribed to AI" in await ann.said("/subscribe ai 08:00 @fresh/7")
    (row,) = [row for row in await ann.world.rows(channels) if row.address == "fresh"]
    assert (row.thread, row.name) == ("7", "Fresh")


async def test_buttons_below_an_answer_are_about_its_place(ann: Counter) -> None:
    answer = await ann.ask("/subscribe robotics 09:00 @anns")
    (listing,) = [button for button in buttons_of(answer) if button.label == "What is posted here"]
    assert listing.data == "li>anns"
    shown = await ann.press(listing.data, own=False)
    assert "2 · Robotics" in words_of(shown.document)


async def test_what_ends_a_pause_names_the_place_again(ann: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    def known_place(word: str) -> str:
        return word.removeprefix("@") if word.removeprefix("@") in ann.world.platform.managers else ""

    monkeypatch.setattr(ann.world.platform, "target_in", known_place)
    assert "/resume anns ends that at once" in await ann.said("/pause 8h @anns")
    assert "/resume anns ends that at once" in await ann.said("/list @anns")
    assert "It goes on after /resume anns." in await ann.said("/pause @anns")
    there = ann.at(Place(platform="scripted", address="anns", kind=PlaceKind.GROUP))
    assert "It goes on after /resume." in await there.said("/list")
    assert "Posts come here again" in await ann.said("/resume anns")


async def test_rights_are_asked_again_when_a_button_is_pressed(ann: Counter) -> None:
    answer = await ann.ask("/bar @anns")
    (biggest,) = [button for button in buttons_of(answer) if button.label == "only the biggest"]
    ann.world.platform.managers["anns"] = set()
    assert words_of((await ann.press(biggest.data)).document).startswith(NOWHERE.format(target="anns"))
    ann.world.platform.managers["anns"] = {"ann"}
    shown = await ann.press(biggest.data)
    (save,) = [button for button in buttons_of(shown) if button.label == "Save"]
    assert "the bar is only the biggest" in words_of((await ann.press(save.data)).document)


async def test_a_button_with_anothers_target_changes_nothing(ann: Counter) -> None:
    """Signed for Ann, but of a place that she does not manage: as if her rights were taken meanwhile."""
    pressed = await ann.press(sign("su:robotics:09.00>bens", ann.person, ann.world.ctx.secret))
    assert words_of(pressed.document).startswith(NOWHERE.format(target="bens"))
    assert await wishes(ann.world, "bens") == ["ai"]


async def test_a_link_with_a_target_only_asks(ann: Counter) -> None:
    asked = await ann.press("su:robotics:09.00>anns", own=False)
    assert "/subscribe robotics 09.00 anns" in words_of(asked.document)
    assert await wishes(ann.world, "anns") == ["ai"]
    done = await ann.press(next(b.data for b in buttons_of(asked) if b.label == "Do it"))
    assert words_of(done.document).startswith("Anns\nSubscribed to Robotics: 09:00.")


async def test_a_call_too_long_for_a_button_keeps_its_target(ann: Counter) -> None:
    address = f"https://halden.example/{'x' * 60}"
    call = CallRef("subscribe", {"what": address, "when": "09.00"}, "anns")
    data = await ann.dispatcher._store_call(call)
    read = await ann.dispatcher.pressed(sign(data, ann.person, ann.world.ctx.secret), ann.call)
    assert (read.command, read.arguments, read.target) == ("subscribe", call.arguments, "anns")


async def test_an_operator_may_manage_every_place(ann: Counter) -> None:
    operator = ann.by(address="eve", operator=True)
    assert "Subscribed to Robotics" in await operator.said("/subscribe robotics 09:00 @bens")


async def test_it_is_said_when_rights_cannot_be_asked(ann: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut(target: str, person: Person) -> Place | None:
        raise NotSent("the line is cut")

    monkeypatch.setattr(ann.world.platform, "managed_place", cut)
    assert await ann.said("/list @anns") == (
        "I could not ask who manages `anns`: please try again in a minute."
    )


async def test_a_mistake_names_the_place_it_is_about(ann: Counter) -> None:
    assert (await ann.said("/schedule 7 25:00 @anns")).startswith("Anns\n")
    assert (await ann.said("/unsubscribe 9 @anns")).startswith("Anns\n")


async def test_answers_come_in_the_language_of_whoever_asks(ann: Counter) -> None:
    german = ann.by(language="de")
    assert "Robotik" in await german.said("/subscribe robotics 09:00 @anns")
    in_a_group = german.at(Place(platform="scripted", address="owls", kind=PlaceKind.GROUP))
    assert (await in_a_group.ask("/list @anns")).document.language == "de"


# --- how it is written -------------------------------------------------------------------------------------


def every_name(key: str) -> set[str]:
    """What something is called in every language of the bot."""
    texts = load()
    return {key, *(texts.for_language(language)(key) for language in texts.languages)}


def at_sign(word: str) -> str:
    return word[1:] if word.startswith("@") else "link" if word.startswith("t.me/") else ""


@pytest.mark.parametrize(
    ("name", "text", "rest", "target"),
    [
        ("list", "@owls", "", "owls"),
        ("subscribe", "ai 08:00 @owls", "ai 08:00", "owls"),
        ("subscribe", "ai  08:00\n@owls", "ai  08:00", "owls"),
        ("subscribe", "t.me/owls 08:00", "t.me/owls 08:00", ""),
        ("subscribe", "ai t.me/owls", "ai", "link"),
        ("why", "t.me/owls", "t.me/owls", ""),
        ("quiet", "off", "off", ""),
        ("look", "footer Join @talk", "footer Join @talk", ""),
        ("look", "@wire footer Join @talk", "footer Join @talk", "wire"),
        ("look", "line below Join @talk", "line below Join @talk", ""),
        ("look", "riga sotto: Seguici su @talk", "riga sotto: Seguici su @talk", ""),
        ("look", "@wire riga sopra Seguici su @talk", "riga sopra Seguici su @talk", "wire"),
        ("look", "length short @wire", "length short", "wire"),
        ("settings", "look footer Join @talk", "look footer Join @talk", ""),
        ("settings", "look pictures on @wire", "look pictures on", "wire"),
        *(
            ("look", f"{name} x @talk", f"{name} x @talk", "")
            for name in sorted(every_name("line above") | every_name("line below"))
        ),
    ],
)
def test_the_words_that_a_command_needs_are_no_target(name: str, text: str, rest: str, target: str) -> None:
    assert split_target(text, registry().by_name[name], at_sign, every_name) == (rest, target)


def test_a_button_carries_a_target() -> None:
    call = CallRef("subscribe", {"what": "ai", "when": "08.00"}, "-1001234567890/55")
    assert encode(call) == "su:ai:08.00>-1001234567890/55"
    assert decode(encode(call)) == call
    assert decode("li>7") == CallRef("list", {}, "7")


def test_what_posts_of_before_carry_is_read_as_it_was() -> None:
    assert decode("la:x>y:1") == CallRef("latest", {"topic": "x>y", "page": "1"})
    assert decode("su:a>b c") == CallRef("subscribe", {"what": "a>b c"})


async def test_a_filter_is_saved_and_a_pause_ended_by_the_buttons_below_answers_about_another_place(
    ann: Counter,
) -> None:
    shown = await ann.ask("/filter add -larkwell @anns")
    save = next(button for button in buttons_of(shown) if button.label == "Save")
    assert "Saved. AI: -larkwell" in words_of((await ann.press(save.data)).document)
    assert [row.filter for row in await ann.world.rows(subscriptions)] == ["-larkwell", ""]
    paused = await ann.ask("/pause tomorrow @anns")
    (resume,) = buttons_of(paused)
    assert "Posting is paused here until" in await ann.said("/status @anns")
    assert "Posts come here again" in words_of((await ann.press(resume.data)).document)
    assert "Posting is paused here" not in await ann.said("/status @anns")


async def test_numbers_mean_the_list_of_another_place_that_one_has_just_seen(ann: Counter) -> None:
    await ann.world.feed("alpine", alpine(), garden())
    await ann.world.settle("collect", "read", "group")
    await ann.ask("/latest")
    shown = headlines(await ann.ask("/digest @anns"))
    assert headlines(await ann.ask("/story 1")) == shown[:1]
