"""The sentences of a story's entries as units that can stand alone, and which of them tell it best.

A unit is a sentence, or a list joined to its lead-in (“The surprise is the cost: 50 times …; 3% of …”), with its
receipts. Units that hang on what stands before them, and boilerplate, are never offered.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.model import Entry, Length, Receipt, Sentence
from bot.pipeline.faithful import same_figure
from bot.pipeline.numbers import Figure, figures
from bot.pipeline.stopwords import STOPWORDS
from bot.pipeline.text import Span, fold, is_cjk, sentences, size, words


class Budget(NamedTuple):
    """What a summary may hold, and what each further sentence must add to be worth reading."""

    words: int
    characters: int
    sentences: int
    worth: float = 1.3


BUDGETS = {
    Length.HEADLINE: Budget(0, 0, 0),
    Length.LINE: Budget(45, 80, 2),
    Length.SHORT: Budget(95, 170, 3),
    Length.LONG: Budget(260, 520, 7, worth=0.3),
}
"""What the named lengths hold."""

BOILERPLATE = re.compile(
    r"subscribe|newsletter|sign up|cookie|all rights reserved|read more|continue reading|click here|follow us|share this|appeared first on|"
    r"image credit|photo(?: credit)?:|getty images|advertisement|sponsored|terms of service|privacy policy|leave a comment|related:|see also|more on:|"
    r"sample news, written|view in browser|listen to this article|min(?:ute)? read\b|originally published|first published|"
    r"iscriviti|abbonati|leggi anche|leggi tutto|continua a leggere|foto:|riproduzione riservata|seguici|fonte:|"
    r"abonnieren|lesen sie auch|mehr lesen|weiterlesen|bild:|foto:|anzeige|alle rechte vorbehalten|"
    r"abonnez-vous|lire aussi|lire la suite|inscrivez-vous|crédit photo|tous droits réservés|"
    r"suscríbete|lee también|leer más|sigue leyendo|todos los derechos|foto de|"
    r"点击|关注我们|订阅|阅读更多|责任编辑|编辑：|图片来源|本文来自|扫码|版权所有|もっと読む|購読|登録は|続きを読む|写真：|無断転載",
    re.IGNORECASE,
)
DOUBT = re.compile(
    r"\b(?:analysts?|critics|experts|observers|researchers|sceptics|skeptics|rivals)\b.{0,60}\b(?:think|believe|doubt|dispute|question|suspect|estimate|argue|say|warn|contest)"
    r"|\b(?:doubts?|disputed?|denie[sd]|contested|unverified|not independently)\b"
    r"|\b(?:analisti|critici|esperti|osservatori)\b.{0,60}\b(?:ritengono|credono|dubitano|contestano|sospettano|stimano|pensano|avvertono)|\b(?:dubbi[o]?|smentit[aeo]|contestat[aeo])\b"
    r"|\b(?:analysten|kritiker|experten|beobachter|fachleute)\b.{0,60}\b(?:glauben|bezweifeln|vermuten|schätzen|warnen|halten|zweifeln)|\b(?:zweifel|bestreitet|bestritten)\b"
    r"|\b(?:analystes|critiques|experts|observateurs)\b.{0,60}\b(?:estiment|pensent|doutent|contestent|soupçonnent|jugent)|\b(?:doutes?|contesté|démenti)\b"
    r"|\b(?:analistas|críticos|expertos|observadores)\b.{0,60}\b(?:creen|dudan|sospechan|estiman|cuestionan|advierten)|\b(?:dudas?|desmient|cuestionad)\w*\b"
    r"|分析师.{0,20}(?:认为|质疑|怀疑|估计)|质疑|存疑|否认|アナリスト.{0,25}(?:とみて|指摘|推定|疑)|疑問|否定",
    re.IGNORECASE,
)
"""Words that dispute what another sentence claims: a claim should not stand without them."""

_HANGING = re.compile(
    r"^(?:this|that|these|those|it|he|she|they|his|her|their|its|however|but|and|or|so|still|yet|also|moreover|meanwhile|instead|therefore|thus|then|such|both|"
    r"the latter|the former|by contrast|in addition|as a result|for example|for instance|another|neither|not all|nor|"
    r"questo|questa|questi|queste|quello|esso|essa|essi|egli|lui|lei|loro|tuttavia|ma|però|inoltre|infatti|quindi|così|anche|invece|intanto|dunque|pertanto|tale|tali|a sua volta|e|"
    r"dies|diese|dieser|dieses|diesem|das|er|sie|es|jedoch|aber|doch|und|auch|zudem|außerdem|daher|deshalb|dennoch|dagegen|damit|dabei|stattdessen|so|"
    r"cela|ce|cette|ces|c['’]est|il|elle|ils|elles|cependant|toutefois|mais|et|en outre|ainsi|donc|or|pourtant|par ailleurs|"
    r"esto|este|esta|estos|estas|eso|ello|él|ella|ellos|sin embargo|pero|y|además|también|así|por lo tanto|por ello|no obstante|"
    r"isto|este|esta|isso|ele|ela|eles|no entanto|mas|e|também|além disso|assim|portanto)\b|"
    r"^(?:这|这些|该|其|它|他|她|但|然而|不过|而|此外|因此|所以|同时|另外|こうした|これ|この|その|それ|しかし|だが|また|さらに|一方|そして|ただし|彼|彼女)",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^(?:by|di|von|par|por|文|撰文|记者)\s+[A-Z\u4e00-\u9fff][\w.]*(?:\s+[A-Z][\w.\-]*){0,3}\s*(?:[|,·—-].{0,60})?$"
)
POSITION, DECAY = 2.4, 0.45
CENTRAL, TITLE, FIGURES, NEWS, REPEATS = 0.4, 0.9, 0.1, 0.25, 1.6
"""What place, agreement with the whole story, the title's words, figures, new figures and repetition weigh."""

