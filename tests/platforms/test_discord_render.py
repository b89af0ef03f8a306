"""Documents as Discord messages: within every limit, nothing active in foreign text, no link lost."""

import random
import re
from dataclasses import replace
from typing import Any

import pytest

from bot.model import (
    Actions,
    Button,
    Channel,
    Document,
    Footer,
    Heading,
    Item,
    Listing,
    Payload,
    Picture,
    PlaceKind,
    Quote,
    StoryBlock,
    Table,
    Text,
)
from bot.platforms.discord.embeds import embeds_of, rows_of
from bot.platforms.discord.keys import nonce_of, rows_view, unmarked
from bot.platforms.discord.layout import layout_view
from bot.platforms.discord.markup import address, clean, cut, escape, one_line, units
from bot.platforms.discord.render import FOLDED_ITEMS, NEWS, UPDATE, count_components, measure, render
from tests.doubles.discord import BUTTON, Layout, checked_components, checked_embeds, walked

ROOM = Channel(id=1, platform="discord", address="123", kind=PlaceKind.GROUP, server_id=1)
FORUM = Channel(id=1, platform="discord", address="123", kind=PlaceKind.FORUM, server_id=1)
NONCE = "n" * 25

HOSTILE = [
    "@everyone",
    "@here now",
    "<@123456789012345678>",
    "<@&123456789012345678>",
    "@123456789012345678",
    "<#123456789012345678>",
    "</latest:123456789012345678>",
    "<:emoji:123456789012345678>",
    "<a:e:1>",
    "<t:1700000000:R>",
    "<id:guide>",
    "[x](https://evil.example/a)",
    "[x](<https://evil.example>)",
    "https://discord.gg/abc",
    "discord.gg/abc",
    "# big",
    "-# small",
    "> quoted",
    ">>> all quoted",
    "- item",
    "* item",
    "1. item",
    "**b** __u__ ~~s~~ ||spoiler|| `code`",
    "```py\ncode```",
    "\\",
    "\\*",
    "\\\\[x](https://evil.example)",
    "\u202egnp.exe",
    "\u0000\u0007bell",
    "\ud800",
    "👩\u200d👩\u200d👧",
    "e\u0301",
    "𝔘𝔫𝔦",
    "人工智能发布了新的模型。",
    "line\nbreak\r\n# heading\u2028> q",
    "a_b_c *d",
    "|n:1",
    " ",
]


def noise(chance: random.Random, most: int) -> str:
    words = [
        chance.choice([*HOSTILE, "model", "released.", "Foo-2", "3.5%"])
        for _ in range(chance.randint(0, most))
    ]
    return chance.choice([" ", "", "\n"]).join(words)


def active(markdown: str) -> list[str]:
    """What Discord would not show as it stands, in text that should be plain."""
    bare = re.sub(r"\\[^A-Za-z0-9\s]", "§", markdown)
    found = re.findall(r"[\\*_~`|\[\]<]|https?://|@(?:everyone|here|[!&]?\d{17,20})", bare)
    return found + re.findall(r"^\s*(?:[#>+-]|\d+[.)])", bare, re.MULTILINE)


def shown(markdown: str) -> str:
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", markdown).replace("\u200b", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_shown_as_it_stands(text: str) -> None:
    said = clean(text)
    assert active(escape(said)) == []
    assert shown(escape(said)) == said


def test_any_mixture_is_shown_as_it_stands() -> None:
    chance = random.Random(7)
    for _ in range(2_000):
        said = clean(noise(chance, 12))
        assert active(escape(said)) == []
        assert shown(escape(said)) == said


def test_cutting_keeps_the_limit_and_whole_escapes() -> None:
    chance = random.Random(11)
    for _ in range(1_500):
        said, limit = clean(noise(chance, 30)), chance.randint(5, 300)
        kept = cut(said, limit)
        assert units(kept) <= limit
        assert active(kept) == []
        if kept != escape(said):
            assert kept.endswith("…")
            assert said.startswith(shown(kept[:-1]).rstrip())


