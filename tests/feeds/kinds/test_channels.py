"""Channels of Telegram, podcasts, posts and changelogs in their real shape, and the line that each gives a digest."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest

from bot.errors import NotAFeed
from bot.feeds.listing.read import read_listing
from bot.feeds.parse import parse
from bot.feeds.sites import of_site
from bot.model import ParsedEntry

NOW = datetime(2026, 9, 21, 9, 0, tzinfo=UTC)
VIEW = "https://t.me/s/haldenlabs"


def message(number: int, words: str, more: str = "", kind: str = "") -> str:
    return f"""
<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap {kind} js-widget_message" data-post="haldenlabs/{number}" data-view="ey">
 <div class="tgme_widget_message_user"><a href="https://t.me/haldenlabs"><i class="tgme_widget_message_user_photo bgcolor2" data-content="H"></i></a></div>
 <div class="tgme_widget_message_bubble">
  <div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/haldenlabs"><span dir="auto">Halden Labs</span></a></div>
  {more}<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>
  <div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short js-message_info">
   <span class="tgme_widget_message_views">12.3K</span><span class="copyonly"> views</span><span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" href="https://t.me/haldenlabs/{number}"><time datetime="2026-09-20T1{number % 10}:00:00+00:00" class="time">10:00</time></a></span>
  </div></div>
 </div>
</div></div>"""


def channel(*messages: str) -> bytes:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Halden Labs – Telegram</title><meta property="og:title" content="Halden Labs"></head>
<body class="widget_frame_base tgme_webpreview"><header><div class="tgme_channel_info_header_title"><span dir="auto">Halden Labs</span></div></header>
<section class="tgme_channel_history js-message_history">{"".join(messages)}</section></body></html>""".encode()


REPLY = '<a class="tgme_widget_message_reply" href="https://t.me/haldenlabs/1"><div class="tgme_widget_message_text js-message_reply_text">An older message</div></a>'
PHOTO = '<a class="tgme_widget_message_photo_wrap" href="https://t.me/haldenlabs/412" style="width:800px;background-image:url(\'https://cdn4.example/file/x.jpg\')"><div></div></a>'
WEIGHTS = '<b>The weights of Corvid 3 are free.</b> <i class="emoji" style="x"><b>🚀</b></i><br/><br/>The model has 70 billion parameters &amp; reads <a href="https://lab.example/c">whole libraries</a>.'


def test_a_channel_of_telegram_is_a_feed_of_its_messages() -> None:
    view = channel(
        message(411, "Robots count tiles in Pisa. They began on Monday.", REPLY),
        message(412, WEIGHTS, PHOTO),
        message(413, "Channel photo updated", kind="service_message"),
        message(414, ""),
    )
    feed = parse(view, VIEW, "text/html", NOW)
    assert (feed.title, feed.language, feed.home, feed.min_interval) == ("Halden Labs", "en", VIEW, 3600)
    first, second = feed.entries
    assert (first.title, first.link) == ("The weights of Corvid 3 are free.", "https://t.me/haldenlabs/412")
    assert (
        first.text
        == "The weights of Corvid 3 are free. 🚀\n\nThe model has 70 billion parameters & reads whole libraries."
    )
    assert first.published == datetime(2026, 9, 20, 12, tzinfo=UTC)
    assert first.image == "https://cdn4.example/file/x.jpg"
    assert second.title == "Robots count tiles in Pisa."
    assert "older message" not in second.text


@pytest.mark.parametrize("address", ["https://t.me/haldenlabs", "https://t.me/s/haldenlabs", "https://t.me/haldenlabs/412", "https://telegram.me/haldenlabs", "https://t.me/s/haldenlabs?before=400"])  # fmt: skip
def test_every_address_of_a_channel_leads_to_its_view(address: str) -> None:
    assert of_site(address) == (VIEW,)


@pytest.mark.parametrize(
    "address", ["https://t.me/joinchat/AAAA", "https://t.me/+AbCdEf", "https://t.me/share/url?url=x"]
)
def test_what_is_no_channel_leads_nowhere(address: str) -> None:
    assert of_site(address) == ()


def test_only_telegram_s_own_pages_are_channels() -> None:
    with pytest.raises(NotAFeed):
        parse(channel(message(1, "Words of another.")), "https://news.example/", "text/html", NOW)


# --- podcasts ----------------------------------------------------------------------------------------------

