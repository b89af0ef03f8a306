"""The sentences of a story's entries as units that can stand alone, and which of them tell it best.

A unit is a sentence, or a list joined to its lead-in (“The surprise is the cost: 50 times …; 3% of …”), with its
receipts. Units that hang on what stands before them, and boilerplate, are never offered.
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
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

BOILERPLATE = tuple(
    phrase
    for line in """
subscribe now|subscribe to our|subscribe for|newsletter|sign up for our|sign up here|sign up now|cookie|all rights reserved|read more|continue reading|click here|follow us|share this|appeared first on
image credit|photo:|photo credit:|getty images|sponsored content|sponsored post|terms of service|privacy policy|leave a comment|related:
see also|more on:|sample news, written|view in browser|listen to this article|min read|minute read|originally published|first published
iscriviti|abbonati|leggi anche|leggi tutto|continua a leggere|foto:|riproduzione riservata|seguici|fonte:
abonnieren|lesen sie auch|mehr lesen|weiterlesen|bild:|alle rechte vorbehalten
abonnez-vous|lire aussi|lire la suite|inscrivez-vous|crédit photo|tous droits réservés
suscríbete|lee también|leer más|sigue leyendo|todos los derechos|foto de archivo
点击阅读|点击查看|点击这里|点击关注|关注我们|欢迎订阅|订阅我们|阅读更多|责任编辑|编辑：|图片来源|本文来自|扫码|版权所有|もっと読む|ご購読|購読はこちら|登録は|続きを読む|写真：|無断転載
""".split("\n")
    for phrase in line.split("|")
    if phrase
)
"""What no news sentence says, which "subscribers", "state-sponsored" and "sign up" well may. Looked for one by one, which is twenty times as fast as one pattern of alternatives."""

DOUBT = re.compile(
    r"\b(?:(?:analysts?|critics|experts|observers|researchers|sceptics|skeptics|rivals)\b.{0,60}\b(?:think|believe|doubt|dispute|question|suspect|estimate|argue|say|warn|contest)"
    r"|(?:doubts?|disputed?|denie[sd]|contested|unverified|not independently)\b"
    r"|(?:analisti|critici|esperti|osservatori)\b.{0,60}\b(?:ritengono|credono|dubitano|contestano|sospettano|stimano|pensano|avvertono)|(?:dubbi[o]?|smentit[aeo]|contestat[aeo])\b"
    r"|(?:analysten|kritiker|experten|beobachter|fachleute)\b.{0,60}\b(?:glauben|bezweifeln|vermuten|schätzen|warnen|halten|zweifeln)|(?:zweifel|bestreitet|bestritten)\b"
    r"|(?:analystes|critiques|experts|observateurs)\b.{0,60}\b(?:estiment|pensent|doutent|contestent|soupçonnent|jugent)|(?:doutes?|contesté|démenti)\b"
    r"|(?:analistas|críticos|expertos|observadores)\b.{0,60}\b(?:creen|dudan|sospechan|estiman|cuestionan|advierten)|(?:dudas?|desmient|cuestionad)\w*\b"
    r")|分析师.{0,20}(?:认为|质疑|怀疑|估计)|质疑|存疑|否认|アナリスト.{0,25}(?:とみて|指摘|推定|疑)|疑問|否定",
)
"""Words that dispute what another sentence claims: a claim should not stand without them.