LONGEST_WORD = 60
"""Characters beyond which a word is an address, a hash or an attack; a run of CJK characters may be longer."""

THIN = 16
"""A later sentence with fewer words than these and no figure mostly announces what the next one says."""

_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Unit:
    """Something sayable: its text, where it stands, its place in its entry (0 is first), and what it holds."""

    text: str
    receipts: tuple[Receipt, ...]
    entry: Entry
    place: int
    terms: Counter[str]
    figures: tuple[Figure, ...]
    size: int
    hangs: bool


def units_of(entry: Entry) -> list[Unit]:
    """Return the units of an entry that may be told, in order."""
    spans = sentences(entry.text, entry.language)
    found: list[Unit] = []
    index = 0
    while index < len(spans):
        run = _list_after(entry.text, spans, index)
        group = spans[index : index + 1 + run]
        found += _made(entry, group, len(found))
        index += 1 + run
    return found


def _list_after(text: str, spans: Sequence[Span], index: int) -> int:
    """Return how many list items follow a lead-in that ends with a colon."""
    lead = text[spans[index].start : spans[index].end]
    if spans[index].item or not lead.rstrip().endswith((":", "：")):
        return 0
    count = 0
    while index + 1 + count < len(spans) and spans[index + 1 + count].item and count < 6:
        count += 1
    return count


def _made(entry: Entry, group: Sequence[Span], place: int) -> list[Unit]:
    texts = [entry.text[span.start : span.end].strip() for span in group]
    receipts = tuple(Receipt(entry.id, span.start, span.end) for span in group)
    if len(group) == 1:
        return [_unit(entry, texts[0], receipts, place)] if _sayable(texts[0]) else []
    whole = _joined(texts)
    made = [_unit(entry, whole, receipts, place)]
    if size(whole) > BUDGETS[Length.LINE].words and len(group) > 2:
        made.append(_unit(entry, _joined(texts[:3]), receipts[:3], place))
    return [unit for unit in made if _sayable(unit.text)]


def _joined(texts: Sequence[str]) -> str:
    """Join list items to their lead-in as one sentence."""
    cjk = is_cjk("".join(texts))
    lead, items = texts[0], [item.rstrip(" .;,。；，") for item in texts[1:]]
    return f"{lead}{'' if cjk else ' '}{('；' if cjk else '; ').join(items)}{'。' if cjk else '.'}"


def _unit(entry: Entry, text: str, receipts: tuple[Receipt, ...], place: int) -> Unit:
    terms = Counter(t for t in (fold(w) for w in words(text)) if t not in STOPWORDS)
    return Unit(
        text,
        receipts,
        entry,
        place,
        terms,
        figures(text, entry.language),
        size(text),
        bool(_HANGING.match(text)),
    )


def _sayable(text: str) -> bool:
    """Tell whether a sentence is whole, of a readable length, and no boilerplate, question or heading."""
    length = size(text)
    ends = text.rstrip("\"'”’»」』)）").endswith((".", "!", "。", "！", "…"))
    cjk = is_cjk(text)
    return (
        (12 if cjk else 6) <= length <= (160 if cjk else 75)
        and ends
        and not text.endswith(("...", "…", "[…]"))
        and not text.rstrip().endswith(":")
        and not text[:1].islower()
        and max(map(len, text.split())) <= LONGEST_WORD * (3 if cjk else 1)
        and not BOILERPLATE.search(text)
        and not _BYLINE.match(text)
        and len(_LETTERS.findall(text)) * 2 > len(text.replace(" ", ""))
    )


def choose(units: Sequence[Unit], title: str, lead: Entry, length: Length, said: str = "") -> list[Sentence]:
    """Return the sentences that tell a story best within a length, in reading order.

    `title` is the headline shown above them (they should add to it), `said` what the channel was told before.
    Where nothing fits, one sentence stands whole rather than cut.
    """
    if length is Length.HEADLINE or not units:
        return []
    picked = within(units, title, lead, BUDGETS[length], said) or _shortest(
        units, _scores(units, title, lead)
    )
    return [Sentence(unit.text, unit.receipts) for unit in picked]


