"""Pages of a made-up laboratory, in the designs that sites have: cards, tables, headings, days, decoys around them."""

from collections.abc import Sequence

URL = "https://lab.example/news"
TITLES = (
    "Heron 4 reads whole libraries at once",
    "How we measure what a model leaves unsaid",
    "An office in Lisbon, our first in the south",
    "Opening the weights of Heron 3 Small",
    "Why our crawler now asks before it reads",
    "Heron in hospitals: what two years of trials say",
)
NAMES = (
    "heron-4",
    "unsaid-measure",
    "office-in-lisbon",
    "heron-3-small-weights",
    "polite-crawler",
    "heron-in-hospitals",
)
DAYS = ("2026-09-18", "2026-09-15", "2026-09-01", "2026-08-20", "2026-08-11", "2026-07-30")
ENGLISH = (
    "Sep 18, 2026",
    "September 15, 2026",
    "Sept. 1, 2026",
    "20 August 2026",
    "11 Aug 2026",
    "Jul 30, 2026",
)
TEASER = "A short account of what was tried, what came out of it and what we would do otherwise if we began again today."
MENU = "".join(
    f'<li><a href="/{name}">{name.title()}</a></li>'
    for name in ("models", "research", "company", "careers", "pricing", "contact")
)
FOOTER = "".join(
    f'<li><a href="/legal/{name}">{name.title()}</a></li>'
    for name in ("terms", "privacy", "imprint", "security", "cookies")
)
ASIDE = "".join(f'<li><a href="/topics/{number}">Topic {number}</a></li>' for number in range(12))


def page(body: str, *, head: str = "", language: str = "en") -> bytes:
    """Return a whole page around a body: with a menu, a sidebar and a footer."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>News | Halden Lab</title>{head}</head><body>'
        f"<header><nav><ul>{MENU}</ul></nav></header>{body}"
        f'<aside class="sidebar"><h3>Topics</h3><ul>{ASIDE}</ul></aside><footer><ul>{FOOTER}</ul></footer></body></html>'
    ).encode()


def cards(
    dates: Sequence[str] = ENGLISH, titles: Sequence[str] = TITLES, names: Sequence[str] = NAMES
) -> str:
    """Return a list in which one link covers each card, with a button that all share."""
    rows = (
        f'<a class="card" href="/news/{name}"><img src="/i/{name}.png"><span class="tag">Research</span><div class="card__title">{title}</div>'
        f"<span>{date}</span><p>{TEASER}</p><b>Read more</b></a>"
        for name, title, date in zip(names, titles, dates, strict=False)
    )
    return f'<main><h1>News</h1><div class="grid">{"".join(rows)}</div></main>'


def table(dates: Sequence[str]) -> str:
    """Return a list as a table without headings: date, title, file."""
    rows = (
        f'<tr><td>{date}</td><td><a href="/news/{name}">{title}</a></td><td><a href="/files/{name}.pdf">PDF</a></td></tr>'
        for name, title, date in zip(NAMES, TITLES, dates, strict=True)
    )
    return f"<div id=content><table>{''.join(rows)}</table></div>"


def flat(dates: Sequence[str], *, before: bool) -> str:
    """Return a list whose items nothing surrounds: headings, dates and paragraphs follow each other."""
    rows = []
    for name, title, date in zip(NAMES, TITLES, dates, strict=True):
        head, day = f'<h3><a href="/news/{name}">{title}</a></h3>', f'<p class="date">{date}</p>'
        rows.append((day + head if before else head + day) + f"<p>{TEASER}</p>")
    return f"<div>{''.join(rows)}</div>"


def days() -> str:
    """Return a list by days: three items below each date."""
    links = [
        f'<li><a href="/news/{name}">{title}</a></li>' for name, title in zip(NAMES, TITLES, strict=True)
    ]
    return f"<div><h4>18 September 2026</h4><ul>{''.join(links[:3])}</ul><h4>17 September 2026</h4><ul>{''.join(links[3:])}</ul></div>"


def article(related: str = "") -> str:
    """Return one article of several paragraphs, with other ones below it."""
    text = "".join(
        f"<p>{TEASER} {TEASER} {TEASER} Paragraph {number} says a little more of it.</p>"
        for number in range(12)
    )
    return f'<article><h1>{TITLES[0]}</h1><time datetime="2026-09-18">Sep 18, 2026</time>{text}</article><section><h2>Related</h2>{related}</section>'
