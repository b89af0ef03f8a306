"""The demo: no token, no network, and what it shows is what the newsroom says."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bot.demo import Choice, demo
from bot.demo.check import check_terminal, load_expectations
from tests.app.helpers import quiet_log
from tests.support.world import CONFIG

NEWSROOM = CONFIG / "demo"
WATCH = """
import os, sys
def watch(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        with open(os.environ["WATCHED"], "a") as out:
            out.write(f"{event} {args[1] if event == 'socket.connect' else args[0]!r}\\n")
sys.addaudithook(watch)
"""
TOKENS = {
    "DISCORD_TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB",
    "TELEGRAM_TOKEN": "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_",
    "OPENAI_API_KEY": "sk-proj-abcdefghijklmnop1234",
    "OPENAI_BASE_URL": "https://api.openai.com/v1",
    "OPENAI_MODEL": "a-model",
    "DATABASE_URL": "postgresql://user:word@database.example/strillone",
    "STRILLONE_HOST": "0.0.0.0",
    "PORT": "1",
}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CONFIG.parent)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_check_passes_and_connects_to_nothing_beyond_this_machine(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    watched = tmp_path / "watched"
    env = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": f"{tmp_path}:{CONFIG.parent}", "WATCHED": str(watched),
        "STRILLONE_DATA": str(tmp_path / "data"), "HTTPS_PROXY": "http://proxy.example:1", **TOKENS,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--check", "--port", str(free_port())], capture_output=True, text=True, env=env, check=False,
        cwd=CONFIG.parent, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ The demo shows what it should." in done.stdout
    lines = watched.read_text().splitlines()
    assert lines
    beyond = [
        line
        for line in lines
        if not re.search(r"'(127\.0\.0\.1|::1|localhost)'|socket\.connect '/|socket\.connect b?'", line)
    ]
    assert beyond == []
    for secret in TOKENS.values():
        assert len(secret) < 8 or secret not in done.stdout + done.stderr
    assert not (tmp_path / "data").exists()


async def shown(capsys: pytest.CaptureFixture[str], **choice: object) -> str:
    out = io.StringIO()
    code = await demo(Choice(**choice), Console(file=out, width=200), quiet_log())  # type: ignore[arg-type]
    assert code == 0
    return " ".join((out.getvalue() + capsys.readouterr().out).split())


async def test_a_changed_figure_in_the_newsroom_changes_the_posted_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(NEWSROOM, tmp_path / "newsroom")
    for file in (copy / "feeds").iterdir():
        file.write_text(
            file.read_text(encoding="utf-8").replace("34 billion", "36 billion"), encoding="utf-8"
        )
    text = await shown(capsys, newsroom=Path(copy), port=free_port())
    assert "36 billion parameters" in text
    assert "34 billion" not in text


async def test_a_taken_port_moves_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = await shown(capsys, port=port)
    used = int(re.search(r"http://127\.0\.0\.1:(\d+)", text)[1])  # type: ignore[index]
    assert port < used <= port + 20


def test_the_check_names_what_is_wrong() -> None:
    found = check_terminal(load_expectations(NEWSROOM), "1  A story about Gemini\n", "en")
    assert any("stories instead of" in problem for problem in found)
    assert any("it does not say" in problem for problem in found)
    assert any("Gemini" in problem for problem in found)


async def test_the_newsroom_is_told_in_portuguese(capsys: pytest.CaptureFixture[str]) -> None:
    choice = Choice(check=True, language="pt", port=free_port())
    code = await demo(choice, Console(width=200), quiet_log())
    text = " ".join(capsys.readouterr().out.split())
    assert code == 0, text
    assert "Notícias de IA · " in text
    assert "-feira, " in text or "domingo, " in text or "sábado, " in text
    assert "DeepSeek lança o R1, modelo aberto que custa 3% do preço da OpenAI" in text
    assert "Aurivoix capta 220 milhões de euros e já vale 1,9 bilhão" in text
    assert "fora do ar por 4 horas e 37 minutos" in text
    assert "E mais: outras " in text
    for left_out in ("Exclusivo", "Inscreva-se", "Você também pode gostar", "Saiba mais", "nós o assumimos"):
        assert left_out not in text
