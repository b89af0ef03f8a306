"""Servers, channels and persons: who may be talked to, where, and who runs the instance."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, func, or_, select, update

from bot.model import (
    Bar,
    Channel,
    ChannelState,
    Length,
    Look,
    OperationKind,
    OperationState,
    Pause,
    Person,
    Place,
    PlaceKind,
    PostButtons,
    Quiet,
)
from bot.store import system
from bot.store.database import Tx
from bot.store.rows import insert, pick
from bot.store.schema import channels, claims, operations, persons, servers, subscriptions

FIRST_VERSION = "0"
"""Stands for the newest message of ours where there is none yet, and every id that comes is a new one."""

NAMES = tuple(f.name for f in fields(Channel) if f.name not in {"quiet", "pause", "look"})


def _channel(row: Row[Any]) -> Channel:
    values = dict(pick(row, NAMES))
    values |= {
        "kind": PlaceKind(values["kind"]),
        "state": ChannelState(values["state"]),
        "rights": frozenset(values["rights"]),
        "missing": tuple(values["missing"]),
        "languages": tuple(values["languages"]),
    }
    return Channel(**values, quiet=_quiet(row), pause=pause_of(row), look=_look(row))


def _look(row: Row[Any]) -> Look:
    values = dict(row.look)
    if "length" in values:
        values["length"] = Length(values["length"])
    return Look(**{**values, "buttons": PostButtons(values.get("buttons", PostButtons.FULL))})


def pause_of(row: Row[Any]) -> Pause | None:
    """Return the last pause that a person made, from the row of a channel."""
    return Pause(row.paused_at, row.paused_until) if row.paused_at else None


def _quiet(row: Row[Any]) -> Quiet | None:
    if not row.quiet_start:
        return None
    wakes = Bar(row.quiet_wakes) if row.quiet_wakes else None
    start, end = time.fromisoformat(row.quiet_start), time.fromisoformat(row.quiet_end)
    return Quiet(start, end, row.quiet_silent, wakes)


async def channel(tx: Tx, channel_id: int) -> Channel | None:
    """Return a channel by our id."""
    row = (await tx.execute(select(channels).where(channels.c.id == channel_id))).first()
    return _channel(row) if row else None


_BY_ID = select(channels).where(channels.c.id.in_(bindparam("numbers", expanding=True)))


async def channels_by_id(tx: Tx, channel_ids: Sequence[int]) -> dict[int, Channel]:
    """Return channels by our id."""
    rows = await tx.execute(_BY_ID, {"numbers": channel_ids})
    return {row.id: _channel(row) for row in rows}


async def channel_at(tx: Tx, place: Place) -> Channel | None:
    """Return our record of a place, if we have one."""
    row = (await tx.execute(select(channels).where(_at(place)))).first()
    return _channel(row) if row else None


def _at(place: Place) -> Any:
    return and_(
        channels.c.platform == place.platform,
        channels.c.address == place.address,
        channels.c.thread == place.thread,
    )


async def channels_at(tx: Tx, place: Place) -> list[Channel]:
    """Return every channel at a place's address: itself and its topics or threads."""
    query = select(channels).where(channels.c.platform == place.platform, channels.c.address == place.address)
    return [_channel(row) for row in await tx.execute(query.order_by(channels.c.id))]


async def channels_of(tx: Tx, platform: str) -> list[Channel]:
    """Return every channel of a platform."""
    query = select(channels).where(channels.c.platform == platform).order_by(channels.c.id)
    return [_channel(row) for row in await tx.execute(query)]


async def unused_at_desk(tx: Tx, person: Person) -> Channel | None:
    """Return the newest place into which a person has brought us and where nothing is posted, None without
    one.
    """
    at_desk = and_(channels.c.platform == person.platform, channels.c.desk == person.address)
    is_used = select(subscriptions.c.id).where(subscriptions.c.channel_id == channels.c.id).exists()
    query = select(channels).where(at_desk, ~is_used).order_by(channels.c.id.desc()).limit(1)
    row = (await tx.execute(query)).first()
    return _channel(row) if row else None


