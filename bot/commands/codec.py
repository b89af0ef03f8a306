"""How a button carries a Call: its command's code and its arguments in order, with colons between them, and
behind them the place that it is about, where that is another than the one it stands in.

Posts of any age bear such data, so what is written today must be read for ever: a code never changes, and new
arguments of a command come after those it had.
"""

import re

from bot.commands.registry import registry
from bot.model import Button, CallRef

MAX_DATA_BYTES = 64
"""Bot API, InlineKeyboardButton: callback_data has 1 to 64 bytes."""

PART = ":"
TARGET = ">"
"""Parts a call from its target."""

STORED_PREFIX = "k"
"""In place of a command's code: the call is stored under what follows, for it is too long for a button."""

_TARGET = re.compile(r"-?\w+(?:/\w+)?")


def encode(call: CallRef) -> str:
    """Return the data of a button that makes a call. Raises `ValueError` where `is_encodable` says no."""
    if not is_encodable(call):
        msg = f"a button cannot carry /{call.command} with {dict(call.arguments)}"
        raise ValueError(msg)
    return _join_values(call)


def is_encodable(call: CallRef) -> bool:
    """Tell whether a button has room for a call: at most 64 bytes, and no argument with what parts them."""
    command = registry().by_name[call.command]
    has_known_arguments = call.arguments.keys() <= set(command.arguments)
    marks = (PART, TARGET) if command.spec.target else (PART,)
    is_separable = not any(mark in value for value in call.arguments.values() for mark in marks)
    return has_known_arguments and is_separable and len(_join_values(call).encode()) <= MAX_DATA_BYTES


def decode(data: str) -> CallRef:
    """Return the call that a button's data stands for; an unknown code is taken for a command's name."""
    command = registry().by_code.get(data.partition(PART)[0].partition(TARGET)[0])
    if command is None:
        return CallRef(data.partition(PART)[0])
    bare, target = _split_target(data) if command.spec.target else (data, "")
    pairs = zip(command.arguments, bare.split(PART)[1:], strict=False)
    return CallRef(command.spec.name, {name: value for name, value in pairs if value}, target)


def _split_target(data: str) -> tuple[str, str]:
    """Return a button's data without its target, and that. Posts of before may hold the mark in an
    argument.
    """
    bare, mark, target = data.rpartition(TARGET)
    return (bare, target) if mark and _TARGET.fullmatch(target) else (data, "")


def may_name(data: str, target: str) -> bool:
    """Tell whether a button's data names a target; a stored call is taken for one that does."""
    is_stored = data.partition(PART)[0] == STORED_PREFIX
    return bool(target) and (is_stored or f"{TARGET}{target}" in data)


def data_of(button: Button) -> str:
    """Return the data of a button, empty for one that carries no call."""
    return button.data or (encode(button.call) if button.call else "")


def _join_values(call: CallRef) -> str:
    command = registry().by_name[call.command]
    values = [call.arguments.get(name, "") for name in command.arguments]
    joined = PART.join((command.spec.code, *values)).rstrip(PART)
    return f"{joined}{TARGET}{call.target}" if call.target else joined
