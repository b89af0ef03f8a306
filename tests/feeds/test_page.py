"""Pages: the article without what surrounds it, and nothing where a wall stands before it."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.feeds.page import read_page
from bot.model import Wall

URL = "https://news.example/a-model"
PARAGRAPHS = (
    "The laboratory in Zürich released a language model on Monday that, according to its authors, needs half the memory of its predecessor.",
    "In tests on twelve public benchmarks it scored 71.4 percent on average, which is 3.2 points above the model that the same group published in May.",
    "Independent researchers have not yet confirmed the figures, but two of them told this newspaper that the method described in the paper is plausible.",
    "The weights can be downloaded free of charge for research; companies with more than one hundred employees are asked to sign a licence agreement first.",
)
GERMAN = (
    "Die Stadt Freiburg stellt ihren Hausmeistern seit Montag einen Sprachassistenten zur Seite, der auf einem Rechner im Rathauskeller läuft.",
    "Nach Angaben der Verwaltung beantwortet er 83 Prozent der Fragen zu Heizungen und Schließanlagen ohne menschliche Hilfe.",
    "Der Personalrat hatte zuvor durchgesetzt, dass keine Gespräche gespeichert werden und jeder das Gerät ausschalten darf.",
)
PORTUGUESE = (
    "Um laboratório de Halden publicou um modelo de linguagem que funciona em uma única placa de vídeo e cabe em qualquer mesa.",
    "Segundo as autoras, ele custa 3% do que pedem os rivais e responde em menos de um segundo às perguntas mais comuns.",
    "O modelo foi treinado durante onze semanas nas máquinas de uma universidade, que agora o usa em suas bibliotecas.",
    "Quem quiser pode baixar os arquivos hoje mesmo, e um artigo descreve como os dados foram escolhidos e conferidos.",
)
CHINESE = (
    "杭州一家研究所周一发布了新的开源语言模型，参数规模为七十亿，可以在一张显卡上运行。",
    "研究人员表示，该模型在十二项公开测试中的平均得分为百分之七十一点四，比五月份的版本高出三点二个百分点。",
    "模型权重可以免费下载用于研究，员工超过一百人的公司需要先签署许可协议。",
)
JAPANESE = (
    "札幌の研究所は月曜日、七十億のパラメーターを持つ新しい言語モデルを公開し、一枚のグラフィックボードで動くと説明した。",
    "十二の公開試験での平均は七十一・四パーセントで、五月に公開した版を三・二ポイント上回ったという。",
    "重みは研究目的であれば無料で入手でき、従業員が百人を超える企業は事前に契約を結ぶ必要がある。",
)
SURROUNDINGS = """<header><nav><ul><li><a href="/">Home</a></li><li><a href="/tech">Technology</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<div class="cookie-banner"><p>We use cookies to improve your experience. Accept all cookies or manage your choices.</p></div>"""
AFTER = """<aside class="related"><h3>Related</h3><ul><li><a href="/x">Ten gadgets you will love</a></li></ul></aside>
<footer><p>Copyright 2026 The Paper. All rights reserved. Terms of use.</p></footer>"""


def page(article: str, language: str = "en", head: str = "", title: str = "A model") -> bytes:
    return f"<!doctype html><html lang='{language}'><head><title>{title}</title>{head}</head><body>{SURROUNDINGS}<main><article><h1>{title}</h1>{article}</article></main>{AFTER}</body></html>".encode()


def text_of(body: bytes) -> str:
    return read_page(body, URL).text


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_the_article_is_read_and_nothing_else() -> None:
    text = text_of(page(paragraphs(PARAGRAPHS)))
    assert "\n\n".join(PARAGRAPHS) in text
    for noise in ("cookies", "Technology", "gadgets", "Copyright", "<"):
        assert noise not in text


def test_lists_stay_lists() -> None:
    article = (
        paragraphs(PARAGRAPHS[:2])
        + "<ul><li>It runs on one card.</li><li>It speaks nine languages.</li></ul>"
        + paragraphs(PARAGRAPHS[2:])
    )
    text = text_of(page(article))
    assert "- It runs on one card.\n- It speaks nine languages." in text


def test_comments_of_readers_are_no_article() -> None:
    comments = "<section id='comments' class='comments'><h2>Comments</h2><div class='comment'><p>First! This is clearly fake, says me.</p></div></section>"
    assert "clearly fake" not in text_of(page(paragraphs(PARAGRAPHS) + comments))


@pytest.mark.parametrize(
    "wall",
    ["Subscribe to continue reading this article.", "Already a subscriber? Log in.", "This story is for paying members only, and premium content for you.",
     "Abbonati per leggere l’articolo.", "Dieser Artikel ist nur für Abonnenten.", "Cet article est réservé aux abonnés.", "Contenido solo para suscriptores.",
     "Conteúdo exclusivo para assinantes.",
     "登录后阅读全文", "この記事は会員限定です", "이 기사는 유료 회원 전용 기사입니다"],
)  # fmt: skip
def test_a_paywall_is_named_and_only_what_stands_before_it_is_kept(wall: str) -> None:
    read = read_page(page(paragraphs((PARAGRAPHS[0], PARAGRAPHS[1], wall))), URL)
    assert read.wall == Wall.PAY
    assert read.text == "\n\n".join(PARAGRAPHS[:2])


def test_a_few_words_are_no_article() -> None:
    assert text_of(page("<p>A short teaser.</p>")) == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"\x00" * 1000,
        b"%PDF-1.7 ...",
        b"<html>",
        b"{}",
        "<p>é".encode("utf-16"),
        b"\xff\xfe\xfa" * 500,
    ],
)
def test_what_is_no_page_has_no_text(body: bytes) -> None:
    assert text_of(body) == ""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_the_encoding_of_a_page(charset: str) -> None:
    head = f"<html><head><meta charset='{charset}'></head><body><article>{paragraphs(PARAGRAPHS)}</article></body></html>"
    assert "Zürich" in text_of(head.encode(charset))


@pytest.mark.parametrize(
    ("language", "charset"), [("zh", "gb2312"), ("zh", "gb18030"), ("ja", "shift_jis"), ("ja", "euc-jp")]
)
def test_the_encoding_of_a_page_in_chinese_or_japanese(language: str, charset: str) -> None:
    told = CHINESE if language == "zh" else JAPANESE
    head = f"<html lang='{language}'><head><meta http-equiv='Content-Type' content='text/html; charset={charset}'></head><body><article>{paragraphs(told)}</article></body></html>"
    assert told[0] in text_of(head.encode(charset))


def test_the_servers_word_on_the_encoding_counts() -> None:
    body = f"<html><body><article>{paragraphs(CHINESE)}</article></body></html>".encode("gb18030")
    assert CHINESE[0] in read_page(body, URL, "text/html; charset=GBK").text


def test_a_declared_encoding_that_is_none_is_passed_over() -> None:
    head = f"<html><head><meta charset='klingon'></head><body><article>{paragraphs(PARAGRAPHS)}</article></body></html>"
    assert (
        "according to its authors" in read_page(head.encode("cp1252"), URL, "text/html; charset=nothing").text
    )


# --- what surrounds an article, in several languages -------------------------------------------------------

TABLE = "<table><tr><th>Model</th><th>Score</th></tr><tr><td>Corvid 2</td><td>68.2</td></tr><tr><td>Corvid 3</td><td>71.4</td></tr></table>"


@pytest.mark.parametrize(
    ("language", "told", "items", "noise"),
    [
        ("en", PARAGRAPHS, ("It runs on one card.", "It speaks nine languages."), ("Read more: Ten gadgets for winter", "Follow us on Twitter and Facebook.", "Share this article", "Copyright 2026 The Paper.")),
        ("de", GERMAN, ("Es läuft ohne Netz.", "Es spricht auch Badisch."), ("Lesen Sie auch: Zehn Geräte für den Winter", "Jetzt abonnieren und nichts verpassen!", "Artikel teilen", "© 2026 Der Bote")),
        ("pt", PORTUGUESE, ("Funciona sem rede.", "Fala nove idiomas."), ("Leia também: dez ideias para o inverno", "Inscreva-se na nossa newsletter.", "Compartilhar no Facebook", "Continua após a publicidade")),
        ("zh", CHINESE, ("支持九种语言。", "只需要一张显卡。"), ("相关阅读：冬天的十种小工具", "欢迎关注我们的公众号，获取更多内容。", "分享到微信", "责任编辑：李雷")),
        ("ja", JAPANESE, ("九つの言語に対応する。", "一枚の基板で動く。"), ("関連記事：冬の道具十選", "メルマガを登録して最新情報を受け取る。", "シェアする", "無断転載を禁じます。")),
    ],
)  # fmt: skip
def test_lists_and_tables_are_kept_and_calls_are_not(
    language: str, told: tuple[str, ...], items: tuple[str, ...], noise: tuple[str, ...]
) -> None:
    listed = "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"
    read = read_page(
        page(paragraphs(told[:2]) + listed + TABLE + paragraphs(told[2:]) + paragraphs(noise), language), URL
    )
    assert (read.wall, read.language) == (Wall.NONE, language)
    for kept in (*told, "\n".join(f"- {item}" for item in items), "Corvid 3", "71.4"):
        assert kept in read.text
    for line in noise:
        assert line not in read.text


@pytest.mark.parametrize(
    "line",
    ["Copyright lawsuits against model makers pile up in three courts.", "Share prices of chip makers fell by four percent on Tuesday.",
     "Subscribers of the service pay 20 dollars a month.", "Related models from the same group cost twice as much.", "Sources: two people at the ministry, and a letter that this newspaper has seen.",
     "Get more than one answer, and the model compares them.", "订阅用户在一年内增长了三成，达到四百万。", "Abonnenten zahlen künftig drei Euro mehr im Monat.", "Commentaries on the law fill four shelves."],
)  # fmt: skip
def test_a_sentence_that_begins_like_a_call_stays(line: str) -> None:
    assert line in text_of(page(paragraphs((PARAGRAPHS[0], line, *PARAGRAPHS[1:]))))


def test_the_title_is_not_repeated_in_the_text() -> None:
    title = "A laboratory in Zürich halves the memory of its model"
    body = page(f"<h2>{title}</h2>" + paragraphs(PARAGRAPHS), title=title)
    assert title not in text_of(body)


def test_links_to_other_articles_go_and_a_linked_heading_stays() -> None:
    more = (
        "<ul>"
        + "".join(f"<li><a href='/{n}'>Another laboratory opens its {n}th office</a></li>" for n in range(4))
        + "</ul>"
    )
    heading = "<h2><a href='https://lab.example/paper'>The paper and its figures</a></h2>"
    text = text_of(
        page(
            paragraphs(PARAGRAPHS[:2])
            + heading
            + paragraphs(PARAGRAPHS[2:3])
            + more
            + paragraphs(PARAGRAPHS[3:])
        )
    )
    assert "The paper and its figures" in text
    assert "th office" not in text
    assert PARAGRAPHS[3] in text


def test_captions_are_no_part_of_the_text() -> None:
    figure = "<figure><img src='/a.jpg'><figcaption>The laboratory by night, seen from the lake.</figcaption></figure>"
    assert "by night" not in text_of(page(paragraphs(PARAGRAPHS[:1]) + figure + paragraphs(PARAGRAPHS[1:])))


def test_a_live_blog_is_read_entry_by_entry() -> None:
    posts = "".join(
        f"<div class='post'><h3>{n}:30 pm</h3><p>{text}</p></div>" for n, text in enumerate(PARAGRAPHS, 1)
    )
    text = text_of(page(posts, title="The hearing, live"))
    assert all(paragraph in text for paragraph in PARAGRAPHS)


# --- JSON-LD ------------------------------------------------------------------------------------------------


def linked_data(**values: object) -> str:
    data = {
        "@context": "https://schema.org",
        "@graph": [{"@type": "WebSite", "name": "x"}, {"@type": "NewsArticle", **values}],
    }
    return f"<script type='application/ld+json'>{json.dumps(data)}</script>"


def test_the_article_in_json_ld_fills_what_the_page_leaves_out() -> None:
    head = linked_data(articleBody="\n\n".join(PARAGRAPHS))
    assert PARAGRAPHS[3] in text_of(page(paragraphs(PARAGRAPHS[:3]), head=head))


def test_json_ld_about_something_else_changes_nothing() -> None:
    head = linked_data(articleBody=" ".join(GERMAN * 5))
    assert text_of(page(paragraphs(PARAGRAPHS), head=head)) == "\n\n".join(PARAGRAPHS)


def test_the_hidden_text_of_a_paid_article_stays_hidden() -> None:
    head = linked_data(articleBody="\n\n".join(PARAGRAPHS), isAccessibleForFree="False")
    read = read_page(page(paragraphs(PARAGRAPHS[:2]), head=head), URL)
    assert (read.text, read.wall) == ("\n\n".join(PARAGRAPHS[:2]), Wall.PAY)


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[" * 100_000,
        '{"@type": 3, "author": [[]], "image": {"url": 4}}',
        "null",
        '{"@graph": {"@graph": []}}',
    ],
)
def test_broken_json_ld_is_passed_over(broken: str) -> None:
    head = f"<script type='application/ld+json'>{broken}</script>"
    assert text_of(page(paragraphs(PARAGRAPHS), head=head)) == "\n\n".join(PARAGRAPHS)


def test_what_a_page_says_of_itself() -> None:
    head = linked_data(
        headline="A model for &amp; by <b>everybody</b>", datePublished="2026-03-02T10:00:00+01:00", publisher={"name": "The Paper"},
        author=[{"@type": "Person", "name": "Ada Byron"}, {"name": "Jean Bartik"}], image={"url": "/model.jpg"},
    )  # fmt: skip
    read = read_page(page(paragraphs(PARAGRAPHS), head=head), URL)
    assert (read.title, read.site, read.author) == (
        "A model for & by everybody",
        "The Paper",
        "Ada Byron, Jean Bartik",
    )
    assert read.published == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert (read.image, read.language) == ("https://news.example/model.jpg", "en")


def test_meta_elements_say_it_too() -> None:
    head = (
        "<meta property='og:title' content='A model'><meta property='og:site_name' content='The Paper'><meta name='author' content='By Ada Byron'>"
        "<meta property='article:published_time' content='2026-03-02T09:00:00Z'><meta property='og:image' content='https://img.example/1.jpg'>"
    )
    read = read_page(page(paragraphs(PARAGRAPHS), head=head), URL)
    assert (read.title, read.site, read.author, read.image) == (
        "A model",
        "The Paper",
        "Ada Byron",
        "https://img.example/1.jpg",
    )
    assert read.published == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_time_element_dates_a_page_and_a_placeholder_does_not() -> None:
    head = "<meta name='date' content='0001-01-01T00:00:00Z'>"
    read = read_page(
        page("<time datetime='2026-03-02'>today</time>" + paragraphs(PARAGRAPHS), head=head), URL
    )
    assert read.published == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "image",
    [
        "http://127.0.0.1/a.png",
        "http://10.0.0.1/a.png",
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "ftp://a.example/a.png",
        "http://[::1]/a.png",
    ],
)
def test_a_picture_that_is_not_public_is_none(image: str) -> None:
    assert (
        read_page(
            page(paragraphs(PARAGRAPHS), head=f"<meta property='og:image' content='{image}'>"), URL
        ).image
        == ""
    )


# --- walls --------------------------------------------------------------------------------------------------

SCRIPTS = "<script src='/app.js'></script>"


@pytest.mark.parametrize(
    ("wall", "title", "body"),
    [
        (Wall.CONSENT, "Before you continue", "<h1>Before you continue</h1><p>We and our 812 partners store and access information on a device, such as cookies, and process personal data.</p><p>You can accept all cookies, reject them or manage your choices at any time in the privacy settings of this website.</p><button>Accept all</button>"),
        (Wall.CONSENT, "Zeitung", "<div><p>Wir und unsere Partner verwenden Cookies und ähnliche Techniken mit Ihrer Einwilligung, um Inhalte und Anzeigen zu messen.</p><p>Sie können alle Cookies akzeptieren oder mit Werbung weiterlesen; Ihre Einwilligung widerrufen Sie jederzeit.</p></div>"),
        (Wall.LOGIN, "Sign in", "<form><h1>Sign in to your account</h1><input name='user'><input type='password' name='p'><a href='/lost'>Forgot your password?</a></form>"),
        (Wall.LOGIN, "登录", "<div><h1>请先登录</h1><form><input type='password'></form></div>"),
        (Wall.CHALLENGE, "Just a moment...", f"<div id='challenge-stage'></div><noscript>Enable JavaScript and cookies to continue</noscript>{SCRIPTS}"),
        (Wall.CHALLENGE, "Attention Required! | Cloudflare", "<h1>Sorry, you have been blocked</h1><p>This website uses a security service to protect itself. The action you just performed triggered it.</p>"),
        (Wall.SCRIPT, "The Paper", f"<div id='root'></div><noscript>You need to enable JavaScript to run this app.</noscript>{SCRIPTS}"),
        (Wall.SCRIPT, "The Paper", f"<div id='app'><div class='spinner'></div></div>{SCRIPTS}"),
        (Wall.PAY, "The Paper", "<div><h1>A model</h1><p>Subscribe to read this story.</p></div>"),
        (Wall.NONE, "404 Not Found", "<h1>Page not found</h1><p>The page you are looking for may have been moved or deleted. Use the search, go back to the front page, or write to the editors if you think that this is our mistake and not yours.</p>"),
        (Wall.NONE, "All articles", "<ul>" + "".join(f"<li><a href='/{n}'>Article number {n} of our archive of the year</a></li>" for n in range(400)) + "</ul>"),
    ],
)  # fmt: skip
def test_what_stands_instead_of_an_article_is_no_article(wall: Wall, title: str, body: str) -> None:
    read = read_page(
        f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>".encode(), URL
    )
    assert (read.wall, read.text) == (wall, "")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Heron 4 reads files of 500 pages", "The model of the lab reads PDF files of 500 pages on a single card, and says on which of them it found what it tells. The weights are free, and the lab says what each answer costs: a tenth of a cent for a file of 100 pages. A version for several cards follows in spring, with a window that is twice as long."),
        ("Error 403 when pods start is mended", "The cluster of the lab answered with error 403 when pods started. A new version of the agent mends that from today on. Who runs the old one may set a variable until the next window for changes, which opens on Thursday at noon and closes on Friday. Nothing that was stored is lost, says the lab, and no key has to be made anew."),
        ("Corvid is back", "The chatbot was down for nine hours on Monday, and its users saw error 500. Something went wrong when a certificate expired. The lab now asks every night when its certificates end, and a second person is called when one has less than a month. Users are given a week for free, which they see on their next bill, and need not ask for it."),
    ],
)  # fmt: skip
def test_an_article_about_errors_is_one(title: str, text: str) -> None:
    document = f"<html><head><title>{title}</title></head><body><main><article><h1>{title}</h1><p>{text}</p></article></main></body></html>"
    assert read_page(document.encode(), URL).text == text


@pytest.mark.parametrize(
    "beside",
    ["<div class='newsletter'><p>Already a subscriber? Log in to your account.</p></div>", "<form><input type='password'></form>", "<noscript>Please enable JavaScript to see the comments.</noscript>",
     "<div id='onetrust-banner'><p>We value your privacy. Accept all cookies.</p></div>", "<div class='paywall' hidden></div>"],
)  # fmt: skip
def test_what_stands_beside_an_article_is_no_wall(beside: str) -> None:
    read = read_page(page(beside + paragraphs(PARAGRAPHS)), URL)
    assert (read.wall, read.text) == (Wall.NONE, "\n\n".join(PARAGRAPHS))


@pytest.mark.parametrize(
    "sentence",
    ["The paper says that readers must subscribe to read its archive from the summer on, which three associations of librarians call a mistake.",
     "The site shows a page that asks whether you are human, and robots learn to pass it within a week."],
)  # fmt: skip
def test_an_article_about_walls_stays_an_article(sentence: str) -> None:
    text = text_of(page(paragraphs((*PARAGRAPHS[:2], sentence, *PARAGRAPHS[2:], *GERMAN))))
    assert PARAGRAPHS[3] in text


def test_a_barrier_below_the_article_is_a_paywall() -> None:
    barrier = "<div class='piano-offer'><h3>Keep reading</h3><p>Subscribe now to keep reading. Already a subscriber?</p></div>"
    read = read_page(page(paragraphs(PARAGRAPHS[:2]) + barrier), URL)
    assert read.wall == Wall.PAY
    assert "Subscribe" not in read.text


@pytest.mark.shared
def test_real_pages_have_text(shared: Path) -> None:
    files = sorted((shared / "pages").glob("*.html.gz"))[:12]
    read = [read_page(gzip.decompress(file.read_bytes()), URL) for file in files]
    assert sum(1 for one in read if one.text and one.title) >= 11
    assert not any("<script" in one.text for one in read)