NOTES = """<p>Ann Berg and Bo Lind talk about Corvid 3, which reads whole libraries, and about where it still fails.</p>
<p>{sponsor}</p><p>They also explain why the weights are free.</p>
<p>Links:<br>https://lab.example/corvid<br>https://pod.example/42</p><p>0:00 Beginning<br>12:30 Libraries</p><p>#ai #podcast</p>"""


def episode(sponsor: str) -> Sequence[ParsedEntry]:
    return read_notes(NOTES.format(sponsor=sponsor))


def read_notes(notes: str) -> Sequence[ParsedEntry]:
    """Return an episode with some notes, of a feed in RSS and of one in JSON."""
    item = (
        "<item><title>42: Whole libraries</title><guid isPermaLink='false'>42</guid><link>https://pod.example/42</link>"
        f"<enclosure url='https://pod.example/42.mp3' length='1' type='audio/mpeg'/><description>{escape(notes)}</description></item>"
    )
    body = f'<?xml version="1.0"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Pod</title><link>https://pod.example/</link>{item}</channel></rss>'
    document = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Pod",
        "items": [{"id": "42", "title": "42: Whole libraries", "url": "https://pod.example/42", "content_html": notes, "attachments": [{"url": "https://pod.example/42.mp3", "mime_type": "audio/mpeg"}]}],
    }  # fmt: skip
    return (
        *parse(body.encode(), "https://pod.example/f", "", NOW).entries,
        *parse(json.dumps(document).encode(), "https://pod.example/f", "", NOW).entries,
    )


@pytest.mark.parametrize(
    "sponsor",
    [
        "This episode is brought to you by Tin Bank, the bank for robots. Use code TIN.", "Today's episode is sponsored by Tin Bank.", "Sponsors: Tin Bank and others.", "Support the show with ten euros.",
        "Questa puntata è offerta da Tin Bank.", "Diese Folge wird präsentiert von Tin Bank.", "Werbung: Tin Bank", "Cet épisode est sponsorisé par Tin Bank.",
        "Este episodio está patrocinado por Tin Bank.", "Este episódio é patrocinado pelo Tin Bank.", "本期节目由锡银行赞助播出。", "このエピソードは錫銀行の提供でお送りします。",
    ],
)  # fmt: skip
def test_an_episode_s_notes_are_without_their_sponsors(sponsor: str) -> None:
    for entry in episode(sponsor):
        assert entry.title == "42: Whole libraries"
        assert entry.text == (
            "Ann Berg and Bo Lind talk about Corvid 3, which reads whole libraries, and about where it still fails.\n\n"
            "They also explain why the weights are free."
        )


def test_notes_in_plain_text_are_looked_at_line_by_line() -> None:
    told = "Ann talks with Ben about Heron 4."
    for notes in (
        f"{told}\nThis episode is brought to you by Tin Bank: tin.example/robots\n00:00 Intro\n01:20 Heron",
        f"{told}<br>Sponsor: Tin Bank<br>(00:00) Intro<br>(01:20) Heron",
        f"{told}\nTranscript: https://pod.example/42.txt",
    ):
        for entry in read_notes(notes):
            assert entry.text == told


def test_what_is_no_episode_keeps_its_sponsors() -> None:
    words = "Sponsors: who pays for open models, and why it matters for the rest of us."
    body = f"<rss version='2.0'><channel><title>N</title><item><title>T</title><description>{words}</description></item></channel></rss>"
    assert parse(body.encode(), "https://news.example/", "", NOW).entries[0].text == words


# --- posts, changelogs -------------------------------------------------------------------------------------


def test_posts_of_mastodon_and_bluesky_are_called_after_their_first_sentence() -> None:
    toot = '<p>Corvid 3 reads whole libraries. We tried it on a newspaper from Bergen. <a href="https://social.example/tags/ai" class="mention hashtag" rel="tag">#<span>ai</span></a></p>'
    mastodon = f'<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Ann Berg</title><link>https://social.example/@ann</link><item><guid isPermaLink="true">https://social.example/@ann/1</guid><link>https://social.example/@ann/1</link><pubDate>Sun, 20 Sep 2026 10:00:00 +0000</pubDate><description>{escape(toot)}</description></item></channel></rss>'
    bluesky = '<rss version="2.0"><channel><title>@ann.example - Ann Berg</title><link>https://bsky.app/profile/ann.example</link><item><link>https://bsky.app/profile/ann.example/post/3k</link><description>Corvid 3 reads whole libraries. We tried it\n\non a newspaper from Bergen.</description><pubDate>20 Sep 2026 10:00 +0000</pubDate><guid isPermaLink="false">at://did:plc:x/app.bsky.feed.post/3k</guid></item></channel></rss>'
    for document in (mastodon, bluesky):
        (entry,) = parse(document.encode(), "https://social.example/f", "", NOW).entries
        assert (entry.title, entry.published) == (
            "Corvid 3 reads whole libraries.",
            datetime(2026, 9, 20, 10, tzinfo=UTC),
        )
        assert "newspaper from Bergen" in entry.text
        assert entry.link.startswith("https://")


