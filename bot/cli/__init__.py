"""The command line: parses, calls, prints."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import __version__
from bot.errors import SettingsError, StrilloneError
from bot.languages import SPOKEN

if TYPE_CHECKING:
    from collections.abc import Coroutine

RESTART_CODE = -1
"""What a run ends with that is to begin again (`bot.cli.run`, which is only loaded to run)."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 90})
@click.version_option(__version__, prog_name="strillone")
def main() -> None:
    """AI news from feeds to Discord and Telegram: every story once, short, with its sources."""


@main.command("demo")
@click.option("--check", is_flag=True, help="End with an error unless what is shown is what should be.")
@click.option(
    "--port", default=8000, show_default=True, help="Where the page is; a taken port moves to the next."
)
@click.option(
    "--language",
    type=click.Choice(SPOKEN),
    default="en",
    show_default=True,
    help="The channel's language.",
)
@click.option("--shuffle", type=int, help="Read the feeds in another order (a number chooses which).")
@click.option("--shift-days", type=int, default=0, help="Let everything happen that many days later.")
@click.option(
    "--newsroom",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder of sample feeds.",
)
def demo_command(
    check: bool, port: int, language: str, shuffle: int | None, shift_days: int, newsroom: Path | None
) -> None:
    """Show a digest of sample news here and on a local page; needs no token, key or network."""
    from rich.console import Console

    from bot.app.logs import configure
    from bot.demo import Choice, demo

    log = configure((), level=40)
    choice = Choice(
        check=check,
        port=port,
        language=language,
        shuffle=shuffle,
        shift=timedelta(days=shift_days),
        newsroom=newsroom,
    )
    sys.exit(_run(demo(choice, Console(highlight=False), log)))


@main.command("run")
@click.option(
    "--claim",
    is_flag=True,
    help="Print a new claim, though somebody runs the instance: whoever uses it is its only operator.",
)
@click.option(
    "--role",
    type=click.Choice(["all", "chat", "worker"]),
    default="all",
    show_default=True,
    help=(
        "What this process does: everything; or, where several share one PostgreSQL, what people see of it, "
        "or the work behind that."
    ),
)
def run_command(*, claim: bool, role: str) -> None:
    """Read feeds, post digests and answer commands until stopped; SIGHUP lets it begin again with new
    settings.
    """
    from bot.cli.run import run

    while (code := _run(run(new_claim=claim, role=role))) == RESTART_CODE:
        pass
    sys.exit(code)


@main.command("try")
@click.argument("sources", nargs=-1, required=True)
@click.option(
    "--now",
    help=(
        "The moment to pretend it is, such as 2026-11-23T08:00; for files the default is their newest entry."
    ),
)
@click.option(
    "--language",
    type=click.Choice(SPOKEN),
    default="en",
    show_default=True,
    help="The language of the digest.",
)
@click.option("--size", default=5, show_default=True, type=click.IntRange(1, 20), help="How many stories.")
def try_command(sources: tuple[str, ...], now: str | None, language: str, size: int) -> None:
    """Print the digest that SOURCES (feed addresses, web sites or files) would give now; nothing is stored or
    sent.
    """
    from rich.console import Console

    from bot.app.logs import configure
    from bot.cli.trial import trial

    moment = _moment(now) if now else None
    log = configure((), level=50)
    sys.exit(
        _run(
            trial(
                sources,
                now=moment,
                language=language,
                size=size,
                err=Console(stderr=True, highlight=False),
                log=log,
            )
        )
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"`{text}` is not a moment. Write it like 2026-11-23T08:00."
        raise click.BadParameter(msg, param_hint="--now") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@main.command("simulate")
@click.option(
    "--days", default=1, show_default=True, type=click.IntRange(1, 60), help="How many days are lived."
)
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last of them; the newest, if none is named."
)
@click.option(
    "--recording",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of recorded feeds, in place of what the database holds.",
)
@click.option(
    "--against",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder of settings (as STRILLONE_DATA names one): show only what differs.",
)
@click.option("--why", is_flag=True, help="Show what the places of stories rest on, and what was left out.")
@click.option("--json", "as_json", is_flag=True, help="Print what would have been posted for a program.")
def simulate_command(
    *,
    days: int,
    until: datetime | None,
    recording: Path | None,
    against: Path | None,
    why: bool,
    as_json: bool,
) -> None:
    """Show what every channel would have received on the last days, by the settings as they are now, and what
    a model would cost. Nothing is posted or stored.
    """
    from rich.console import Console

    from bot.cli.simulate import SimulationOptions, show_simulation

    options = SimulationOptions(
        days=days,
        until=until.date() if until else None,
        recording=recording,
        against=against,
        with_reasons=why,
        as_json=as_json,
    )
    sys.exit(_run(show_simulation(options, Console(highlight=False))))