def test_cutting_prefers_the_end_of_a_sentence_then_of_a_word() -> None:
    assert cut("One sentence here. And another one that is long.", 30) == "One sentence here.…"
    assert cut("no sentence ends in this text", 16) == "no sentence…"
    assert cut("x" * 50, 10) == "x" * 9 + "…"
    assert not cut("👩\u200d👩\u200d👧" * 5, 12)[:-1].endswith("\u200d")
    assert cut("short", 10) == "short"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://e.com/a_(b)", "https://e.com/a_%28b%29"),
        ("HTTPS://E.com/x", "https://e.com/x"),
        ("http://bücher.example/ü", "http://xn--bcher-kva.example/%C3%BC"),
        ("https://e.com/a b", "https://e.com/a%20b"),
        ("https://e.com/?a=1&b=%20#f", "https://e.com/?a=1&b=%20#f"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("ftp://e.com/", ""),
        ("https://user:pass@e.com/", ""),
        ("https://[::1", ""),
        ("https://e.com:port/", ""),
        ("https://" + "a" * 70 + ".com/", ""),
        ("https://localhost/", ""),
        ("", ""),
        ("https://e.com/" + "a" * 2048, ""),
    ],
)
def test_only_web_addresses_are_linked(given: str, expected: str) -> None:
    assert address(given) == expected


# --- whole documents ---------------------------------------------------------------------------------------


def any_link(chance: random.Random) -> str:
    tail = "a" * chance.choice([1, 5, 600])
    return chance.choice(
        [f"https://e{chance.random()}.com/{tail}", "javascript:alert(1)", "", "https://e.com/(x)"]
    )


def any_button(chance: random.Random) -> Button:
    if chance.random() < 0.3:
        return Button(noise(chance, 3), url=any_link(chance))
    return Button(
        noise(chance, 20), data=chance.choice(["s:1", "m:2", "x" * 64, "x" * 90, f"k:{chance.random()}"])
    )


def any_block(chance: random.Random, number: int) -> object:
    long = chance.choice([3, 3, 30, 400])
    return chance.choice(
        [
            lambda: Heading(noise(chance, long), noise(chance, long)),
            lambda: StoryBlock(
                headline=noise(chance, long),
                link=any_link(chance),
                sentences=tuple(noise(chance, long) for _ in range(3)),
                meta=noise(chance, 10),
                number=chance.choice([None, number]),
                label=chance.choice(["", "Update"]),
                more=chance.choice([None, any_button(chance)]),
                below=chance.choice(
                    [None, Listing(items=(Item(noise(chance, long), any_link(chance)),) * 4)]
                ),
            ),
            lambda: Text(noise(chance, long), quiet=chance.random() < 0.5),
            lambda: Quote(noise(chance, long), noise(chance, 5), any_link(chance)),
            lambda: Listing(
                items=tuple(Item(noise(chance, 8), any_link(chance)) for _ in range(chance.randint(0, 60))),
                title=noise(chance, 3),
                folded=chance.random() < 0.5,
            ),
            lambda: Table(
                tuple(noise(chance, 2) for _ in range(3)),
                tuple(
                    tuple(noise(chance, 3) for _ in range(chance.randint(0, 4)))
                    for _ in range(chance.randint(0, 80))
                ),
            ),
            lambda: Picture(any_link(chance), noise(chance, 3)),
            lambda: Actions(tuple(any_button(chance) for _ in range(chance.randint(0, 7)))),
            lambda: Footer(noise(chance, long)),
        ]
    )()


def any_document(chance: random.Random) -> Document:
    return Document(tuple(any_block(chance, n) for n in range(1, chance.randint(1, 25))))  # type: ignore[arg-type]


def texts_of(payload: Payload) -> list[str]:
    return [entry["text"] for entry in payload["layout"] if "text" in entry]


async def test_every_message_is_one_that_discord_takes() -> None:
    chance = random.Random(3)
    for _ in range(100):
        for payload in render(any_document(chance), FORUM):
            looked_at = Layout()
            components = layout_view({**payload, "mention": "1" * 20}, NONCE).to_components()
            kept = looked_at.checked(components)
            assert count_components(payload["layout"]) <= looked_at.count <= 40
            assert measure(payload["layout"]) <= looked_at.size <= 4_000
            custom_ids = [each.get("custom_id", "") for each in walked(kept) if each["type"] == BUTTON]
            assert any(nonce_of(custom_id) == NONCE for custom_id in custom_ids)
            assert 1 <= units(payload["name"]) <= 100


