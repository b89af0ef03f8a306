"""The parts, put together."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app.lease import ProcessLease, Tenure
from bot.app.roles import Role
from bot.app.running import Plan, plan_for, running, utc_now
from bot.app.wiring import budget_of, load_platform, load_summarizer, user_agent, worker_count
from bot.errors import LeaseHeld, SettingsError
from bot.model import PlaceKind
from bot.pipeline.limits.spending import Limit
from bot.ports import ModelOptions, PlatformOptions
from bot.settings import (
    ChannelSettings,
    Environment,
    FileSettings,
    ModelSettings,
    Settings,
    SubscriptionSettings,
    WebSettings,
)
from bot.store import feeds, open_store, places
from tests.app.helpers import quiet_log
from tests.doubles.model import Hands
from tests.doubles.postgres import Postgres
from tests.support.world import settings, texts


def house(folder: Path, **file: Any) -> Settings:
    environment = Environment.model_construct(strillone_data=str(folder), port=0)
    return replace(settings(), environment=environment, data=folder, outlines=(), file=FileSettings(**file))


def on_port(found: Settings, port: int) -> Settings:
    return replace(found, environment=found.environment.model_copy(update={"port": port}))


@pytest.mark.parametrize("name", ["discord", "telegram", "web", "terminal"])
def test_a_platform_is_loaded_by_its_name(name: str) -> None:
    assert load_platform(name, PlatformOptions("123456:" + "A" * 35), texts()).name == name


def test_a_platform_that_does_not_exist_is_named() -> None:
    with pytest.raises(SettingsError, match="There is no platform `smoke`"):
        load_platform("smoke", PlatformOptions(), texts())


def test_a_platform_without_its_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "bot.platforms.telegram.connection", None)
    with pytest.raises(SettingsError, match=r"pip install 'strillone\[telegram\]'"):
        load_platform("telegram", PlatformOptions(), texts())


def summarizer(found: Settings) -> Any:
    return load_summarizer(found, Hands(found.models).options())


def test_a_summarizer_is_loaded_by_its_name_or_named(tmp_path: Path) -> None:
    assert not summarizer(house(tmp_path, summarizer="extractive")).translates
    assert not summarizer(house(tmp_path)).translates
    with pytest.raises(SettingsError, match="`poet` is no summarizer"):
        summarizer(house(tmp_path, summarizer="poet"))


def test_models_write_where_some_are_configured(tmp_path: Path) -> None:
    models = (ModelOptions(name="small", address="http://127.0.0.1:1/v1"),)
    assert summarizer(replace(house(tmp_path), models=models)).translates
    assert not summarizer(replace(house(tmp_path, summarizer="extractive"), models=models)).translates


def test_a_key_without_a_model_is_named(tmp_path: Path) -> None:
    environment = Environment.model_construct(openai_api_key=SecretStr("sk-sesame-open"))
    with pytest.raises(SettingsError, match="OPENAI_MODEL: there is no model") as caught:
        summarizer(replace(house(tmp_path), environment=environment))
    assert "sesame" not in str(caught.value)


def test_the_budget_is_counted_in_millionths(tmp_path: Path) -> None:
    budget = budget_of(FileSettings(zone="Europe/Rome", model=ModelSettings(day_tokens=5, month_money=2.5)))
    assert (budget.tokens, budget.money, budget.zone) == (Limit(5), Limit(None, 2_500_000), "Europe/Rome")


def test_publishers_learn_who_we_are() -> None:
    assert user_agent("").startswith("Strillone/")
    assert user_agent("ann@example.org").endswith("contact: ann@example.org)")
    assert 1 <= worker_count() <= 4


def test_the_plan_follows_tokens_and_settings(tmp_path: Path) -> None:
    environment = Environment.model_construct(
        strillone_data=str(tmp_path), of_platforms={
            "DISCORD_TOKEN": SecretStr("d"), "DISCORD_API_URL": SecretStr("http://127.0.0.1:2"),
            "TELEGRAM_TOKEN": SecretStr("t"), "TELEGRAM_BASE_URL": SecretStr("http://127.0.0.1:1"),
        },
    )  # fmt: skip
    public = WebSettings(public_url="https://news.example.org", webhooks=True)
    by_webhook = plan_for(replace(house(tmp_path, web=public), environment=environment))
    assert by_webhook.platforms["telegram"].addresses["webhook"] == "https://news.example.org"
    plan = plan_for(replace(house(tmp_path, web=WebSettings(enabled=False)), environment=environment))
    assert {name: dict(options.addresses) for name, options in plan.platforms.items()} == {
        "discord": {"api": "http://127.0.0.1:2"}, "telegram": {"api": "http://127.0.0.1:1"},
    }  # fmt: skip
    assert set(plan_for(house(tmp_path)).platforms) == {"web"}


async def test_a_house_runs_serves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    import aiohttp

    channel = ChannelSettings(
        platform="web", address="news", kind=PlaceKind.PAGE, subscriptions=(SubscriptionSettings(),)
    )
    found = house(tmp_path, channels=(channel,))
    async with running(found, Plan(platforms={"web": PlatformOptions()}), quiet_log()) as run:
        async with asyncio.timeout(10):
            while run.house.ctx.health.get("web") is None or run.house.ctx.health["web"].state != "connected":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{run.url}/healthz") as response:
                assert await response.json() == {"database": "well", "web": "connected"}
            async with session.get(f"{run.url}/readyz") as response:
                assert set((await response.json()).values()) == {"well"}
            async with session.get(f"{run.url}/metrics") as response:
                assert "strillone_lease_left_seconds " in await response.text()
        async with run.house.ctx.store.read() as tx:
            assert len(await places.channels_of(tx, "web")) == 1
            assert await feeds.all_active(tx) == []
    assert not run.failure.done()


async def test_a_second_house_on_one_database_is_refused(tmp_path: Path) -> None:
    found = house(tmp_path, web=WebSettings(enabled=False))
    store = await open_store(found.database)
    plan = Plan(platforms={}, standby=0)
    other = ProcessLease(store=store, clock=plan.clock, log=quiet_log(), holder="elsewhere/1")
    await other.take(0)
    with pytest.raises(LeaseHeld):
        async with running(found, plan, quiet_log()):
            pass
    await other.drop()
    async with running(found, plan, quiet_log()) as run:
        assert run.url == ""
    await store.close()


async def test_a_stand_by_tells_monitors_so_and_is_ready_once_it_works(tmp_path: Path) -> None:
    import aiohttp

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = on_port(house(tmp_path), port)
    store = await open_store(found.database)
    plan = Plan(platforms={"web": PlatformOptions()}, standby=20)
    other = ProcessLease(store=store, clock=plan.clock, log=quiet_log(), holder="elsewhere/1")
    await other.take(0)

    async def answer(path: str) -> tuple[int, dict[str, str]]:
        async with session.get(f"http://127.0.0.1:{port}{path}") as response:
            return response.status, await response.json()

    async def stand_by() -> dict[str, str]:
        async with running(found, plan, quiet_log()):
            return (await answer("/healthz"))[1]

    async with aiohttp.ClientSession() as session, asyncio.timeout(20):
        waiting = asyncio.create_task(stand_by())
        while (status := await _status(session, f"http://127.0.0.1:{port}/readyz")) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        assert status == 503
        assert (await answer("/readyz"))[1] == {"lease": "held by another process; this one stands by"}
        assert (await answer("/healthz"))[0] == 200
        await other.drop()
        assert (await waiting)["database"] == "well"
    await store.close()


async def _status(session: Any, url: str) -> int | None:
    """The status of an answer, None while nobody listens there."""
    try:
        async with session.get(url) as response:
            return int(response.status)
    except OSError:
        return None


async def test_a_stand_by_whose_port_another_process_has_waits_unseen(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        found = on_port(house(tmp_path), taken.getsockname()[1])
        store = await open_store(found.database)
        plan = Plan(platforms={}, standby=0.3)
        other = ProcessLease(store=store, clock=plan.clock, log=quiet_log(), holder="elsewhere/1")
        await other.take(0)
        with pytest.raises(LeaseHeld):
            async with running(found, plan, quiet_log()):
                pass
        await store.close()


async def test_an_instance_keeps_its_name_over_restarts(tmp_path: Path) -> None:
    names = []
    for _ in range(2):
        async with running(
            house(tmp_path, web=WebSettings(enabled=False)), Plan(platforms={}), quiet_log()
        ) as run:
            names.append(run.house.ctx.instance)
    assert names[0] == names[1] != ""


# --- roles


@pytest.mark.parametrize("role", [Role.CHAT, Role.WORKER])
async def test_a_database_that_cannot_be_shared_is_refused_to_a_part(tmp_path: Path, role: Role) -> None:
    with pytest.raises(SettingsError, match=f"--role {role} needs PostgreSQL.*strillone move --to"):
        async with running(house(tmp_path), Plan(platforms={}, role=role), quiet_log()):
            pass


def shared_house(folder: Path, address: str, **file: Any) -> Settings:
    found = house(folder, **file)
    return replace(
        found, environment=found.environment.model_copy(update={"database_url": SecretStr(address)})
    )


@pytest.fixture
def shared_database(postgres: Postgres) -> Iterator[str]:
    with postgres.fresh() as address:
        yield address


async def test_each_part_tells_monitors_what_it_does_and_how_it_is(
    tmp_path: Path, shared_database: str
) -> None:
    import aiohttp

    platforms = {"web": PlatformOptions()}
    found = shared_house(tmp_path, shared_database)
    async with (
        running(found, Plan(platforms=platforms, role=Role.CHAT), quiet_log()) as chat,
        parallel(found, Plan(platforms=platforms, role=Role.WORKER)) as worker_url,
        aiohttp.ClientSession() as session,
        asyncio.timeout(30),
    ):
        for url, ready in (
            (chat.url, {"web", "database", "engine", "posts"}),
            (worker_url, {"database", "engine", "feeds", "digests", "entries"}),
        ):
            while await _status(session, f"{url}/readyz") != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            async with session.get(f"{url}/readyz") as response:
                assert set(await response.json()) == ready
        async with session.get(f"{worker_url}/healthz") as response:
            assert await response.json() == {"database": "well", "role": "worker", "engine": "well"}
        async with session.get(f"{worker_url}/") as response:
            assert response.status == 404
        async with session.get(f"{chat.url}/metrics") as response:
            figures = await response.text()
    assert 'strillone_role{role="chat"} 1.0' in figures
    assert "strillone_workers 1.0" in figures
    assert 'strillone_jobs{state="running"}' in figures


@asynccontextmanager
async def parallel(found: Settings, plan: Plan) -> AsyncIterator[str]:
    """Run another part in a task of its own, as a process has one."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    ended = asyncio.Event()

    async def live() -> None:
        async with running(found, plan, quiet_log()) as run:
            address.set_result(run.url)
            await ended.wait()

    task = asyncio.create_task(live())
    await asyncio.wait((task, address), return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    try:
        yield address.result()
    finally:
        ended.set()
        await task


async def test_a_second_chat_process_stands_by_and_workers_do_not(
    tmp_path: Path, shared_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shared_house(tmp_path, shared_database, web=WebSettings(enabled=False))
    store = await open_store(shared_database)
    first = ProcessLease(
        store=store, clock=utc_now, log=quiet_log(), holder="elsewhere/1", tenure=Tenure.CHAT
    )
    await first.take(0)
    with pytest.raises(LeaseHeld, match="elsewhere/1"):
        async with running(found, Plan(platforms={}, role=Role.CHAT, standby=0), quiet_log()):
            pass
    async with running(found, Plan(platforms={}, role=Role.WORKER, standby=0), quiet_log()):
        pass
    await first.drop()
    async with running(found, Plan(platforms={}, role=Role.CHAT, standby=0), quiet_log()):
        pass
    await store.close()
