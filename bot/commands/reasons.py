"""Reasons in words: the one table that says each of them."""

from collections.abc import Mapping

from bot.commands.views import label
from bot.i18n import Words
from bot.model import Bar, Factor, FactorCode, Reason, ReasonCode
from bot.pipeline.selection.importance import LEAST

SENTENCES = {
    ReasonCode.TOLD: "told in the digest of {slot}.",
    ReasonCode.LISTED: "named below the digest of {slot}: the stories above it came first.",
    ReasonCode.OLD: "it is older than {hours} hours.",
    ReasonCode.KNOWN: "nothing in it has changed since it was told here.",
    ReasonCode.NOTHING_NEW: (
        "told here before, and since then nothing was decided or denied, and a day brought no new figure."
    ),
    ReasonCode.RETOLD: "another story told it here already, in other words.",
    ReasonCode.ELSEWHERE: "another channel of this server was told (/once).",
    ReasonCode.FOREIGN: "it is told only in {language}, which is not read here (/languages).",
    ReasonCode.BELOW_BAR: "it weighs {weight}, and {level} begins at {least}.",
    ReasonCode.EXCLUDED: "the filter here leaves out what fits {term} (/filter).",
    ReasonCode.NOT_ASKED_FOR: "the filter here asks for {term}, and nothing in it fits that (/filter).",
    ReasonCode.OFF_TOPIC: "it is not on this topic of your own, by its term {term} (/topic).",
    ReasonCode.NEVER_LEADS: (
        "only outlets tell it that count among the sources here and never lead: {term} (/filter)."
    ),
    ReasonCode.SUPPORTING: "only feeds tell it that count among the sources here and never lead (/feeds).",
    ReasonCode.FEED_CAP: "its feed may lead {most} stories a day here, and newer ones came first (/feeds).",
    ReasonCode.BACKLOG: "not at once: its feed held it already when it was first read.",
    ReasonCode.STALE: "not at once: nothing in it is of the last 24 hours.",
    ReasonCode.NO_NEWS: (
        "not at once: a page of this kind (opinion, guide, review, offer, preview) is no news."
    ),
    ReasonCode.CALM: (
        "not at once: no release, incident or policy at first hand, and {outlets} of {needed} "
        "outlets within three hours."
    ),
    ReasonCode.CAP_DAY: (
        "it broke on {when}, past the limit of {limit} at once in a day: it waits for the next digest."
    ),
    ReasonCode.CAP_HOUR: (
        "it broke on {when}, past the limit of {limit} at once in an hour: it waits for the next digest."
    ),
}
"""What is said of every reason but those for which a story goes out at once: nobody asks why news came."""


def reason_in_words(words: Words, reason: Reason, **values: object) -> str:
    """Return a reason as a sentence of a language; `values` fill the places that its own parameters leave
    open.
    """
    return words(SENTENCES[reason.code], **{**values, **_shown(words, reason.params)})


def _shown(words: Words, params: Mapping[str, str | float]) -> dict[str, object]:
    """Return parameters as people read them."""
    shown: dict[str, object] = dict(params)
    if "weight" in params:
        shown["weight"] = words.decimal(float(params["weight"]))
    if "bar" in params:
        bar = Bar(str(params["bar"]))
        shown |= {"level": label(bar, words), "least": words.decimal(LEAST[bar])}
    if "language" in params:
        shown["language"] = words.language_name(str(params["language"]))
    return shown


def factor_in_words(words: Words, factor: Factor) -> str:
    """Return one factor of a score in a language: `3 outlets 2.41`, `first-hand ×1.3`."""
    if factor.code is FactorCode.OUTLETS:
        outlets = words.plural("{n} outlet", "{n} outlets", int(factor.measure))
        return f"{outlets} {words.decimal(factor.factor)}"
    is_fine = factor.code in {FactorCode.AGE, FactorCode.WORTH}
    number = words.decimal(factor.factor) if is_fine else words.number(factor.factor)
    return f"{_factor_name(words, factor)} ×{number}"


def _factor_name(words: Words, factor: Factor) -> str:
    match factor.code:
        case FactorCode.AGE:
            return words("{n} h old", n=f"{factor.measure:.0f}")
        case FactorCode.FIRST_HAND:
            return words("first-hand")
        case FactorCode.WORTH:
            return words(
                "an editor would tell it ({percent} %)", percent=f"{100 * float(factor.measure):.0f}"
            )
        case FactorCode.PICKED:
            return words("in an overview of the day")
        case FactorCode.NO_NEWS:
            return words("no page of news")
        case FactorCode.COMMUNITIES:
            return words("only communities link to it")
        case FactorCode.BARE:
            return words("only a title")
        case _:
            return _kind_name(words, str(factor.measure))


def _kind_name(words: Words, kind: str) -> str:
    """Return what a kind of page is called; one that has no word of its own by its name in the settings."""
    names = {
        "deal": words("a deal"),
        "tutorial": words("a tutorial"),
        "listicle": words("a list"),
        "opinion": words("an opinion"),
        "incident": words("an incident"),
        "release": words("a release"),
        "policy": words("policy"),
        "funding": words("funding"),
    }
    return names.get(kind, kind)
