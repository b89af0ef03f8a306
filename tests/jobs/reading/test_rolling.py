"""What feeds put in one place, or bring again under new names: everything new is told once, nothing known twice."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

import pytest

from bot.model import FeedFormat
from bot.store import feeds
from tests.support.world import World

HOME = "https://source.example/"
URL = "https://source.example/feed"
TEXTS = (
    "Old keys of the AI service stop working in March.",
    "The batch endpoint of the language model accepts 500 images.",
    "The vision model reads PDF files of 500 pages.",
    "The AI model for speech understands Slovene and Sardinian.",
)
TITLES = (
    "Old AI keys stop",
    "Batches of images for the model",
    "The vision model reads PDF files",
    "Slovene for the speech model",
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One item of a feed."""

    title: str
    text: str
    link: str
    guid: str = ""
    at: datetime | None = None


def rss(items: Sequence[Told]) -> str:
    rows = "".join(
        f"<item><title>{escape(item.title)}</title><link>{item.link}</link>"
        + (f'<guid isPermaLink="false">{item.guid}</guid>' if item.guid else "")
        + (f"<pubDate>{format_datetime(item.at)}</pubDate>" if item.at else "")
        + f"<description>{escape(item.text)}</description></item>"
        for item in items
    )
    return f'<rss version="2.0"><channel><title>Source</title><link>{HOME}</link><language>en</language>{rows}</channel></rss>'


def atom(items: Sequence[Told]) -> str:
    rows = "".join(
        f'<entry><title>{escape(item.title)}</title><link href="{item.link}"/><id>{item.guid}</id>'
        + (f"<updated>{item.at.isoformat()}</updated>" if item.at else "")
        + f"<summary>{escape(item.text)}</summary></entry>"
        for item in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Source</title><link href="{HOME}"/>{rows}</feed>'


def json_feed(items: Sequence[Told]) -> str:
    rows = [
        {"id": item.guid, "url": item.link, "title": item.title, "content_text": item.text}
        | ({"date_published": item.at.isoformat()} if item.at else {})
        for item in items
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "Source", "home_page_url": HOME}
    return json.dumps(head | {"language": "en", "items": rows})


async def tell(
    world: World, *documents: str, url: str = URL, form: FeedFormat = FeedFormat.FEED
) -> list[list[str]]:
    """Return what a channel that wants news at once is told by each poll, seven hours apart: texts, or headlines
    where there is none.
    """
    channel = await world.channel()
    await world.wants(channel, "now", topic="all")
    declared = feeds.DeclaredFeed(
        url=url, url_key=url, title="Source", outlet="Source", language="en", ai_only=True, format=form
    )
    async with world.store.write() as tx:
        await feeds.add(tx, declared, "config")
    told = []
    seen = 0
    for document in documents:
        world.web.documents[url] = document.encode()
        await world.settle()
        messages = world.platform.chats[channel.address]
        told.append(
            [story["text"] or story["headline"] for m in messages[seen:] for story in m.payload["stories"]]
        )
        seen = len(messages)
        world.clock.advance(timedelta(hours=7))
    return told


def moment(world: World, hours: float) -> datetime:
    return world.ctx.clock() + timedelta(hours=hours)


Form = Callable[[Sequence[Told]], str]


@pytest.mark.parametrize("form", [rss, atom, json_feed])
@pytest.mark.parametrize(
    ("title", "link", "guid"),
    [
        ("API update", "https://source.example/log#{0}", "https://source.example/log#{0}"),
        ("Weekly digest of the model", HOME, "{0}"),
        ("Status update", "https://source.example/status", "status-{0}"),
        ("Changelog", "https://source.example/log/{0}", "{0}"),
    ],
)
async def test_one_title_on_one_page_is_several_stories(
    world: World, form: Form, title: str, link: str, guid: str
) -> None:
    items = [
        Told(title=title, text=text, link=link.format(at), guid=guid.format(at), at=moment(world, 7 * at - 8))
        for at, text in enumerate(TEXTS)
    ]
    told = await tell(world, *(form(items[last::-1]) for last in (1, 2, 3)))
    assert told == [[], [TEXTS[2]], [TEXTS[3]]]


async def test_one_title_on_one_page_without_names(world: World) -> None:
    items = [
        Told(title="Status update", text=text, link=HOME, at=moment(world, 7 * at - 1))
        for at, text in enumerate(TEXTS)
    ]
    told = await tell(world, *(rss(items[last::-1]) for last in range(4)))
    assert told == [[], [TEXTS[1]], [TEXTS[2]], [TEXTS[3]]]


@pytest.mark.parametrize("form", [rss, atom, json_feed])
@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("link", [HOME, "https://source.example/latest", "https://source.example/log#new"])
async def test_a_feed_of_one_item_that_rolls(world: World, form: Form, *, dated: bool, link: str) -> None:
    documents = [
        form(
            [
                Told(
                    title=title,
                    text=text,
                    link=link,
                    guid="latest",
                    at=moment(world, 7 * at - 1) if dated else None,
                )
            ]
        )
        for at, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True))
    ]
    told = await tell(world, *documents, documents[3], documents[2])
    assert told == [[], [TEXTS[1]], [TEXTS[2]], [TEXTS[3]], [], []]


