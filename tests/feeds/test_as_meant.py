"""Feeds as their authors meant them, in every format: dates, addresses, titles, characters, languages."""

import json
from datetime import UTC, datetime

import pytest

from bot.feeds.parse import parse
from bot.model import ParsedFeed
from bot.pipeline.entries.first_dates import dates_of
from bot.pipeline.entries.identify import keys_of
from tests.feeds.formats import FORMATS, NOW, URL, XML, atom, entry_in, feed_in, json_feed, rss

EVERY = pytest.mark.parametrize("name", FORMATS)


def read(document: str | bytes, content_type: str = "") -> ParsedFeed:
    return parse(document if isinstance(document, bytes) else document.encode(), URL, content_type, NOW)


def day(month: int, number: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, number, hour, minute, tzinfo=UTC)


# --- dates -------------------------------------------------------------------------------------------------

DATES = [
    ("2026/09/20 07:00:00", day(9, 20, 7)), ("2026.01.15 10:00", day(1, 15, 10)), ("2026. 9. 20. (일) 15:04", day(9, 20, 15, 4)),
    ("2026. 9. 20. 오후 3:04", day(9, 20, 15, 4)), ("2026년 9월 20일 오후 3시 4분", day(9, 20, 15, 4)), ("令和8年9月20日 15時04分", day(9, 20, 15, 4)),
    ("２０２６年９月２０日", day(9, 20)), ("2026年9月20日 下午3:04", day(9, 20, 15, 4)), ("2026/9/20(日) 10時", day(9, 20, 10)),
    ("domingo, 20 de septiembre de 2026, 15:04", day(9, 20, 15, 4)), ("20 de setembro de 2026 às 15h04", day(9, 20, 15, 4)), ("20 set 2026 15:04 BRT", day(9, 20, 18, 4)),
    ("Sonntag, 20. September 2026, 15:04 Uhr", day(9, 20, 15, 4)), ("dimanche 20 septembre 2026 à 15h04", day(9, 20, 15, 4)), ("1er septembre 2026", day(9, 1)),
    ("mar. 6 oct. 2026 10:00", day(10, 6, 10)), ("martedì 6 ott 2026 ore 15.04", day(10, 6, 15, 4)), ("martedì 6 ottobre 2026 ore 15,04", day(10, 6, 15, 4)), ("6.10.2026,15.04", day(10, 6, 15, 4)), ("20 сентября 2026 г. 15:04", day(9, 20, 15, 4)),
    ("вс, 20 сент. 2026 15:04:00 MSK", day(9, 20, 12, 4)), ("20 września 2026", day(9, 20)), ("20 Eylül 2026 15:04", day(9, 20, 15, 4)), ("٢٠ سبتمبر ٢٠٢٦", day(9, 20)),
    ("September 18, 2026 3:00 PM", day(9, 18, 15)), ("9/18/2026", day(9, 18)), ("18-09-2026 10:00", day(9, 18, 10)), ("20.09.26 15:04", day(9, 20, 15, 4)),
    ("Aug 15, 2019", day(8, 15, year=2019)), ("April 18th, 2021", day(4, 18, year=2021)), ("Sunday 20th of September 2026 03:04:05 PM", day(9, 20, 15, 4).replace(second=5)),
    ("12 AM September 20, 2026", day(9, 20)), ("September 20, 2026 12:04 p.m.", day(9, 20, 12, 4)), ("Sep 20 '26", day(9, 20)), ("20-Sep-2026", day(9, 20)),
    ("Sunday, 20-Sep-26 15:04:00 GMT", day(9, 20, 15, 4)), ("Sun Sep 20 15:04:00 2026", day(9, 20, 15, 4)), ("Sun Sep 20 15:04:00 +0000 2026", day(9, 20, 15, 4)),
    ("Sun Sep 20 15:04:00 PDT 2026", day(9, 20, 22, 4)), ("Sun, 20 Sep 26 15:04:00 EDT", day(9, 20, 19, 4)), ("Sun, 20 Sep 2026 15:04 KST", day(9, 20, 6, 4)),
    ("Sun, 20 Sep 2026 15:04:00 GMT+0900", day(9, 20, 6, 4)), ("Sun, 20 Sept 2026 15:04:00 +0100", day(9, 20, 14, 4)), ("20 Sep 2026 10:20:00 CEST", day(9, 20, 8, 20)),
    ("2026-09-20 10:20:00 Europe/Rome", day(9, 20, 8, 20)), ("2026-09-20 3:04 PM PST", day(9, 20, 23, 4)), ("2026-9-20T8:05:00Z", day(9, 20, 8, 5)),
    ("2026-09-20T15:04:00.000+0000", day(9, 20, 15, 4)), ("2026-09-20T24:00:00Z", day(9, 21)), ("2026-W38-7", day(9, 20)), ("2026-263", day(9, 20)),
    ("20260920", day(9, 20)), ("20260920T150400Z", day(9, 20, 15, 4)), ("1789916640", day(9, 20, 15, 4)), ("1789916640000", day(9, 20, 15, 4)), ("20/09/2569", day(9, 20)),
    ("Sept. 20, 2026, 3:04 p.m. ET", day(9, 20, 19, 4)), ("20 Jan 2026 15:04 PT", day(1, 20, 23, 4)), ("20/09/2026 15h04min", day(9, 20, 15, 4)), ("R8.9.20", day(9, 20)),
    ("令和8年(2026年)9月20日", day(9, 20)), ("2026年（令和8年）9月20日", day(9, 20)), ("民國115年9月20日", day(9, 20)), ("二〇二六年九月二十日", day(9, 20)), ("/Date(1789916640000)/", day(9, 20, 15, 4)),
]  # fmt: skip


