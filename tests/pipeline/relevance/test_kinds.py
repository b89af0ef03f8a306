"""News is told from pages of other kinds: by title, by address, and by signs."""

import pytest

from bot.pipeline.relevance.kinds import SIGNS, Kinds, compile_kinds
from tests.pipeline.conftest import entry
from tests.support.world import settings

PAGES = {
    "live": [
        "Halden summit: live updates from the keynote", "Il lancio di Corvid in diretta", "Der Liveticker zur Halden-Messe",
        "La conférence de Halden en direct", "La presentación de Corvid en directo", "发布会直播：全部新品", "Halden発表会ライブ更新", "Halden apresenta o Corvid ao vivo",
    ],
    "preview": [
        "How to watch the Halden keynote", "Halden, cosa aspettarsi dalla conferenza", "Halden-Messe: was uns erwartet",
        "Halden : à quoi s’attendre mardi", "Qué esperar de la conferencia de Halden", "Halden 大会前瞻", "Halden発表会の見どころ", "O que esperar da conferência da Halden",
    ],
    "podcast": ["The Corvid podcast: what AI owes us", "Folge 12: Modelle am Rand", "Épisode 4 : les modèles", "播客：模型与人", "ポッドキャスト：モデルの話", "Episódio 4: os modelos"],
    "newsletter": ["The week in review: models and mice", "La settimana in AI", "Die Woche in der KI", "La semaine en IA", "La semana en IA", "AI 周报：模型动态", "今週のAIまとめ", "A semana em IA"],
    "roundup": ["Everything announced at the Halden summit", "Tutte le novità di Halden", "Alle Neuheiten der Halden-Messe", "Toutes les annonces de Halden", "Todas las novedades de Halden", "Halden 发布会汇总", "Halden発表まとめ", "Todas as novidades da Halden"],
    "job": ["Halden is hiring a research engineer", "Halden 招聘工程师", "Halden 求人：研究者", "A Halden está contratando uma engenheira"],
    "deal": ["Save $200 on this AI tool", "Robot Corvid in offerta", "Corvid-Roboter im Angebot", "Robot Corvid : les bons plans", "Oferta: robot Corvid", "机器人特价", "ロボット掃除機がセール", "Robô Corvid com desconto"],
    "review": ["I tried Corvid for a week and it cooked for me", "Corvid, recensione del robot", "Corvid im Test: viel Robot für wenig Geld", "J’ai testé Corvid pendant un mois", "He probado Corvid un mes", "Corvid 评测", "Corvidを使ってみた", "Análise do Corvid: um robô para a cozinha"],
    "tutorial": ["How to run Corvid on a laptop", "Corvid: guida per chi comincia", "So geht es: Corvid lokal nutzen", "Comment utiliser Corvid", "Cómo usar Corvid en casa", "Corvid 教程", "Corvidの使い方", "Como usar o Corvid em casa"],
    "listicle": ["7 ways to use Corvid at work", "I 5 migliori robot", "Die 7 besten Modelle", "Les 10 meilleurs modèles", "Los 5 mejores modelos", "五款工具：10个技巧", "おすすめモデル10選", "Os 5 melhores modelos"],
    "opinion": ["Opinion: models should rest on Sundays", "Editoriale: i modelli e noi", "Kommentar: Modelle brauchen Regeln", "Tribune : des modèles pour tous", "Opinión: los modelos y nosotros", "观点：模型与我们", "社説：モデルの規制", "Opinião: os modelos e nós"],
    "sponsored": ["Sponsored: a faster way to train", "Anzeige: schneller trainieren", "【PR】速い学習", "Publieditorial: treine mais rápido"],
    "marketing": ["How Ebner Foods uses Corvid to plan deliveries", "Corvid 客户故事", "Corvid導入事例", "Caso de sucesso: Ebner e o Corvid"],
}  # fmt: skip