It reads text in lower case: a pattern that ignores case tries every alternative at every character.
"""

_HANGING = {
    language: re.compile(words_of if language in {"zh", "ja"} else rf"(?:{words_of})\b")
    for language, words_of in {
        "en": "this|that|these|those|it|he|she|they|his|her|their|its|however|but|and|or|so|still|yet|also|moreover|meanwhile|instead|therefore|"
        "thus|then|such|both|the latter|the former|by contrast|in addition|as a result|for example|for instance|another|neither|not all|nor",
        "it": "questo|questa|questi|queste|quello|esso|essa|essi|egli|lui|lei|loro|tuttavia|ma|però|inoltre|infatti|quindi|così|anche|invece|"
        "intanto|dunque|pertanto|tale|tali|a sua volta|e",
        "de": "dies|diese|dieser|dieses|diesem|das (?:ist|war|sei|hat|wäre|heißt|bedeutet|zeigt|wird|soll|will|kann|macht|geht)|er|sie|es|jedoch|"
        "aber|doch|und|auch|zudem|außerdem|daher|deshalb|dennoch|dagegen|damit|dabei|stattdessen|so",
        "fr": "cela|ce|cette|ces|c['’]est|il|elle|ils|elles|cependant|toutefois|mais|et|en outre|ainsi|donc|or|pourtant|par ailleurs",
        "es": "esto|este|esta|estos|estas|eso|ello|él|ella|ellos|sin embargo|pero|y|además|también|así|por lo tanto|por ello|no obstante",
        "pt": "isto|este|esta|isso|ele|ela|eles|no entanto|mas|e|também|além disso|assim|portanto",
        "zh": "这|这些|该|其|它|他|她|但|然而|不过|而|此外|因此|所以|同时|另外",
        "ja": "こうした|これ|この|その|それ|しかし|だが|また|さらに|一方|そして|ただし|彼|彼女",
    }.items()
}
"""Words that hang on what stands before them, in each language: French *il* does, Italian *il* is an article."""

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

LONGEST_HANGING = 30
"""Characters at the beginning of a sentence that tell whether it hangs on what stands before."""

READ = 20_000
"""Characters of an entry that are read: news tells what it is about long before."""

DISPUTED, DOUBTED = 1.0, 0.3
"""What a doubt adds beside a sentence with the figure that it disputes, and beside any other."""

HANGS = 0.9
"""What a sentence loses that hangs on what stands before it."""

LEAST = -0.5
"""What the first sentence must be worth."""

NEWEST = 3
"""New figures that count."""

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Unit:
    """Something sayable: its text, where it stands, its place in its entry (0 is first), and what it holds."""

    text: str
    receipts: tuple[Receipt, ...]
    entry: Entry
    place: int
    terms: Mapping[str, None]
    figures: tuple[Figure, ...]
    size: int
    hangs: bool


def units_of(entry: Entry) -> list[Unit]:
    """Return the units of an entry that may be told, in order."""
    spans = _spans(entry)
    lowered = entry.text[:READ].lower()
    # Few texts have any boilerplate, so that most sentences need not be searched for it.
    unwanted = [phrase for phrase in BOILERPLATE if phrase in lowered]
    found: list[Unit] = []
    index = 0
    while index < len(spans):
        run = _list_after(entry.text, spans, index)
        group = spans[index : index + 1 + run]
        found += [u for u in _made(entry, group, len(found)) if not _has(u.text, unwanted)]
        index += 1 + run
    return found


def _has(text: str, phrases: Sequence[str]) -> bool:
    return bool(phrases) and any(map(text.lower().__contains__, phrases))


def _spans(entry: Entry) -> Sequence[Span]:
    """Return the sentences that are read, without the one in which reading stopped."""
    spans = sentences(entry.text[:READ], entry.language)
    return spans if len(entry.text) <= READ else spans[:-1]


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
        return _told(entry, texts[0], receipts, place)
    whole = _joined(texts)
    made = _told(entry, whole, receipts, place)
    if size(whole) > BUDGETS[Length.LINE].words and len(group) > 2:
        made += _told(entry, _joined(texts[:3]), receipts[:3], place)
    return made


def _joined(texts: Sequence[str]) -> str:
    """Join list items to their lead-in as one sentence."""
    cjk = is_cjk("".join(texts))
    lead, items = texts[0], [item.rstrip(" .;,。；，") for item in texts[1:]]
    return f"{lead}{'' if cjk else ' '}{('；' if cjk else '; ').join(items)}{'。' if cjk else '.'}"


def _told(entry: Entry, text: str, receipts: tuple[Receipt, ...], place: int) -> list[Unit]:
    """Return a text as a unit, if it may be told."""
    if not _is_whole(text):
        return []
    cjk, read = is_cjk(text), words(text.lower())
    length = size(text) if cjk else len(read)
    if not _is_readable(text, length, cjk=cjk):
        return []
    found = figures(text, entry.language) if _DIGIT.search(text) else ()
    return [Unit(text, receipts, entry, place, _terms(read), found, length, _hangs(text, entry.language))]


def _hangs(text: str, language: str) -> bool:
    hanging = _HANGING.get(language)
    return bool(hanging and hanging.match(text[:LONGEST_HANGING].lower()))


def _terms(lowered: Iterable[str]) -> dict[str, None]:
    """Return the words that are compared, without stopwords, in order so that equal texts weigh equal to the last bit."""
    folded = [word if word.isascii() else _folded(word) for word in lowered]
    return dict.fromkeys([word for word in folded if word not in STOPWORDS])


_folded = lru_cache(maxsize=1 << 16)(fold)


def _is_whole(text: str) -> bool:
    """Tell whether a text begins and ends as a sentence does."""
    ends = text.rstrip("\"'”’»」』)）").endswith((".", "!", "。", "！", "…"))
    return ends and not text.endswith(("...", "…", "[…]")) and not text[:1].islower()


def _is_readable(text: str, length: int, *, cjk: bool) -> bool:
    """Tell whether a sentence is of a readable length, and made of words."""
    return (
        (12 if cjk else 6) <= length <= (160 if cjk else 75)
        and max(map(len, text.split())) <= LONGEST_WORD * (3 if cjk else 1)
        and not _BYLINE.match(text)
        and sum(map(str.isalpha, text)) * 2 > len(text) - text.count(" ")
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
    told = _terms(words(f"{title} {said}".lower())).keys()
    while len(picked) < budget.sentences:
        best = _best(units, weights, picked, room - sum(u.size for u in picked), told, budget.worth)
        if best is None:
            break
        picked.append(best)
    order = {unit.entry.id: n for n, unit in enumerate(picked)}
    return sorted(picked, key=lambda u: (u.entry.id != lead.id, order[u.entry.id], u.place))


def _scores(units: Sequence[Unit], title: str, lead: Entry) -> list[float]:
    frequency = Counter(itertools.chain.from_iterable(unit.terms for unit in units))
    idf_of = {n: math.log(1 + len(units) / n) for n in set(frequency.values())}
    most = max((math.log1p(n * weight) for n, weight in idf_of.items()), default=1.0)
    central_of = {n: weight * math.log1p(n * weight) / most for n, weight in idf_of.items()}
    idf = {term: idf_of[n] for term, n in frequency.items()}
    central = {term: central_of[n] for term, n in frequency.items()}
    title_terms = _terms(words(title.lower())).keys()
    return [_score(unit, central, idf, title_terms, lead) for unit in units]


def _score(
    unit: Unit,
    central: Mapping[str, float],
    idf: Mapping[str, float],
    title_terms: Set[str],
    lead: Entry,
) -> float:
    mass = sum(map(idf.__getitem__, unit.terms)) or 1.0
    agreement = sum(map(central.__getitem__, unit.terms)) / mass
    overlap = sum(idf[term] for term in unit.terms if term in title_terms) / mass
    position = 1 / (1 + DECAY * unit.place)
    score = (
        POSITION * position + CENTRAL * agreement + TITLE * overlap + FIGURES * min(4, _figure_count(unit))
    )
    if unit.entry.id != lead.id:
        score -= 0.25
    if unit.hangs:
        score -= HANGS
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
    told: Set[str],
    least: float,
) -> Unit | None:
    best, bar = None, least if picked else LEAST
    for unit, weight in zip(units, weights, strict=True):
        # Most units could not win with all that they may add, so that nothing of them need be compared.
        most = DISPUTED + NEWS * NEWEST if picked and unit.figures else DOUBTED
        if unit.size > room or weight + most < bar:
            continue
        if any(unit is other or _same_words(unit, other) for other in picked):
            continue
        worth = weight + _news(unit, picked) - _repeats(unit, picked, told)
        if worth + most >= bar:
            worth += _disputes(unit, picked)
        if worth > bar or (best is None and worth >= bar):
            best, bar = unit, worth
    return best


def _news(unit: Unit, picked: Sequence[Unit]) -> float:
    """Return what a unit's figures add to those already told."""
    known = [f for other in picked for f in other.figures]
    fresh = [
        f for f in unit.figures if (f.unit or f.value > 31) and not any(same_figure(f, k) for k in known)
    ]
    return NEWS * min(NEWEST, len(fresh)) if picked else 0.0


