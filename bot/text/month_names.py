"""What months are called in a language (CLDR)."""

from collections.abc import Iterator, Sequence

from babel import Locale

BESIDE_DAY = ("format",)
BESIDE_DAY_AND_ALONE = ("format", "stand-alone")
"""In which places names are asked for: many languages decline a month beside its day."""

WHOLE = ("wide",)
WHOLE_AND_SHORT = ("wide", "abbreviated")


def month_names(
    locale: Locale, contexts: Sequence[str] = BESIDE_DAY, widths: Sequence[str] = WHOLE
) -> Iterator[tuple[str, int]]:
    """Give the names of months with their numbers, as they are written in some places and widths; one may
    come twice.
    """
    for context in contexts:
        for width in widths:
            for number, name in locale.months[context][width].items():
                yield name, number
