"""What CONTRIBUTING.md says of how many files something takes is what it took here."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.languages import SPOKEN
from bot.lexicon import LEXICONS
from bot.ports import PlatformSpec
from tests.contracts.test_commands import declared
from tests.contracts.test_platform_specs import carrier

__all__ = ["carrier", "declared"]

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ALPHABETIC = {code for code in SPOKEN if not LEXICONS[code].writing.unspaced}
MANY = 3
"""Codes of such languages that stand together in code only where it holds a list of those that are spoken."""


def said(thing: str) -> tuple[int, str, str]:
    """How many of what, in which folder of `bot/`."""
    found = re.search(rf"(?m)^\| {thing} \| (\d+) (\w+) in `(\w+)/` \|", CONTRIBUTING)
    assert found is not None
    return int(found[1]), found[2], found[3]


def test_a_command(declared: Path) -> None:
    assert said("a command") == (len(list(declared.rglob("*.py"))), "module", "commands")


def test_a_platform(carrier: PlatformSpec, tmp_path: Path) -> None:
    assert said("a platform") == (len(list((tmp_path / "platforms").iterdir())), "package", "platforms")


@pytest.mark.parametrize("language", SPOKEN[1:])
def test_a_language(language: str) -> None:
    files = [path.relative_to(ROOT / "bot").as_posix() for path in (ROOT / "bot").rglob(f"{language}.*")]
    row = re.search(r"(?m)^\| a language \| (\d+) data files: `(\S+)` and `(\S+)` \|", CONTRIBUTING)
    assert row is not None
    assert int(row[1]) == len(files)
    assert {name.replace("xx", language) for name in row.groups()[1:]} == set(files)


def test_no_code_lists_the_languages_that_are_spoken() -> None:
    lists = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {sorted(codes)}"
        for path in (ROOT / "bot").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict)
        and len(codes := ALPHABETIC.intersection(_strings(node))) >= MANY
    ]
    assert lists == []


def _strings(node: ast.Tuple | ast.List | ast.Set | ast.Dict) -> Iterator[str]:
    for item in node.keys if isinstance(node, ast.Dict) else node.elts:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield item.value
