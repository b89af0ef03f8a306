"""The files that containers and systemd start from: they parse, start what the README starts, and run as nobody special."""

import asyncio
import json
import os
import re
import sys
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest

from bot.app.webserver import WebServer

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def start() -> list[str]:
    """The README's start command, without the path to its environment."""
    found = re.search(r"`make run` \(or `\.venv/bin/(strillone [a-z ]+)`", (ROOT / "README.md").read_text())
    assert found
    return found[1].split()


@pytest.fixture(scope="module")
def image() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text()).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line]  # type: ignore[misc]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text()))


@pytest.fixture(scope="module")
def cluster() -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load((ROOT / "compose.cluster.yaml").read_text()))


@pytest.fixture(scope="module")
def unit() -> RawConfigParser:
    parser = RawConfigParser(strict=True, delimiters="=", interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((ROOT / "docs/operators/strillone.service").read_text())
    return parser


def of(image: list[tuple[str, str]], instruction: str) -> list[str]:
    last_stage = max(place for place, (name, _) in enumerate(image) if name == "FROM")
    return [value for name, value in image[last_stage:] if name == instruction]


def test_the_image_starts_what_the_readme_starts(image: list[tuple[str, str]], start: list[str]) -> None:
    assert json.loads(of(image, "CMD")[-1]) == start
    assert of(image, "USER") == ["10001"]
    assert of(image, "STOPSIGNAL") == ["SIGTERM"]


def test_the_image_holds_what_is_pinned_and_no_secrets(image: list[tuple[str, str]]) -> None:
    installs = [value for name, value in image if name == "RUN" and "pip install" in value]
    assert all("--no-deps" in value for value in installs)
    assert "--require-hashes -r requirements.lock" in installs[0]
    ignored = (ROOT / ".dockerignore").read_text().split()
    taken = {name.removeprefix("!") for name in ignored if name.startswith("!")}
    assert ignored[0] == "*"
    copied = {
        part
        for name, value in image
        if name == "COPY" and "--from" not in value
        for part in value.split()[:-1]
    }
    assert copied == taken
    assert all((ROOT / name).exists() for name in taken)


async def test_the_image_asks_the_program_for_its_health(image: list[tuple[str, str]]) -> None:
    command = json.loads(of(image, "HEALTHCHECK")[0].partition("CMD ")[2])
    assert command[:2] == ["python", "-c"]

    async def ended(port: int) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command[1:],
            env={**os.environ, "PORT": str(port)},
            stderr=asyncio.subprocess.DEVNULL,
        )
        return await process.wait()

    server = WebServer("127.0.0.1", 0, lambda: {"database": "well"})
    await server.start([])
    port = int(server.url.rsplit(":", 1)[1])
    assert await ended(port) == 0
    await server.stop()
    assert await ended(port) != 0


def test_compose_runs_the_image_beside_a_database_that_is_ready(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"strillone", "postgres"}
    ours, database = services["strillone"], services["postgres"]
    assert ours["build"] == "."
    assert "command" not in ours
    assert ours["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert ours["environment"]["DATABASE_URL"].startswith("postgresql://strillone:${POSTGRES_PASSWORD:?")
    assert (ours["read_only"], ours["cap_drop"]) == (True, ["ALL"])
    assert "ports" not in database
    assert database["healthcheck"]["test"][1] == "pg_isready"
    volumes = [volume.split(":")[0] for service in services.values() for volume in service["volumes"]]
    assert set(volumes) == set(compose["volumes"])


def test_the_cluster_is_the_same_with_one_chat_process_and_two_workers(
    compose: dict[str, Any], cluster: dict[str, Any], start: list[str]
) -> None:
    services = cluster["services"]
    assert set(services) == {"chat", "worker", "postgres"}
    assert services["postgres"] == compose["services"]["postgres"]
    for role in ("chat", "worker"):
        ours = dict(services[role])
        assert ours.pop("command") == [*start, "--role", role]
        assert ours.pop("deploy", {"replicas": 1})["replicas"] == (2 if role == "worker" else 1)
        assert ours == compose["services"]["strillone"]
    assert cluster["volumes"] == compose["volumes"]


def test_the_unit_starts_what_the_readme_starts(unit: RawConfigParser, start: list[str]) -> None:
    service = unit["Service"]
    program, *arguments = service["ExecStart"].split()
    assert [Path(program).name, *arguments] == start
    assert service["User"] == "strillone"
    assert service["Environment"] == f"STRILLONE_DATA={service['WorkingDirectory']}"
    assert service["NoNewPrivileges"] == service["ProtectHome"] == "true"
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_what_the_steps_name_exists() -> None:
    steps = (ROOT / "docs/operators/installing.md").read_text()
    for name in ("compose.yaml", "compose.cluster.yaml", ".env.example", "docs/operators/strillone.service"):
        assert name in steps
        assert (ROOT / name).is_file()


def test_what_the_steps_to_more_machines_name_exists() -> None:
    from click.testing import CliRunner

    from bot.cli import main

    steps = (ROOT / "docs/operators/scaling.md").read_text()
    assert "--file compose.cluster.yaml" in steps
    roles = CliRunner().invoke(main, ["run", "--help"]).output
    assert "[all|chat|worker]" in roles
    for name in re.findall(r"strillone ([a-z]+)", steps):
        assert name in main.commands
    assert set(re.findall(r"--role ([a-z]+)", steps)) == {"chat", "worker"}
