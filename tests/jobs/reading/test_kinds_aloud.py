"""Public sources in their real shape, from a poll to the line of a digest, as it is read aloud."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest

from bot.store import feeds
from tests.feeds.kinds.test_channels import channel, message
from tests.support.world import World

DATE, STAMP = "Mon, 02 Mar 2026 08:00:00 +0000", "2026-03-02T08:00:00Z"
ABSTRACT = "A small language model reads 70 whole libraries at once on a single card."
REST = "Engineers in Oslo trained Corvid 3 with 70 billion parameters on public libraries. Halden Labs gives the weights away under a free licence."


@dataclass(frozen=True, kw_only=True)
class Source:
    """A public source: where it is, what it holds once something is new, and the lines that a digest makes of that."""

    url: str
    new: str
    headline: str
    text: str = ""
    counts: str = ""


def rss(*items: str) -> str:
    return f'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Source</title><link>https://source.example/</link>{"".join(items)}</channel></rss>'


def item(title: str, link: str, markup: str, more: str = "", date: str = DATE) -> str:
    heading = f"<title>{escape(title)}</title>" if title else ""
    return f"<item>{heading}<guid>{link}</guid><link>{link}</link><pubDate>{date}</pubDate><description>{escape(markup)}</description>{more}</item>"


RELEASE = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Release notes from corvid-llm</title><id>tag:github.com,2008:corvid</id><entry>
<id>tag:github.com,2008:Repository/1/v0.9.2</id><updated>{STAMP}</updated><link rel="alternate" href="https://github.com/halden/corvid-llm/releases/tag/v0.9.2"/><title>v0.9.2</title>
<content type="html">{escape("<h2>What's Changed</h2><ul><li>feat: the language model reads whole libraries by @ann in #9</li><li>fix: no empty answers after a stop word by @bob in #10</li></ul><p>Full Changelog: v0.9.1...v0.9.2</p>")}</content></entry></feed>"""
HACKER_NEWS = rss(item("Halden Labs opens its language model Corvid 3", "https://lab.example/corvid", f'<p>{REST}</p><p>Article URL: <a href="https://lab.example/corvid">https://lab.example/corvid</a></p><p>Comments URL: <a href="https://news.ycombinator.com/item?id=1">https://news.ycombinator.com/item?id=1</a></p><p>Points: 42</p><p># Comments: 30</p>'))  # fmt: skip
LOBSTERS = json.dumps([{
    "short_id": "k4vd1x", "short_id_url": "https://lobste.rs/s/k4vd1x", "created_at": STAMP, "title": "Halden Labs opens its language model Corvid 3",
    "url": "https://lab.example/corvid", "score": 42, "flags": 0, "comment_count": 30, "description": f"<p>{REST}</p>", "description_plain": REST,
    "comments_url": "https://lobste.rs/s/k4vd1x/corvid", "submitter_user": "ann", "tags": ["ai"],
}])  # fmt: skip
PAPERS = rss(
    item("Reading Libraries with a Large Language Model", "https://arxiv.org/abs/2603.00001", f"arXiv:2603.00001v1 Announce Type: new \nAbstract: {ABSTRACT}"),
    item("Replaced Paper on Language Models", "https://arxiv.org/abs/2501.00001", "arXiv:2501.00001v3 Announce Type: replace \nAbstract: We have changed a comma."),
)  # fmt: skip
VIDEO = f"""<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><title>Halden Labs</title><entry><id>yt:video:abcdefghijk</id><title>Halden Labs shows its language model Corvid 3</title>
<link rel="alternate" href="https://www.youtube.com/watch?v=abcdefghijk"/><author><name>Halden Labs</name></author><published>{STAMP}</published><media:group><media:title>Halden Labs shows its language model Corvid 3</media:title>
<media:description>{REST}

Subscribe for more: https://lab.example/subscribe
0:00 Start
#corvid #ai</media:description></media:group></entry></feed>"""
POST = f"Halden Labs opens its language model Corvid 3. {REST}"
MASTODON = rss(item("", "https://social.example/@halden/1", f'<p>{POST} <a href="https://social.example/tags/ai" class="mention hashtag" rel="tag">#<span>ai</span></a></p>'))  # fmt: skip
BLUESKY = rss(f'<item><link>https://bsky.app/profile/halden.example/post/3k</link><description>{POST}</description><pubDate>02 Mar 2026 08:00 +0000</pubDate><guid isPermaLink="false">at://did:plc:x/app.bsky.feed.post/3k</guid></item>')  # fmt: skip
TELEGRAM = channel(message(418, f"<b>Halden Labs opens its language model Corvid 3.</b><br/><br/>{REST}")).decode().replace("2026-09-20T18", "2026-03-02T08")  # fmt: skip
PODCAST = rss(item("42: Halden Labs on its language model Corvid 3", "https://pod.example/42", f"<p>{REST}</p><p>This episode is brought to you by Tin Bank. Use code TIN.</p>", "<enclosure url='https://pod.example/42.mp3' length='1' type='audio/mpeg'/>"))  # fmt: skip


