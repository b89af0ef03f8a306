"""The database, looked at and left as it is: a schema is brought up to date by `strillone run` alone."""

from collections.abc import Sequence

from bot.app.lease import ALONE, WORKER
from bot.app.lease import NAME as LEASE
from bot.app.running import utc_now
from bot.cli.doctor.findings import Finding, note, problem, well
from bot.errors import StrilloneError
from bot.settings import Settings
from bot.store import Store, open_store, system, transfer
from bot.store.database import is_missing, newest_schema, schema_of
from bot.store.system import Lease


async def look_at_database(settings: Settings) -> tuple[list[Finding], Lease | None]:
    """Return how the database is, and who works with it."""
    try:
        if is_missing(settings.database):
            return [note("database", "there is none yet; `strillone run` makes it")], None
        store = await open_store(settings.database, to="")
    except StrilloneError as error:
        return [problem("database", str(error))], None
    try:
        return await _look(store)
    except StrilloneError as error:
        return [problem("database", str(error))], None
    finally:
        await store.close()


async def _look(store: Store) -> tuple[list[Finding], Lease | None]:
    async with store.read() as tx:
        schema = await schema_of(tx)
        if schema is None:
            return [note("database", "opened; it is empty, and `strillone run` makes its tables")], None
        lease = await system.lease_of(tx, LEASE)
        workers = [lease for lease in await system.leases_named(tx, WORKER) if lease.until > utc_now()]
        is_alone = bool(await system.leases_named(tx, ALONE))
        place = await transfer.moved_to(tx)
        is_arriving = await transfer.is_arriving(tx)
    if is_arriving:
        remedy = "Say `strillone move` again, where the old one is: it goes on."
        return [problem("database", f"it is half filled. {remedy}")], None
    if place:
        return [problem("database", f"it was moved to {place}. Set DATABASE_URL to that.")], None
    at_work = lease if lease is not None and lease.until > utc_now() else None
    holder = _who_works(at_work, workers)
    if missing := _missing_part(at_work, workers, is_alone=is_alone):
        return [problem("database", f"opened; {holder}. {missing}")], at_work
    if schema == newest_schema():
        return [well("database", f"opened, at the newest schema; {holder}")], at_work
    remedy = "`strillone run` brings it up to date"
    remedy += ", once that process has ended" if at_work else ""
    return [note("database", f"opened, at an earlier schema ({schema}); {holder}. {remedy}")], at_work


def _missing_part(process: Lease | None, workers: Sequence[Lease], *, is_alone: bool) -> str:
    """Return what nobody does where processes share the work, and who would; empty where nothing is
    missing.
    """
    if workers and process is None:
        return "Nobody posts or answers: start one with `strillone run --role chat`."
    if process is not None and not workers and not is_alone:
        return "Nobody reads feeds or writes digests: start one with `strillone run --role worker`."
    return ""


def _who_works(process: Lease | None, workers: Sequence[Lease]) -> str:
    """Return who works with a database, in words."""
    names = [f"process {process.holder}"] if process else []
    names += [f"worker {worker.holder}" for worker in workers]
    if not names:
        return "nobody works with it"
    if len(names) == 1:
        return f"{names[0]} works with it"
    return f"{', '.join(names[:-1])} and {names[-1]} work with it"
