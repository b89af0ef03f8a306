"""`strillone feeds check`: what each source of a list answers."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli.feeds_check import check_list
from tests.doubles.feeds import Names, Reply, feed_server
from tests.feeds.listing.pages import cards
from tests.feeds.listing.pages import page as listing_page
from tests.pipeline.conftest import NOW
from tests.support.world import CONFIG, corvid, larkwell, rss

LIST = """<opml version="2.0"><body>
<outline type="rss" text="Halden" xmlUrl="{root}/feed" outlet="Halden Labs" owner="Halden Group"/>
<outline type="rss" text="Ledger" xmlUrl="{root}/news" format="page" outlet="Ledger" owner="Ledger"/>
<outline type="rss" text="Gone" xmlUrl="{root}/gone"/>
<outline type="rss" text="Empty" xmlUrl="{root}/empty"/>
<outline type="rss" text="Closed" xmlUrl="{root}/closed/news" format="page"/>
</body></opml>"""


async def checked(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> tuple[int, list[str]]:
    (folder / "strillone.toml").write_text('[fetch]\nopen_hosts = ["127.0.0.1"]\n')
    (folder / "list.opml").write_text(text)
    monkeypatch.setenv("STRILLONE_DATA", str(folder))
    monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))
    out = io.StringIO()
    code = await check_list(folder / "list.opml", Console(file=out, width=300))
    return code, out.getvalue().splitlines()


async def test_each_source_is_told_with_what_it_holds_and_who_is_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("halden", NOW, [corvid(), larkwell(hours=None, text="")])))
        server.serve("/news", Reply(listing_page(cards()), headers={"Content-Type": "text/html"}))
        server.serve("/empty", Reply(rss("empty", NOW, [])))
        server.serve("/robots.txt", Reply(b"User-agent: *\nDisallow: /closed/\n"))
        code, lines = await checked(tmp_path, monkeypatch, LIST.format(root=server.url("")))
        assert not server.asked("/closed/news")
    assert code == 1
    halden, ledger, gone, empty, closed, total = lines
    assert halden.startswith(f"✓ Halden · feed · newest {NOW:%Y-%m-%d}")
    assert halden.endswith(" · 2 entries, 1 dated, 1 with text · Halden Labs (Halden Group)")
    assert ledger.startswith("✓ Ledger · page · newest ")
    assert ledger.endswith(" with text · Ledger")
    assert "✗ Gone · feed · " in gone
    assert "404" in gone
    assert empty == "✗ Empty · feed · it holds no entries"
    assert closed.startswith("✗ Closed · page · ")
    assert "robots.txt" in closed
    assert total == "2 of 5 can be read."


async def test_a_page_that_its_list_calls_a_feed_is_read_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feed_server() as server:
        server.serve("/news", Reply(listing_page(cards()), headers={"Content-Type": "text/html"}))
        server.serve("/about", Reply(listing_page("<p>We.</p>"), headers={"Content-Type": "text/html"}))
        body = "".join(
            f'<outline type="rss" text="{name}" xmlUrl="{server.url(path)}"/>'
            for name, path in (("Ledger", "/news"), ("About", "/about"))
        )
        code, lines = await checked(tmp_path, monkeypatch, f'<opml version="2.0"><body>{body}</body></opml>')
    assert code == 1
    assert lines[0].startswith('✓ Ledger · page (write format="page" in the list) · newest ')
    assert lines[1].startswith("✗ About · feed · The address gives a web page, not a feed. No list of news")


async def test_a_list_of_which_all_answers_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("halden", NOW, [corvid()])))
        text = LIST.format(root=server.url("")).splitlines()
        code, lines = await checked(tmp_path, monkeypatch, "\n".join([*text[:2], text[-1]]))
    assert (code, lines[-1]) == (0, "1 of 1 can be read.")


async def test_without_a_network_that_is_what_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Names(monkeypatch)
    outlines = "".join(f'<outline type="rss" text="{n}" xmlUrl="https://{n}.example/feed"/>' for n in "ab")
    outlines = outlines.replace("<outline ", '<outline format="page" ', 1)
    code, lines = await checked(tmp_path, monkeypatch, f'<opml version="2.0"><body>{outlines}</body></opml>')
    assert code == 2
    assert lines[0].startswith("None of 2 sources can be reached: this needs the network.")
