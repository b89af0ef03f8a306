"""Words by which sentences are told apart: boilerplate, doubts, what hangs on what stands before it, bylines."""

import re

from bot.lexicon import LEXICONS, union
from bot.text.words import UNSPACED

BOILERPLATE = union(lambda lexicon: lexicon.page.boilerplate)
"""What no news sentence says, which "subscribers", "state-sponsored" and "sign up" well may. Looked for one
by one, which is twenty times as fast as one pattern of alternatives.
"""

LATIN_BOILERPLATE = tuple(phrase for phrase in BOILERPLATE if phrase < "\u3000")
"""Of these what can stand in a text without CJK characters."""


def _doubt() -> re.Pattern[str]:
    claims = [lexicon.claims for lexicon in LEXICONS.values()]
    doubters = [("|".join(c.doubters), "|".join(c.doubters_say)) for c in claims if c.doubters]
    doubts = "|".join(word for c in claims for word in (*c.disputes, *c.disputes_phrases))
    stems = "|".join(word for c in claims for word in c.dispute_stems)
    signs = "|".join(pattern for c in claims for pattern in c.dispute_signs)
    words_of = "|".join((*(subjects for subjects, _ in doubters), doubts, stems))
    beginnings = "|".join(sorted({word[:3] for word in words_of.split("|")}))
    disputes = "|".join(rf"(?:{who})\b.{{0,60}}\b(?:{verbs})" for who, verbs in doubters)
    return re.compile(rf"\b(?={beginnings})(?:{disputes}|(?:{doubts})\b|(?:{stems}))|{signs}")


DOUBT = _doubt()
"""Words that dispute what another sentence claims: a claim should not stand without them.

It reads text in lower case, and looks at the beginning of a word first: to try every alternative at every
word takes half as long again.
"""

HANGING = {
    language: re.compile("|".join(hanging) if language in UNSPACED else rf"(?:{'|'.join(hanging)})\b")
    for language, lexicon in LEXICONS.items()
    if (hanging := lexicon.voice.hanging)
}
"""Words that hang on what stands before them, in each language: French *il* does, Italian *il* is an article."""

BYLINE = re.compile(
    r"^(?:by|di|von|par|por|文|撰文"
    r"|记者)\s+[A-Z\u4e00-\u9fff][\w.]*(?:\s+[A-Z][\w.\-]*){0,3}\s*(?:[|,·—-].{0,60})?$"
)