async def test_slots_in_which_items_move_down(world: World) -> None:
    def slots(top: int) -> str:
        rows = [
            Told(
                title=TITLES[at],
                text=f"{TEXTS[at]} By the editors of the source, who read all of it.",
                link=f"{HOME}top{place}",
                guid=f"slot{place}",
                at=moment(world, 7 * at - 8),
            )
            for place, at in enumerate((top, top - 1))
        ]
        return rss(rows)

    told = await tell(world, slots(1), slots(2), slots(3))
    assert [len(stories) for stories in told] == [0, 1, 1]
    assert len(await world.entries()) == len(TITLES)


async def test_an_edit_of_what_rolled_in_is_an_edit(world: World) -> None:
    one = [
        rss([Told(title=title, text=text, link=HOME, guid="latest", at=moment(world, 7 * at - 1))])
        for at, (title, text) in enumerate(zip(TITLES[:2], TEXTS[:2], strict=True))
    ]
    edited = one[1].replace("500 images", "600 images")
    await tell(world, *one, edited, edited)
    assert len(await world.entries()) == 2


@pytest.mark.parametrize("titled", ["{}", "{} - Source", "{} | Halden Lab", "Source: {}"])
async def test_a_site_rebuilt_with_dates_of_now_tells_nothing_again(world: World, titled: str) -> None:
    def items(prefix: str, hours: float, form: str) -> list[Told]:
        return [
            Told(
                title=form.format(title),
                text=text,
                link=f"{HOME}{prefix}/{at}",
                guid=f"{prefix}{at}",
                at=moment(world, hours),
            )
            for at, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True))
        ]

    new = Told(
        title=titled.format("A model for the weather"),
        text="The weather model forecasts hail for 40 towns.",
        link=f"{HOME}b/9",
        guid="b9",
        at=moment(world, 13),
    )
    told = await tell(
        world,
        rss(items("a", -20, "{}")),
        rss([replace_text(item) for item in items("b", 6, titled)]),
        rss([new, *(replace_text(item) for item in items("b", 6, titled))]),
    )
    assert told == [[], [], [new.text]]
    assert len(await world.entries()) == len(TITLES) + 1


def replace_text(item: Told) -> Told:
    """Return an item with another opening, as a new theme writes it."""
    return Told(
        title=item.title, text=f"By the editors. {item.text}", link=item.link, guid=item.guid, at=item.at
    )


def undated(*places: int, prefix: str = "/news/", numbered: bool = False) -> str:
    rows = "".join(
        f'<article class="card"><a href="{prefix}{at}"><h3>{title_at(at, numbered=numbered)}</h3></a>'
        f"<p>Our researchers tell at length how the language model came to that.</p></article>"
        for at in places
    )
    return f'<!doctype html><html lang="en"><head><title>News | Source</title></head><body><nav><a href="/">Home</a></nav><main><h1>News</h1>{rows}</main></body></html>'


