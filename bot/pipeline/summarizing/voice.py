"""Whose voice a sentence has: what a newsroom would not say in its own.

Sentences in the first or second person, questions, calls to act, salutations, quotations without their speaker and labels are never
told. Sentences that set a scene before the news may be, and cost something. All by language, as data.
"""

import re

FIRST_PERSON = {
    "en": r"(?<!World War )(?<!Part )I(?=['’][a-z]|\s[a-z])|[Ww]e|[Ww]e['’][a-z]+|[Oo]ur|[Oo]urs|us|[Mm]y|me|myself|ourselves",
    "it": r"noi|nostr[oaie]|io|abbiamo|siamo|stiamo|vogliamo|possiamo|crediamo|mi[oa]|miei|mie",
    "de": r"ich|wir|uns|unser\w{0,3}|mein\w{0,3}|mich|mir",
    "fr": r"je|j['’]\w+|nous|notre|nos|mon|mes|moi",
    "es": r"yo|nosotros|nuestr[oa]s?|hemos|estamos|queremos|podemos|creemos|mis?",
    "pt": r"eu|nós|noss[oa]s?|meus?|minhas?|estamos|queremos",
    "zh": r"我们|咱们|我(?!国|省|市|军)|笔者|小编",
    "ja": r"私たち|我々|私は|私の|僕|当社|弊社|筆者",
}

SECOND_PERSON = {
    "en": r"[Yy]ou|[Yy]our|[Yy]ou['’][a-z]+|[Yy]ours|[Yy]ourself",
    "it": r"tu|tuo[i]?|tua|tue|vostr[oaie]",
    "de": r"du|dein\w{0,3}|dir|dich|euch|Ihr(?:e|en|em|es)? (?:Unternehmen|Team|Gerät|Konto)",
    "fr": r"vous|votre|vos|tu|toi",
    "es": r"tú|tus?|usted(?:es)?",
    "pt": r"você|vocês",
    "zh": r"你们?|您",
    "ja": r"あなた|皆さん|皆様",
}

URGING = {
    "en": r"try|sign up|learn|read|check out|join|click|watch|download|get started|tune in|visit|discover|explore|subscribe|listen|follow|let['’]s|"
    r"here['’]s|here are|here is|meet|imagine|remember|say hello|stay tuned|don['’]t|introducing|welcome|thanks|thank you|happy|dear|hello|hi|"
    r"good morning|for more|to learn more|see how|see our|find out|note:|disclosure|editor['’]s note|correction|update:|tl;dr|executive summary|"
    r"summary|abstract|key points|takeaway|caption|watch:|image:|above:|holy father|ladies and gentlemen",
    "it": r"prova|scopri|scoprite|leggi|leggete|guarda|clicca|iscriviti|scarica|segui|ecco|immagina|immaginate|benvenut[iao]|grazie|car[oiae]|ciao|buongiorno|"
    r"per saperne|in sintesi|sommario|didascalia",
    "de": r"probieren|entdecken|lesen sie|lies|klicken|schauen sie|abonnieren|laden sie|folgen sie|hier ist|hier sind|stellen sie sich|willkommen|danke|liebe[r]?|"
    r"hallo|guten morgen|mehr dazu|zusammenfassung|anmerkung|hinweis:",
    "fr": r"essayez|découvrez|lisez|cliquez|regardez|abonnez|téléchargez|suivez|voici|voilà|imaginez|bienvenue|merci|cher|chère|chers|bonjour|pour en savoir|résumé",
    "es": r"prueba|pruebe|descubre|descubra|lee|lea|haz clic|mira|suscríbete|descarga|sigue|aquí está|aquí tienes|imagina|imagine|bienvenid[oa]s?|gracias|"
    r"estimad[oa]s?|querid[oa]s?|hola|buenos días|para más|resumen",
    "pt": r"experimente|descubra|leia|clique|veja|assine|baixe|siga|imagine|bem-vind[oa]s?|obrigad[oa]|car[oa]s|olá|bom dia|resumo",
    "zh": r"点击|欢迎|快来|立即|关注|订阅|让我们|想象|感谢|大家好|各位|以下是|摘要|编者按|作者",
    "ja": r"ぜひ|ようこそ|詳しくは|登録|購読|クリック|想像し|皆さん|こんにちは|ありがとう|以下|要約|概要",
}

