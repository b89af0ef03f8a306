"""Every pattern that the product compiles, and strings made to take each of them as long as it can."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from pathlib import Path
from re import _constants as codes
from re import _parser as parser
from typing import Any

import bot

METHODS = frozenset({"search", "match", "fullmatch", "findall", "finditer", "sub", "subn", "split"})
PROBES = " \n\taAzZ09_-.,:;/<>@&=#\"'()[]{}|\\*!?%$€·–“”’　\u00a0éß中あ가。！「」"
UNREAD = ("bot.store.migrations.", "bot.__main__", "bot.demo.check")
"""Modules that no foreign text reaches; the last reads what the demo itself wrote."""


WHOLE = {"SITES": {"fullmatch"}, "SHAPES": {"fullmatch"}}
"""How patterns in tables are used, which the code does not say by their names."""


@dataclass(frozen=True)
class Used:
    """A pattern, where it stands, and whether it is only ever tried at one place of a text."""

    where: str
    pattern: re.Pattern[Any]
    anchored: bool


def patterns(beside: Iterable[tuple[str, object]] = ()) -> list[Used]:
    """Return every pattern that modules of `bot` hold or name, and those in the values `beside` them, each once."""
    found: dict[tuple[Any, int], tuple[str, re.Pattern[Any], set[str]]] = {}

    def add(where: str, pattern: re.Pattern[Any], methods: Iterable[str]) -> None:
        place = found.setdefault((pattern.pattern, pattern.flags), (where, pattern, set()))
        place[2].update(methods)

    sources = {module: _source(module) for module in _modules()}
    everywhere = _methods(sources.values())
    for module, tree in sources.items():
        here = _methods([tree])
        for name, value in vars(module).items():
            used = WHOLE.get(name) or (here if name.startswith("_") else everywhere).get(name, {"search"})
            for pattern in _held(value):
                add(f"{module.__name__}.{name}", pattern, used)
        for call in _literals(tree):
            where = f"{module.__name__}:{call.lineno}"
            add(where, _compiled(call, vars(module), where), [_name(call)])
    for name, value in beside:
        for pattern in _held(value):
            add(name, pattern, {"search"})
    return [Used(where, one, methods <= {"match", "fullmatch"}) for where, one, methods in found.values()]


def _modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(bot.__path__, "bot."):
        if not info.name.startswith(UNREAD):
            yield importlib.import_module(info.name)


def _source(module: Any) -> ast.Module:
    return ast.parse(Path(module.__file__).read_text(encoding="utf-8"))


def _methods(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """Return by which methods the patterns of each name are used, anywhere."""
    found: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(
                    value=ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name)), attr=method
                ):
                    if method in METHODS:
                        found.setdefault(name, set()).add(method)
    return found


def _held(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 6:
        for part in _parts(value):
            yield from _held(part, depth + 1)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    return ()


def _literals(tree: ast.Module) -> Iterator[ast.Call]:
    """Give the calls of `re` inside functions, whose patterns no name of a module holds; a pattern made of arguments is none."""
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _name(node) in METHODS and node.args:
                match node.func:
                    case ast.Attribute(value=ast.Name(id="re")):
                        yield node


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _compiled(call: ast.Call, names: dict[str, Any], where: str) -> re.Pattern[Any]:
    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), where, "eval"), dict(names))

    place = {"sub": 4, "subn": 4, "split": 3}.get(_name(call), 2)
    flags = [value(word.value) for word in call.keywords if word.arg == "flags"]
    flags += [value(node) for node in call.args[place : place + 1]]
    return re.compile(value(call.args[0]), *flags)


def attacks(pattern: re.Pattern[Any]) -> list[tuple[Any, Any, Any]]:
    """Return (beginning, repeated part, end) of strings on which a pattern may take long."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = parser.parse(
        text, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
    )
    own = _alphabet(tree)
    pairs = ["".join(pair) for pair in product(own[:7], repeat=2)]
    bodies = [body for body in dict.fromkeys(_bodies(list(tree))) if 0 < len(body) < 40]
    begun = [_sample(tree[:n]) for n in range(1, len(tree) + 1)]
    starts = dict.fromkeys(["", *(word for word in begun[:4] if word)])
    made = dict.fromkeys(
        (start, pump, end)
        for pump in dict.fromkeys([*PROBES, *own, *pairs, *bodies, *begun])
        for start in (starts if len(pump) == 1 else [""])
        for end in ("\x00", "")
        if pump and (end or not start)
    )
    if isinstance(pattern.pattern, bytes):
        return [tuple(part.encode("utf-8") for part in one) for one in made]
    return list(made)