async def server_at(tx: Tx, platform: str, address: str) -> int | None:
    """Return the id of a server, if we know it."""
    query = select(servers.c.id).where(servers.c.platform == platform, servers.c.address == address)
    return (await tx.execute(query)).scalar()


async def address_of(tx: Tx, server_id: int) -> str:
    """Return the platform's id of a server."""
    query = select(servers.c.address).where(servers.c.id == server_id)
    return str((await tx.execute(query)).scalar_one())


async def settle_server(tx: Tx, place: Place) -> int:
    """Return the id of a place's server, made or brought up to date; one is made up for a place that names
    none.
    """
    address = place.server_address or place.address
    server = insert(tx, servers).values(platform=place.platform, address=address, name=place.server_name)
    keep = {"name": func.coalesce(func.nullif(server.excluded.name, ""), servers.c.name)}
    statement = server.on_conflict_do_update(index_elements=["platform", "address"], set_=keep)
    return int((await tx.execute(statement.returning(servers.c.id))).scalar_one())


async def ensure_channel_record(tx: Tx, place: Place, defaults: Mapping[str, Any]) -> Channel:
    """Return our record of a place, made or brought up to date. `defaults` (language, zone, origin…) count
    only when it is new.

    A new one knows the bot's link from its first post on, as soon as the platform has ever told it.
    """
    server_id = await settle_server(tx, place)
    link = await system.fact(tx, _link_fact(place.platform))
    values = {
        "platform": place.platform,
        "address": place.address,
        "thread": place.thread,
        "server_id": server_id,
        "name": place.name,
        "kind": place.kind,
        "rights": sorted(place.rights),
        "missing": list(place.missing),
        "bot_link": link or "",
        "view_key": secrets.token_hex(8),
        **defaults,
    }
    statement = insert(tx, channels).values(values)
    fresh = {"kind": place.kind, "name": func.coalesce(func.nullif(place.name, ""), channels.c.name)}
    if place.rights:
        fresh |= {"rights": sorted(place.rights), "missing": list(place.missing)}
    key_columns = ["platform", "address", "thread"]
    await tx.execute(statement.on_conflict_do_update(index_elements=key_columns, set_=fresh))
    row = (await tx.execute(select(channels).where(_at(place)))).one()
    return _channel(row)


async def made_up_server(tx: Tx, place: Place) -> int | None:
    """Return the server that was made up for a channel whose server was not known, now that a place names
    another one; else None.
    """
    if place.server_address in {"", place.address}:
        return None
    made_up = and_(_at(place), servers.c.address == channels.c.address)
    query = select(servers.c.id).join(channels, channels.c.server_id == servers.c.id).where(made_up)
    return (await tx.execute(query)).scalar()


async def adopt(tx: Tx, made_up: int, server_id: int) -> None:
    """Let the channels of a server that was made up belong to the real one."""
    await tx.execute(update(channels).where(channels.c.server_id == made_up).values(server_id=server_id))


async def resume(tx: Tx, channel_id: int, now: datetime) -> None:
    """Let posts leave for a channel again."""
    active = {
        "state": ChannelState.ACTIVE,
        "state_reason": "",
        "state_at": now,
        "retry_at": None,
        "missing": [],
    }
    await set_values(tx, channel_id, **active)


async def pause(
    tx: Tx,
    channel_id: int,
    reason: str,
    now: datetime,
    retry_at: datetime | None = None,
    missing: Sequence[str] = (),
) -> None:
    """Keep a channel's posts, with the reason that `/status` gives and the rights it lacks; one that is
    paused already stays so since then.
    """
    since = case((channels.c.state == ChannelState.PAUSED, channels.c.state_at), else_=now)
    values = {"state": ChannelState.PAUSED, "state_reason": reason, "state_at": since, "retry_at": retry_at}
    await set_values(tx, channel_id, **values, missing=list(missing))