def title_at(at: int, *, numbered: bool) -> str:
    names = (
        "rivers harbours gardens libraries bridges kitchens theatres orchards islands stations mills towers"
    )
    name = names.split()[at]
    return f"Letter {at}: AI models in {name}" if numbered else f"What AI models learn in {name}"


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (undated(*range(6)), undated(*range(11)), 0),
        (undated(*range(6)), undated(*range(2, 9)), 0),
        (undated(*range(1, 7)), undated(*range(7)), 1),
        (undated(*range(6), numbered=True), undated(*range(7), numbered=True), 1),
        (undated(*range(4)), undated(*range(4, 8), prefix="/blog/"), 0),
        (undated(*range(4)), undated(*range(4), prefix="/blog/"), 0),
    ],
)
async def test_a_list_without_dates_tells_what_is_above_what_is_known(
    world: World, before: str, after: str, news: int
) -> None:
    told = await tell(world, before, after, url="https://source.example/news", form=FeedFormat.PAGE)
    assert [len(stories) for stories in told] == [0, news]


@pytest.mark.parametrize(
    "visit",
    [
        ";jsessionid={0}A1B2C3",
        "?PHPSESSID={0}a1b2c3",
        "?sid={0}86d081884c7d659a2f",
        "?lang=en&sid={0}86d081884c7d659a2f",
    ],
)
async def test_a_list_whose_links_hold_the_visit_is_known_at_the_next(world: World, visit: str) -> None:
    first, second = (
        undated(*places).replace('"><h3>', f'{visit.format(number)}"><h3>')
        for number, places in ((1, range(1, 7)), (2, range(7)))
    )
    told = await tell(world, first, second, second, url="https://source.example/news", form=FeedFormat.PAGE)
    assert [len(stories) for stories in told] == [0, 1, 0]
    assert {entry.version for entry in await world.entries()} == {1}


async def test_a_feed_without_dates_that_grows_at_its_end(world: World) -> None:
    items = [Told(title=title_at(at, numbered=False), text="", link=f"{HOME}{at}") for at in range(9)]
    told = await tell(world, rss(items[1:5]), rss(items[1:]), rss(items))
    assert [len(stories) for stories in told] == [0, 0, 1]


async def test_a_changelog_on_a_page_brings_its_new_version(world: World) -> None:
    def page(*entries: tuple[str, str, str]) -> str:
        rows = "".join(
            f'<h2 id="v{number}">[{number}] - {day}</h2><h3>Added</h3><ul><li>{note}</li></ul>'
            for number, day, note in entries
        )
        return f'<html lang="en"><head><title>Heron changelog</title></head><body><main><h1>Changelog</h1>{rows}</main></body></html>'

    day = moment(world, 0).date()
    entries = [
        (number, (day - timedelta(days=age)).isoformat(), note)
        for number, age, note in (
            ("2.4.0", 0, TEXTS[2]),
            ("2.3.0", 9, TEXTS[1]),
            ("2.2.0", 20, TEXTS[0]),
            ("2.1.0", 31, TEXTS[3]),
        )
    ]
    told = await tell(
        world,
        page(*entries[1:]),
        page(*entries),
        url="https://source.example/changelog",
        form=FeedFormat.PAGE,
    )
    assert told[0] == []
    assert len(told[1]) == 1
    assert "500 pages" in told[1][0]


# --- columns, and articles that are published again --------------------------------------------------------

COLUMN = "Markets at noon"
MARKETS = (
    "The exchange of AI chips rose by 0.4 % to 5,210 points this morning, traders of the language model say.",
    "The exchange of AI chips fell by 1.2 % to 5,147 points this morning, traders of the language model say.",
    "The exchange of AI chips rose by 2.1 % to 5,255 points this morning, traders of the language model say.",
)


def edition(world: World, at: int, text: str, hours: float | None = None) -> Told:
    day = moment(world, 24 * at if hours is None else hours)
    return Told(title=COLUMN, text=text, link=f"{HOME}markets", guid=f"market-{at}", at=day)


