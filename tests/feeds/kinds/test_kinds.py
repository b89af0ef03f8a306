"""Feeds of public sources in their real shape, read as they are meant."""

import json
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest

from bot.feeds.kinds.posts import title_of_post
from bot.feeds.parse import parse
from bot.model import ParsedEntry

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = "<updated>2026-03-01T08:00:00Z</updated>"


def atom(*entries: str) -> list[ParsedEntry]:
    body = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/atom"><title>T</title>{"".join(entries)}</feed>'
    return list(
        parse(body.replace("2005/atom", "2005/Atom").encode(), "https://feed.example/f", "", NOW).entries
    )


def rss(*items: str) -> list[ParsedEntry]:
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://feed.example/</link>{"".join(items)}</channel></rss>'
    return list(parse(body.encode(), "https://feed.example/f", "", NOW).entries)


def release(
    title: str, notes: str, link: str = "https://github.com/halden/corvid-serve/releases/tag/v0.9.2"
) -> ParsedEntry:
    (entry,) = atom(
        f'<entry><id>tag:github.com,2008:Repository/1/{title}</id>{DAY}<link rel="alternate" href="{link}"/><title>{title}</title>'
        f'<content type="html">{escape(notes)}</content></entry>'
    )
    return entry


NOTES = """<h2>What's Changed</h2><ul>
<li>chore(deps): bump pillow from 11 to 12 by @robot[bot] in <a href="https://github.com/halden/corvid-serve/pull/8">#8</a></li>
<li>feat: prefill is twice as fast on small cards by @ann in <a href="https://github.com/halden/corvid-serve/pull/9">#9</a></li>
<li>fix: no more empty answers after a stop word by @bob in <a href="https://github.com/halden/corvid-serve/pull/10">#10</a></li>
</ul><h2>New Contributors</h2><ul><li>@bob made their first contribution in <a href="https://github.com/halden/corvid-serve/pull/10">#10</a></li></ul>
<p><strong>Full Changelog</strong>: <a href="https://github.com/halden/corvid-serve/compare/v0.9.1...v0.9.2"><tt>v0.9.1...v0.9.2</tt></a></p>"""


def test_a_bare_version_gets_its_project_and_what_is_new() -> None:
    entry = release("v0.9.2", NOTES)
    assert entry.title == "corvid-serve v0.9.2: prefill is twice as fast on small cards"
    assert "What's Changed" not in entry.text
    assert "New Contributors" not in entry.text
    assert "first contribution" not in entry.text
    assert "Full Changelog" not in entry.text
    assert "@ann" not in entry.text
    assert "no more empty answers after a stop word" in entry.text


def test_a_release_with_a_name_keeps_it() -> None:
    entry = release("Corvid-Serve 1.0: the long summer", NOTES)
    assert entry.title == "Corvid-Serve 1.0: the long summer"


@pytest.mark.parametrize(
    ("title", "repository"),
    [("Corvid Serve 1.0: the long summer", "corvid-serve"), ("OpenHeron v2.0, wider", "open_heron")],
)
def test_a_name_is_known_in_any_spelling(title: str, repository: str) -> None:
    link = f"https://github.com/halden/{repository}/releases/tag/v1"
    assert release(title, NOTES, link).title == title