@EVERY
@pytest.mark.parametrize(("raw", "moment"), DATES)
def test_a_date_is_what_its_writer_meant(name: str, raw: str, moment: datetime) -> None:
    assert entry_in(name, title="A title", date=raw).published == moment


@EVERY
@pytest.mark.parametrize(
    ("language", "raws", "moments"),
    [
        ("en-us", ["9/8/2026"], [day(9, 8)]), ("en-GB", ["9/8/2026"], [day(8, 9)]), ("it", ["03/04/2026"], [day(4, 3)]), ("fr-FR", ["03/04/2026"], [day(4, 3)]),
        ("en", ["9/8/2026 10:00:00 AM"], [day(9, 8, 10)]), ("en", ["03/04/2026"], [None]), ("", ["03/04/2026"], [None]),
        ("", ["9/8/2026", "8/25/2026"], [day(9, 8), day(8, 25)]), ("", ["9/8/2026", "25/7/2026"], [day(8, 9), day(7, 25)]),
        ("", ["11/12/2026", "10/11/2026"], [day(11, 12), day(10, 11)]), ("", ["4/10/2026", "3/10/2026", "2/10/2026", "1/11/2026"], [day(4, 10), day(3, 10), day(2, 10), day(1, 11)]),
        ("", ["18-09-2026", "9/18/2026"], [day(9, 18), day(9, 18)]), ("ko", ["26.09.20"], [day(9, 20)]), ("de", ["20.09.26"], [day(9, 20)]),
    ],
)  # fmt: skip
def test_day_and_month_go_by_the_feed_s_other_dates_or_its_language(
    name: str, language: str, raws: list[str], moments: list[datetime | None]
) -> None:
    entries = feed_in(name, language, *({"title": f"Title {raw}", "date": raw} for raw in raws)).entries
    assert [entry.published for entry in entries] == moments


@EVERY
@pytest.mark.parametrize(
    ("language", "raw", "moment"),
    [
        ("zh", "2026-09-20 10:00:00 CST", day(9, 20, 2)), ("zh-TW", "Sun, 20 Sep 2026 10:00:00 CST", day(9, 20, 2)), ("en", "Sun, 20 Sep 2026 10:00:00 CST", day(9, 20, 16)),
        ("he", "20 בספטמבר 2026", day(9, 20)), ("vi", "20 tháng 9, 2026", day(9, 20)), ("vi", "1 tháng 10 năm 2026", day(10, 1)), ("th", "20 กันยายน 2569", day(9, 20)),
        ("hi", "20 सितंबर 2026", day(9, 20)), ("fi", "20. syyskuuta 2026", day(9, 20)), ("eu", "2026ko irailaren 20a", None),
    ],
)  # fmt: skip
def test_a_date_is_read_in_the_feed_s_own_language(
    name: str, language: str, raw: str, moment: datetime | None
) -> None:
    assert entry_in(name, language, title="A title", date=raw).published == moment


@EVERY
@pytest.mark.parametrize("raw", ["soon", "N/A", "2026", "September 2026", "32/13/2026", "2026-02-30", "Mon, 32 Sep 2026 10:00:00 GMT", "99:99"])  # fmt: skip
def test_what_is_no_date_is_none(name: str, raw: str) -> None:
    assert entry_in(name, title="A title", date=raw).published is None


