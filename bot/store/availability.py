"""What keeps a database from being used for a while, in words that say what to do about it."""

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

TROUBLES = (
    (
        "full",
        (
            "The disk that holds the database is full: nothing can be posted. Make room on it; "
            "everything goes on by itself then."
        ),
    ),
    (
        "locked",
        (
            "Another program holds the database locked: nothing can be posted. End it, or let it "
            "finish; everything goes on by itself then."
        ),
    ),
    (
        "broken",
        (
            "The disk that holds the database fails, or may not be written to: nothing can be "
            "posted. Look after it; everything goes on by itself then."
        ),
    ),
    (
        "away",
        (
            "The database server does not answer: nothing can be posted. Start it, or mend the "
            "way to it; everything goes on by itself then."
        ),
    ),
)
FULL, LOCK_REMEDY, DISK_REMEDY, NO_ANSWER = (sentence for _, sentence in TROUBLES)

OF_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: LOCK_REMEDY,
    sqlite3.SQLITE_IOERR: DISK_REMEDY,
    sqlite3.SQLITE_READONLY: DISK_REMEDY,
    sqlite3.SQLITE_CANTOPEN: DISK_REMEDY,
}
"""By primary result code, the lowest byte of what SQLite reports (sqlite.org/rescode.html)."""

DISK_FULL = "53100"
CONFLICTS = frozenset({"40001", "40P01", "25P03"})
"""States of PostgreSQL in which it ended one of two transactions that stood in each other's way, or one that
stood still.
"""

OF_THE_SERVER = ("08", "53", "57P", "58", "25006", "55P03")
"""States of PostgreSQL (appendix A of its manual) that tell of the server: its connections, resources,
shutdown, disk, that it only reads, or that somebody holds our lock for too long. Others tell of the
statement."""


def unavailable_reason(error: DBAPIError) -> str:
    """Return the sentence for an error of the machine that may pass; empty where the statement itself is
    wrong.
    """
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return OF_SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
    state = getattr(cause, "sqlstate", None) or ""
    if state == DISK_FULL:
        return FULL
    is_unconnected = isinstance(error, OperationalError) and error.statement is None
    is_connection_lost = not state and (error.connection_invalidated or is_unconnected)
    return NO_ANSWER if is_connection_lost or state.startswith(OF_THE_SERVER) else ""


def is_conflict(error: Exception) -> bool:
    """Tell whether a transaction only stood in another's way: done again, it goes through."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") in CONFLICTS
