"""The file of a backup: a zip of a manifest, the configuration and the tables, in which only members we know
have a place.
"""

import hashlib
import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import BackupError
from bot.settings.files import FILES

FORMAT = 1
MANIFEST = "manifest.json"
OWN_FOLDER, SHIPPED_FOLDER, TABLES = "config/data", "config/shipped", "tables"
KNOWN_MEMBER = re.compile(
    rf"(?:{OWN_FOLDER}|{SHIPPED_FOLDER})/(?:{'|'.join(map(re.escape, FILES))})|{TABLES}/[a-z_]{{1,64}}\.jsonl"
)
"""The names that a member may have; no member is written under any other name, and none by its name alone."""

LARGEST = 10 * 1024 * 1024
"""Bytes of a file of the configuration."""

COMPRESSION_LIMIT = 3
"""How hard zlib tries: six costs twice the time for a twentieth of the size."""

PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `environment` are names of variables to set; `members` the sha256 of each
    by name.
    """

    version: str
    schema: str
    instance: str
    made_at: datetime
    environment: tuple[str, ...]
    members: Mapping[str, str] = field(default_factory=dict)


class Packing:
    """A backup that is being written."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._members: dict[str, str] = {}

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Give what writes one member, piece by piece."""
        digest = hashlib.sha256()
        with self._file.open(name, "w", force_zip64=True) as output:

            def write(data: bytes) -> None:
                digest.update(data)
                output.write(data)

            yield write
        self._members[name] = digest.hexdigest()

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, with the sums of all that was written."""
        values = {
            "format": FORMAT,
            **asdict(manifest),
            "made_at": manifest.made_at.isoformat(),
            "members": self._members,
        }
        self._file.writestr(MANIFEST, json.dumps(values, indent=1))


@contextmanager
def packing(path: Path) -> Iterator[Packing]:
    """Give a backup to write, which only its owner may read and which stands at `path` once it is whole.
    Raises `BackupError`.
    """
    if path.exists():
        msg = f"{path} exists already. Name another file, or remove it."
        raise BackupError(msg)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LIMIT) as file:
                yield Packing(file)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}. Choose another place."
        raise BackupError(msg) from error
    finally:
        part.unlink(missing_ok=True)


class Archive:
    """A backup that is whole."""

    def __init__(self, file: zipfile.ZipFile, manifest: Manifest) -> None:
        self._file = file
        self.manifest = manifest

    def configuration(self, folder: str) -> dict[str, bytes]:
        """Return the files of the configuration by name: the operator's own (`OWN_FOLDER`), or those that
        replace shipped ones (`SHIPPED_FOLDER`).
        """
        names = [name for name in self.manifest.members if name.startswith(f"{folder}/")]
        return {name.rpartition("/")[2]: self._file.read(name) for name in sorted(names)}

    def rows(self, table: str) -> Iterator[Any]:
        """Give the lines of a table: first the names of its columns, then its rows. Raises `BackupError`."""
        with self._file.open(f"{TABLES}/{table}.jsonl") as lines:
            for line in lines:
                yield json.loads(line)

    @property
    def tables(self) -> set[str]:
        """The names of the tables."""
        names = (name for name in self.manifest.members if name.startswith(f"{TABLES}/"))
        return {name.rpartition("/")[2].removesuffix(".jsonl") for name in names}


@contextmanager
def unpacking(path: Path) -> Iterator[Archive]:
    """Give the backup at `path` after every member was found to be what its manifest says. Raises
    `BackupError`.
    """
    with _readable(path), zipfile.ZipFile(path) as file:
        names = [info.filename for info in file.infolist()]
        if strange := [n for n in names if n != MANIFEST and not KNOWN_MEMBER.fullmatch(n)]:
            msg = (
                f"{path} holds what no backup of Strillone holds "
                f"(`{strange[0][:80]}`); nothing was read from it."
            )
            raise BackupError(msg)
        manifest = _manifest(path, file)
        if sorted(names) != sorted([MANIFEST, *manifest.members]):
            raise _damage_error(path, "a part of it is missing or is there twice")
        for name, digest in manifest.members.items():
            if _sum(path, file, name) != digest:
                raise _damage_error(path, f"{name} is not what it was")
    with zipfile.ZipFile(path) as file:
        yield Archive(file, manifest)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damage_error(path, "it is no zip file, or not a whole one") from error
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}."
        raise BackupError(msg) from error


def _damage_error(path: Path, problem: str) -> BackupError:
    return BackupError(f"{path} is damaged: {problem}. Copy it again, or use another backup.")


def _manifest(path: Path, file: zipfile.ZipFile) -> Manifest:
    try:
        if file.getinfo(MANIFEST).file_size > LARGEST:
            raise _damage_error(path, "its manifest is too large")
        values = json.loads(file.read(MANIFEST))
        if values["format"] != FORMAT:
            msg = f"{path} was made by a newer Strillone ({values['version']}). Install that version."
            raise BackupError(msg)
        return Manifest(
            version=str(values["version"]),
            schema=str(values["schema"]),
            instance=str(values["instance"]),
            made_at=datetime.fromisoformat(values["made_at"]),
            environment=tuple(str(n) for n in values["environment"] if re.fullmatch(r"[A-Za-z_]\w*", n)),
            members={str(name): str(digest) for name, digest in values["members"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damage_error(path, "it has no manifest that can be read") from error


def _sum(path: Path, file: zipfile.ZipFile, name: str) -> str:
    if not name.startswith(f"{TABLES}/") and file.getinfo(name).file_size > LARGEST:
        raise _damage_error(path, f"{name} is too large")
    digest = hashlib.sha256()
    with file.open(name) as member:
        while piece := member.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