def test_an_item_that_is_new_is_dated_by_the_order_that_all_dates_show() -> None:
    first = rss("", {"title": "A", "link": "https://news.example/a", "date": "25/7/2026"})
    both = rss(
        "",
        {"title": "B", "link": "https://news.example/b", "date": "9/8/2026"},
        {"title": "A", "link": "https://news.example/a", "date": "25/7/2026"},
    )
    both = both.replace("<guid isPermaLink='false'>1", "<guid isPermaLink='false'>A").replace(
        "<guid isPermaLink='false'>0", "<guid isPermaLink='false'>B"
    )
    known = read(first.replace("<guid isPermaLink='false'>0", "<guid isPermaLink='false'>A")).items
    assert parse(both.encode(), URL, "", NOW, frozenset(known)).entries[0].published == day(8, 9)


# --- addresses ---------------------------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("https://news.example/posts/my new post", "https://news.example/posts/my%20new%20post"), ("www.news.example/posts/2", "https://www.news.example/posts/2"),
        ("news.example/posts/2", "https://news.example/posts/2"), ("http:/news.example/2", "http://news.example/2"), ("https//news.example/2", "https://news.example/2"),
        ("http://https://news.example/2", "https://news.example/2"), ("<https://news.example/2>", "https://news.example/2"), ("“https://news.example/2”", "https://news.example/2"),
        ("https:\\\\news.example\\2", "https://news.example/2"), ("feed://news.example/2", "https://news.example/2"), ("//cdn.example/2", "https://cdn.example/2"),
        ("/posts/2", "https://news.example/posts/2"), ("posts/2.html", "https://news.example/posts/2.html"), ("2.html", "https://news.example/2.html"),
        ("https://news.example/a|b", "https://news.example/a%7Cb"), ("https://münchen.example/2", "https://münchen.example/2"),
        ("[Read](https://news.example/2)", "https://news.example/2"), ("https://news.example/2, https://news.example/3", "https://news.example/2"), ("URL: https://news.example/2", "https://news.example/2"),
        ("N/A", ""), ("none", ""), ("-", ""), ("No address at all", ""), ("mailto:a@news.example", ""), ("javascript:alert(1)", ""), ("http://", ""), ("https://[::1", ""),
    ],
)  # fmt: skip
def test_a_link_is_the_address_that_was_meant(name: str, written: str, link: str) -> None:
    assert entry_in(name, title="A title", link=written).link == link


@pytest.mark.parametrize("name", ["rss", "atom", "rdf", "json"])
def test_entries_of_one_page_keep_what_tells_them_apart(name: str) -> None:
    page = "https://news.example/changelog"
    items = [{"title": f"Change {n} of the interface", "link": f"{page}#2026-09-{n}"} for n in (20, 19, 18)]
    entries = feed_in(name, "en", *items).entries
    assert [entry.link for entry in entries] == [item["link"] for item in items]
    assert not any(keys.link_key for keys in keys_of(entries))


@pytest.mark.parametrize("part", ["#m", "#tk.rss_all", "#utm_source=x", "#comments", "#:~:text=a"])
def test_a_mark_that_all_links_have_is_no_part_of_a_page(part: str) -> None:
    items = [{"title": f"Title {n}", "link": f"https://news.example/{n}{part}"} for n in (1, 2)]
    assert [entry.link for entry in feed_in("rss", "en", *items).entries] == [
        "https://news.example/1",
        "https://news.example/2",
    ]


def test_a_single_change_of_the_feed_s_own_page_keeps_its_place() -> None:
    assert entry_in("rss", title="A change", link="https://news.example/#a").link == "https://news.example/#a"


# --- titles ------------------------------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Corvid 3 emits <think> tokens", "Corvid 3 emits <think> tokens"), ("Vec<T> and Option<String> in Rust", "Vec<T> and Option<String> in Rust"),
        ("A List<a> is faster", "A List<a> is faster"), ("Why &lt;dialog&gt; beats a div", "Why <dialog> beats a div"), ("&lt;think&gt; is text", "<think> is text"),
        ("<b>Bold</b> goes", "Bold goes"), ("<em>Em</em> and <code>code</code>", "Em and code"), ("H<sub>2</sub>O and E = mc<sup>2</sup>", "H2O and E = mc2"),
        ('<a href="https://news.example/">A link</a> goes', "A link goes"), ("One<br/>two", "One two"), ("<p>A paragraph</p>", "A paragraph"), ("AT&amp;T and R&D", "AT&T and R&D"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"), ("<!-- note -->Shown", "Shown"), ("x<script>alert(1)</script>y", "xy"), ("It&#8217;s here", "It’s here"),
        ("Caf&eacute; &nbsp; robots", "Café \u00a0 robots".replace(" \u00a0 ", " ")), ("<img src='x.png' alt=''>A picture", "A picture"),
    ],
)  # fmt: skip
def test_a_title_loses_markup_and_no_word(name: str, written: str, title: str) -> None:
    assert entry_in(name, title=written).title == title


@pytest.mark.parametrize("name", XML)
def test_names_and_categories_are_read_like_titles(name: str) -> None:
    document = FORMATS[name]("", {"title": "T"}).replace(
        "<title>N</title>", "<title>The &lt;think&gt; blog</title>", 1
    )
    assert read(document).title == "The <think> blog"


@pytest.mark.parametrize(
    "name_",
    ["می‌خواهد", "श्री‍मान", "ක්‍රි", "👩‍🚀", "👨‍👩‍👧", "🏳️‍🌈"],
    ids=["Persian", "Hindi", "Sinhala", "astronaut", "family", "flag"],
)
@EVERY
def test_joiners_that_spelling_needs_stay(name: str, name_: str) -> None:
    assert entry_in(name, title=f"A {name_} title", text=f"<p>{name_}</p>").title == f"A {name_} title"


@EVERY
def test_hidden_characters_go(name: str) -> None:
    assert entry_in(name, title="Re\u200cad\u200d \u200bth\u2060is\u200d\u200c").title == "Read this"


@EVERY
def test_a_post_without_a_title_is_cut_between_words(name: str) -> None:
    text = "<p>Today Halden Labs publishes the weights of Corvid 3, our open language model with 70 billion parameters, under a free licence.</p>"
    entry = entry_in(name, title="", text=text)
    assert (
        entry.title
        == "Today Halden Labs publishes the weights of Corvid 3, our open language model with 70 billion…"
    )
    assert entry.text.endswith("a free licence.")


@EVERY
@pytest.mark.parametrize("title", ["", "...", "—", "Untitled", "(untitled)", "No title", "[no title]", "Senza titolo", "Ohne Titel", "Sans titre", "Sin título", "Sem título", "无标题", "無題"])  # fmt: skip
def test_a_title_that_says_there_is_none_is_none(name: str, title: str) -> None:
    assert (
        entry_in(name, title=title, text="Halden Labs opens a lab in Oslo. It has nine rooms.").title
        == "Halden Labs opens a lab in Oslo."
    )


@EVERY
def test_a_title_of_pictures_or_figures_is_one(name: str) -> None:
    assert [entry_in(name, title=title, text="Words of the text.").title for title in ("🚀", "42", "v2")] == [
        "🚀",
        "42",
        "v2",
    ]


@EVERY
def test_a_text_that_was_escaped_twice_is_markup_and_names_of_tags_are_words(name: str) -> None:
    assert (
        entry_in(name, title="T", text="&lt;p&gt;One &amp;amp; two&lt;/p&gt;&lt;p&gt;Three&lt;/p&gt;").text
        == "One & two\n\nThree"
    )
    assert (
        entry_in(name, title="T", text="The tag <think> and Vec<T> in <b>bold</b>.").text
        == "The tag <think> and Vec<T> in bold."
    )
    assert entry_in(name, title="T", text="Use &lt;think&gt; in prompts.").text == "Use <think> in prompts."


@EVERY
@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<p>One</p><picture><source srcset='a'><img src='b'></picture><p>two</p>", "One\n\ntwo"), ("A HashMap<String, Vec<u8>> of words", "A HashMap<String, Vec<u8>> of words"),
        ("By Ann <ann@lab.example> at <https://lab.example>", "By Ann <ann@lab.example> at <https://lab.example>"), ("The <tool_call> format", "The <tool_call> format"),
        ("<p>One <o:p></o:p><x-card a='b'>two</x-card></p>", "One two"), ("<main>One</main> <math><mi>a</mi></math>two", "One\n\ntwo"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_tag_is_text_and_every_tag_goes(name: str, written: str, text: str) -> None:
    assert entry_in(name, title="T", text=written).text == text


@EVERY
def test_an_author_and_a_picture_are_read_as_titles_and_links_are(name: str) -> None:
    entry = entry_in(name, title="T", author="Ann &lt;think&gt; <b>Lee</b>", image="www.lab.example/a b.jpg")
    assert (entry.author, entry.image) == ("Ann <think> Lee", "https://www.lab.example/a%20b.jpg")


def test_a_bare_name_of_an_author_and_an_attached_picture_are_read_in_json() -> None:
    items = [
        {"id": "1", "title": "A", "authors": ["Ann Lee"], "attachments": [{"url": "/1.jpg", "mime_type": "image/jpeg"}]},
        {"id": "2", "title": "B", "author": "Bo Lee"},
    ]  # fmt: skip
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "https://news.example/",
        "items": items,
    }
    first, second = read(json.dumps(document)).entries
    assert (first.author, first.image, second.author) == ("Ann Lee", "https://news.example/1.jpg", "Bo Lee")


