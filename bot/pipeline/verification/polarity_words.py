"""Words that turn a sentence round: negations, opposites, and days and months, in the languages the gate reads best."""

import re

from bot.text.words import fold

_NEGATIONS = {
    "en": "not no never none nobody nothing neither nor without cannot can't won't don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't couldn't wouldn't "
    "shouldn't ain't hardly unlikely fails failed refuses refused denies denied",
    "it": "non mai no nessuno nessuna niente nulla né senza neppure neanche nemmeno",
    "de": "nicht kein keine keinen keinem keiner keines nie niemals niemand nichts weder ohne kaum nein",
    "fr": "ne n pas non jamais aucun aucune rien personne ni sans guère",
    "es": "no nunca jamás nadie nada ningún ninguna ninguno ni sin tampoco",
    "pt": "não nem sem nenhum nenhuma nada ninguém nunca jamais",
    "nl": "niet geen nooit niemand niets zonder",
    "ru": "не нет ни без никогда никто ничего",
}
"""What denies, by language: Italian *mai* is a month in German. French `n` stands for n' before a vowel."""

_BY_LANGUAGE = {language: frozenset(map(fold, words_of.split())) for language, words_of in _NEGATIONS.items()}
_NEGATIONS_ANYWHERE = frozenset().union(*_BY_LANGUAGE.values())


def negations(language: str) -> frozenset[str]:
    """Return the words that deny in a language, folded; of one that is not known those of all."""
    return _BY_LANGUAGE.get(language, _NEGATIONS_ANYWHERE)


NEGATION_CJK = re.compile(
    r"不|没|沒|未(?!来|來)|非(?!常)|无(?!线|人)|無(?!線|人)|ない|なかった|ません|ずに|안 |않|못|없"
)

