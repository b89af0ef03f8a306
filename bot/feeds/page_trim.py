"""What a page says beside its article: what is taken out of its tree before reading, and out of its text afterwards."""

import re
from collections.abc import Iterator, Sequence, Set
from typing import Any

from lxml import etree

from bot.feeds.markup import tidy

LONGEST_CALL = 400
"""Characters up to which a line may be a call to subscribe, to share or to read something else; longer ones are told anyway."""

SHORTEST_RUN = 2
"""Lines in a row that are each a link from which on they are a list of other articles; a single one may be a heading."""

LONGEST_TAIL = 4
"""Lines without a sentence at the end that are still a remainder; more are results, dates or prices."""

LONGEST_LABEL = 80
"""Characters that the label of a list of other articles may have."""

LONGEST_HEAD = 4
"""How many lines from the top a repeated title, a date or a byline is looked for."""


def _patterns(words: str) -> str:
    return "|".join(line.strip() for line in words.strip().split("\n"))


_MORE = _patterns(r"""
    (?:read|see|watch|hear) (?:more|also|next|this)\b.{0,30}?
    also (?:read|see)\b.{0,30}?
    related(?: (?:articles?|stories|coverage|content|posts?|reading|links|topics|news))?
    recommended(?: (?:for you|reading|stories))?
    (?:don['’]t miss|you may also like|you might also like|up next|further reading|in case you missed it|editors['’]? picks?)
    (?:lesen sie|lies) (?:auch|mehr|hier|dazu)\b.{0,30}?
    (?:mehr (?:zum thema|dazu)|siehe auch|zum thema|auch interessant|das könnte sie auch interessieren|weiterlesen|passend zum thema)
    (?:à )?lire (?:aussi|également)
    (?:voir aussi|sur le même sujet|pour aller plus loin|à (?:voir|découvrir) (?:aussi|également)|notre sélection)
    (?:leggi|vedi|guarda) (?:anche|di più|l['’]articolo)\b.{0,20}?
    (?:articoli correlati|potrebbe interessarti(?: anche)?|per approfondire|leggi qui)
    (?:lea|lee|leer|vea|ver) (?:también|además|más)\b.{0,20}?
    (?:te puede interesar|le puede interesar|también te puede interesar|noticias relacionadas|artículos relacionados|más información)
    (?:leia|veja) (?:também|mais)\b.{0,20}?
    (?:saiba mais|lees ook|lees meer|czytaj także|czytaj też|zobacz też|przeczytaj także|читайте также|читать далее|смотрите также)
    (?:ayrıca oku|ilgili haberler|اقرأ أيضا|baca juga|läs också|les også|læs også|lue myös|xem thêm)
    (?:相关阅读|相关新闻|相关文章|延伸阅读|推荐阅读|更多阅读|阅读更多|相關閱讀|相關新聞|延伸閱讀|責任編輯|责任编辑|编辑)
    (?:関連記事|あわせて読みたい|こちらもおすすめ|関連リンク|合わせて読む|おすすめ記事|관련 ?기사|더 ?보기|추천 ?기사)
""")
"""Words that lead to other pages: a line of them alone, or before a colon, or before a link, is no part of the article."""

