"""What monitors ask for: `/metrics` in the format of Prometheus, and `/readyz`.

Labels are words of the program's own: no names of places, no addresses of feeds, nothing that anybody wrote.
"""

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.app.lease import NAME as LEASE
from bot.app.lease import WORKER
from bot.app.loop_watch import LoopWatch
from bot.app.roles import Role, Scheduler
from bot.errors import DatabaseUnavailable
from bot.jobs import Context
from bot.jobs.operating.readiness import PATIENCE, waiting_times
from bot.ports import Cost, Route
from bot.store import backlog, spending, storage, system
from bot.store.backlog import Backlog, NewsDelay
from bot.store.storage import FileUse
from bot.store.system import Lease
from bot.tally import Counted

READINESS, METRICS = "/readyz", "/metrics"

DELAY_PERIOD = timedelta(hours=1)
"""Of which posts it is told how long news took."""

COUNTERS = {
    Counted.POLLS: ("Polls of feeds since the start, by result", "result"),
    Counted.STORIES: ("Entries grouped since the start, by what became of them", "result"),
    Counted.SUMMARIES: ("Summaries written since the start, by method", "method"),
    Counted.SENTENCES: ("Sentences of summaries since the start, by what the gate made of them", "result"),
    Counted.OPERATIONS: ("Operations ended since the start, by state", "state"),
    Counted.DIGESTS: ("Posts with digests that arrived since the start, by platform", "platform"),
}


@dataclass(frozen=True, slots=True)
class _StoreFigures:
    """What the store tells."""

    backlog: Backlog
    delay: NewsDelay | None
    lease: Lease | None
    today: Cost
    file: FileUse
    workers: int
    jobs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Answers monitors. `folder` is where the disk is looked at that the data is on."""

    ctx: Context
    loop_watch: LoopWatch
    folder: Path
    role: Role
    scheduler: Scheduler

    def routes(self) -> list[Route]:
        """Return where monitors ask."""
        return [("GET", READINESS, self._answer_readiness), ("GET", METRICS, self._answer_metrics)]

    async def _answer_readiness(self, request: web.Request) -> web.Response:  # noqa: ARG002  the answer is the same for everybody
        """Answer 200 where everything does its work, and 503 with what does not."""
        ctx = self.ctx
        states = {name: health.state for name, health in sorted(ctx.health.items())}
        states_by_part = {name: "well" if state == "connected" else state for name, state in states.items()}
        states_by_part["database"] = ctx.store.trouble or "well"
        if self.role is not Role.ALL:
            states_by_part["engine"] = self.scheduler.trouble or "well"
        figures = await self._load()
        if figures is not None:
            now = ctx.clock()
            states_by_part |= {
                name: _verdict(wait, name)
                for name, wait in waiting_times(figures.backlog, now).items()
                if self._answers_for(name)
            }
        is_ready = all(state == "well" for state in states_by_part.values())
        return web.json_response(states_by_part, status=200 if is_ready else 503)

    def _answers_for(self, name: str) -> bool:
        """Tell whether this process is why something waits: one that is well must not be ended for
        another.
        """
        return self.role is Role.ALL or (name == "posts") == self.role.has_platforms

    async def _answer_metrics(self, request: web.Request) -> web.Response:  # noqa: ARG002  the answer is the same for everybody
        """Answer with all figures; without those of the store while it is in trouble."""
        registry = CollectorRegistry(auto_describe=False)
        figures, free_bytes = await self._load(), await asyncio.to_thread(_measure_free_space, self.folder)
        registry.register(_Figures(self.ctx, self.role, self.loop_watch.longest_stall, free_bytes, figures))
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        return web.Response(body=generate_latest(registry), headers=headers)

    async def _load(self) -> _StoreFigures | None:
        """Return what the store tells, None while it is in trouble."""
        ctx, now = self.ctx, self.ctx.clock()
        linking = [name for name, platform in ctx.platforms.items() if platform.links_to_bot]
        if ctx.store.trouble:
            return None
        try:
            async with ctx.store.read() as tx:
                return _StoreFigures(
                    backlog=await backlog.measure_backlog(tx, now, linking),
                    delay=await backlog.measure_news_delay(tx, now - DELAY_PERIOD),
                    lease=await system.lease_of(tx, LEASE),
                    today=await spending.on_day(tx, now.date()),
                    file=await storage.measure_file(tx),
                    workers=sum(lease.until >= now for lease in await system.leases_named(tx, WORKER)),
                    jobs={} if self.role is Role.ALL else await backlog.count_jobs(tx),
                )
        except DatabaseUnavailable:
            return None


def _measure_free_space(folder: Path) -> int | None:
    """Return the free bytes on the disk of a folder, None where it is not there (yet)."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _verdict(wait: timedelta, name: str) -> str:
    return "well" if wait <= PATIENCE[name] else f"the oldest has waited for {int(wait.total_seconds())} s"