async def test_every_message_is_one_that_discord_takes_as_embeds_too() -> None:
    chance = random.Random(3)
    for _ in range(100):
        for payload in render(any_document(chance), ROOM):
            kept = checked_embeds(embeds_of(payload))
            assert all(embed.get("description") or embed.get("image") for embed in kept)
            shown = rows_view(payload, NONCE)
            assert shown is not None
            buttons = [
                each for row in checked_components(shown.to_components()) for each in row["components"]
            ]
            assert any(nonce_of(each.get("custom_id", "")) == NONCE for each in buttons)
            said = "\n".join(embed.get("description", "") for embed in kept)
            assert all(text.strip() in said for text in texts_of(payload))
            labelled = [key for entry in payload["layout"] for key in keys_in(entry)]
            assert sorted(key.get("data", "") for row in rows_of(payload) for key in row) == sorted(
                key.get("data", "") for key in labelled
            )


def keys_in(entry: dict[str, Any]) -> list[dict[str, str]]:
    return [*entry.get("keys", ()), *([entry["key"]] if "key" in entry else [])]


def test_nothing_foreign_is_active_in_whole_documents() -> None:
    chance = random.Random(5)
    for _ in range(80):
        for payload in render(any_document(chance), ROOM):
            for text in texts_of(payload):
                assert active(own_markup_removed(text)) == []


