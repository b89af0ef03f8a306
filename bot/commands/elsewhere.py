"""elsewhere: which channel is meant by whoever asked for news in a private chat."""

from bot.commands.declaration import Option, Section, command
from bot.commands.views import view_of
from bot.errors import CallError
from bot.jobs import Context
from bot.model import Actions, Answer, Button, Call, CallRef, Document, PlaceKind, Quote, Text
from bot.pipeline.entries.urls import mask_secrets

ELSEWHERE = "elsewhere"


@command(
    name=ELSEWHERE,
    code="el",
    section=Section.SUBSCRIPTIONS,
    options=(Option("what", ""), Option("when", "", rest=True)),
    hidden=True,
)
async def elsewhere(ctx: Context, call: Call) -> Answer:
    """Ask for the channel or group in which somebody wants the news that they have named: it is said again,
    for whoever follows a link has not named any.
    """
    words = (await view_of(ctx, call)).words
    what = call.arguments.get("what", "")
    if not what:
        raise CallError(
            "I do not know any more what that choice was for. Say it again, with the channel behind it: "
            "/subscribe ai 08:00 @channel"
        )
    subscribe = CallRef("subscribe", dict(call.arguments))
    question = words(
        "Where is it wanted? Choose below: I come in with the rights I need. Or forward me a post from there."
    )
    kinds = ((words("A channel"), PlaceKind.BROADCAST), (words("A group"), PlaceKind.GROUP))
    keys = tuple(Button(label, call=subscribe, picks=kind) for label, kind in kinds)
    wish = mask_secrets(" ".join(filter(None, ("/subscribe", what, call.arguments.get("when", "")))))
    return Answer(document=Document((Quote(wish, ""), Text(question), Actions(keys)), words.language))
