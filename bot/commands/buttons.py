"""Whose a button is: one that changes something carries a signature, and obeys only the person it was made
for.

A link, a button under somebody else's message and forged data carry none, or another's: they show, and ask
with a button of one's own.
"""

from base64 import b32encode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import blake2b

from bot.model import Actions, Block, Button, CallRef, Document, Person

MARK = "~"
"""Parts a button's data from the signature."""

SIGNATURE_BYTES = 5
"""40 bits: eight characters, and a million guesses of a thousand people find one in a thousand years of
Telegram's limits.
"""


def sign(data: str, person: Person, secret: str) -> str:
    """Return a button's data with the signature that makes it this person's own."""
    return f"{data}{MARK}{_signature(data, person, secret)}"


def read(data: str, person: Person, secret: str) -> tuple[str, bool]:
    """Return a button's data without its signature, and whether it was made for this person."""
    bare, mark, signature = data.rpartition(MARK)
    if not mark:
        return data, False
    return bare, signature == _signature(bare, person, secret)


def pick_number(call: CallRef, person: Person, secret: str) -> int:
    """Return the number of a button with which this person picks the target of a call. Telegram's are 32 bits
    with a sign.
    """
    words = repr((call.command, sorted(call.arguments.items()), person.platform, person.address))
    digest = blake2b(words.encode(), key=secret.encode()[:64], digest_size=4).digest()
    return int.from_bytes(digest) >> 1


def _signature(data: str, person: Person, secret: str) -> str:
    signed = "\n".join((data, person.platform, person.address)).encode()
    digest = blake2b(signed, key=secret.encode()[:64], digest_size=SIGNATURE_BYTES).digest()
    return b32encode(digest).decode().lower()


async def with_buttons(document: Document, change: Callable[[Button], Awaitable[Button]]) -> Document:
    """Return a document in which each button below it is what `change` makes of it."""
    blocks: list[Block] = [
        Actions(tuple([await change(button) for button in block.buttons]))
        if isinstance(block, Actions)
        else block
        for block in document.blocks
    ]
    return replace(document, blocks=tuple(blocks))
