"""Named places: the one that somebody means by its title, among those that they may manage at that moment."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from bot.commands.targets import target_of, unanswered_rights, unknown_target
from bot.commands.topics import find_topic
from bot.commands.views import view_of
from bot.errors import CallError, DeliveryError
from bot.i18n import Words
from bot.jobs import Context
from bot.model import (
    Actions,
    Answer,
    Button,
    Call,
    CallRef,
    Channel,
    Document,
    Person,
    Place,
    PlaceKind,
    Text,
)
from bot.pipeline.timing.zones import take_zone
from bot.ports import Platform
from bot.store import places
from bot.text.language_names import language_called
from bot.text.place_titles import PlaceMention, place_mentions, title_key
from bot.text.typed_words import is_typed_word

ASKED_MAX = 12
"""Places whose managers are asked for one line: titles are free, and anybody may give theirs to a place."""

SUGGESTED_MAX = 5
"""Places whose managers are asked while somebody types."""

OFFERED_MAX = 8
"""Places of one title that are offered."""


@dataclass(frozen=True, slots=True)
class NamedPlaces:
    """The places that a line names by their title, and the Call of the line without it, about the first of
    them; `is_doubtful` where the title may as well be no place's.
    """

    places: tuple[Place, ...]
    call: Call
    is_doubtful: bool

    @property
    def is_several(self) -> bool:
        """Whether it must be asked which place is meant."""
        return len(self.places) > 1 or self.is_doubtful


async def find_named_places(ctx: Context, call: Call, *, operator: bool) -> NamedPlaces | None:
    """Return the places that the line of a Call names by their title and that the person may manage; None
    where it names none. Raises `CallError` for a title in quotation marks that none of them has.

    What the person may not manage is passed over like what there is not: nobody learns of it here.
    """
    line = " ".join(call.line.split())
    mentions = [mention for mention in place_mentions(line) if not _is_no_place(mention)]
    platform = ctx.platforms.get(call.place.platform)
    if not mentions or platform is None:
        return None
    channels = await _channels_of(ctx, platform)
    targets = _targets_by_title(channels, call, platform)
    brought_targets = {
        _target_of_channel(channel) for channel in channels if channel.desk == call.person.address
    }
    person = replace(call.person, operator=operator)
    budget = ASKED_MAX
    for mention in mentions:
        candidates = targets.get(mention.key, [])[:budget]
        budget -= len(candidates)
        own_places = await _managed_places(ctx, platform, person, mention, candidates, brought_targets)
        if own_places:
            is_doubtful = mention.loose and bool(find_topic(ctx, mention.title))
            call_of_place = replace(call, line=mention.cut_from(line), target=target_of(own_places[0]))
            return NamedPlaces(own_places, call_of_place, is_doubtful)
        if mention.quoted:
            raise unknown_target(mention.title)
    return None


def _is_no_place(mention: PlaceMention) -> bool:
    """Tell whether what stands behind `in` is the name of a language, a time or a zone."""
    if not mention.loose:
        return False
    if language_called(mention.title) or is_typed_word(mention.title):
        return True
    try:
        zone, rest = take_zone(mention.title)
    except CallError:
        return False
    return bool(zone) and not rest.strip()


async def _channels_of(ctx: Context, platform: Platform) -> list[Channel]:
    """Return the channels and groups that are known of a platform."""
    async with ctx.store.read() as tx:
        channels = await places.channels_of(tx, platform.name)
    return [channel for channel in channels if channel.kind is not PlaceKind.PRIVATE]


def _targets_by_title(channels: Sequence[Channel], call: Call, platform: Platform) -> dict[str, list[str]]:
    """Return the targets of all places by their titles, first those that the person has brought us into."""
    nearest_first = sorted(channels, key=lambda channel: channel.desk != call.person.address)
    titles = [(_target_of_channel(channel), channel.name) for channel in nearest_first]
    targets: dict[str, list[str]] = {}
    for target, title in dict((*titles, *platform.titles().items())).items():
        targets.setdefault(title_key(title), []).append(target)
    return targets


def _target_of_channel(channel: Channel) -> str:
    return f"{channel.address}/{channel.thread}" if channel.thread else channel.address


async def _managed_places(
    ctx: Context,
    platform: Platform,
    person: Person,
    mention: PlaceMention,
    targets: Sequence[str],
    brought_targets: Set[str],
) -> tuple[Place, ...]:
    """Return the places of some targets that a person may manage and that still have a title, each once.
    Raises `CallError` where that cannot be asked of one that the person brought us into; any other is passed
    over like what there is not, for the refusal would tell a stranger that there is one.
    """
    own_places: dict[str, Place] = {}
    for target in targets:
        try:
            place = await platform.managed_place(target, person)
        except DeliveryError as error:
            refusal = unanswered_rights(ctx, platform.name, mention.title, error)
            if target in brought_targets:
                raise refusal from error
            continue
        if place is not None and title_key(place.name) == mention.key:
            own_places[target_of(place)] = place
    return tuple(own_places.values())


async def complete_title(ctx: Context, call: Call, prefix: str, *, operator: bool) -> tuple[str, ...]:
    """Return what was typed with the titles that its last word, `#ro`, begins: of places that the person may
    manage; nothing where that cannot be asked.
    """
    head, mark, last = prefix.rpartition("#")
    platform = ctx.platforms.get(call.place.platform)
    key = title_key(last)
    if not (mark and key and platform) or (head and not head.endswith(" ")):
        return ()
    targets = _targets_by_title(await _channels_of(ctx, platform), call, platform)
    candidates = [(title, target) for title in targets for target in targets[title] if title.startswith(key)]
    person = replace(call.person, operator=operator)
    try:
        nearest_places = [
            await platform.managed_place(target, person) for _, target in candidates[:SUGGESTED_MAX]
        ]
    except DeliveryError as error:
        ctx.log.info("target.not_completed", platform=platform.name, cause=str(error))
        return ()
    titles = dict.fromkeys(place.name for place in nearest_places if place)
    return tuple(f"{head}#{name}" if " " not in name else f'{head}#"{name}"' for name in titles)


async def ask_for_place(ctx: Context, call: Call, choice: NamedPlaces) -> Answer:
    """Ask which of several places is meant, with a button for each; where the title may be no place's, with
    one for the Call as it was typed.
    """
    words = (await view_of(ctx, call)).words
    labels = _labels(words, choice.places[:OFFERED_MAX])
    buttons = [
        Button(label, call=CallRef(choice.call.command, dict(choice.call.arguments), target_of(place)))
        for label, place in zip(labels, choice.places, strict=False)
    ]
    if choice.is_doubtful:
        present_call = CallRef(call.command, dict(call.arguments))
        buttons.append(Button(words("Here"), call=present_call))
    question = Text(words("Which place is that about?"))
    rows = (Actions((button,)) for button in buttons)
    return Answer(document=Document((question, *rows), words.language))


def _labels(words: Words, places_of_title: Sequence[Place]) -> list[str]:
    """Return what places of one title are told apart by: their server, what they are, else their number."""
    kinds = {PlaceKind.BROADCAST: words("A channel"), PlaceKind.GROUP: words("A group")}
    details = [
        place.server_name if place.server_name not in {"", place.name} else kinds.get(place.kind, place.kind)
        for place in places_of_title
    ]
    return [
        f"{place.name} · {detail}" + (f" · {place.address}" if details.count(detail) > 1 else "")
        for place, detail in zip(places_of_title, details, strict=True)
    ]
