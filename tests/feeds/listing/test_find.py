"""From a page to its list of news, in the designs that sites have, and the refusal where there is none."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from bot.feeds.listing import embedded
from bot.feeds.listing.find import Listing, Refusal, Way, find_listing
from tests.feeds.listing.pages import (
    DAYS,
    ENGLISH,
    NAMES,
    TEASER,
    TITLES,
    URL,
    article,
    cards,
    days,
    flat,
    page,
    table,
)

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


def found(body: str, *, head: str = "", language: str = "en", url: str = URL) -> Listing:
    return find_listing(page(body, head=head, language=language), url, NOW)


def days_of(listing: Listing) -> list[str | None]:
    return [item.published.date().isoformat() if item.published else None for item in listing.items]


def is_whole(listing: Listing) -> bool:
    links = [f"https://lab.example/news/{name}" for name in NAMES]
    return [item.link for item in listing.items] == links and [item.title for item in listing.items] == list(
        TITLES
    )


def test_cards_that_are_one_link_each() -> None:
    listing = found(cards())
    assert is_whole(listing)
    assert days_of(listing) == list(DAYS)
    assert listing.way is Way.PAGE
    assert listing.title == "News | Halden Lab"
    assert listing.items[0].teaser == TEASER
    assert listing.items[0].image == "https://lab.example/i/heron-4.png"


@pytest.mark.parametrize("before", [False, True])
def test_items_that_nothing_surrounds(*, before: bool) -> None:
    listing = found(flat(ENGLISH, before=before))
    assert is_whole(listing)
    assert days_of(listing) == list(DAYS)


def test_a_list_by_days() -> None:
    listing = found(days())
    assert is_whole(listing)
    assert days_of(listing) == ["2026-09-18"] * 3 + ["2026-09-17"] * 3


@pytest.mark.parametrize(
    ("language", "dates"),
    [
        (
            "it",
            (
                "18 settembre 2026",
                "15 set 2026",
                "1 settembre 2026",
                "20 agosto 2026",
                "11 ago. 2026",
                "30 luglio 2026",
            ),
        ),
        ("de", ("18. September 2026", "15.09.2026", "01.09.2026", "20.08.26", "11. Aug. 2026", "30.07.2026")),
        (
            "fr",
            (
                "18 septembre 2026",
                "15 sept. 2026",
                "1er septembre 2026",
                "20 août 2026",
                "mar. 11 août 2026",
                "30 juil. 2026",
            ),
        ),
        (
            "es",
            ("18 de septiembre de 2026", "15 sept 2026", "1/9/2026", "20/8/2026", "11/8/2026", "30/7/2026"),
        ),
        (
            "ru",
            (
                "18 сентября 2026",
                "15 сент. 2026",
                "1 сентября 2026 г.",
                "20 августа 2026",
                "11.08.2026",
                "30 июля 2026",
            ),
        ),
        (
            "pl",
            (
                "18 września 2026",
                "15.09.2026",
                "1 września 2026",
                "20 sierpnia 2026",
                "11 sie 2026",
                "30 lipca 2026",
            ),
        ),
        ("ja", ("2026年9月18日", "2026.9.15", "令和8年9月1日", "2026/08/20", "R8.8.11", "2026-07-30")),
        (
            "ko",
            ("2026년 9월 18일", "2026. 9. 15.", "2026.09.01", "2026-08-20", "2026년 8월 11일", "2026/7/30"),
        ),
        ("zh", ("[09-18]", "[09-15]", "[09-01]", "[08-20]", "[08-11]", "[07-30]")),
        ("en-US", ("9/18/2026", "9/15/2026", "9/1/2026", "8/20/2026", "8/11/2026", "7/30/2026")),
        ("en-GB", ("18/09/2026", "15/09/2026", "01/09/2026", "20/08/2026", "11/08/2026", "30/07/2026")),
        ("en", ("18 Sep", "15 Sep", "1 Sep", "20 Aug", "11 Aug", "30 Jul")),
    ],
)
def test_dates_as_people_write_them(language: str, dates: tuple[str, ...]) -> None:
    listing = found(table(dates), language=language)
    assert is_whole(listing)
    assert days_of(listing) == list(DAYS)


@pytest.mark.parametrize(
    ("language", "dates"),
    [
        ("en", ("2 hours ago", "1 day ago", "3 days ago", "1 week ago", "2 weeks ago", "1 month ago")),
        ("it", ("2 ore fa", "1 giorno fa", "3 giorni fa", "1 settimana fa", "2 settimane fa", "1 mese fa")),
        ("de", ("vor 2 Stunden", "vor 1 Tag", "vor 3 Tagen", "vor 1 Woche", "vor 2 Wochen", "vor 1 Monat")),
        (
            "fr",
            (
                "il y a 2 heures",
                "il y a 1 jour",
                "il y a 3 jours",
                "il y a 1 semaine",
                "il y a 2 semaines",
                "il y a 1 mois",
            ),
        ),
        ("ja", ("2時間前", "1日前", "3日前", "1週間前", "2週間前", "1か月前")),
        ("tr", ("2 saat önce", "1 gün önce", "3 gün önce", "1 hafta önce", "2 hafta önce", "1 ay önce")),
    ],
)
def test_ages_instead_of_dates(language: str, dates: tuple[str, ...]) -> None:
    listing = found(table(dates), language=language)
    assert days_of(listing) == [
        "2026-09-20",
        "2026-09-19",
        "2026-09-17",
        "2026-09-13",
        "2026-09-06",
        "2026-08-21",
    ]


def test_a_date_for_machines_goes_before_the_one_that_is_shown() -> None:
    dates = [f'<time datetime="{day}T09:30:00+02:00">a while ago</time>' for day in DAYS]
    assert days_of(found(table(dates))) == list(DAYS)


def test_a_day_in_the_address_dates_what_shows_none() -> None:
    names = [f"2026/09/{18 - number:02}/{name}" for number, name in enumerate(NAMES)]
    assert days_of(found(cards(dates=("",) * 6, names=names))) == [
        f"2026-09-{18 - number:02}" for number in range(6)
    ]


def test_what_is_shared_elsewhere_is_no_item() -> None:
    rows = "".join(
        f'<div class="post"><h2><a href="/news/{name}">{title}</a></h2><a href="https://share.example/?u=https://lab.example/news/{name}">{title}</a></div>'
        for name, title in zip(NAMES, TITLES, strict=True)
    )
    assert is_whole(found(f"<main>{rows}</main>"))


def test_a_longer_list_beside_it_is_not_taken() -> None:
    popular = "".join(f'<li><a href="/tags/{number}">Tag number {number}</a></li>' for number in range(60))
    assert is_whole(found(f'{cards()}<div class="popular"><ul>{popular}</ul></div>'))


def test_items_of_two_designs_are_one_list() -> None:
    rows = "".join(
        f'<article class="{"big" if number < 2 else "small"}"><h2><a href="/news/{name}">{title}</a></h2><time datetime="{day}"></time></article>'
        for number, (name, title, day) in enumerate(zip(NAMES, TITLES, DAYS, strict=True))
    )
    assert is_whole(found(f"<main>{rows}</main>"))


def test_json_ld_goes_before_what_is_seen() -> None:
    posts = [
        {
            "@type": "BlogPosting",
            "headline": title,
            "url": f"/news/{name}",
            "datePublished": f"{day}T08:00:00Z",
        }
        for name, title, day in zip(NAMES, TITLES, DAYS, strict=True)
    ]
    data = json.dumps({"@context": "https://schema.org", "@type": "Blog", "blogPost": posts})
    listing = found(cards(dates=("",) * 6), head=f'<script type="application/ld+json">{data}</script>')
    assert listing.way is Way.DATA
    assert is_whole(listing)
    assert days_of(listing) == list(DAYS)
    assert listing.items[0].teaser == TEASER


def test_breadcrumbs_and_an_article_s_own_data_are_no_list() -> None:
    data = json.dumps(
        [
            {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "name": f"Step {number}", "item": f"/step/{number}"}
                    for number in range(4)
                ],
            },
            {"@type": "NewsArticle", "headline": TITLES[0], "url": URL, "datePublished": DAYS[0]},
        ]
    )
    assert (
        found(article(), head=f'<script type="application/ld+json">{data}</script>').refusal
        is Refusal.ARTICLE
    )


def test_the_state_that_scripts_draw_a_page_from() -> None:
    posts = [
        {"title": title, "slug": name, "publishedAt": f"{day}T08:00:00Z"}
        for name, title, day in zip(NAMES, TITLES, DAYS, strict=True)
    ]
    data = json.dumps({"props": {"pageProps": {"posts": posts, "team": [{"name": "A B", "slug": "a"}] * 9}}})
    listing = find_listing(
        f'<body><div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{data}</script>'.encode(),
        URL,
        NOW,
    )
    assert listing.way is Way.STATE
    assert is_whole(listing)
    assert days_of(listing) == list(DAYS)


def test_flight_data_with_a_text_between_its_rows() -> None:
    posts = [
        {"title": title, "slug": {"current": name}, "publishedOn": day}
        for name, title, day in zip(NAMES, TITLES, DAYS, strict=True)
    ]
    rows = '1:"$S"\n2:Ta,aaaaaaaaaa3:' + json.dumps(["$", "$L1", None, {"posts": posts}]) + "\n"
    pushed = "".join(
        f"<script>self.__next_f.push({json.dumps([1, part])})</script>" for part in (rows[:40], rows[40:])
    )
    listing = find_listing(f"<body>{pushed}".encode(), URL, NOW)
    assert is_whole(listing)


def test_entries_of_a_changelog_lead_to_their_anchors() -> None:
    entries = "".join(
        f'<h2 id="v{9 - n}">{day}</h2><p>Streaming answers no longer stop after {n} minutes. {TEASER}</p>'
        for n, day in enumerate(ENGLISH[:4])
    )
    listing = found(f"<main><h1>Changelog</h1>{entries}</main>", url="https://lab.example/docs/changelog")
    assert listing.way is Way.ANCHORS
    assert [item.link for item in listing.items][:2] == [
        "https://lab.example/docs/changelog#v9",
        "https://lab.example/docs/changelog#v8",
    ]
    assert listing.items[1].title.startswith("Streaming answers no longer stop after 1 minutes.")
    assert days_of(listing) == list(DAYS[:4])


RELATED = "".join(
    f'<li><a href="/news/{name}">{title}</a></li>' for name, title in zip(NAMES[1:], TITLES[1:], strict=True)
)
PRODUCTS = "".join(
    f'<div class="product"><a href="/shop/lamp-{n}"><img src="/l{n}.jpg"></a><h3><a href="/shop/lamp-{n}">Desk lamp model {n}</a></h3><span>€ {n}9,90</span></div>'
    for n in range(1, 13)
)


@pytest.mark.parametrize(
    ("body", "url", "why"),
    [
        (
            article(f"<ul>{RELATED}</ul>"),
            "https://lab.example/news/heron-4-reads-whole-libraries",
            Refusal.ARTICLE,
        ),
        (f"<main>{PRODUCTS}</main>", "https://shop.example/lamps", Refusal.UNCLEAR),
        ("<main><form><input type=password></form></main>", "https://lab.example/login", Refusal.LOGIN),
        (
            "<main><h1>Team</h1><ul>"
            + "".join(f"<li><a href='/u/{n}'>Ann{n}</a></li>" for n in range(20))
            + "</ul></main>",
            URL,
            Refusal.UNCLEAR,
        ),
    ],
)
def test_a_page_without_a_list_is_refused(body: str, url: str, why: Refusal) -> None:
    listing = found(body, url=url)
    assert listing.items == ()
    assert listing.refusal is why


@pytest.mark.parametrize(("body", "why"), [(b"", Refusal.EMPTY), (b"   ", Refusal.EMPTY), (b"<p>Hello</p>", Refusal.FEW), (b"<div id=root></div><script>run()</script>", Refusal.SCRIPTS)])  # fmt: skip
def test_a_page_with_nothing_is_told_apart(body: bytes, why: Refusal) -> None:
    assert find_listing(body, URL, NOW).refusal is why


HOSTILE = {
    "deep": b"<div>" * 900_000 + b"<a href=/x>three words here</a>",
    "links": b"".join(
        b"<a href=/n/%d>The news number %d of a long day</a> 12 May 2026 " % (n, n) for n in range(70_000)
    ),
    "classes": b"".join(
        b'<div class="c%x"><h2><a href=/n/%d>News number %d of a day</a></h2></div>' % (n, n, n)
        for n in range(40_000)
    ),
    "digits": b"<p>" + b"1/2/3-" * 800_000,
    "cyrillic": b"<p>" + "в".encode() * 2_000_000,
    "json": b'<script type="application/json">' + b"[" * 2_000_000 + b"</script>x",
    "state": b"<script>" + b"window.a={" * 400_000 + b"</script>x",
    "flight": b'<script>self.__next_f.push([1,"1:Tffffffff,x"])</script>x',
    "attributes": b"<div " + b" ".join(b"a%d=1" % n for n in range(400_000)) + b">x",
    "addresses": b'<a href="http://[::1">one two three</a>' * 5_000,
    "zeros": b"\x00" * 5_000_000,
    "references": b"<a href=/x>&#xD800;&#55296; three words</a>" * 30_000,
    "sitemap": b'<?xml version="1.0"?><urlset>' + b"<url>" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.timeout(10)
def test_a_hostile_page_neither_hangs_nor_breaks(name: str) -> None:
    body = HOSTILE[name][: 5 * 1024 * 1024]
    assert isinstance(find_listing(body, URL, NOW), Listing)


def test_the_links_of_a_page_are_gone_through_once_for_all_its_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    by_slug = embedded._links_by_slug
    monkeypatch.setattr(
        embedded, "_links_by_slug", lambda outline: (looks.append(len(outline.elements)), by_slug(outline))[1]
    )
    rows = [{"title": "A title of some words", "slug": "s", "date": "2026-05-01"}] * 3
    state = f'<script type="application/json">{json.dumps([rows] * 500)}</script>'
    find_listing(page(f'<a href="/p/1">A title of its own</a>{state}'), URL, NOW)
    assert len(looks) == 1


def test_data_with_an_undated_row_is_read_on_the_leap_day() -> None:
    rows = [
        {"title": title, "url": f"/news/{name}", "publishedAt": f"{day}T10:00:00Z" if number else ""}
        for number, (title, name, day) in enumerate(zip(TITLES, NAMES, DAYS, strict=True))
    ]
    body = page(f'<div id="app"></div><script type="application/json">{json.dumps(rows)}</script>')
    listing = find_listing(body, URL, datetime(2028, 2, 29, tzinfo=UTC))
    assert isinstance(listing, Listing)
    assert len(listing.items) == len(rows)


@pytest.mark.parametrize(
    "around",
    [
        '<div class="widget Blog">{}</div>',
        '<div id="content-sidebar" class="with-sidebar">{}</div>',
        "<header>{}</header>",
    ],
)
def test_what_holds_the_whole_list_is_no_margin_whatever_it_is_called(around: str) -> None:
    assert is_whole(found(around.format(cards())))


def test_a_page_that_is_numbered_as_its_items_are_is_a_list_where_another_word_is_before_the_number() -> None:
    body = cards().replace("/news/", "/archives/")
    for number, name in enumerate(NAMES):
        body = body.replace(f"/archives/{name}", f"/archives/{4417000 + number}.html")
    listing = found(body, url="https://lab.example/archives/cat_103640.html")
    assert [item.title for item in listing.items] == list(TITLES)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text,
        lambda text: text.replace("}]}", "},]}"),
        lambda text: f"//<![CDATA[\n{text};\n//]]>",
        lambda text: f"/*<![CDATA[*/{text}/*]]>*/",
    ],
)
def test_data_for_machines_is_read_as_loosely_as_it_is_written(spoil: Callable[[str], str]) -> None:
    elements = [
        {
            "@type": "ListItem",
            "item": {"@type": "NewsArticle", "headline": title, "url": f"/news/{name}", "datePublished": day},
        }
        for title, name, day in zip(TITLES, NAMES, DAYS, strict=True)
    ]
    data = spoil(json.dumps({"@type": "ItemList", "itemListElement": elements}))
    listing = found("<p>Hello</p>", head=f'<script type="application/ld+json">{data}</script>')
    assert is_whole(listing)
    assert (listing.way, days_of(listing)) == (Way.DATA, list(DAYS))


NOTES = ("Heron 4 is out. It reads books.", "We open the weights of Heron 3", "A prize for small models")


def marked(note: str, number: int, inside: str = "") -> str:
    return (
        f'<div class="h-entry"><div class="e-content p-name"><p>{note}</p></div>{inside}'
        f'<a class="u-url" href="/notes/{number}"><time class="dt-published" datetime="2026-09-1{number}T08:00">{number}</time></a></div>'
    )


def test_entries_that_a_page_marks_by_classes_are_its_list() -> None:
    answer = marked("I like that", 8, '<a class="u-like-of" href="https://b.example/1">it</a>')
    comment = '<div class="h-entry"><p class="p-name">Well said</p><a class="u-url" href="https://c.example/1">c</a></div>'
    rows = "".join(marked(note, number, comment) for number, note in enumerate(NOTES))
    page = f'<html lang="en"><head><title>Ann</title></head><body><main class="h-feed">{rows}{answer}</main></body></html>'
    listing = find_listing(page.encode(), "https://ann.example/notes", NOW)
    assert listing.way is Way.DATA
    assert [item.link for item in listing.items] == [f"https://ann.example/notes/{at}" for at in range(3)]
    assert [item.published.day for item in listing.items if item.published] == [10, 11, 12]
    assert listing.items[1].title == NOTES[1]


SHORT_TITLES = (
    "Modell liest Akten",
    "Sprache wird verstanden",
    "Bilder im Stapel",
    "Alte Schlüssel enden",
    "Büro in Trient",
)
RELEASE_DAYS = ("30.8.2026", "28.8.2026", "20.7.2026", "2.7.2026", "20.6.2026")


def rows_of(row: str, days: Sequence[str]) -> Listing:
    """Return what is read of a page of releases with short titles, in rows of some form."""
    rows = "".join(
        row.format(day=day, title=title, at=at)
        for at, (day, title) in enumerate(zip(days, SHORT_TITLES, strict=True))
    )
    page = (
        '<html lang="de"><head><title>Presse</title></head><body><nav><a href="/">Start</a><a href="/produkte">Produkte</a>'
        f'<a href="/team">Team</a></nav><main>{rows}</main><footer><a href="/impressum">Impressum</a></footer></body></html>'
    )
    return find_listing(page.encode(), "https://lab.example/presse/", NOW)


@pytest.mark.parametrize(
    "row",
    [
        '<table><tr><td>{day}</td><td><a href="detail.php?id={at}">{title}</a></td></tr></table>',
        '<div class="row"><div class="d">{day}</div><div class="t"><a href="/presse/{at}">{title}</a></div></div>',
        '<tr><td><a href="/presse/{at}.html">{title}</a></td><td>{day}</td></tr>',
    ],
)
def test_short_titles_beside_days_keep_their_links(row: str) -> None:
    listing = rows_of(row, RELEASE_DAYS)
    assert [item.title for item in listing.items] == list(SHORT_TITLES)
    assert all(str(at) in item.link for at, item in enumerate(listing.items))


@pytest.mark.parametrize(
    "days", [("",) * 5, tuple(day.replace("2026", "2027") for day in RELEASE_DAYS[::-1])]
)
def test_short_links_without_days_or_with_days_to_come_are_no_list(days: tuple[str, ...]) -> None:
    row = '<div class="row"><div class="d">{day}</div><div class="t"><a href="/presse/{at}">{title}</a></div></div>'
    assert not rows_of(row, days).items


PERMALINKS = (
    '<p class="e-content">{note}</p><a class="u-url" href="/n/{at}"><time class="dt-published" datetime="2026-09-1{at}">1{at} Sep</time></a>',
    '<div class="e-content"><p>{note}</p></div><a class="u-url" href="/n/{at}">#</a> <time class="dt-published" datetime="2026-09-1{at}">1{at} Sep 2026</time>',
    '<a class="p-author h-card" href="/">Ann</a><div class="e-content"><p>{note}</p></div><a class="u-url u-uid" href="/n/{at}"><time class="dt-published" datetime="2026-09-1{at}T09:00:00Z">September 1{at}, 2026</time></a>',
    '<div class="e-content">{note}</div><a class="u-url" href="/n/{at}"><time class="dt-published" datetime="2026-09-1{at}T09:00:00Z">Saturday, September 1{at}, 2026 at 9:00 AM</time></a>',
)


@pytest.mark.parametrize("permalink", PERMALINKS)
def test_a_note_whose_link_is_a_day_or_a_sign_is_called_by_its_words(permalink: str) -> None:
    notes = [f"Note {at}: the model of {name} learned a language" for at, name in enumerate(NAMES)]
    rows = "".join(
        f'<div class="h-entry">{permalink.format(note=note, at=at)}</div>' for at, note in enumerate(notes)
    )
    page = (
        '<html lang="en"><head><title>Ann</title></head><body><nav><a href="/">Home</a><a href="/about">About</a></nav>'
        f'<main class="h-feed"><h1>Notes</h1>{rows}</main></body></html>'
    )
    listing = find_listing(page.encode(), "https://ann.example/notes", NOW)
    assert [item.title for item in listing.items] == notes
    assert [item.published.day for item in listing.items if item.published] == [10, 11, 12, 13, 14, 15]


def test_one_marked_entry_is_an_article() -> None:
    page = f"<html><body><main>{marked(NOTES[0], 1)}</main></body></html>"
    assert not find_listing(page.encode(), "https://ann.example/notes/1", NOW).items
