"""names: for whoever runs the instance, the names that may be new in AI: one tap lets judging know one, or
sets it aside.
"""

from collections.abc import Sequence

from bot.commands.codec import is_encodable
from bot.commands.declaration import Option, Section, command
from bot.commands.views import View, view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.jobs.operating.name_discovery import use_names
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    CallRef,
    Document,
    Heading,
    Item,
    Listing,
    Proposal,
    Text,
)
from bot.pipeline.relevance.judge import judge
from bot.store import names as store
from bot.store.names import NameState
from bot.text.stopwords import STOPWORDS
from bot.text.words import fold, one_line

ACTIONS = ("add", "drop")
PAGE = 2
"""Names shown at a time: each has two buttons, and five buttons are the most below a document."""

LONGEST = 64
EXAMPLE = 140


@command(
    name="names",
    code="nm",
    section=Section.OPERATOR,
    description="Names that may be new in AI, for whoever runs me",
    help_line="names that may be new in AI, for whoever runs me",
    usage="/names [add|drop NAME]",
    options=(
        Option("action", "add or drop", choices=ACTIONS),
        Option("name", "A name as titles write it", rest=True),
    ),
    carried_options=("after",),
    manager=True,
    operator=True,
    examples=("/names", "/names add Corvid"),
)
async def names(ctx: Context, call: Call) -> Answer:
    """Show names that wait and names that were learned; or let one count, or not, and show the next."""
    view = await view_of(ctx, call)
    action = call.arguments.get("action", "")
    answer_blocks = await _decide(ctx, view, call, action) if action else []
    async with ctx.store.read() as tx:
        waiting = await store.of_state(tx, NameState.PROPOSED)
        accepted = await store.accepted_names(tx)
    blocks: list[Block] = (
        answer_blocks
        if answer_blocks and not waiting
        else [*answer_blocks, *_waiting_blocks(view, call, waiting)]
    )
    if accepted and not action:
        items = tuple(Item(name) for name in sorted(accepted, key=str.casefold))
        title = view.words.plural("One name was learned:", "{n} names were learned:", len(accepted))
        blocks.append(Listing(items=items, title=title, folded=True))
    if waiting:
        blocks.append(_buttons_for(view, call, waiting))
    elif action == "add" and is_encodable(back := _deciding("drop", _name(call))):
        blocks.append(Actions((Button(view.words("Take that back"), call=back),)))
    return Answer(document=Document(tuple(blocks), view.words.language))


def _page(call: Call, waiting: Sequence[Proposal]) -> tuple[int, Sequence[Proposal]]:
    """Return how many names come before those to show, and those."""
    before = int(after) if (after := call.arguments.get("after", "")).isdecimal() else 0
    before = before if before < len(waiting) else 0
    return before, waiting[before : before + PAGE]


def _waiting_blocks(view: View, call: Call, waiting: Sequence[Proposal]) -> list[Block]:
    """Return some of the names that wait, with what speaks for each."""
    words = view.words
    if not waiting:
        return [Text(words("No name waits for your word. /names add NAME teaches me one."), quiet=True)]
    title = words.plural(
        "One name may be new in AI:", "{n} names may be new in AI, here the next of them:", len(waiting)
    )
    _, page = _page(call, waiting)
    items = tuple(Item(line) for proposal in page for line in _lines(view, proposal))
    return [Heading(words("New names")), Listing(items=items, title=title)]


def _buttons_for(view: View, call: Call, waiting: Sequence[Proposal]) -> Actions:
    before, page = _page(call, waiting)
    buttons = [button for proposal in page for button in _buttons(view, proposal.name)]
    if before + PAGE < len(waiting):
        buttons.append(
            Button(view.words("Further ones"), call=CallRef("names", {"after": str(before + PAGE)}))
        )
    return Actions(tuple(buttons))


def _lines(view: View, proposal: Proposal) -> tuple[str, ...]:
    words = view.words
    evidence = words(
        (
            "{name}: in {titles} titles of feeds about AI alone, from {outlets} outlets on "
            "{days} days; in {elsewhere} other titles on other subjects"
        ),
        name=proposal.name,
        titles=proposal.documents,
        outlets=proposal.outlets,
        days=proposal.days,
        elsewhere=proposal.elsewhere,
    )
    example = (
        proposal.example
        if len(proposal.example) <= EXAMPLE
        else f"{proposal.example[: EXAMPLE - 1].rstrip()}…"
    )
    return evidence, f"“{example}”"


def _buttons(view: View, name: str) -> list[Button]:
    labels = (view.words("Learn {name}", name=name), view.words("Not {name}", name=name))
    calls = [_deciding(action, name) for action in ACTIONS]
    return [Button(label, call=call) for label, call in zip(labels, calls, strict=True) if is_encodable(call)]


def _deciding(action: str, name: str) -> CallRef:
    return CallRef("names", {"action": action, "name": name})


def _name(call: Call) -> str:
    return one_line(call.arguments.get("name", "")).strip("“”\"'`")


async def _decide(ctx: Context, view: View, call: Call, action: str) -> list[Block]:
    """Let a name count, or not; returns what is said of it."""
    name = _name(call)
    if not name:
        raise CallError(
            "/{name} needs {option}: {meaning}. Usage: {usage}",
            name="names",
            option="name",
            meaning="A name as titles write it",
            usage=f"/names {action} NAME",
        )
    if len(name) > LONGEST or not any(c.isalpha() for c in name) or fold(name) in STOPWORDS:
        raise CallError(
            (
                "`{name}` is no name that I can learn: give up to {most} characters, as titles write "
                "them. For example: /names add Corvid 3"
            ),
            name=name[:40],
            most=LONGEST,
        )
    async with ctx.store.write() as tx:
        accepted = await store.accepted_names(tx)
        name = next((accepted_name for accepted_name in accepted if fold(accepted_name) == fold(name)), name)
        if name not in accepted and judge(ctx.rules, "ai", name, "").relevant:
            raise CallError(
                "{name} counts already: it is in names.toml or among the topic’s words.", name=name
            )
        state = NameState.ACCEPTED if action == "add" else NameState.DISMISSED
        await store.decide(tx, name, state, ctx.clock())
    await use_names(ctx)
    words = view.words
    if action == "add":
        text = words(
            "{name} counts from now on; what came in the last three days is judged again.", name=name
        )
    elif name in accepted:
        text = words("{name} counts no more; what came in the last three days is judged again.", name=name)
    else:
        text = words("{name} is not proposed again. /names add with it teaches it all the same.", name=name)
    return [Text(text)]
