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
