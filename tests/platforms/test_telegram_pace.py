"""How often Telegram is posted to."""

from dataclasses import dataclass

import pytest

from bot.i18n import load
from bot.model import Channel, PlaceKind
from bot.platforms.telegram.connection import Telegram
from bot.platforms.telegram.pace import A_MINUTE, A_SECOND, CHATS_REMEMBERED, Pace
from bot.ports import PlatformOptions


@dataclass
class Watch:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def chat(address: str = "1", kind: PlaceKind = PlaceKind.PRIVATE) -> Channel:
    return Channel(id=1, platform="telegram", address=address, kind=kind, server_id=1)


def test_a_chat_gets_one_message_a_second() -> None:
    watch = Watch()
    pace = Pace(watch)
    assert pace.book(chat()) == 0
    watch.now += 0.25
    assert pace.book(chat()) == pytest.approx(0.75)
    assert pace.book(chat("2")) == 0
    watch.now += 0.75
    assert pace.book(chat()) == 0


@pytest.mark.parametrize(("kind", "pause"), [(PlaceKind.GROUP, 40.0), (PlaceKind.BROADCAST, 40.0), (PlaceKind.PRIVATE, 0.0)])  # fmt: skip
def test_a_group_gets_twenty_messages_a_minute(kind: PlaceKind, pause: float) -> None:
    watch = Watch()
    pace = Pace(watch)
    for _ in range(A_MINUTE):
        pace.book(chat(kind=kind))
        watch.now += 1
    assert pace.book(chat(kind=kind)) == pytest.approx(pause)


def test_all_chats_together_get_some_messages_a_second() -> None:
    watch = Watch()
    pace = Pace(watch)
    for number in range(A_SECOND):
        assert pace.book(chat(str(number))) == 0
        watch.now += 0.01
    assert pace.book(chat("new")) == pytest.approx(1 - 0.01 * A_SECOND)


def test_what_may_not_leave_is_not_counted() -> None:
    watch = Watch()
    pace = Pace(watch)
    for _ in range(3):
        pace.book(chat())
        watch.now += 0.5
    assert pace.book(chat()) == pytest.approx(0.5)


def test_only_lately_used_chats_are_remembered() -> None:
    watch = Watch()
    pace = Pace(watch)
    for number in range(CHATS_REMEMBERED):
        pace.book(chat(str(number)))
        watch.now += 0.05
    watch.now += 61
    pace.book(chat("new"))
    assert len(pace._chats) == 1


@pytest.mark.parametrize(
    ("address", "link"),
    [("-1001234", "https://t.me/c/1234/7"), ("@news", "https://t.me/news/7"), ("99", ""), ("-5", "")],
)
def test_where_a_message_can_be_opened(address: str, link: str) -> None:
    platform = Telegram(PlatformOptions(token="1:a"), load())
    assert platform.link(chat(address), "7", "") == link
