"""Files that hold what is nobody else's: readable by their owner alone, whatever the umask is."""

import os
import stat
from pathlib import Path

OTHERS_RIGHTS = stat.S_IRWXG | stat.S_IRWXO


def write_private(file: Path, text: str) -> None:
    """Write a text to a file, in place of what stood there. Raises `OSError`."""
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as output:
        file.chmod(0o600)
        output.write(text)


def make_private(folder: Path) -> str:
    """Take the rights of others from the data folder; returns what is to be done where we may not, empty
    where all is well.

    The folder that somebody works in, and their home, are more than ours and stay as they are: the files in
    there are closed, each by itself.
    """
    if (
        os.name != "posix"
        or not folder.is_dir()
        or _is_shared(folder)
        or not folder.stat().st_mode & OTHERS_RIGHTS
    ):
        return ""
    try:
        folder.chmod(0o700)
    except OSError:
        return (
            f"The data folder {folder} is open to other users of this machine, and belongs to "
            f"another user. As its owner: chmod 700 {folder}"
        )
    return ""


def _is_shared(folder: Path) -> bool:
    return folder.resolve() in {Path.cwd(), Path.home()}
