"""mention: the role whose members are rung by what is posted in a channel."""

from bot.commands.declaration import Option, Section, command
from bot.commands.views import View, view_of
from bot.errors import CallError, DeliveryError
from bot.jobs import Context
from bot.model import Answer, Call, Document, Role, Text
from bot.store import places

OFF = "off"
EXAMPLE = "/mention @ai-news"
EVERYBODY = frozenset({"@everyone", "@here", "everyone", "here"})


@command(
    name="mention",
    code="me",
    section=Section.CHANNEL,
    description="The role that digests and news here mention",
    help_line="the role that digests and news here ring: /mention @ai-news",
    details=(
        "On Discord alone. A digest with nothing to tell, a look-back and what is posted without a sound "
        "ring nobody; `off` ends it. Members take the role where your server lets them."
    ),
    usage="/mention ROLE|off",
    options=(Option("role", "A role such as @ai-news, or off", rest=True),),
    manager=True,
    examples=(EXAMPLE, "/mention off"),
)
async def mention(ctx: Context, call: Call) -> Answer:
    """Set or show the role that posts of a channel mention."""
    view = await view_of(ctx, call)
    if not ctx.platforms[call.place.platform].has_roles:
        raise CallError(
            "Only servers on Discord have roles that a post can mention; here everybody chooses whether this "
            "chat rings."
        )
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    name = call.arguments.get("role", "").strip()
    if not name:
        return _text_answer(view, await _current(ctx, view, call))
    if name.lower() == OFF:
        await _save(ctx, view, "")
        return _text_answer(view, view.words("What is posted here mentions nobody."))
    role = await _find(ctx, call, name)
    await _save(ctx, view, role.id)
    return _text_answer(view, _meaning(view, role))


async def _find(ctx: Context, call: Call, name: str) -> Role:
    """Return the role that somebody means. Raises `CallError`."""
    if name.lower() in EVERYBODY:
        raise CallError(
            "I never mention everybody at once. Make a role that members take, and name it: {example}",
            example=EXAMPLE,
        )
    role = await _ask(ctx, call, name)
    if role is None:
        raise CallError(
            "There is no role `{role}` in this server. Write @ and pick it, for example: {example}",
            role=name[:40],
            example=EXAMPLE,
        )
    return role


async def _ask(ctx: Context, call: Call, name: str) -> Role | None:
    try:
        return await ctx.platforms[call.place.platform].find_role(call.place, name)
    except DeliveryError as error:
        raise CallError("{text}", text=str(error)) from error


async def _save(ctx: Context, view: View, role_id: str) -> None:
    async with ctx.store.write() as tx:
        await places.set_values(tx, view.channel.id, mention=role_id)


async def _current(ctx: Context, view: View, call: Call) -> str:
    """Return what is mentioned now."""
    if not view.channel.mention:
        return view.words("What is posted here mentions nobody. For example: {example}", example=EXAMPLE)
    role = await _ask(ctx, call, f"<@&{view.channel.mention}>")
    if role is None:
        return view.words(
            "The role that posts here mentioned is gone. For example: {example}", example=EXAMPLE
        )
    return _meaning(view, role)


def _meaning(view: View, role: Role) -> str:
    words = view.words
    text = words("Digests with news, and news at once, mention {role} here.", role=f"@{role.name}")
    if role.rings:
        return text
    return f"{text} " + words(
        "It does not ring yet: let everybody mention the role (in the settings of the server), or give me "
        "the right to mention all roles."
    )


def _text_answer(view: View, text: str) -> Answer:
    return Answer(document=Document((Text(text),), view.words.language))