SCENES = {
    "en": r"in the latest|earlier this|earlier in|last (?:year|month|week|fall|spring|summer|winter)|a (?:year|month|week|decade) ago|for (?:years|decades|months|weeks|a long time|as long)|"
    r"(?:\w+ )?(?:years|decades|months|weeks) (?:ago|after|before)|once |at last year|it['’]s been|it has been|it was|it is no|it['’]s no|over the (?:past|last)|in recent|"
    r"as (?:ai|artificial|more|companies|the)|ever since|when |if |while |although |though |we live|in an (?:era|age)|in a world|in the (?:age|era|world|race)|"
    r"the future|there (?:was|were|is|are)|there['’]s|gone are|throughout|people |most people|everyone|nobody|no one|many |few |what if|back in|it took|from |like many|until ",
    "it": r"negli ultimi|nelle ultime|l['’]anno scorso|lo scorso|la scorsa|da anni|da mesi|anni fa|mesi fa|un tempo|c['’]era|c['’]è|ci sono|era |erano |quando |se |mentre |sebbene |"
    r"viviamo|nell['’]era|in un mondo|il futuro|molti |tutti |nessuno|fino a (?:ieri|poco)|chi |è passato|sono passati",
    "de": r"in den vergangenen|in den letzten|seit (?:jahren|monaten|wochen|jahrzehnten)|vor (?:jahren|monaten|einem jahr|wenigen|kurzem)|einst|früher|letzte[sn]? (?:jahr|monat|woche)|"
    r"im vergangenen|als |wenn |während |obwohl |die zukunft|viele |alle |niemand|jeder |wer |es (?:war|ist|gibt)|noch vor|bis vor",
    "fr": r"ces dernières|ces derniers|depuis (?:des|plusieurs|longtemps)|il y a (?:un|une|des|quelques|plusieurs|\d)|l['’]an dernier|l['’]année dernière|le mois dernier|autrefois|jadis|quand |lorsque |si |"
    r"alors que|bien que|l['’]avenir|beaucoup|tout le monde|personne|à l['’]ère|dans un monde|c['’]était|jusqu['’](?:ici|à)|qui ",
    "es": r"en los últimos|en las últimas|desde hace|hace (?:un|una|unos|años|meses|tiempo|\d)|el año pasado|el mes pasado|antes |cuando |si |mientras |aunque |vivimos|el futuro|"
    r"muchos|todos |nadie|en la era|en un mundo|había|hay |era |hasta (?:ahora|hace)|quien",
    "pt": r"nos últimos|nas últimas|há (?:anos|meses|um|uma|\d)|no ano passado|quando |se |enquanto |embora |o futuro|muitos|todos |ninguém|na era|havia|há ",
    "zh": r"近年来|近几年|过去几年|多年来|长期以来|去年|此前|曾经|当|如果|虽然|随着|在.{0,8}时代|未来|很多人|人们|没有人|一直以来",
    "ja": r"近年|ここ数年|長年|昨年|かつて|以前|もし|とき|時代|未来|多くの人|誰も|これまで",
}

INSIDE = {
    "en": r",\s(?:however|though|meanwhile|therefore|by contrast|in turn|too|instead),",
    "it": r"\b(?:però|tuttavia|invece|infatti|dunque|quindi|pertanto)\b",
    "de": r"\b(?:allerdings|jedoch|dagegen|hingegen|indes|nämlich|zudem|außerdem)\b",
    "fr": r"\b(?:cependant|toutefois|pourtant|néanmoins|en revanche|par ailleurs)\b",
    "es": r"\b(?:sin embargo|no obstante|por su parte|en cambio|además)\b",
    "pt": r"\b(?:no entanto|contudo|porém|além disso|por sua vez)\b",
}
"""What hangs on what stands before it from inside: looked for in the first characters of a sentence."""

