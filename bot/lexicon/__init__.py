"""What the program knows of languages: one file for each (`it.toml`), and what names are called across them
(`concepts.toml`).

The languages that are read are those that have a file. Every list may be missing: what a language does not
have is not looked for in it.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Annotated, Any

from babel import localedata
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

CONCEPTS = "concepts.toml"
FALLBACK = "en"
"""The language whose lists serve where there are none for a language."""


def _split_words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_split_words)]
"""Words with spaces or line ends between them."""

Patterns = tuple[str, ...]
"""Regular expressions, or phrases where a list says so."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class Writing(_Part):
    """How a language is written. Dates are Unicode patterns (UTS 35) for what CLDR only has with commas or in
    short.
    """

    capital_nouns: bool = False
    unspaced: bool = False
    """Whether no spaces stand between words."""

    date: str = "d MMMM"
    first_of_month: str = ""
    """The date of the first of a month, where it has a form of its own."""

    weekday_date: str = "EEEE d MMMM"
    year_date: str = "EEEE d MMMM y"
    colon: str = ": "
    quotation_marks: tuple[str, str] = ("“", "”")
    """What stands between a speaker and what is said, and around that."""

    ordinals: tuple[str, ...] = ()
    """What stands before a day of the week to say that it is the first, second, third, fourth or last of a
    month.
    """

    month_days: Mapping[str, str] = {}
    """How the number of a day of the month is written, by CLDR's kind of its ordinal, with `#` for the
    number; as it is without.
    """

    feminine_ordinals: tuple[str, ...] = ()
    """The same before the days that are feminine."""

    feminine_weekdays: frozenset[int] = frozenset()
    """Their numbers, Monday's being 0."""

    ordinal_weekdays: Mapping[str, str] = {}
    """Ordinals that are also days of the week, by the English one: before a day they are no day themselves
    (`segunda terça-feira`).
    """

    home: str = ""
    """The country of a language that is written in one alone."""

    sounds: Mapping[str, str] = {}
    """The characters that spell foreign names, by the class of their consonant."""


class WordLists(_Part):
    """Words that say little, deny, soften or turn a sentence round."""

    stopwords: Words = ()
    negations: Words = ()
    negation_signs: Patterns = ()
    soft_negations: Words = ()
    denials: Words = ()
    only: Words = ()
    conditions: Words = ()
    hedges: Words = ()
    hedge_signs: Patterns = ()
    opposites: Words = ()
    """Pairs, with a slash between: up/down."""

    days: Words = ()
    """Yesterday, today, tomorrow, and names of days and months that CLDR lacks."""

    institutions: Words = ()
    titles: Words = ()
    abbreviations: Patterns = ()


class Numbers(_Part):
    """How numbers are written: `words` with their values, `scales` as powers of ten, units and measures with
    what they are called.
    """

    decimal_comma: bool = False
    words: Mapping[str, int] = {}
    ordinal_endings: Words = ()
    """What stands right behind the number of a day to say that it is one: 1st, 1er."""

    scales: Mapping[str, int] = {}
    units: Mapping[str, tuple[str, ...]] = {}
    measures: Mapping[str, tuple[str, ...]] = {}
    about: Patterns = ()
    half: Patterns = ()
    """Phrases for half of the scale that follows: half a (million)."""

    one: Patterns = ()
    """What stands for one before a unit of time, beside the word for one: (an) hour ago."""

    and_a_half: Patterns = ()
    """Phrases for one half more, behind a number and its scale: (un milione) e mezzo."""

    periods: Mapping[str, Patterns] = {}
    """What lengths of time are called, by their English name."""


class Limits(_Part):
    """What binds a figure: the time it is for, and the side on which it is a limit."""

    per_hour: Patterns = ()
    per_day: Patterns = ()
    per_week: Patterns = ()
    per_month: Patterns = ()
    per_year: Patterns = ()
    at_most: Patterns = ()
    at_least: Patterns = ()
    not_more: Patterns = ()
    """What turns a limit round: no more than, not fewer."""

    bound_before: Patterns = ()
    bound_behind: Patterns = ()


class Claims(_Part):
    """Who denies, doubts or takes back what."""

    denies: Patterns = ()
    doubts: Patterns = ()
    doubters: Words = ()
    doubters_say: Words = ()
    disputes: Words = ()
    disputes_phrases: Patterns = ()
    dispute_stems: Words = ()
    dispute_signs: Patterns = ()
    sure_negations: Patterns = ()
    retraction_labels: Patterns = ()
    retractions: Patterns = ()


