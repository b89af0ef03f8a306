"""What a channel was told stays told: a known story returns only with something new, as an update."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Entry, Ranked, Told
from bot.pipeline.faithful import same_figure
from bot.pipeline.numbers import Figure, figures
from bot.pipeline.rank import FIRST_PARTY_KINDS, without_reprints

KNOWN = "known"
NOTHING_NEW = "nothing-new"


@dataclass(frozen=True, slots=True)
class Recall:
    """What memory says of a story: untold (no reason), an update with the entries that bring it, or a reason code to skip it."""

    update: bool = False
    fresh: tuple[Entry, ...] = ()
    skip: str = ""


def recall(ranked: Ranked, told: Told | None) -> Recall:
    """Compare a story with what its channel was told of it.

    New are: a figure that no told entry and no told sentence has, in another entry or in an edit of a told one, a
    first-party entry where there was none, or twice as many independent outlets.
    """
    if told is None:
        return Recall()
    old = [e for e in ranked.story.entries if e.id in told.entry_ids]
    fresh = tuple(e for e in ranked.story.entries if e.id not in told.entry_ids)
    edited = tuple(e for e in old if e.version > told.versions.get(e.id, 1))
    if not fresh and not edited:
        return Recall(skip=KNOWN)
    unchanged = [e for e in old if e not in edited]
    independent = [e for e in without_reprints(ranked.story.entries) if e in fresh]
    news = tuple(e for e in (*edited, *independent) if _new_figures(e, unchanged, told.said))
    news = news or _first_party(old, independent)
    if news:
        return Recall(update=True, fresh=news)
    outlets = {e.outlet for e in without_reprints(ranked.story.entries)}
    if len(outlets) >= 2 * max(1, len({e.outlet for e in old})) and len(outlets) >= 3 and independent:
        return Recall(update=True, fresh=tuple(independent))
    return Recall(skip=NOTHING_NEW)


def opening(entry: Entry) -> str:
    """Return the part of an entry in which a new figure is news: its title and first paragraph."""
    return f"{entry.title}. {entry.text.split(chr(10), 1)[0]}"


def _new_figures(entry: Entry, old: Sequence[Entry], said: str) -> bool:
    """Tell whether an entry's opening has a figure that nothing told before has."""
    known: list[Figure] = [f for e in old for f in figures(f"{e.title}\n{e.text}", e.language)]
    known += figures(said, entry.language)
    found = [figure for figure in figures(opening(entry), entry.language) if _tells(figure)]
    return any(not any(same_figure(f, k) for k in known) for f in found)


def _tells(figure: Figure) -> bool:
    """Small bare numbers (“two firms”, a day of the month) are no news by themselves; years neither."""
    return bool(figure.unit) or (figure.value > 31 and not 1900 < figure.value < 2100)


def _first_party(old: Sequence[Entry], fresh: Sequence[Entry]) -> tuple[Entry, ...]:
    if any(e.kind in FIRST_PARTY_KINDS for e in old):
        return ()
    return tuple(e for e in fresh if e.kind in FIRST_PARTY_KINDS)