_OPPOSITES = """
up/down above/below over/under rise/fall rises/falls rose/fell risen/fallen rising/falling increase/decrease increases/decreases increased/decreased
increasing/decreasing grow/shrink grew/shrank growth/decline gain/loss gains/losses gained/lost more/less more/fewer most/least higher/lower high/low highest/lowest
buy/sell buys/sells bought/sold buying/selling win/lose wins/loses won/lost winning/losing win/loss victory/defeat before/after first/last start/end started/ended
begin/end began/ended open/close opened/closed opens/closes accept/reject accepted/rejected approve/reject approved/rejected allow/ban allowed/banned legal/illegal
support/oppose supports/opposes supported/opposed best/worst better/worse strong/weak stronger/weaker fast/slow faster/slower cheap/expensive cheaper/costlier
profit/loss profits/losses increase/reduction raise/cut raised/cut raises/cuts expand/shrink hire/fire hired/fired enter/leave entered/left
positive/negative success/failure succeeded/failed succeeds/fails safe/dangerous innocent/guilty north/south east/west early/late earlier/later earliest/latest
più/meno aumento/calo aumenta/cala aumentano/calano aumentato/diminuito aumentare/diminuire cresce/cala crescita/calo sale/scende salito/sceso rialzo/ribasso
sopra/sotto prima/dopo vince/perde vinto/perso vittoria/sconfitta compra/vende comprato/venduto alto/basso alta/bassa maggiore/minore superiore/inferiore migliore/peggiore
accetta/rifiuta favorevole/contrario aperto/chiuso apre/chiude profitto/perdita primo/ultimo prima/ultima guadagna/perde guadagnato/perso massimo/minimo
mehr/weniger steigt/fällt steigen/fallen stieg/fiel gestiegen/gefallen steigend/fallend anstieg/rückgang zunahme/abnahme höher/niedriger hoch/niedrig höchste/niedrigste
vor/nach gewinnt/verliert gewann/verlor gewonnen/verloren gewinn/verlust sieg/niederlage kauft/verkauft kaufte/verkaufte gekauft/verkauft besser/schlechter
erste/letzte ersten/letzten größer/kleiner stärker/schwächer annehmen/ablehnen erlaubt/verboten öffnet/schließt geöffnet/geschlossen hinauf/hinab
plus/moins hausse/baisse augmente/diminue augmentent/diminuent augmenté/diminué augmentation/diminution monte/baisse croissance/recul supérieur/inférieur supérieure/inférieure
avant/après gagne/perd gagné/perdu victoire/défaite achète/vend acheté/vendu haut/bas haute/basse premier/dernier première/dernière meilleur/pire accepte/refuse accepté/refusé
ouvre/ferme ouvert/fermé bénéfice/perte maximum/minimum autorise/interdit autorisé/interdit
más/menos sube/baja suben/bajan subió/bajó subida/bajada aumenta/disminuye aumentó/disminuyó aumento/descenso aumento/caída crece/cae creció/cayó mayor/menor mayores/menores
superior/inferior antes/después gana/pierde ganó/perdió ganado/perdido victoria/derrota compra/vende compró/vendió alto/bajo alta/baja primero/último primera/última mejor/peor
steigt/sinkt steigen/sinken stieg/sank gestiegen/gesunken erhöht/gesenkt erhöhen/senken wächst/schrumpft gewachsen/geschrumpft zugenommen/abgenommen mehr/minder
viel/wenig viele/wenige größte/kleinste beste/schlechteste stark/schwach schnell/langsam früher/später anfang/ende beginn/ende beginnt/endet begann/endete angenommen/abgelehnt
stimmt/lehnt genehmigt/abgelehnt zugelassen/verboten dafür/dagegen legal/illegal sicher/unsicher erfolg/misserfolg wachstum/rückgang steigerung/senkung einstellen/entlassen
maggior/minor aumento/diminuzione aumento/riduzione crescita/diminuzione crescono/calano salgono/scendono aumentata/diminuita cresciuto/calato cresciuta/calata molto/poco molti/pochi
approva/respinge approvato/respinto approvata/respinta permette/vieta permesso/vietato consente/vieta legale/illegale forte/debole veloce/lento inizio/fine inizia/finisce iniziato/finito
assume/licenzia assunti/licenziati successo/fallimento entra/esce apertura/chiusura sostiene/contesta vincere/perdere comprare/vendere salire/scendere aprire/chiudere
croissance/baisse progression/recul progresse/recule augmenter/diminuer augmenter/baisser hausses/baisses accru/réduit accélère/ralentit fort/faible forte/faible beaucoup/peu début/fin
commence/finit approuve/rejette approuvé/rejeté approuvée/rejetée adopté/rejeté adoptée/rejetée permet/interdit légal/illégal embauche/licencie succès/échec gagner/perdre acheter/vendre ouvrir/fermer
entrée/sortie réouverture/fermeture ouverture/fermeture favorable/défavorable rapide/lent
aumento/disminución aumento/reducción aumento/baja crecimiento/disminución crecimiento/caída alza/baja suba/baja subida/caída crecen/caen aumentan/disminuyen aumentado/disminuido subir/bajar
aumentar/disminuir mejora/empeora mejores/peores mucho/poco muchos/pocos fuerte/débil rápido/lento inicio/fin empieza/termina comienza/termina aprueba/rechaza aprobó/rechazó aprobado/rechazado
permite/prohíbe permitió/prohibió permitido/prohibido legal/ilegal contrata/despide éxito/fracaso ganar/perder comprar/vender abrir/cerrar entra/sale apertura/cierre
sobe/cai subiu/caiu aumento/queda aumento/redução alta/queda cresce/cai cresceu/caiu aumentou/diminuiu mais/menos maior/menor melhor/pior ganha/perde ganhou/perdeu vitória/derrota compra/vende
comprou/vendeu aprova/rejeita aprovou/rejeitou aprovado/rejeitado permite/proíbe permitiu/proibiu abre/fecha abriu/fechou antes/depois primeiro/último lucro/prejuízo início/fim legal/ilegal
stijgt/daalt steeg/daalde gestegen/gedaald meer/minder hoger/lager winst/verlies wint/verliest won/verloor koopt/verkoopt kocht/verkocht voor/na eerste/laatste groei/daling opent/sluit
rise/drop rises/drops rose/dropped rose/declined rises/declines increase/decline increase/drop increase/fall grew/fell grew/declined growing/declining growing/shrinking climbed/fell climbs/falls
soared/plunged soars/plunges jumped/dropped jumps/drops surge/plunge surged/plunged improve/worsen improved/worsened improves/worsens improving/worsening larger/smaller bigger/smaller
largest/smallest biggest/smallest longer/shorter longest/shortest wins/defeat support/opposition backed/opposed backs/opposes lawful/unlawful permitted/banned permits/bans allows/bans
accepts/rejects approves/rejects approve/block approved/blocked confirmed/denied confirms/denies agree/disagree agreed/refused agrees/refuses likely/unlikely possible/impossible able/unable
acepta/rechaza aceptó/rechazó abre/cierra abrió/cerró máximo/mínimo ganancia/pérdida
"""