def test_a_release_without_notes_is_named_after_its_project() -> None:
    assert release("v0.9.2", "<p>No content.</p>").title == "corvid-serve v0.9.2"


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        ("<ul><li>a1b2c3d fix: typo</li><li>d4e5f6a feat: image input for vision models</li></ul>", "image input for vision models"),
        ("<p>See the changelog for details.</p><p>SHA256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08</p>", ""),
        ("<h1>Corvid Serve 0.9.2</h1><p>The API is stable after two years.</p>", "The API is stable after two years"),
        ("<h2>Was ist neu</h2><ul><li>Bilder werden verstanden.</li></ul>", "Bilder werden verstanden"),
        ("<h2>Novità</h2><ul><li>Legge i PDF in italiano.</li></ul>", "Legge i PDF in italiano"),
        ("<h2>Quoi de neuf ?</h2><p>Voir le journal des modifications.</p><ul><li>Le modèle lit les images.</li></ul>", "Le modèle lit les images"),
        ("<h2>Novedades</h2><ul><li>El modelo lee imágenes.</li></ul>", "El modelo lee imágenes"),
        ("<h2>O que há de novo</h2><ul><li>O modelo lê imagens.</li></ul>", "O modelo lê imagens"),
        ("<h2>更新内容</h2><ul><li>支持图像模型</li></ul>", "支持图像模型"),
        ("<h2>変更点</h2><ul><li>画像を読むモデルに対応</li></ul>", "画像を読むモデルに対応"),
        ("<ul><li>fix: crash on empty prompts</li><li>feat(server)!: speculative decoding</li></ul>", "speculative decoding"),
        ("<blockquote>[!WARNING]</blockquote><p>Prefill takes half the time.</p>", "Prefill takes half the time"),
        ("<p>Version 0.9.2 is here!</p><ul><li>Prefill takes half the time.</li></ul>", "Prefill takes half the time"),
        ("<pre><code>pip install corvid==0.9.2</code></pre><p>Prefill takes half the time.</p>", "Prefill takes half the time"),
        ("<ul><li>Merge pull request #4 from x/y</li><li>Bump actions/checkout from 3 to 4</li><li>perf: half the memory for long prompts</li></ul>", "half the memory for long prompts"),
        ("<p>Full notes: <a href='x'>https://lab.example/blog</a></p>", ""),
        ("<ul><li><strong>api:</strong> streaming of tool calls (<a href='x'>#12</a>) (<a href='y'>abc1234</a>)</li></ul>", "streaming of tool calls"),
        ("<p>詳細は<a href='x'>変更履歴</a>をご覧ください。</p><ul><li>画像モデルに対応</li></ul>", "画像モデルに対応"),
        ("<p>Para más detalles, consulte el registro de cambios.</p><p>El modelo lee imágenes.</p>", "El modelo lee imágenes"),
    ],
)  # fmt: skip
def test_the_headline_of_a_release_says_what_is_new(notes: str, told: str) -> None:
    assert release("v0.9.2", notes).title == ("corvid-serve v0.9.2" + (f": {told}" if told else ""))


CHANGESETS = """<h3>Minor Changes</h3><ul><li>#12 <code>abc1234</code> Thanks @ann! - Streams go on after the first tool call.</li></ul>
<h3>Patch Changes</h3><ul><li>Updated dependencies [<code>def5678</code>]<ul><li>@halden/core@2.1.0</li></ul></li></ul>"""


def test_a_release_of_changesets_is_read() -> None:
    entry = release("@halden/sdk@3.2.1", CHANGESETS)
    assert entry.title == "corvid-serve @halden/sdk@3.2.1: Streams go on after the first tool call"
    for frame in (
        "Minor Changes",
        "Patch Changes",
        "Updated dependencies",
        "@halden/core",
        "abc1234",
        "@ann",
    ):
        assert frame not in entry.text


def test_a_changelog_anywhere_names_what_its_versions_are_of() -> None:
    body = (
        '<rss version="2.0"><channel><title>Heron changelog</title><link>https://heron.example/</link>'
        "<item><title>v2.4.0</title><link>https://heron.example/log#240</link><guid>240</guid>"
        "<description>&lt;h3&gt;Added&lt;/h3&gt;&lt;p&gt;Agents read PDF files.&lt;/p&gt;</description></item>"
        "<item><title>42</title><guid>42</guid><description>The answer.</description></item></channel></rss>"
    )
    feed = parse(body.encode(), "https://heron.example/f", "", NOW)
    notes = {"version": "https://jsonfeed.org/version/1", "title": "Release notes | Heron"}
    items = [{"id": "1", "title": "2.4.0", "content_html": "<h3>Fixes</h3><p>Agents read PDF files.</p>"}]
    json_feed = parse(json.dumps(notes | {"items": items}).encode(), "https://heron.example/j", "", NOW)
    assert feed.entries[0].title == "Heron v2.4.0: Agents read PDF files"
    assert json_feed.entries[0].title == "Heron 2.4.0: Agents read PDF files"


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Release v1.2", "v1.2"), ("Version 1.2 is out", "1.2"), ("chore(release): 1.2", "1.2"), ("chore: release 1.2.0", "1.2.0"),
        ("Release notes for 1.2.0", "1.2.0"), ("1.2.0 (2026-03-01)", "1.2.0"), ("[release] 1.2.0", "1.2.0"), ("Announcing v1.2.0!", "v1.2.0"),
        ("Bump version to 1.2.0", "1.2.0"), ("Version 1.2 ist da", "1.2"), ("La version 1.2 est disponible", "1.2"), ("Ya está disponible la versión 1.2", "1.2"),
        ("La nuova versione 1.2 è disponibile", "1.2"), ("A versão 1.2 já está disponível", "1.2"), ("1.2版发布", "1.2"), ("バージョン1.2をリリースしました", "1.2"),
    ],
)  # fmt: skip
def test_a_title_that_only_says_that_a_version_is_there_says_of_what(title: str, number: str) -> None:
    assert release(title, NOTES).title == f"corvid-serve {number}: prefill is twice as fast on small cards"
    (entry,) = rss(
        f"<item><title>{title}</title><link>https://heron.example/log/12</link><description>{escape(NOTES)}</description></item>"
    )
    assert entry.title == f"T {number}: prefill is twice as fast on small cards"


