"""What names that a text holds are called in another language: countries and cities as CLDR has them, peoples, well-known companies."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel import Locale

from bot.text.concepts import WORD, concepts
from bot.text.words import CJK, fold

LANGUAGES = ("en", "it", "de", "fr", "es", "pt", "nl", "pl", "tr", "ru", "uk", "ar", "zh", "ja", "ko")
_CITIES = """
frankfurt francoforte francfort fráncfort 法兰克福 フランクフルト
munich münchen monaco múnich 慕尼黑 ミュンヘン
cologne köln colonia 科隆 ケルン
hamburg amburgo hamburgo hambourg 汉堡 ハンブルク
lyon lione lyón 里昂 リヨン
marseille marsiglia marsella 马赛 マルセイユ
milan milano mailand milán 米兰 ミラノ
turin torino turín 都灵 トリノ
florence firenze florenz florencia 佛罗伦萨 フィレンツェ
naples napoli neapel nápoles 那不勒斯 ナポリ
venice venezia venedig venise venecia 威尼斯 ベネチア
geneva ginevra genf genève ginebra 日内瓦 ジュネーブ
beijing pechino peking pékin pekín 北京
shenzhen 深圳 深セン
hangzhou 杭州
guangzhou canton 广州
wuhan 武汉
nanjing nanchino nankin 南京
barcelona barcellona barcelone 巴塞罗那 バルセロナ
seattle 西雅图 シアトル
boston 波士顿 ボストン
washington 华盛顿 ワシントン
california californie kalifornien californien 加利福尼亚 加州 カリフォルニア
texas 得克萨斯 德州 テキサス
antwerp anversa antwerpen anvers amberes 安特卫普
edinburgh edimburgo édimbourg 爱丁堡 エディンバラ
osaka 大阪
kyoto 京都
cambridge 剑桥 ケンブリッジ
oxford 牛津 オックスフォード
"""
"""Cities that CLDR does not name, each in the languages where it is called otherwise; any of the words may stand for any other."""

_PEOPLES = {
    "US": "American americ statunitens amerikan améric estadounidens",
    "CN": "Chinese chines cines chinois chino",
    "DE": "German tedesc deutsch allemand alemá aleman",
    "FR": "French frances französ français francés",
    "GB": "British britann britisch britanni britán",
    "IT": "Italian italian italien",
    "ES": "Spanish spagnol spanisch espagnol español",
    "JP": "Japanese giappones japanisch japonais japonés",
    "KR": "Korean sudcorean südkorean sud-coréen surcorean",
    "RU": "Russian russo russi russisch russe ruso",
    "IN": "Indian indian indisch indien indio",
    "CH": "Swiss svizzer schweizer suisse suizo suiza",
    "NL": "Dutch olandes niederländ néerlandais neerland holandés",
    "PL": "Polish polacc polnisch polonais polac",
    "SE": "Swedish svedes schwedisch suédois suec",
    "NO": "Norwegian norveges norwegisch norvégien norueg",
    "DK": "Danish danes dänisch danois danés",
    "CA": "Canadian canades kanadisch canadien canadiens",
    "AU": "Australian australian australisch australien",
    "AT": "Austrian austriac österreich autrichien",
    "IL": "Israeli israelian israelisch israélien israelí",
    "UA": "Ukrainian ucrain ukrainisch ukrainien",
    "BR": "Brazilian brasilian brasilianisch brésilien brasileñ",
    "TR": "Turkish turc türkisch turque",
    "TW": "Taiwanese taiwanes taiwanais taiwanés",
    "EU": "European europe europä européen",
}
"""Peoples by their country: the English word, and how the word begins elsewhere."""

_SHORT = {"US": "usa stati uniti états-unis", "GB": "uk gran bretagna", "EU": "ue eu"}
_CJK = re.compile(f"[{CJK}]")
_LATIN = re.compile(rf"(?:(?![{CJK}])\w)+")


@lru_cache(maxsize=256)
def called(text: str, text_language: str, language: str) -> str:
    """Return the names that another language has for the places, peoples and companies of a text, as one text."""
    folded = f" {fold(text)} "
    words = frozenset(_LATIN.findall(folded))
    words |= {word[:-1] for word in words if word.endswith("s")}
    places = {key for first, name, key in _firsts(text_language) if first in words and name in folded}
    places |= {key for name, key in _cjk(text_language) if name in folded}
    places |= {key for key, names in _peoples().items() if any(f" {name}" in folded for name in names)}
    companies = (name for name in concepts(text, text_language) if not name.startswith(WORD))
    return " ".join((*_names_of(places, language), *companies))


def _names_of(places: set[str], language: str) -> Iterator[str]:
    named = _places(language)
    for key in sorted(places):
        yield from named.get(key, ())
        yield from _peoples().get(key, ())
        yield _SHORT.get(key, "")


@lru_cache(maxsize=32)
def _firsts(language: str) -> tuple[tuple[str, str, str], ...]:
    """Return the names of places that are not in CJK characters: their first word, the name, and whose it is."""
    named = (
        (name, key) for key, names in _places(language).items() for name in names if not _CJK.match(name)
    )
    return tuple((match[0], name, key) for name, key in named if (match := _LATIN.search(name)))


@lru_cache(maxsize=32)
def _cjk(language: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, key) for key, names in _places(language).items() for name in names if _CJK.match(name)
    )


@lru_cache(maxsize=32)
def _places(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the names of countries, by their codes, and of cities, folded."""
    found = {line.split()[0]: tuple(map(fold, line.split())) for line in _CITIES.strip().splitlines()}
    if language not in LANGUAGES:
        return found
    locale = Locale(language)
    found |= {code: (fold(name),) for code, name in locale.territories.items() if code.isalpha()}
    english = Locale("en").time_zones
    for zone in {*Locale("zh").time_zones, *locale.time_zones, *english}:
        name = locale.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        found[zone] = (fold(name),)
    return found


@lru_cache(maxsize=1)
def _peoples() -> Mapping[str, tuple[str, ...]]:
    return {code: tuple(map(fold, words.split())) for code, words in _PEOPLES.items()}
