"""`doctor`: what is wrong, and what to mend."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.cli import doctor
from bot.cli.doctor import examine
from bot.errors import PlatformDown
from bot.model import Identity
from bot.ports import ChatGateway, PlatformOptions
from tests.app.helpers import quiet_log
from tests.doubles.feeds import FeedServer, Reply, feed_server
from tests.doubles.model import ModelDouble
from tests.feeds.listing.pages import cards
from tests.feeds.listing.pages import page as listing_page
from tests.pipeline.conftest import NOW
from tests.support.world import CONFIG, Scripted, corvid, rss


def prepare(folder: Path, server: FeedServer, monkeypatch: pytest.MonkeyPatch, *paths: str) -> None:
    outlines = "".join(
        f'<outline type="rss" text="Feed {path}" xmlUrl="{server.url(path)}"/>' for path in paths
    )
    (folder / "feeds.opml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    (folder / "strillone.toml").write_text('[fetch]\nopen_hosts = ["127.0.0.1"]\n')
    monkeypatch.setenv("STRILLONE_DATA", str(folder))
    monkeypatch.setenv("STRILLONE_CONFIG", str(CONFIG))


async def examined() -> tuple[int, str]:
    out = io.StringIO()
    code = await examine(Console(file=out, width=200), quiet_log())
    return code, out.getvalue()


async def test_a_healthy_instance_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("halden", NOW, [corvid()])))
        prepare(tmp_path, server, monkeypatch, "/feed")
        code, said = await examined()
    assert code == 0, said
    assert "✓ database: opened" in said
    assert "no token is set" in said
    assert "✓ feeds: 1 of 1 can be read" in said
    assert said.endswith("All is well.\n")


async def test_every_feed_that_fails_is_named_with_its_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("halden", NOW, [corvid()])))
        server.serve("/page", Reply(b"<html><body>Hello</body></html>"))
        prepare(tmp_path, server, monkeypatch, "/feed", "/missing", "/page")
        code, said = await examined()
    assert code == 1
    assert "✗ feeds: 1 of 3 can be read" in said
    assert "Feed /missing: " in said
    assert "404" in said
    assert "2 to mend." in said


async def test_a_page_that_is_read_as_a_feed_is_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feed_server() as server:
        server.serve("/news", Reply(listing_page(cards()), headers={"Content-Type": "text/html"}))
        prepare(tmp_path, server, monkeypatch, "/news")
        opml = (tmp_path / "feeds.opml").read_text().replace("<outline ", '<outline format="page" ')
        (tmp_path / "feeds.opml").write_text(opml)
        code, said = await examined()
    assert code == 0, said
    assert "✓ feeds: 1 of 1 can be read" in said


async def test_a_database_that_cannot_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feed_server() as server:
        prepare(tmp_path, server, monkeypatch)
        monkeypatch.setenv("DATABASE_URL", "mysql://user:verysecret@host/name")
        code, said = await examined()
    assert code == 1
    assert "✗ database: " in said
    assert "verysecret" not in said


class Visitor(Scripted):
    """A platform for a visit: it connects, or ends as it is told."""

    def __init__(self, end: Exception | None = None) -> None:
        super().__init__("visitor")
        self.end = end
        self.closed = False

    async def run(self, gateway: ChatGateway) -> None:
        if self.end is not None:
            raise self.end
        await gateway.connected(self.name)

    def identity(self) -> Identity:
        return Identity(
            name="Strillone#1",
            address="https://chat.example",
            places=3,
            invites=("https://chat.example/invite",),
            asks=(("Send messages", "to post"),),
        )

    async def close(self) -> None:
        self.closed = True


async def visited(monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> tuple[int, str]:
    monkeypatch.setattr(doctor, "load_platform", lambda *_: visitor)
    out = io.StringIO()
    problems = await doctor._platform("visitor", PlatformOptions("token"), Console(file=out, width=200))
    assert visitor.closed
    return problems, out.getvalue()


async def test_a_token_that_works_tells_who_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    problems, said = await visited(monkeypatch, Visitor())
    assert problems == 0
    assert "✓ visitor: Strillone#1, in 3 places" in said
    assert "invite: https://chat.example/invite" in said
    assert "asks for Send messages: to post" in said


@pytest.mark.parametrize(
    "error", [PlatformDown("the token is wrong", final=True), RuntimeError("the token is wrong")]
)
async def test_a_token_that_does_not_work_is_named(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    problems, said = await visited(monkeypatch, Visitor(error))
    assert problems == 1
    assert "✗ visitor: the token is wrong" in said


async def test_a_platform_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    class Mute(Visitor):
        async def run(self, gateway: ChatGateway) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(doctor, "CONNECT_WITHIN", 0.05)
    problems, said = await visited(monkeypatch, Mute())
    assert problems == 1
    assert "no answer within" in said


async def test_models_are_asked_whether_they_are_there_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ModelDouble(lambda _: "", models=["small"]) as model, feed_server() as server:
        prepare(tmp_path, server, monkeypatch)
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        for name, said_of_it in (
            ("small", "✓ model small: its endpoint answers"),
            ("tiny", "✗ model tiny: its endpoint does not know it. It has small."),
        ):
            monkeypatch.setenv("OPENAI_MODEL", name)
            _, said = await examined()
            assert said_of_it in said
    assert model.requests == []


async def test_a_key_without_a_model_is_something_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feed_server() as server:
        prepare(tmp_path, server, monkeypatch)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-sesame-open")
        code, said = await examined()
    assert code == 1
    assert "✗ environment: OPENAI_MODEL: there is no model to write with" in said
    assert "sesame" not in said