_ALONE = _patterns(r"""
    (?:share|tweet|print|email|e-mail|copy|save|pin|bookmark)(?: (?:this|the|article|story|post|page|link|it|on .{3,12}|via .{3,12}|with .{3,12}))*
    (?:print|order|get|request) (?:article|reprints?|permissions?)
    (?:post|leave|add|write|view|show|see|read|load)(?: (?:a|your|all|the|more|\d+))* (?:comments?|reply)
    (?:\d+ )?(?:comments?|replies|shares?|kommentare?|commentaires?|commenti|comentarios?|comentários?|комментарии|评论|コメント)(?: \(?\d+\)?)?
    (?:advertisements?|sponsored(?: content)?|anzeige|werbung|publicité|pubblicità|publicidad(?:e)?|реклама|广告|廣告|広告|광고|スポンサーリンク)
    (?:story|article) continues(?: below)?(?: advertisement)?|continue reading(?: below)?|scroll to continue
    (?:loading|please wait|close|back to top|top|next|previous|thank you|sign in|log in|sign up|subscribe|download|menu|search)
    (?:artikel |beitrag |seite )?(?:teilen|drucken|merken|vorlesen|versenden)(?: (?:auf|per|via) .{3,12})?
    (?:partager|imprimer|enregistrer|condividi|stampa|salva|compartir|imprimir|guardar|compartilhar|поделиться)(?: .{3,30})?
    (?:分享|分享到.{0,12}|收藏|打印|点赞|シェア|シェアする|ツイート|印刷|ブックマーク|공유|공유하기)
    (?:an error (?:has )?occurred.{0,40}|this article has been sent to.{0,40}|click to (?:share|print|email).{0,40})
    (?:(?:about|über) the author|author|written by|correspondent|editor)
    \d+ (?:min(?:ute)?s?|minuten|minuti|minutos) (?:read|lesezeit|de lecture|di lettura|de lectura)
    (?:more|also) (?:from|on|in|about) [^:.!?]{1,40}
    tell us what you think|what do you think|have your say|join the (?:conversation|discussion)
""")
"""Lines that are a button or a label by themselves."""

_TAGS = _patterns(r"""
    (?:tags?|topics?|keywords?|filed under|categories|schlagworte?|themen|mots[- ]clés|étiquettes|argomenti|etiquetas|temas|теги|标签|標籤|关键词|タグ)
""")
"""Labels of lists of keywords."""

