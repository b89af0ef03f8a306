"""A platform is one package: one is put beside the others here, and all that reads descriptors is looked at."""

import ast
import importlib
import io
import logging
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

import bot
from bot import platforms as package
from bot.app import logs
from bot.app.running import Plan, _announcer, plan_for
from bot.app.wiring import load_platform
from bot.cli.backup import _environment
from bot.errors import SettingsError
from bot.model import Identity, Place, PlaceKind
from bot.platforms import chat_platforms, platform_specs
from bot.ports import PlatformOptions, PlatformSpec
from bot.settings import Environment
from bot.store import places
from tests.commands.conftest import world
from tests.support.world import World, settings, texts

__all__ = ["world"]

ROOT = Path(bot.__file__).parent
PACKAGE = '''"""Carrier, a platform of pigeons."""

from bot.i18n import Texts
from bot.ports import Platform, PlatformOptions, PlatformSpec

SPEC = PlatformSpec(
    name="carrier",
    label="Carrier",
    extra="carrier",
    credential="CARRIER_TOKEN",
    credential_pattern=r"\\bcarrier-[a-z]{8}\\b",
    addresses={"loft": "CARRIER_LOFT"},
    start_link="{bot}#{payload}",
)


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the platform."""
    import pigeons

    return pigeons.Carrier(options, texts)
'''
TOKEN = "carrier-grayblue"


@pytest.fixture
def carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformSpec]:
    """A platform's package, beside those there are."""
    folder = tmp_path / "platforms" / "carrier"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(PACKAGE)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder.parent)])
    importlib.invalidate_caches()
    platform_specs.cache_clear()
    logs.secret_pattern.cache_clear()
    yield platform_specs()["carrier"]
    platform_specs.cache_clear()
    logs.secret_pattern.cache_clear()
    sys.modules.pop("bot.platforms.carrier", None)
    vars(package).pop("carrier", None)


@pytest.mark.usefixtures("carrier")
def test_settings_read_its_variables_and_keep_its_token_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARRIER_TOKEN", TOKEN)
    monkeypatch.setenv("CARRIER_LOFT", "http://127.0.0.1:9")
    found = replace(settings(), environment=Environment())
    assert TOKEN in found.secrets
    options = plan_for(found).platforms["carrier"]
    assert (options.token, dict(options.addresses)) == (TOKEN, {"loft": "http://127.0.0.1:9"})


@pytest.mark.usefixtures("carrier")
def test_without_its_library_its_extra_is_named() -> None:
    with pytest.raises(SettingsError, match=r"carrier needs its extra: pip install 'strillone\[carrier\]'"):
        load_platform("carrier", PlatformOptions(TOKEN), texts())


@pytest.mark.usefixtures("carrier")
def test_what_looks_like_its_token_is_in_no_log() -> None:
    out = io.StringIO()
    logs.configure((), stream=out)
    logging.getLogger("library").error("refused: %s", TOKEN)
    assert "refused" in out.getvalue()
    assert TOKEN not in out.getvalue()


@pytest.mark.usefixtures("carrier")
async def test_a_backup_names_the_variable_that_it_needs(world: World) -> None:
    async with world.store.write() as tx:
        await places.ensure_channel_record(
            tx,
            Place(platform="carrier", address="loft", kind=PlaceKind.GROUP),
            {"language": "en", "zone": "UTC"},
        )
    async with world.store.read() as tx:
        assert "CARRIER_TOKEN" in await _environment(tx, Environment(), {})


async def test_its_link_says_the_claim(world: World, carrier: PlatformSpec) -> None:
    class Pigeons:
        def identity(self) -> Identity:
            return Identity(name="Pigeons", address="https://carrier.example/strillone", places=1, invites=())

    house = replace(
        world.house, ctx=replace(world.ctx, platforms={**world.ctx.platforms, carrier.name: Pigeons()})
    )
    with capture_logs() as said:
        announce = await _announcer(
            house, Plan(platforms={carrier.name: PlatformOptions(TOKEN)}), structlog.get_logger()
        )
        announce(carrier.name)
    (claim,) = [one for one in said if "say" in one]
    code = claim["say"].split()[1]
    assert claim["say"] == f"/claim {code} or open https://carrier.example/strillone#claim-{code}"


# --- those there are ---------------------------------------------------------------------------------------


def test_descriptors_load_no_library() -> None:
    program = "import sys; from bot.platforms import platform_specs; print(*platform_specs()); " \
        "assert not {'discord', 'telegram', 'aiohttp', 'jinja2'} & sys.modules.keys()"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("discord telegram web\n", "")


@pytest.mark.parametrize("spec", platform_specs().values(), ids=lambda spec: spec.name)
def test_each_is_described_by_its_own_package(spec: PlatformSpec) -> None:
    assert importlib.import_module(f"bot.platforms.{spec.name}").SPEC is spec
    extras = tomllib.loads((ROOT.parent / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert not spec.extra or spec.extra in extras
    assert all(name == name.upper() for name in spec.variables)


def test_no_other_part_of_the_program_spells_them() -> None:
    names = {spec.name for spec in chat_platforms()}
    variables = {name for spec in chat_platforms() for name in spec.variables}
    spelled = []
    for path in ROOT.rglob("*.py"):
        if path.is_relative_to(ROOT / "platforms") and path.parent != ROOT / "platforms":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            attribute = node.attr.upper() if isinstance(node, ast.Attribute) else ""
            if text in names or attribute in variables or any(name in text for name in variables):
                spelled.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert spelled == []


def test_the_example_of_env_has_every_token() -> None:
    example = (ROOT.parent / ".env.example").read_text()
    readme = (ROOT.parent / "README.md").read_text(encoding="utf-8")
    for spec in chat_platforms():
        assert f"{spec.credential}=" in example
        assert all(f"`{name}`" in readme for name in spec.variables)
