"""Values as plain words: what a worker process answers, written by the type that its function promises and read by the same.

A worker may be in the hands of whoever wrote the document that it reads. Its answer is therefore data and nothing else: JSON whose
shape is checked against the function's return type, never a pickle, which could run code. Types are str, int, float, bool, bytes, None,
datetime, enums, tuples, lists, sets, mappings with plain keys, unions with None, and dataclasses of these; a dataclass is a list of its fields in order.
"""

import builtins
import json
import types
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache, partial
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import bot.errors
from bot.errors import ChildDied, SettingsError, StrilloneError

DONE, FAILED = "done", "failed"
LONGEST_MESSAGE = 10_000
"""Characters of an error's text that are taken over."""


class Malformed(Exception):
    """A value is not of the type it should have."""


class _Codec(NamedTuple):
    """How values of a type are written as JSON, and read. Reading raises `Malformed` for anything else."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def promised(fn: Callable[..., Any]) -> Any:
    """Return the type that a function promises to return. Raises `TypeError` where it promises none that is plain."""
    while isinstance(fn, partial):
        fn = fn.func
    told = _returned(fn)
    _codec(told)
    return told


@lru_cache(maxsize=256)
def _returned(fn: Callable[..., Any]) -> Any:
    hints = get_type_hints(fn)
    if "return" not in hints:
        msg = f"{fn!r} does not say what it returns"
        raise TypeError(msg)
    return hints["return"]


def answer_of(fn: Callable[..., Any], value: object) -> bytes:
    """Write down what a function has returned; where it cannot be, that."""
    try:
        return _packed([DONE, _codec(promised(fn)).write(value)])
    except Exception as error:
        return _not_handed_over("answer", error)


def failure_of(error: Exception) -> bytes:
    """Write down an error: its class, if it is one of ours or of Python's, and its text."""
    name = type(error).__name__
    said = list(error.problems) if isinstance(error, SettingsError) else [str(error)]
    try:
        if not isinstance(_error(name, said), type(error)):
            return _not_handed_over("error", error)
        return _packed([FAILED, [name, said]])
    except Exception as unfit:
        return _not_handed_over("error", unfit)


def read_answer(fn: Callable[..., Any], packed: bytes) -> Any:
    """Return what a worker answers, or raise the error that it tells. Raises `ChildDied` where it is neither."""
    try:
        kind, value = json.loads(packed.decode("utf-8", "surrogatepass"))
        found = _codec(promised(fn)).read(value) if kind == DONE else _told(kind, value)
    except (Malformed, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        msg = f"its answer is not what was asked for ({type(error).__name__})"
        raise ChildDied(msg) from error
    if kind == FAILED:
        raise found
    return found


def _packed(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _not_handed_over(what: str, error: Exception) -> bytes:
    said = f"its {what} could not be handed over: {type(error).__name__} {error}"[:LONGEST_MESSAGE]
    return _packed([FAILED, [ChildDied.__name__, [said]]])


def _told(kind: object, value: Any) -> Exception:
    name, said = value
    if kind != FAILED or not isinstance(name, str) or not all(isinstance(one, str) for one in said):
        raise Malformed
    return _error(name, [one[:LONGEST_MESSAGE] for one in said])


def _error(name: str, said: Sequence[str]) -> Exception:
    """Return an error by its name: one of ours, or one that Python has built in, made of its text alone."""
    known = getattr(bot.errors, name, None) or getattr(builtins, name, None)
    if not (isinstance(known, type) and issubclass(known, Exception)):
        raise Malformed(name)
    if issubclass(known, StrilloneError) and issubclass(known, SettingsError):
        return known(said)
    found: Exception = known(*said)
    return found


# --- types -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _codec(told: Any) -> _Codec:
    """Return how values of a type are written and read. Raises `TypeError` for a type that is not plain."""
    origin = get_origin(told)
    if told in _SIMPLE:
        return _SIMPLE[told]
    if origin in {Union, types.UnionType}:
        return _optional(told)
    if origin in {tuple, list, set, frozenset, Sequence, Set}:
        return _several(origin, get_args(told))
    if origin in {dict, Mapping}:
        return _mapping(*get_args(told))
    if isinstance(told, type) and issubclass(told, Enum):
        return _Codec(lambda value: value.value, told)
    if isinstance(told, type) and is_dataclass(told):
        return _dataclass(told)
    msg = f"{told!r} cannot be handed over as plain words"
    raise TypeError(msg)


def _exactly(*kinds: type) -> _Codec:
    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise Malformed
        return value

    return _Codec(read, read)


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise Malformed
    return datetime.fromisoformat(value)


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise Malformed
    return value.encode("latin-1")


def _nothing(value: Any) -> None:
    if value is not None:
        raise Malformed


def _float(value: Any) -> float:
    if type(value) not in {int, float}:
        raise Malformed
    return float(value)


_SIMPLE: dict[Any, _Codec] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: _Codec(_float, _float),
    bytes: _Codec(lambda value: value.decode("latin-1"), _bytes),
    datetime: _Codec(lambda value: value.isoformat(), _moment),
    type(None): _Codec(_nothing, _nothing),
    None: _Codec(_nothing, _nothing),
    Any: _Codec(lambda value: value, lambda value: value),
}


def _optional(told: Any) -> _Codec:
    inner = [one for one in get_args(told) if one is not type(None)]
    if len(inner) != 1:
        msg = f"{told!r} cannot be told apart"
        raise TypeError(msg)
    whole = _codec(inner[0])
    return _Codec(
        lambda value: None if value is None else whole.write(value),
        lambda value: None if value is None else whole.read(value),
    )


def _several(origin: Any, parts: tuple[Any, ...]) -> _Codec:
    if origin is tuple and not (len(parts) == 2 and parts[1] is Ellipsis):
        return _row(tuple, tuple(_codec(part) for part in parts))
    inner = _codec(parts[0])
    made: Callable[[Any], Any] = {Sequence: tuple, Set: frozenset}.get(origin, origin)
    write, read = inner.write, inner.read

    def read_all(value: Any) -> Any:
        if type(value) is not list:
            raise Malformed
        return made([read(one) for one in value])

    return _Codec(lambda value: [write(one) for one in value], read_all)


def _row(made: Callable[[Any], Any], parts: tuple[_Codec, ...]) -> _Codec:
    def write(value: Any) -> list[Any]:
        return [part.write(one) for part, one in zip(parts, value, strict=True)]

    def read(value: Any) -> Any:
        if type(value) is not list or len(value) != len(parts):
            raise Malformed
        return made([part.read(one) for part, one in zip(parts, value, strict=True)])

    return _Codec(write, read)


def _mapping(key: Any, value: Any) -> _Codec:
    pairs = _several(list, (tuple[key, value],))
    return _Codec(lambda given: pairs.write(given.items()), lambda given: dict(pairs.read(given)))


def _dataclass(told: type) -> _Codec:
    hints = get_type_hints(told)
    names = [field.name for field in fields(told)]
    row = _row(lambda values: told(*values), tuple(_codec(hints[name]) for name in names))
    return _Codec(lambda value: row.write([getattr(value, name) for name in names]), row.read)
