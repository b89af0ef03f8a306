"""What the program says: every text in the source that a catalogue must know."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2] / "bot"
SAYS = {
    "words": 0,
    "t": 0,
    "CallError": 0,
    "PostedAlready": 0,
    "UnknownSubscription": 0,
    "_error_answer": 1,
    "tell_operators": 3,
}
"""Functions that say a text, with the place of the text among their arguments."""
TABLES = {"TROUBLES": 1}
"""Constants that hold tuples, with the place of the text in each."""
SENTENCES = frozenset({"SENTENCES"})
"""Constants that hold texts by code."""
LABELS = {"Choice": {0: "label"}, "Part": {1: "title", 4: "hint"}}
"""Classes of values whose texts are shown: those by place, and by keyword."""
ENUMS = frozenset({"Section"})
"""Enumerations whose values are shown."""
DESCRIBES = {"Option": 1}
"""Classes whose descriptions are shown, with the place of the description."""
DECLARED = {"description": True, "help_line": False, "post_menu": False}
"""What the declaration of a command says, and whether a platform shows it as a description."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text, its plural form if it has one, where it stands, and whether a platform shows it as a description."""

    text: str
    many: str
    where: str
    description: bool = False


def said(root: Path = ROOT) -> dict[str, Said]:
    """Return every text by itself, in the order of the source."""
    found: dict[str, Said] = {}
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for one in _of(node, name):
                found.setdefault(one.text, one)
    for path in sorted(root.rglob("*.html")):
        for _, text in re.findall(r"""\bt\((["'])(.*?)\1\)""", path.read_text(encoding="utf-8")):
            found.setdefault(text, Said(text, "", path.name))
    for topic in tomllib.loads((root.parent / "config" / "topics.toml").read_text(encoding="utf-8")).values():
        found.setdefault(topic["title"], Said(topic["title"], "", "topics.toml"))
    return {text: one for text, one in found.items() if re.sub(r"\{\w*\}|\W", "", text)}


def fields(text: str) -> set[str]:
    """Return the names of the places in a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def _of(node: ast.AST, where: str) -> Iterator[Said]:
    if isinstance(node, ast.ClassDef) and node.name in ENUMS:
        yield from _of_enum(node, where)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield from _of_constant(node.targets[0].id, node.value, where)
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name == "plural" and (one := _literal(node.args, 0)) and (many := _literal(node.args, 1)):
        yield Said(one, many, f"{where}:{node.lineno}")
    for table, description in ((SAYS, False), (DESCRIBES, True)):
        if name in table and (text := _literal(node.args, table[name])):
            yield Said(text, "", f"{where}:{node.lineno}", description)
    yield from _of_label(name, node, where)
    for keyword in node.keywords if name == "command" else ():
        if keyword.arg in DECLARED and (text := _literal([keyword.value], 0)):
            yield Said(text, "", f"{where}:{keyword.value.lineno}", DECLARED[keyword.arg])


def _of_enum(node: ast.ClassDef, where: str) -> Iterator[Said]:
    for value in (line.value for line in node.body if isinstance(line, ast.Assign)):
        if text := _literal([value], 0):
            yield Said(text, "", f"{where}:{value.lineno}")


def _of_label(name: str, node: ast.Call, where: str) -> Iterator[Said]:
    by_keyword = {keyword.arg: keyword.value for keyword in node.keywords}
    for place, keyword in LABELS.get(name, {}).items():
        values = [by_keyword[keyword]] if keyword in by_keyword else node.args[place : place + 1]
        if text := _literal(values, 0):
            yield Said(text, "", f"{where}:{node.lineno}")


def _of_constant(name: str, value: ast.expr, where: str) -> Iterator[Said]:
    texts: list[tuple[str, int]] = []
    if name in TABLES and isinstance(value, ast.Tuple):
        rows = [row for row in value.elts if isinstance(row, ast.Tuple)]
        texts = [(_literal(row.elts, TABLES[name]), row.lineno) for row in rows]
    if name in SENTENCES and isinstance(value, ast.Dict):
        texts = [(_literal([sentence], 0), sentence.lineno) for sentence in value.values]
    for text, line in texts:
        if text:
            yield Said(text, "", f"{where}:{line}")


def _literal(values: list[ast.expr], place: int) -> str:
    if place < len(values):
        value = values[place]
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return ""
