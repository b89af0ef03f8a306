"""Encodings that nobody declares, in feeds of every form and on pages."""

import json
from datetime import UTC, datetime

import pytest

from bot.commands.attached import decoded
from bot.feeds.listing.read import read_listing
from bot.feeds.opml import read_opml
from bot.feeds.page import read_page
from bot.feeds.parse import parse
from bot.text.guessing import guessed
from tests.feeds.listing.pages import ENGLISH

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
TEXTS = (
    ("shift_jis", "新しい生成AIのモデルが図書館の本を読みました"),
    ("euc-jp", "新しい生成AIのモデルが図書館の本を読みました"),
    ("gbk", "人工智能实验室发布了新的语言模型"),
    ("big5", "人工智慧實驗室發表了新的語言模型"),
    ("euc-kr", "새로운 인공지능 모델이 책을 읽습니다"),
    ("windows-1251", "Нейросеть читает целые библиотеки"),
    ("koi8-r", "Нейросеть читает целые библиотеки"),
    ("windows-1251", "Мовна модель читає цілі бібліотеки її міста"),
    ("koi8-u", "Мовна модель читає цілі бібліотеки її міста"),
    ("windows-1253", "Το γλωσσικό μοντέλο διάβασε ολόκληρες βιβλιοθήκες"),
    ("iso-8859-7", "Άνθρωποι και μηχανές: ένα μοντέλο διαβάζει ό,τι θέλουν"),
    ("windows-1255", "מודל השפה קרא ספריות שלמות בתוך יום"),
    ("iso-8859-8", "מודל השפה קרא ספריות שלמות בתוך יום"),
    ("windows-1256", "قرأ النموذج اللغوي مكتبات كاملة في يوم واحد"),
    ("windows-1256", "مدل زباني چند کتابخانه را خواند"),
    ("iso-8859-6", "قرأ النموذج اللغوي مكتبات كاملة في يوم واحد"),
    ("iso-2022-jp", "新しい生成AIのモデルが図書館の本を読みました"),
    ("iso-2022-kr", "새로운 인공지능 모델이 책을 읽습니다"),
    ("iso-8859-2", "Model językowy przeczytał książki źdźbło po źdźble"),
    ("windows-1250", "Jazykový model přečetl knihy o žlutém koni"),
    ("windows-1252", "Das Sprachmodell las Bücher über Größe und Café"),
    ("cp874", "ห้องทดลองเปิดตัวโมเดลภาษาใหม่ที่อ่านหนังสือได้ทั้งห้องสมุด"),
    ("cp874", "บริษัทเปิดตัว Heron 4 ราคาถูกลง 50% และเร็วกว่าเดิม"),
    ("windows-1252", "Nýtt mállíkan les heil bókasöfn og það er ókeypis fyrir alla"),
    ("windows-1257", "Naujas kalbos modelis perskaito visą biblioteką ir gali būti naudojamas lietuviškai"),
    ("windows-1257", "Jauns valodas modelis dienā izlasa visu bibliotēku un ir pieejams latviešu valodā"),
    ("iso-8859-13", "Naujas kalbos modelis gali būti naudojamas, žmonės džiaugiasi"),
    ("iso-8859-4", "Jauns valodas modelis dienā izlasa visu bibliotēku, ļoti ātrs"),
    ("windows-1254", "Yeni dil modeli bir günde bütün kütüphaneyi okudu, şaşırtıcı sonuçlar açıklandı"),
    ("iso-8859-9", "İstanbul’da yapay zekâ öğrencilere ders veriyor, sonuçlar iyi çıktı".replace("’", "'")),
    ("windows-1250", "Nový jazykový model přečte za den celou knihovnu a mluví česky"),
    ("iso-8859-2", "Nový jazykový model přečte za den celou knihovnu, řekla žlutá laboratoř"),
    ("windows-1250", "Nový jazykový model prečíta za deň celú knižnicu, ľudia sú šťastní"),
    ("windows-1250", "Az új nyelvi modell egy nap alatt elolvassa az egész könyvtárat, őszinte öröm"),
    ("iso-8859-2", "Az új nyelvi modell egy nap alatt elolvassa az egész könyvtárat, őszinte öröm"),
    ("windows-1250", "Nowy model językowy czyta książki w całości, źródła są otwarte"),
    ("windows-1250", "Noul model lingvistic citeşte într-o zi o bibliotecă întreagă şi învaţă"),
    ("windows-1250", "Novi jezikovni model prebere knjižnico v enem dnevu, človek ne more več"),
    ("iso-8859-15", "Das Sprachmodell kostet 5 € im Monat, für alle Hochschulen weniger"),
    ("windows-1254", "Yapay zekâ kitapları öğreniyor ve şaşırtıyor"),
)
LANGUAGES = {"windows-1250": "cs", "windows-1254": "tr"}
"""What a document must name for its letters to be told from those of the west."""