class Strength(_Part):
    """How strongly a statement is made: of some or all, of each or in sum, alleged or found, planned or done,
    denied or admitted.
    """

    some: Patterns = ()
    all: Patterns = ()
    each: Patterns = ()
    together: Patterns = ()
    alleged: Patterns = ()
    found: Patterns = ()
    attributed: Patterns = ()
    considered: Patterns = ()
    planned: Patterns = ()
    open: Patterns = ()
    done: Patterns = ()
    clauses: Patterns = ()
    joined: Patterns = ()
    denied: Patterns = ()
    admitted: Patterns = ()


class Deeds(_Part):
    """Who does what to whom: verbs by kind of deed, and what tells the two apart or turns their roles
    round.
    """

    verbs: Mapping[str, Patterns] = {}
    by: Patterns = ()
    passive: Patterns = ()
    pivots: Patterns = ()
    subjects: Patterns = ()
    objects: Patterns = ()


class Voice(_Part):
    """Whose voice a sentence has, and what it hangs on."""

    first_person: Patterns = ()
    second_person: Patterns = ()
    urging: Patterns = ()
    scenes: Patterns = ()
    hanging: Patterns = ()
    hanging_inside: Patterns = ()


class Page(_Part):
    """What stands on a page beside the article."""

    boilerplate: Patterns = ()
    labels: Patterns = ()
    bylines: Patterns = ()
    sources: Patterns = ()
    more: Patterns = ()
    alone: Patterns = ()
    comments: Patterns = ()
    comment_feeds: Patterns = ()
    """What feeds of comments are called in their titles and addresses: parts of them."""

    tags: Patterns = ()
    calls: Patterns = ()
    sponsors: Patterns = ()
    """How a paragraph begins that names who pays for a podcast, or asks to support it."""

    untitled: Patterns = ()
    """What stands in a title's place where there is none."""

    frames: Patterns = ()
    """Labels in notes of releases and in changelogs, and what such pages are called: whole lines."""

    turning: Patterns = ()
    """Labels of such notes without which what stands below them would say the contrary, or something else."""

    pointers: Patterns = ()
    """Lines of such notes that only lead elsewhere, or say that something changed: whole ones."""

    warnings: Patterns = ()
    embeds: Patterns = ()
    """What stands before the warning above a post, and notes in brackets below one."""

    versions: Patterns = ()
    """What stands before the number of a version."""

    announcing: Patterns = ()
    """Words around the number of a version that say no more than that it is there."""

    jobs: Patterns = ()
    events: Patterns = ()
    guides: Patterns = ()
    """What pages of jobs, coming events and guides are called: whole titles."""

    positions: Patterns = ()
    """What positions are called where they are listed: whole parts of titles."""

    results: Patterns = ()
    searches: Patterns = ()
    """What pages of results of a search are called, and what those are where the address holds its words."""

    replies: Patterns = ()
    """The buttons below each answer of a thread."""

    paywall: Patterns = ()
    consent: Patterns = ()
    login: Patterns = ()
    challenge: Patterns = ()
    script: Patterns = ()
    error: Patterns = ()


class WrittenDates(_Part):
    """How lists of news write dates, beside what CLDR has: months, phrases for days, ages in short units, and
    what stands before the day of a change.
    """

    months: Mapping[str, int] = {}
    days_ago: Mapping[str, int] = {}
    ago: Patterns = ()
    updated: Patterns = ()
    ordinals: Patterns = ()
    """What is written behind the figures of a day without a space."""

    eras: Patterns = ()
    """What stands before a year, or a whole date, and tells nothing."""

    years_ahead: int = 0
    """By how many years a calendar is ahead of ours in which the language counts, too."""

    units: Mapping[str, Words] = {}


class Region(_Part):
    """Where a language is spoken: the time zones of most who speak it, by their IANA names."""

    zones: Words = ()