@pytest.mark.parametrize("kept", [1, 2, 3])
@pytest.mark.parametrize("form", [rss, atom, json_feed])
async def test_a_column_goes_on_in_nearly_the_same_words(world: World, form: Form, kept: int) -> None:
    items = [edition(world, at, text, 7 * at - 1) for at, text in enumerate(MARKETS)]
    documents = [form(items[max(0, last - kept + 1) : last + 1][::-1]) for last in range(3)]
    told = await tell(world, *documents)
    assert told == [[], [MARKETS[1]], [MARKETS[2]]]


@pytest.mark.parametrize("form", [rss, atom, json_feed])
async def test_a_column_without_figures_goes_on_once_three_of_it_stood_there(
    world: World, form: Form
) -> None:
    towns = ("Turin", "Genoa", "Trieste", "Bolzano", "Cagliari")
    items = [
        edition(
            world, at, f"What the AI model says of the weather above the roofs of {town} today.", 7 * at - 15
        )
        for at, town in enumerate(towns)
    ]
    told = await tell(world, form(items[2::-1]), form(items[3:0:-1]), form(items[4:]))
    assert [len(stories) for stories in told] == [0, 1, 1]


WEEKLY = {
    "en": (
        "Our weekly round-up of AI news, written by the editors in Oslo for all who build with language models. "
        "This week: {}."
    ),
    "it": (
        "La rassegna settimanale delle notizie di intelligenza artificiale, scritta a Oslo dalla redazione per "
        "chi lavora ogni giorno con i modelli. Questa settimana: {}."
    ),
}


@pytest.mark.parametrize("kept", [1, 2, 4])
@pytest.mark.parametrize("form", [rss, atom, json_feed])
@pytest.mark.parametrize("language", sorted(WEEKLY))
async def test_a_column_with_a_long_introduction_goes_on_after_its_first_edition(
    world: World, form: Form, language: str, kept: int
) -> None:
    names = ("Corvid", "OpenAI, Halden", "Larkwell Nurse", "Alpine Voices")
    texts = [WEEKLY[language].format(name) for name in names]
    items = [edition(world, at, text, 7 * at - 1) for at, text in enumerate(texts)]
    await tell(world, *(form(items[max(0, last - kept + 1) : last + 1][::-1]) for last in range(4)))
    assert sorted(entry.text for entry in await world.entries()) == sorted(texts)


DAILY = (
    "The leaderboard of language models: Heron 3 stands at {} points and Corvid at {} points in the arena."
)


@pytest.mark.parametrize("form", [rss, atom, json_feed])
@pytest.mark.parametrize(("hours", "news"), [(24, 1), (8, 0)])
async def test_an_item_that_rolls_with_other_figures_is_another_on_another_day(
    world: World, form: Form, hours: int, news: int
) -> None:
    first, second = (
        Told(title="AI models today", text=text, link=f"{HOME}today", guid="today", at=moment(world, at))
        for text, at in ((DAILY.format(1450, 1391), 6 - hours), (DAILY.format(1472, 1402), 6))
    )
    await tell(world, form([first]), form([second]))
    assert len(await world.entries()) == 1 + news


@pytest.mark.parametrize("form", [rss, atom, json_feed])
async def test_words_of_one_page_minutes_apart_are_all_told(world: World, form: Form) -> None:
    items = [
        Told(
            title="Status of the AI service",
            text=text,
            link=f"{HOME}status",
            guid=f"s-{at}",
            at=moment(world, at / 6),
        )
        for at, text in enumerate(TEXTS)
    ]
    told = await tell(world, form(items[:1]), form(items[::-1]))
    assert sorted(told[1]) == sorted(TEXTS[1:])


