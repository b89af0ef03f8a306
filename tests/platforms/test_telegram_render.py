"""What render promises of every document: Telegram takes it, keeps all links, and nothing in it pings or is clickable."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from bot.model import (
    Actions,
    Block,
    Button,
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
from bot.platforms.telegram.markup import address, cut, read, units
from bot.platforms.telegram.render import render
from tests.doubles.telegram import good_url, parsed, tdlib
from tests.platforms.test_telegram_harness import channel

CHATS = [
    channel(7),
    channel(-1001, PlaceKind.GROUP),
    channel(-1002, PlaceKind.BROADCAST),
    channel(-1003, PlaceKind.BROADCAST, bot_link=""),
]
HOSTILE = [
    "<b>bold</b> & <script>alert(1)</script> </a></blockquote></pre>",
    "&lt;b&gt; AT&amp;T &nbsp;&hellip;&euro; &#x202e;",
    "@everyone @here @durov me@example.com",
    "/start /stop@bot a /x,/y (/z) and/or",
    "#tag ##tag $NVDA $5 million #1 ＃x",
    "x.ai Character.AI http://evil.com/x?q tg://resolve?domain=x ton://y e.g.foo http://127.0.0.1/x",
    "\u202egnp.exe\u202c \u2066isolate\u2069 שלום עולם مرحبا بالعالم",
    "👩‍👩‍👧‍👦🏳️‍🌈🇮🇹 e\u0301a\u030a 𝕬𝖎",
    "深層学習モデルが新しい記録を樹立しました。研究者は驚いています！",
    "\x00\x01\x0b\x1f\x7f\ufeff\u2028\u2029\x85 tabs\tand\r\nlines\n\n\n\nmore",
    "lone \ud800 surrogate \udfff",
    "word " * 1000 + "end.",
    "x" * 5000,
    "漢字" * 2500,
    "🙂" * 2500,
    "One sentence. " * 400,
    "&" * 4000,
    "@a" * 3000,
    "\u2060\u200b\u00ad",
    "",
    "   ",
    "MODEL_v2 *not* _markdown_ [x](http://a.com) `code`",
    "\"quoted\" 'single' > gt",
]
LINKS = [
    "https://example.com/a?b=c&d=e#f",
    "http://127.0.0.1:8080/x",
    "https://пример.рф/ж",
    "https://example.com/a b\"c<d>'e",
    "HTTPS://EXAMPLE.com",
    "https://example.com/" + "a" * 1900,
    "https://example.com/" + "&" * 1000,
    "javascript:alert(1)",
    "ftp://example.com/x",
    "//example.com",
    "/relative",
    "http://localhost/x",
    "https://example/",
    "https://example.com:99999/",
    "https://openai.com@evil.com/",
    "https://exa mple.com/",
    "http://[::1",
    "tg://user?id=1",
    "https://example.com/\u202egnp",
    "",
]
TOO_GOOD = {"mention", "hashtag", "cashtag", "url", "email", "bot_command"}


def documents(count: int) -> Iterator[Document]:
    """Documents of every mixture, the same in every run."""
    chance = random.Random(20261123)
    for _ in range(count):
        blocks = [_block(chance) for _ in range(chance.randrange(1, 14))]
        yield Document(tuple(blocks))


def _text(chance: random.Random) -> str:
    return " ".join(chance.choice(HOSTILE) for _ in range(chance.choice([1, 1, 1, 2])))


def _button(chance: random.Random) -> Button:
    if chance.random() < 0.3:
        return Button(_text(chance), url=chance.choice(LINKS))
    return Button(
        chance.choice(["Sources", "More", "", "深"]), data=chance.choice(["s:1", "m:2:3", "é" * 40, "a|b"])
    )


def _items(chance: random.Random) -> tuple[Item, ...]:
    return tuple(Item(_text(chance), chance.choice(LINKS)) for _ in range(chance.choice([0, 1, 5, 40])))


def _block(chance: random.Random) -> Block:
    def text() -> str:
        return _text(chance)

    def link() -> str:
        return chance.choice(LINKS)

    makers = [
        lambda: Heading(text(), text()),
        lambda: StoryBlock(
            headline=text(), link=link(), sentences=(text(), text()), meta=text(), number=chance.choice([None, 1, 12]), label=chance.choice(["", "Update"]),
            more=chance.choice([None, _button(chance)]), below=chance.choice([None, Listing(items=_items(chance)[:4], title=text())]),
        ),
        lambda: Text(text(), chance.random() < 0.5),
        lambda: Quote(text(), text(), link()),
        lambda: Listing(items=_items(chance), title=text(), folded=chance.random() < 0.5),
        lambda: Table(("a", text()), tuple((text(), text(), text()) for _ in range(chance.choice([0, 2, 60])))),
        lambda: Picture(link(), text()),
        lambda: Actions(tuple(_button(chance) for _ in range(5))),
        lambda: Footer(text()),
    ]  # fmt: skip
    return chance.choice(makers)()


def check(payload: Payload) -> list[dict[str, Any]]:
    """Everything Telegram asks of one message; returns its entities."""
    source = payload["text"]
    assert len(source.encode()) <= 32_768
    text, entities = parsed(source, "HTML")
    assert units(text) <= 4_096
    assert len(entities) <= 100
    assert (
        sum(each["type"] == "text_link" for each in entities) == len(read(source)[1]) == source.count("<a ")
    )
    keys = [key for row in payload["buttons"] for key in row]
    assert len(keys) <= 100
    assert all(len(row) <= 8 for row in payload["buttons"])
    for key in keys:
        assert key["text"].strip()
        assert good_url(key["url"]) if "url" in key else 1 <= len(key["data"].encode()) <= 64
    return entities


@pytest.mark.parametrize("chat", CHATS, ids=["private", "group", "channel", "channel without a bot link"])
def test_every_document_is_taken_as_it_is(chat):
    for document in documents(60):
        for payload in render(document, chat):
            entities = check(payload)
            allowed = {"bot_command"} if chat.kind is PlaceKind.PRIVATE else set()
            assert {each["type"] for each in entities} & TOO_GOOD <= allowed


@pytest.mark.parametrize("hostile", HOSTILE)
def test_feed_text_stays_text(hostile):
    document = Document(
        (
            StoryBlock(
                headline=hostile,
                link="https://example.com/",
                sentences=(hostile,),
                meta=hostile,
                number=1,
                below=Listing(items=(Item(hostile),), title=hostile),
            ),
            Quote(hostile, hostile),
        )
    )
    for chat in CHATS:
        payloads = render(document, chat)
        assert payloads
        for payload in payloads:
            assert not {each["type"] for each in check(payload)} & TOO_GOOD


@pytest.mark.parametrize("link", LINKS)
def test_an_address_is_kept_only_when_telegram_keeps_it(link):
    kept = address(link)
    assert not kept or good_url(kept)
    payload = render(Document((StoryBlock(headline="Title", link=link, sentences=(), meta=""),)), CHATS[0])[0]
    assert payload["text"].count("<a ") == bool(kept)


def test_the_addresses_that_are_kept():
    assert [bool(address(link)) for link in LINKS] == [True] * 6 + [False] * (len(LINKS) - 8) + [True, False]


def test_the_other_stories_of_a_saga_stand_below_a_line_each():
    below = Listing(items=(Item("The appeal", "https://e.com/1"), Item("A\nwitness")), title="Also:")
    block = StoryBlock(headline="The ruling", link="", sentences=("One.",), meta="3 sources", below=below)
    text = render(Document((block,)), CHATS[0])[0]["text"]
    assert text.endswith('▸ 3 sources\nAlso: <a href="https://e.com/1">The appeal</a>\n· A witness')


def test_a_digest_in_a_private_chat():
    payload = render(digest(), CHATS[0])[0]
    assert payload["text"].startswith("<b>AI news</b>\nToday: 2 stories\n\n<b>1</b> <a href=")
    assert "<b>2</b> Update: <a" in payload["text"]
    assert "▸ 6 sources · first: Example Wire, 07:12" in payload["text"]
    assert "<blockquote expandable>• One\n• <a" in payload["text"]
    assert payload["text"].endswith("<i>Quietly skipped: 61</i>")
    assert payload["buttons"] == [
        [{"text": "1 ▸", "data": "s:1"}, {"text": "2 ▸", "data": "s:2"}],
        [
            {"text": "More", "data": "m:1"},
            {"text": "Save", "data": "v:1"},
            {"text": "Web", "url": "https://a.com/"},
        ],
    ]
    assert payload["preview"] == ""


def test_a_digest_that_many_read_opens_sources_elsewhere():
    group, readers = (render(digest(), chat)[0] for chat in CHATS[1:3])
    link = '▸ <a href="https://t.me/strillone_test_bot?start=s-1">6 sources</a> · first'
    assert link in group["text"]
    assert link in readers["text"]
    assert [[key["text"] for key in row] for row in group["buttons"]] == [["More", "Save", "Web"]]
    assert all("url" in key for row in readers["buttons"] for key in row)
    assert readers["buttons"][0][0]["url"] == "https://t.me/strillone_test_bot?start=m-1"


def digest() -> Document:
    meta = "6 sources · first: Example Wire, 07:12"
    more = [Button("6 sources", f"s:{number}") for number in (1, 2)]
    return Document(
        (
            Heading("AI news", "Today: 2 stories"),
            StoryBlock(
                headline="R1 opened",
                link="https://a.com/1",
                sentences=("It is open.",),
                meta=meta,
                number=1,
                more=more[0],
            ),
            StoryBlock(
                headline="Code binding",
                link="https://a.com/2",
                sentences=("From March.",),
                meta=meta,
                number=2,
                label="Update",
                more=more[1],
            ),
            Listing(items=(Item("One"), Item("Two", "https://a.com/3")), title="Also", folded=True),
            Actions((Button("More", "m:1"), Button("Save", "v:1"), Button("Web", url="https://a.com/"))),
            Footer("Quietly skipped: 61"),
        )
    )


def test_no_more_than_three_buttons_below_a_post_that_many_read():
    document = Document((Text("x"), Actions(tuple(Button(str(n), f"m:{n}") for n in range(5)))))
    assert [len(render(document, chat)[0]["buttons"][0]) for chat in CHATS[:3]] == [5, 5, 3]
    assert render(document, CHATS[3])[0]["buttons"] == []


def test_sixteen_stories_have_two_rows_of_buttons_and_lose_no_story():
    stories = tuple(
        StoryBlock(
            headline=f"Headline {n}",
            link=f"https://a.com/{n}",
            sentences=("Words. " * 30,),
            meta="meta",
            number=n,
            more=Button("s", f"s:{n}"),
        )
        for n in range(1, 17)
    )
    payloads = render(Document(stories), CHATS[0])
    labels = [key["text"] for payload in payloads for row in payload["buttons"] for key in row]
    assert labels == [f"{n} ▸" for n in range(1, 17)]
    assert [url for payload in payloads for url in read(payload["text"])[1]] == [
        f"https://a.com/{n}" for n in range(1, 17)
    ]


def test_a_long_list_loses_no_line():
    items = tuple(Item(f"Story number {n}", f"https://a.com/{n}") for n in range(250))
    payloads = render(Document((Listing(items=items, title="Also", folded=True),)), CHATS[0])
    assert [url for payload in payloads for url in read(payload["text"])[1]] == [item.link for item in items]


def test_long_text_is_cut_where_a_sentence_ends():
    payload = render(Document((Text("A sentence of words. " * 400),)), CHATS[0])[0]
    assert payload["text"].endswith("of words. …")
    assert render(Document((Text("word " * 1500),)), CHATS[0])[0]["text"].endswith("word…")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("budget", [1, 2, 5, 40, 300])
def test_cut_holds_its_budget(text, budget):
    assert units(cut(text, budget)) <= max(budget, 2)


def test_cut_leaves_joined_emoji_whole():
    assert cut("👩‍👩‍👧 family", 4) == "👩…"


def test_nothing_to_see_is_no_message():
    assert render(Document(()), CHATS[0]) == ()
    assert render(Document((Text(" \u2060 "), Listing(items=()), Actions(()))), CHATS[0]) == ()


def test_only_buttons_still_need_a_text():
    payload = render(Document((Actions((Button("Go", "g:1"),)),)), CHATS[0])[0]
    assert payload["text"]
    check(payload)


def test_a_picture_is_shown_above_the_text_and_told_in_words():
    payload = render(Document((Text("x"), Picture("https://a.com/i.png", "A chart"))), CHATS[0])[0]
    assert payload["preview"] == "https://a.com/i.png"
    assert '<i><a href="https://a.com/i.png">A chart</a></i>' in payload["text"]


def test_own_commands_are_clickable_in_private_only():
    document = Document(
        (Text("Use /latest"), Listing(items=(Item("/help"), Item("/evil", "https://a.com/"))))
    )
    private, group = (render(document, chat)[0]["text"] for chat in CHATS[:2])
    assert "/latest" in private
    assert "• /help" in private
    assert "/evil" not in private
    assert "/latest" not in group


def test_a_table_is_aligned():
    table = Table(("Feed", "State"), (("Example Wire", "ok"), ("日本", "slow")))
    text = render(Document((table,)), CHATS[0])[0]["text"]
    assert text == "<pre>Feed          State\nExample Wire  ok\n日本          slow</pre>"


def test_the_parser_is_the_real_one():
    assert (
        tdlib({"@type": "parseTextEntities", "text": "<p>", "parse_mode": {"@type": "textParseModeHTML"}})[
            "@type"
        ]
        == "error"
    )
