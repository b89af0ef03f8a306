"""What readers choose for themselves, over the wire: the language of answers, what they follow and mute."""

from dataclasses import replace
from datetime import timedelta

from tests.jobs.publishing.test_publish import DOWNLOADS
from tests.platforms import test_discord
from tests.platforms.living import Chats, Guilds, chats, guilds, plain
from tests.support.world import corvid, garden

__all__ = ["chats", "guilds"]

DOWNLOADED = replace(DOWNLOADS, hours=-25.0)


async def test_on_telegram_a_member_follows_a_story_of_a_group_and_hears_of_it_in_private(
    chats: Chats,
) -> None:
    await chats.world.feed("halden", corvid(), garden())
    await chats.world.settle()
    bob = chats.telegram.add_private(8, "de")
    group = chats.telegram.add_group("Owls", admins=[7])
    listed = await chats.ask(group, 8, "/latest corvid")
    assert corvid().title in plain(listed)
    said = await chats.ask(group, 8, "/follow 1", answered_in=bob)
    assert f"You follow: {corvid().title}." in plain(said) or "Du folgst" in plain(said)
    assert len(chats.telegram.posts(group)) == 1
    chats.world.clock.advance(timedelta(hours=27))
    await chats.world.feed("courier", DOWNLOADED)
    await chats.world.settle()
    await chats.telegram.until(lambda: DOWNLOADED.title in plain(chats.telegram.posts(bob)[-1]))
    assert len(chats.telegram.posts(group)) == 1
    ended = await chats.ask(bob, 8, "/unfollow all")
    assert corvid().title in plain(ended)


async def test_on_telegram_what_somebody_mutes_and_their_language_are_theirs_alone(chats: Chats) -> None:
    await chats.world.feed("halden", corvid(), garden())
    await chats.world.settle()
    bob = chats.telegram.add_private(8)
    group = chats.telegram.add_group("Owls", admins=[7])
    said = await chats.ask(group, 8, "/lang it", answered_in=bob)
    assert "Ti rispondo in italiano" in plain(said)
    said = await chats.ask(group, 8, "/mute corvid", answered_in=bob)
    assert "Silenziato per te: corvid." in plain(said)
    assert corvid().title not in plain(await chats.ask(bob, 8, "/latest"))
    assert corvid().title in plain(await chats.ask(group, 8, "/latest"))
    assert "corvid" in plain(await chats.ask(group, 8, "/mute", answered_in=bob))
    assert len(chats.telegram.posts(group)) == 1


async def test_on_discord_they_are_for_the_asker_alone_and_updates_come_to_the_private_channel(
    guilds: Guilds,
) -> None:
    await guilds.world.feed("halden", corvid(), garden())
    await guilds.world.settle()
    bob = guilds.discord.user()
    for command, options in (
        ("mute", {"what": "garden"}), ("lang", {"language": "it"}), ("latest", {"topic": "corvid"}),
        ("follow", {"what": "1"}),
    ):  # fmt: skip
        asked = await guilds.discord.slash(guilds.lobby, bob, command, options)
        assert not asked.failed
    said = [message.text for message in guilds.discord.ephemeral(bob)]
    assert "Muted for you: garden. Others still see it." in said[0]
    assert "Ti rispondo in italiano" in said[1]
    assert "Segui: Halden Labs" in said[3]
    assert guilds.discord.shows(guilds.lobby) == []
    guilds.world.clock.advance(timedelta(hours=27))
    await guilds.world.feed("courier", DOWNLOADED)
    await guilds.world.settle()
    private = int(await guilds.world.platform.private_chat(guilds_person(bob)))
    await test_discord.until(lambda: guilds.discord.shows(private))
    assert DOWNLOADED.title in guilds.discord.shows(private)[-1].text


def guilds_person(user: object) -> object:
    from bot.model import Person

    return Person(platform="discord", address=str(user.id))  # type: ignore[attr-defined]
