"""Releases of software: a bare version is no headline, and the frame around the notes is no text."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from bot.feeds.kinds.versions import (
    announced_version,
    any_spelling,
    clean_note,
    is_bare_version,
    is_empty_note,
    is_label,
    is_surely_version,
    names_changelog,
    number_of,
    product_of,
    telling_note,
    with_turns,
)
from bot.feeds.markup import shortened
from bot.model import ParsedEntry

_PATH = re.compile(r"^/(?P<project>.+?)/(?:-/)?(?:releases/tag|releases|tags)/(?P<tag>[^/]+)/?$")
_HOSTS = re.compile(r"^(?:www\.)?(?:github\.com|gitlab\.[\w.-]+|codeberg\.org|gitea\.[\w.-]+)$")
_COMPARISON = re.compile(r"^(?:- )?\W*full changelog\b", re.IGNORECASE)
_NEWCOMER = re.compile(r"made their first contribution", re.IGNORECASE)
_CREDIT = re.compile(r" by @[\w\[\]-]{1,60}(?:,? (?:and )?@[\w\[\]-]{1,60}){0,9}(?: in \S{1,300})?$")


def read_release(entry: ParsedEntry, source: str = "") -> ParsedEntry:
    """Return a release with its project's name and the first telling note in its title, and the notes alone
    as its text; any other entry as it is. `source` is what its feed is called.
    """
    place = _place_of(entry.link)
    if place is None:
        is_version = is_bare_version(entry.title) or announced_version(entry.title)
        return _with_product(entry, source) if is_version else entry
    project, tag = place
    notes = notes_of(entry.text)
    title = entry.title if entry.title and not entry.title.startswith("http") else tag
    title = announced_version(title) or title
    spelling = any_spelling(project)
    if not spelling.search(title):
        title = f"{project} {title}"
    number = spelling.sub("", title).strip()
    if (is_bare_version(number) or number == tag) and (note := telling_note(notes, project)):
        title = f"{title}: {note}"
    return replace(entry, title=shortened(title), text=_joined(notes))


def _with_product(entry: ParsedEntry, source: str) -> ParsedEntry:
    """Return an entry of any changelog whose title is a bare version, named as a release is."""
    if not (is_surely_version(entry.title) or names_changelog(source)):
        return entry
    notes = notes_of(entry.text)
    version = announced_version(entry.title) or entry.title
    title = titled_version(product_of([source], entry.link), version, notes)
    return replace(entry, title=title, text=_joined(notes))


def titled_version(product: str, version: str, notes: Sequence[str]) -> str:
    """Return the headline of a version: what it is of, its number and the first note that tells something."""
    title = f"{product} {number_of(version)}".strip()
    note = telling_note(notes, product)
    return shortened(f"{title}: {note}" if note else title)


def notes_of(text: str) -> list[str]:
    """Return the lines of notes without the frame around them."""
    return [line for line in map(_clean_line, with_turns(text.split("\n"))) if line is not None]


def _joined(notes: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(notes)).strip()


def _place_of(link: str) -> tuple[str, str] | None:
    """Return the project and the tag of a release's address."""
    if "/releases" not in link and "/tags/" not in link:
        return None
    parts = urlsplit(link)
    match = _PATH.match(parts.path) if _HOSTS.match(parts.hostname or "") else None
    return (match["project"].rsplit("/", 1)[-1], unquote(match["tag"])) if match else None


def _clean_line(line: str) -> str | None:
    """Return a line of notes without who wrote it and where; None for a line of the frame."""
    if line and (is_label(line) or _NEWCOMER.search(line) or _COMPARISON.match(line) or is_empty_note(line)):
        return None
    return _CREDIT.sub("", clean_note(line.rstrip()) if line else line)
