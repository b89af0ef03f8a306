"""Lists of feeds with an address a line, as people write them down."""

import pytest

from bot.errors import SettingsError
from bot.feeds.opml import read_list

WRITTEN = """# labs that I follow
https://lab.example/feed.xml
Halden Labs, https://halden.example/rss
"Ostrava Papers";"https://ostrava.example/atom.xml";"en"
• Wire – https://wire.example/feed
https://lab.example/feed.xml

nothing here
"""


def test_addresses_a_line_are_a_list_with_their_names() -> None:
    listed = read_list(WRITTEN, "feeds.txt")
    assert [(outline.title, outline.url) for outline in listed.outlines] == [
        ("https://lab.example/feed.xml", "https://lab.example/feed.xml"),
        ("Halden Labs", "https://halden.example/rss"),
        ("Ostrava Papers en", "https://ostrava.example/atom.xml"),
        ("Wire", "https://wire.example/feed"),
    ]
    assert listed.problems == ("line 8: no address (nothing here)",)


@pytest.mark.parametrize(
    "text", ["", "my feeds", "See https://lab.example/feed.xml\nfor more of it\nand then\nsome words"]
)
def test_any_other_text_is_told_what_a_list_is(text: str) -> None:
    with pytest.raises(SettingsError, match="neither tags nor an address a line"):
        read_list(text, "feeds.txt")


def test_more_addresses_than_a_list_may_have_are_refused() -> None:
    text = "\n".join(f"https://lab.example/{n}" for n in range(10_001))
    with pytest.raises(SettingsError, match="more than 10,000 feeds"):
        read_list(text, "feeds.txt")
