"""Values as plain words: what a worker process answers, written by the type that its function promises and
read by the same.

A worker may be in the hands of whoever wrote the document that it reads. Its answer is therefore data and
nothing else: JSON whose shape is checked against the function's return type, never a pickle, which could run
code. Types are str, int, float, bool, bytes, None, datetime, enums, tuples, lists, sets, mappings with plain
keys, unions with None, and dataclasses of these; a dataclass is a list of its fields in order.
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

DONE_KIND, FAILED_KIND = "done", "failed"
LONGEST_MESSAGE = 10_000
"""Characters of an error's text that are taken over."""


class Malformed(Exception):
    """A value is not of the type it should have."""


class _Codec(NamedTuple):
    """How values of a type are written as JSON, and read. Reading raises `Malformed` for anything else."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def return_type_of(fn: Callable[..., Any]) -> Any:
    """Return the type that a function promises to return. Raises `TypeError` where it promises none that is
    plain.
    """
    while isinstance(fn, partial):
        fn = fn.func
    return_type = _return_annotation(fn)
    _codec(return_type)
    return return_type


@lru_cache(maxsize=256)
def _return_annotation(fn: Callable[..., Any]) -> Any:
    hints = get_type_hints(fn)
    if "return" not in hints:
        msg = f"{fn!r} does not say what it returns"
        raise TypeError(msg)
    return hints["return"]


def answer_of(fn: Callable[..., Any], value: object) -> bytes:
    """Write down what a function has returned; where it cannot be, that."""
    try:
        return _pack([DONE_KIND, _codec(return_type_of(fn)).write(value)])
    except Exception as error:
        return _not_handed_over("answer", error)


def failure_of(error: Exception) -> bytes:
    """Write down an error: its class, if it is one of ours or of Python's, and its text."""
    name = type(error).__name__
    arguments = list(error.problems) if isinstance(error, SettingsError) else [str(error)]
    try:
        if not isinstance(_error(name, arguments), type(error)):
            return _not_handed_over("error", error)
        return _pack([FAILED_KIND, [name, arguments]])
    except Exception as unfit:
        return _not_handed_over("error", unfit)


def read_answer(fn: Callable[..., Any], message: bytes) -> Any:
    """Return what a worker answers, or raise the error that it tells. Raises `ChildDied` where it is
    neither.
    """
    try:
        kind, value = json.loads(message.decode("utf-8", "surrogatepass"))
        answer = _codec(return_type_of(fn)).read(value) if kind == DONE_KIND else _read_failure(kind, value)
    except (Malformed, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        msg = f"its answer is not what was asked for ({type(error).__name__})"
        raise ChildDied(msg) from error
    if kind == FAILED_KIND:
        raise answer
    return answer


def _pack(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _not_handed_over(part: str, error: Exception) -> bytes:
    problem = f"its {part} could not be handed over: {type(error).__name__} {error}"[:LONGEST_MESSAGE]
    return _pack([FAILED_KIND, [ChildDied.__name__, [problem]]])


def _read_failure(kind: object, value: Any) -> Exception:
    name, arguments = value
    if (
        kind != FAILED_KIND
        or not isinstance(name, str)
        or not all(isinstance(argument, str) for argument in arguments)
    ):
        raise Malformed
    return _error(name, [one[:LONGEST_MESSAGE] for one in arguments])


def _error(name: str, arguments: Sequence[str]) -> Exception:
    """Return an error by its name: one of ours, or one that Python has built in, made of its text alone."""
    error_class = getattr(bot.errors, name, None) or getattr(builtins, name, None)
    if not (isinstance(error_class, type) and issubclass(error_class, Exception)):
        raise Malformed(name)
    if issubclass(error_class, StrilloneError) and issubclass(error_class, SettingsError):
        return error_class(arguments)
    error: Exception = error_class(*arguments)
    return error


# --- types -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _codec(annotation: Any) -> _Codec:
    """Return how values of a type are written and read. Raises `TypeError` for a type that is not plain."""
    origin = get_origin(annotation)
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if origin in {Union, types.UnionType}:
        return _optional(annotation)
    if origin in {tuple, list, set, frozenset, Sequence, Set}:
        return _container_codec(origin, get_args(annotation))
    if origin in {dict, Mapping}:
        return _mapping(*get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _Codec(lambda value: value.value, annotation)
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _dataclass(annotation)
    msg = f"{annotation!r} cannot be handed over as plain words"
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


def _optional(annotation: Any) -> _Codec:
    inner = [member for member in get_args(annotation) if member is not type(None)]
    if len(inner) != 1:
        msg = f"{annotation!r} cannot be told apart"
        raise TypeError(msg)
    inner_codec = _codec(inner[0])
    return _Codec(
        lambda value: None if value is None else inner_codec.write(value),
        lambda value: None if value is None else inner_codec.read(value),
    )


def _container_codec(origin: Any, parts: tuple[Any, ...]) -> _Codec:
    if origin is tuple and not (len(parts) == 2 and parts[1] is Ellipsis):
        return _row(tuple, tuple(_codec(part) for part in parts))
    inner = _codec(parts[0])
    container: Callable[[Any], Any] = {Sequence: tuple, Set: frozenset}.get(origin, origin)
    write, read = inner.write, inner.read

    def read_items(value: Any) -> Any:
        if type(value) is not list:
            raise Malformed
        return container([read(one) for one in value])

    return _Codec(lambda value: [write(one) for one in value], read_items)


def _row(constructor: Callable[[Any], Any], parts: tuple[_Codec, ...]) -> _Codec:
    def write(value: Any) -> list[Any]:
        return [part.write(item) for part, item in zip(parts, value, strict=True)]

    def read(value: Any) -> Any:
        if type(value) is not list or len(value) != len(parts):
            raise Malformed
        return constructor([part.read(item) for part, item in zip(parts, value, strict=True)])

    return _Codec(write, read)


def _mapping(key: Any, value: Any) -> _Codec:
    pairs = _container_codec(list, (tuple[key, value],))
    return _Codec(lambda given: pairs.write(given.items()), lambda given: dict(pairs.read(given)))


def _dataclass(class_: type) -> _Codec:
    hints = get_type_hints(class_)
    names = [field.name for field in fields(class_)]
    row = _row(
        lambda values: class_(**dict(zip(names, values, strict=True))),
        tuple(_codec(hints[name]) for name in names),
    )
    return _Codec(lambda value: row.write([getattr(value, name) for name in names]), row.read)