NEWS = [
    "Halden releases Corvid 2, a model of 70 billion parameters", "Court orders Halden to open its training data",
    "Halden acquires chip designer Ebner for $2 billion", "Halden presenta Corvid 2, con 70 miliardi di parametri",
    "Halden übernimmt den Chipentwickler Ebner", "Halden dévoile Corvid 2", "Halden presenta Corvid 2",
    "Halden lança o Corvid 2", "Halden compra empresa de análise de dados", "Juiz proíbe a Halden de vender o Corvid",
    "Halden 发布 Corvid 2 模型", "Halden、新モデル Corvid 2 を発表",
    "Halden's chief steps down after a review board's report", "Regulator opens a review process of Halden's deal",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "title"), [(kind, title) for kind, titles in PAGES.items() for title in titles]
)
def test_pages_that_are_no_news_are_known_by_their_title(kind: str, title: str) -> None:
    kinds = settings().kinds
    found = kinds.of(entry(title=title))
    assert found is not None
    assert not found.news, (kind, found.name)
    assert not kinds.is_news(entry(title=title))


@pytest.mark.parametrize("title", NEWS)
def test_news_is_none_of_them(title: str) -> None:
    found = settings().kinds.of(entry(title=title))
    assert found is None or found.news


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("https://news.example/opinion/2026/models", "opinion"), ("https://news.example/reviews/corvid", "review"),
        ("https://news.example/podcasts/12", "podcast"), ("https://news.example/deals/robots", "deal"),
        ("https://news.example/jobs/engineer", "job"), ("https://lab.example/customers/ebner", "marketing"),
        ("https://news.example/how-to/corvid", "tutorial"), ("https://git.example/changelog/2", "changelog"),
    ],
)  # fmt: skip
def test_an_address_shows_a_page_where_its_title_does_not(link: str, kind: str) -> None:
    found = settings().kinds.of(entry(title="Corvid and the harbour", link=link))
    assert found is not None
    assert (found.name, found.news) == (kind, False)


def test_signs_tell_a_column_from_a_report() -> None:
    kinds = settings().kinds
    column = entry(
        title="I hate what models did to my garden, and you should too",
        text="I love my garden. You know it? I do. " * 20,
    )
    report = entry(
        title="Court orders Halden to pay $2 billion, filing says",
        text="Halden said on Tuesday that it will pay. " * 20,
    )
    assert kinds.chance(column) < 0.3
    assert kinds.chance(report) > 0.7
    assert kinds.worth_of(column) < kinds.worth_of(report)
    assert not kinds.is_news(column)


@pytest.mark.parametrize(
    ("language", "column", "report"),
    [
        ("it", "Io e i miei robot: perché dovremmo fidarci?", "Il tribunale ordina a Halden di pagare 2 miliardi"),
        ("de", "Ich und mein Roboter: Warum wir nie wirklich vertrauen sollten", "Gericht verbietet Halden den Verkauf, Behörde bestätigt Bericht"),
        ("fr", "Pourquoi je n’ai jamais vraiment aimé mon robot", "Le tribunal interdit la vente, selon un rapport du gouvernement"),
        ("es", "¿Por qué yo nunca confío en mi robot?", "El juez prohíbe la venta, según documentos del gobierno"),
        ("pt", "Por que eu nunca confio no meu robô?", "Tribunal proíbe a venda, segundo documentos do governo"),
        ("zh", "我为什么不再相信我的机器人？", "法院禁止 Halden 出售，政府确认报道"),
        ("ja", "私はなぜ自分のロボットを信じるべきか？", "裁判所、Haldenの販売を禁止 政府が確認と報道"),
    ],
)  # fmt: skip
def test_signs_are_known_in_every_language(language: str, column: str, report: str) -> None:
    kinds = settings().kinds
    worse, better = (kinds.chance(entry(title=title, language=language)) for title in (column, report))
    assert worse + 0.2 < better


def test_without_a_model_everything_is_news_of_ordinary_worth() -> None:
    assert Kinds().is_news(entry(title="Why I left"))
    assert compile_kinds({}).worth_of(entry()) == 0.4


def test_weights_of_other_signs_are_refused() -> None:
    part = {"bias": 0.0, "weights": dict.fromkeys(SIGNS[1:], 0.0)}
    with pytest.raises(ValueError, match="first_person"):
        compile_kinds({}, {}, {"news": part, "worth": part})


def test_a_link_that_is_no_address_is_judged_by_its_title() -> None:
    assert settings().kinds.is_news(
        entry(1, title="Halden Labs releases Corvid 3", link="https://[halden.example")
    )