_CALL = _patterns(r"""
    (?:please )?(?:subscribe|sign up|register|log in|sign in|create an account|become a (?:member|subscriber|patron)) (?:to|for|now|here|today|below|with|free|at|on|or|and)\b.*
    (?:get|receive) .{0,80}\b(?:newsletters?|inbox|letterbox|mailbox|alerts|every (?:day|week|month|morning))\b.{0,150}
    (?:follow|like|join|find) (?:us|me|our|@|\w+ on|[\w ]{2,40} on) ?.{0,60}\b(?:twitter|facebook|instagram|linkedin|telegram|youtube|whatsapp|threads|bluesky|mastodon|google news|x)\b.{0,120}
    already (?:a|an) (?:subscriber|member)\b.*
    follow (?:@\w+|.{0,60}\b(?:coverage|updates|news) (?:of|on|at|about)\b).*
    (?:listen to|watch) .{0,60} (?:live at|weekdays|on (?:itunes|spotify|apple)).{0,120}
    (?:download|get|install) (?:our|the) .{0,30}\bapps?\b.{0,100}
    (?:write to|e-?mail|contact|reach) (?:us|me|the author|[\w .'’-]{2,40}) (?:at|via|on) \S+@\S+.{0,40}
    (?:if you (?:enjoyed|liked) this (?:article|story|post)|did you (?:enjoy|like) this|was this (?:article|page) helpful|have a (?:story|news) tip|got a (?:story|tip)|(?:do you )?have (?:a|any) (?:tip|confidential|questions? (?:about|for us)|information about this)).*
    (?:support|donate to) (?:our|us|independent)\b.*
    this (?:copy is for your personal|article (?:was )?(?:originally|first) (?:appeared|published)|story (?:was )?(?:originally|first) (?:appeared|published)|content is subject to copyright).*
    (?:copyright ?(?:©|\(c\)|by|(?:19|20)\d\d)|©|\(c\) ?(?:19|20)\d\d).*
    .{0,120}\ball rights reserved\b.{0,80}
    .{0,100}\bcopyright (?:©|\(c\)|(?:19|20)\d\d)\b.{0,100}
    .{3,160}\bcontributed (?:reporting|to this (?:report|story|article))\b.{0,60}
    (?:image|photo|picture|video|featured image) (?:source|credits?|by|courtesy)s?\b.{0,120}
    (?:listen|download|itunes|spotify|watch|via|website|url|link)s? ?: ?https?://\S+.{0,80}
    https?://\S+
    (?:we|this (?:site|website)) uses? cookies\b.*
    (?:abonnieren sie|jetzt abonnieren|melden sie sich|newsletter abonnieren|folgen sie uns|folge uns|unterstützen sie).*
    (?:wir verwenden|diese (?:website|seite) verwendet) cookies.*
    (?:abonnez-vous|inscrivez-vous|s['’]abonner|suivez[- ](?:nous|moi)|recevez (?:notre|nos|la|le)|téléchargez (?:notre|l['’])).*
    (?:abbonati|iscriviti|seguici|segui .{2,30} su|ricevi (?:la|le|ogni)|scarica (?:la|l['’])).*
    (?:suscríb[ea]te|suscríbase|regístrate|síguenos|siga-nos|sígue(?:nos)? en|recibe (?:nuestr|el|la|cada)|inscreva-se|assine|descarga (?:nuestra|la app)).*
    (?:подпи(?:сывайтесь|шитесь)|следите за).*
    (?:欢迎关注|关注我们|扫码(?:关注|下载|阅读|添加)|扫描.{0,6}二维码|(?:订阅|訂閱)(?:我们|我們|本|频道|頻道|电子报|電子報)|版权所有|本文来源|本文来自|转载请|轉載請|未经授权|本文为.{0,12}原创|更多精彩|点击(?:查看|阅读|下载)).*
    (?:(?:メルマガ|ニュースレター)(?:を|に|の|へ)?(?:登録|購読|申し込)|(?:無断転載|フォローする)|会員登録(?:する|すると|して|は)|この記事を(?:シェア|共有)|記事の続き).*
    (?:구독(?:하기|하세요|신청)|무단 ?전재|저작권자|뉴스레터).*
    (?:atenção|attention|achtung|note)\b.{0,20}\b(?:comentários|comments|commentaires|kommentare)\b.{0,160}
""")
"""Lines that ask the reader to do something, or say whose text it is."""

_PARTED = re.compile("[:：|>»→]")
_MORE_BEFORE = re.compile(rf"(?:- )?[\W_]{{0,4}}(?:{_MORE})\s?[:：|>»→].{{0,200}}", re.IGNORECASE)
_NOISE = re.compile(rf"(?:- )?[\W_]{{0,4}}(?:(?:{_ALONE})[\W_]*|{_CALL})", re.IGNORECASE)
_LISTS = re.compile(rf"[\W_]{{0,4}}(?:{_MORE}|{_TAGS})[\W_]*", re.IGNORECASE)
_CREDIT = re.compile(
    r"(?:sources?|quellen?|fonti?|fuentes?|来源|來源|出典|출처) ?[:：] ?.{2,60}", re.IGNORECASE
)
_BYLINE = re.compile(
    r"(?:(?:by|von|par|di|por|af|door|автор|текст|文|作者|记者|記者|取材)[ ：:／/|]\s?[^.!?。！？]{2,60}"
    r"|(?:[^\W\d_]+[,.:]?\s){0,4}(?:\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s)?|[^\W\d_]{3,12}\.?\s\d{1,2},?\s|\d{1,2}[./-]\d{1,2}[./-])(?:19|20)\d\d\b[^.!?。！？]{0,30}"
    r"|[^\d.!?。！？]{0,12}(?:19|20)\d\d(?:[./-]|\s?年\s?)\d{1,2}(?:[./-]|\s?月\s?)\d{1,2}[^.!?。！？]{0,30})",
    re.IGNORECASE,
)
"""A line with the name of who wrote it, or with the moment it was published: no sentence, but a name or a whole date."""

