"""Versions of software in titles and notes: which words are frames around them, and what a note says."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from bot.feeds.markup import shortened
from bot.lexicon import alternatives
from bot.text.sentences import sentences
from bot.text.stopwords import STOPWORDS
from bot.text.words import fold, has_cjk

MAX_NOTE = 110
"""Characters of the note that a title takes over."""

LONGEST_ANNOUNCEMENT = 60
"""Characters of a title that says no more than that a version is there."""

MAX_LINE = 200
"""Characters beyond which a line is no label."""

FEWEST_WORDS = 3
FEWEST_WIDE = 5
"""Ideographs, kana or syllables that say as much."""

_WORDS = alternatives(lambda lexicon: lexicon.page.versions)
_FRAMES = alternatives(lambda lexicon: lexicon.page.frames)
_NUMBER = r"v?\d+(?:[._+-][a-zA-Z0-9]+)*"
_BARE = re.compile(
    rf"(?:(?:{_WORDS})\s?)?(?:@?[\w./-]{{1,80}}@)?{_NUMBER}(?:\s?(?:{_WORDS}))?", re.IGNORECASE
)
_PARTED = re.compile(
    rf"(?<![\w.])(?:(?:(?:{_WORDS})\s?)v?\d+|v\d+|\d+\.\d+)(?:\.\d+)*(?:[-+.]?[a-z]\w*(?:[.-]\w+)*)?(?!\w)",
    re.IGNORECASE,
)
_INNER_VERSION = re.compile(
    r"(?<![\w.])(?:v\d+|\d+\.\d+)(?:\.\d+)*(?:[-+.]?[a-z]\w*(?:[.-]\w+)*)?(?!\w)", re.IGNORECASE | re.ASCII
)
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d[-./]\d\d?[-./]\d\d?(?!\d)")
_ANNOUNCING = re.compile(
    rf"(?:{alternatives(lambda lexicon: lexicon.page.announcing)}|{_WORDS})", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[\W_]+")
_CALLED = re.compile(rf"^(?:{_WORDS})\s?(?=v?\d)", re.IGNORECASE)
_CALLED_INNER_VERSION = re.compile(rf"(?<!\w)(?:{_WORDS})(?!\w)", re.IGNORECASE)
_LABEL = re.compile(rf"(?:{_FRAMES})(?:\s\S{{1,5}}\sv?\d[\w.-]{{0,30}})?", re.IGNORECASE)
_TURNING = re.compile(alternatives(lambda lexicon: lexicon.page.turning), re.IGNORECASE)
_LABELS_INNER_VERSION = re.compile(rf"(?<!\w)(?:{_FRAMES})(?!\w)", re.IGNORECASE)
_POINTER = re.compile(alternatives(lambda lexicon: lexicon.page.pointers), re.IGNORECASE)
_CHECKSUM = re.compile(r"(?:sha-?\d{1,4}|md5|checksums?)\b", re.IGNORECASE)
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{32,}")
_PACKAGE = re.compile(r"@?[\w./-]{1,80}@v?\d[\w.-]{0,40}")
_ALERT = re.compile(r"\[!\w{1,20}\]")
_EMOJI_NAME = re.compile(r"^:\w{1,30}: ?")
_PARTS = re.compile(r"[|–—·:»›•]| - ")
_SLUG = re.compile(r"((?<!\S)@?[a-z0-9]{1,60}(?:[-_/.][a-z0-9]{1,60}){1,12}(?!\S))")
"""A name as repositories and packages have it: `heron-sdk`."""

_FILE = re.compile(
    r"(?<!\S)(?:(?P<folder>[\w.-]{1,80})/)?[\w./-]{0,120}\.(?:md|markdown|mdx|rst|txt|adoc)(?!\S)",
    re.IGNORECASE,
)
_HASH = re.compile(r"^(?:\[?#\d{1,7}\]? )?\[?(?=[a-f]{0,40}\d)[0-9a-f]{7,40}\]?:? ")
_THANKS = re.compile(r"^(?:[#\w, \[\]]{0,80} )?Thanks (?:@[\w-]+(?:,? (?:and )?)?)+!? - ", re.IGNORECASE)
_PREFIX = re.compile(r"^(?P<kind>[a-z]{2,9})(?:\([^)]{0,40}\))?!?: ", re.IGNORECASE)
_CHORES = frozenset("build bump chore ci deps docs refactor release revert style test tests".split())
_MENDED = frozenset("fix fixed bugfix hotfix".split())
_REFERENCE = re.compile(r" ?[(\[]? ?(?:#\d{1,7}|\b(?=[a-f]{0,40}\d)[0-9a-f]{7,40}) ?[)\]]?$")
_ADDRESS = re.compile(r"https?://\S{1,500}")
_COMMAND = re.compile(
    r"(?:[$>] )?(?:sudo )?(?:pip3?|npm|yarn|pnpm|brew|cargo|docker|go|gem|uv|apt|apt-get|dotnet|conda|npx)"
    r" (?:install|add|pull|get|i|run|update|upgrade|tool|compose)\b",
    re.IGNORECASE,
)
_POINT = re.compile(r"\d\.\d")
_WIDE = "\u2e80"


def is_bare_version(title: str) -> bool:
    """Tell whether a title is a version alone: “v2.4.0”, “Version 2.4”, “@halden/sdk@3.2.1”."""
    return len(title) <= MAX_LINE and _BARE.fullmatch(_without_signs(title)) is not None


def is_surely_version(title: str) -> bool:
    """Tell whether a bare version can be nothing else: a number with one point may be any figure."""
    has_parts = _POINT.search(title) is not None
    return has_parts and (title.count(".") > 1 or any(letter.isalpha() for letter in title))


def announced_version(title: str) -> str:
    """Return the version of which a title says no more than that it is there (“Version 1.2 is out”,
    “chore(release): 1.2”), empty for any other.
    """
    bare = _DAY.sub(" ", title) if len(title) <= LONGEST_ANNOUNCEMENT else ""
    versions = list(_INNER_VERSION.finditer(bare))
    if len(versions) != 1:
        return ""
    rest = f"{bare[: versions[0].start()]} {bare[versions[0].end() :]}"
    frame = [word for word in _SEPARATORS.split(rest) if word]
    return versions[0][0] if all(map(_only_announces, frame)) else ""


def _only_announces(word: str) -> bool:
    """Tell whether a word says no more than that a version is there; where words are not parted, several."""
    if _ANNOUNCING.fullmatch(word):
        return True
    return has_cjk(word) and not _ANNOUNCING.sub("", word)


def number_of(version: str) -> str:
    """Return a version without what stands before and around its number."""
    return _CALLED.sub("", version.strip(" []()"))


def names_changelog(name: str) -> bool:
    """Tell whether a name holds what changelogs are called."""
    return _LABELS_INNER_VERSION.search(name[:MAX_LINE]) is not None


def find_version(text: str) -> re.Match[str] | None:
    """Return where a version of several parts, or one that is called so, stands in a text."""
    return _PARTED.search(text[:MAX_LINE])


def is_label(line: str) -> bool:
    """Tell whether a line of notes is of their frame: “Added”, “🐛 Bug fixes:”, “What's new in 2.4”."""
    if len(line) > MAX_LINE:
        return False
    words = _without_signs(_EMOJI_NAME.sub("", line.strip()))
    return _LABEL.fullmatch(words) is not None or _ALERT.fullmatch(line.strip("> \\")) is not None


