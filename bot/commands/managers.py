"""managers: the role of a server whose members manage it here, beside those whom the platform lets manage
it.
"""

from dataclasses import replace

from bot.commands.declaration import Option, Section, command
from bot.commands.roles import ask_role, find_role
from bot.commands.views import View, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Answer, Call, Document, Role, Text
from bot.store import Tx, places

OFF = "off"
EXAMPLE = "/managers @editors"


async def with_manager_role(tx: Tx, call: Call) -> Call:
    """Return a Call as one of a manager, where its person has the role that manages the server it comes
    from.
    """
    person, server = call.person, call.place.server_address
    if person.manager or not person.roles or not server:
        return call
    role = await places.manager_role(tx, call.place.platform, server)
    if role not in person.roles:
        return call
    return replace(call, person=replace(person, manager=True, manager_role=role))


@command(
    name="managers",
    code="mg",
    section=Section.CHANNEL,
    description="The role whose members manage me in this server",
    help_line="the role whose members manage me in this server: /managers @editors",
    details=(
        "On Discord alone, and only for those with *Manage Server*, who manage the bot in any case. Its "
        "members may then do what a manager may, in every channel of the server that they see, and not "
        "choose this role. Discord shows them the commands once they are allowed to the role there: Server "
        "Settings, Integrations, the bot."
    ),
    usage="/managers ROLE|off",
    options=(Option("role", "A role such as @editors, or off", rest=True),),
    manager=True,
    examples=(EXAMPLE, "/managers off"),
)
async def managers(ctx: Context, call: Call) -> Answer:
    """Set or show the role whose members manage a server."""
    view = await view_of(ctx, call)
    if not ctx.platforms[call.place.platform].has_roles or not call.place.server_address:
        raise CallError(
            "Only servers on Discord have roles; here those manage me whom the chat itself lets manage it."
        )
    if not view.known:
        raise CallError("Nothing is posted here yet. For a daily digest: /subscribe ai 08:00")
    name = call.arguments.get("role", "").strip()
    if not name:
        return _answer(view, await _current(ctx, view, call))
    if call.person.manager_role:
        raise CallError("Only those with the right *Manage Server* say which role manages me here.")
    if name.lower() == OFF:
        await _save(ctx, view, "")
        return _answer(view, view.words("Only those with the right *Manage Server* manage me here now."))
    refusal = CallError("Everybody in a server never manages me. Name a role: {example}", example=EXAMPLE)
    role = await find_role(ctx, call, name, everybody=refusal, example=EXAMPLE)
    await _save(ctx, view, role.id)
    return _answer(view, _meaning(view, role))


async def _save(ctx: Context, view: View, role_id: str) -> None:
    async with ctx.store.write() as tx:
        await places.set_manager_role(tx, view.channel.server_id, role_id)


async def _current(ctx: Context, view: View, call: Call) -> str:
    async with ctx.store.read() as tx:
        role_id = await places.manager_role(tx, call.place.platform, call.place.server_address)
    if not role_id:
        return view.words(
            "Only those with the right *Manage Server* manage me here. To let a role do that, too: {example}",
            example=EXAMPLE,
        )
    role = await ask_role(ctx, call, f"<@&{role_id}>")
    if role is None:
        return view.words("The role that managed me here is gone. For example: {example}", example=EXAMPLE)
    return _meaning(view, role)


def _meaning(view: View, role: Role) -> str:
    return view.words(
        "Members of {role} manage me in this server, as those with *Manage Server* do. For Discord to show "
        "them the commands, allow them to this role: Server Settings, Integrations, and me.",
        role=f"@{role.name}",
    )


def _answer(view: View, text: str) -> Answer:
    return Answer(document=Document((Text(text),), view.words.language))
