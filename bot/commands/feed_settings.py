"""feeds set: how one feed is asked for, and what a place makes of it.

What counts in a place (`cap`, `leads`, `models`) its managers say for that place alone. How a feed is asked
for holds for whoever reads it: managers say it of feeds that are their server's own, which these become by
it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bot.commands.hindsight import (
    SAVED,
    Change,
    effect_blocks,
    find_effect,
    is_to_be_seen,
    of_place,
    save_call,
    save_or_back,
)
from bot.commands.shown_values import OFF, ON, find_value, switch_name
from bot.commands.views import View, ensure_channel, hides_answers, is_operator
from bot.errors import CallError
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
    Feed,
    Heading,
    Item,
    Listing,
    PlaceKind,
    Text,
)
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.timing.moments import parse_length
from bot.store import Tx, feed_rules, feed_visibility
from bot.store import feeds as store_feeds
from bot.text.typed_words import in_english

SET = "set"
_YES, _NO = (ON, "yes"), (OFF, "no")
CAP_MAX = 100
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=7)
HEADERS_MAX, HEADER_LENGTH_MAX = 20, 4096
COOKIE, USER_AGENT = "Cookie", "User-Agent"

OWN_HEADERS = frozenset(
    (
        "accept-encoding connection content-length expect host if-modified-since if-none-match keep-alive "
        "range te trailer transfer-encoding upgrade"
    ).split()
)
"""Headers that belong to the connection, and are ours to send."""

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]+")


@dataclass(frozen=True, slots=True)
class _Setting:
    """Something that can be set of a feed: how it is written, and the feed as it is with a value; a `secret`
    one is never shown, and one for `operators` obeys nobody else.
    """

    example: str
    change: Callable[[Feed, str], Feed]
    secret: bool = False
    operators: bool = False


async def set_feed(ctx: Context, view: View, call: Call, feed: Feed) -> Answer:
    """Answer with a feed as it is set here, after a change where the Call names one. Raises `CallError`."""
    name = call.arguments.get("setting", "")
    if not name:
        return Answer(document=Document(tuple(_card(view.words, feed)), view.words.language))
    setting, value = SETTINGS[name], call.arguments.get("value", "").strip()
    check_privacy(ctx, call, setting)
    if not value:
        raise _wrong(feed, setting)
    if name in SWITCHES:
        value = find_value(ctx, view, value, (ON, OFF), switch_name) or value
    feed_after = setting.change(feed, value)
    changes = await of_place(ctx, view) if _tells_which_stories(feed, feed_after) else []
    if changes and is_to_be_seen(ctx, call):
        return await _show(ctx, view, call, feed_after, changes)
    async with ctx.store.write() as tx:
        if setting.operators and not await is_operator(tx, call):
            raise CallError("Only whoever runs this instance can send a feed through a proxy.")
        channel = await ensure_channel(tx, ctx, call)
        if feed_after.rules != feed.rules:
            await feed_rules.set_rule(tx, feed.id, channel.server_id, **_rule_values(feed, feed_after))
        elif feed_after != feed:
            feed_after = await ask_otherwise(tx, ctx, call, channel.server_id, feed_after)
    ctx.wake("collect")
    document = Document(
        (*_card(view.words, feed_after), _undo(view.words, feed, feed_after, name)), view.words.language
    )
    return Answer(document=document)


def _tells_which_stories(before: Feed, after: Feed) -> bool:
    """Tell whether a change of a feed's rules says which stories it may lead."""
    return (before.rules.daily_cap, before.rules.leads) != (after.rules.daily_cap, after.rules.leads)


async def _show(ctx: Context, view: View, call: Call, feed_after: Feed, changes: Sequence[Change]) -> Answer:
    """Answer with what another rule for a feed would have brought here, and with a button that saves it."""
    words = view.words
    seen_feeds = [
        replace(feed, rules=feed_after.rules) if feed.id == feed_after.id else feed for feed in view.feeds
    ]
    effect = await find_effect(ctx, view, changes, replace(view, feeds=seen_feeds))
    title = mask_secrets(feed_after.title or feed_after.url)
    lines = settings_in_words(words, feed_after) or [_usual(words)]
    feed_arguments = {"action": SET, "feed": str(feed_after.number)}
    save = save_call(
        call, {**feed_arguments, "setting": call.arguments["setting"], "value": call.arguments["value"]}
    )
    blocks = [
        Heading(title, " · ".join(lines)),
        *effect_blocks(words, effect),
        *save_or_back(words, save, CallRef("feeds", feed_arguments)),
    ]
    return Answer(document=Document(tuple(blocks), words.language))


def check_privacy(ctx: Context, call: Call, setting: _Setting) -> None:
    """Take secrets only where nobody else reads what is typed. Raises `CallError`."""
    is_alone = call.conversation.kind in {PlaceKind.PRIVATE, PlaceKind.PAGE}
    if setting.secret and not (is_alone or hides_answers(ctx, call)):
        raise CallError(
            "Others here may read that: delete your message, and say it in a private chat with me, with the "
            "name of this place behind it. Nothing was changed."
        )