def test_the_picture_of_an_episode_is_its_own_and_leads_from_the_feed_s_home() -> None:
    document = rss("", {"title": "T"}).replace(
        "</item>",
        '<itunes:image xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" href="/1.jpg"/></item>',
    )
    feed = parse(document.encode(), "https://feeds.example/news", "", NOW)
    assert feed.entries[0].image == "https://news.example/1.jpg"


def test_a_guid_beside_an_empty_link_is_the_link() -> None:
    document = rss("", {"title": "T"}).replace("<guid isPermaLink='false'>0", "<guid>posts/3.html")
    assert read(document).entries[0].link == "https://news.example/posts/3.html"


def test_an_item_that_breaks_off_counts_once_it_has_a_title_and_an_address() -> None:
    whole = atom("", {"title": "One", "link": "https://news.example/1"}).removesuffix("</feed>")
    cut = (
        whole + '<entry><title>Two</title><id>urn:2</id><link href="https://news.example/2"/><summary>It beg'
    )
    assert [entry.title for entry in read(cut).entries] == ["One", "Two"]
    assert [entry.title for entry in read(whole + "<entry><title>Tw").entries] == ["One"]


# --- characters --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Lift-off &#55357;&#56960; now", "Lift-off 🚀 now"), ("Lift-off &#xD83D;&#xDE80; now", "Lift-off 🚀 now"), ("Lift-off &amp;#55357;&amp;#56960; now", "Lift-off 🚀 now"),
        ("<![CDATA[Lift-off &#55357;&#56960; now]]>", "Lift-off 🚀 now"), ("Half &#55357; of one", "Half \ufffd of one"), ("Half &#xDE80; of one", "Half \ufffd of one"),
        ("None &#1114112; at all", "None \ufffd at all"), ("None &#xFFFE; at all", "None \ufffd at all"), ("A bell &#7; rings", "A bell rings"), ("A bell \x07 rings", "A bell rings"),
        ("A &nbsp; caf&eacute;", "A café"), ("Its price &euro; 9&hellip;", "Its price € 9…"), ("An &unheard; of name", "An &unheard; of name"), ("Windows &#150; dash", "Windows – dash"),
        ("A vertical\x0btab", "A vertical tab"), ("R&D & more", "R&D & more"),
    ],
)  # fmt: skip
def test_what_is_no_character_costs_itself_alone(name: str, written: str, title: str) -> None:
    feed = read(FORMATS[name]("", {"title": "Before"}, {"title": written}, {"title": "After"}))
    assert [entry.title for entry in feed.entries] == ["Before", title, "After"]


def test_the_same_in_json() -> None:
    document = json_feed(
        "",
        {"title": "Before"},
        {"title": "LIFT", "text": "<p>&#55357;&#56960; and more</p>"},
        {"title": "After"},
    )
    feed = read(
        document.replace("LIFT", r"Half \ud83d of one and \ud83d\ude80 whole").replace("Before", "Be\x07fore")
    )
    assert [entry.title for entry in feed.entries] == ["Be fore", "Half \ufffd of one and 🚀 whole", "After"]
    assert feed.entries[1].text == "🚀 and more"


GREEK, CHINESE, FRENCH = "Η νέα μηχανή γράφει", "乌鸦三号模型发布了新版本", "Café à Málaga — 9 000 €"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("text", [GREEK, CHINESE, FRENCH])
def test_a_character_that_is_cut_off_costs_itself_alone(name: str, text: str) -> None:
    document = FORMATS[name]("", {"title": text, "text": "x CUT"}, {"title": f"{text} 2", "text": text})
    if name == "json":
        document = json.dumps(json.loads(document), ensure_ascii=False)
    feed = read(document.encode().replace(b"CUT", text.encode()[:-1] + text[-1:].encode()[:1] + b"\xe4"))
    assert [entry.title for entry in feed.entries] == [text, f"{text} 2"]
    assert feed.entries[1].text == text
    assert feed.entries[0].text.startswith(f"x {text[:5]}")


