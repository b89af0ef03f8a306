"""Words that turn a sentence round: negations, opposites, and days and months, in the languages the gate reads best."""

import re

NEGATIONS = frozenset(
    """
not no never none nobody nothing neither nor without cannot can't won't don't doesn't didn't isn't
aren't wasn't weren't hasn't haven't hadn't couldn't wouldn't shouldn't ain't hardly unlikely fails
failed refuses refused denies denied non mai nessuno nessuna niente nulla né senza neppure neanche
nemmeno nicht kein keine keinen keinem keiner keines nie niemals niemand nichts weder ohne kaum ne n pas
jamais aucun aucune rien personne ni sans guère nunca jamás nadie nada ningún ninguna ninguno ni sin
tampoco não nem sem nenhum nenhuma nada ninguém niet geen nooit niemand niets zonder не нет ни без
никогда никто ничего
""".split()
)
"""Folded when compared. French `n` stands for n' before a vowel."""

NEGATION_CJK = re.compile(
    r"不|没|沒|未(?!来|來)|非(?!常)|无(?!线|人)|無(?!線|人)|ない|なかった|ません|ずに|안 |않|못|없"
)

_OPPOSITES = """
up/down above/below over/under rise/fall rises/falls rose/fell risen/fallen rising/falling increase/decrease increases/decreases increased/decreased
increasing/decreasing grow/shrink grew/shrank growth/decline gain/loss gains/losses gained/lost more/less more/fewer most/least higher/lower high/low highest/lowest
buy/sell buys/sells bought/sold buying/selling win/lose wins/loses won/lost winning/losing win/loss victory/defeat before/after first/last start/end started/ended
begin/end began/ended open/close opened/closed opens/closes accept/reject accepted/rejected approve/reject approved/rejected allow/ban allowed/banned legal/illegal
support/oppose supports/opposes supported/opposed best/worst better/worse strong/weak stronger/weaker fast/slow faster/slower cheap/expensive cheaper/costlier
profit/loss profits/losses increase/reduction raise/cut raised/cut raises/cuts expand/shrink hire/fire hired/fired join/leave joined/left enter/leave entered/left
positive/negative success/failure succeeded/failed succeeds/fails safe/dangerous innocent/guilty north/south east/west early/late earlier/later earliest/latest
più/meno aumento/calo aumenta/cala aumentano/calano aumentato/diminuito aumentare/diminuire cresce/cala crescita/calo sale/scende salito/sceso rialzo/ribasso
sopra/sotto prima/dopo vince/perde vinto/perso vittoria/sconfitta compra/vende comprato/venduto alto/basso alta/bassa maggiore/minore superiore/inferiore migliore/peggiore
accetta/rifiuta favorevole/contrario aperto/chiuso apre/chiude profitto/perdita primo/ultimo prima/ultima guadagna/perde guadagnato/perso massimo/minimo
mehr/weniger steigt/fällt steigen/fallen stieg/fiel gestiegen/gefallen steigend/fallend anstieg/rückgang zunahme/abnahme höher/niedriger hoch/niedrig höchste/niedrigste
über/unter vor/nach gewinnt/verliert gewann/verlor gewonnen/verloren gewinn/verlust sieg/niederlage kauft/verkauft kaufte/verkaufte gekauft/verkauft besser/schlechter
erste/letzte ersten/letzten größer/kleiner stärker/schwächer annehmen/ablehnen erlaubt/verboten öffnet/schließt geöffnet/geschlossen auf/ab hinauf/hinab
plus/moins hausse/baisse augmente/diminue augmentent/diminuent augmenté/diminué augmentation/diminution monte/baisse croissance/recul supérieur/inférieur supérieure/inférieure
avant/après gagne/perd gagné/perdu victoire/défaite achète/vend acheté/vendu haut/bas haute/basse premier/dernier première/dernière meilleur/pire accepte/refuse accepté/refusé
ouvre/ferme ouvert/fermé bénéfice/perte maximum/minimum autorise/interdit autorisé/interdit
más/menos sube/baja suben/bajan subió/bajó subida/bajada aumenta/disminuye aumentó/disminuyó aumento/descenso aumento/caída crece/cae creció/cayó mayor/menor mayores/menores
superior/inferior antes/después gana/pierde ganó/perdió ganado/perdido victoria/derrota compra/vende compró/vendió alto/bajo alta/baja primero/último primera/última mejor/peor
acepta/rechaza aceptó/rechazó abre/cierra abrió/cerró máximo/mínimo ganancia/pérdida
"""


def _both_ways(pairs: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs.split():
        one, other = pair.split("/")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _both_ways(_OPPOSITES)
"""Each word with those that say the opposite."""

OPPOSITES_CJK = tuple(
    (a, b)
    for a, b in (
        pair.split("/")
        for pair in [
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
