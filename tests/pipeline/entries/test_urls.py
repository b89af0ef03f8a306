"""What may be shown of an address, and what makes two addresses one feed."""

import random
from string import ascii_letters, ascii_lowercase, digits

import pytest

from bot.pipeline.entries.urls import feed_key, has_secret, mask_secrets, registered_domain


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
    assert mask_secrets(address) == shown
    assert has_secret(address)


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
    assert mask_secrets(address) == address
    assert not has_secret(address)


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


def random_key(alphabet: str, length: int, seed: int) -> str:
    made = random.Random(seed)
    while True:
        key = "".join(made.choice(alphabet) for _ in range(length))
        if any(c.isdigit() for c in key) or not any(c.isdigit() for c in alphabet):
            return key


LETTERS, MIXED, HEX = ascii_lowercase, ascii_letters + digits, "0123456789abcdef"
KINDS = {
    "https://{key}@pod.example/feed": (MIXED, 16),
    "https://ann:{key}@pod.example/feed": (MIXED, 8),
    "https://pod.example/rss?auth={key}": (MIXED, 5),
    "https://pod.example/rss?os_apiKey={key}": (MIXED, 5),
    "https://pod.example/rss?a=1;feedToken={key}": (MIXED, 5),
    "https://pod.example/rss?%6Bey={key}": (MIXED, 5),
    "https://pod.example/rss?X-Goog-Signature={key}": (MIXED, 5),
    "https://pod.example/rss?member={key}": (MIXED, 20),
    "https://pod.example/rss?h={key}": (HEX, 20),
    "https://pod.example/rss?uuid={key}": (HEX, 20),
    "https://pod.example/rss;sig={key}": (MIXED, 6),
    "https://pod.example/rss#jwt={key}": (MIXED, 6),
    "https://pod.example/feeds/{key}.rss": (MIXED, 22),
    "https://pod.example/members/{key}/rss.xml": (HEX, 24),
    "https://pod.example/u/{key}/": (LETTERS, 40),
    "https://pod.example/secret:{key}/u:ann/": (HEX, 20),
    "https://pod.example/ical/private-{key}/basic.ics": (HEX, 32),
    "https://pod.example/token/{key}/x": (MIXED, 8),
    "https://pod.example/hooks/T0/B0/{key}": (MIXED, 24),
    "https://pod.example/rss/eyJhbGciOiJIUzI1NiJ9.{key}.rss": (MIXED, 30),
    "https://{key}.pod.example/rss": (HEX, 24),
    "https://pod.example/stream/user/{key}/tag/x": (digits, 10),
    "https://pod.example/alerts/feeds/{key}/09876543210987654321": (digits, 20),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_any_kind_is_told_and_not_shown(kind: str) -> None:
    told = [
        key
        for seed in range(50)
        if (key := random_key(*KINDS[kind], seed)) not in mask_secrets(kind.format(key=key))
    ]
    assert len(told) >= 48
    assert has_secret(kind.format(key=told[0]))


@pytest.mark.parametrize(
    "address",
    [
        "https://lab.example/2026/11/24/why-gpt-4o-mini-beats-claude-3-5-on-code/feed/", "https://lab.example/@ArtificialIntelligence/rss", "https://lab.example/feeds/DeepLearningWeekly.xml",
        "https://lab.example/artificialintelligencenewsdaily/rss.xml", "https://lab.example/category/ki-forschung-und-entwicklung?format=rss&page=2", "https://s3.eu-west-1.lab.example/feed.xml",
        "https://v2ex.example/index.xml", "https://lab.example/feeds/posts/default?alt=rss&max-results=25", "https://lab.example/videos.xml?playlist_id=PLrAXtmErZgOeiKm4sgNOknGvNjby9efdf",
        "https://lab.example/channel/UCx5XG1OV2P6uZZ5FSM9Ttww", "https://lab.example/watch?v=dQw4w9WgXcQ", "https://lab.example/search.rss?q=large+language+models&sort=new", "https://lab.example/~ann/index.rss2",
        "https://lab.example/feeds/7815614485808579332/posts/default", "https://lab.example/%E4%BA%BA%E5%B7%A5%E6%99%BA%E8%83%BD/feed", "https://lab.example/rss?code=en&id=1234567&hash=top", "https://lab.example/r/LocalLLaMA/.rss",
        "https://lab.example/arxiv/cs.CL+cs.LG", "https://lab.example/commits/main.atom", "https://lab.example/token-economics/key-findings/feed", "the token=1 of a text", "A/B tests of GPT-4/5 at 3:45",
    ],
)  # fmt: skip
def test_what_people_chose_to_be_read_is_shown(address: str) -> None:
    assert mask_secrets(address) == address


def test_a_key_is_not_shown_in_the_midst_of_words() -> None:
    said = "`https://pod.example/feeds/aB3dE5gH7jK9mN.rss` answered 403 (see https://pod.example/help?token=sesame)."
    assert (
        mask_secrets(said)
        == "`https://pod.example/feeds/….rss` answered 403 (see https://pod.example/help?token=…"
    )


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://news.harbour.co.uk/feed", "harbour.co.uk"),
        ("https://casinobonus.co.uk/", "casinobonus.co.uk"),
        ("https://marta.github.io/notes", "marta.github.io"),
        ("https://a.b.halden.example/", "halden.example"),
        ("http://localhost:8000/", "localhost"),
        ("", ""),
        ("http://[::1", ""),
    ],
)
def test_the_domain_that_somebody_registered(address: str, domain: str) -> None:
    assert registered_domain(address) == domain
