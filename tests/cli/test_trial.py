"""`try`: files and addresses, read by the same jobs."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli import trial as module
from bot.cli.trial import trial
from bot.feeds.fetch import Fetcher
from tests.app.helpers import quiet_log
from tests.doubles.feeds import HTML, Reply, feed_server
from tests.feeds.listing.pages import cards
from tests.feeds.listing.pages import page as listing_page
from tests.pipeline.conftest import NOW
from tests.support.world import CONFIG, corvid, corvid_elsewhere, garden, larkwell, rss


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the shipped configuration is, with loopback open."""
    monkeypatch.chdir(CONFIG.parent)
    monkeypatch.setattr(module, "fetcher", lambda _: Fetcher("Strillone/test", opened=("127.0.0.1",)))


async def tried(
    capsys: pytest.CaptureFixture[str], *sources: object, now: datetime | None = NOW, language: str = "en"
) -> tuple[int, str, str]:
    err = io.StringIO()
    code = await trial(
        [str(s) for s in sources],
        now=now,
        language=language,
        size=5,
        err=Console(file=err, width=200),
        log=quiet_log(),
    )
    return code, " ".join(capsys.readouterr().out.split()), err.getvalue()


async def test_two_files_make_one_digest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, items in (("halden", [corvid(), larkwell()]), ("ledger", [corvid_elsewhere()])):
        (tmp_path / f"{name}.xml").write_bytes(rss(name, NOW, items))
    code, out, err = await tried(capsys, tmp_path / "halden.xml", tmp_path / "ledger.xml", now=None)
    assert (code, err) == (0, "")
    assert "2 stories from 3 entries in 2 feeds" in out
    assert "2 sources · first: " in out


async def test_an_old_archive_is_read_as_of_its_newest_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.xml").write_bytes(rss("old", datetime(2019, 5, 6, 9, tzinfo=UTC), [corvid()]))
    code, out, _ = await tried(capsys, tmp_path / "old.xml", now=None)
    assert code == 0
    assert "6 May" in out
    assert corvid().title in out


async def test_addresses_and_sites_are_read_and_a_bad_one_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with feed_server() as server:
        page = HTML.replace(
            b"</head>", b'<link rel="alternate" type="application/rss+xml" href="/feed"></head>'
        )
        server.serve("/", Reply(page, headers={"Content-Type": "text/html"}))
        server.serve("/feed", Reply(rss("halden", NOW, [garden()])))
        code, out, err = await tried(capsys, server.url("/"), server.url("/missing"), language="it")
    assert code == 0
    assert garden().title in out
    assert "/missing" in err
    assert "✗" in err


async def test_a_page_without_a_feed_is_read_off_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    news = [(item.slug, item.title) for item in (garden(), corvid(), larkwell())]
    dates = ("Mar 1, 2026", "Feb 28, 2026", "Feb 27, 2026")
    body = listing_page(cards(dates, [title for _, title in news], [slug for slug, _ in news]))
    async with feed_server() as server:
        server.serve("/news", Reply(body, headers={"Content-Type": "text/html"}))
        code, out, err = await tried(capsys, server.url("/news"))
    assert code == 0
    assert "has no feed; its list of news is read off the page:" in err
    assert f"{garden().title} · 2026-03-01" in err
    assert corvid().title in out


async def test_a_file_that_is_a_page_is_read_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news = [(item.slug, item.title) for item in (garden(), corvid(), larkwell())]
    dates = ("Mar 1, 2026", "Feb 28, 2026", "Feb 27, 2026")
    file = tmp_path / "news.html"
    file.write_bytes(listing_page(cards(dates, [title for _, title in news], [slug for slug, _ in news])))
    code, out, err = await tried(capsys, file, now=None)
    assert code == 0
    assert f"{file} has no feed; its list of news is read off the page:" in err
    assert corvid().title in out


async def test_a_file_that_is_a_page_without_news_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "about.html"
    file.write_bytes(listing_page("<main><h1>About us</h1><p>We are forty people.</p></main>"))
    code, _, err = await tried(capsys, file)
    assert code == 1
    assert "It is a web page, not a feed. " in err


async def test_the_feeds_of_a_list_are_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("halden", NOW, [garden()])))
        file = tmp_path / "mine.opml"
        file.write_text(
            f'<opml version="2.0"><body><outline type="rss" text="A" xmlUrl="{server.url("/feed")}"/>\n'
            '<outline type="rss" text="B"/></body></opml>'
        )
        code, out, err = await tried(capsys, file)
    assert code == 0
    assert garden().title in out
    assert f"{file} is a list of feeds. Tried: its feeds." in err
    assert f"{file}, line 2: no xmlUrl" in err


@pytest.mark.parametrize(
    "source",
    [
        "localhost:8080/x",
        "localhost:8155/x",
        "http://localhost/feed",
        "http://10.0.0.1/feed",
        "http://10.0.0.1:99/x",
    ],
)
async def test_an_address_of_this_machine_is_refused_in_plain_words(
    capsys: pytest.CaptureFixture[str], source: str
) -> None:
    code, _, err = await tried(capsys, source)
    assert code == 1
    assert "is a private address" in err
    assert "fetch.open_hosts" in err, "the way is named"
    assert err.count(source) == 1
    assert "neither a file nor an address" not in err


async def test_a_source_on_a_host_that_the_settings_open_is_tried(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "fetcher", lambda _: Fetcher("Strillone/test", own=("127.0.0.1",)))
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("home", NOW, [corvid()])))
        code, out, err = await tried(capsys, server.url("/feed"))
        assert (code, err) == (0, "")
        assert corvid().title in out


def test_what_is_tried_goes_through_the_proxy_and_knows_no_credential(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:sesame")
    monkeypatch.setenv("OPENAI_API_KEY", "sesame")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///mine.db")
    known = module._without_credentials()
    assert known.https_proxy.get_secret_value() == "http://proxy.example:3128"
    assert "sesame" not in repr(known.of_platforms)
    assert not known.openai_api_key.get_secret_value()
    assert not known.database_url.get_secret_value()