FEED = '<?xml version="1.0"{0}?><rss version="2.0"><channel><title>T</title><language>{2}</language><item><title>{1}</title><guid>1</guid><description>{1}.</description></item></channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{1}"><title>T</title><entry><title>{0}</title><id>1</id></entry></feed>'


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_a_feed_without_its_encoding_or_with_another(encoding: str, text: str) -> None:
    language = LANGUAGES.get(encoding, "")
    notes = {"version": "https://jsonfeed.org/version/1", "title": "T", "items": [{"id": "1", "title": text}]}
    for document in (
        FEED.format("", text, language),
        FEED.format(' encoding="utf-8"', text, language),
        ATOM.format(text, language),
        *(() if language else (json.dumps(notes, ensure_ascii=False),)),
    ):
        (entry,) = parse(document.encode(encoding), "https://a.example/f", "", NOW).entries
        assert entry.title == text


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
@pytest.mark.parametrize("declared", ["", '<meta charset="utf-8">'])
def test_a_page_without_its_encoding_or_with_another(encoding: str, text: str, declared: str) -> None:
    rows = "".join(
        f'<div class="post"><a href="/news/{at}"><h3>{text} {at}{at + 3}</h3></a><span>{date}</span></div>'
        for at, date in enumerate(ENGLISH)
    )
    body = f"<html lang='{LANGUAGES.get(encoding) or ''}'><head>{declared}<title>{text}</title></head><body><main>{rows}</main></body></html>"
    feed = read_listing(body.encode(encoding), "https://a.example/news", "text/html", NOW)
    assert [entry.title for entry in feed.entries] == [f"{text} {at}{at + 3}" for at in range(6)]
    article = f"<html lang='{LANGUAGES.get(encoding) or ''}'><head>{declared}<title>{text}</title></head><body><article><h1>{text}</h1><p>{f'{text}. ' * 12}</p></article></body></html>"
    assert text in read_page(article.encode(encoding), "https://a.example/1", "text/html").text


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_a_list_of_feeds_without_its_encoding(encoding: str, text: str) -> None:
    language = f' xml:lang="{LANGUAGES[encoding]}"' if encoding in LANGUAGES else ""
    rows = f'<outline text="{text}" xmlUrl="https://a.example/f"/>'
    body = f'<opml version="2.0"{language}><body>{rows}</body></opml>'.encode(encoding)
    (outline,) = read_opml(decoded(body), "a.opml")
    assert outline.title == text


def test_control_characters_of_a_terminal_are_no_encoding() -> None:
    body = FEED.format("", "Ein größeres \x1b[1mModell\x1b[0m kostet \x1b$5", "de").encode()
    (entry,) = parse(body, "https://a.example/f", "", NOW).entries
    assert entry.title.startswith("Ein größeres")


@pytest.mark.parametrize("declared", ["", ' encoding="EUC-JP"'])
def test_a_character_of_another_encoding_costs_no_other(declared: str) -> None:
    text = TEXTS[1][1]
    body = FEED.format(declared, text, "ja").encode("euc-jp")
    bad = FEED.format("", "x日y", "ja").encode().split(b"<item>")[1].split(b"</item>")[0]
    bad = bad.replace(b"<guid>1", b"<guid>2")
    entries = parse(
        body.replace(b"</channel>", b"<item>" + bad + b"</item></channel>"), "https://a.example/f", "", NOW
    ).entries
    assert [entry.title for entry in entries] == [text, "x日y"]


def test_one_bad_byte_on_a_page_costs_that_letter_alone() -> None:
    rows = "".join(
        f'<div class="post"><a href="/news/{at}"><h3>Café in Málaga number {at}</h3></a><span>{date}</span></div>'
        for at, date in enumerate(ENGLISH)
    )
    body = f"<html><body><main>{rows}</main></body></html>".encode().replace(b"\xc3\xa9", b"\xe9", 1)
    feed = read_listing(body, "https://a.example/news", "text/html", NOW)
    assert [entry.title for entry in feed.entries] == [f"Café in Málaga number {at}" for at in range(6)]


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x01", bytes(range(128, 256)) * 40, b"\x81" * 500, b"\xf0\x80" * 9, b"\xed\xa0\x80" * 9],
)
def test_what_is_no_text_breaks_nothing(body: bytes) -> None:
    guessed(body)
    read_page(body, "https://a.example/1", "text/html")
    assert guessed(b"") is None