@pytest.mark.parametrize("form", [rss, atom, json_feed])
@pytest.mark.parametrize(
    "words",
    [
        MARKETS[0],
        f"{MARKETS[0]} More in the evening.",
        f"{MARKETS[0]} Halden fell.",
        MARKETS[0].replace("traders", "brokers"),
    ],
)
@pytest.mark.parametrize("stays", [True, False])
async def test_an_article_that_is_published_again_is_told_once(
    world: World, form: Form, words: str, *, stays: bool
) -> None:
    first, again = edition(world, 0, MARKETS[0], 6), edition(world, 1, words, 13)
    held = Told(title=TITLES[0], text=TEXTS[0], link=f"{HOME}old", guid="old", at=moment(world, -20))
    told = await tell(world, form([held]), form([first, held]), form([again, *[first] * stays, held]))
    assert told == [[], [MARKETS[0]], []]


# --- days that grow ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guid",
    [
        "2026-05-12",
        "https://source.example/log#2026-05-12",
        "https://source.example/log/2026-05-12",
        "tag:source.example,2016:log#May_12_2026",
    ],
)
@pytest.mark.parametrize("grows", [True, False])
async def test_what_is_added_to_a_day_is_told(world: World, guid: str, *, grows: bool) -> None:
    def day(*texts: str) -> str:
        row = Told(
            title="Changes of the day",
            text=" ".join(texts),
            link=f"{HOME}log",
            guid=guid,
            at=moment_of_start,
        )
        held = [
            Told(
                title=title,
                text=title,
                link=f"{HOME}{n}",
                guid=f"g{n}",
                at=moment_of_start - timedelta(days=9),
            )
            for n, title in enumerate(TITLES)
        ]
        return rss([row, *held])

    moment_of_start = moment(world, 0)
    versions = [TEXTS[: at + 1][::-1] if grows else TEXTS[at : at + 1] for at in range(3)]
    documents = [day(*version) for version in versions]
    told = await tell(world, *documents, documents[2].replace("Slovene", "Latin"))
    assert told == [[], [TEXTS[1]], [TEXTS[2]], []]


FORMULAIC = (
    ("Heron 3, the language model, is available in the EU region.", "Heron 3", "Corvid"),
    ("The vision endpoint of the language model is available in preview.", "vision", "speech"),
    ("The language model runs in the Frankfurt region in preview.", "Frankfurt", "Tokyo"),
)


@pytest.mark.parametrize(("line", "name", "other_name"), FORMULAIC)
@pytest.mark.parametrize("title", ["2026-05-12", "Changes of the day"])
@pytest.mark.parametrize("is_first", [True, False])
async def test_a_line_beside_one_in_nearly_its_words_is_told(
    world: World, line: str, name: str, other_name: str, title: str, *, is_first: bool
) -> None:
    def day(*lines: str) -> str:
        row = Told(title=title, text=" ".join(lines), link=f"{HOME}log", guid="2026-05-12", at=now)
        return rss([row, held])

    now = moment(world, 6)
    held = Told(title=TITLES[0], text=TEXTS[0], link=f"{HOME}0", guid="g0", at=moment(world, -200))
    other = line.replace(name, other_name)
    both = day(*((other, line) if is_first else (line, other)))
    told = await tell(world, rss([held]), day(line), both, both, both.replace("available", "offered"))
    assert [len(stories) for stories in told] == [0, 1, 1, 0, 0]


async def test_a_version_on_a_page_that_is_written_on(world: World) -> None:
    def page(*notes: str, old_note: str = TEXTS[1]) -> str:
        versions = (("2.4.0", notes), ("2.3.0", (old_note,)), ("2.2.0", (TEXTS[2],)), ("2.1.0", (TEXTS[3],)))
        rows = "".join(
            f"<h2>{number}</h2><ul>{''.join(f'<li>{note}</li>' for note in lines)}</ul>"
            for number, lines in versions
        )
        return f'<html lang="en"><head><title>Heron changelog</title></head><body><main><h1>Heron changelog</h1>{rows}</main></body></html>'

    added = "The assistant with the AI model is discontinued on 1 June."
    documents = (
        page(TEXTS[0]),
        page(TEXTS[0], added),
        page(TEXTS[0], added, old_note="Mended for all at last."),
    )
    told = await tell(world, *documents, url="https://source.example/changelog", form=FeedFormat.PAGE)
    assert [len(stories) for stories in told] == [0, 1, 0]
    assert {entry.title for entry in await world.entries()} >= {f"Heron 2.4.0: {added}"}