class Typed(_Part):
    """What people type for the words that commands read: phrases, any case."""

    now: Patterns = ()
    daily: Patterns = ()
    daily_or_date: Patterns = ()
    """Every day, and before a number that day of every month (`todo dia 15`)."""

    without: Patterns = ()
    """What stands before days that are left out (`every day except sunday`) …"""

    without_behind: Patterns = ()
    """… and behind them."""

    weekdays: Patterns = ()
    weekends: Patterns = ()
    monday: Patterns = ()
    """Names of days that CLDR lacks."""

    tuesday: Patterns = ()
    wednesday: Patterns = ()
    thursday: Patterns = ()
    friday: Patterns = ()
    saturday: Patterns = ()
    sunday: Patterns = ()
    today: Patterns = ()
    tomorrow: Patterns = ()
    yesterday: Patterns = ()
    every: Patterns = ()
    noon: Patterns = ()
    midnight: Patterns = ()
    morning: Patterns = ()
    afternoon: Patterns = ()
    evening: Patterns = ()
    night: Patterns = ()
    am: Patterns = ()
    pm: Patterns = ()
    oclock: Patterns = ()
    half: Patterns = ()
    """Half an hour more, behind the hour."""

    half_past: Patterns = ()
    half_to: Patterns = ()
    """Half an hour more, or less, before the hour: half past eight, halb neun."""

    quarter_past: Patterns = ()
    quarter_to: Patterns = ()
    """A quarter of an hour more, or less, before the hour: quarter past eight."""

    quarter_more: Patterns = ()
    quarter_less: Patterns = ()
    """A quarter of an hour more, or less, behind the hour: le otto e un quarto."""

    minute: Patterns = ()
    hour: Patterns = ()
    """Hours that are also said of the clock (`8 heures`)."""

    hours: Patterns = ()
    """Hours that are a length alone (`8 Stunden`)."""

    day: Patterns = ()
    week: Patterns = ()
    month: Patterns = ()
    monthly: Patterns = ()
    first: Patterns = ()
    """Ordinals that stand before the days of a month, or of its weeks; those that are also days of the week
    are written in digits (`2ª segunda-feira`).
    """

    second: Patterns = ()
    third: Patterns = ()
    fourth: Patterns = ()
    last: Patterns = ()
    last_day: Patterns = ()
    month_day: Patterns = ()
    """What stands behind the number of a day of the month."""

    on: Patterns = ()
    """What stands before a day and says nothing."""

    at: Patterns = ()
    until: Patterns = ()
    since: Patterns = ()
    during: Patterns = ()
    ago: Patterns = ()
    also: Patterns = ()
    everything: Patterns = ()
    notable: Patterns = ()
    important: Patterns = ()
    biggest: Patterns = ()
    all: Patterns = ()
    off: Patterns = ()
    silent: Patterns = ()

    def phrases(self) -> Iterator[tuple[str, str]]:
        """Return each phrase with the word that it is typed for."""
        return ((word, phrase) for word, phrases in self for phrase in phrases)


class Actions(_Part):
    """What people type for the action of a command, as a word of its own, any case."""

    add: Words = ()
    edit: Words = ()
    remove: Words = ()
    test: Words = ()
    list: Words = ()
    all: Words = ()


class Asks(_Part):
    """How people ask in plain words what commands answer."""

    why: Patterns = ()
    """Why a story was told: a whole line, or before its number."""

    save: Patterns = ()
    """What keeps a story, before its number."""

    story: Patterns = ()
    """What shows a story, before its number."""

    end: Patterns = ()
    """That nothing more is to be posted: a whole line."""

    latest: Patterns = ()
    """What is new, as a whole line or before what it is about."""

    latest_behind: Patterns = ()
    """What is new, behind what it is about."""


class Wishes(_Part):
    """How people say in plain words what they want to read: phrases, any case; a `*` at the end takes any
    ending.
    """

    refusals: Patterns = ()
    """What denies what follows."""

    trailing_refusals: Patterns = ()
    """What denies what stands before it."""

    exclusions: Patterns = ()
    """Those of both that leave out by themselves, so that a denial beside them asks for what they name."""

    bounds: Patterns = ()
    """What makes a limit of the time or the number beside it, which no rule can say."""

    additions: Patterns = ()
    """What adds the time beside it to those that there are."""

    restrictions: Patterns = ()
    trailing_restrictions: Patterns = ()
    requests: Patterns = ()
    """What asks for what follows: behind a comma it ends a list of what is not wanted."""

    introductions: Patterns = ()
    trailing_introductions: Patterns = ()
    sources: Patterns = ()
    """What stands before the name of an outlet."""

    language_prefixes: Patterns = ()
    """What stands before the name of a language."""

    place_prefixes: Patterns = ()
    """What stands before the title of a channel or group that news is posted in."""

    place_suffixes: Patterns = ()
    """What stands right behind such a title."""

    take_backs: Patterns = ()
    """What takes back the wish that was saved last: whole lines."""

    joins: Patterns = ()
    turns: Patterns = ()
    """What ends a list, so that what follows is no part of it: but."""

    stories: Patterns = ()
    """What news are called, which says nothing more of them."""

    at_most: Patterns = ()
    weekly: Patterns = ()
    """Once a week, without a day."""

    fillers: Patterns = ()
    """What says nothing about the news that are wanted."""

    vague: Patterns = ()
    """What says something that no rule can, so that it is named."""

    bars: Mapping[str, Patterns] = {}
    kinds: Mapping[str, Patterns] = {}
    """What kinds of news are called (config/kinds.toml)."""

    topics: Mapping[str, Patterns] = {}
    """What topics are called beside their titles (config/topics.toml)."""

    languages: Mapping[str, str] = {}
    """The codes of languages by what they are called beside their names in CLDR."""

    stems: Mapping[str, str] = {}
    """The word by which news of a topic are left out, which is no kind of news."""


