"""What is typed in a form on Discord, over the wire; elsewhere the same is typed as a command."""

from tests.platforms.living import Chats, Guilds, chats, guilds

__all__ = ["chats", "guilds"]


async def panel(guilds: Guilds, part: str) -> int:
    """Open a part of the panel of the lobby; returns the message with its buttons."""
    await guilds.ask("subscribe", guilds.lobby, what="ai", when="08:00")
    await guilds.discord.slash(guilds.lobby, guilds.ada, "settings", {"part": part})
    return guilds.discord.ephemeral(guilds.ada)[-1].id


async def test_other_times_are_typed_in_a_form_and_turn_the_panel(guilds: Guilds) -> None:
    message = await panel(guilds, "times")
    opened = await guilds.discord.press(guilds.lobby, message, "Other…", guilds.ada)
    assert not opened.failed
    assert opened.modal is not None
    before = len(guilds.discord.ephemeral(guilds.ada))
    sent = await guilds.discord.fill(guilds.lobby, opened, "every first Monday 09:00", guilds.ada)
    assert not sent.failed
    shown = guilds.discord.ephemeral(guilds.ada)
    assert len(shown) == before, "the panel turns where it stands"
    assert "on the first Monday of each month 09:00" in shown[-1].text


async def test_a_form_says_what_it_asks(guilds: Guilds) -> None:
    await panel(guilds, "times")
    for part, title in (("times", "Times"), ("quiet", "Quiet hours"), ("recap", "Look back")):
        await guilds.discord.slash(guilds.lobby, guilds.ada, "settings", {"part": part})
        message = guilds.discord.ephemeral(guilds.ada)[-1].id
        opened = await guilds.discord.press(guilds.lobby, message, "Other…", guilds.ada)
        assert opened.modal is not None
        assert opened.modal["title"] == opened.modal["components"][0]["label"] == title


async def test_a_mistake_in_a_form_is_answered_with_what_is_right_and_changes_nothing(guilds: Guilds) -> None:
    message = await panel(guilds, "quiet")
    opened = await guilds.discord.press(guilds.lobby, message, "Other…", guilds.ada)
    sent = await guilds.discord.fill(guilds.lobby, opened, "whenever @everyone", guilds.ada)
    assert not sent.failed
    said = guilds.discord.ephemeral(guilds.ada)[-1]
    assert "are no quiet hours" in said.text
    assert not (said.mentions or {}).get("parse")


async def fill(guilds: Guilds, part: str, value: str, typed: str) -> str:
    """Open a part of the panel of the lobby and type something in its form; returns what is said."""
    await guilds.discord.slash(
        guilds.lobby, guilds.ada, "settings", {"part": part, **({"value": value} if value else {})}
    )
    message = guilds.discord.ephemeral(guilds.ada)[-1].id
    opened = await guilds.discord.press(guilds.lobby, message, "Other…", guilds.ada)
    await guilds.discord.fill(guilds.lobby, opened, typed, guilds.ada)
    return guilds.discord.ephemeral(guilds.ada)[-1].text


async def test_a_number_in_a_form_never_becomes_an_hour_in_silence(guilds: Guilds) -> None:
    for topic in ("ai", "robotics", "chips"):
        await guilds.ask("subscribe", guilds.lobby, what=topic, when="08:00")
    asked = "may be 03:00 09:00 or /schedule 3 09:00: write it so."
    assert asked in await fill(guilds, "times", "2", "3 09:00")
    assert "01:00 09:00 or /schedule 1 09:00" in await fill(guilds, "times", "2", "1 09:00")
    assert "Robotics is posted 10:00" in await fill(guilds, "times", "2", "/schedule 2 10:00")
    assert "Chips is posted 09:00" in await fill(guilds, "times", "2", "/schedule 3 09:00")
    assert "Robotics is posted 11:00 18:30" in await fill(guilds, "times", "2", "11:00 18:30")


async def test_signs_of_a_filter_and_whole_commands_are_taken_in_a_form(guilds: Guilds) -> None:
    await guilds.ask("subscribe", guilds.lobby, what="ai", when="08:00")
    assert "-crypto" in await fill(guilds, "filter", "", "-crypto")
    assert "-museum" in await fill(guilds, "filter", "", "/filter 1 add -museum")
    assert "23:15" in await fill(guilds, "quiet", "", "/quiet 23:15-06:00")


async def test_a_form_is_nobodys_way_around_rights(guilds: Guilds) -> None:
    message = await panel(guilds, "quiet")
    opened = await guilds.discord.press(guilds.lobby, message, "Other…", guilds.ada)
    guilds.ada.manager = False
    await guilds.discord.fill(guilds.lobby, opened, "22:00-07:00", guilds.ada)
    assert "ask someone who may manage this place" in guilds.discord.ephemeral(guilds.ada)[-1].text


async def test_telegram_has_the_same_by_typing_and_no_button_that_does_nothing(chats: Chats) -> None:
    ada = chats.telegram.add_private(7)
    await chats.ask(ada, 7, "/subscribe ai 08:00")
    said = await chats.ask(ada, 7, "/settings quiet")
    assert "Other…" not in said.labels
    assert "/quiet 22:30-06:45" in said.text.replace("\u2060", "")
    assert "22:30" in (await chats.ask(ada, 7, "/settings quiet 22:30-06:45")).text