def test_entries_of_a_changelog_are_parts_of_its_page() -> None:
    entries = "".join(
        f'<h2 id="2026-09-{day}"><a href="#2026-09-{day}">September {day}, 2026</a></h2><h3>{title}</h3><p>{title} for every key, without a further charge and at once.</p>'
        for day, title in (
            (20, "The batch endpoint takes images"),
            (18, "Speech models speak Welsh"),
            (15, "Old keys stop in November"),
            (11, "Answers stream faster"),
        )
    )
    page = f"<!doctype html><html lang='en'><head><title>Changelog</title></head><body><main><h1>Changelog</h1>{entries}</main></body></html>"
    feed = read_listing(page.encode(), "https://lattice.example/changelog", "text/html", NOW)
    assert [entry.link for entry in feed.entries][:2] == [
        "https://lattice.example/changelog#2026-09-20",
        "https://lattice.example/changelog#2026-09-18",
    ]
    assert next(entry.published for entry in feed.entries) == datetime(2026, 9, 20, tzinfo=UTC)


HOTTEST = [
    {
        "short_id": "k4vd1x", "short_id_url": "https://lobste.rs/s/k4vd1x", "created_at": "2026-09-20T05:12:44.000-05:00",
        "title": "Corvid 3 reads whole libraries at once", "url": "https://lab.example/corvid-3", "score": 42, "flags": 1, "comment_count": 30,
        "description": "", "description_plain": "", "comments_url": "https://lobste.rs/s/k4vd1x/corvid_3_reads_whole_libraries_at_once",
        "submitter_user": "ann", "user_is_author": False, "tags": ["ai", "vibecoding"],
    },
    {
        "short_id": "p0qpqn", "short_id_url": "https://lobste.rs/s/p0qpqn", "created_at": "2026-09-19T21:02:10.000-05:00", "title": "What do you read robots with?",
        "url": "", "score": 7, "flags": 0, "comment_count": 0, "description": "<p>We tried <em>three</em> parsers.</p>\n", "description_plain": "We tried *three* parsers.",
        "comments_url": "https://lobste.rs/s/p0qpqn/what_do_you_read_robots_with", "submitter_user": {"username": "bo"}, "tags": ["ask"],
    },
]  # fmt: skip


def test_lobsters_tells_points_and_comments_in_its_json() -> None:
    feed = parse(json.dumps(HOTTEST).encode(), "https://lobste.rs/hottest.json", "application/json", NOW)
    link, question = feed.entries
    assert (feed.home, feed.min_interval) == ("https://lobste.rs/", 3600)
    assert (link.guid, link.link, link.text) == (
        "https://lobste.rs/s/k4vd1x",
        "https://lab.example/corvid-3",
        "",
    )
    assert (link.points, link.comments, link.author) == (42, 30, "ann")
    assert link.published == datetime(2026, 9, 20, 10, 12, 44, tzinfo=UTC)
    assert question.link == "https://lobste.rs/s/p0qpqn/what_do_you_read_robots_with"
    assert (question.text, question.points, question.comments, question.author) == (
        "We tried *three* parsers.",
        7,
        0,
        "bo",
    )


@pytest.mark.parametrize(
    "odd",
    [
        {"score": True},
        {"score": "many"},
        {"tags": None},
        {"url": None},
        {"submitter_user": None},
        {"created_at": 5},
    ],
)
def test_odd_values_in_a_list_of_links_cost_themselves_alone(odd: dict[str, object]) -> None:
    feed = parse(
        json.dumps([{**HOTTEST[0], **odd}, HOTTEST[1]]).encode(), "https://lobste.rs/t/ai.json", "", NOW
    )
    assert [entry.title for entry in feed.entries] == [str(item["title"]) for item in HOTTEST]


def test_other_lists_in_json_are_no_feeds() -> None:
    for document in ("[]", '[{"title": "One"}]', "[1, 2, 3]"):
        with pytest.raises(NotAFeed):
            parse(document.encode(), "https://lobste.rs/x.json", "", NOW)
