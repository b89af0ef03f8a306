"""Walls: what stands between a reader and an article. Their words are never taken for the article's."""

import re
from dataclasses import dataclass
from typing import Any

from bot.model import Wall

LONGEST_PHRASE = 240
"""Characters up to which a paragraph may be a wall's; an article about paywalls has longer ones."""

LONGEST_NOTICE = 3000
"""Characters up to which a whole page may be a notice instead of an article."""


def _phrases(lines: str) -> re.Pattern[str]:
    return re.compile("|".join(line.strip() for line in lines.strip().split("\n")), re.IGNORECASE)


_PAY = _phrases(r"""
    (?:subscribe|sign up|register|join|upgrade)(?: now| today)? to (?:read|continue|keep reading|unlock|get (?:full|unlimited)|access|view|finish)
    (?:to (?:read|continue|unlock|access)|read|unlock) (?:the (?:rest|full)|this|more|reading|your).{0,60}\b(?:subscri|sign (?:in|up)|become a member|membership|trial)
    already (?:a|an) (?:subscriber|member)|already have (?:a subscription|an account)\?
    (?:this|the) (?:article|story|content|post|page) is (?:only |exclusively |reserved )?(?:available )?(?:for|to) (?:our |paid |paying |premium )*(?:subscribers|members)
    (?:for|to) (?:paid |paying |premium )?subscribers only|subscriber[- ]only|members[- ]only (?:article|story|post|content)|premium (?:article|content) for
    you(?:['’]ve| have) (?:reached|used|read) (?:your|all|the|\d+).{0,40}\b(?:free|limit|articles)
    create (?:a|your) free account to|start your (?:free )?(?:trial|subscription)|choose (?:a|your) (?:plan|subscription)
    nur für abonnent|(?:dieser|der) (?:artikel|beitrag|inhalt) ist (?:exklusiv )?(?:nur )?für (?:\w+ )?abonnent|(?:jetzt|mit .{2,20}) (?:weiterlesen|testen und)|sie sind bereits abonnent|bereits (?:abonnent|kunde)\?|zugang zu allen .{0,20}artikeln|um (?:diesen artikel|weiter) ?.{0,12}zu lesen
    réservée?s? (?:à nos|aux) abonnés|(?:il vous reste|la suite est).{0,60}(?:à lire|abonnés)|déjà abonnée?|abonnez-vous pour (?:lire|continuer|accéder)|pour lire la suite
    (?:contenuto|articolo) (?:è )?(?:riservato|esclusivo)|abbonati per (?:leggere|continuare)|sei già abbonat|(?:per|continua a) leggere .{0,40}abbonat
    solo para suscriptores|contenido exclusivo para|suscr[íi]b(?:ete|ase) para (?:leer|seguir|continuar)|¿?ya (?:eres|es) suscriptor|(?:para|sigue) (?:seguir )?leyendo.{0,40}suscr
    exclusivo para assinantes|já é assinante|assine para (?:ler|continuar)
    登[录錄入]后(?:阅读|查看|可继续)|(?:订阅|訂閱|开通会员|付费)(?:后|以|才)?(?:阅读|继续阅读|解锁|查看|閱讀)|(?:会员|會員|付费|付費)(?:专享|專享|可见|可讀|阅读|内容|文章)|剩余.{0,10}(?:付费|会员)|(?:阅读|查看)全文(?:请|需)
    会員限定|有料会員|この記事は有料|(?:続き|全文)(?:を(?:お読み|読む)|は).{0,20}(?:会員|登録|購入|有料)|残り\s?\d+文字|ログインして(?:続き|全文)
    (?:유료|회원) ?(?:전용|구독)|구독(?:하고|자만|하면).{0,12}(?:읽|보)
    только для подписчиков|(?:оформите|чтобы (?:читать|прочитать)).{0,40}подписк
""")

