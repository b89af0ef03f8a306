"""`strillone doctor`: look at everything that can be wrong, and say what to mend. It changes nothing."""

import json

from rich.console import Console
from structlog.typing import FilteringBoundLogger

from bot.cli.doctor.database import look_at_database
from bot.cli.doctor.findings import Finding, as_data, problem, show, well
from bot.cli.doctor.machine import (
    is_of_this_machine,
    look_at_clock,
    look_at_disk,
    look_at_folder,
    look_at_port,
    look_at_proxy,
)
from bot.cli.doctor.network import look_at_feeds, look_at_models, look_at_platforms
from bot.errors import SettingsError
from bot.feeds.opml import read_opml
from bot.settings import Settings, load


class _Report:
    """Takes findings, and shows each at once unless all are wanted as data."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self.findings: list[Finding] = []

    def add(self, *findings: Finding) -> None:
        """Take findings."""
        self.findings += findings
        for finding in findings if not self._as_json else ():
            show(finding, self._console)

    def end(self) -> int:
        """Show what it comes to; returns the exit code."""
        data = as_data(self.findings)
        if self._as_json:
            self._console.print_json(json.dumps(data))
        else:
            self._console.print("All is well." if data["well"] else f"{data['to_mend']} to mend.")
        return 0 if data["well"] else 1


async def examine(console: Console, log: FilteringBoundLogger, *, as_json: bool = False) -> int:
    """Check settings, machine, database, platforms, models and feeds; returns 1 when something must be
    mended.
    """
    log.debug("doctor.finding")
    report = _Report(console, as_json=as_json)
    try:
        settings = load(read_opml)
    except SettingsError as error:
        report.add(*(problem("settings", text) for text in error.problems))
        return report.end()
    await _examine(settings, report)
    return report.end()


async def _examine(settings: Settings, report: _Report) -> None:
    feed_count, channel_count = len(settings.outlines), len(settings.file.channels)
    report.add(well("settings", f"{feed_count} feeds, {channel_count} channels"))
    report.add(*look_at_folder(settings.data), look_at_disk(settings.data))
    database, lease = await look_at_database(settings)
    report.add(*database)
    is_running_here = lease is not None and is_of_this_machine(lease.holder)
    report.add(*await look_at_port(settings, is_running_here=is_running_here))
    report.add(*await look_at_proxy(settings))
    report.add(*await look_at_platforms(settings))
    report.add(*await look_at_models(settings))
    feeds, differences = await look_at_feeds(settings)
    report.add(feeds, *look_at_clock(differences))