def own_markup_removed(markdown: str) -> str:
    markdown = re.sub(r"^```\n.*?\n```$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    markdown = re.sub(r"(?<!\\)\[((?:\\.|[^\\\]])*)\]\(https?://[^\s()<>]+\)", r" \1", markdown)
    markdown = re.sub(r"^\*\*(.*)\*\*$", r"@ \1", markdown, flags=re.MULTILINE)
    return re.sub(r"^(?:-# |> |- |##+ )+", "@ ", markdown, flags=re.MULTILINE)


def test_no_link_is_lost() -> None:
    stories = [
        StoryBlock(
            headline=f"Story {n}", link=f"https://e.com/{n}", sentences=("One.",), meta="2 sources", number=n
        )
        for n in range(1, 40)
    ]
    items = tuple(Item(f"item {n}", f"https://e.com/i{n}") for n in range(30))
    quotes = [Quote("words", "Wire", f"https://e.com/q{n}") for n in range(20)]
    payloads = render(Document((*stories, Listing(items=items, title="All"), *quotes)), ROOM)
    text = "\n".join(text for payload in payloads for text in texts_of(payload))
    assert re.findall(r"^### \[.*\]\((.*)\)$", text, re.MULTILINE) == [story.link for story in stories]
    assert re.findall(r"\((https://e\.com/i\d+)\)", text) == [item.link for item in items]
    assert re.findall(r"\((https://e\.com/q\d+)\)", text) == [quote.link for quote in quotes]


def test_the_other_stories_of_a_saga_stand_below_a_line_each() -> None:
    below = Listing(items=(Item("The appeal", "https://e.com/1"), Item("A\n*witness*")), title="Also:")
    block = StoryBlock(headline="The ruling", link="", sentences=("One.",), meta="3 sources", below=below)
    (text,) = texts_of(render(Document((block,)), ROOM)[0])
    lines = text.split("\n")
    assert lines[2:] == ["Also: [The appeal](https://e.com/1)", "· A \\*witness\\*", "-# ▸ 3 sources"]


def test_a_story_with_long_addresses_stays_within_a_message() -> None:
    link = f"https://e.com/{'x' * 1_900}"
    below = Listing(items=tuple(Item(f"Event {n}", link) for n in range(4)), title="Also:")
    block = StoryBlock(
        headline="Ruling", link=link, sentences=("word " * 500,), meta="3 sources", below=below
    )
    (payload,) = render(Document((block,)), ROOM)
    assert measure(payload["layout"]) <= 3_900
    assert texts_of(payload)[0].split("\n")[-1] == "-# ▸ 3 sources"


def test_long_digests_are_parted_between_stories_and_order_is_kept() -> None:
    stories = [
        StoryBlock(headline=f"Story {n}", link="", sentences=("word " * 300,), meta="", number=n)
        for n in range(1, 30)
    ]
    payloads = render(Document((Heading("News"), *stories)), ROOM)
    texts = [text for payload in payloads for text in texts_of(payload)]
    assert [text.split("\n")[0] for text in texts] == [
        "## News",
        *(f"### {n} · Story {n}" for n in range(1, 30)),
    ]
    assert all("line" not in payload["layout"][edge] for payload in payloads for edge in (0, -1))


def test_buttons_never_stand_alone_below_a_digest() -> None:
    actions = Actions((Button("Latest", data="la"),))
    for length in range(600, 1_400, 10):
        texts = [Text("x" * length + str(n), quiet=False) for n in range(3)]
        story = StoryBlock(headline="Foo", link="", sentences=("word " * 200,), meta="")
        for payload in render(Document((story, *texts, story, story, story, actions)), ROOM):
            assert "keys" not in payload["layout"][0]


# --- the look ----------------------------------------------------------------------------------------------


def digest() -> Document:
    more = Button("Sources", data="s:1")
    return Document(
        (
            Heading("AI news · Monday", "5 stories from 212 entries"),
            StoryBlock(
                headline="Foo opens R1",
                link="https://e.com/1",
                sentences=("It runs.", "It is cheap."),
                meta="6 sources",
                number=1,
                label="",
                more=more,
            ),
            StoryBlock(
                headline="EU code",
                link="https://e.com/2",
                sentences=("From March.",),
                meta="",
                number=2,
                label="Update",
                more=Button("x", data="s:2"),
            ),
            Listing(
                items=tuple(Item(f"t{n}", f"https://e.com/t{n}") for n in range(13)),
                title="Also",
                folded=True,
            ),
            Text("Quietly skipped: 61 repeats", quiet=True),
            Footer("Strillone"),
            Actions((Button("Sources", data="so:1"), Button("Web", url="https://e.com/"))),
        )
    )


def test_a_digest_is_one_compact_message() -> None:
    (payload,) = render(digest(), ROOM)
    heading, line, story, sources, _, update, _, also, actions = payload["layout"]
    assert heading == {"text": "## AI news · Monday\n-# 5 stories from 212 entries"}
    assert line == {"line": True}
    assert story == {"text": "### [1 · Foo opens R1](https://e.com/1)\nIt runs. It is cheap."}
    assert sources == {"text": "-# ▸ 6 sources", "key": {"label": "Sources", "data": "s:1"}, "number": 1}
    assert update["text"].startswith("### [2 · Update · EU code](https://e.com/2)\n")
    assert payload["color"] == NEWS
    assert also["text"].startswith("**Also**\n[t0](https://e.com/t0) · [t1]")
    assert also["text"].count("](") == FOLDED_ITEMS
    assert "… +3" in also["text"]
    assert also["text"].endswith("\n-# Quietly skipped: 61 repeats\n-# Strillone")
    assert [key["label"] for key in actions["keys"]] == ["Sources", "Web"]


def test_the_footer_stands_last_in_small_letters() -> None:
    (payload,) = render(Document((Text("One."), Footer("Strillone", ("AI",)))), ROOM)
    assert texts_of(payload) == ["One.\n-# Strillone #AI"]


def test_a_button_beside_a_story_says_how_many_tell_it_once() -> None:
    more = Button("6 sources", data="s:1")
    block = StoryBlock(
        headline="Foo", link="", sentences=(), meta="6 sources · first: Wire, 07:12", more=more
    )
    (payload,) = render(Document((block,)), ROOM)
    beside = {"text": "-# ▸ first: Wire, 07:12", "key": {"label": "6 sources", "data": "s:1"}, "number": None}
    assert payload["layout"] == [{"text": "### Foo"}, beside]
    (payload,) = render(Document((replace(block, more=None),)), ROOM)
    assert payload["layout"] == [{"text": "### Foo\n-# ▸ 6 sources · first: Wire, 07:12"}]


def test_what_goes_on_has_a_colour_of_its_own() -> None:
    update = StoryBlock(headline="Foo", link="", sentences=(), meta="", label="Update")
    colors = [
        render(Document(blocks), ROOM)[0].get("color")
        for blocks in ((update,), (update, replace(update, label="")), (Heading("h"),), (Text("x"),))
    ]
    assert colors == [UPDATE, NEWS, NEWS, None]


def test_a_forum_message_has_a_name_that_it_does_not_repeat() -> None:
    (payload,) = render(replace(digest(), topics=("KI", "AI")), FORUM)
    assert (payload["name"], payload["tags"]) == ("AI news · Monday", ["KI", "AI"])
    assert payload["layout"][0] == {"text": "-# 5 stories from 212 entries"}
    long = Document((Heading("h" * 200), *[Text("word " * 700) for _ in range(4)]))
    assert [len(payload["name"]) for payload in render(long, FORUM)] == [100] * 4
    assert render(long, FORUM)[1]["name"].endswith("… · 2")
    assert render(long, FORUM)[0]["layout"][0]["text"].startswith("## hhh")
    assert "name" not in render(digest(), ROOM)[0]


def test_nothing_to_see_is_no_message() -> None:
    assert render(Document(()), ROOM) == ()
    assert render(Document((Text("  \u202e"), Listing(items=()), Actions(()), Table((), ()))), ROOM) == ()


def test_buttons_alone_get_something_to_stand_below_in_embeds() -> None:
    (payload,) = render(Document((Actions((Button("a", data="a:1"),)),)), ROOM)
    assert payload["layout"] == [{"keys": [{"label": "a", "data": "a:1"}]}]
    assert embeds_of(payload) == [{"description": "▸"}]


def test_a_button_that_discord_cannot_hold_becomes_a_link() -> None:
    url = "https://e.com/" + "x" * 600
    (payload,) = render(Document((Text("Read:"), Actions((Button("Open", url=url),)))), ROOM)
    assert payload["layout"] == [{"text": f"Read:\n\n[Open]({url})"}]


def test_the_same_button_twice_stands_once() -> None:
    button = Button("a", data="a:1")
    (payload,) = render(Document((Text("x"), Actions((button, button)), Actions((button,)))), ROOM)
    assert payload["layout"][1:] == [{"keys": [{"label": "a", "data": "a:1"}]}]


def test_tables_stand_in_columns() -> None:
    (payload,) = render(
        Document((Table(("Feed", "ok"), (("Wire", "12"), ("新闻", "3"), ("`x`", "1"))),)), ROOM
    )
    assert texts_of(payload) == ["```\nFeed  ok\nWire  12\n新闻  3\nˋxˋ   1\n```"]


def test_quotes_and_pictures() -> None:
    blocks = (
        Text("t"),
        Quote("one\ntwo", "Wire", "https://e.com/"),
        Picture("https://e.com/p.png", "A chart"),
    )
    (payload,) = render(Document(blocks), ROOM)
    text, picture = payload["layout"]
    assert text == {"text": "t\n\n> one\n> two\n-# — [Wire](https://e.com/)"}
    assert picture == {"image": "https://e.com/p.png", "alt": "A chart"}
    (embed,) = embeds_of(payload)
    assert embed["description"].endswith("\n\n-# A chart")
    assert embed["image"] == {"url": "https://e.com/p.png"}


def test_a_picture_stands_beside_a_story_that_has_no_button_there() -> None:
    block = StoryBlock(headline="Foo", link="", sentences=(), meta="", more=Button("More", data="s:1"))
    picture = Picture("https://e.com/p.png", "Wire")
    shown = {"image": "https://e.com/p.png", "alt": "Wire"}
    (payload,) = render(Document((replace(block, more=None), picture)), ROOM)
    assert payload["layout"] == [{"text": "### Foo", **shown}]
    (payload,) = render(Document((block, picture)), ROOM)
    assert payload["layout"][1] == shown


def test_messages_from_before_layouts_are_as_they_were() -> None:
    payload = {"embeds": [{"title": "A"}], "rows": [[{"label": "a", "data": "a:1"}]]}
    assert (embeds_of(payload), rows_of(payload)) == (payload["embeds"], payload["rows"])


def test_as_embeds_the_buttons_of_stories_bear_their_numbers() -> None:
    (payload,) = render(digest(), ROOM)
    assert [[key["label"] for key in row] for row in rows_of(payload)] == [["1 ▸", "2 ▸"], ["Sources", "Web"]]
    heading, story, *_ = embeds_of(payload)
    assert story["description"].endswith("It is cheap.\n-# ▸ 6 sources")
    assert heading["description"].startswith("## AI news")
    assert (story["description"].split("\n")[1], story["color"]) == ("It runs. It is cheap.", NEWS)


def test_data_survives_its_nonce() -> None:
    assert unmarked("s:1|nonce") == "s:1"
    assert unmarked("a|b|") == "a|b"
    assert unmarked("old") == "old"
    assert unmarked("n:|nonce") == ""
    assert (nonce_of("s:1|x"), nonce_of("s:1|"), nonce_of("old")) == ("x", "", "")
    assert one_line(" a\n b ") == "a b"