_CONSENT = _phrases(r"""
    before you continue to|we (?:value|care about|respect) your privacy|(?:we|this (?:site|website)) (?:and our (?:\d+ )?partners )?(?:use|uses|store) .{0,40}cookies|we and our .{0,20}partners
    (?:accept|allow|reject|manage) (?:all )?(?:cookies|and continue)|cookie (?:settings|preferences|consent)|your (?:privacy|consent) choices|consent or pay|purposes? and (?:features|vendors)
    (?:alle )?cookies (?:akzeptieren|zulassen|ablehnen)|(?:wir|unsere partner).{0,60}\b(?:cookies|einwilligung)|ihre (?:privatsphäre|einwilligung)|mit werbung weiterlesen|zustimmen und weiter
    (?:accepter|refuser) (?:les |tous les )?cookies|votre (?:vie privée|consentement)|continuer sans accepter|nous (?:et nos partenaires ).{0,30}(?:utilisons|stockons)
    (?:accetta|rifiuta) (?:i |tutti i )?cookie|la tua privacy|(?:noi|insieme ai nostri) .{0,20}(?:partner|fornitori).{0,40}cookie|continua senza accettare
    (?:aceptar|rechazar) (?:las |todas las )?cookies|tu privacidad|(?:nosotros|con nuestros) .{0,12}socios.{0,60}cookies|(?:usamos|utilizamos) cookies
    (?:接受|同意|允许)(?:所有|全部)? ?cookie|我们(?:和合作伙伴)?(?:使用|重视).{0,10}(?:cookie|隐私)
    cookie(?:の使用)?(?:に同意|を(?:許可|受け入れ))|(?:プライバシー|クッキー).{0,12}(?:同意|設定|尊重)
    (?:모든 )?쿠키.{0,6}(?:허용|동의)
""")

_LOGIN = _phrases(r"""
    (?:please )?(?:log|sign) ?in to (?:continue|your|read|view|access|see)|you (?:must|need to) (?:be logged in|log in|sign in)|forgot(?:ten)? (?:your )?password
    (?:bitte )?melden sie sich an|bitte anmelden|passwort vergessen
    (?:connectez-vous|identifiez-vous)(?: pour)?|mot de passe oublié
    (?:accedi|effettua l['’]accesso) (?:per|al)|password dimenticata
    (?:inicia|inicie) sesión|(?:has olvidado|olvidó|olvidaste) (?:tu|su) contraseña
    请(?:先)?登[录錄]|忘记密码|登录(?:后|账号)
    ログインしてください|パスワードを(?:お忘れ|忘れ)|ログインが必要
    비밀번호(?:를)? ?(?:찾기|잊)|로그인(?:이 필요|해 ?주세요)
""")

_CHALLENGE = _phrases(r"""
    just a moment\.\.\.|checking (?:your browser|if the site connection is secure)|verify(?:ing)? (?:that )?you are (?:a )?human|(?:are you|i['’]?m not) a robot|needs to review the security of your connection
    attention required! \| cloudflare|ddos protection by|pardon our interruption|access (?:to this page has been |is temporarily )?denied|unusual (?:traffic|activity) from your|complete the (?:security check|captcha)|enable javascript and cookies to continue|request unsuccessful\. incapsula|you have been blocked
    (?:ich bin kein roboter|bestätigen sie, dass sie ein mensch|sicherheitsüberprüfung|vérifi(?:er|ez) que vous êtes (?:un )?humain|verifica (?:di essere|che sei) umano|no soy un robot|verifi(?:ca|que) que (?:eres|es) humano)
    (?:人机验证|安全验证|请完成验证|访问验证|您的访问被阻断)|(?:ロボットではありません|人間であることを確認|アクセスが拒否)
""")

_SCRIPT = _phrases(r"""
    (?:please )?(?:enable|turn on|activate|switch on) java ?script|java ?script (?:is|must be|needs to be|has to be|appears to be) (?:required|enabled|disabled|turned o)|(?:requires?|needs?|without|works best with) java ?script|your browser (?:does not|doesn['’]t) support java ?script
    java ?script (?:aktivieren|ist deaktiviert|muss aktiviert)|(?:aktivieren sie|schalten sie) (?:bitte )?java ?script|activ(?:er|ez) java ?script|(?:abilita|attiva|attivare|abilitare) java ?script|(?:habilit[ae]r?|activ[ae]r?) java ?script
    (?:启用|開啟|开启|打开|啟用) ?java ?script|java ?script ?を?(?:有効|オン)|자바스크립트를? ?(?:활성|사용)
""")

_ERROR = _phrases(r"""
    \b(?:404|403|410|500|502|503)\b.{0,20}(?:error|not found|page|forbidden|gone|unavailable)|(?:error|fehler|erreur|errore) \b(?:404|403|500|502|503)\b
    page (?:not found|(?:you .{0,40})?(?:can(?:not|['’]t) be found|does(?:n['’]t| not) exist|no longer exists|is (?:not|no longer) available))|something went wrong|service unavailable|internal server error
    seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|pagina non trovata|página no encontrada|页面(?:不存在|未找到)|找不到(?:该|此)?页面|ページが見つかりません|페이지를 찾을 수 없
""")