_ENDED = re.compile(r"[.!?…。！？؟।:;\"”’»」』)\]]$")
_WORDS = re.compile(r"\w+")
_LABEL = re.compile(rf"[\W_]{{0,4}}(?:{_MORE})[\W_]*", re.IGNORECASE)


_SILENT = "script style svg noscript iframe nav footer template link meta figcaption".split()
"""Elements that never hold an article's text; without them the rest is read a fifth faster."""


def prune(tree: Any) -> None:
    """Take out of a tree what stands in an article but is none of it: captions, and labels with a link to another page."""
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    for node in filter(_leads_away, list(tree.iter("p", "div"))):
        if node.getparent() is not None:
            node.drop_tree()


def _leads_away(node: Any) -> bool:
    """Tell whether a block is a label such as “Read more:” and a link."""
    links = node.findall("a" if node.tag == "div" else ".//a") if len(node) else []
    if not links or len(links) > 3 or len(text := _text(node)) > LONGEST_CALL:
        return False
    linked = sum(len(_text(link)) for link in links)
    return bool(_LABEL.fullmatch(text[: len(text) - linked]))


def _text(node: Any) -> str:
    return " ".join(node.text_content().split())


def trim(text: str, titles: Sequence[str], links: Set[str]) -> str:
    """Return an article without the title that it repeats, without calls and labels, and without what trails behind its last sentence."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    lines = _without_head(lines, titles)
    lines = [line for line in _without_lists_of_links(lines, links) if not _is_noise(line)]
    return tidy(_paragraphs(_without_tail(lines)))


def bare(text: str) -> str:
    """Return the words of a text alone, in lower case."""
    return " ".join(_WORDS.findall(text.lower()))


def _without_head(lines: Sequence[str], titles: Sequence[str]) -> list[str]:
    names = {name for title in titles if (name := bare(title))}
    head = [
        line for line in lines[:LONGEST_HEAD] if not (_repeats(bare(line), names) or _BYLINE.fullmatch(line))
    ]
    return [*head, *lines[LONGEST_HEAD:]]


def _repeats(line: str, names: set[str]) -> bool:
    return line in names or (len(line) > 20 and any(name.startswith(line) for name in names))


def _is_noise(line: str) -> bool:
    if len(line) > LONGEST_CALL:
        return False
    return bool((_PARTED.search(line) and _MORE_BEFORE.fullmatch(line)) or _NOISE.fullmatch(line))


def _without_lists_of_links(lines: Sequence[str], links: Set[str]) -> Iterator[str]:
    """Leave out a label such as “Related” or “Tags” with the short lines below it, and two or more links one after the other."""
    below, run = False, list[str]()
    for line in lines:
        below = _is_label(line) or (below and not _tells(line))
        if below:
            continue
        if bare(line) in links:
            run.append(line)
            continue
        yield from run if len(run) < SHORTEST_RUN else ()
        run = []
        yield line
    yield from run if len(run) < SHORTEST_RUN else ()


def _is_label(line: str) -> bool:
    return len(line) <= LONGEST_LABEL and bool(_LISTS.fullmatch(line))


def _without_tail(lines: list[str]) -> list[str]:
    """Drop the last lines while they are neither sentences nor items nor rows of a table; a long run of such lines is one."""
    end = len(lines)
    while end > 1 and (_CREDIT.fullmatch(lines[end - 1]) or not _tells(lines[end - 1])):
        end -= 1
    return lines[:end] if len(lines) - end <= LONGEST_TAIL else lines


def _tells(line: str) -> bool:
    return bool(_ENDED.search(line)) or line.startswith("- ") or "|" in line or len(line) > 80


def _paragraphs(lines: Sequence[str]) -> str:
    """Part paragraphs by blank lines; consecutive list items stay together."""
    out: list[str] = []
    for line in lines:
        together = line.startswith("- ") and out
        out.append(("\n" if together else "\n\n") + line)
    return "".join(out)
