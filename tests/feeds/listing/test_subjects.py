"""Lists that look like news and are none, and what belongs to a list beside its rows."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.errors import NotAFeed
from bot.feeds.listing.find import Refusal, Way, find_listing
from bot.feeds.listing.read import read_listing
from tests.feeds.listing.pages import ENGLISH, NAMES, TEASER, TITLES, page

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
SITE = "https://lab.example"


def rows(folder: str, titles: Sequence[str], dates: Sequence[str], teaser: str = "") -> str:
    return "".join(
        f'<div class="row"><a href="{folder}/{at}"><h3>{title}</h3></a><time>{date}</time><p>{teaser}</p></div>'
        for at, (title, date) in enumerate(zip(titles, dates, strict=False))
    )


POSITIONS = ("Research scientist, speech", "Senior engineer, inference", "Technical recruiter", "Office manager, Turin", "Policy lead, Brussels")  # fmt: skip
MEETINGS = ("AI summit in Turin", "A workshop on speech", "Robot night at the museum", "Agents in banks, a webinar", "Open day of the laboratory")  # fmt: skip
COMING = ("Sep 24, 2026", "Oct 2, 2026", "Oct 12, 2026", "Nov 3, 2026", "Dec 1, 2026")
GUIDES = ("Getting started with the API", "Streaming of responses", "Tool use with models", "Prompt caching explained", "Limits and errors")  # fmt: skip


@pytest.mark.parametrize(
    ("head", "address", "body", "refusal", "words"),
    [
        ("Open positions", "/jobs", rows("/jobs", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("Karriere", "/karriere", rows("/karriere", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("Lavora con noi", "/it/azienda", rows("/it/lavoro", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("Rejoignez-nous", "/equipe", rows("/offres", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("Trabalhe conosco", "/vagas", rows("/vagas", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("Empleo", "/empleo", rows("/empleo", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("採用情報", "/recruit", rows("/recruit", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("招聘", "/about/zp", rows("/about/zp", POSITIONS, ENGLISH), Refusal.JOBS, "open positions"),
        ("Events", "/events", rows("/events", MEETINGS, COMING), Refusal.EVENTS, "events to come"),
        ("What we do", "/programme", rows("/programme", MEETINGS, COMING), Refusal.EVENTS, "events to come"),
        ("Documentation", "/docs", rows("/docs", GUIDES, ("",) * 5, TEASER), Refusal.GUIDES, "documentation"),
        ("Anleitungen", "/hilfe", rows("/hilfe", GUIDES, ("",) * 5, TEASER), Refusal.GUIDES, "documentation"),
    ],
)  # fmt: skip
def test_what_is_no_news_is_refused_in_words(
    head: str, address: str, body: str, refusal: Refusal, words: str
) -> None:
    whole = page(f"<main><h1>{head}</h1>{body}</main>")
    assert find_listing(whole, SITE + address, NOW).refusal is refusal
    with pytest.raises(NotAFeed, match=words):
        read_listing(whole, SITE + address, "text/html", NOW)


@pytest.mark.parametrize(
    ("head", "address"),
    [("News", "/news"), ("Jobs", "/topics/jobs"), ("Events and news", "/news"), ("Guides", "/guides")],
)
def test_news_with_dates_that_have_passed_is_taken(head: str, address: str) -> None:
    whole = page(f"<main><h1>{head}</h1>{rows('/news', TITLES, ENGLISH, TEASER)}</main>")
    found = find_listing(whole, SITE + address, NOW)
    assert len(found.items) == len(TITLES), found.refusal


HERO = f'<section class="hero"><a href="/news/great"><h2>A great new model is here today</h2></a><time>Sep 19, 2026</time><p>{TEASER}</p></section>'
GRID = f'<section class="grid">{rows("/news", TITLES, ENGLISH)}</section>'


@pytest.mark.parametrize(
    "hero", [HERO, HERO.replace("section", "article"), HERO.replace("h2", "h1"), HERO.replace("h2", "h3")]
)
def test_what_stands_large_above_a_grid_is_its_first_item(hero: str) -> None:
    found = find_listing(page(f"<main><p>News of the laboratory</p>{hero}{GRID}</main>"), f"{SITE}/news", NOW)
    assert [item.title for item in found.items] == ["A great new model is here today", *TITLES]
    assert found.items[0].published == datetime(2026, 9, 19, tzinfo=UTC)


def test_a_large_one_may_have_its_picture_day_and_title_apart() -> None:
    hero = (
        '<section><a href="/news/great"><img src="/great.jpg"></a><h1><a href="/news/great">A great new model is here</a></h1>'
        "<p>Sep 19, 2026</p></section>"
    )
    found = find_listing(page(f"<main>{hero}{GRID}</main>"), f"{SITE}/news", NOW)
    assert [item.title for item in found.items] == ["A great new model is here", *TITLES]
    assert found.items[0].published == datetime(2026, 9, 19, tzinfo=UTC)


def test_three_large_ones_keep_their_own_titles_and_days() -> None:
    names = ("first", "second", "third")
    heroes = "".join(
        f'<a href="/news/{name}"><h2>The {name} great new model</h2><time>Sep {19 - at}, 2026</time></a>'
        for at, name in enumerate(names)
    )
    found = find_listing(page(f"<main><div>{heroes}</div>{GRID}</main>"), f"{SITE}/news", NOW)
    leading = [(item.title, item.published.day if item.published else 0) for item in found.items[:3]]
    assert leading == [(f"The {name} great new model", 19 - at) for at, name in enumerate(names)]


def test_what_stands_above_a_list_and_leads_elsewhere_is_no_item() -> None:
    banner = '<section><a href="/pricing/heron"><h2>Try our great new model now</h2></a></section>'
    found = find_listing(page(f"<main>{banner}{GRID}</main>"), f"{SITE}/news", NOW)
    assert [item.title for item in found.items] == list(TITLES)


@pytest.mark.parametrize("other", ["jobs", "openPositions", "upcoming_events", "careers", "docs"])
def test_the_posts_of_a_state_go_before_its_jobs(other: str) -> None:
    posts = [
        {"title": title, "slug": name, "updatedAt": "2026-09-20", "publishedAt": f"2026-09-0{9 - at}"}
        for at, (title, name) in enumerate(zip(TITLES, NAMES, strict=True))
    ]
    more = [
        {"title": f"Engineer {at} for models", "slug": f"e-{at}", "date": "2026-09-01"} for at in range(12)
    ]
    state = json.dumps({"props": {"pageProps": {other: more, "posts": posts}}})
    body = f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{state}</script>'
    found = find_listing(page(body), f"{SITE}/news", NOW)
    assert found.way is Way.STATE
    assert [item.title for item in found.items] == list(TITLES)
    assert found.items[0].published == datetime(2026, 9, 9, tzinfo=UTC)


def test_what_a_program_made_in_one_moment_is_no_list_of_news() -> None:
    posts = [
        {"title": title, "path": f"/news/{at}", "date": f"{9 - at}.9.2026"} for at, title in enumerate(TITLES)
    ]
    team = [
        {"name": f"Person number {at} of us", "path": f"/team/{at}", "date": "2020-01-01"} for at in range(20)
    ]
    body = f"<script>window.__NUXT__={json.dumps({'data': [{'news': posts, 'staff': team}]})}</script>"
    found = find_listing(page(f'<div id="__nuxt"></div>{body}', language="de"), f"{SITE}/news", NOW)
    assert [item.title for item in found.items] == list(TITLES)


# --- news that only looks like one of these ----------------------------------------------------------------

STORIES = ("Court hears the authors", "Lab opens in Tartu with forty people", "Robots fold shirts in a hotel", "Model reads a million tokens", "Agents pay their own bills")  # fmt: skip


def articles(titles: Sequence[str], teasers: Sequence[str], folder: str = "/news") -> str:
    return "".join(
        f'<article class="card"><a href="{folder}/{at}-x"><h3>{title}</h3></a><p>{teaser}</p></article>'
        for at, (title, teaser) in enumerate(zip(titles, teasers, strict=True))
    )


@pytest.mark.parametrize(
    "sentence", ["The hearing is on 4 October 2026.", "The hearing was on 4 May 2026 in the old town hall."]
)
def test_a_date_inside_a_sentence_dates_nothing(sentence: str) -> None:
    body = articles(STORIES, [sentence, "It works.", "It takes a minute.", "A new record.", "It is cheap."])
    listing = find_listing(page(body), f"{SITE}/news", NOW, "text/html")
    assert [item.title for item in listing.items] == list(STORIES)
    assert [item.published for item in listing.items] == [None] * 5


def test_a_date_inside_a_title_dates_nothing() -> None:
    titles = ("The summit opens on 4 October 2026", *STORIES[1:])
    listing = find_listing(page(articles(titles, ["It is so."] * 5)), f"{SITE}/news", NOW, "text/html")
    assert [item.published for item in listing.items] == [None] * 5


def test_reports_of_past_meetings_are_news() -> None:
    dates = ("Sep 24, 2026", "Sep 12, 2026", "Sep 2, 2026", "Aug 20, 2026", "Aug 1, 2026")
    body = f"<h1>Events</h1>{rows('/events', STORIES, dates, 'We were there.')}"
    assert find_listing(page(body), f"{SITE}/events", NOW, "text/html").items


def test_a_blog_below_open_positions_is_news() -> None:
    body = rows("/careers/blog", STORIES, ENGLISH, "A day with the team.")
    assert find_listing(page(body), f"{SITE}/careers/blog", NOW, "text/html").items


# --- sections of news that are called like lists of something else, and such lists under other names ------

WORK = (
    "Nurses in Genoa strike for safer nights",
    "Why the robots in this warehouse need more people",
    "Engineers walk out over a chatbot that grades them",
    "A town pays translators whom no model replaces",
    "Court lets the drivers of a taxi app bargain together",
)


@pytest.mark.parametrize(
    ("head", "address", "folder"),
    [
        ("Jobs", "/jobs", "/jobs"),
        ("Careers", "/careers", "/careers/2026/09"),
        ("Karriere", "/karriere", "/karriere/artikel"),
        ("Emploi", "/emploi", "/emploi/article"),
        ("Empleo", "/economia/empleo", "/economia/empleo"),
        ("Lavoro", "/economia/lavoro", "/economia/lavoro"),
        ("Carreiras", "/carreiras", "/carreiras"),
    ],
)
def test_a_section_of_news_may_be_called_jobs(head: str, address: str, folder: str) -> None:
    whole = page(f"<main><h1>{head}</h1>{rows(folder, WORK, ENGLISH, TEASER)}</main>")
    found = find_listing(whole, SITE + address, NOW)
    assert [item.title for item in found.items] == list(WORK), found.refusal


@pytest.mark.parametrize(
    "titles",
    [
        POSITIONS,
        ("Senior Software Engineer, Platform for Speech (m/f/d)", "Head of Policy, Europe", "Research Scientist II - Alignment", "Data analyst (part-time)", "Machine learning intern"),
        ("Softwareentwicklerin (m/w/d) Sprachmodelle", "Leitung Kommunikation, Leipzig", "Werkstudent (m/w/d) im Rechenzentrum", "Wissenschaftlicher Mitarbeiter (Teilzeit)", "Referentin für Öffentlichkeitsarbeit"),
        ("Ingénieur de recherche (H/F)", "Responsable des achats, Lyon", "Développeuse Python", "Chargée de mission", "Stage en apprentissage profond"),
        ("Ingeniera de datos, Madrid", "Responsable de producto", "Técnico de laboratorio", "Investigadora en robótica", "Gestor de proyectos"),
        ("Ingegnere del software, Torino", "Responsabile degli acquisti", "Ricercatrice in robotica", "Tirocinio nel laboratorio", "Tecnico di rete"),
        ("Engenheira de dados, Lisboa", "Analista de negócios", "Pesquisador em robótica", "Estágio no laboratório", "Gerente de produto"),
        ("机器学习工程师", "产品经理（北京）", "算法研究员", "数据分析师", "实习生"),
        ("機械学習エンジニア", "プロダクトマネージャー（東京）", "研究員", "データサイエンティスト", "営業担当"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("head", ["Come and build it with us", "Life at the laboratory"])
def test_positions_are_no_news_whatever_their_page_is_called(titles: Sequence[str], head: str) -> None:
    whole = page(f"<main><h1>{head}</h1>{rows('/p', titles, ENGLISH, TEASER)}</main>")
    found = find_listing(whole, f"{SITE}/life", NOW)
    assert found.refusal in {Refusal.JOBS, Refusal.UNCLEAR}
    assert not found.items


@pytest.mark.parametrize(
    ("head", "address", "is_search"),
    [
        ("Search results for “model”", "/find", True),
        ("Search", "/search?q=model", True),
        ("1,204 results for model", "/?s=model", True),
        ("Suchergebnisse", "/suche", True),
        ("Résultats de la recherche", "/recherche?q=a", True),
        ("Risultati per modello", "/cerca?q=modello", True),
        ("搜索结果", "/s", True),
        ("検索結果一覧", "/k", True),
        ("Results for the third quarter", "/investors", False),
        ("Search", "/topics/search", False),
        ("News", "/news?q=model", False),
        ("Ricerca", "/ricerca", False),
    ],
)
def test_results_of_a_search_are_no_list_of_news(head: str, address: str, *, is_search: bool) -> None:
    whole = page(f"<main><h1>{head}</h1>{rows('/news', TITLES, ENGLISH, TEASER)}</main>")
    found = find_listing(whole, SITE + address, NOW)
    assert (found.refusal is Refusal.RESULTS) is is_search
    assert bool(found.items) is not is_search


ANSWERS = "".join(
    f'<article class="post" id="p{at}"><a href="/u/{name}">{name}</a><time>{date}</time><p>{TEASER} {TEASER}</p>'
    f'<a href="{{0}}/{at}">#{at}</a> <button>Reply</button> <button>Quote</button></article>'
    for at, (name, date) in enumerate(zip(("ann", "bob", "cai", "dora", "eli"), ENGLISH, strict=False), 1)
)
SIMILAR = rows("/t/other", TITLES, ENGLISH)


@pytest.mark.parametrize(
    "address",
    [
        "/t/which-model-for-slovene/4711",
        "/threads/which-model.4711/",
        "/viewtopic.php?t=4711",
        "/talk/which-model",
    ],
)
def test_one_thread_of_a_forum_is_no_list_of_news(address: str) -> None:
    body = (
        f"<main><h1>Which model for Slovene?</h1>{ANSWERS.format(address)}<section>{SIMILAR}</section></main>"
    )
    found = find_listing(page(body), SITE + address, NOW)
    assert found.refusal is Refusal.THREAD or not found.items
    assert not found.items


@pytest.mark.parametrize("address", ["/t/robots", "/topics/robots", "/forum/announcements", "/threads"])
def test_what_only_stands_where_threads_do_is_taken(address: str) -> None:
    body = f"<main><h1>Announcements</h1>{rows(address, TITLES, ENGLISH, TEASER)}<a>Reply</a></main>"
    assert len(find_listing(page(body), SITE + address, NOW).items) == len(TITLES)