EARLY = 60
"""Characters in which something inside makes a sentence hang."""

DATELINE = re.compile(
    r"^(?:[A-ZÀ-Ý][A-ZÀ-Ý .'’-]{2,28}(?:,\s[\w .]{2,25})?(?:\s?\([^()]{2,20}\))?\s?[—–-]{1,2}\s?(?=[A-ZÀ-Ý“\"«])"
    r"|[A-ZÀ-Ý][\w .,'’/-]{1,40}\((?:AFP|AP|Reuters|dpa|ANSA|Ansa|askanews|EFE|Xinhua|Kyodo|Lusa|ATS|Adnkronos|Belga)\)\s?[—–-]{1,2}\s?"
    r"|[\u4e00-\u9fff]{2,10}\d{1,2}月\d{1,2}日[电電讯訊]\s?|【[^】]{2,20}】)"
)
"""The place, and the agency, before the first sentence of a report."""

_QUOTES = re.compile(
    r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|\"[^\"]*\"|「[^「」]*」|『[^『』]*』|‘[^‘’]{12,}’(?!\w)"
)
_SPACED = frozenset({"zh", "ja"})


def _compiled(
    lists: dict[str, str], flags: re.RegexFlag = re.IGNORECASE, *, begins: bool = False
) -> dict[str, re.Pattern[str]]:
    found = {}
    for language, words in lists.items():
        head = r"^[\s\"“«„‘]*" if begins else ""
        bound = ("", "") if language in _SPACED else (r"(?<![\w'’])", r"(?![\w])")
        tail = "" if begins and language in _SPACED else bound[1]
        found[language] = re.compile(f"{head}{'' if begins else bound[0]}(?:{words}){tail}", flags)
    return found


_FIRST = _compiled(FIRST_PERSON, re.NOFLAG) | _compiled(
    {k: v for k, v in FIRST_PERSON.items() if k not in {"en", "zh", "ja"}}
)
_SECOND = _compiled(SECOND_PERSON, re.NOFLAG)
_URGING = _compiled(URGING, begins=True)
_SCENES = {language: re.compile(rf"^(?:{words})", re.IGNORECASE) for language, words in SCENES.items()}
_INSIDE = {language: re.compile(words, re.IGNORECASE) for language, words in INSIDE.items()}


def speaks_for_itself(text: str, language: str) -> bool:
    """Tell whether a newsroom would say a sentence in its own voice."""
    if text.rstrip("\"'”’»」』)） ").endswith(("?", "？", "!", "！")):
        return False
    urging = _URGING.get(language)
    if urging is not None and urging.match(text):
        return False
    bare = _QUOTES.sub(" ", text)
    if bare != text and _is_bare_quotation(bare, language):
        return False
    first, second = _FIRST.get(language), _SECOND.get(language)
    return not ((first is not None and first.search(bare)) or (second is not None and second.search(bare)))


def _is_bare_quotation(rest: str, language: str) -> bool:
    """Tell whether nobody is said to have said what a sentence quotes: hardly anything stands outside of the quotation."""
    letters = re.findall(r"[^\W\d_]+", rest)
    return sum(map(len, letters)) < 4 if language in _SPACED else len(letters) < 3


def sets_a_scene(text: str, language: str) -> bool:
    """Tell whether a sentence begins with what was before the news."""
    scenes = _SCENES.get(language)
    return scenes is not None and scenes.match(text) is not None


def hangs_inside(text: str, language: str) -> bool:
    """Tell whether a sentence hangs on what stands before it by a word inside its beginning."""
    inside = _INSIDE.get(language)
    return inside is not None and inside.search(text[:EARLY]) is not None
