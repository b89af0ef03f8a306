"""Days that a page names by their word."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.date_words import words_of
from bot.feeds.listing.dates import Dates
from bot.feeds.listing.find import find_listing
from bot.feeds.listing.months import day_of_month, read_month
from tests.feeds.listing.pages import TEASER, TITLES, URL, page

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "Yesterday", 1), ("en-GB", "today, 10:15", 2), ("it", "Ieri alle 18:30", 1), ("it", "oggi", 2),
        ("de", "gestern", 1), ("fr", "hier", 1), ("fr", "Aujourd'hui", 2), ("es", "ayer", 1), ("pt-BR", "Ontem", 1),
        ("zh", "昨天 10:15", 1), ("ja", "昨日", 1), ("pl", "Yesterday", 1),
    ],
)  # fmt: skip
def test_a_day_is_read_by_its_word(language: str, text: str, day: int) -> None:
    found = Dates(words_of((language,)), NOW).find_exact(text)
    assert found is not None
    assert (found.moment.month, found.moment.day) == (3, day)


@pytest.mark.parametrize("text", ["Yesterdays of a clockmaker", "Today's models read like yesterday's papers", "hiéroglyphes"])  # fmt: skip
def test_a_title_that_begins_like_a_day_is_none(text: str) -> None:
    assert Dates(words_of(("fr", "en")), NOW).find_exact(text) is None


@pytest.mark.parametrize(
    ("language", "text", "hours"),
    [
        ("zh", "3 天前", 72), ("en", "an hour ago", 1), ("en", "a day ago", 24), ("de", "vor einer Stunde", 1),
        ("fr", "il y a une heure", 1), ("es", "hace una hora", 1), ("it", "un’ora fa", 1), ("pt", "há uma hora", 1),
    ],
)  # fmt: skip
def test_one_is_a_number_before_a_unit(language: str, text: str, hours: int) -> None:
    found = Dates(words_of((language,)), NOW).find_exact(text)
    assert found is not None
    assert found.moment == NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("ko", "26.02.27", "2026-02-27"), ("ko", "26/01/03", "2026-01-03"), ("de", "2. Jänner 2026", "2026-01-02"),
        ("de", "7. Feber", "2026-02-07"), ("es", "18 de setiembre de 2025", "2025-09-18"), ("pt", "27 de fev", "2026-02-27"),
        ("pt", "1º de novembro de 2025", "2025-11-01"), ("pt", "1º de nov.", "2025-11-01"), ("it", "1° marzo 2025", "2025-03-01"),
        ("it", "27.II.2026", "2026-02-27"), ("zh", "二〇二六年二月二十三日", "2026-02-23"), ("zh", "前天", "2026-02-28"),
        ("fr", "avant-hier", "2026-02-28"), ("ja", "一昨日", "2026-02-28"), ("de", "vorgestern", "2026-02-28"),
        ("en", "Friday", "2026-02-27"), ("en", "Last Tuesday", "2026-02-24"), ("it", "lunedì", "2026-03-02"),
        ("it", "venerdì, 14:05", "2026-02-27"), ("fr", "samedi", "2026-02-28"), ("es", "domingo", "2026-03-01"),
        ("pt", "quinta-feira", "2026-02-26"), ("de", "Mittwoch", "2026-02-25"), ("zh", "星期五", "2026-02-27"), ("ja", "金曜日", "2026-02-27"),
    ],
)  # fmt: skip
def test_a_day_in_the_forms_of_its_language(language: str, text: str, day: str) -> None:
    found = Dates(words_of((language, "en")), NOW).find_exact(text)
    assert found is not None
    assert found.moment.date().isoformat() == day


@pytest.mark.parametrize(
    ("language", "text", "hours"),
    [
        ("en", "2h", 2), ("en", "1d", 24), ("en", "3d ago", 72), ("en", "2w", 336), ("en", "3 hrs ago", 3), ("en", "1 wk ago", 168),
        ("de", "vor 3 Std.", 3), ("de", "2 T.", 48), ("fr", "il y a 3 j", 72), ("fr", "2 h", 2), ("it", "3 gg fa", 72),
        ("es", "hace 2 h", 2), ("pt", "2 h atrás", 2), ("zh", "3小时前", 3), ("ja", "2時間前", 2), ("ko", "3일 전", 72), ("ru", "2 ч назад", 2),
    ],
)  # fmt: skip
def test_an_age_in_short(language: str, text: str, hours: int) -> None:
    found = Dates(words_of((language, "en")), NOW).find_exact(text)
    assert found is not None
    assert found.moment == NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    "text", ["7B", "4o", "3D printing", "Sunday reading for everybody at home", "GPT-5 in 2h of training"]
)
def test_what_is_no_age_and_no_day(text: str) -> None:
    assert Dates(words_of(("en",)), NOW).find_exact(text) is None


def listed(*dates: str, language: str = "en") -> list[str]:
    rows = "".join(
        f'<div class="post"><a href="/a/{at}"><h3>{title}</h3></a>{date}<p>{TEASER}</p></div>'
        for at, (title, date) in enumerate(zip(TITLES, dates, strict=False))
    )
    found = find_listing(page(f"<main><h1>News</h1>{rows}</main>", language=language), URL, NOW)
    return [item.published.date().isoformat() if item.published else "" for item in found.items]


@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("en", '<p>Published <time datetime="{0}">x</time> · Updated <time datetime="2026-03-02">today</time></p>'),
        ("en", '<p>Updated <time datetime="2026-03-02">today</time></p><p><time datetime="{0}">x</time></p>'),
        ("en", "<p>Updated 2 March 2026 · Published {0}</p>"),
        ("it", "<p>Aggiornato il 2 marzo 2026</p><p>{0}</p>"),
        ("de", "<p>{0}, aktualisiert am 2. März 2026</p>"),
        ("fr", "<p>Mis à jour le 2 mars 2026</p><p>{0}</p>"),
        ("es", '<time itemprop="dateModified" datetime="2026-03-02">hoy</time><time itemprop="datePublished" datetime="{0}">x</time>'),
    ],
)  # fmt: skip
def test_published_goes_before_updated(language: str, form: str) -> None:
    days = ["2026-02-27", "2026-02-20", "2026-02-11", "2026-01-30", "2026-01-12"]
    assert listed(*(form.format(day) for day in days), language=language) == days


def test_a_year_above_a_list_is_that_of_its_days() -> None:
    years = "".join(
        f"<h2>{year}</h2>"
        + "".join(
            f'<div class="row"><span>{day}</span> <a href="/a/{year}-{at}">{title}</a></div>'
            for at, (day, title) in enumerate(zip(("Feb 12", "Feb 3", "Jan 9"), titles, strict=True))
        )
        for year, titles in ((2026, TITLES[:3]), (2025, TITLES[3:]))
    )
    menu = '<p><a href="?y=2026">2026</a> <a href="?y=2025">2025</a></p>'
    found = find_listing(page(f"<main><h1>News</h1>{menu}{years}</main>"), URL, NOW)
    assert [item.published.date().isoformat() for item in found.items if item.published] == [
        "2026-02-12", "2026-02-03", "2026-01-09", "2025-02-12", "2025-02-03", "2025-01-09",
    ]  # fmt: skip


LATE = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("vi", "Ngày 28 tháng 02 năm 2026", "2026-02-28"), ("vi", "Tháng Hai 28, 2026", "2026-02-28"), ("vi", "15 Th02, 2026", "2026-02-15"),
        ("vi", "Tháng Mười Một 5, 2026", "2026-11-05"), ("vi", "30 tháng 11, 2026", "2026-11-30"), ("vi", "Ngày 28 tháng 1 năm 2026", "2026-01-28"), ("vi", "28 Th11, 2026", "2026-11-28"),
        ("vi", "hôm qua", "2026-11-29"), ("vi", "2 ngày trước", "2026-11-28"), ("vi", "cách đây 3 giờ", "2026-11-30"),
        ("hi", "28 नवंबर 2026", "2026-11-28"), ("hi", "२८ नवम्बर २०२६", "2026-11-28"), ("hi", "28 नव॰ 2026", "2026-11-28"), ("hi", "28 नव 2026", "2026-11-28"),
        ("hi", "कल", "2026-11-29"), ("hi", "2 दिन पहले", "2026-11-28"), ("hi", "शनिवार, 28 नवंबर 2026", "2026-11-28"), ("hi", "5 फ़रवरी 2026", "2026-02-05"),
        ("ar", "٢٨ نوفمبر ٢٠٢٦", "2026-11-28"), ("ar", "28 تشرين الثاني 2026", "2026-11-28"), ("ar", "28 تشرين الثاني/نوفمبر 2025", "2025-11-28"),
        ("ar", "28 كانون الثاني 2026", "2026-01-28"), ("ar", "منذ يومين", "2026-11-28"), ("ar", "قبل أسبوعين", "2026-11-16"), ("ar", "قبل ساعتين", "2026-11-30"),
        ("ar", "قبل يوم واحد", "2026-11-29"), ("ar", "منذ أسبوع", "2026-11-23"), ("ar", "منذ ٣ أيام", "2026-11-27"), ("ar", "٢٨/١١/٢٠٢٦", "2026-11-28"),
        ("th", "28 พฤศจิกายน 2569", "2026-11-28"), ("th", "28 พ.ย. 2569", "2026-11-28"), ("th", "28 พ.ย. 69", "2026-11-28"), ("th", "5 ก.พ. 68", "2025-02-05"),
        ("th", "๒๘ พฤศจิกายน ๒๕๖๙", "2026-11-28"), ("th", "วันที่ 28 พฤศจิกายน พ.ศ. 2569", "2026-11-28"), ("th", "28/11/69", "2026-11-28"), ("th", "28/11/26", "2026-11-28"),
        ("th", "28 พ.ย. 2026", "2026-11-28"), ("th", "เมื่อวานนี้ 10:15", "2026-11-29"), ("th", "2 วันที่แล้ว", "2026-11-28"), ("th", "3 ชม.ที่แล้ว", "2026-11-30"),
    ],
)  # fmt: skip
def test_dates_of_asia_and_the_arab_world(language: str, text: str, day: str) -> None:
    match = Dates(words_of((language, "en")), LATE).find_exact(text)
    assert match is not None
    assert match.moment.date().isoformat() == day


@pytest.mark.parametrize(
    ("language", "text"), [("th", "69"), ("ar", "ساعتين من العمل"), ("vi", "tháng 11"), ("hi", "नवंबर"), ("en", "28/11/69 items")]
)  # fmt: skip
def test_what_only_looks_like_a_date_there_is_none(language: str, text: str) -> None:
    match = Dates(words_of((language, "en")), LATE).find_exact(text)
    assert match is None or match.moment.year == 1969


# --- months above items ------------------------------------------------------------------------------------


def by_months(row: str, heads: tuple[str, str], language: str = "en", lead: str = "") -> list[str]:
    """Return the days of a list of three items below each of two months; `row` holds link, title and day."""
    rows = [
        row.format(f"/news/{at}", title, day)
        for at, (title, day) in enumerate(zip(TITLES, (28, 20, 3, 25, 12, 1), strict=True))
    ]
    parts = "".join(
        f"<h2>{head}</h2><ul>{''.join(part)}</ul>"
        for head, part in zip(heads, (rows[:3], rows[3:]), strict=True)
    )
    body = page(f"<main><h1>News</h1>{lead}{parts}</main>", language=language)
    items = find_listing(body, URL, LATE).items
    return [item.published.date().isoformat() if item.published else "" for item in items]


TITLED = '<li><a href="{0}"><h3>{1}</h3></a></li>'


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        ("en", ("November 2026", "October 2026")), ("en", ("NOV 2026", "Oct. 2026")), ("it", ("Novembre 2026", "Ottobre 2026")),
        ("de", ("November 2026:", "Oktober 2026:")), ("es", ("noviembre de 2026", "octubre de 2026")), ("zh", ("2026年11月", "2026年10月")),
        ("ko", ("2026년 11월", "2026년 10월")), ("th", ("พฤศจิกายน 2569", "ตุลาคม 2569")), ("vi", ("Tháng 11 2026", "Tháng 10 2026")),
    ],
)  # fmt: skip
def test_below_a_month_it_is_its_last_day_and_today_in_the_one_that_goes_on(
    language: str, heads: tuple[str, str]
) -> None:
    assert by_months(TITLED, heads, language) == ["2026-11-30"] * 3 + ["2026-10-31"] * 3


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "{2}"),
        ("en", "Mon {2}"),
        ("de", "Mo., {2}."),
        ("it", "lun {2}"),
        ("fr", "lun. {2}"),
    ],
)
def test_a_day_alone_below_a_month_is_a_day_of_it(language: str, day: str) -> None:
    row = f'<li><b>{day}</b> <a href="{{0}}">{{1}}</a></li>'
    days = ["2026-11-28", "2026-11-20", "2026-11-03", "2026-10-25", "2026-10-12", "2026-10-01"]
    second_month = {"en": "October 2026", "de": "Oktober 2026", "it": "Ottobre 2026", "fr": "Octobre 2026"}
    first_month = "November 2026" if language in {"en", "de"} else "Novembre 2026"
    assert by_months(row, (first_month, second_month[language]), language) == days


def test_another_word_before_a_number_makes_it_no_day() -> None:
    row = '<li><b>Part {2}</b> <a href="{0}">{1}</a></li>'
    assert by_months(row, ("November 2026", "October 2026")) == ["2026-11-30"] * 3 + ["2026-10-31"] * 3


def test_days_without_a_year_are_of_the_year_of_their_month() -> None:
    row = '<li><span>Nov {2}</span> <a href="{0}">{1}</a></li>'
    days = by_months(row, ("November 2024", "November 2023"))
    assert [day[:4] for day in days] == ["2024"] * 3 + ["2023"] * 3


def test_days_of_their_own_go_before_months() -> None:
    row = '<li><time>{2} March 2026</time> <a href="{0}">{1}</a></li>'
    assert by_months(row, ("November 2026", "October 2026"))[0] == "2026-03-28"


def test_months_that_lead_to_archives_date_nothing() -> None:
    months = "".join(
        f'<li><a href="/archive/{at}">{name} 2026</a></li>'
        for at, name in enumerate(("November", "October", "May"))
    )
    body = page(
        f"<main><h1>News</h1><ul>{months}</ul>{''.join(TITLED.format(f'/news/{at}', title, 0) for at, title in enumerate(TITLES))}</main>"
    )
    assert not any(item.published for item in find_listing(body, URL, LATE).items)


def test_what_stands_large_above_a_list_by_months_is_kept() -> None:
    lead = '<section><a href="/news/great"><h2>A great new model is here today</h2></a></section>'
    assert len(by_months(TITLED, ("November 2026", "October 2026"), lead=lead)) == len(TITLES) + 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Issue 6 · February 20, 2026", "2026-02-20"), ("3 | February 20, 2026", "2026-02-20"), ("Corvid 3 (February 20, 2026)", "2026-02-20"),
        ("1.3.9 (February 20, 2026)", "2026-02-20"), ("v1.4.0 – March 2, 2026", "2026-03-02"), ("Corvid 3 February 20, 2026", "2026-02-20"),
        ("Issue 6 · Feb 20", "2026-02-20"), ("20-February-2026", "2026-02-20"), ("20. February 26", "2026-02-20"), ("20 February 2026", "2026-02-20"),
        ("Version 1.6 - February 2026", None), ("Issue 6: February 2026", None), ("v1.6 February 2026", None),
    ],
)  # fmt: skip
def test_a_number_before_a_date_is_no_day_of_it(text: str, day: str | None) -> None:
    found = Dates(words_of(("en",)), NOW).find(text)
    assert (found and f"{found.moment:%Y-%m-%d}") == day


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "6th of March"), ("en", "the 6th of March, 2026"), ("en", "March the 6th"), ("en", "Friday the 6th of March"), ("en", "Mar. 6th"),
        ("de", "Fr., 6.3."), ("de", "Freitag, den 6. März"), ("fr", "6e mars 2026"), ("es", "6.º de marzo de 2026"), ("ca", "6 d'març de 2026"),
        ("nl", "6e maart"), ("uk", "6-го березня"), ("ru", "6-го марта 2026"), ("vi", "ngày 6 tháng 3 năm 2026"),
    ],
)  # fmt: skip
def test_ordinals_and_weekdays_beside_a_day(language: str, text: str) -> None:
    dates = Dates(words_of((language, "en")), LATER)
    match = dates.find_exact(text)
    assert match is not None
    assert match.moment.date().isoformat() == "2026-03-06"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Vol. 3, March 2026"),
        ("de", "Ausgabe 3, März 2026"),
        ("it", "Numero 3, marzo 2026"),
        ("en", "No. 3, March 2026"),
        ("es", "Volumen 3, marzo 2026"),
    ],
)
def test_the_number_of_an_issue_is_no_day(language: str, text: str) -> None:
    dates = Dates(words_of((language, "en")), LATER)
    assert dates.find(text) is None


@pytest.mark.parametrize(
    "text", ["Vol. 3, March 6, 2026", "Friday, 6 March 2026", "Fri 6, March 2026", "Issue 3: 6 March 2026"]
)
def test_a_day_beside_such_a_number_is_read(text: str) -> None:
    match = Dates(words_of(("en",)), LATER).find(text)
    assert match is not None
    assert match.moment.date().isoformat() == "2026-03-06"


@pytest.mark.parametrize(
    ("language", "month", "day"),
    [
        ("de", "März 2026", "Fr., 6."), ("de", "März ’26", "Fr 6."), ("en", "03/2026", "6 (Fri)"), ("en", "March '26", "Fri 6th"), ("vi", "Tháng 3, 2026", "T6, 6"),
        ("vi", "Tháng 3/2026", "6"), ("ja", "2026年3月", "6日（金）"), ("ko", "2026.03", "6일 (금)"), ("fr", "Mars 2026", "ven. 6"), ("ar", "مارس 2026", "الجمعة 6"),
        ("th", "มีนาคม 2569", "ศ. 6"), ("he", "מרץ 2026", "יום ו׳ 6"),
    ],
)  # fmt: skip
def test_a_day_with_its_weekday_below_a_month(language: str, month: str, day: str) -> None:
    words = words_of((language, "en"))
    assert read_month(month, words) == (2026, 3)
    assert day_of_month(day, words) == 6


@pytest.mark.parametrize(
    "text", ["2026.3", "1/2", "13/2026", "2026.3.1", "Heron 2026", "March 2026 in numbers"]
)
def test_what_is_no_month_heads_no_list(text: str) -> None:
    assert read_month(text, words_of(("en",))) is None


MONTHS = ("November", "October", "September", "August", "July", "June")


@pytest.mark.parametrize("label", ["", "Vol. 3, ", "Issue 7 · ", "No. 12: "])
def test_items_that_name_a_month_are_of_its_last_day(label: str) -> None:
    rows = "".join(
        f'<a class="card" href="/n/{at}"><h3>{title}</h3><span>{label}{month} 2026</span></a>'
        for at, (title, month) in enumerate(zip(TITLES, MONTHS, strict=False))
    )
    items = find_listing(page(f"<main>{rows}</main>"), URL, LATER).items
    days = [item.published.date().isoformat() for item in items if item.published]
    assert days == ["2026-11-30", "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31", "2026-06-30"]


def test_a_month_that_a_few_items_name_dates_none() -> None:
    rows = "".join(
        f'<article><h3><a href="/n/{at}">{title}</a></h3><p>{TEASER}</p><span>{"March 2025" if at < 3 else "Research"}</span></article>'
        for at, title in enumerate(TITLES)
    )
    items = find_listing(page(f"<main>{rows}</main>"), URL, LATER).items
    assert len(items) == len(TITLES)
    assert not any(item.published for item in items)