class Lexicon(_Part):
    """Everything known of one language. `events` and `signs` hold words by kind of event and by sign of news,
    `titles` patterns by kind of page and of news.
    """

    writing: Writing = Writing()
    words: WordLists = WordLists()
    numbers: Numbers = Numbers()
    limits: Limits = Limits()
    claims: Claims = Claims()
    strength: Strength = Strength()
    deeds: Deeds = Deeds()
    voice: Voice = Voice()
    page: Page = Page()
    dates: WrittenDates = WrittenDates()
    region: Region = Region()
    typed: Typed = Typed()
    actions: Actions = Actions()
    wishes: Wishes = Wishes()
    asks: Asks = Asks()
    events: Mapping[str, Words] = {}
    titles: Mapping[str, Patterns] = {}
    signs: Mapping[str, tuple[str, ...]] = {}


def _read_lexicons() -> dict[str, Lexicon]:
    files = (file for file in resources.files(__name__).iterdir() if file.name.endswith(".toml"))
    lexicons = {}
    for file in sorted(files, key=lambda file: file.name):
        if file.name != CONCEPTS:
            lexicons[language_of_file(file.name)] = parse_lexicon(file.name, file.read_text(encoding="utf-8"))
    if FALLBACK not in lexicons:
        msg = f"lexicon/{FALLBACK}.toml is missing. Install Strillone again."
        raise ValueError(msg)
    return lexicons


def language_of_file(name: str) -> str:
    """Return the language that a lexicon is of. Raises `ValueError` for a name that is no language of
    CLDR.
    """
    code = name.removesuffix(".toml")
    if not localedata.exists(code):
        msg = f"lexicon/{name}: {code} is no language of CLDR. Name it by its code: sv.toml for Swedish."
        raise ValueError(msg)
    return code


def parse_lexicon(name: str, text: str) -> Lexicon:
    """Return the lexicon of a file's text. Raises `ValueError`, with the file and the list, for what it must
    not hold.
    """
    try:
        return Lexicon.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        msg = f"lexicon/{name}: {error}\nMend the file, or install Strillone again."
        raise ValueError(msg) from error


LEXICONS: Mapping[str, Lexicon] = _read_lexicons()
"""The lexicon of each language, by its code (ISO 639-1)."""

LANGUAGES = tuple(LEXICONS)
"""The languages that are read."""

EMPTY = Lexicon()


def lexicon_of(language: str) -> Lexicon:
    """Return the lexicon of a language; an empty one of a language that is not known."""
    return LEXICONS.get(language, EMPTY)


def union(choose: Callable[[Lexicon], tuple[str, ...]]) -> tuple[str, ...]:
    """Return what all languages have of one list, each once, in order of the languages."""
    return tuple(dict.fromkeys(item for lexicon in LEXICONS.values() for item in choose(lexicon)))


def alternatives(choose: Callable[[Lexicon], tuple[str, ...]]) -> str:
    """Return the patterns that all languages have of one list as one, which matches nothing where there are
    none.
    """
    return "|".join(union(choose)) or "(?!)"


def by_kind(
    choose: Callable[[Lexicon], Mapping[str, tuple[str, ...]]],
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return lists by kind and language, of lists that each language has by kind."""
    kinds: dict[str, dict[str, tuple[str, ...]]] = {}
    for language, lexicon in LEXICONS.items():
        for kind, items in choose(lexicon).items():
            kinds.setdefault(kind, {})[language] = items
    return kinds


@lru_cache(maxsize=1)
def shared_names() -> Mapping[str, Any]:
    """Return `concepts.toml`: what names, news words, cities and peoples are called across languages."""
    return tomllib.loads(resources.files(__name__).joinpath(CONCEPTS).read_text(encoding="utf-8"))


def rows_of(part: str) -> Iterator[str]:
    """Give the rows of one part of `concepts.toml`."""
    yield from shared_names()[part]["rows"].strip().splitlines()
