"""mention: the role whose members are rung by what is posted in a channel; notify: taking it, where its
managers let members do that.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.commands.declaration import Option, Section, command
from bot.commands.roles import ask_role, find_role
from bot.commands.views import View, view_of
from bot.errors import CallError, DeliveryError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Document,
    Role,
    RoleObstacle,
    Text,
)
from bot.store import places

OFF, ON = "off", "on"
OPEN_WORD, CLOSED_WORD = "open", "closed"
"""Whether members take the role themselves."""

EXAMPLE = "/mention @ai-news"
NEVER_EVERYBODY = "I never mention everybody at once. Make a role that members take, and name it: {example}"


@command(
    name="mention",
    code="me",
    section=Section.CHANNEL,
    description="The role that digests and news here mention",
    help_line="the role that digests and news here ring: /mention @ai-news",
    details=(
        "On Discord alone. A digest with nothing to tell, a look-back and what is posted without a sound "
        "ring nobody; `off` ends it. With `open` members take the role by `/notify`, with `closed` "
        "(as it is at first) they do not. A role is only given if it allows nothing that not everybody may, "
        "stands below the bot's own, and the bot has *Manage Roles*."
    ),
    usage="/mention ROLE|off|open|closed",
    options=(Option("role", "A role such as @ai-news; off; open for members, or closed", rest=True),),
    manager=True,
    examples=(EXAMPLE, "/mention open", "/mention off"),
)
async def mention(ctx: Context, call: Call) -> Answer:
    """Set or show the role that posts of a channel mention."""
    view = await view_of(ctx, call)
    _check_roles(ctx, call)
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    name = call.arguments.get("role", "").strip()
    if name.lower() in {OPEN_WORD, CLOSED_WORD}:
        return await _let_members(ctx, view, call, is_open=name.lower() == OPEN_WORD)
    if name.lower() == OFF:
        await _save(ctx, view, mention="", mention_self_assignable=False)
        return _answer(view, view.words("What is posted here mentions nobody."))
    if name:
        refusal = CallError(
            "I never mention everybody at once. Make a role that members take, and name it: {example}",
            example=EXAMPLE,
        )
        role = await find_role(ctx, call, name, everybody=refusal, example=EXAMPLE)
        is_open = view.channel.mention_self_assignable and view.channel.mention == role.id
        await _save(ctx, view, mention=role.id, mention_self_assignable=is_open)
        return _describe(view, role, is_open=is_open)
    if not view.channel.mention:
        return _answer(
            view, view.words("What is posted here mentions nobody. For example: {example}", example=EXAMPLE)
        )
    return _describe(view, await _mentioned(ctx, view, call), is_open=view.channel.mention_self_assignable)


@command(
    name="notify",
    code="nt",
    section=Section.READERS,
    description="Be rung by what is posted here, or not any more",
    help_line="be rung by what is posted here, or not any more",
    details=(
        "On Discord, where a server's managers let members take the role that posts here mention "
        "(`/mention open`). Without a word it turns it over."
    ),
    usage="/notify [on|off]",
    options=(Option("state", "on or off", complete=(ON, OFF)),),
    acts=True,
    examples=("/notify", "/notify off"),
)
async def notify(ctx: Context, call: Call) -> Answer:
    """Give the asker the role that posts here mention, or take it from them."""
    view = await view_of(ctx, call)
    _check_roles(ctx, call)
    if not view.channel.mention:
        raise CallError(
            "What is posted here rings nobody. Whoever manages this channel chooses the role that it rings: "
            "{example}",
            example=EXAMPLE,
        )
    state = call.arguments.get("state", "").strip().lower()
    if state not in {"", ON, OFF}:
        raise CallError("/notify takes on, off or nothing. For example: /notify off")
    role = await _mentioned(ctx, view, call)
    if state != OFF:
        await _check_open(ctx, view, role, call)
    try:
        has = await ctx.platforms[call.place.platform].assign_role(
            call.place, call.person, role.id, has=HOLDING.get(state)
        )
    except DeliveryError as error:
        raise CallError("{text}", text=str(error)) from error
    name = f"@{role.name}"
    if has:
        text = view.words("You have {role} now: digests with news, and news at once, ring you.", role=name)
        button = Button(view.words("Ring me no more"), call=CallRef("notify", {"state": OFF}))
    else:
        text = view.words("You do not have {role}: what is posted here does not ring you.", role=name)
        button = Button(view.words("Ring me"), call=CallRef("notify", {"state": ON}))
    return _answer(view, text, Actions((button,)), edit="state" in call.arguments)


def _check_roles(ctx: Context, call: Call) -> None:
    """Raise `CallError` where there are no roles."""
    if not ctx.platforms[call.place.platform].has_roles:
        raise CallError(
            "Only servers on Discord have roles that a post can mention; here everybody chooses whether this "
            "chat rings."
        )


HOLDING: Mapping[str, bool] = MappingProxyType({ON: True, OFF: False})


async def _check_open(ctx: Context, view: View, role: Role, call: Call) -> None:
    """Raise `CallError` where members do not take a role themselves, or may not any more."""
    if not view.channel.mention_self_assignable:
        raise CallError(
            "Those who manage this server give {role} themselves: ask them for it.", role=f"@{role.name}"
        )
    await _check_obstacle(ctx, view, role, call)


async def _check_obstacle(ctx: Context, view: View, role: Role, call: Call) -> None:
    """Raise `CallError` for a role that is never given to whoever asks: one that manages us is one, too."""
    async with ctx.store.read() as tx:
        if role.id == await places.manager_role(tx, call.place.platform, call.place.server_address):
            role = replace(role, obstacle=RoleObstacle.POWERFUL)
    if role.obstacle is not None:
        raise CallError("{text}", text=_said_of_obstacle(view.words, role))


async def _let_members(ctx: Context, view: View, call: Call, *, is_open: bool) -> Answer:
    """Let members take the mentioned role themselves, or not any more."""
    if not view.channel.mention:
        raise CallError("First say which role posts here mention, for example: {example}", example=EXAMPLE)
    role = await _mentioned(ctx, view, call)
    if is_open:
        await _check_obstacle(ctx, view, role, call)
    await _save(ctx, view, mention=role.id, mention_self_assignable=is_open)
    return _describe(view, role, is_open=is_open)


async def _mentioned(ctx: Context, view: View, call: Call) -> Role:
    """Return the role that posts of a channel mention. Raises `CallError` where it is gone."""
    role = await ask_role(ctx, call, f"<@&{view.channel.mention}>")
    if role is None:
        raise CallError("The role that posts here mentioned is gone. For example: {example}", example=EXAMPLE)
    return role


async def _save(ctx: Context, view: View, **values: object) -> None:
    async with ctx.store.write() as tx:
        await places.set_values(tx, view.channel.id, **values)


def _describe(view: View, role: Role, *, is_open: bool) -> Answer:
    """Return what a role that is mentioned means, and the button that lets members take it or stops that."""
    words = view.words
    texts = [words("Digests with news, and news at once, mention {role} here.", role=f"@{role.name}")]
    if not role.rings:
        texts.append(
            words(
                "It does not ring yet: let everybody mention the role (in the settings of the server), or "
                "give me the right to mention all roles."
            )
        )
    if is_open:
        texts.append(words("Members take it themselves by /notify."))
        if role.obstacle is not None:
            texts.append(_said_of_obstacle(words, role))
        button = Button(words("Members ask you for it"), call=CallRef("mention", {"role": CLOSED_WORD}))
    elif role.obstacle is RoleObstacle.FORBIDDEN or role.obstacle is None:
        button = Button(words("Let members take it"), call=CallRef("mention", {"role": OPEN_WORD}))
    else:
        return _answer(view, " ".join(texts))
    return _answer(view, " ".join(texts), Actions((button,)))


def _said_of_obstacle(words: Words, role: Role) -> str:
    """Return why a role is not given to whoever asks, and what helps."""
    name = f"@{role.name}"
    match role.obstacle:
        case RoleObstacle.POWERFUL:
            return words(
                "{role} allows what not everybody may, so I give it to nobody: choose a role without rights "
                "of its own.",
                role=name,
            )
        case RoleObstacle.HIGHER:
            return words(
                "I may only give roles that stand below my own: move mine above {role} in the settings of "
                "the server.",
                role=name,
            )
        case RoleObstacle.FORBIDDEN:
            return words("To give {role} to those who ask I need the right *Manage Roles*.", role=name)
        case _:
            return words("{role} belongs to another program, which alone gives it.", role=name)


def _answer(view: View, text: str, *more: Block, edit: bool = False) -> Answer:
    return Answer(document=Document((Text(text), *more), view.words.language), edit=edit)
