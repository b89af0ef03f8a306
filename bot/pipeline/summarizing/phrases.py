"""Words by which sentences are told apart: boilerplate, doubts, what hangs on what stands before it, bylines."""

import re

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

LATIN_BOILERPLATE = tuple(phrase for phrase in BOILERPLATE if phrase < "\u3000")
"""Of these what can stand in a text without CJK characters."""

_DOUBTERS = (
    ("analyst|analysts|critics|experts|observers|researchers|sceptics|skeptics|rivals", "think|believe|doubt|dispute|question|suspect|estimate|argue|say|warn|contest"),
    ("analisti|critici|esperti|osservatori", "ritengono|credono|dubitano|contestano|sospettano|stimano|pensano|avvertono"),
    ("analysten|kritiker|experten|beobachter|fachleute", "glauben|bezweifeln|vermuten|schätzen|warnen|halten|zweifeln"),
    ("analystes|critiques|experts|observateurs", "estiment|pensent|doutent|contestent|soupçonnent|jugent"),
    ("analistas|críticos|expertos|observadores", "creen|dudan|sospechan|estiman|cuestionan|advierten"),
)  # fmt: skip
"""Who disputes what others claim, and the beginnings of what they do, by language."""

_DOUBTS = (
    "doubt|doubts|dispute|disputed|denied|denies|contested|unverified|not independently|dubbi|dubbio|smentito|smentita|smentite|contestato|contestata|contestate|"
    "zweifel|bestreitet|bestritten|doute|doutes|contesté|démenti|duda|dudas"
)
_DOUBT_STEMS = "desmient|cuestionad"
_CJK_DOUBTS = (
    "分析师.{0,20}(?:认为|质疑|怀疑|估计)|质疑|存疑|否认|アナリスト.{0,25}(?:とみて|指摘|推定|疑)|疑問|否定"
)


def _doubt() -> re.Pattern[str]:
    words_of = "|".join((*(who for who, _ in _DOUBTERS), _DOUBTS, _DOUBT_STEMS))
    begins = "|".join(sorted({word[:3] for word in words_of.split("|")}))
    disputes = "|".join(rf"(?:{who})\b.{{0,60}}\b(?:{what})" for who, what in _DOUBTERS)
    return re.compile(rf"\b(?={begins})(?:{disputes}|(?:{_DOUBTS})\b|(?:{_DOUBT_STEMS}))|{_CJK_DOUBTS}")


DOUBT = _doubt()
"""Words that dispute what another sentence claims: a claim should not stand without them.

It reads text in lower case, and looks at the beginning of a word first: to try every alternative at every word takes half as long again.
"""

HANGING = {
    language: re.compile(words_of if language in {"zh", "ja"} else rf"(?:{words_of})\b")
    for language, words_of in {
        "en": "this|that|these|those|it|he|she|they|his|her|their|its|however|but|and|or|so|still|yet|also|moreover|meanwhile|instead|therefore|"
        "thus|then|such|both|the latter|the former|by contrast|in addition|as a result|for example|for instance|another|neither|not all|nor|indeed|in fact|"
        "that said|of course|in other words|nevertheless|nonetheless|otherwise|similarly|likewise|additionally|furthermore|besides|as such|in turn|to be clear|"
        "in short|others|in response|in return|at the same time|on the other hand|in particular|specifically|finally|lastly|afterwards|because of this|"
        "the (?:company|startup|start-up|firm|deal|acquisition|move|announcement|news|decision|agreement|partnership|round|ruling|changes|updates?|two companies|latter|feature|bill|order)",
        "it": "questo|questa|questi|queste|quello|esso|essa|essi|egli|lui|lei|loro|tuttavia|ma|però|inoltre|infatti|quindi|così|anche|invece|"
        "intanto|dunque|pertanto|tale|tali|a sua volta|e|insomma|da qui|del resto|eppure|"
        "al contrario|per questo|non solo|di conseguenza|in particolare|in altre parole|nel frattempo|dall['’]altra|la società|l['’]azienda|l['’]accordo|la decisione|la mossa|la novità",
        "de": "dies|diese|dieser|dieses|diesem|das (?:ist|war|sei|hat|wäre|heißt|bedeutet|zeigt|wird|soll|will|kann|macht|geht)|er|sie|es|jedoch|"
        "aber|doch|und|auch|zudem|außerdem|daher|deshalb|dennoch|dagegen|damit|dabei|stattdessen|so|richtig|nun|denn|tatsächlich|hinzu kommt|allerdings|immerhin|"
        "folglich|somit|kurz|das ergebnis|der grund|heißt|ebenso|gleichzeitig|unterdessen|das unternehmen|die firma|der deal|die übernahme|die entscheidung|der schritt",
        "fr": "cela|ce|cette|ces|c['’]est|il|elle|ils|elles|cependant|toutefois|mais|et|en outre|ainsi|donc|or|pourtant|par ailleurs|en effet|de son côté|"
        "pour autant|résultat|reste que|autrement dit|car|d['’]où|de plus|à l['’]inverse|en revanche|du coup|néanmoins|de même|celui-ci|celle-ci|ceux-ci|l['’]entreprise|la société|l['’]accord|la décision|l['’]opération",
        "es": "esto|este|esta|estos|estas|eso|ello|él|ella|ellos|sin embargo|pero|y|además|también|así|por lo tanto|por ello|no obstante|por eso|de hecho|"
        "es decir|en efecto|por otra parte|asimismo|ahora bien|por último|en cambio|mientras tanto|la compañía|la empresa|el acuerdo|la decisión|la operación|la medida",
        "pt": "isto|este|esta|isso|ele|ela|eles|no entanto|mas|e|também|além disso|assim|portanto|"
        "de fato|ou seja|por isso|por outro lado|a empresa|a companhia|o acordo|a decisão",
        "zh": "这|这些|该|其|它|他|她|但|然而|不过|而|此外|因此|所以|同时|另外",
        "ja": "こうした|このため|つまり|なお|実際|同社|同氏|そこで|また、|これ|この|その|それ|しかし|だが|また|さらに|一方|そして|ただし|彼|彼女",
    }.items()
}
"""Words that hang on what stands before them, in each language: French *il* does, Italian *il* is an article."""

BYLINE = re.compile(
    r"^(?:by|di|von|par|por|文|撰文|记者)\s+[A-Z\u4e00-\u9fff][\w.]*(?:\s+[A-Z][\w.\-]*){0,3}\s*(?:[|,·—-].{0,60})?$"
)