@pytest.mark.parametrize(
    "text",
    [
        "Le modèle de langue a été publié à côté d’une bibliothèque entière, ça marche déjà",
        "El modelo leyó una biblioteca entera en un día, ¿cómo aprenderá español mañana?",
        "O modelo não leu a biblioteca inteira, mas já está disponível; são opções",
        "Il modello è veloce",
        "Perché la città è più bella, sì, così",
        "Den nya språkmodellen läser hela biblioteket på en dag och är gratis för alla",
        "Københavns ældste lærere kan nå at læse på én dag",
        "Uusi kielimalli lukee koko kirjaston päivässä ja se on ilmainen kaikille käyttäjille",
        "El nou model llegeix tota la biblioteca en un dia, això és la llengua que parlarà",
        "Het nieuwe taalmodel leest één bibliotheek per dag, geïnspireerd door reünies",
        "Tá an tsamhail nua in ann léamh i nGaeilge, agus sé mhilliún leabhar ar fáil",
        "Modeli i ri është i gatshëm për të gjithë, shkollë dhe shtëpi",
        "The lab’s “new” model costs £5 – or €6 – a month… and it’s here",
        "Beyoncé’s naïve résumé",
        "Größe für Köln, déjà vu à Paris, mañana en España, così è",
    ],
)
def test_languages_of_the_west_are_told_from_those_of_other_encodings(text: str) -> None:
    assert guessed(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("encoding", "text", "language"),
    [("cp1257", "Nauja diena į priekį", "lt"), ("cp1250", "Žlutá řeka", "cs"), ("cp1254", "Bir ağ", "tr")],
)
def test_a_document_that_names_its_language_is_believed_with_a_few_letters(
    encoding: str, text: str, language: str
) -> None:
    assert (
        guessed(f'<html lang="{language}"><p>{text}'.encode(encoding)) == f'<html lang="{language}"><p>{text}'
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [("windows-874", "ห้องทดลอง"), ("x-sjis", "新しい"), ("Windows-31J", "新しい"), ("x-cp1251", "Сеть")],
)
def test_names_of_encodings_that_only_browsers_know(name: str, text: str) -> None:
    encoding = {"windows-874": "cp874", "x-cp1251": "cp1251"}.get(name, "cp932")
    body = FEED.format(f' encoding="{name}"', text, "").encode(encoding)
    (entry,) = parse(body, "https://a.example/f", "", NOW).entries
    assert entry.title == text


def read_everywhere(words: bytes, name: str, other: str = "") -> list[str]:
    """Return the titles of a feed and of a page that hold some words, and are in an encoding by what the server
    says of them, or else by what they say themselves; the server then says another.
    """
    declaration = f' encoding="{other}"' if other else ""
    feed = FEED.format(declaration, "@", "").encode().replace(b"@", words)
    meta = f'<meta charset="{other}">' if other else ""
    rows = "".join(
        f'<div class="post"><a href="/news/{at}"><h3>@ {at}{at + 3}</h3></a><span>{date}</span></div>'
        for at, date in enumerate(ENGLISH)
    )
    body = f"<html><head>{meta}<title>@</title></head><body><main>{rows}</main></body></html>"
    (entry,) = parse(feed, "https://a.example/f", f"text/xml; charset={name}", NOW).entries
    page = body.encode().replace(b"@", words)
    listing = read_listing(page, "https://a.example/news", f"text/html; charset={name}", NOW)
    return [entry.title, listing.entries[0].title.removesuffix(" 03")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Российская лаборатория открыла код модели"),
        ("koi8-r", "Российская лаборатория открыла код модели"),
        ("cp1253", "Το εργαστήριο δημοσίευσε ένα νέο γλωσσικό μοντέλο"),
        ("gb18030", "实验室发布了新的语言模型，读完整座图书馆"),
        ("euc-kr", "연구소가 새로운 언어 모델을 발표했다"),
        ("cp1252", "L’équipe présente un modèle déjà prêt, naïf à Málaga"),
        ("cp1252", "Größere Köpfe: „Öfen“ für 5 €"),
    ],
)
@pytest.mark.parametrize("name", ["iso-8859-1", "us-ascii"])
def test_a_server_that_calls_everything_latin_is_not_believed(encoding: str, text: str, name: str) -> None:
    words = text.encode(encoding)
    assert read_everywhere(words, name) == [text, text]
    assert read_everywhere(words, name, encoding) == [text, text]


@pytest.mark.parametrize("name", ["EUC-JP", "x-euc-jp", "cp51932"])
@pytest.mark.parametrize(("pair", "letter"), [(b"\xad\xa1", "①"), (b"\xad\xea", "㈱"), (b"\xfc\xe2", "髙")])
def test_letters_of_vendors_in_japanese_cost_no_other(name: str, pair: bytes, letter: str) -> None:
    before, after = "研究所は新しい", "言語モデルを公開"
    words = before.encode("euc-jp") + pair + after.encode("euc-jp")
    assert read_everywhere(words, name) == [f"{before}{letter}{after}"] * 2
    shifted = (
        before.encode("iso2022_jp")[:-3]
        + bytes(byte & 0x7F for byte in pair)
        + after.encode("iso2022_jp")[3:]
    )
    assert read_everywhere(shifted, "iso-2022-jp") == [f"{before}{letter}{after}"] * 2


@pytest.mark.parametrize(
    ("name", "encoding", "text"),
    [
        ("ISO-8859-2", "cp1250", "Šéf české laboratoře žasne: „model“ – ještě rychlejší"),
        ("ISO-8859-2", "iso-8859-2", "Šéf české laboratoře žasne nad modelem"),
        ("latin2", "cp1250", "Ľudia žasnú: „model“ číta celú knižnicu"),
        ("ISO-8859-7", "cp1253", "Το εργαστήριο δημοσίευσε “ένα” μοντέλο – Άγιος"),
    ],
)
def test_letters_of_windows_are_read_where_another_encoding_is_declared(
    name: str, encoding: str, text: str
) -> None:
    assert read_everywhere(text.encode(encoding), name) == [text, text]