def _both_ways(pairs: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs.split():
        one, other = fold(pair).split("/")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _both_ways(_OPPOSITES)
"""Each word, folded, with those that say the opposite."""

OPPOSITES_CJK = tuple(
    (a, b)
    for a, b in (
        pair.split("/")
        for pair in [
            "批准/拒绝",
            "允许/禁止",
            "盈利/亏损",
            "增长/下降",
            "增长/下滑",
            "开始/结束",
            "成功/失败",
            "支持/反对",
            "最大/最小",
            "承認/却下",
            "許可/禁止",
            "開始/終了",
            "成功/失敗",
            "賛成/反対",
            "増加/低下",
            "승인/거부",
            "허용/금지",
            "성공/실패",
            "增/减",
            "增加/减少",
            "上涨/下跌",
            "上升/下降",
            "升/降",
            "涨/跌",
            "买/卖",
            "收购/出售",
            "赢/输",
            "高于/低于",
            "增加/減少",
            "増/減",
            "上昇/下落",
            "上昇/低下",
            "上回/下回",
            "勝利/敗北",
            "勝/負",
            "買/売",
            "黒字/赤字",
            "前/後",
            "多/少",
            "最高/最低",
            "증가/감소",
            "상승/하락",
        ]
    )
)

HEDGES = frozenset(
    fold(word)
    for word in """
may might could would should plans planned planning intends expects expected reportedly allegedly alleged proposed proposes
potrebbe potrebbero dovrebbe dovrebbero sarebbe sarebbero avrebbe avrebbero prevede intende presunto presunta
könnte könnten dürfte dürften soll sollen plant planen angeblich mutmaßlich mutmaßliche voraussichtlich
pourrait pourraient devrait devraient serait seraient aurait auraient prévoit envisage présumé présumée
podría podrían debería deberían sería serían habría habrían prevé planea presunto presunta
poderia poderiam deveria seria teria planeja suposto suposta zou zouden mogelijk
""".split()
)
"""What makes a claim of a possibility, a plan or hearsay, folded."""

HEDGES_CJK = re.compile(
    r"可能|或将|或將|计划|計劃|拟|预计|預計|据称|かもしれ|予定|計画|見通し|可能性|とみられ|예정|계획|전망"
)

CALENDAR = frozenset(
    """
january february march april june july august september october november december jan feb mar apr jun
jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday yesterday today
tomorrow gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
lunedi martedi mercoledi giovedi venerdi sabato domenica ieri oggi domani januar februar marz mai juni
juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag gestern
heute morgen janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre lundi
mardi mercredi jeudi vendredi samedi dimanche hier aujourd demain enero febrero abril mayo junio julio
septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo ayer hoy
manana
""".split()
)
"""Days and months, folded."""
