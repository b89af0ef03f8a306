"""`strillone feeds import` and `export`, as an operator runs them."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.workers import Workers
from bot.errors import SettingsError
from bot.feeds.opml import read_list, read_public_list
from tests.support.world import CONFIG

LIST = """<opml version="1.0"><body><outline text="Labs">
<outline text="Halden" type="rss" xmlUrl="https://halden.example/f" htmlUrl="https://halden.example/" language="en" kind="lab blog" weight="1.4" aiOnly="yes"/>
<outline text="Alpine" type="rss" xmlUrl="https://ann:s3cret@alpine.example/f" language="it"/>
<outline text="No address" type="rss"/>
<outline text="Inside" type="rss" xmlUrl="http://ann:s3cret@192.168.1.1/f"/>
</outline></body></opml>"""


def strillone(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(CONFIG.parent)}
    env |= {"STRILLONE_CONFIG": str(CONFIG), "STRILLONE_DATA": str(data)}
    command = [sys.executable, "-m", "bot", "feeds", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=env, cwd=data, timeout=60)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    (tmp_path / "mine.opml").write_text(LIST)
    return tmp_path


def test_a_list_goes_in_and_comes_out_the_same(lists: Path) -> None:
    done = strillone(lists, "import", "mine.opml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        "✗ line 4: no xmlUrl (No address)",
        "✗ Inside: `192.168.1.1` is a private address; feeds are read from public ones only. An operator can open a host, on any port, for the feeds of feeds.opml and for `strillone try` in the settings (fetch.open_hosts).",
    ]
    assert "2 added, 0 known already, 2 not taken." in done.stdout
    assert "0 added, 2 known already, 2 not taken." in strillone(lists, "import", "mine.opml").stdout
    out = strillone(lists, "export")
    assert out.stderr == "Some addresses hold passwords: keep this list to yourself.\n"
    found = {outline.title: outline for outline in read_list(out.stdout, "export").outlines}
    assert found["Halden"].url == "https://halden.example/f"
    about = {name: found["Halden"].attributes[name] for name in ("htmlurl", "language", "kind", "weight", "aionly")}  # fmt: skip
    assert about == {"htmlurl": "https://halden.example/", "language": "en", "kind": "lab blog", "weight": "1.4", "aionly": "yes"}  # fmt: skip
    assert found["Alpine"].url == "https://ann:s3cret@alpine.example/f"
    assert strillone(lists, "export", "out.opml").returncode == 0
    assert (lists / "out.opml").read_text() == out.stdout


def test_nothing_to_export_says_where_feeds_come_from(lists: Path) -> None:
    done = strillone(lists, "export")
    assert (done.returncode, done.stdout) == (1, "")
    assert "The database holds no feeds yet" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [("hello", "mine.opml is not OPML that can be read"), (LIST + " " * 6_000_000, "mine.opml is larger than 5 MB. Divide it.")],
)  # fmt: skip
def test_what_is_no_list_ends_with_two_and_one_line(lists: Path, text: str, said: str) -> None:
    (lists / "mine.opml").write_text(text)
    done = strillone(lists, "import", "mine.opml")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_list_without_anything_that_can_be_taken_ends_with_one(lists: Path) -> None:
    (lists / "mine.opml").write_text('<opml version="2.0"><body><outline type="rss"/></body></opml>')
    assert strillone(lists, "import", "mine.opml").returncode == 1


async def test_a_list_that_cannot_be_read_is_told_whole_by_a_child() -> None:
    async with Workers(1) as workers:
        with pytest.raises(SettingsError) as caught:
            await workers(read_public_list, "hello", "The file", deadline=timedelta(seconds=20))
        listed = await workers(read_public_list, LIST, "The file", deadline=timedelta(seconds=20))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith("The file is not OPML that can be read: it has neither tags")
    assert (len(listed.outlines), len(listed.problems)) == (2, 2)
