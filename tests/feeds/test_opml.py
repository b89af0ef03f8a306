"""Lists of feeds."""

import pytest

from bot.errors import SettingsError
from bot.feeds.opml import read_opml, write_opml


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