class _Figures(Collector):
    """The figures of one moment."""

    def __init__(
        self,
        ctx: Context,
        role: Role,
        longest_stall: float,
        free_bytes: int | None,
        figures: _StoreFigures | None,
    ) -> None:
        self._ctx = ctx
        self._role = role
        self._longest_stall = longest_stall
        self._free_bytes = free_bytes
        self._stored = figures

    def collect(self) -> Iterator[Metric]:
        """Give every figure."""
        role = GaugeMetricFamily("strillone_role", "What this process does", labels=["role"])
        role.add_metric([self._role], 1.0)
        yield role
        yield _gauge("database_up", "Whether the database can be used", float(self._stored is not None))
        yield _gauge("loop_stall_seconds", "Longest stall of the event loop of late", self._longest_stall)
        if self._free_bytes is not None:
            yield _gauge("disk_free_bytes", "Free room on the disk of the data folder", self._free_bytes)
        platforms = GaugeMetricFamily(
            "strillone_platform_up", "Whether a platform is connected", labels=["platform"]
        )
        for name, health in sorted(self._ctx.health.items()):
            platforms.add_metric([name], float(health.state == "connected"))
        yield platforms
        for counted, (text, label) in COUNTERS.items():
            counter = CounterMetricFamily(f"strillone_{counted}", text, labels=[label])
            for value, count in self._ctx.tally.counts(counted).items():
                counter.add_metric([value], count)
            yield counter
        if self._stored is not None:
            yield from self._figures_of_store(self._stored)

    def _figures_of_store(self, figures: _StoreFigures) -> Iterator[Metric]:
        now = self._ctx.clock()
        waits = GaugeMetricFamily(
            "strillone_oldest_due_seconds",
            "How long the oldest that could go on has waited beyond its time",
            labels=["of"],
        )
        for name, wait in waiting_times(figures.backlog, now).items():
            waits.add_metric([name], wait.total_seconds())
        yield waits
        states = GaugeMetricFamily(
            "strillone_operations_waiting", "Operations that have not ended", labels=["state"]
        )
        for state, count in figures.backlog.operations.items():
            states.add_metric([state], count)
        yield states
        if figures.delay is not None:
            median, longest = figures.delay.median.total_seconds(), figures.delay.longest.total_seconds()
            yield _gauge("feed_to_post_seconds", "Median of news at once during an hour", median)
            yield _gauge("feed_to_post_longest_seconds", "Longest of news at once during an hour", longest)
        if figures.lease is not None:
            age = max(0.0, (now - figures.lease.since).total_seconds())
            yield _gauge("lease_age_seconds", "Since when it runs", age)
            left = (figures.lease.until - now).total_seconds()
            yield _gauge("lease_left_seconds", "How long its lease is valid yet", left)
        yield _gauge("workers", "Workers at work beside the process with the platforms", figures.workers)
        if figures.jobs:
            jobs = GaugeMetricFamily("strillone_jobs", "Work that is shared by workers", labels=["state"])
            for state, count in figures.jobs.items():
                jobs.add_metric([state], count)
            yield jobs
        yield _gauge("database_bytes", "Size of the database", figures.file.size)
        yield _gauge("model_tokens_today", "Tokens that models took today", figures.today.tokens)
        money = figures.today.money / 1e6
        yield _gauge("model_cost_today", "What models cost today, in the budget's currency", money)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"strillone_{name}", text, value=value)
