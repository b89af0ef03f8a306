"""What stands behind the wire is SQLite here: commands and jobs are tried on both databases in their own rooms."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a database for this test alone, with all tables."""
    copied = shutil.copy(migrated_file, tmp_path / "strillone.db")
    return f"sqlite:///{copied}"
