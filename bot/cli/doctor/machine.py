"""The machine: the folder of data, room on its disk, the port, the proxy, the clock."""

import asyncio
import os
import shutil
import socket
import statistics
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.app.private_files import make_private
from bot.cli.doctor.findings import Finding, note, problem, well
from bot.settings import Settings

FREE_MIN, FREE_FEW = 50_000_000, 500_000_000
"""Bytes below which nothing can be worked with, and below which it is worth a word: some weeks of entries."""

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the clock may be off: digests leave to the minute, and entries are dated by their publishers."""

CONNECT_SECONDS = 5.0


def look_at_folder(folder: Path) -> list[Finding]:
    """Return how the data folder is: it must be ours to write to, and ours alone."""
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        owner = "sudo chown --recursive $USER"
        return [
            problem(
                "folder", f"the data folder {folder} cannot be written to. As its owner: {owner} {folder}"
            )
        ]
    remedy = make_private(folder)
    return [problem("folder", remedy)] if remedy else []


def look_at_disk(folder: Path) -> Finding:
    """Return how much room there is where the data are, or will be."""
    place = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    room = f"{free / 1e9:.1f} GB" if free >= 1e9 else f"{free / 1e6:.0f} MB"
    if free < FREE_MIN:
        return problem("disk", f"only {room} are free where the data are ({place}). Make room on it.")
    if free < FREE_FEW:
        return note("disk", f"{room} are free where the data are; `strillone storage` says what uses them")
    return well("disk", f"{room} are free")


async def look_at_port(settings: Settings, *, is_running_here: bool) -> list[Finding]:
    """Return whether the web server could listen; the running instance may be who does."""
    web = settings.file.web
    if not (web.enabled or web.public_url) or is_running_here:
        return []
    port = web.port if settings.environment.port is None else settings.environment.port
    host = settings.environment.strillone_host or web.host
    try:
        await asyncio.to_thread(_try_port, host, port)
    except OSError as error:
        cause = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        remedy = "Set PORT to a free one, and STRILLONE_HOST to an address of this machine."
        return [problem("port", f"nothing can be served on {host}, port {port}: {cause}. {remedy}")]
    return [well("port", f"the page can be served on {host}, port {port}")]


def _try_port(host: str, port: int) -> None:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.create_server(address[:2], family=family):
        pass


async def look_at_proxy(settings: Settings) -> list[Finding]:
    """Return whether the proxy answers through which feeds are fetched."""
    if not settings.proxy:
        return []
    parts = urlsplit(settings.proxy)
    address = f"{parts.hostname}:{parts.port or 80}"
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    except (OSError, TimeoutError) as error:
        cause = "no answer" if isinstance(error, TimeoutError) else (error.strerror or "no such name")
        remedy = "No feed can be read without it: start it, or mend HTTPS_PROXY."
        return [problem("proxy", f"{address} cannot be reached ({cause}). {remedy}")]
    writer.close()
    with suppress(OSError):  # how it ends the connection does not matter
        await writer.wait_closed()
    return [well("proxy", f"{address} answers")]


def look_at_clock(differences: Sequence[timedelta]) -> list[Finding]:
    """Return how far our clock is from those of the servers that answered, by the middle one of them."""
    if not differences:
        return []
    ahead = timedelta(seconds=statistics.median(difference.total_seconds() for difference in differences))
    if abs(ahead) <= CLOCK_TOLERANCE:
        return [well("clock", "right, by the servers of the feeds")]
    minutes, side = round(abs(ahead) / timedelta(minutes=1)), "ahead" if ahead > timedelta() else "behind"
    remedy = "Digests leave at wrong times: let the machine set its clock (timedatectl set-ntp true)."
    return [problem("clock", f"{minutes} minutes {side} of the servers of the feeds. {remedy}")]


def is_of_this_machine(holder: str) -> bool:
    """Tell whether the holder of a lease is a process of this machine."""
    return holder.partition("/")[0] == socket.gethostname()
