"""Lists of feeds."""

import time

import pytest

from bot.errors import SettingsError
from bot.feeds.opml import LARGEST, MOST, read_list, read_opml, write_list, write_opml
from bot.model import Outline
from bot.pipeline.entries.written_addresses import typed_address


def opml(body: str, version: str = "2.0") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><opml version="{version}"><head><title>L</title></head><body>{body}</body></opml>'


def test_what_is_written_is_read_again() -> None:
    feeds = [
        ("Labs", {"text": "A & “B”", "title": "A & “B”", "type": "rss", "xmlUrl": "https://a.example/f?x=1&y=2", "language": "it", "weight": 1.5, "aiOnly": True}),
        ("Papers <new>", {"text": "Ünï 模型", "type": "rss", "xmlUrl": "https://b.example/f"}),
        ("Labs", {"text": "C", "type": "rss", "xmlUrl": "https://c.example/f"}),
    ]  # fmt: skip
    text = write_opml("My feeds", feeds)
    found = read_opml(text, "x.opml")
    assert [(o.url, o.title) for o in found] == [
        ("https://a.example/f?x=1&y=2", "A & “B”"), ("https://c.example/f", "C"), ("https://b.example/f", "Ünï 模型"),
    ]  # fmt: skip
    assert {name: found[0].attributes[name] for name in ("language", "weight", "aionly")} == {
        "language": "it",
        "weight": "1.5",
        "aionly": "True",
    }
    assert text.count('text="Labs"') == 1
    assert read_opml(write_opml("Empty", []) or "", "x.opml") == []


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
def test_nested_groups_are_flat(version: str) -> None:
    text = opml(
        '<outline text="G"><outline text="H"><outline text="A" type="rss" xmlUrl="https://a.example/f"/></outline></outline><outline text="B" xmlUrl="https://b.example/f" type="rss"/>',
        version,
    )
    assert [o.title for o in read_opml(text, "x.opml")] == ["A", "B"]


def test_attributes_are_found_by_lower_case_names() -> None:
    (found,) = read_opml(
        opml(
            '<outline type="rss" text="T" title="Title" xmlUrl="https://a.example/f" htmlUrl="https://a.example/" KIND="paper" aiOnly="true"/>'
        ),
        "x.opml",
    )
    assert found.title == "T"
    assert (found.attributes["htmlurl"], found.attributes["kind"], found.attributes["aionly"]) == (
        "https://a.example/",
        "paper",
        "true",
    )


def test_bare_ampersands_byte_order_marks_and_repetitions_are_forgiven() -> None:
    one = '<outline text="R&D" xmlUrl="https://a.example/f?a=1&b=2"/>'
    found = read_opml("\ufeff\n" + opml(one * 2).replace("UTF-8", "ISO-8859-1"), "x.opml")
    assert [(o.title, o.url) for o in found] == [("R&D", "https://a.example/f?a=1&b=2")]


def test_a_feed_without_a_name_is_named_by_its_address() -> None:
    (found,) = read_opml(opml('<outline type="rss" xmlUrl="https://a.example/f"/>'), "x.opml")
    assert found.title == "https://a.example/f"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{}",
        "<html><body>no</body></html>",
        "<opml><body><outline",
        opml("<outline")[:-20],
        "<rss version='2.0'><channel/></rss>",
    ],
)
def test_what_is_no_list_is_told_with_its_name(text: str) -> None:
    with pytest.raises(SettingsError, match=r"feeds\.opml"):
        read_opml(text, "feeds.opml")


def test_entities_of_an_attacker_are_refused() -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(9))
    body = '<outline text="&l8;" type="rss" xmlUrl="https://a.example/f"/>'
    text = f"<!DOCTYPE opml [{lol}]>" + opml(body).split("?>", 1)[1]
    with pytest.raises(SettingsError):
        read_opml(text, "feeds.opml")


# --- groups, mistakes, limits ------------------------------------------------------------------------------


def test_a_feed_remembers_the_groups_around_it() -> None:
    text = opml('<outline text="AI &amp; more"><outline title="Labs"><outline text="A" xmlUrl="https://a.example/f"/></outline></outline><outline text="B" xmlUrl="https://b.example/f"/>')  # fmt: skip
    first, second = read_list(text, "x.opml").outlines
    assert first.attributes["group"] == "AI & more / Labs"
    assert "group" not in second.attributes


def test_what_cannot_be_read_is_told_by_its_line_and_nothing_else_is_lost() -> None:
    body = """
    <outline text="Group"><outline text="A" type="rss" xmlUrl="https://a.example/f"/>
    <outline text="B" type="rss"/>
    <outline text="C" type="rss" xmlUrl="javascript:alert(1)"/>
    <outline text="D" type="rss" xmlUrl=""/>
    <outline text="a link" type="link" url="https://b.example/"/>
    <outline text="a note"/>
    <outline text="E" xmlurl="http://e.example/f"/></outline>"""
    found = read_list(opml(body), "x.opml")
    assert [o.title for o in found.outlines] == ["A", "E"]
    assert found.problems == (
        "line 3: no xmlUrl (B)",
        "line 4: `javascript:alert(1)` is not a web address",
        "line 5: no xmlUrl (D)",
    )


def test_a_list_within_a_list_is_named_and_links_are_none() -> None:
    body = """
    <outline text="More" type="include" url="https://b.example/more.opml"/>
    <outline text="Others" type="include" xmlUrl="https://b.example/others"/>
    <outline text="A third" type="link" url="https://c.example/third.OPML"/>
    <outline text="A page" type="link" url="https://d.example/"/>
    <outline text="A" type="rss" xmlUrl="https://a.example/f"/>
    <outline text="B" type="link" xmlUrl="https://b.example/f"/>"""
    result = read_list(opml(body), "x.opml")
    assert [outline.title for outline in result.outlines] == ["A", "B"]
    named = "its feeds are in another list, which /import takes:"
    assert result.problems == (
        f"line 2: {named} https://b.example/more.opml",
        f"line 3: {named} https://b.example/others",
        f"line 4: {named} https://c.example/third.OPML",
    )


@pytest.mark.parametrize("name", ["xmlUrl", "xmlurl", "XMLURL", "xmlURL", "XmlUrl"])
def test_addresses_are_found_in_any_spelling(name: str) -> None:
    (found,) = read_opml(opml(f'<outline text="A" {name}=" https://a.example/f "/>'), "x.opml")
    assert found.url == "https://a.example/f"


@pytest.mark.parametrize(
    ("written", "title"),
    [("AT&amp;amp;T", "AT&T"), ("AT&amp;T", "AT&T"), ("Caf&amp;eacute;", "Café"), ("1 &amp;lt; 2", "1 < 2"), ("R&D", "R&D"), ("A &amp; B", "A & B"), ("&amp;amp;lt;", "&lt;")],
)  # fmt: skip
def test_text_escaped_twice_is_unescaped_once(written: str, title: str) -> None:
    (found,) = read_opml(opml(f'<outline text="{written}" xmlUrl="https://a.example/f"/>'), "x.opml")
    assert found.title == title


def test_an_address_keeps_its_entities() -> None:
    body = '<outline text="A" xmlUrl="https://a.example/f?a=1&amp;lt;=2&amp;copy=3"/>'
    (found,) = read_opml(opml(body), "x.opml")
    assert found.url == "https://a.example/f?a=1&lt;=2&copy=3"


def test_five_thousand_feeds_are_read_in_a_moment() -> None:
    rows = "".join(
        f'<outline text="Feed {n}" type="rss" xmlUrl="https://{n}.example/f"/>' for n in range(5000)
    )
    before = time.process_time()
    found = read_list(opml(f'<outline text="All">{rows}</outline>'), "x.opml")
    assert len(found.outlines) == 5000
    assert time.process_time() - before < 2


def test_a_directory_of_the_web_is_refused_with_its_limit() -> None:
    rows = "".join(f'<outline xmlUrl="https://{n}.example/f"/>' for n in range(MOST + 1))
    with pytest.raises(SettingsError, match=r"x\.opml names more than 10,000 feeds"):
        read_list(opml(rows), "x.opml")
    with pytest.raises(SettingsError, match=r"x\.opml is larger than 5 MB"):
        read_list(opml(" " * LARGEST), "x.opml")


def test_groups_without_end_stay_bounded() -> None:
    deep = 200
    text = opml('<outline text="g">' * deep + '<outline xmlUrl="https://a.example/f"/>' + "</outline>" * deep)
    (found,) = read_opml(text, "x.opml")
    assert len(found.attributes["group"]) < 200


def test_a_list_that_is_written_reads_as_the_same_list() -> None:
    body = """<outline text="Labs"><outline text="Near"><outline text="A “x” &amp; y" type="rss" xmlUrl="https://a.example/f?x=1&amp;y=2"
      htmlUrl="https://a.example/" language="it" kind="lab blog" weight="1.3" aiOnly="yes" outlet="A Labs"/></outline>
      <outline text="B" xmlUrl="https://b.example/f" type="rss"/></outline><outline text="模型" type="rss" xmlUrl="https://c.example/f"/>"""
    first = read_list(opml(body), "x.opml").outlines
    written = write_list("Mine", first)
    assert read_list(written, "x.opml").outlines == first
    assert 'xmlUrl="https://a.example/f?x=1&amp;y=2"' in written
    assert 'htmlUrl="https://a.example/"' in written
    assert 'aiOnly="yes"' in written
    assert write_list("Mine", read_list(written, "x.opml").outlines) == written