@pytest.mark.parametrize(
    "title",
    [
        "Version 2 of the law is out", "Heron 1.2 is out", "Release of the new report", "1.2 million people were there", "Version 1.2 reads PDF files",
        "1.5 is the new 2.0", "v1.2 beta", "Die Version 1.2 des Gesetzes ist da", "Nvidia now at 4.5 trillion",
    ],
)  # fmt: skip
def test_a_title_that_says_more_than_a_version_is_kept(title: str) -> None:
    (entry,) = rss(f"<item><title>{title}</title><link>https://heron.example/log/12</link></item>")
    assert entry.title == title


@pytest.mark.parametrize(
    "link",
    [
        "https://codeberg.org/halden/corvid/releases/tag/v2",
        "https://gitlab.com/labs/halden/corvid/-/releases/v2",
        "https://gitlab.example.org/halden/corvid/-/tags/v2",
    ],
)
def test_other_forges_are_read_alike(link: str) -> None:
    assert (
        release("v2", "<p>Answers stream from the first word on.</p>", link).title
        == "corvid v2: Answers stream from the first word on"
    )


def test_what_is_no_release_stays_as_it_is() -> None:
    entry = release(
        "v2 of the report is out", "<h2>Highlights</h2><p>Text</p>", "https://lab.example/report/v2"
    )
    assert entry.title == "v2 of the report is out"
    assert "Highlights" in entry.text


VIDEO = """Ann Berg explains how Corvid 3 reads whole libraries, and where it still fails.
The talk was given in Oslo.

📚 Sources and further reading:
https://lab.example/corvid
Our course: https://school.example/corvid?code=ANN

0:00 Beginning
1:20 What a library is
#corvid #languagemodels"""


def test_a_video_s_description_ends_where_its_promotion_begins() -> None:
    (entry,) = atom(
        f'<entry xmlns:media="http://search.yahoo.com/mrss/"><id>yt:video:x</id>{DAY}<link rel="alternate" href="https://www.youtube.com/watch?v=x"/>'
        f"<title>How Corvid 3 reads libraries</title><media:group><media:description>{VIDEO}</media:description></media:group></entry>"
    )
    assert entry.text.startswith("Ann Berg explains how Corvid 3 reads whole libraries")
    for promotion in (
        "school.example",
        "Sources and further reading",
        "0:00",
        "What a library is",
        "#corvid",
    ):
        assert promotion not in entry.text


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("We read PDF files with Heron 4 on a CPU.\nPaper: https://lab.example/p", "We read PDF files with Heron 4 on a CPU."),
        ("Half the price: https://s.example\nAnn reads PDF files with Heron 4.\n#ai #heron", "Ann reads PDF files with Heron 4."),
        ("Ann reads PDF files.\r\n\r\nChapters:\r\n0:00 Intro\r\n1:20 Test\r\n1:03:00 End", "Ann reads PDF files."),
        ("Ann reads PDF files\nwith Heron 4, from\n18:00 to midnight.", "Ann reads PDF files with Heron 4, from 18:00 to midnight."),
        ("Ann reads files\nof 500 pages: one after\nthe other.", "Ann reads files of 500 pages: one after the other."),
    ],
)  # fmt: skip
def test_lines_of_a_description_that_lead_elsewhere_take_no_other_with_them(
    description: str, text: str
) -> None:
    (video,) = atom(
        f'<entry xmlns:media="http://search.yahoo.com/mrss/"><id>yt:video:x</id>{DAY}<link rel="alternate" href="https://www.youtube.com/watch?v=x"/>'
        f"<title>Heron</title><media:group><media:description>{description}</media:description></media:group></entry>"
    )
    assert video.text == text


