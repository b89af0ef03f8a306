"""What leaves: operations, and what platforms say of them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.documents import Payload


class OperationKind(StrEnum):
    """The effects an operation can have on a platform."""

    SEND = "send"
    EDIT = "edit"
    DELETE = "delete"


class Purpose(StrEnum):
    """What an operation is for: news (a digest, a story at once, a night's or a held-up time's news, a look
    back), words to operators or to those who read a page whose list is lost, or putting right.

    What is put right is edited (a rewording says the same in other words), or answered: by a correction, by a
    retraction, or by what stands instead of an edit that was refused.
    """

    DIGEST = "digest"
    STORY = "story"
    NIGHT = "night"
    CATCHUP = "catchup"
    RECAP = "recap"
    NOTICE = "notice"
    LOST_LIST = "lost list"
    EDIT = "edit"
    REWORDING = "rewording"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    INSTEAD = "instead"


class OperationState(StrEnum):
    """Where an operation stands; everything after `UNCERTAIN` is final but `HELD`."""

    QUEUED = "queued"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    HELD = "held"
    DONE = "done"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One effect in the outbox. `nonce` (at most 25 characters) names it on the platform; `reply_to` is the
    operation it answers.

    `intent` names it for good, so that it is written once, and is never read; the fields from `purpose` on
    say what it is.
    """

    id: int
    channel_id: int
    intent: str
    nonce: str
    payload: Payload
    state: OperationState
    created_at: datetime
    not_after: datetime
    kind: OperationKind = OperationKind.SEND
    attempts: int = 0
    cause: str = ""
    not_before: datetime | None = None
    sending_at: datetime | None = None
    post: str = ""
    reply_to: int | None = None
    purpose: Purpose
    subject_id: int | None = None
    """What it is about: the subscription of a digest, a night or a look back; the story told at once; the
    server of a notice, where it is about one; the page whose list is lost; the entry whose change an edit, a
    correction or a retraction answers; the edit that something is posted instead of.
    """
    part: int = 1
    """Which message of its document it carries, counted from 1."""
    document_id: int | None = None
    """The first operation of the document that it carries a later part of, or edits."""


class Finding(StrEnum):
    """What looking for an uncertain operation showed."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RecordedMessage:
    """A message of ours whose id is recorded; `before` tells that it was there when what is looked
    for left.
    """

    address: str
    post: str
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a platform needs to look for an operation that may have arrived.

    `after` is our newest known message in the channel, `known` the ids of messages recorded since,
    `unrecorded` how many other messages of ours may stand in its chat without a recorded id, `operator` a
    chat to forward to, `elsewhere` our newest messages in other chats.
    """

    after: str
    known: frozenset[str]
    unrecorded: int
    operator: str = ""
    elsewhere: tuple[RecordedMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of a search, with the platform's id when the message was found."""

    finding: Finding
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are on a platform: name, the address that opens a private chat with us, number of servers or
    chats, links that invite the bot, what they ask for and why.
    """

    name: str
    address: str
    places: int
    invites: tuple[str, ...]
    asks: tuple[tuple[str, str], ...] = ()
    number: str = ""
    """The platform's id of the bot, which a new token of the same bot keeps."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it was posted, for a page that shows a channel's history."""

    operation_id: int
    payload: Payload
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a platform is doing, for `/status` and the log."""

    platform: str
    state: str
    detail: str = ""
    since: datetime | None = None
    identity: Identity | None = field(default=None)
