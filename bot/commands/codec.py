"""How a button carries a Call: its command's code and its arguments in order, with colons between them.

Posts of any age bear such data, so what is written today must be read for ever: a code never changes, and new
arguments of a command come after those it had.
"""

from bot.commands.registry import registry
from bot.model import Button, CallRef

MAX_DATA_BYTES = 64
"""Bot API, InlineKeyboardButton: callback_data has 1 to 64 bytes."""

PART = ":"


def encode(call: CallRef) -> str:
    """Return the data of a button that makes a call. Raises `ValueError` where `is_encodable` says no."""
    if not is_encodable(call):
        msg = f"a button cannot carry /{call.command} with {dict(call.arguments)}"
        raise ValueError(msg)
    return _join_values(call)


def is_encodable(call: CallRef) -> bool:
    """Tell whether a button has room for a call: at most 64 bytes, and no argument with a colon in it."""
    command = registry().by_name[call.command]
    has_known_arguments = call.arguments.keys() <= set(command.arguments)
    is_separable = not any(PART in value for value in call.arguments.values())
    return has_known_arguments and is_separable and len(_join_values(call).encode()) <= MAX_DATA_BYTES


def decode(data: str) -> CallRef:
    """Return the call that a button's data stands for; an unknown code is taken for a command's name."""
    code, *values = data.split(PART)
    command = registry().by_code.get(code)
    if command is None:
        return CallRef(code)
    pairs = zip(command.arguments, values, strict=False)
    return CallRef(command.spec.name, {name: value for name, value in pairs if value})


def data_of(button: Button) -> str:
    """Return the data of a button, empty for one that carries no call."""
    return button.data or (encode(button.call) if button.call else "")


def _join_values(call: CallRef) -> str:
    command = registry().by_name[call.command]
    values = [call.arguments.get(name, "") for name in command.arguments]
    return PART.join((command.spec.code, *values)).rstrip(PART)
