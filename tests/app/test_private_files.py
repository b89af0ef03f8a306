"""What holds news of private feeds and keys is readable by its owner alone, whatever the umask is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app.private_files import make_private, write_private
from bot.store import open_store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX")


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Let new files be open to everybody, as some systems have it."""
    before = os.umask(0)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def rights_of_all(folder: Path) -> list[int]:
    return [rights(path) for path in folder.iterdir()]


async def test_a_new_database_and_its_folder_are_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = await open_store(f"sqlite:///{folder}/strillone.db")
    async with store.write():
        files = sorted(folder.iterdir())
        assert [path.name for path in files] == ["strillone.db", "strillone.db-shm", "strillone.db-wal"]
        assert {rights(path) for path in files} == {0o600}
    await store.close()
    assert rights(folder) == 0o700


async def test_a_database_that_was_open_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "strillone.db"
    await (await open_store(f"sqlite:///{file}")).close()
    file.chmod(0o644)
    await (await open_store(f"sqlite:///{file}")).close()
    assert rights(file) == 0o600


async def test_a_database_in_memory_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for address in ("sqlite://", "sqlite:///:memory:"):
        await (await open_store(address)).close()
    assert not rights_of_all(tmp_path)


def test_an_open_data_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    assert make_private(folder) == ""
    assert rights(folder) == 0o700
    assert make_private(tmp_path / "nothing") == ""


def test_a_folder_of_another_user_is_told_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refuse)
    assert make_private(folder).endswith(f"chmod 700 {folder}")


def test_the_folder_one_works_in_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "work"
    folder.mkdir(mode=0o755)
    monkeypatch.chdir(folder)
    assert make_private(Path()) == ""
    assert rights(folder) == 0o755


def test_an_export_is_closed_also_over_an_open_file(tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    write_private(file, "one")
    assert rights(file) == 0o600
    file.chmod(0o644)
    write_private(file, "two")
    assert (rights(file), file.read_text()) == (0o600, "two")
