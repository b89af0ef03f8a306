"""/import and /export."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from bot.commands.attached import LARGEST, decoded
from bot.commands.codec import data_of
from bot.commands.lists import declare_outline, outline_of
from bot.errors import AddressRefused
from bot.feeds.opml import read_list
from bot.model import Actions, Answer, Call, Feed, Outline, Place, PlaceKind
from bot.store import feeds
from bot.store.schema import feed_servers
from bot.store.schema import feeds as feed_table
from tests.commands.conftest import PRIVATE, Counter, words_of
from tests.support.world import corvid, garden, larkwell, rss


def opml(*addresses: str, extra: str = "") -> str:
    rows = "".join(f'<outline text="Feed {n}" type="rss" xmlUrl="{url}"/>' for n, url in enumerate(addresses))
    return f'<opml version="2.0"><body>{rows}{extra}</body></opml>'


def many(count: int, start: int = 0) -> list[str]:
    return [f"https://{n}.example/feed" for n in range(start, start + count)]


async def send(counter: Counter, text: str, command: str = "import") -> Answer:
    """Attach a file to /import, as platforms do."""
    return await counter.dispatcher.answer(Call(command, {"file": text}, counter.person, counter.place))


async def told(counter: Counter, text: str) -> str:
    return words_of((await send(counter, text)).document)


async def exported(counter: Counter) -> Sequence[Outline]:
    answer = await counter.ask("/export")
    assert answer.attachment is not None
    return read_list(answer.attachment.text, answer.attachment.name).outlines


# --- import ------------------------------------------------------------------------------------------------


async def test_the_feeds_of_a_file_become_the_servers_own(counter: Counter) -> None:
    said = await told(counter, opml("https://a.example/f", "https://b.example/f"))
    assert said.startswith("2 feeds added.")
    assert "They are read from now on." in said
    rows = await counter.world.rows(feed_table)
    assert [(row.url, row.title, row.origin) for row in rows] == [
        ("https://a.example/f", "", "person"),
        ("https://b.example/f", "", "person"),
    ]
    assert not any(row.shared for row in rows)
    assert await counter.world.count(feed_servers) == 2
    assert "collect" in counter.world.woken


async def test_known_feeds_are_counted_and_not_added_twice(counter: Counter) -> None:
    await counter.world.feed("halden", corvid())
    await told(counter, opml("https://a.example/f"))
    said = await told(counter, opml("http://www.a.example/f/", "https://halden.example/feed?utm_source=x", "https://c.example/f"))  # fmt: skip
    assert said.startswith("One feed added. 2 were known already.")
    assert await counter.world.count(feed_table) == 3


async def test_another_server_does_not_see_them(counter: Counter) -> None:
    await told(counter, opml("https://a.example/f"))
    elsewhere = counter.at(Place(platform="scripted", address="elsewhere", kind=PlaceKind.GROUP))
    assert "There are no feeds here yet." in await elsewhere.said("/export")
    assert (await told(elsewhere, opml("https://a.example/f"))).startswith("One feed added.")


async def test_broken_lines_are_named_and_the_rest_is_kept(counter: Counter) -> None:
    extra = '<outline type="rss" text="no address"/><outline text="In" type="rss" xmlUrl="http://ann:s3cret@10.0.0.1/f"/>'
    said = await told(counter, opml("https://a.example/f", extra=extra + '<outline type="rss"/>' * 9))
    assert said.startswith("One feed added.")
    assert "11 lines could not be taken:\nline 1: no xmlUrl" in said
    assert "… +6" in said
    assert "s3cret" not in said


async def test_a_private_address_in_a_list_is_refused_with_its_reason(counter: Counter) -> None:
    said = await told(counter, opml("http://ann:s3cret@10.0.0.1/f", "https://a.example:22/f"))
    assert "Feed 0: `10.0.0.1` is a private address" in said
    assert "Feed 1: Port 22 is not one" in said
    assert "s3cret" not in said
    assert await counter.world.count(feed_table) == 0


MOST = 500


async def test_a_server_may_have_only_so_many(counter: Counter) -> None:
    assert (await told(counter, opml(*many(MOST - 1)))).startswith("499 feeds added.")
    said = await told(counter, opml(*many(10, MOST - 2)))
    assert said.startswith("One feed added. One was known already.\nA server may have 500 feeds of its own: 8 were left out.")  # fmt: skip
    assert await counter.world.count(feed_table) == MOST


async def test_first_sight_floods_nobody(counter: Counter) -> None:
    await counter.said("/subscribe ai now")
    counter.world.web.documents["https://owl.example/feed"] = rss("owl", counter.world.start, [corvid(), larkwell()])  # fmt: skip
    await told(counter, opml("https://owl.example/feed"))
    await counter.world.settle()
    assert len(await counter.world.entries()) == 2
    assert counter.world.platform.chats["chat"] == []


async def test_a_list_may_not_say_what_counts_in_ranking(counter: Counter) -> None:
    extra = '<outline text="A" type="rss" xmlUrl="https://a.example/f" weight="9" kind="authority" aiOnly="yes" outlet="Reuters" language="it" htmlUrl="https://a.example/"/>'
    await told(counter, opml(extra=extra))
    row = (await counter.world.rows(feed_table))[0]
    assert (row.weight, row.kind, row.ai_only, row.outlet) == (1.0, "news outlet", False, "")
    assert (row.title, row.language, row.home) == ("", "", "")


async def test_a_feed_that_others_may_add_says_itself_what_it_is_called(counter: Counter) -> None:
    counter.world.web.documents["https://owl.example/feed"] = rss("owl", counter.world.start, [corvid()])
    await told(counter, opml("https://owl.example/feed", "https://ann:s3cret@a.example/f"))
    await counter.world.settle("collect")
    found = {row.url: (row.title, row.outlet) for row in await counter.world.rows(feed_table)}
    assert found["https://owl.example/feed"] == ("owl", "owl")
    assert found["https://ann:s3cret@a.example/f"] == ("Feed 1", "Feed 1")


async def test_whoever_imports_what_is_read_already_adds_it_too(counter: Counter) -> None:
    await counter.world.feed("halden", corvid())
    await told(counter, opml("https://halden.example/feed"))
    async with counter.world.store.write() as tx:
        await feeds.retire_missing(tx, "config", [])
    (row,) = await counter.world.rows(feed_table)
    assert (row.state, row.shared, row.origin) == ("active", False, "person")
    assert [outline.url for outline in await exported(counter)] == ["https://halden.example/feed"]


async def test_without_a_subscription_one_is_offered(counter: Counter) -> None:
    answer = await send(counter, opml("https://a.example/f"))
    assert "A daily digest here" in repr(answer.document)
    await counter.said("/subscribe ai")
    assert "A daily digest here" not in repr((await send(counter, opml("https://b.example/f"))).document)


async def test_a_list_may_lie_on_the_web(counter: Counter) -> None:
    counter.world.web.documents["https://owl.example/my.opml"] = opml("https://a.example/f").encode()
    assert "One feed added." in await counter.said("/import owl.example/my.opml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/import", "Attach an OPML file to /import, or give its address"),
        ("/import https://ann:s3cret@owl.example/none", "https://…@owl.example/none cannot be read: nothing here (404)"),
        ("/import http://10.0.0.1/x", "http://10.0.0.1/x is not allowed. private"),
        ("/import https://owl.example/page", "That is not a list of feeds (OPML) that I can read."),
    ],
)  # fmt: skip
async def test_what_cannot_be_imported_is_said(counter: Counter, text: str, said: str) -> None:
    counter.world.web.documents["https://owl.example/page"] = b"<html><body>Hello</body></html>"
    counter.world.web.documents["http://10.0.0.1/x"] = AddressRefused("private")
    assert said in await counter.said(text)


@pytest.mark.parametrize("text", ["hello", "<html/>", '<!DOCTYPE x [<!ENTITY a "b">]><opml><outline xmlUrl="&a;"/></opml>'])  # fmt: skip
async def test_a_file_that_is_no_list_is_refused(counter: Counter, text: str) -> None:
    assert (await told(counter, text)).startswith("That is not a list of feeds (OPML) that I can read.")


async def test_only_managers_import_and_export(counter: Counter) -> None:
    reader = counter.by(manager=False, address="bob")
    assert "ask someone who may manage this place" in await told(reader, opml("https://a.example/f"))
    assert "is for those who may manage this place" in await reader.said("/export")
    assert await counter.world.count(feed_table) == 0


# --- export ------------------------------------------------------------------------------------------------


async def test_an_export_holds_what_the_place_sees_its_own_first(counter: Counter) -> None:
    await counter.world.feed("halden", corvid())
    await told(counter, opml("https://a.example/f"))
    found = await exported(counter)
    assert [(o.url, o.attributes["group"]) for o in found] == [
        ("https://a.example/f", "Added here"),
        ("https://halden.example/feed", "For everybody"),
    ]
    assert found[1].attributes["aionly"] == "yes"


async def test_what_is_exported_is_known_when_it_is_imported(counter: Counter) -> None:
    await told(counter, opml(*many(20)))
    answer = await counter.ask("/export")
    assert answer.attachment is not None
    assert answer.private
    assert words_of(answer.document) == "20 feeds."
    assert "0 feeds added. 20 were known already." in await told(counter, answer.attachment.text)
    private = counter.at(PRIVATE)
    assert (await told(private, answer.attachment.text)).startswith("20 feeds added.")
    assert [o.url for o in await exported(private)] == [o.url for o in await exported(counter)]


async def test_addresses_with_passwords_are_not_given_away(counter: Counter) -> None:
    await told(counter, opml("https://ann:s3cret@a.example/f", "https://b.example/f"))
    answer = await counter.ask("/export")
    assert "One with a password in its address is left out." in words_of(answer.document)
    assert "s3cret" not in repr(answer)
    assert "https://ann:s3cret@a.example/f" in [row.url for row in await counter.world.rows(feed_table)]


# --- pure parts --------------------------------------------------------------------------------------------


def test_a_feed_survives_the_way_into_a_list_and_back() -> None:
    feed = Feed(id=1, url="https://a.example/f", title="A", outlet="A Media", language="it", kind="lab blog", weight=1.25, ai_only=True, home="https://a.example/")  # fmt: skip
    back = declare_outline(outline_of(feed))
    assert (back.url, back.title, back.outlet, back.language, back.kind, back.weight, back.ai_only, back.home) == (
        feed.url, feed.title, feed.outlet, feed.language, feed.kind, feed.weight, feed.ai_only, feed.home,
    )  # fmt: skip
    plain = Feed(id=2, url="https://b.example/f", title="B", outlet="B")
    assert outline_of(plain).attributes == {}


@pytest.mark.parametrize(("written", "weight"), [("1.5", 1.5), ("", 1.0), ("much", 1.0), ("-2", 1.0), ("nan", 1.0), ("999", 10.0), ("1e9", 1.0)])  # fmt: skip
def test_a_weight_is_a_small_number(written: str, weight: float) -> None:
    assert declare_outline(Outline("https://a.example/f", "A", {"weight": written})).weight == weight


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Ünï 模型".encode(), "Ünï 模型"), (b"\xef\xbb\xbf" + "Ü".encode(), "Ü"), ("\ufeffÜ模".encode("utf-16-le"), "Ü模"), ("\ufeffÜ模".encode("utf-16-be"), "Ü模"),
        ('<?xml version="1.0" encoding="ISO-8859-2"?>ł'.encode("iso-8859-2"), '<?xml version="1.0" encoding="ISO-8859-2"?>ł'), ("“Ü”".encode("cp1252"), "“Ü”"),
        ("人工智能新闻与模型发布".encode("gbk"), "人工智能新闻与模型发布"), ("Новости о нейросетях".encode("cp1251"), "Новости о нейросетях"),
        ('<?xml version="1.0" encoding="utf-8"?>新しいモデルのニュース'.encode("shift_jis"), '<?xml version="1.0" encoding="utf-8"?>新しいモデルのニュース'),
        (b'<?xml version="1.0" encoding="nonsense"?>\xdc', '<?xml version="1.0" encoding="nonsense"?>Ü'), (b"", ""), (b"\xff\xfe\x00", "�"),
    ],
)  # fmt: skip
def test_files_are_decoded_by_their_bytes(body: bytes, text: str) -> None:
    assert decoded(body) == text


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "undefined", "hex", "zlib", "rot13", "utf-7", "nothing"]
)
def test_what_is_no_encoding_of_documents_is_read_as_windows_does(name: str) -> None:
    """Python's punycode takes the square of a text's length: minutes for a file of 1 MB."""
    body = (
        f'<?xml version="1.0" encoding="{name}"?>'.encode() + b"\xe9" + b"z" * 400_000 + b"-" + b"a" * 400_000
    )
    assert "?>\u00e9zzz" in decoded(body)
    assert LARGEST == 1024 * 1024


async def test_a_feed_with_a_secret_knows_its_home(counter: Counter) -> None:
    await told(counter, opml(extra='<outline text="A" xmlUrl="https://ann:s3cret@a.example/f" htmlUrl="https://a.example/"/>'))  # fmt: skip
    number = await counter.world.one(select(feed_table.c.id))
    async with counter.world.store.read() as tx:
        feed = await feeds.get(tx, number)
    assert feed is not None
    assert feed.home == "https://a.example/"


async def test_an_empty_list_says_so(counter: Counter) -> None:
    assert await told(counter, opml()) == "There is no feed in that list."


async def test_the_cause_is_said_once(counter: Counter) -> None:
    said = await told(counter, "hello")
    assert said.startswith("That is not a list of feeds (OPML) that I can read. It has neither tags nor")
    assert "<string>" not in said


async def test_taking_a_list_back_tells_of_what_it_had_added(counter: Counter) -> None:
    await counter.world.feed("halden", corvid())
    await counter.world.feed("ledger", garden())
    counter.world.serve("wire", larkwell())
    lines = "".join(
        f'<outline type="rss" text="{name}" xmlUrl="https://{name}.example/feed"/>'
        for name in ("wire", "halden", "ledger")
    )
    counter.world.web.documents["https://lists.example/f.opml"] = (
        f'<?xml version="1.0"?><opml version="2.0"><body>{lines}</body></opml>'.encode()
    )
    answer = await counter.ask("/import https://lists.example/f.opml")
    assert words_of(answer.document).startswith("One feed added. 2 were known already.")
    back = await counter.press(button_data(answer, "Take that back"))
    assert "One feed is taken away." in words_of(back.document)
    again = await counter.press(button_data(back, "Bring them back"))
    assert "One feed counts here again." in words_of(again.document)


async def test_a_feed_without_a_title_is_named_by_its_address(counter: Counter) -> None:
    counter.world.serve("wire", larkwell())
    counter.world.web.documents["https://lists.example/f.opml"] = (
        b'<?xml version="1.0"?><opml version="2.0"><body>'
        b'<outline type="rss" text="" xmlUrl="https://wire.example/feed"/></body></opml>'
    )
    await counter.ask("/import https://lists.example/f.opml")
    away = await counter.ask("/feeds remove wire")
    assert words_of(away.document).startswith("https://wire.example/feed is taken away")
    again = await counter.press(button_data(away, "Bring it back"))
    assert words_of(again.document).startswith("https://wire.example/feed counts here again")


def button_data(answer: Answer, label: str) -> str:
    """The data of a button of an answer, by its label."""
    blocks = (block for block in answer.document.blocks if isinstance(block, Actions))
    return next(data_of(button) for block in blocks for button in block.buttons if button.label == label)
