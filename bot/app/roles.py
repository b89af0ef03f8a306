"""What a process is for: everything, or its part where several share one PostgreSQL."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from structlog.typing import FilteringBoundLogger

from bot.app.lease import Tenure, holder_here
from bot.errors import SettingsError
from bot.ports import Clock, WorkQueue
from bot.schedulers.local import LocalScheduler
from bot.store import Store

CHAT_LINES = frozenset({"deliver"})
"""Lines of whoever has the connections to the platforms."""

OWN_LINES = frozenset({"budget"})
"""Lines of every process: they tell what it alone has noticed."""


class Role(StrEnum):
    """What a process does."""

    ALL = "all"
    CHAT = "chat"
    WORKER = "worker"

    @property
    def tenure(self) -> Tenure:
        """As what it holds its lease."""
        return {Role.ALL: Tenure.ALONE, Role.CHAT: Tenure.CHAT, Role.WORKER: Tenure.WORKER}[self]

    @property
    def has_platforms(self) -> bool:
        """Whether people reach this process: by chats, by the page."""
        return self is not Role.WORKER


class Scheduler(Protocol):
    """Runs lines of work until it is stopped."""

    @property
    def trouble(self) -> str:
        """What keeps work from coming and going; empty when nothing does."""
        ...

    def start(self) -> None:
        """Begin to work."""

    def wake(self, name: str) -> None:
        """Ask a line now."""

    def clock_set_back(self) -> None:
        """Tick on after the machine's clock was set back."""

    async def stop(self, deadline: timedelta) -> None:
        """Begin nothing more, and wait until the deadline for what is in flight."""


def check_role(role: Role, store: Store) -> None:
    """Raise `SettingsError` where a database cannot be shared by processes."""
    if role is not Role.ALL and store.is_sqlite:
        msg = (
            f"--role {role} needs PostgreSQL, which several processes can share: set DATABASE_URL to "
            "postgresql://user:password@host/name (`strillone move --to` brings what is here along), or "
            "leave --role out, and one process does everything."
        )
        raise SettingsError([msg])


def scheduler_for(
    role: Role, store: Store, clock: Clock, lines: Sequence[WorkQueue], log: FilteringBoundLogger
) -> Scheduler:
    """Return what runs a role's part of the lines."""
    if role is Role.ALL:
        return LocalScheduler(lines, log)
    from bot.schedulers.cluster import ClusterScheduler, Part

    names = frozenset(line.name for line in lines)
    if role is Role.CHAT:
        part = Part(holder=holder_here(), own_lines=CHAT_LINES | OWN_LINES, heard_lines=CHAT_LINES)
    else:
        part = Part(holder=holder_here(), own_lines=OWN_LINES, carried_lines=names - CHAT_LINES - OWN_LINES)
    return ClusterScheduler(store, clock, lines, part, log)