def _disputes(unit: Unit, picked: Sequence[Unit]) -> float:
    """Return what a doubt adds: once, and most beside a sentence with the very figure that it disputes."""
    if any(_doubts(other.text) for other in picked) or not _doubts(unit.text):
        return 0.0
    claimed = [f for other in picked for f in other.figures if f.value > 31]
    return DISPUTED if any(same_figure(f, c) for f in unit.figures for c in claimed) else DOUBTED


@lru_cache(maxsize=1 << 12)
def _doubts(text: str) -> bool:
    return bool(DOUBT.search(text.lower()))


def _repeats(unit: Unit, picked: Sequence[Unit], told: Set[str]) -> float:
    """Return what is lost by hearing a unit after those picked: their words again, or the headline once more."""
    known = set(itertools.chain.from_iterable(other.terms for other in picked))
    again = _overlap(unit.terms, known) if picked else 0.0
    heard = _overlap(unit.terms, told)
    nothing_new = 0.5 if picked and unit.figures and _news(unit, picked) == 0 and again > 0.45 else 0.0
    return REPEATS * max(0.0, again - 0.2) + nothing_new + (4.0 if heard > 0.85 else 0.0)


def _overlap(a: Mapping[str, None], b: Set[str]) -> float:
    return len(a.keys() & b) / max(1, len(a))


def _same_words(a: Unit, b: Unit) -> bool:
    return _overlap(a.terms, b.terms.keys()) > 0.7 or _overlap(b.terms, a.terms.keys()) > 0.7


def _shortest(units: Sequence[Unit], weights: Sequence[float]) -> list[Unit]:
    """Return the shortest of the better units: where nothing fits, one sentence stands whole rather than cut."""
    better = sorted(range(len(units)), key=lambda i: -weights[i])[:4]
    return [units[min(better, key=lambda i: units[i].size)]] if better else []