def with_turns(lines: Sequence[str]) -> list[str]:
    """Return lines of notes in which those below a label that turns their meaning bear it: below “Removed”,
    “Support for GPT-4” is “Removed: Support for GPT-4”. The label holds to the next one, or to where a list
    ends.
    """
    turned: list[str] = []
    label, is_listed = "", False
    for line in lines:
        words = _without_signs(line) if len(line) <= MAX_LINE else ""
        if _TURNING.fullmatch(words):
            label, is_listed = words, False
        elif is_label(line) or (is_listed and line.strip() and not line.startswith("- ")):
            label = ""
        elif label and line.strip():
            is_listed = line.startswith("- ")
            turned.append(_labelled(label, line))
            continue
        turned.append(line)
    return turned


def _labelled(label: str, line: str) -> str:
    mark = "- " if line.startswith("- ") else ""
    words = line.removeprefix(mark)
    return line if fold(words).startswith(fold(label)) else f"{mark}{label[0].upper()}{label[1:]}: {words}"


def is_empty_note(line: str) -> bool:
    """Tell whether a line says nothing of what is new: “See the changelog”, packages alone, a checksum."""
    if len(line) > MAX_LINE:
        return False
    words = _without_signs(line)
    packages = line.removeprefix("- ").replace(",", " ").split()
    return (
        _POINTER.fullmatch(words) is not None
        or _CHECKSUM.match(words) is not None
        or _DIGEST.search(words) is not None
        or _COMMAND.match(line.strip()) is not None
        or (bool(packages) and all(_PACKAGE.fullmatch(package) for package in packages))
    )


