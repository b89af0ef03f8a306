"""The bot's own words: English in the code, a gettext catalogue (`.po`) beside this file for every other
language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from bot.languages import SOURCE, base_language
from bot.lexicon import Writing, lexicon_of


@dataclass(frozen=True, slots=True)
class Words:
    """The bot's words in one language. Unknown texts come out in English: a missing translation is never an
    error for a reader.
    """

    language: str
    translations: NullTranslations = field(default_factory=NullTranslations, repr=False)

    def __call__(self, text: str, /, **values: object) -> str:
        """Return `text` in this language with `{name}` places filled from `values`."""
        return self.whole(text).format(**values)

    def whole(self, text: str) -> str:
        """Return a text that is a whole message of its own in this language, as it is where there is no
        translation.
        """
        return self.translations.gettext(text) if text else text

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Return the form for `n` of a text that exists in singular and plural; `{n}` is filled with the
        number.
        """
        return self.translations.ngettext(one, many, n).format(n=self.number(n), **values)

    def number(self, n: float) -> str:
        """Return a number as this language writes it."""
        return format_decimal(n, locale=self._locale())

    def decimal(self, n: float, places: int = 2) -> str:
        """Return a number with some places behind the point as this language writes it."""
        return format_decimal(n, format=f"#,##0.{'0' * places}", locale=self._locale())

    def day(self, at: datetime, zone: str) -> str:
        """Return weekday, day and month of `at` in `zone`."""
        return self._dated(at, zone, self._writing().weekday_date)

    def day_of_year(self, at: datetime, zone: str) -> str:
        """Return weekday, day, month and year of `at` in `zone`."""
        return self._dated(at, zone, self._writing().year_date)

    def date(self, at: datetime, zone: str) -> str:
        """Return day and month of `at` in `zone`."""
        writing = self._writing()
        is_first = at.astimezone(ZoneInfo(zone)).day == 1
        return self._dated(at, zone, (is_first and writing.first_of_month) or writing.date)

    def weekday(self, at: datetime, zone: str) -> str:
        """Return the weekday of `at` in `zone`."""
        return self._dated(at, zone, "EEEE")

    def weekday_name(self, number: int) -> str:
        """Return the short name of a day of the week, Monday's number being 0; the whole name where the short
        one is a single character, which may be another word (`月`).
        """
        names = self._locale().days["stand-alone"]
        short_name = str(names["abbreviated"][number]).strip(".")
        return short_name if len(short_name) > 1 else str(names["wide"][number])

    def weekday_of_month(self, week: int, number: int) -> str:
        """Return a day of the week as one of a month: of its first to fourth week, or (-1) of its last."""
        writing = self._writing()
        is_feminine = number in writing.feminine_weekdays
        ordinals = writing.feminine_ordinals if is_feminine else writing.ordinals
        name = str(self._locale().days["format"]["wide"][number])
        return ("" if writing.unspaced else " ").join((ordinals[week if week < 0 else week - 1], name))

    def month_days(self, numbers: Sequence[int]) -> str:
        """Return days of a month, by their numbers, as a list in a sentence."""
        forms = self._writing().month_days
        kinds = map(self._locale().ordinal_form, numbers)
        days = [
            forms.get(kind, forms.get("other", "#")).replace("#", str(number))
            for kind, number in zip(kinds, numbers, strict=True)
        ]
        return format_list(days, locale=self._locale())

    def time(self, at: datetime, zone: str) -> str:
        """Return hours and minutes of `at` in `zone`, 24 hours a day."""
        return format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", locale=self._locale())

    def language_name(self, code: str) -> str:
        """Return the name of a language in this language; the code itself where nobody knows it."""
        return str(self._locale().languages.get(code, code))

    @property
    def zones(self) -> tuple[str, ...]:
        """The time zones in which most live who speak this language."""
        return lexicon_of(self.language).region.zones

    def _dated(self, at: datetime, zone: str, pattern: str) -> str:
        return format_date(at.astimezone(ZoneInfo(zone)).date(), pattern, locale=self._locale())

    def _writing(self) -> Writing:
        return lexicon_of(self.language).writing

    def _locale(self) -> Locale:
        return Locale.parse(self.language)


@dataclass(frozen=True, slots=True)
class Texts:
    """Every language the bot speaks."""

    catalogues: Mapping[str, NullTranslations]

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of all languages, English first."""
        return (SOURCE, *sorted(self.catalogues))

    def for_language(self, language: str) -> Words:
        """Return the words for a language code such as `it` or `pt-BR`; English where we have none."""
        code = base_language(language)
        if code in self.catalogues:
            return Words(code, self.catalogues[code])
        return Words(SOURCE)


@cache
def load() -> Texts:
    """Read every catalogue that ships with the program, once. Raises `ValueError`, with the file, for a
    broken one.
    """
    catalogues = {}
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".po"):
            code = file.name.removesuffix(".po")
            catalogues[code] = _compile(file.read_bytes(), code)
    return Texts(catalogues)


def _compile(source: bytes, code: str) -> GNUTranslations:
    """Return the translations of a catalogue, in the form that the standard library looks them up in."""
    compiled = BytesIO()
    try:
        write_mo(compiled, read_po(BytesIO(source), locale=code, abort_invalid=True))
    except (PoFileError, UnicodeDecodeError) as error:
        msg = f"i18n/{code}.po: {error}. Mend the file, or install Strillone again."
        raise ValueError(msg) from error
    compiled.seek(0)
    return GNUTranslations(compiled)
