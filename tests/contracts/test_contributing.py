"""What CONTRIBUTING.md says of how many files something takes is what it took here."""

import re
from pathlib import Path

from bot.ports import PlatformSpec
from tests.contracts.test_commands import declared
from tests.contracts.test_platform_specs import carrier

__all__ = ["carrier", "declared"]

CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def said(thing: str) -> tuple[int, str, str]:
    """How many of what, in which folder of `bot/`."""
    found = re.search(rf"(?m)^\| {thing} \| (\d+) (\w+) in `(\w+)/` \|", CONTRIBUTING)
    assert found is not None
    return int(found[1]), found[2], found[3]


def test_a_command(declared: Path) -> None:
    assert said("a command") == (len(list(declared.rglob("*.py"))), "module", "commands")


def test_a_platform(carrier: PlatformSpec, tmp_path: Path) -> None:
    assert said("a platform") == (len(list((tmp_path / "platforms").iterdir())), "package", "platforms")
