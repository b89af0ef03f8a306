"""Words too common to tell two stories apart, folded, by language."""

from bot.lexicon import LEXICONS

BY_LANGUAGE = {
    language: frozenset(lexicon.words.stopwords)
    for language, lexicon in LEXICONS.items()
    if lexicon.words.stopwords
}
STOPWORDS = frozenset().union(*BY_LANGUAGE.values())