async def test_a_day_of_a_changelog_that_is_mended_is_no_news(world: World) -> None:
    def day(text: str) -> str:
        held = [
            Told(title=title, text=title, link=f"{HOME}{n}", guid=f"g{n}") for n, title in enumerate(TITLES)
        ]
        return rss([Told(title="Changes", text=text, link=f"{HOME}log", guid="2026-05-12"), *held])

    mended = TEXTS[0].replace("Old keys", "The old keys")
    assert await tell(world, day(TEXTS[0]), day(mended), day(mended)) == [[], [], []]
    assert len(await world.entries()) == len(TITLES) + 1


async def test_a_day_on_a_page_that_grows(world: World) -> None:
    day = moment(world, 0).date()

    def page(*notes: str) -> str:
        days = [
            (day, notes),
            *((day - timedelta(days=9 * n), (text,)) for n, text in enumerate(TEXTS[1:], 1)),
        ]
        rows = "".join(
            f'<h2 id="{on}">{on}</h2><h3>Added</h3><ul>{"".join(f"<li>{note}</li>" for note in lines)}</ul>'
            for on, lines in days
        )
        return f'<html lang="en"><head><title>Heron changelog</title></head><body><main><h1>Changelog</h1>{rows}</main></body></html>'

    new = "The AI model counts 4 million birds in one picture."
    documents = page(TEXTS[0]), page(new, TEXTS[0]), page(new, TEXTS[0])
    told = await tell(world, *documents, url="https://source.example/changelog", form=FeedFormat.PAGE)
    assert [len(stories) for stories in told] == [0, 1, 0]
    assert new in told[1][0]


# --- feeds that held nothing when they were first read -----------------------------------------------------


def numbered(world: World, *hours: float | None, start: int = 0) -> list[Told]:
    names = "rivers harbours gardens libraries bridges kitchens theatres orchards islands stations".split()
    return [
        Told(
            title=f"What AI models learn in {names[start + n]}",
            text=f"Researchers of the AI model count {1000 + 37 * (start + n)} {names[start + n]}.",
            link=f"{HOME}{start + n}",
            guid=f"g{start + n}",
            at=moment(world, hour) if hour is not None else None,
        )
        for n, hour in enumerate(hours)
    ]


@pytest.mark.parametrize("form", [rss, atom, json_feed])
@pytest.mark.parametrize(
    ("held", "new", "count"),
    [
        ((-2, -9, -20, -30), (6,), 1),
        ((-2, -9, -20, -30), (1, 3, 6), 3),
        ((-3,), (), 1),
        ((-3, -6), (), 2),
        ((), (1, 2, 3, 4, 5, 6), 6),
        ((None, None, None), (), 0),
        ((None,), (), 1),
    ],
)
async def test_what_an_empty_feed_held_back_is_known_and_what_is_later_is_news(
    world: World, form: Form, held: Sequence[float | None], new: Sequence[float], count: int
) -> None:
    items = [*numbered(world, *new[::-1], start=5 if len(new) < 5 else 0), *numbered(world, *held)]
    later = [Told(title=TITLES[3], text=TEXTS[3], link=f"{HOME}l", guid="later", at=moment(world, 13))]
    later = [] if None in held else later
    told = await tell(world, form([]), form(items), form([*later, *items]))
    assert [len(stories) for stories in told] == [0, count, len(later)]


ARTICLES = (
    "The laboratory in Oslo published a language model that reads whole books in a minute. It needs a single card and costs nothing.",
    "The city of Turin lets a small model answer letters of its citizens. Two clerks read every answer before it leaves the house.",
)


