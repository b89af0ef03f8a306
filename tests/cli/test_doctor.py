"""`doctor`: what is wrong, and what to mend."""

import io
import json
import shutil
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from bot.app.lease import ProcessLease, Tenure
from bot.app.running import utc_now
from bot.cli.doctor import examine, network
from bot.cli.doctor.database import look_at_database
from bot.cli.doctor.findings import State, show
from bot.errors import PlatformDown
from bot.feeds.opml import read_opml
from bot.model import Identity
from bot.ports import ChatGateway, PlatformOptions
from bot.settings import Environment, load
from bot.store import open_store
from bot.store.database import schema_of
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
    monkeypatch.setenv("PORT", "0")


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
    assert "– database: there is none yet" in said
    assert "✓ clock: right" in said
    assert "GB are free" in said
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
    monkeypatch.setattr(network, "load_platform", lambda *_: visitor)
    out = io.StringIO()
    finding = await network._look_at_platform("visitor", PlatformOptions("token"))
    show(finding, Console(file=out, width=200))
    assert visitor.closed
    return finding.to_mend, out.getvalue()


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

    monkeypatch.setattr(network, "CONNECT_WITHIN", 0.05)
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
    assert "✗ model: environment: OPENAI_MODEL: there is no model to write with" in said
    assert "sesame" not in said


# --- what is broken, and what to do about it -----------------------------------------------------------------


def put_folder(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "strillone.toml").unlink()
    (folder / "strillone.toml").mkdir()


def put_latin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / ".env").write_bytes("CONTACT=Jörg\n".encode("latin-1"))


def put_file_for_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "data").write_text("")
    monkeypatch.setenv("STRILLONE_DATA", str(folder / "data"))


def put_garbage(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "strillone.db").write_bytes(bytes(range(256)) * 20)


def fill_disk(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2_000_000))


BREAKAGES: dict[str, tuple[Callable[[Path, pytest.MonkeyPatch], None], str]] = {
    "a list without feeds": (lambda folder, _: None, "✗ feeds: the list is empty, so nothing will be read. Add feeds"),
    "a folder in place of the file": (put_folder, "strillone.toml: is a folder and should be a file. Move it away."),
    "an environment in Latin-1": (put_latin, "✗ settings: .env: not UTF-8 (byte 10). Save it as UTF-8."),
    "a file in place of the folder": (put_file_for_folder, "data: is a file and should be a folder."),
    "a configuration that is nowhere": (
        lambda _, monkeypatch: monkeypatch.setenv("STRILLONE_CONFIG", "/nowhere"),
        "STRILLONE_CONFIG: /nowhere is no folder. Name the one that holds strillone.toml, or leave it out.",
    ),
    "a damaged database": (put_garbage, "file is not a database. Move it away and restore a backup"),
    "a disk that is full": (fill_disk, "✗ disk: only 2 MB are free where the data are"),
    "an address of another machine": (
        lambda _, monkeypatch: monkeypatch.setenv("STRILLONE_HOST", "203.0.113.9"),
        "✗ port: nothing can be served on 203.0.113.9, port 0: Cannot assign requested address. Set PORT",
    ),
    "a proxy that is not there": (
        lambda _, monkeypatch: monkeypatch.setenv("HTTPS_PROXY", "http://ann:sesame@127.0.0.1:1"),
        "✗ proxy: 127.0.0.1:1 cannot be reached (",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKAGES)
async def test_what_is_broken_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    harm, said_of_it = BREAKAGES[name]
    async with feed_server() as server:
        prepare(tmp_path, server, monkeypatch)
        harm(tmp_path, monkeypatch)
        code, said = await examined()
    assert code == 1
    assert said_of_it in said
    assert "sesame" not in said


async def test_a_machine_without_a_network_is_one_thing_to_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with feed_server() as server:
        prepare(tmp_path, server, monkeypatch, "/one", "/two", "/three")
    code, said = await examined()
    assert code == 1
    assert "✗ feeds: none of 3 can be reached. Is this machine on the network" in said
    assert said.endswith("1 to mend.\n")


async def test_a_port_that_is_taken_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        async with feed_server() as server:
            prepare(tmp_path, server, monkeypatch)
            monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
            assert "Address already in use. Set PORT to a free one" in (await examined())[1]


@pytest.mark.parametrize(("minutes", "said_of_it"), [(-20, "20 minutes ahead"), (45, "45 minutes behind")])
async def test_a_wrong_clock_is_seen_by_those_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int, said_of_it: str
) -> None:
    theirs = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("halden", NOW, [corvid()]), headers={"Date": theirs}))
        prepare(tmp_path, server, monkeypatch, "/feed")
        code, said = await examined()
    assert code == 1
    assert f"✗ clock: {said_of_it} of the servers of the feeds" in said


async def test_a_database_is_left_as_it_is_and_its_user_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"sqlite:///{tmp_path}/strillone.db"
    store = await open_store(address, to="0020")
    lease = ProcessLease(store=store, clock=utc_now, log=quiet_log(), holder=f"{socket.gethostname()}/1")
    await lease.take(standby=0)
    async with feed_server() as server:
        server.serve("/feed", Reply(rss("halden", NOW, [corvid()])))
        prepare(tmp_path, server, monkeypatch, "/feed")
        code, said = await examined()
        async with store.read() as tx:
            assert await schema_of(tx) == "0020"
        await store.close()
    assert code == 0, said
    assert "at an earlier schema (0020); process " in said
    assert "`strillone run` brings it up to date, once that process has ended" in said
    assert "port" not in said


async def test_what_is_found_is_there_for_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    async with feed_server() as server:
        prepare(tmp_path, server, monkeypatch, "/missing", "/gone")
        code = await examine(Console(file=out, width=40), quiet_log(), as_json=True)
    found = json.loads(out.getvalue())
    assert (code, found["well"], found["to_mend"]) == (1, False, 2)
    (feeds,) = [finding for finding in found["findings"] if finding["part"] == "feeds"]
    assert feeds["state"] == "problem"
    assert feeds["text"] == "0 of 2 can be read"
    assert feeds["details"][0].startswith("Feed /missing: ")


@pytest.mark.parametrize(
    ("tenures", "said", "is_well"),
    [
        (
            (Tenure.CHAT, Tenure.WORKER, Tenure.WORKER),
            "process a/0, worker a/1 and worker a/2 work with it",
            True,
        ),
        ((Tenure.WORKER,), "worker a/0 works with it. Nobody posts or answers", False),
        ((Tenure.CHAT,), "process a/0 works with it. Nobody reads feeds or writes digests", False),
        ((Tenure.ALONE,), "process a/0 works with it", True),
    ],
)
async def test_who_shares_a_database_and_who_is_missing_is_told(
    tmp_path: Path, tenures: Sequence[Tenure], said: str, is_well: bool
) -> None:
    settings = load(read_opml, Environment.model_construct(strillone_data=str(tmp_path)))
    store = await open_store(settings.database)
    for number, tenure in enumerate(tenures):
        lease = ProcessLease(store=store, clock=utc_now, log=quiet_log(), holder=f"a/{number}", tenure=tenure)
        await lease.take(standby=0)
    await store.close()
    findings, _ = await look_at_database(settings)
    assert said in findings[0].text
    assert (findings[0].state is State.WELL) == is_well