@pytest.mark.parametrize("name", XML)
def test_one_author_with_an_old_editor_costs_no_other(name: str) -> None:
    document = FORMATS[name]("", {"title": "Café robots in Málaga"}, {"title": "Zürich OLD zählt"}).encode()
    feed = read(document.replace(b"OLD", "Zürich".encode("latin-1")))
    assert [entry.title for entry in feed.entries] == ["Café robots in Málaga", "Zürich Zürich zählt"]


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize(
    ("declared", "real", "text"),
    [
        ("utf-8", "utf-16", CHINESE), ("utf-8", "utf-16-le", CHINESE), ("utf-16", "utf-8", CHINESE), ("iso-8859-1", "utf-8", FRENCH), ("us-ascii", "utf-8-sig", GREEK),
        ("gb2312", "gb18030", "镕基与人工智能"), ("shift_jis", "cp932", "①髙橋さんのロボット"), ("euc-kr", "cp949", "똠방각하 로봇"), ("iso-8859-1", "cp1252", "“Robots” cost €9"),
        ("windows-1251", "cp1251", "Новая модель пишет"), ("koi8-r", "koi8-r", "Новая модель пишет"), ("big5", "big5", "人工智慧新模型"), ("iso-8859-2", "iso-8859-2", "Nová řada modelů"),
        ("iso-8859-7", "iso-8859-7", GREEK), ("euc-jp", "euc-jp", "新しいロボット"), ("iso-2022-jp", "iso-2022-jp", "新しいロボット"),
    ],
)  # fmt: skip
def test_what_a_document_declares_and_what_it_is(name: str, declared: str, real: str, text: str) -> None:
    document = (
        FORMATS[name]("", {"title": text})
        .removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
        .removeprefix('<?xml version="1.0"?>')
    )
    feed = read(f'<?xml version="1.0" encoding="{declared}"?>{document}'.encode(real))
    assert [entry.title for entry in feed.entries] == [text]


def test_a_server_that_calls_everything_latin_knows_less_than_the_document() -> None:
    document = rss("", {"title": "Новая модель пишет"}).replace("UTF-8", "windows-1251").encode("cp1251")
    assert read(document, "text/xml; charset=ISO-8859-1").entries[0].title == "Новая модель пишет"


def test_a_bad_byte_in_an_old_encoding_costs_itself_alone() -> None:
    document = (
        rss("", {"title": "新しいロボットが来た", "text": "CUT"})
        .replace("UTF-8", "shift_jis")
        .encode("cp932")
    )
    feed = read(document.replace(b"CUT", b"\x83"))
    assert feed.entries[0].title == "新しいロボットが来た"


# --- documents that end early, archives --------------------------------------------------------------------


@EVERY
def test_a_document_that_breaks_off_gives_its_whole_items(name: str) -> None:
    document = FORMATS[name](
        "en", *({"title": f"Title number {n}", "link": f"https://news.example/{n}"} for n in range(9))
    )
    feed = read(document[: document.index("Title number 7")])
    assert [entry.title for entry in feed.entries][:7] == [f"Title number {n}" for n in range(7)]
    assert len(feed.entries) <= 8
    assert feed.title == "N"


@EVERY
@pytest.mark.parametrize("oldest_first", [True, False])
def test_of_a_whole_archive_the_newest_are_read(name: str, *, oldest_first: bool) -> None:
    days = range(620) if oldest_first else range(619, -1, -1)
    items = [
        {
            "title": f"Floor {n} counted",
            "date": f"{2024 + n // 300}-{n % 300 // 25 + 1:02}-{n % 25 + 1:02}T10:00:00Z",
        }
        for n in days
    ]
    entries = feed_in(name, "en", *items).entries
    assert len(entries) == 500
    assert {"Floor 619 counted", "Floor 120 counted"} <= {entry.title for entry in entries}
    assert "Floor 119 counted" not in {entry.title for entry in entries}


def test_an_undated_item_of_a_feed_with_the_oldest_first_is_as_old_as_the_one_above() -> None:
    entries = feed_in(
        "rss",
        "en",
        {"title": "A", "date": "2026-09-01"},
        {"title": "B"},
        {"title": "C", "date": "2026-09-20"},
    ).entries
    assert dates_of(entries, NOW, backlog=True) == [day(9, 1), day(9, 1), day(9, 20)]


@pytest.mark.parametrize("name", XML)
@pytest.mark.parametrize("text", ["x &lt;b", "<b>open", "open</i></b>", "<p>one<p>two</b>", "a < b", "<![CDATA[never closed", '<a href="x>y', "<item>", "</rss>", "<!-- open"])  # fmt: skip
def test_a_tag_that_is_open_takes_no_other_item_with_it(name: str, text: str) -> None:
    document = FORMATS[name](
        "", {"title": "Before"}, {"title": "Hurt", "text": "HURT"}, {"title": "After"}, {"title": "Last"}
    )
    titles = [entry.title for entry in read(document.replace("HURT", text)).entries]
    assert titles[:1] == ["Before"]
    if text.startswith(("<!", "</rss")):
        return
    assert titles[-2:] == ["After", "Last"]


def test_a_json_feed_with_loose_commas_is_read() -> None:
    document = (
        json_feed("", {"title": "One, two,"}, {"title": "Three"})
        .replace("}, {", ",}, {")
        .replace("}]}", "},]}")
    )
    assert [entry.title for entry in read(document).entries] == ["One, two,", "Three"]