def _rule_values(before: Feed, after: Feed) -> dict[str, Any]:
    """Return which rule is another, with its value."""
    return {
        name: getattr(after.rules, name)
        for name in ("daily_cap", "leads", "for_models")
        if getattr(after.rules, name) != getattr(before.rules, name)
    }


async def ask_otherwise(tx: Tx, ctx: Context, call: Call, server_id: int, feed: Feed) -> Feed:
    """Let a feed be asked for in another way, from now on. Raises `CallError`."""
    title = mask_secrets(feed.title)
    if feed.origin == "config":
        raise CallError(
            "{feed} stands in feeds.opml: whoever runs me says in strillone.toml how it is asked for "
            '([feeds."ADDRESS"]).',
            feed=title,
        )
    if feed.shared and not await is_operator(tx, call):
        raise CallError(
            "{feed} counts for everybody: whoever runs me says how it is asked for. What it counts for here "
            "is this place's to say: cap, leads, models.",
            feed=title,
        )
    feed_id = feed.id if feed.shared else await feed_visibility.make_own(tx, feed, server_id)
    await store_feeds.set_values(
        tx,
        feed_id,
        poll_minutes=feed.poll_minutes,
        reads_pages=feed.reads_pages,
        headers=dict(feed.headers),
        proxy=feed.proxy,
        etag="",
        last_modified="",
        body_hash="",
        next_poll_at=ctx.clock(),
    )
    return replace(feed, id=feed_id, former_id=feed.number)


# --- what can be set ---------------------------------------------------------------------------------------


def _set_cap(feed: Feed, value: str) -> Feed:
    text = in_english(value)
    cap = 0 if text == OFF else int(text) if text.isdecimal() and len(text) < 4 else -1
    if not (cap == 0 or 1 <= cap <= CAP_MAX):
        raise _wrong(feed, SETTINGS["cap"], value)
    return replace(feed, rules=replace(feed.rules, daily_cap=cap))


def _set_leads(feed: Feed, value: str) -> Feed:
    return replace(feed, rules=replace(feed.rules, leads=_is_on(feed, "leads", value)))


def _set_models(feed: Feed, value: str) -> Feed:
    return replace(feed, rules=replace(feed.rules, for_models=_is_on(feed, "models", value)))


def _set_pages(feed: Feed, value: str) -> Feed:
    return replace(feed, reads_pages=_is_on(feed, "pages", value))