@pytest.mark.parametrize("form", [rss, atom, json_feed])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [
        ("a single card", "one single card", -20.0),
        ("house.", "house. Read on.", -20.0),
        ("The", "By Ann Lee · The", -20.5),
        ("", "", 6.9),
        (" and costs nothing.", "…", 6.9),
        (" before it leaves the house.", "", 6.9),
    ],
)
async def test_a_small_feed_that_is_rebuilt_tells_nothing_again(
    world: World, form: Form, count: int, before: str, after: str, hours: float
) -> None:
    old, new = (
        [
            Told(
                title=TITLES[at],
                text=text.replace(*change),
                link=f"{HOME}{folder}/{at}",
                guid=f"{folder}{at}",
                at=moment(world, dated - at),
            )
            for at, text in enumerate(ARTICLES[:count])
        ]
        for folder, dated, change in (("old", -20.0, ("", "")), ("new", hours, (before, after)))
    )
    assert await tell(world, form(old), form(new)) == [[], []]


BULLETINS = (
    (
        "Incident: investigating",
        "We tell what does not work at the moment. Error rates of the {} model of the AI service are high, and we post again soon.",
        ("speech", "image", "translation"),
    ),
    (
        "AI週報",
        "人工知能研究所の週報です。今週は研究所の{}についてお伝えします。詳しくは本文をお読みください。",
        ("音声モデル", "画像モデル", "翻訳モデル"),
    ),
    (
        "Notiz zum Sprachmodell",
        "Das Labor stellt in jeder Notiz einen Fall vor, in dem das Sprachmodell half. Heute geht es um die {} der Stadt.",
        ("bücherei", "feuerwehr", "müllabfuhr"),
    ),
)


@pytest.mark.parametrize("beside", [0, 1])
@pytest.mark.parametrize("grows", [False, True])
@pytest.mark.parametrize(("title", "text", "subjects"), BULLETINS)
async def test_small_feeds_bring_one_bulletin_after_the_other(
    world: World, beside: int, *, grows: bool, title: str, text: str, subjects: Sequence[str]
) -> None:
    about = Told(title="About this page", text="What is new.", link=f"{HOME}about", guid="about-the-page")
    items = [
        Told(
            title=title,
            text=text.format(subject),
            link=f"{HOME}log/{at}",
            guid=f"bulletin-{at}",
            at=moment(world, 7 * at - 1),
        )
        for at, subject in enumerate(subjects)
    ]
    shown = [items[at::-1] if grows else items[at : at + 1] for at in range(3)]
    await tell(world, *(rss([*bulletins, *[about] * beside]) for bulletins in shown))
    bulletins = [entry for entry in await world.entries() if entry.title == title]
    assert {entry.text for entry in bulletins} == {text.format(subject) for subject in subjects}
    assert sorted((entry.version, entry.backlog) for entry in bulletins) == [
        (1, False),
        (1, False),
        (1, True),
    ]


@pytest.mark.parametrize("form", [rss, atom, json_feed])
async def test_two_briefings_a_day_go_on_under_their_titles(world: World, form: Form) -> None:
    documents = [
        form(
            [
                Told(
                    title=f"{part} briefing",
                    text=TEXTS[2 * day + at],
                    link=f"{HOME}{part}/{day}",
                    guid=f"{part}{day}",
                    at=moment(world, 7 * day - 1),
                )
                for at, part in enumerate(("Morning", "Evening"))
            ]
        )
        for day in range(2)
    ]
    told = await tell(world, *documents)
    assert sorted(told[1]) == sorted(TEXTS[2:])


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        ("Read by 100 people.", "Read by 113 people.", False),
        ("Posted 50 minutes ago.", "Posted 2 hours ago.", False),
        ("1 comment.", "2 comments.", False),
        ("More soon.", "The service is at work again since noon, says the lab.", True),
    ],
)
async def test_what_a_feed_held_is_told_at_once_only_where_it_tells_more(
    world: World, before: str, after: str, *, is_news: bool
) -> None:
    documents = [
        rss(
            [
                Told(
                    title=title,
                    text=f"{text} {note}",
                    link=f"{HOME}{at}",
                    guid=f"guid-{at}",
                    at=moment(world, -10),
                )
                for at, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True))
            ]
        )
        for note in (before, after)
    ]
    told = await tell(world, *documents)
    assert bool(told[1]) is is_news