OPENS, SHOWS = (
    "Halden Labs opens its language model Corvid 3",
    "Halden Labs shows its language model Corvid 3",
)
PLACE = "https://bsky.app/profile/halden.example/rss"
SOURCES: Mapping[str, Source] = {
    "release": Source(url="https://github.com/halden/corvid-llm/releases.atom", new=RELEASE, headline="corvid-llm v0.9.2: the language model reads whole libraries"),
    "hacker news": Source(url="https://hnrss.org/frontpage", new=HACKER_NEWS, headline=OPENS, text=REST, counts="42 points, 30 comments"),
    "lobsters": Source(url="https://lobste.rs/hottest.json", new=LOBSTERS, headline=OPENS, text=REST, counts="42 points, 30 comments"),
    "arxiv": Source(url="https://rss.arxiv.org/rss/cs.CL", new=PAPERS, headline="Reading Libraries with a Large Language Model", text=ABSTRACT),
    "youtube": Source(url="https://www.youtube.com/feeds/videos.xml?channel_id=UC1", new=VIDEO, headline=SHOWS),
    "mastodon": Source(url="https://social.example/@halden.rss", new=MASTODON, headline=f"{OPENS}.", text=REST),
    "bluesky": Source(url=PLACE, new=BLUESKY, headline=f"{OPENS}.", text=REST),
    "telegram": Source(url="https://t.me/s/haldenlabs", new=TELEGRAM, headline=f"{OPENS}.", text=REST),
    "podcast": Source(url="https://pod.example/feed", new=PODCAST, headline="42: Halden Labs on its language model Corvid 3", text=REST),
}  # fmt: skip
SILENT = ("What's Changed", "Full Changelog", "@ann", "Points:", "Article URL", "Announce Type", "Subscribe for more", "#corvid", "Tin Bank", "changed a comma")  # fmt: skip
"""What is in the sources and in no digest."""


async def shown_in_digest(world: World, source: Source) -> dict[str, Any]:
    """Return what a digest shows of a source that was added before it."""
    world.web.documents[source.url] = source.new.encode()
    declared = feeds.DeclaredFeed(
        url=source.url, url_key=source.url, title="Source", outlet="Source", language="en"
    )
    async with world.store.write() as tx:
        feed_id = await feeds.add(tx, declared, "config")
    place = await world.channel()
    await world.wants(place, "10:00", topic="all", feed_ids=(feed_id,))
    await world.settle()
    world.clock.advance(timedelta(hours=1))
    await world.settle()
    (shown,) = world.platform.chats[place.address]
    return dict(shown.payload)


@pytest.mark.parametrize("name", SOURCES)
async def test_a_source_is_read_aloud_as_its_kind_means_it(world: World, name: str) -> None:
    source = SOURCES[name]
    digest = await shown_in_digest(world, source)
    lines = [*digest["tail"], *(f"{story['headline']}\n{story['text']}" for story in digest["stories"])]
    (line,) = lines
    assert line == (f"{source.headline}\n{source.text}" if source.text else source.headline)
    (entry,) = await world.entries()
    assert not [words for words in SILENT if words in f"{entry.title} {entry.text}"]
    counts = f"{entry.points} points, {entry.comments} comments" if entry.points is not None else ""
    assert counts == source.counts


async def test_a_post_is_not_said_again_below_its_first_sentence(world: World) -> None:
    post = "Halden Labs opens its language model Corvid 3. Its weights are free. It was trained in Oslo."
    digest = await shown_in_digest(world, replace(SOURCES["bluesky"], new=BLUESKY.replace(POST, post)))
    (story,) = digest["stories"]
    assert story["headline"] == "Halden Labs opens its language model Corvid 3."
    assert "opens its language model" not in story["text"]
