"""Releases of software: a bare version is no headline, and the frame around the notes is no text."""

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from bot.feeds.markup import shortened
from bot.model import ParsedEntry

MAX_NOTE = 110
"""Characters of the note that a title takes over."""

FEWEST_WORDS = 3

_PATH = re.compile(r"^/(?P<project>.+?)/(?:-/)?(?:releases/tag|releases|tags)/(?P<tag>[^/]+)/?$")
_HOSTS = re.compile(r"^(?:www\.)?(?:github\.com|gitlab\.[\w.-]+|codeberg\.org|gitea\.[\w.-]+)$")
_VERSION = re.compile(r"^\W*(?:version |release )?v?\d+(?:[._-]\w+)*\W*$", re.IGNORECASE)
_FRAME = re.compile(
    r"^(?:- )?\W*(?:what['’]s (?:changed|new)|highlights|release notes?|changelog|changes|new contributors"
    r"|assets|contributors|other changes|downloads?|install(?:ation)?|breaking changes|bug ?fixes|features?"
    r"|fixes|no content)\W*$",
    re.IGNORECASE,
)
_COMPARISON = re.compile(r"^(?:- )?\W*full changelog\b", re.IGNORECASE)
_NEWCOMER = re.compile(r"made their first contribution", re.IGNORECASE)
_CREDIT = re.compile(r" by @[\w\[\]-]{1,60}(?:,? (?:and )?@[\w\[\]-]{1,60}){0,9}(?: in \S{1,300})?$")
_REFERENCE = re.compile(r"\(?(?:#\d+|[0-9a-f]{7,40})\)?$")
_PREFIX = re.compile(r"^(?P<kind>[a-z]{2,9})(?:\([^)]{0,40}\))?!?:\s+")
_CHORES = frozenset("build bump chore ci deps docs refactor revert style test tests".split())


def read_release(entry: ParsedEntry) -> ParsedEntry:
    """Return a release with its project's name and the first telling note in its title, and the notes alone
    as its text; any other entry as it is.
    """
    place = _place_of(entry.link)
    if place is None:
        return entry
    project, tag = place
    notes = [line for line in map(_clean_line, entry.text.split("\n")) if line is not None]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(notes)).strip()
    title = entry.title if entry.title and not entry.title.startswith("http") else tag
    written = _any_spelling(project)
    if not written.search(title):
        title = f"{project} {title}"
    is_bare = _VERSION.fullmatch(written.sub("", title))
    if is_bare and (note := _telling_note(notes)):
        title = f"{title}: {note}"
    return replace(entry, title=shortened(title), text=text)


def _any_spelling(project: str) -> re.Pattern[str]:
    """Return what finds a project's name whatever parts its words: claude-code, Claude Code, OpenCLIP."""
    letters = re.sub(r"[\W_]+", "", project)
    return re.compile(r"[\W_]?".join(map(re.escape, letters or project)), re.IGNORECASE)


def _place_of(link: str) -> tuple[str, str] | None:
    """Return the project and the tag of a release's address."""
    if "/releases" not in link and "/tags/" not in link:
        return None
    parts = urlsplit(link)
    match = _PATH.match(parts.path) if _HOSTS.match(parts.hostname or "") else None
    return (match["project"].rsplit("/", 1)[-1], unquote(match["tag"])) if match else None


def _clean_line(line: str) -> str | None:
    """Return a line of notes without who wrote it and where; None for a line of the frame."""
    if _FRAME.match(line) or _NEWCOMER.search(line) or _COMPARISON.match(line):
        return None
    return _CREDIT.sub("", line.rstrip())


def _telling_note(notes: list[str]) -> str:
    """Return the first note that says what is new for those who use it, empty where none does."""
    for note in notes:
        line = _REFERENCE.sub("", note.removeprefix("- ").strip()).rstrip()
        prefix = _PREFIX.match(line)
        if prefix and prefix["kind"] in _CHORES:
            continue
        line = line[prefix.end() :] if prefix else line
        if len(line.split()) >= FEWEST_WORDS or (len(line) >= 12 and not line.isascii()):
            return shortened(line.split(". ")[0].rstrip("."), MAX_NOTE)
    return ""
