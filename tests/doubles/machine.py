"""A machine whose disk fills up, whose database is locked and whose clock jumps: all of it real, but for the clock.

The small disk is a tmpfs in a mount namespace of its own, which a helper process keeps. Files on it are reached by `/proc` from outside;
SQLite, which follows that link back, must be opened by a process that has gone `inside`. That needs Linux with user namespaces.
"""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

FILLING = "filling"
KEEP = 'mount -t tmpfs -o "size=$0" none "$1" && echo mounted && exec cat'
ONE_PAGE = 4096


class Missing(Exception):
    """This machine cannot do it; the text says why."""


class Disk:
    """A small disk: `folder` is where it is from outside, `keeper` the process whose namespaces it is in."""

    def __init__(self, keeper: int, place: Path) -> None:
        self.keeper = keeper
        self.folder = Path(f"/proc/{keeper}/root{place}")

    def fill(self) -> None:
        """Take every byte that is free."""
        with (self.folder / FILLING).open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(ONE_PAGE))

    def clear(self) -> None:
        """Give the room back."""
        (self.folder / FILLING).unlink(missing_ok=True)


@asynccontextmanager
async def small_disk(place: Path, size: str = "16m") -> AsyncIterator[Disk]:
    """Give a disk of some size (as tmpfs takes it) mounted on a folder that exists. Raises `Missing`."""
    try:
        keeper = await asyncio.create_subprocess_exec(
            "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", KEEP, size, str(place),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
    except FileNotFoundError as error:
        msg = "there is no `unshare` here (util-linux)"
        raise Missing(msg) from error
    assert keeper.stdout is not None
    try:
        if not await keeper.stdout.readline():
            msg = (
                f"no disk of its own can be mounted here: {(await keeper.communicate())[1].decode().strip()}"
            )
            raise Missing(msg)
        yield Disk(keeper.pid, place)
    finally:
        with suppress(ProcessLookupError):
            keeper.kill()
        await keeper.wait()


def go_inside(keeper: int) -> None:
    """Let this process, of a single thread, see a small disk where it is mounted."""
    for name, kind in (("user", os.CLONE_NEWUSER), ("mnt", os.CLONE_NEWNS)):
        descriptor = os.open(f"/proc/{keeper}/ns/{name}", os.O_RDONLY)
        os.setns(descriptor, kind)
        os.close(descriptor)


@asynccontextmanager
async def locked(database: Path) -> AsyncIterator[None]:
    """Hold SQLite's lock for writing, as another program would; it waits for its turn for at most a minute."""
    connection = await asyncio.to_thread(_locked, database)
    try:
        yield
    finally:
        connection.rollback()
        connection.close()


def _locked(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection
