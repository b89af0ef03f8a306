"""What may be shown of an address, and what makes two addresses one feed."""

import pytest

from bot.pipeline.addresses import feed_key, has_password, has_secret, masked


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://ada:sesame@a.example/feed", "https://…@a.example/feed"),
        ("https://a.example/feed?token=sesame&x=1", "https://a.example/feed?token=…&x=1"),
        ("https://a.example/feed?x=1&API_KEY=sesame#top", "https://a.example/feed?x=1&API_KEY=…#top"),
        ("https://a.example/feed?auth-token=sesame", "https://a.example/feed?auth-token=…"),
        ("read https://a.example/f?key=s and https://b.example/?sig=t", "read https://a.example/f?key=… and https://b.example/?sig=…"),
    ],
)  # fmt: skip
def test_a_secret_is_not_shown(address: str, shown: str) -> None:
    assert masked(address) == shown
    assert has_password(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/feed",
        "https://a.example/feed?keyword=ai&author=ada&design=new&passage=3",
        "https://a.example/token=1",
        "https://a.example/feed?monkey=1",
        "https://a.example/feed?token=",
    ],
)
def test_what_only_looks_like_a_secret_is_shown(address: str) -> None:
    assert masked(address) == address
    assert not has_password(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://ada:sesame@a.example/feed",
        "https://a.example/feed?token=sesame",
        "https://a.example/private/0f8fad5b-d9cb-469f-a165-70867728950e.rss",
        "https://a.example/feed?user=ada&feed=9f86d081884c7d659a2feaa0c55ad015",
    ],
)
def test_what_nobody_can_guess_is_a_secret(address: str) -> None:
    assert has_secret(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://a.example/feed?token=",
        "https://a.example/2026/11/24/artificial-intelligence-and-the-harbour-of-oslo/feed.xml",
        "https://a.example/videos.xml?channel_id=UCx5XG1OV2P6uZZ5FSM9Ttww",
        "https://a.example/20261124000000000000000000000000000000/feed",
    ],
)
def test_what_is_long_or_odd_is_no_secret_yet(address: str) -> None:
    assert not has_secret(address)


def test_another_password_makes_another_feed() -> None:
    one, other = feed_key("https://ada:1@a.example/feed"), feed_key("https://ada:2@a.example/feed")
    assert len({one, other, feed_key("https://a.example/feed")}) == 3
    assert feed_key("http://www.a.example/feed/") == feed_key("https://a.example/feed")
    assert feed_key("https://[") == feed_key("https://[")