@main.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print what was found for a program.")
def doctor_command(*, as_json: bool) -> None:
    """Check settings, machine, database, tokens, models and feeds, and say what to mend; ends with 1 where
    something is.
    """
    from rich.console import Console

    from bot.app.logs import configure
    from bot.cli.doctor import examine

    log = configure((), level=50)
    sys.exit(_run(examine(Console(highlight=False), log, as_json=as_json)))


@main.group("feeds")
def feeds_group() -> None:
    """Bring lists of feeds (OPML) in and out, and look at what they hold."""


@feeds_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Add the feeds of FILE to those that every place may draw on."""
    from rich.console import Console

    from bot.cli.feeds import import_list

    sys.exit(_run(import_list(file, Console(highlight=False))))


@feeds_group.command("export")
@click.argument("file", required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export_command(file: Path | None) -> None:
    """Write the feeds that every place may draw on to FILE, or print them."""
    from rich.console import Console

    from bot.cli.feeds import export_list

    sys.exit(_run(export_list(file, Console(stderr=True, highlight=False))))


@feeds_group.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_command(file: Path | None) -> None:
    """Look at every feed of FILE, or of the list in use, and say what it answers: needs the network."""
    from rich.console import Console

    from bot.cli.feeds_check import check_list

    sys.exit(_run(check_list(file, Console(highlight=False))))


@main.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def backup_command(file: Path | None) -> None:
    """Write database and configuration to one FILE (a zip), also while Strillone runs; tokens and keys are
    not in it.
    """
    from rich.console import Console

    from bot.cli.backup import back_up

    sys.exit(_run(back_up(file, Console(highlight=False))))


@main.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Bring a backup into an empty place; nothing is posted from there before `strillone resume`."""
    from rich.console import Console

    from bot.cli.restore import restore

    sys.exit(_run(restore(file, Console(highlight=False))))


@main.command("resume")
@click.option("--moved", is_flag=True, help="The instance that was backed up went on posting.")
def resume_command(*, moved: bool) -> None:
    """Let a restored Strillone post again."""
    from rich.console import Console

    from bot.cli.resume import resume

    sys.exit(_run(resume(Console(highlight=False), moved=moved)))


@main.command("move")
@click.option(
    "--to", "address", required=True, help="The other database, such as postgresql://user:password@host/name."
)
def move_command(address: str) -> None:
    """Bring the instance into another database, compared row by row. Stop Strillone before; what is
    interrupted goes on when it is said again.
    """
    from rich.console import Console

    from bot.app.logs import configure
    from bot.cli.move import move

    log = configure((address,), level=50)
    sys.exit(_run(move(address, Console(highlight=False), log)))


@main.command("storage")
@click.option(
    "--shrink",
    is_flag=True,
    help="Give empty room of an SQLite file back to the disk. Stop Strillone before.",
)
def storage_command(*, shrink: bool) -> None:
    """Show what uses how much of the database, and what housekeeping will free."""
    from rich.console import Console

    from bot.app.logs import configure
    from bot.cli.storage import show_storage

    log = configure((), level=50)
    sys.exit(_run(show_storage(Console(highlight=False), log, shrink=shrink)))


def _run(work: "Coroutine[Any, Any, int]") -> int:
    """Run to the end; an expected failure is one line for the person who can mend it."""
    from bot.app.event_loop import run_in_loop as run_loop
    from bot.pipeline.entries.urls import mask_secrets

    try:
        return run_loop(work)
    except SettingsError as error:
        for problem in error.problems:
            print(f"✗ {mask_secrets(problem)}", file=sys.stderr)
        return 2
    except StrilloneError as error:
        print(f"✗ {mask_secrets(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