def _without_signs(line: str) -> str:
    """Return a line without what is neither letter nor figure around it."""
    start, end = 0, len(line)
    while start < end and not (line[start].isalnum() or line[start] == "@"):
        start += 1
    while end > start and not line[end - 1].isalnum():
        end -= 1
    return " ".join(line[start:end].split())


def product_of(names: Iterable[str], address: str) -> str:
    """Return what a changelog is of: the first of its names that is one without what such pages are called,
    else its host's.
    """
    for name in names:
        for part in map(_without_file, _PARTS.split(" ".join(name[:MAX_LINE].split()))):
            words = " ".join(map(_without_labels, _SLUG.split(part))).split()
            while len(words) > 1 and fold(words[0]) in STOPWORDS:
                words = words[1:]
            while len(words) > 1 and fold(words[-1]) in STOPWORDS:
                words = words[:-1]
            if any(letter.isalpha() for word in words for letter in word) and not is_bare_version(part):
                return " ".join(words).strip(" ,;'’\"“”()[]").removesuffix("-")
    steps = (urlsplit(address).hostname or "").split(".")
    return (steps[-2] if len(steps) > 1 else steps[0]).capitalize()


def _without_labels(words: str) -> str:
    """Return some words without what changelogs are called; a name that is written as one stays whole."""
    if _SLUG.fullmatch(words):
        return "" if _LABEL.fullmatch(words.replace("-", " ")) else words
    return _CALLED_INNER_VERSION.sub(" ", _LABELS_INNER_VERSION.sub(" ", words))


def _without_file(part: str) -> str:
    """Return a part of a title in which a file is named as the folder that it begins with, empty for none."""
    match = _FILE.search(part)
    return match["folder"] or "" if match else part


def clean_note(line: str) -> str:
    """Return a line of notes without the hash of a commit and the thanks that stand before its words."""
    mark = "- " if line.startswith("- ") else ""
    words = _HASH.sub("", _THANKS.sub("", " ".join(line.removeprefix(mark).split())))
    return mark + words.replace("( ", "(").replace(" )", ")")


def any_spelling(name: str) -> re.Pattern[str]:
    """Return what finds a name whatever parts its words: claude-code, Claude Code, OpenCLIP."""
    letters = re.sub(r"[\W_]+", "", name)
    return re.compile(r"[\W_]?".join(map(re.escape, letters or name)), re.IGNORECASE)


def telling_note(notes: Sequence[str], product: str = "") -> str:
    """Return the first note that says what is new for those who use it, what was mended only where nothing
    else is; empty where none does.
    """
    mended = ""
    for note in notes:
        if is_label(note) or is_empty_note(note):
            continue
        line = _without_references(clean_note(note).removeprefix("- "))
        prefix = _PREFIX.match(line)
        kind = prefix["kind"].lower() if prefix else ""
        if kind in _CHORES or not _says_something(line[prefix.end() :] if prefix else line, product, kind):
            continue
        opening = _opening(line[prefix.end() :] if prefix and line[: prefix.end()].islower() else line)
        if kind not in _MENDED:
            return opening
        mended = mended or opening
    return mended


def _without_references(line: str) -> str:
    """Return a line without the numbers of issues and the hashes that it ends with."""
    while (shorter := _REFERENCE.sub("", line).rstrip()) != line:
        line = shorter
    return line


def _says_something(line: str, product: str, kind: str) -> bool:
    if is_empty_note(line):
        return False
    without_name = any_spelling(product).sub(" ", line) if product else line
    bare = _PARTED.sub(" ", _ADDRESS.sub(" ", without_name[:MAX_LINE]))
    if is_label(bare):
        return False
    words = [word for word in bare.split() if word.strip(".,:;!?()-") and fold(word) not in STOPWORDS]
    wide = sum(letter >= _WIDE for letter in bare)
    fewest = FEWEST_WORDS - 1 if kind else FEWEST_WORDS
    count = len(_ADDRESS.sub(" ", line).split())
    return (count >= fewest and len(words) > 1) or wide >= FEWEST_WIDE


def _opening(line: str) -> str:
    """Return the first sentence of a line without its point."""
    first = next(iter(sentences(line, "")), None)
    words = line[first.start : first.end] if first else line
    return shortened(words.rstrip(".。"), MAX_NOTE)
