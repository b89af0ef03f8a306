"""Targets: a command that is given in one place and is about another, which the person may manage at that
moment.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.commands.declaration import Command
from bot.errors import CallError, DeliveryError
from bot.jobs import Context
from bot.model import Answer, Call, Heading, Place
from bot.text.words import fold


def split_target(
    text: str, command: Command, target_in: Callable[[str], str], names_of: Callable[[str], Iterable[str]]
) -> tuple[str, str]:
    """Take the target out of what was typed behind a command; returns the rest, and the target.

    The words that a command needs come first and are none, for an address may look like one; what begins with
    @ is one everywhere. What may be left out of an answer to a post alone is needed, too. From a line of
    somebody's own, which is kept as it is, none is taken; what stands before it may be called by any of its
    names.
    """
    end = len(text) - len(own_line(text, command, names_of))
    required = sum(1 for option in command.options if option.required and not option.file)
    needed = max(required, bool(command.spec.post_menu))
    for number, match in enumerate(re.finditer(r"\S+", text[:end])):
        word = match[0]
        if (number >= needed or word.startswith("@")) and (target := target_in(word)):
            return f"{text[: match.start()]}{text[match.end() :]}".strip(), target
    return text, ""


def own_line(text: str, command: Command, names_of: Callable[[str], Iterable[str]]) -> str:
    """Return the end of what was typed for a command that is a line of somebody's own, with the name before
    it; empty where there is none.
    """
    free_names = {
        fold(name) for option in command.options for key in option.free_behind for name in names_of(key)
    }
    starts = (match.start() for match in re.finditer(r"\S+", text) if free_names)
    return next((text[start:] for start in starts if _begins_with_name(text[start:], free_names)), "")


def _begins_with_name(text: str, names: Iterable[str]) -> bool:
    """Tell whether a text begins with one of some folded names, of one or several words."""
    form = fold(text)
    return any(form.startswith(name) and not form[len(name) :][:1].isalnum() for name in names)


async def at_target(ctx: Context, command: Command, call: Call, *, operator: bool) -> Call:
    """Return a Call as one of its target, with the person's rights there; one without a target as it is.

    Raises `CallError`, with one sentence for a place that there is not and one that the person does not
    manage: who has no business there learns nothing of it.
    """
    if not call.target or command.spec.target is None:
        return replace(call, target="")
    platform = ctx.platforms.get(call.place.platform)
    try:
        person = replace(call.person, operator=operator)
        place = await platform.managed_place(call.target, person) if platform else None
    except DeliveryError as error:
        raise unanswered_rights(ctx, call.place.platform, call.target, error) from error
    if place is None:
        is_picked = platform is not None and platform.hides_calls  # from a list, not typed
        raise unknown_target("" if is_picked else call.target)
    manager = replace(call.person, manager=True)
    return replace(call, person=manager, place=place, target=target_of(place), origin=call.conversation)


def unanswered_rights(ctx: Context, platform: str, target: str, error: DeliveryError) -> CallError:
    """Return what is said where a platform could not be asked who manages a place; the log has why."""
    ctx.log.warning("target.unknown", platform=platform, cause=str(error))
    return CallError(
        "I could not ask who manages `{target}`: please try again in a minute.", target=target[:60]
    )


def unknown_target(target: str) -> CallError:
    """Return what is said of a place that there is not, and of one that the person does not manage; an empty
    target is one that was picked.
    """
    if not target:
        return CallError(
            "I know no such place that you manage. Choose one where I am and you may change things."
        )
    return CallError(
        (
            "I know no place `{target}` that you manage. Name a channel or group where I am and you may "
            "change things, as @name or by its link."
        ),
        target=target[:60],
    )


def target_of(place: Place) -> str:
    """Return the target that names a place."""
    return f"{place.address}/{place.thread}" if place.thread else place.address


def typed_target(ctx: Context, call: Call) -> str:
    """Return what is to be typed behind a command so that it is about the same place as a Call, with a blank
    before it; empty where it is about the one it was made in, or where targets are not typed.
    """
    platform = ctx.platforms.get(call.place.platform)
    is_typed = call.origin is not None and platform is not None and platform.target_in(call.target)
    return f" {call.target}" if is_typed else ""


def under_its_name(answer: Answer, call: Call) -> Answer:
    """Return an answer as it is given: one about another place has its name above it, for the asker alone."""
    if call.origin is None:
        return answer
    heading = Heading(call.place.name or call.target)
    document = replace(answer.document, blocks=(heading, *answer.document.blocks))
    return replace(answer, document=document, private=True)