async def set_pause(tx: Tx, channel_id: int, pause: Pause) -> None:
    """Let nothing be posted in a channel during a pause that a person makes, or ends."""
    await set_values(tx, channel_id, paused_at=pause.since, paused_until=pause.until)


def is_paused_by_person(now: datetime) -> ColumnElement[bool]:
    """Match a channel in which a person lets nothing be posted now."""
    since, until = channels.c.paused_at, channels.c.paused_until
    return and_(since.is_not(None), since <= now, or_(until.is_(None), until > now))


async def set_look(tx: Tx, channel_id: int, look: Look) -> None:
    """Set how posts of a channel look; what is as usual is left out."""
    values = {f.name: getattr(look, f.name) for f in fields(Look)}
    await set_values(
        tx, channel_id, look={name: value for name, value in values.items() if value != getattr(Look(), name)}
    )


async def set_quiet(tx: Tx, channel_id: int, quiet: Quiet | None) -> None:
    """Set, or take away, a channel's quiet hours."""
    start, end = (quiet.start.isoformat("minutes"), quiet.end.isoformat("minutes")) if quiet else ("", "")
    silent, wakes = (quiet.silent, quiet.wakes or "") if quiet else (False, "")
    await set_values(tx, channel_id, quiet_start=start, quiet_end=end, quiet_silent=silent, quiet_wakes=wakes)


async def set_values(tx: Tx, channel_id: int, **values: Any) -> None:
    """Set a channel's language, zone or link to its bot."""
    await tx.execute(update(channels).where(channels.c.id == channel_id).values(values))


async def set_bot_link(tx: Tx, platform: str, link: str) -> None:
    """Record the address that opens a private chat with us on a platform, for the channels there are and
    those to come.
    """
    await system.remember(tx, _link_fact(platform), link)
    await tx.execute(update(channels).where(channels.c.platform == platform).values(bot_link=link))


def _link_fact(platform: str) -> str:
    return f"link of {platform}"


async def move_channel(tx: Tx, channel_id: int, address: str) -> None:
    """Follow a channel to its new address. A record made of that address meanwhile hands over what it holds
    and takes the old one.

    The messages stay behind: their ids say nothing in the new chat, which counts its own from one, and none
    of them can be edited.
    """
    channel = (await tx.execute(select(channels).where(channels.c.id == channel_id))).one()
    is_there = and_(
        channels.c.platform == channel.platform,
        channels.c.address == address,
        channels.c.thread == channel.thread,
    )
    occupant = (await tx.execute(select(channels.c.id).where(is_there, channels.c.id != channel_id))).scalar()
    await _supersede_left_behind(tx, channel_id)
    if occupant is not None:
        for table in (subscriptions, operations):
            await tx.execute(
                update(table).where(table.c.channel_id == occupant).values(channel_id=channel_id)
            )
        await set_values(tx, occupant, address="", state=ChannelState.PAUSED, state_reason="moved")
    await set_values(tx, channel_id, address=address, last_post=FIRST_VERSION)
    if occupant is not None:
        await set_values(tx, occupant, address=channel.address)


async def _supersede_left_behind(tx: Tx, channel_id: int) -> None:
    own = operations.c.channel_id == channel_id
    await tx.execute(update(operations).where(own).values(post=""))
    changes = and_(own, operations.c.kind != OperationKind.SEND, operations.c.state == OperationState.QUEUED)
    cause = "the chat has moved, and its posts stayed behind"
    await tx.execute(update(operations).where(changes).values(state=OperationState.REFUSED, cause=cause))