def test_a_json_feed_in_an_old_encoding_is_read() -> None:
    document = json.dumps(
        {"version": "1", "title": "N", "items": [{"id": "1", "title": "Café €9"}]}, ensure_ascii=False
    )
    assert [
        read(document.encode(encoding)).entries[0].title for encoding in ("cp1252", "utf-16", "utf-8-sig")
    ] == ["Café €9"] * 3


# --- languages ---------------------------------------------------------------------------------------------

NAMES = ["Heron 3 Pro", "A new era", "Gemini 3 Pro", "Nano Banana Pro", "Granite 4.0 Nano", "vllm v0.11.0", "v2.3.1", "Llama 4 Scout", "Codestral 25.01"]  # fmt: skip


@EVERY
@pytest.mark.parametrize("title", NAMES)
@pytest.mark.parametrize("language", ["en-us", "de", "ja"])
def test_a_name_is_in_the_language_of_its_feed(name: str, title: str, language: str) -> None:
    assert entry_in(name, language, title=title).language == language[:2]


@EVERY
def test_a_name_is_in_the_language_of_what_stands_beside_it(name: str) -> None:
    sentences = [
        {"title": "La nuova versione del modello arriva a settembre con una licenza libera"},
        {"title": "Il comune di Pisa ha comprato tre robot per contare le piastrelle"},
    ]
    assert [entry.language for entry in feed_in(name, "", *sentences, {"title": "Heron 3 Pro"}).entries] == [
        "it"
    ] * 3


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("شرکت هالدن مدل تازه‌ای معرفی کرد", "fa"), ("Halden släpper ny språkmodell med 70 miljarder parametrar", "sv"), ("Az új modell nagyon gyors és ingyenes", "hu"),
        ("Η νέα τεχνητή νοημοσύνη γράφει ποιήματα", "el"), ("Trí tuệ nhân tạo mới viết thơ rất hay", "vi"), ("ปัญญาประดิษฐ์ใหม่เขียนบทกวีได้", "th"),
        ("Meluncurkan model bahasa baru untuk semua orang di kota", "id"), ("Nový jazykový model píše básně lépe než lidé", "cs"), ("नया एआई मॉडल कविताएँ लिखता है", "hi"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("declared", ["", "en"])
def test_other_languages_are_called_what_they_are(text: str, language: str, declared: str) -> None:
    assert entry_in("rss", declared, title=text).language == language


@pytest.mark.parametrize(("declared", "language"), [("English", ""), ("eng", "en"), ("en_GB", "en"), ("x-default", ""), ("jp", ""), ("zh-Hant-TW", "zh"), ("iw", "he")])  # fmt: skip
def test_what_is_declared_must_be_a_language(declared: str, language: str) -> None:
    assert read(atom(declared)).language == language


# --- identifiers that are addresses ------------------------------------------------------------------------

GUIDS = [
    ('<guid isPermaLink="true">/posts/a</guid>', "https://news.example/posts/a"),
    ("<guid>/posts/a</guid>", "https://news.example/posts/a"),
    ("<guid>./a.html</guid>", "https://news.example/a.html"),
    ("<guid>posts/a.html</guid>", "https://news.example/posts/a.html"),
    ("<guid>www.news.example/a</guid>", "https://www.news.example/a"),
    ("<guid>news.example/posts/a</guid>", "https://news.example/posts/a"),
    ('<link>/posts/a</link><guid isPermaLink="false">/posts/a</guid>', "https://news.example/posts/a"),
    ('<guid isPermaLink="false">/posts/a</guid>', ""),
    ("<guid>posts-1234</guid>", ""),
    ("<guid>7/1234</guid>", ""),
    ("<guid>urn:a/b.html</guid>", ""),
    ("<guid>tag:news.example,2026:/a</guid>", ""),
]


@pytest.mark.parametrize(("written", "link"), GUIDS)
def test_a_guid_is_a_link_where_it_can_be_nothing_else(written: str, link: str) -> None:
    item = f"<item><title>T</title>{written}</item>"
    head = "<title>N</title><link>https://news.example/</link>"
    (entry,) = read(f'<rss version="2.0"><channel>{head}{item}</channel></rss>').entries
    assert entry.link == link


@pytest.mark.parametrize(
    ("number", "link"),
    [("/posts/a", "https://news.example/posts/a"), ("https://b.example/a", "https://b.example/a"), ("7", "")],
)
def test_an_id_in_json_is_a_link_where_it_can_be_nothing_else(number: str, link: str) -> None:
    home = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "N",
        "home_page_url": "https://news.example/",
    }
    document = json.dumps({**home, "items": [{"id": number, "title": "T"}]})
    (entry,) = read(document, "application/json").entries
    assert entry.link == link