def within(units: Sequence[Unit], title: str, lead: Entry, budget: Budget, said: str = "") -> list[Unit]:
    """Return the units that tell a story best within a budget of words, CJK characters and sentences, in reading order."""
    weights = _scores(units, title, lead)
    picked: list[Unit] = []
    room = budget.characters if is_cjk("".join(unit.text for unit in units[:5])) else budget.words
    told = Counter(fold(word) for word in words(f"{title} {said}"))
    while len(picked) < budget.sentences:
        best = _best(units, weights, picked, room - sum(u.size for u in picked), told, budget.worth)
        if best is None:
            break
        picked.append(best)
    order = {unit.entry.id: n for n, unit in enumerate(picked)}
    return sorted(picked, key=lambda u: (u.entry.id != lead.id, order[u.entry.id], u.place))


def _scores(units: Sequence[Unit], title: str, lead: Entry) -> list[float]:
    frequency = Counter(term for unit in units for term in set(unit.terms))
    idf = {term: math.log(1 + len(units) / n) for term, n in frequency.items()}
    center: Counter[str] = Counter()
    for unit in units:
        for term in unit.terms:
            center[term] += idf[term]  # type: ignore[assignment]  # weights, not counts
    title_terms = {fold(w) for w in words(title)} - STOPWORDS
    return [_score(unit, center, idf, title_terms, lead) for unit in units]


def _score(
    unit: Unit, center: Counter[str], idf: dict[str, float], title_terms: set[str], lead: Entry
) -> float:
    mass = sum(idf[t] for t in unit.terms) or 1.0
    central = (
        sum(idf[t] * math.log1p(center[t]) for t in unit.terms) / mass / math.log1p(max(center.values()))
    )
    overlap = sum(idf[t] for t in unit.terms if t in title_terms) / mass
    position = 1 / (1 + DECAY * unit.place)
    score = POSITION * position + CENTRAL * central + TITLE * overlap + FIGURES * min(4, _figure_count(unit))
    if unit.entry.id != lead.id:
        score -= 0.25
    if unit.hangs:
        score -= 0.9
    if not unit.figures and unit.size < THIN and unit.place > 0:
        score -= 0.45
    if unit.text.rstrip('"”’»').endswith(("?", "？", "!")):
        score -= 0.4
    return score


def _figure_count(unit: Unit) -> int:
    return sum(1 for f in unit.figures if f.unit or f.value > 31)


def _best(
    units: Sequence[Unit],
    weights: Sequence[float],
    picked: Sequence[Unit],
    room: int,
    told: Counter[str],
    least: float,
) -> Unit | None:
    best: tuple[float, int] | None = None
    for index, unit in enumerate(units):
        if unit.size > room or any(unit is other or _same_words(unit, other) for other in picked):
            continue
        worth = weights[index] + _news(unit, picked) + _disputes(unit, picked) - _repeats(unit, picked, told)
        if picked and worth < least:
            continue
        best = max(best or (-9.0, 0), (worth, -index))
    return units[-best[1]] if best and best[0] > -0.5 else None


def _news(unit: Unit, picked: Sequence[Unit]) -> float:
    """Return what a unit's figures add to those already told."""
    known = [f for other in picked for f in other.figures]
    fresh = [
        f for f in unit.figures if (f.unit or f.value > 31) and not any(same_figure(f, k) for k in known)
    ]
    return NEWS * min(3, len(fresh)) if picked else 0.0


def _disputes(unit: Unit, picked: Sequence[Unit]) -> float:
    """Return what a doubt adds: once, and most beside a sentence with the very figure that it disputes."""
    if not DOUBT.search(unit.text) or any(DOUBT.search(other.text) for other in picked):
        return 0.0
    claimed = [f for other in picked for f in other.figures if f.value > 31]
    return 1.0 if any(same_figure(f, c) for f in unit.figures for c in claimed) else 0.3


def _repeats(unit: Unit, picked: Sequence[Unit], told: Counter[str]) -> float:
    """Return what is lost by hearing a unit after those picked: their words again, or the headline once more."""
    known: Counter[str] = Counter()
    for other in picked:
        known.update(other.terms)
    again = _overlap(unit.terms, known) if picked else 0.0
    heard = _overlap(unit.terms, told)
    nothing_new = 0.5 if picked and unit.figures and _news(unit, picked) == 0 and again > 0.45 else 0.0
    return REPEATS * max(0.0, again - 0.2) + nothing_new + (4.0 if heard > 0.85 else 0.0)


def _overlap(a: Counter[str], b: Counter[str]) -> float:
    return sum(1 for term in a if term in b) / max(1, len(a))


def _same_words(a: Unit, b: Unit) -> bool:
    return _overlap(a.terms, b.terms) > 0.7 or _overlap(b.terms, a.terms) > 0.7


def _shortest(units: Sequence[Unit], weights: Sequence[float]) -> list[Unit]:
    """Return the shortest of the better units: where nothing fits, one sentence stands whole rather than cut."""
    better = sorted(range(len(units)), key=lambda i: -weights[i])[:4]
    return [units[min(better, key=lambda i: units[i].size)]] if better else []
