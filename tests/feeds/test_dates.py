"""Dates as feeds write them."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds.dates import date_of, habits_of
from bot.feeds.parse import parse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def in_feed(raw: str, tag: str = "pubDate") -> datetime | None:
    body = f"<rss version='2.0'><channel><title>N</title><item><title>T</title><{tag}>{raw}</{tag}></item></channel></rss>"
    return parse(body.encode(), "https://news.example/", "", NOW).entries[0].published


def utc(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Mon, 02 Feb 2026 10:20:00 GMT", utc(2, 2, 10, 20)), ("Mon, 02 Feb 2026 10:20:00 +0100", utc(2, 2, 9, 20)), ("Mon, 02 Feb 2026 10:20:00 -0530", utc(2, 2, 15, 50)),
        ("02 Feb 2026 10:20:00 EST", utc(2, 2, 15, 20)), ("Mon, 2 Feb 2026 10:20 GMT", utc(2, 2, 10, 20)), ("Monday, 02 February 2026 10:20:00 Z", utc(2, 2, 10, 20)),
        ("Mon, 02 Feb 26 10:20:00 GMT", utc(2, 2, 10, 20)), ("2026-02-02T10:20:00Z", utc(2, 2, 10, 20)), ("2026-02-02T10:20:00+02:00", utc(2, 2, 8, 20)),
        ("2026-02-02 10:20:00", utc(2, 2, 10, 20)), ("2026-02-02", utc(2, 2)),
        ("lun, 02 feb 2026 10:20:00 +0100", utc(2, 2, 9, 20)), ("lun, 12 gen 2026 10:20:00 +0100", utc(1, 12, 9, 20)), ("5 gennaio 2026", utc(1, 5)),
        ("ven. 06 févr. 2026 10:20:00 +0100", utc(2, 6, 9, 20)), ("6 février 2026 10:20", utc(2, 6, 10, 20)), ("mer, 07 août 2024 10:20:00 +0200", utc(8, 7, 8, 20, 2024)),
        ("Mo, 02 Mrz 2026 08:20:00 +0100", utc(3, 2, 7, 20)), ("2. März 2026", utc(3, 2)), ("Do, 04 Dez 2025 10:20:00 +0100", utc(12, 4, 9, 20, 2025)), ("12. Januar 2026 um 10:20", utc(1, 12, 10, 20)),
        ("2 de febrero de 2026 10:20", utc(2, 2, 10, 20)), ("lun, 12 ene 2026 10:20:00 +0100", utc(1, 12, 9, 20)), ("2 de fevereiro de 2026", utc(2, 2)), ("12 января 2026", utc(1, 12)),
        ("2026年2月2日", utc(2, 2)), ("2026年2月2日 10:20", utc(2, 2, 10, 20)), ("2026年 2月 2日（月） 10:20", utc(2, 2, 10, 20)), ("2026년 2월 2일 10:20", utc(2, 2, 10, 20)),
        ("2. Jänner 2026", utc(1, 2)), ("Mo, 2. Feber 2026 10:20", utc(2, 2, 10, 20)), ("18 de setiembre de 2025", utc(9, 18, year=2025)),
        ("週一, 02 2月 2026 10:20:00 +0800", utc(2, 2, 2, 20)), ("周一, 02 2月 2026 10:20:00 +0800", utc(2, 2, 2, 20)), ("1º de fevereiro de 2026", utc(2, 1)),
        ("02/02/2026", utc(2, 2)), ("25/01/2026 10:20", utc(1, 25, 10, 20)), ("25.01.2026 10:20", utc(1, 25, 10, 20)),
        ("1770027600", utc(2, 2, 10, 20)), ("1770027600000", utc(2, 2, 10, 20)), ("1770027600000000", utc(2, 2, 10, 20)), (" Mon, 02 Feb 2026 10:20:00 GMT ", utc(2, 2, 10, 20)),
    ],
)  # fmt: skip
def test_a_date(raw: str, moment: datetime) -> None:
    assert in_feed(raw) == moment


@pytest.mark.parametrize("raw", ["", "soon", "32 gennaio 2026", "0000-00-00", "2026年13月40日", "99/99/2026", "Mon, 01 Jan 1900 00:00:00 GMT", "0", "1", "-1", "²²²²²²²²²²", "1 1 1 " * 1000])  # fmt: skip
def test_what_is_no_date_or_an_absurd_one(raw: str) -> None:
    assert in_feed(raw) is None


@pytest.mark.parametrize("raw", ["2026-03-02T09:05:00Z", "Mon, 02 Mar 2026 09:09:59 GMT"])
def test_a_clock_that_is_a_little_fast_is_believed(raw: str) -> None:
    found = in_feed(raw)
    assert found is not None
    assert found > NOW


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-02T09:11:00Z",
        "2099-01-01T00:00:00Z",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "9999999999",
        "9999999999999999",
    ],
)
def test_a_date_in_the_future_is_now(raw: str) -> None:
    assert in_feed(raw) == NOW


def test_dublin_core_counts_too() -> None:
    assert in_feed("2026-02-02T10:20:00Z", "dc:date") == utc(2, 2, 10, 20)


def test_twenty_years_are_the_limit() -> None:
    edge = NOW - timedelta(days=20 * 365)
    assert date_of("", edge.timetuple(), NOW) == edge
    assert date_of("", (edge - timedelta(seconds=1)).timetuple(), NOW) is None


@pytest.mark.parametrize(
    ("language", "raw"),
    [
        ("th", "28 ก.พ. 2569"), ("th", "28 กุมภาพันธ์ 2569"), ("ar", "28 شباط 2026"), ("ar", "28 فبراير، 2026"), ("ar", "٢٨ فبراير ٢٠٢٦"),
        ("hi", "28 फ़रवरी, 2026"), ("hi", "28 फरवरी 2026"), ("vi", "28 tháng 2, 2026"), ("vi", "28 Th2 2026"),
    ],
)  # fmt: skip
def test_months_that_are_no_plain_words(language: str, raw: str) -> None:
    assert date_of(raw, None, NOW, habits_of([raw], language, NOW)) == utc(2, 28)
