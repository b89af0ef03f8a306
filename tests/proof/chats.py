"""The chats that the proof of delivery posts to: every kind of them, how it is made on a double, and what it shows."""

from dataclasses import dataclass
from typing import Any

from bot.model import PlaceKind
from tests.doubles import discord, telegram

READER, GROUP, CHANNEL, TOPICS, SMALL = 4242, 71, 72, 73, 74
BEFORE_NUMBERS = 1_000_000_000_000
"""What Telegram's ids of groups and channels begin with."""

TEXT, THREAD, FORUM = 300_000_000_000_000_001, 300_000_000_000_000_002, 300_000_000_000_000_003

Double = telegram.TelegramDouble | discord.DiscordDouble


@dataclass(frozen=True)
class Kind:
    """A kind of chat, and how it stands in the settings.

    `threads` is another topic of the same group that wants the same; `earlier` the id of the message of ours that is there before.
    """

    name: str
    platform: str
    address: str
    kind: PlaceKind
    thread: str = ""
    beside: str = ""
    earlier: str = "1"

    @property
    def threads(self) -> tuple[str, ...]:
        """The threads that are posted to; an empty one is the chat itself."""
        return (self.thread, self.beside) if self.beside else (self.thread,)

    def settle(self, double: Any) -> int:
        """Make the chat on a double, with a message of ours in it; returns its id."""
        return self._on_discord(double) if self.platform == "discord" else self._on_telegram(double)

    def _on_discord(self, double: Any) -> int:
        number, kind = int(self.address), "forum" if self.kind is PlaceKind.FORUM else "text"
        parent = int(double.add_channel(kind, name="news", number=number))
        if not self.thread:
            return parent
        return int(double.add_channel("thread", name="ai", parent=parent, number=int(self.thread)))

    def _on_telegram(self, double: Any) -> int:
        number = int(self.address)
        double.add_private(READER)
        if self.kind is PlaceKind.BROADCAST:
            double.add_channel("News", admins=[READER], number=-number - BEFORE_NUMBERS)
        elif self.kind is PlaceKind.GROUP:
            large = -number > BEFORE_NUMBERS
            own = -number - BEFORE_NUMBERS if large else -number
            double.add_group("News", admins=[READER], number=own, supergroup=large)
        for thread in filter(None, self.threads):
            assert double.add_topic(number) == int(thread)
        double.own_message(number, "an earlier post", thread=int(self.thread or 0))
        return number


KINDS = (
    Kind("Discord channel", "discord", str(TEXT), PlaceKind.GROUP),
    Kind("Discord thread", "discord", str(TEXT), PlaceKind.GROUP, str(THREAD)),
    Kind("Discord forum", "discord", str(FORUM), PlaceKind.FORUM),
    Kind("Telegram private chat", "telegram", str(READER), PlaceKind.PRIVATE),
    Kind("Telegram group", "telegram", f"-{BEFORE_NUMBERS + GROUP}", PlaceKind.GROUP),
    Kind("Telegram channel", "telegram", f"-{BEFORE_NUMBERS + CHANNEL}", PlaceKind.BROADCAST),
    Kind("Telegram topic", "telegram", f"-{BEFORE_NUMBERS + TOPICS}", PlaceKind.GROUP, "1", earlier="2"),
    Kind("Telegram topics, two of a group", "telegram", f"-{BEFORE_NUMBERS + TOPICS}", PlaceKind.GROUP, "1", "2", "3"),
    Kind("Telegram basic group", "telegram", f"-{SMALL}", PlaceKind.GROUP),
)  # fmt: skip


def shown(double: Double, chat: int, thread: str = "") -> list[str]:
    """Return the texts of our messages that a chat shows, or a topic of it; of a forum those in its threads, the first below its title, of a group those of before it moved, too."""
    if isinstance(double, telegram.TelegramDouble):
        messages = [each for room in double.history(chat) for each in double.posts(room)]
        return [each.text for each in messages if not thread or each.thread == int(thread)]
    rooms = [(chat, ""), *((each.id, each.name) for each in double.threads(chat))]
    posts = [
        (each, title) for room, title in rooms for each in double.shows(room) if each.author == discord.BOT
    ]
    return [f"{title}\n{each.text}" if each.id == each.channel else each.text for each, title in posts]