def _alphabet(tree: Any) -> list[str]:
    """Return the characters that a pattern speaks of, and one of each kind it takes."""
    found: dict[str, None] = {}
    for code, given in _nodes(tree):
        if code in {codes.LITERAL, codes.NOT_LITERAL}:
            found[chr(given)] = None
        elif code is codes.IN:
            found.update(dict.fromkeys(_of_class(given)[:3]))
    return list(found)


def _of_class(items: Any) -> list[str]:
    """Return characters of a class, those of a kind first."""
    names = {
        codes.CATEGORY_DIGIT: "1", codes.CATEGORY_NOT_DIGIT: "a", codes.CATEGORY_SPACE: " ", codes.CATEGORY_NOT_SPACE: "a",
        codes.CATEGORY_WORD: "aA", codes.CATEGORY_NOT_WORD: "-",
    }  # fmt: skip
    refused = any(code is codes.NEGATE for code, _ in items)
    given = [names.get(one, "") if code is codes.CATEGORY else _first(code, one) for code, one in items]
    listed = "".join(given)
    if not refused:
        return list(listed)
    taken = {item[1] for item in items if item[0] is codes.CATEGORY}
    fitting = "aA中" if codes.CATEGORY_NOT_WORD in taken else "aA 1-<中"
    return [c for c in fitting if c not in listed or codes.CATEGORY_NOT_WORD in taken] or ["a"]


def _first(code: Any, given: Any) -> str:
    if code is codes.LITERAL:
        return chr(given)
    return chr(given[0]) if code is codes.RANGE else ""


def _nodes(tree: Any) -> Iterator[tuple[Any, Any]]:
    for code, given in tree:
        yield code, given
        for inner in _inside(code, given):
            yield from _nodes(inner)


def _inside(code: Any, given: Any) -> list[Any]:
    if code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
        return [given[2]]
    if code is codes.SUBPATTERN:
        return [given[3]]
    if code is codes.BRANCH:
        return list(given[1])
    if code in {codes.ASSERT, codes.ASSERT_NOT}:
        return [given[1]]
    return [given] if code is codes.ATOMIC_GROUP else []


def _bodies(tree: list[Any]) -> Iterator[str]:
    """Give samples of what a pattern repeats, of the alternatives it has, and of neighbours among its parts."""
    for code, given in _nodes(tree):
        inner = _inside(code, given)
        if code is codes.BRANCH:
            yield from (_sample(branch) for branch in inner[:6])
        elif inner and code is not codes.ASSERT_NOT:
            yield _sample(inner[0])
            yield _sample(inner[0], repeated=2)
            yield from (_sample(inner[0][:n]) for n in range(1, len(inner[0])))


def _sample(tree: Any, repeated: int = 1) -> str:
    """Return a text that a part of a pattern may match."""
    said = ""
    for code, given in tree:
        if code is codes.LITERAL:
            said += chr(given)
        elif code is codes.NOT_LITERAL:
            said += "a" if given != ord("a") else "b"
        elif code is codes.IN:
            said += (_of_class(given) or ["a"])[0]
        elif code is codes.ANY:
            said += "a"
        elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}:
            said += _sample(given[2]) * max(min(given[0], 20), repeated if given[1] > 1 else 1)
        elif code is not codes.ASSERT_NOT and (inner := _inside(code, given)):
            said += _sample(inner[0]) if code is not codes.ASSERT else ""
    return said
