"""Names that were learned: proposed from titles, accepted or dismissed by whoever runs the instance."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select, update

from bot.model import Proposal, Title
from bot.store.database import Tx
from bot.store.rows import insert
from bot.store.schema import entries, feeds, names, verdicts

OPENING = 300
"""Characters of a text that come with its title."""


class NameState(StrEnum):
    """What was decided about a name."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


async def of_state(tx: Tx, state: NameState) -> list[Proposal]:
    """Return the names in a state, those with most evidence first."""
    order = (names.c.outlets.desc(), names.c.documents.desc(), names.c.name)
    rows = await tx.execute(select(names).where(names.c.state == state).order_by(*order))
    return [
        Proposal(
            name=row.name,
            documents=row.documents,
            outlets=row.outlets,
            days=row.days,
            elsewhere=row.elsewhere,
            example=row.example,
        )
        for row in rows
    ]


async def accepted_names(tx: Tx) -> list[str]:
    """Return the names that count."""
    return [proposal.name for proposal in await of_state(tx, NameState.ACCEPTED)]


async def decided_names(tx: Tx) -> list[str]:
    """Return the names that were accepted or dismissed."""
    query = select(names.c.name).where(names.c.state != NameState.PROPOSED)
    return list((await tx.execute(query)).scalars())


async def add_proposals(tx: Tx, proposals: Sequence[Proposal], now: datetime) -> None:
    """Let these names, and no others, wait for a decision; what was decided stays."""
    kept_names = [proposal.name for proposal in proposals]
    await tx.execute(
        delete(names).where(names.c.state == NameState.PROPOSED, names.c.name.not_in(kept_names))
    )
    for one in proposals:
        evidence = {
            "documents": one.documents,
            "outlets": one.outlets,
            "days": one.days,
            "elsewhere": one.elsewhere,
            "example": one.example,
        }
        row = insert(tx, names).values(name=one.name, state=NameState.PROPOSED, at=now, **evidence)
        await tx.execute(
            row.on_conflict_do_update(
                index_elements=["name"], set_=evidence, where=names.c.state == NameState.PROPOSED
            )
        )


async def decide(tx: Tx, name: str, state: NameState, now: datetime) -> None:
    """Accept or dismiss a name, whether it was proposed or not."""
    row = insert(tx, names).values(
        name=name, state=state, documents=0, outlets=0, days=0, elsewhere=0, example="", at=now
    )
    values = {"state": state, "at": now}
    await tx.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


async def unannounced_names(tx: Tx) -> list[str]:
    """Return the proposed names that no operator was told of."""
    query = select(names.c.name).where(names.c.state == NameState.PROPOSED, names.c.offered_at.is_(None))
    return list((await tx.execute(query)).scalars())


async def mark_names_announced(tx: Tx, announced_names: Sequence[str], now: datetime) -> None:
    """Remember that operators were told of names."""
    await tx.execute(update(names).where(names.c.name.in_(announced_names)).values(offered_at=now))


async def titles_since(tx: Tx, since: datetime, limit: int) -> list[Title]:
    """Return the titles of entries that feeds for everybody brought since a moment, with what their feeds and
    the rules say of them; the newest, at most `limit`.
    """
    on_topic = (
        select(verdicts.c.entry_id)
        .where(verdicts.c.entry_id == entries.c.id, verdicts.c.topic == "ai", verdicts.c.relevant)
        .exists()
    )
    opening = func.substr(entries.c.text, 1, OPENING)
    query = (
        select(
            entries.c.title,
            feeds.c.ai_only,
            on_topic,
            feeds.c.outlet,
            entries.c.language,
            entries.c.published,
            opening,
        )
        .join(feeds)
        .where(entries.c.first_seen >= since, feeds.c.shared)
        .order_by(entries.c.first_seen.desc(), entries.c.id.desc())
        .limit(limit)
    )
    rows = (await tx.execute(query)).all()
    return [
        Title(
            text=text,
            ai_only=bool(ai_only),
            on_topic=bool(relevant),
            outlet=outlet,
            language=language,
            day=published.date(),
            opening=begins,
        )
        for text, ai_only, relevant, outlet, language, published, begins in reversed(rows)
    ]