@pytest.mark.parametrize(
    "description",
    [
        '<p>Article URL: <a href="https://lab.example/c">https://lab.example/c</a></p><p>Comments URL: <a href="https://news.ycombinator.com/item?id=1">https://news.ycombinator.com/item?id=1</a></p><p>Points: 42</p><p># Comments: 30</p>',
        '<a href="https://news.ycombinator.com/item?id=1">Comments</a>',
    ],
)
def test_points_and_comments_are_no_text(description: str) -> None:
    (entry,) = rss(
        f"<item><title>Corvid 3 is out</title><link>https://lab.example/c</link><description>{escape(description)}</description></item>"
    )
    assert (entry.title, entry.text) == ("Corvid 3 is out", "")


def test_a_post_with_words_keeps_them() -> None:
    words = "<p>We tried Corvid 3 for a week.</p><p>Points: 42</p>"
    (entry,) = rss(
        f"<item><title>Ask: is Corvid 3 any good?</title><link>https://lab.example/c</link><description>{escape(words)}</description></item>"
    )
    assert entry.text.startswith("We tried Corvid 3 for a week.")
    assert entry.points is None


def listed(points: int, comments: int, words: str = "") -> ParsedEntry:
    description = (
        f'{words}<p>Article URL: <a href="https://lab.example/c">https://lab.example/c</a></p><p>Comments URL: <a href="https://news.ycombinator.com/item?id=1">'
        f"https://news.ycombinator.com/item?id=1</a></p><p>Points: {points}</p><p># Comments: {comments}</p>"
    )
    (entry,) = rss(
        f"<item><title>Corvid 3 is out</title><link>https://lab.example/c</link><description><![CDATA[{description}]]></description></item>"
    )
    return entry


def test_points_and_comments_are_numbers() -> None:
    entry = listed(42, 30)
    assert (entry.text, entry.points, entry.comments) == ("", 42, 30)


def test_words_of_an_item_in_a_list_of_links_stay() -> None:
    entry = listed(7, 0, "<p>We tried Corvid 3 for a week.</p><hr>")
    assert (entry.text, entry.points, entry.comments) == ("We tried Corvid 3 for a week.", 7, 0)


def paper(kind: str) -> str:
    return (
        f"<item><title>Reading Libraries at Once</title><link>https://arxiv.org/abs/2603.0000{len(kind)}</link><guid>oai:arXiv.org:2603.0000{len(kind)}v1</guid>"
        f"<description>arXiv:2603.0000{len(kind)}v1 Announce Type: {kind} \nAbstract: We show that a small model reads whole libraries.</description></item>"
    )


def test_only_new_papers_are_news_and_begin_with_their_first_sentence() -> None:
    (entry,) = rss(*(paper(kind) for kind in ("new", "cross", "replace", "replace-cross")))
    assert entry.text == "We show that a small model reads whole libraries."