def test_letters_that_are_cut_and_letters_of_an_older_encoding_cost_no_other() -> None:
    document = rss(
        "it", {"title": "Perch# no", "text": "Una citta"}, {"title": "Caffè, tè e città", "text": "TITLE# "}
    )
    mended = read(document.encode().replace(b"Perch#", b"Perch\xe9").replace(b"# ", b"\xe2\x82"))
    assert [entry.title for entry in mended.entries] == ["Perché no", "Caffè, tè e città"]
    assert mended.entries[1].text == "TITLE"
    cut = json_feed("", {"title": "One", "text": "costs #"}, {"title": "Two", "text": "ends #"}).encode()
    assert [entry.text for entry in read(cut.replace(b"#", b"\xe2\x82")).entries] == ["costs", "ends"]


# --- texts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rss", "atom", "rdf", "rss 0.91"])
@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Hi<br>there", "Hi\nthere"),
        ("<p>Hi<p>there", "Hi\n\nthere"),
        ("<p>Hi<img src=x></p>", "Hi"),
        ("It costs <5 euros & a bit", "It costs <5 euros & a bit"),
        ("<a href='https://x.example/?a=1&b=2'>Hi</a>", "Hi"),
        ("<iframe src='https://x.example/' allowfullscreen></iframe>Hi", "Hi"),
    ],
)
def test_markup_that_nobody_escaped_costs_an_item_nothing(name: str, raw: str, text: str) -> None:
    first, second = {"title": "Odd", "link": "https://news.example/1", "text": raw}, {"title": "Sound", "link": "https://news.example/2"}  # fmt: skip
    (odd, other) = read(FORMATS[name]("", first, second)).entries
    assert (odd.title, odd.link, odd.text) == ("Odd", "https://news.example/1", text)
    assert (other.title, other.link) == ("Sound", "https://news.example/2")


def test_a_title_that_is_never_closed_ends_before_the_next_tag() -> None:
    (one, two) = read(
        "<rss version='2.0'><channel><title>N</title><item><title>Robots & co<link>https://n.example/1</link></item>"
        "<item><title>Second</title><link>https://n.example/2</link></item></channel></rss>"
    ).entries
    assert (one.title, one.link, two.title) == ("Robots & co", "https://n.example/1", "Second")


CAPTION = "<media:content url='https://n.example/x.jpg' medium='image'><media:description type='plain'>Workers stand beside a long row of machines</media:description></media:content>"


@pytest.mark.parametrize(
    "head", ["", '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://n.example/rss.dtd">']
)
@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f"<description>It works.</description>{CAPTION}", "It works."),
        (f"{CAPTION}<description>It works.</description>", "It works."),
        (CAPTION, "Workers stand beside a long row of machines"),
    ],
)
def test_the_caption_of_a_picture_is_the_text_only_where_there_is_none(
    head: str, inside: str, text: str
) -> None:
    (one,) = read(
        f'{head}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>N</title>'
        f"<item><title>T</title><link>https://n.example/1</link>{inside}</item></channel></rss>"
    ).entries
    assert (one.text, one.image) == (text, "https://n.example/x.jpg")


def test_names_of_html_are_kept_below_a_doctype() -> None:
    (one,) = read(
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://n.example/rss.dtd"><rss version="0.91">'
        "<channel><title>N</title><item><title>Caf&eacute;&nbsp;robots</title><link>https://n.example/1</link></item></channel></rss>"
    ).entries
    assert one.title == "Café robots"


def test_when_an_item_was_made_goes_before_when_it_was_changed() -> None:
    (one,) = read(
        '<rss version="2.0" xmlns:dcterms="http://purl.org/dc/terms/"><channel><title>N</title><item><title>T</title>'
        "<link>https://n.example/1</link><dcterms:created>2026-09-18</dcterms:created><dcterms:modified>2026-09-20</dcterms:modified>"
        "</item></channel></rss>"
    ).entries
    assert (one.published, one.updated) == (day(9, 18), day(9, 20))


def test_what_is_no_text_in_json_is_none() -> None:
    items = [{"id": "1", "title": {"en": "x"}, "summary": ["y"], "content_text": "A robot sings."}]
    (one,) = read(
        json.dumps({"version": "https://jsonfeed.org/version/1", "title": "N", "items": items})
    ).entries
    assert (one.title, one.text) == ("A robot sings.", "A robot sings.")


@pytest.mark.parametrize("title", ["https://lab.example/1", "www.lab.example/a/b?c=1", "HTTP://LAB.EXAMPLE/"])
@EVERY
def test_an_address_is_no_title(name: str, title: str) -> None:
    assert entry_in(name, title=title, text="The lab opens. More follows.").title == "The lab opens."
    assert entry_in(name, title=f"{title} is open", text="The lab opens.").title == f"{title} is open"