def test_what_xml_cannot_hold_is_left_out() -> None:
    written = write_list("M\x00", [Outline("https://a.example/f", "A\x0b\ud800B", {"group": "\x01G"})])
    (found,) = read_list(written, "x.opml").outlines
    assert (found.title, found.attributes["group"]) == ("AB", "G")


def test_a_list_of_nothing_but_mistakes_stays_bounded() -> None:
    with pytest.raises(SettingsError, match="names more than 10,000 feeds"):
        read_list(opml('<outline type="rss"/>' * (MOST + 1)), "x.opml")


def test_an_outline_without_end_is_refused_at_once() -> None:
    many = " ".join(f'a{n}=""' for n in range(300_000))
    before = time.process_time()
    with pytest.raises(SettingsError, match="a tag of more than 16 KB"):
        read_list(opml(f"<outline {many}/>"), "x.opml")
    assert time.process_time() - before < 2


def test_attributes_out_of_order_are_read_where_they_can_only_mean_one_thing() -> None:
    body = """<outline type="rss" text="say "hi" now" xmlUrl="https://a.example/f"/>
    <outline text=B xmlUrl=https://b.example/f />
    <outline text="5 < 6" xmlUrl="https://c.example/f"/>
    <outline text="D" text="d" xmlUrl="https://d.example/f"/>
    <outline text='E xmlUrl='https://e.example/f'/>
    <outline text="F" xmlUrl="https://f.example/f"/>"""
    found = read_list(opml(body), "x.opml")
    assert [o.url for o in found.outlines] == [f"https://{letter}.example/f" for letter in "abcdef"]
    assert [o.title for o in found.outlines] == ['say "hi" now', "B", "5 < 6", "D", "E", "F"]
    assert found.problems == ()


def test_what_is_beyond_mending_is_named_by_its_line_in_plain_words() -> None:
    body = '<outline text="A" xmlUrl="https://a.example/f"/>\n<outline text="B" "https://b.example/f"/>'
    found = read_list(opml(body), "x.opml")
    assert [o.title for o in found.outlines] == ["A"]
    assert [problem.split(":")[0] for problem in found.problems] == ["line 2"]
    assert "AttValue" not in found.problems[0]
    assert "construct" not in found.problems[0]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://a.example/f?x=1&amp;amp;y=2", "https://a.example/f?x=1&y=2"), ("https://a.example/f?x=1&amp;amp;copy=2", "https://a.example/f?x=1&copy=2"),
        ("rss://a.example/f", "https://a.example/f"), ("pcast://a.example/f", "https://a.example/f"), ("itpc://a.example/f", "https://a.example/f"),
        ("feed:https://a.example/f", "https://a.example/f"), ("feed://http://a.example/f", "http://a.example/f"), ("feed:a.example/f", "https://a.example/f"),
        ("RSS:https://a.example/f", "https://a.example/f"), ("podcast://a.example/f", "https://a.example/f"), ("//a.example/f", "https://a.example/f"),
    ],
)  # fmt: skip
def test_schemes_that_only_say_what_an_address_is_for(written: str, address: str) -> None:
    (found,) = read_opml(opml(f'<outline text="A" xmlUrl="{written}"/>'), "x.opml")
    assert found.url == address
    assert typed_address(written.replace("&amp;amp;", "&amp;")) == address


def test_an_outline_without_an_address_is_counted() -> None:
    body = """<outline text="A" xmlUrl="https://a.example/f"/>
    <outline text="B" htmlUrl="https://b.example/"/>
    <outline type="rss" text="C" url="https://c.example/f"/>
    <outline type="atom" text="D"/>"""
    found = read_list(opml(body), "x.opml")
    assert [o.url for o in found.outlines] == ["https://a.example/f", "https://c.example/f"]
    assert found.problems == ("line 2: no xmlUrl (B)", "line 4: no xmlUrl (D)")


def test_outlines_without_an_address_on_one_line_are_told_by_their_names() -> None:
    body = (
        '<outline text="Labs"><outline title="Owl &amp;amp; more" type="rss"/><outline text="A" xmlUrl="https://a.example/f"/>'
        f'<outline type="rss"/><outline type="rss" text="{"long name " * 30}"/></outline>'
    )
    found = read_list(opml(body).replace("\n", ""), "x.opml")
    assert [outline.title for outline in found.outlines] == ["A"]
    assert found.problems[:2] == ("line 1: no xmlUrl (Owl & more)", "line 1: no xmlUrl")
    assert len(found.problems[2]) < 100


def test_a_prefix_that_nobody_declared_loses_nothing() -> None:
    written = (
        '<opml version="2.0"><body><outline text="A" frss:x="1" xmlUrl="https://a.example/f"/>'
        '<x:note/><outline text="B" xmlUrl="https://b.example/f"/></body></opml>'
    )
    assert [outline.url for outline in read_list(written, "list").outlines] == [
        "https://a.example/f",
        "https://b.example/f",
    ]