def test_a_post_without_a_title_is_called_after_its_first_sentence() -> None:
    post = "<p>Corvid 3 reads whole libraries at once. We tried it on the archive of a newspaper from Bergen, with its seventy thousand pages.</p>"
    (entry,) = rss(
        f"<item><link>https://social.example/@ann/1</link><description>{escape(post)}</description></item>"
    )
    assert entry.title == "Corvid 3 reads whole libraries at once."
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [{"id": "1", "url": "https://social.example/1", "content_html": post}],
    }
    (entry,) = parse(json.dumps(body).encode(), "https://social.example/f.json", "", NOW).entries
    assert entry.title == "Corvid 3 reads whole libraries at once."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        ("v1.2 is here. It is fast.", "v1.2 is here."),
        ("コルヴィド3が公開された。図書館を読む。", "コルヴィド3が公開された。"),
        ("word " * 40, ("word " * 19).strip() + "…"),
    ],
)
def test_a_title_is_a_sentence_or_is_cut_between_words(text: str, title: str) -> None:
    found = title_of_post(text)
    assert len(found) <= 101
    assert found == title or (title.endswith("…") and found.endswith("word…"))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Corvid 3 vs. Heron 4: which model reads more? We tried both.", "Corvid 3 vs. Heron 4: which model reads more?"),
        ("Dr. Klein shows a model. More soon.", "Dr. Klein shows a model."),
        ("Il dott. Rossi e la prof.ssa Neri aprono un laboratorio. Bene.", "Il dott. Rossi e la prof.ssa Neri aprono un laboratorio."),
        ("Kleine Modelle, z. B. mit 3,5 Mrd. Parametern, lesen viel. Ja.", "Kleine Modelle, z. B. mit 3,5 Mrd. Parametern, lesen viel."),
        ("M. Dupont ouvre un labo, p. ex. à Lyon. Oui.", "M. Dupont ouvre un labo, p. ex. à Lyon."),
        ("El Sr. López y la Dra. Ruiz abren un laboratorio. Sí.", "El Sr. López y la Dra. Ruiz abren un laboratorio."),
        ("O Dr. Silva abre um laboratório, p. ex. em Lisboa. Sim.", "O Dr. Silva abre um laboratório, p. ex. em Lisboa."),
        ("新しいモデルが公開されました。詳しくは明日。", "新しいモデルが公開されました。"),
        ("Wow! A model sings here. Listen.", "Wow! A model sings here."),
    ],
)  # fmt: skip
def test_a_post_is_not_cut_at_an_abbreviation(text: str, title: str) -> None:
    link = "https://social.example/@ann/1"
    (from_rss,) = rss(f"<item><link>{link}</link><description>{escape(text)}</description></item>")
    (from_atom,) = atom(
        f'<entry><id>1</id>{DAY}<title/><link href="{link}"/><content>{escape(text)}</content></entry>'
    )
    notes = {"version": "https://jsonfeed.org/version/1.1", "title": "T"}
    body = json.dumps(notes | {"items": [{"id": "1", "content_text": text}]})
    (from_json,) = parse(body.encode(), "https://feed.example/j", "", NOW).entries
    assert [entry.title for entry in (from_rss, from_atom, from_json)] == [title] * 3


@pytest.mark.parametrize(
    "label", ["Content warning:", "CW:", "Inhaltswarnung:", "Avertissement :", "Advertencia:", "Aviso de conteúdo:", "内容警告：", "閲覧注意："]
)  # fmt: skip
def test_the_warning_above_a_post_is_no_title(label: str) -> None:
    post = f"<p><strong>{label}</strong> AI, long</p><hr /><p>The ministry bought 40 chatbots. They cost €3.5 million.</p>"
    (entry,) = rss(
        f"<item><link>https://social.example/@dora/1</link><description>{escape(post)}</description></item>"
    )
    assert entry.title == "The ministry bought 40 chatbots."
    assert entry.text == "The ministry bought 40 chatbots. They cost €3.5 million."


def test_the_note_below_a_post_is_no_text() -> None:
    post = "Our model wins on Slovene.\n\n[contains quote post or other embedded content]"
    (entry,) = rss(
        f"<item><link>https://bsky.app/profile/ann/post/1</link><description>{escape(post)}</description></item>"
    )
    assert (entry.title, entry.text) == ("Our model wins on Slovene.", "Our model wins on Slovene.")


def test_what_reddit_writes_below_the_words_of_a_post_is_no_text() -> None:
    post = (
        '<!-- SC_OFF --><div class="md"><p>We show that herons count. It was submitted by two of us.</p></div><!-- SC_ON --> &#32; submitted by &#32; '
        '<a href="https://www.reddit.com/user/ann"> /u/ann </a> <br/> <span><a href="https://lab.example/p">[link]</a></span> &#32; '
        '<span><a href="https://www.reddit.com/r/ai/comments/1">[comments]</a></span>'
    )
    link = "https://www.reddit.com/r/ai/comments/1/herons/"
    (entry,) = atom(
        f'<entry><id>t3_1</id>{DAY}<title>[R] Herons</title><link href="{link}"/><content type="html">{escape(post)}</content></entry>'
    )
    assert entry.text == "We show that herons count. It was submitted by two of us."