async def publish_turn(tx: Tx, channel_id: int) -> int:
    """Take the channel's publishing lock for this transaction and return how many publishings it has seen."""
    row = update(channels).where(channels.c.id == channel_id).values(publish_no=channels.c.publish_no + 1)
    return int((await tx.execute(row.returning(channels.c.publish_no))).scalar_one()) - 1


async def operators(tx: Tx) -> list[Person]:
    """Return the people who run this instance."""
    rows = await tx.execute(select(persons).where(persons.c.operator))
    return [
        Person(
            platform=row.platform,
            address=row.address,
            name=row.name,
            operator=True,
            chat=row.chat or row.address,
        )
        for row in rows
    ]


async def set_operator_chat(tx: Tx, person: Person) -> None:
    """Record the private chat of somebody who runs this instance."""
    same_person = and_(
        persons.c.platform == person.platform, persons.c.address == person.address, persons.c.operator
    )
    await tx.execute(update(persons).where(same_person).values(chat=person.chat))


async def is_operator(tx: Tx, person: Person) -> bool:
    """Tell whether a person runs this instance."""
    same_person = and_(
        persons.c.platform == person.platform, persons.c.address == person.address, persons.c.operator
    )
    return (await tx.execute(select(persons.c.id).where(same_person))).first() is not None


async def offer_claim(tx: Tx, code: str, expires_at: datetime, *, replaces: bool = False) -> None:
    """Store a one-time code (as its hash) that makes its user an operator: the only one, where it `replaces`
    those before.
    """
    await tx.execute(
        insert(tx, claims).values(code_hash=_hash(code), expires_at=expires_at, replaces=replaces)
    )


CLAIM_BYTES = 4


async def new_claim(tx: Tx, expires_at: datetime, *, replaces: bool = False) -> str:
    """Make a one-time code, store it and return it."""
    code = secrets.token_hex(CLAIM_BYTES).upper()
    await offer_claim(tx, code, expires_at, replaces=replaces)
    return code


async def is_trusted(tx: Tx, server_id: int) -> bool:
    """Tell whether those who manage a server's places may add feeds there."""
    return bool((await tx.execute(select(servers.c.trusted).where(servers.c.id == server_id))).scalar())


async def trust(tx: Tx, server_id: int) -> None:
    """Let those who manage a server's places add feeds there."""
    await tx.execute(update(servers).where(servers.c.id == server_id).values(trusted=True))


async def manager_role(tx: Tx, platform: str, address: str) -> str:
    """Return the role whose members manage the places of a server, by the platform's id; empty for none."""
    query = select(servers.c.manager_role).where(servers.c.platform == platform, servers.c.address == address)
    return str((await tx.execute(query)).scalar() or "")


async def set_manager_role(tx: Tx, server_id: int, role_id: str) -> None:
    """Let the members of a role, and none other beside the platform's own managers, manage a server's places;
    of none for an empty one.
    """
    await tx.execute(update(servers).where(servers.c.id == server_id).values(manager_role=role_id))


async def use_claim(tx: Tx, code: str, person: Person, now: datetime) -> bool:
    """Make a person an operator, with the chat where notices arrive, if the code is right, unused and not
    expired; it works once.
    """
    good = and_(claims.c.code_hash == _hash(code), claims.c.used_at.is_(None), claims.c.expires_at > now)
    claimed_rows = (
        await tx.execute(update(claims).where(good).values(used_at=now).returning(claims.c.replaces))
    ).first()
    if claimed_rows is None:
        return False
    if claimed_rows.replaces:
        await tx.execute(update(persons).values(operator=False))
        await tx.execute(update(claims).where(claims.c.used_at.is_(None)).values(used_at=now))
    values = {"name": person.name, "operator": True, "chat": person.chat}
    row = {"platform": person.platform, "address": person.address, **values}
    statement = insert(tx, persons).values(row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["platform", "address"], set_=values))
    return True


def _hash(code: str) -> str:
    return hashlib.blake2b(code.strip().upper().encode(), digest_size=24).hexdigest()
