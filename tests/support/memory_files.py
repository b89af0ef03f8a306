"""Files of tests are kept in memory where the machine has a file system for that: most tests write a database, and a disk makes each
commit wait. The program syncs as it always does; a power cut, from which that protects, is no test's.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 2 << 30
"""Bytes that must be free: a run holds a few hundred megabytes at a time."""


def keep_files_in_memory(folder: Path = MEMORY) -> None:
    """Let temporary files of this process, of pytest and of children be made in memory, unless a folder was chosen."""
    if "TMPDIR" in os.environ or not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < ENOUGH:
        return
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = str(folder)
