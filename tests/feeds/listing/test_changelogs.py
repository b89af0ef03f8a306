"""Changelogs of one page: each version or day is an item, whatever its notes are sorted by."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

import pytest

from bot.feeds.listing.find import Way, find_listing
from bot.feeds.listing.items import Item

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
URL = "https://heron.example/changelog"
ENTRIES = (
    ("2.4.0", "2026-11-23", "The agent reads PDF files of 500 pages"),
    ("2.3.1", "2026-11-17", "The tokenizer knows Thai"),
    ("2.3.0", "2026-11-08", "Prompt caching costs half"),
    ("2.2.0", "2026-10-30", "Calls can be traced"),
)
DATES = ["2026-11-23", "2026-11-17", "2026-11-08", "2026-10-30"]


def read(body: str, title: str = "Heron changelog", language: str = "en") -> Sequence[Item]:
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head><body>'
        f'<nav><a href="/">Home</a><a href="/docs">Docs</a></nav><main>{body}</main>'
        "<footer><h2>About us</h2><p>A laboratory by the lake, with forty people.</p></footer></body></html>"
    )
    listing = find_listing(page.encode(), URL, NOW)
    assert listing.way is Way.ANCHORS, listing.refusal
    return listing.items


def days_of(items: Sequence[Item]) -> list[str]:
    return [item.published.date().isoformat() if item.published else "" for item in items]


@pytest.mark.parametrize(
    "entry",
    [
        '<h2 id="v{0}">[{0}] - {1}</h2><h3>Added</h3><ul><li>{2}</li></ul><h3>Fixed</h3><ul><li>Typos</li></ul>',
        '<h2 id="v{0}">[{0}] - {1}</h2><h3 id="added-{0}">Added</h3><ul><li>{2}</li></ul>',
        '<h3 id="v{0}"><a href="#v{0}">{0}</a> <small>({1})</small></h3><h4>Features</h4><ul><li>{2}</li></ul>',
        '<section id="v{0}"><h2>{0}</h2><p>{1}</p><h3>🚀 New features</h3><p>{2}.</p></section>',
        '<article><header><h3 id="v{0}">Version {0}</h3><time datetime="{1}"></time></header><p><strong>New</strong></p><p>{2}.</p></article>',
        '<details id="v{0}"><summary>{0} — {1}</summary><h4>Changed</h4><ul><li>{2}</li></ul></details>',
        '<h2><a href="https://github.com/h/heron/compare/v1...v{0}">[{0}]</a> - {1}</h2><h3>Added</h3><ul><li>{2} (<a href="https://github.com/h/heron/pull/7">#7</a>)</li></ul>',
        '<div class="release"><div class="version">{0}</div><div class="day">{1}</div><h3>Improvements</h3><ul><li>{2}</li></ul></div>',
    ],
)
def test_an_item_is_the_version_with_its_notes(entry: str) -> None:
    items = read("".join(entry.format(*values) for values in ENTRIES))
    assert [item.title for item in items] == [f"Heron {number}: {note}" for number, _, note in ENTRIES]
    assert days_of(items) == DATES
    assert all(note in item.teaser for item, (_, _, note) in zip(items, ENTRIES, strict=True))
    assert "Added" not in items[0].teaser
    assert "laboratory" not in items[-1].teaser


def test_versions_without_dates_and_anchors() -> None:
    items = read("".join(f"<h2>v{number}</h2><h3>Features</h3><p>{note}.</p>" for number, _, note in ENTRIES))
    assert [item.title for item in items] == [f"Heron v{number}: {note}" for number, _, note in ENTRIES]
    assert {item.link for item in items} == {URL}
    assert len({item.guid for item in items}) == len(ENTRIES)


def test_a_heading_that_says_what_is_new_is_kept() -> None:
    items = read(
        "".join(f'<h2 id="v{number}">{number}: {note}</h2><p>{day}</p>' for number, day, note in ENTRIES)
    )
    assert items[0].title == "Heron 2.4.0: The agent reads PDF files of 500 pages"


@pytest.mark.parametrize("lines", [1, 2, 6])
@pytest.mark.parametrize(
    "entry",
    [
        '<p class="day">{1}</p><h2 id="v{0}">{0}</h2>{2}',
        '<p class="day">{1}</p><p>Release</p><h2 id="v{0}">{0}</h2>{2}',
        '<time datetime="{1}"></time><h2 id="v{0}">{0}</h2>{2}',
        '<time datetime="{1}">a while ago</time><h2 id="v{0}">{0}</h2>{2}',
        '<div class="row"><div>{1}</div><div><h3 id="v{0}">Version {0}</h3>{2}</div></div>',
        '<h2 id="v{0}">{0}</h2><p class="day">{1}</p>{2}',
        '<h2 id="v{0}">{0}</h2><p>Release</p><time datetime="{1}"></time>{2}',
        '<div class="row"><h3 id="v{0}">Version {0}</h3><div>Release</div><div>{1}</div>{2}</div>',
    ],
)
@pytest.mark.parametrize(
    "head", ["", "<p>30 November 2026</p><p>What we did</p>", '<h2 id="next">Unreleased</h2><p>Soon.</p>']
)
def test_days_stand_on_one_side_of_all_versions(entry: str, lines: int, head: str) -> None:
    rows = (
        entry.format(number, day, "".join(f"<p>{note} in {at} ways.</p>" for at in range(1, lines + 1)))
        for number, day, note in ENTRIES
    )
    items = read(head + "".join(rows))
    assert [item.guid.removeprefix("Version ") for item in items] == [number for number, _, _ in ENTRIES]
    assert days_of(items) == DATES


def test_a_version_without_a_day_takes_no_other_s() -> None:
    rows = [f'<p>{day}</p><h2 id="v{number}">{number}</h2><p>{note}.</p>' for number, day, note in ENTRIES]
    rows[1] = rows[1].replace(f"<p>{DATES[1]}</p>", "")
    items = read("".join(rows))
    assert days_of(items) == [DATES[0], "", *DATES[2:]]


@pytest.mark.parametrize("mark", ["[YANKED]", "(withdrawn)", "[BREAKING]"])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_version_with_a_mark_in_brackets_is_one(mark: str, at: int) -> None:
    marked = [
        (number, f"{day} {mark}" if place == at else day, note)
        for place, (number, day, note) in enumerate(ENTRIES)
    ]
    html = "".join("<h2>[{}] - {}</h2><ul><li>{}</li></ul>".format(*values) for values in marked)
    assert days_of(read(html)) == DATES
    notes = "# Changelog\n\n" + "\n".join("## [{}] - {}\n\n- {}\n".format(*values) for values in marked)
    for references in (
        "",
        "[2.4.0]: https://x.example/c\n",
        "[2.4.0]: <https://x.example/c>\n[2.3.0]: /d 'D'\n",
    ):
        listing = find_listing(f"{notes}\n{references}".encode(), URL, NOW, "text/plain")
        assert days_of(listing.items) == DATES
        assert all("x.example" not in item.teaser for item in listing.items)


def test_what_is_unreleased_is_no_item() -> None:
    head = '<h2 id="next">[Unreleased]</h2><h3>Added</h3><ul><li>Nothing that is ready</li></ul>'
    items = read(
        head
        + "".join(f'<h2 id="v{n}">[{n}] - {day}</h2><h3>Added</h3><p>{note}.</p>' for n, day, note in ENTRIES)
    )
    assert [item.guid for item in items] == [number for number, _, _ in ENTRIES]


@pytest.mark.parametrize(
    ("language", "title", "days", "label", "notes"),
    [
        ("it", "Novità di Airone", ("23 novembre 2026", "17 novembre 2026", "8 novembre 2026"), "Aggiunte", "Il modello legge interi libri"),
        ("de", "Änderungsprotokoll", ("23. November 2026", "17. November 2026", "8. November 2026"), "Neue Funktionen", "Das Modell liest ganze Bücher"),
        ("fr", "Notes de version", ("23 novembre 2026", "17 novembre 2026", "8 novembre 2026"), "Nouveautés", "Le modèle lit des livres entiers"),
        ("es", "Registro de cambios", ("23 de noviembre de 2026", "17 de noviembre de 2026", "8 de noviembre de 2026"), "Añadido", "El modelo lee libros enteros"),
        ("pt", "Notas da versão", ("23 de novembro de 2026", "17 de novembro de 2026", "8 de novembro de 2026"), "Correções", "O modelo lê livros inteiros"),
        ("zh", "更新日志", ("2026年11月23日", "2026年11月17日", "2026年11月8日"), "新增功能", "模型现在可以阅读整本书"),
        ("ja", "更新履歴", ("2026年11月23日", "2026年11月17日", "2026年11月8日"), "新機能", "モデルが本を一冊読めるようになりました"),
    ],
)  # fmt: skip
def test_days_with_labels_in_every_language(
    language: str, title: str, days: Sequence[str], label: str, notes: str
) -> None:
    body = "".join(
        f'<h2 id="d{at}">{day}</h2><h3>{label}</h3><ul><li>{notes} {at}</li></ul>'
        for at, day in enumerate(days)
    )
    items = read(body, title, language)
    assert [item.title for item in items] == [f"{notes} {at}" for at in range(3)]
    assert days_of(items) == DATES[:3]


def test_versions_that_look_like_days_are_versions() -> None:
    numbers = ("2026.11.2", "2026.11.1", "2026.10.0")
    items = read(
        "".join(
            f'<h2 id="v{number}">{number}</h2><h3>Fixes</h3><p>{note}.</p>'
            for number, (_, _, note) in zip(numbers, ENTRIES, strict=False)
        )
    )
    assert [item.title for item in items] == [
        f"Heron {number}: {note}" for number, (_, _, note) in zip(numbers, ENTRIES, strict=False)
    ]


def test_a_day_above_a_version_brings_the_version_with_what_is_new() -> None:
    items = read("".join(f"<h2>{day}</h2><h3>Heron Desk {n}</h3><p>{note}.</p>" for n, day, note in ENTRIES))
    assert [item.title for item in items] == [f"Heron Desk {number}: {note}" for number, _, note in ENTRIES]


def test_numbered_chapters_are_no_versions() -> None:
    body = "".join(f'<h2 id="c{at}">{at}.1 How to call the service</h2><p>Text.</p>' for at in range(1, 6))
    page = f"<html><body><main>{body}</main></body></html>"
    assert not find_listing(page.encode(), URL, NOW).items


# --- several products, and plain text ----------------------------------------------------------------------

IN_TURN = (
    ("Heron", "2.4.0", "2026-11-23", "The agent reads PDF files of 500 pages"),
    ("Corvid", "1.7.0", "2026-11-17", "The tokenizer knows Thai"),
    ("Heron", "2.3.0", "2026-11-08", "Prompt caching costs half"),
    ("Corvid", "1.6.2", "2026-10-30", "Calls can be traced"),
    ("Corvid", "1.6.1", "2026-10-29", "Answers come in a stream"),
)


@pytest.mark.parametrize(
    "entry",
    [
        '<h2 id="{0}-{1}">{0} {1}</h2><p>{2}</p><h3>Added</h3><ul><li>{3}</li></ul>',
        "<h2>{0} {1} ({2})</h2><ul><li>{3}</li></ul>",
        "<h3>{0} v{1}</h3><p>{3}.</p>",
        "<p>{2}</p><h2>{0} {1}</h2><ul><li>{3}</li></ul>",
    ],
)
def test_versions_of_two_products_in_turn(entry: str) -> None:
    items = read("".join(entry.format(*values) for values in IN_TURN), "Changes at Halden")
    titles = [item.title.replace(" v", " ") for item in items]
    assert titles == [f"{product} {number}: {note}" for product, number, _, note in IN_TURN]
    assert len({item.guid for item in items}) == len(IN_TURN)


def test_one_number_of_two_products_is_two_entries() -> None:
    rows = [
        (product, "1.0.0" if at < 2 else number, day, note)
        for at, (product, number, day, note) in enumerate(IN_TURN)
    ]
    items = read("".join(f"<h2>{p} {n} ({day})</h2><p>{note}.</p>" for p, n, day, note in rows))
    assert [item.guid for item in items[:2]] == ["Heron 1.0.0", "Corvid 1.0.0"]


PLAIN = (
    "## [{0}] - {1}\n### Added\n- {2}\n\n",
    "{0} ({1})\n{3}\n  * {2}\n\n",
    "Version {0} - {1}\n\n- {2}\n- Typos\n\n",
    "v{0}\n{1}\n\n{2}.\n\n",
    "## [{0}](https://lab.example/heron/compare/v1.0.0...v{0}) ({1})\n\n### Features\n\n* {2}\n\n",
    "## [Heron {0}](https://lab.example/heron/releases/{0}) - {1}\n\n* {2}\n\n",
    "=== {0} / {1} ===\n\n* {2}\n* Typos\n",
    "{1}\nv{0}\n    {2}.\n\n",
    "Heron {0} ({1}):\n  - {2}\n",
    "heron ({0}) unstable; urgency=low\n\n  * {2}\n\n",
)


@pytest.mark.parametrize("entry", PLAIN)
@pytest.mark.parametrize("form", ["pre", "plain", "markdown"])
def test_changelogs_in_plain_text(entry: str, form: str) -> None:
    text = "Changelog of Heron\n==================\n\n" + "".join(
        entry.format(*values, "-" * 20) for values in ENTRIES
    )
    if form == "pre":
        items = read(f"<h1>Heron changelog</h1><pre>{escape(text)}</pre>")
    else:
        listing = find_listing(text.encode(), f"{URL}.txt", NOW, f"text/{form}; charset=utf-8")
        assert listing.way is Way.ANCHORS, listing.refusal
        items = listing.items
    assert [number in item.title for item, (number, _, _) in zip(items, ENTRIES, strict=True)] == [True] * 4
    assert all(note in item.title for item, (_, _, note) in zip(items, ENTRIES, strict=True))
    assert "{1}" not in entry or days_of(items) == DATES


@pytest.mark.parametrize(
    "text",
    [
        "Install version 1.2.0 first.\nThen run 1.3.0 of the tool.\nAt last 1.1.0.\n",
        "GET /v1/models HTTP/1.1\nHost: lab.example\n\n{'model': 'heron-2.4'}\n",
        "def f():\n    return 1.5\n\nx = 2.4\ny = 2.3\nz = 2.2\n",
    ],
)
def test_other_plain_text_is_no_changelog(text: str) -> None:
    page = f"<html><body><main><h1>How to</h1><pre>{escape(text)}</pre></main></body></html>"
    assert not find_listing(page.encode(), URL, NOW).items
    assert not find_listing(text.encode(), URL, NOW, "text/plain").items


FILE = "".join(
    f'<h2 id="v{n}">[{n}] - {day}</h2><h3>Added</h3><ul><li>{note}</li></ul>' for n, day, note in ENTRIES
)


@pytest.mark.parametrize(
    ("title", "address", "heading", "name"),
    [
        ("heron/CHANGELOG.md at main · halden/heron · GitHub", "https://github.com/halden/heron/blob/main/CHANGELOG.md", "Changelog", "heron"),
        ("heron/docs/NEWS.md at v2.4.0 · halden/heron", "https://github.com/halden/heron/blob/v2.4.0/docs/NEWS.md", "Files", "heron"),
        ("heron-sdk/RELEASES.md at master · halden/heron-sdk", "https://github.com/halden/heron-sdk/blob/master/RELEASES.md", "Release notes", "heron-sdk"),
        ("heron/HISTORY.rst at main", "https://github.com/halden/heron/blob/main/HISTORY.rst", "History", "heron"),
        ("heron/packages/core/CHANGELOG.md at main", "https://github.com/halden/heron/blob/main/packages/core/CHANGELOG.md", "@halden/core", "@halden/core"),
        ("CHANGELOG.md · main · Halden Lab / Models / Heron · GitLab", "https://git.lab.example/halden/models/heron/-/blob/main/CHANGELOG.md", "Changelog", "Heron"),
        ("heron/CHANGELOG.md at main - halden/heron - Codeberg.org", "https://codeberg.org/halden/heron/src/branch/main/CHANGELOG.md", "Changelog", "heron"),
        ("heron/CHANGELOG.md at main - heron - Gitea: Git with a cup of tea", "https://git.lab.example/halden/heron/src/branch/main/CHANGELOG.md", "", "heron"),
        ("Bitbucket", "https://bitbucket.example/halden/heron/src/main/CHANGELOG.md", "halden / heron", "heron"),
        ("heron.git - Unnamed repository", "https://lab.example/cgit/heron.git/tree/NEWS", "", "heron"),
        ("heron/CHANGELOG.md", "https://lab.example/files/view?at=3", "", "heron"),
        ("Changelog - Node.js", "https://node.example/changelog", "Changelog", "Node.js"),
        ("Heron: what is new", "https://lab.example/main/heron/changelog", "Changelog", "Heron"),
        ("heron-sdk release notes", "https://lab.example/notes", "", "heron-sdk"),
        ("Heron-Changelog", "https://lab.example/notes", "", "Heron"),
    ],
)  # fmt: skip
def test_the_page_of_a_file_bears_the_name_of_its_project(
    title: str, address: str, heading: str, name: str
) -> None:
    head = f"<h1>{heading}</h1>" if heading else ""
    page = f"<html><head><title>{title}</title></head><body><main>{head}{FILE}</main></body></html>"
    items = find_listing(page.encode(), address, NOW).items
    assert [item.title for item in items] == [f"{name} {number}: {note}" for number, _, note in ENTRIES]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://raw.halden.example/halden/heron/main/CHANGELOG.md", "heron"),
        ("https://raw.halden.example/halden/heron/v2.4.0/CHANGELOG.md", "heron"),
        ("https://raw.halden.example/halden/heron/refs/heads/main/CHANGELOG.md", "heron"),
        ("https://git.lab.example/halden/heron/-/raw/main/CHANGELOG.md", "heron"),
        ("https://heron.example/CHANGELOG.txt", "Heron"),
        ("https://heron.example/main/CHANGELOG.txt", "Heron"),
    ],
)
def test_a_bare_file_bears_the_name_of_its_project(address: str, name: str) -> None:
    text = "# Changelog\n\n" + "".join(
        f"## [{n}] - {day}\n### Added\n- {note}\n\n" for n, day, note in ENTRIES
    )
    items = find_listing(text.encode(), address, NOW, "text/plain").items
    assert items[0].title == f"{name} 2.4.0: {ENTRIES[0][2]}"