def _set_pause(feed: Feed, value: str) -> Feed:
    if in_english(value) == OFF:
        return replace(feed, poll_minutes=0)
    length = parse_length(value)
    if length is None:
        raise _wrong(feed, SETTINGS["every"], value)
    if not SHORTEST <= length <= LONGEST:
        nearest = "every 10m" if length < SHORTEST else "every 7d"
        raise _wrong(feed, replace(SETTINGS["every"], example=nearest), value)
    return replace(feed, poll_minutes=length // timedelta(minutes=1))


def _set_cookie(feed: Feed, value: str) -> Feed:
    return _with_header(feed, COOKIE, value, "cookie")


def _set_agent(feed: Feed, value: str) -> Feed:
    return _with_header(feed, USER_AGENT, value, "agent")


def _set_header(feed: Feed, value: str) -> Feed:
    name, colon, content = value.partition(":")
    if not colon:
        name, _, content = value.partition(" ")
    name = name.strip()
    if not _HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS or name.lower().startswith("proxy-"):
        raise _wrong(feed, SETTINGS["header"])
    return _with_header(feed, name, content.strip(), "header")


def _with_header(feed: Feed, name: str, content: str, setting: str) -> Feed:
    """Return a feed to whose host a header is sent; one that is `off` no more."""
    others = {key: text for key, text in feed.headers.items() if key.lower() != name.lower()}
    if content.lower() == OFF:
        return replace(feed, headers=others)
    fits = (
        _HEADER_VALUE.fullmatch(content) and len(content) <= HEADER_LENGTH_MAX and len(others) < HEADERS_MAX
    )
    if not fits:
        raise _wrong(feed, SETTINGS[setting])
    return replace(feed, headers={**others, name: content})


def _set_proxy(feed: Feed, value: str) -> Feed:
    if value.lower() == OFF:
        return replace(feed, proxy="")
    try:
        parts = urlsplit(value)
        fits = parts.scheme == "http" and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if not fits:
        raise _wrong(feed, SETTINGS["proxy"])
    return replace(feed, proxy=value)


def _is_on(feed: Feed, setting: str, value: str) -> bool:
    text = in_english(value)
    if text not in {*_YES, *_NO}:
        raise _wrong(feed, SETTINGS[setting], value)
    return text in _YES


SETTINGS: Mapping[str, _Setting] = {
    "cap": _Setting("cap 3", _set_cap),
    "leads": _Setting("leads off", _set_leads),
    "models": _Setting("models off", _set_models),
    "pages": _Setting("pages off", _set_pages),
    "every": _Setting("every 2h", _set_pause),
    "agent": _Setting("agent Mozilla/5.0", _set_agent),
    "cookie": _Setting("cookie session=1234", _set_cookie, secret=True),
    "header": _Setting("header Authorization: Bearer 1234", _set_header, secret=True),
    "proxy": _Setting("proxy http://proxy.example:3128", _set_proxy, secret=True, operators=True),
}
"""What can be set of a feed, by the word for it."""


SWITCHES = frozenset({"leads", "models", "pages"})
"""Settings that are on or off."""

ACCESS_SETTINGS = frozenset({"agent", "cookie", "header", "proxy"})
"""Settings without which a feed may not be readable at all."""


def _wrong(feed: Feed, setting: _Setting, value: str = "") -> CallError:
    """Return what is right for a setting; a secret that was not is never repeated."""
    named = f"set {feed.number}" if feed.id else f"add {mask_secrets(feed.url)[:200]}"
    example = f"/feeds {named} {setting.example}"
    if setting.secret or not value:
        return CallError("That cannot be set. Right is, for example: {example}", example=example)
    return CallError(
        "`{value}` cannot be set. Right is, for example: {example}",
        value=mask_secrets(value)[:40],
        example=example,
    )


# --- how it is shown ---------------------------------------------------------------------------------------


def _card(words: Words, feed: Feed) -> list[Block]:
    """Return a feed as it is set, with buttons for what is on or off."""
    lines = settings_in_words(words, feed) or [_usual(words)]
    health = words.whole(mask_secrets(feed.error)) if feed.failures else ""
    items = [Item(line) for line in (*lines, health) if line]
    title = f"{feed.number} · {mask_secrets(feed.title or feed.url)}"
    buttons = (
        _switch(
            feed, "leads", words("May lead") if not feed.rules.leads else words("Only among the sources")
        ),
        _switch(
            feed, "models", words("For models") if not feed.rules.for_models else words("Not for models")
        ),
    )
    more = words(
        "More: {examples}",
        examples=", ".join(f"/feeds set {feed.number} {setting}" for setting in ("cap 3", "pages off")),
    )
    return [Listing(items=tuple(items), title=title), Text(more, quiet=True), Actions(buttons)]


def _usual(words: Words) -> str:
    return words("as every feed: all it brings may lead, pages are read")


def _switch(feed: Feed, setting: str, label: str) -> Button:
    is_on = feed.rules.leads if setting == "leads" else feed.rules.for_models
    return Button(label, call=_setting(feed, setting, OFF if is_on else ON))


def _setting(feed: Feed, name: str, value: str) -> CallRef:
    return CallRef("feeds", {"action": SET, "feed": str(feed.number), "setting": name, "value": value})


def settings_in_words(words: Words, feed: Feed) -> list[str]:
    """Return what is set of a feed, in words; of what is secret only that it is set."""
    rules, lines = feed.rules, []
    if rules.daily_cap and rules.leads:
        lines.append(
            words.plural("leads one story a day at most", "leads {n} stories a day at most", rules.daily_cap)
        )
    if not rules.leads:
        lines.append(words("only among the sources"))
    if not rules.for_models:
        lines.append(words("no model reads it"))
    if not feed.reads_pages:
        lines.append(words("no pages are read"))
    if feed.poll_minutes:
        hours, minutes = divmod(feed.poll_minutes, 60)
        lines.append(
            words("asked every {n} minutes", n=feed.poll_minutes)
            if minutes
            else words.plural("asked every hour", "asked every {n} hours", hours)
        )
    if feed.headers:
        lines.append(words("sent beside: {names}", names=", ".join(sorted(feed.headers))))
    if feed.proxy:
        lines.append(words("through a proxy"))
    return lines


def _undo(words: Words, before: Feed, after: Feed, name: str) -> Actions:
    """Return the button that takes a change back; none where a secret was taken away, for it is forgotten."""
    feeds = Button(words("Feeds"), call=CallRef("feeds"))
    value = _secret_off(before, after, name) if SETTINGS[name].secret else _value_of(before, name)
    if not value:
        return Actions((feeds,))
    back = _setting(after, name, value)
    back = replace(back, arguments={**back.arguments, SAVED: "yes"})
    return Actions((Button(words("Take that back"), call=back), feeds))


def _secret_off(before: Feed, after: Feed, name: str) -> str:
    """Return the value that takes a new secret away again; empty where there is none."""
    new_headers = [header for header, value in after.headers.items() if before.headers.get(header) != value]
    if new_headers and name == "header":
        return f"{new_headers[0]} {OFF}"
    return OFF if new_headers or after.proxy not in {"", before.proxy} else ""


def _value_of(feed: Feed, name: str) -> str:
    match name:
        case "cap":
            return str(feed.rules.daily_cap) if feed.rules.daily_cap else OFF
        case "every":
            return f"{feed.poll_minutes}m" if feed.poll_minutes else OFF
        case "pages":
            return ON if feed.reads_pages else OFF
        case "agent":
            return feed.headers.get(USER_AGENT, OFF)
        case "leads":
            return ON if feed.rules.leads else OFF
        case _:
            return ON if feed.rules.for_models else OFF