_CHALLENGED = frozenset(
    "challenge-form challenge-running challenge-stage cf-wrapper cf-challenge-running px-captcha captcha-box ddg-captcha".split()
)
_BARRIER = re.compile(
    r"\b(?:(?:pay|reg)-?wall|paid-?wall|piano-|tp-(?:container|modal)|poool|lock(?:ed)?-content|gated-content|"
    r"subscribers?-(?:only|offer)|premium-(?:wall|barrier)|meter(?:ed)?-(?:wall|content)|article-?_*barrier|offer-zone|paid-content|leaky)",
    re.IGNORECASE,
)
"""Class names and ids of what pay systems put where an article ends; free pages carry them too, so their words count."""

_SILENT = frozenset({"script", "style", "template", "svg"})
_LAST = 8
"""Lines at the end of a text among which a paywall's words are looked for; further up they are a box beside the article."""


def part(text: str) -> tuple[str, bool]:
    """Return a text without the words of a paywall at its end, and whether there were any."""
    lines = text.split("\n")
    kept = [line for line in lines[-_LAST:] if not _is_wall(line)]
    return "\n".join([*lines[:-_LAST], *kept]), len(kept) < len(lines[-_LAST:])


def _is_wall(line: str) -> bool:
    return len(line) <= LONGEST_PHRASE and bool(_PAY.search(line))


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page shows of walls before anything is taken out of it; `shown` is cut where it is too long for a notice."""

    shown: str
    challenged: bool
    password: bool
    scripted: bool
    barred: bool


def signs(tree: Any) -> Signs:
    """Return the signs of walls on a parsed page."""
    return Signs(
        shown=_visible(tree),
        challenged=not _CHALLENGED.isdisjoint(tree.xpath("//@id")),
        password=any(field.get("type") == "password" for field in tree.iter("input")),
        scripted=tree.find(".//body//div") is not None and tree.find(".//script[@src]") is not None,
        barred=_is_barred(tree),
    )


def instead_of(seen: Signs, found: str, title: str) -> Wall:
    """Return which wall a page shows instead of an article; `found` is what a reader of articles took for its text."""
    shown = found or seen.shown
    if len(shown) > LONGEST_NOTICE:
        return Wall.NONE
    short = len(shown) < LONGEST_PHRASE
    if _CHALLENGE.search(title) or _mostly(_CHALLENGE, shown) or (short and seen.challenged):
        return Wall.CHALLENGE
    if _mostly(_CONSENT, shown):
        return Wall.CONSENT
    return Wall.NONE if found else _empty(seen)


def _empty(seen: Signs) -> Wall:
    """Return which wall a page without any article is."""
    if _SCRIPT.search(seen.shown) and len(seen.shown) <= 2 * LONGEST_PHRASE:
        return Wall.SCRIPT
    if seen.password or _LOGIN.search(seen.shown):
        return Wall.LOGIN
    if any(_PAY.search(line) for line in seen.shown.split("\n")):
        return Wall.PAY
    return Wall.SCRIPT if seen.scripted and len(seen.shown) < LONGEST_PHRASE else Wall.NONE


def _mostly(phrases: re.Pattern[str], text: str) -> bool:
    """Tell whether a third of a text or more stands in lines with such phrases."""
    lines = text.split("\n")
    return 3 * sum(len(line) for line in lines if phrases.search(line)) >= max(1, len(text))


def _is_barred(tree: Any) -> bool:
    named = (
        node
        for node in tree.iter("div", "section", "aside")
        if _BARRIER.search(f"{node.get('class')} {node.get('id')}")
    )
    return any(_PAY.search(node.text_content()[:LONGEST_NOTICE]) for node in named)


def is_error(title: str, text: str) -> bool:
    """Tell whether a page that was served as a document is word of an error."""
    return len(text) < 2 * LONGEST_PHRASE and bool(_ERROR.search(f"{title}\n{text}"))


def _visible(tree: Any) -> str:
    """Return what a reader without scripts sees of a page, block by block; no more than tells a notice from an article."""
    pieces: list[str] = []
    size = 0
    for node in tree.find("body").iter() if tree.find("body") is not None else ():
        if node.tag in _SILENT or not isinstance(node.tag, str):
            text = node.tail
        else:
            text = f"{node.text or ''}\n{node.tail or ''}"
        if text and text.strip():
            pieces.append(text.strip())
            size += len(pieces[-1])
        if size > LONGEST_NOTICE:
            break
    return "\n".join(pieces)
