"""Logs that a person can read, and no secret in any form."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.app.logs import configure

DISCORD = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
TELEGRAM = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_"
KEY = "sk-proj-abcdefghijklmnop1234"
PASSWORD = "correct-horse-battery"
SECRETS = (DISCORD, TELEGRAM, KEY, PASSWORD)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("out", [io.StringIO, Terminal], ids=["json", "terminal"])
def test_no_secret_is_written_in_any_form(out: type[io.StringIO]) -> None:
    stream = out()
    log = configure([PASSWORD], stream=stream)
    for secret in SECRETS:
        log.info("connected", token=secret, deep={"inner": [f"https://api/{secret}/x", (secret,)]})
        event = f"trouble with {secret}"
        log.warning(event)
        logging.getLogger("library").error("bad token %s in %r", secret, {"t": secret})
    log.info("request", url=f"https://api.telegram.org/bot{TELEGRAM}/sendMessage")
    log.info("database", url=f"postgresql://user:{PASSWORD}@host/db", other="https://ann:pass1234@host/")
    written = stream.getvalue()
    for secret in (*SECRETS, "pass1234"):
        assert secret not in written
    assert "•••" in written


@pytest.mark.parametrize("out", [io.StringIO, Terminal], ids=["json", "terminal"])
def test_no_secret_is_written_with_an_exception(out: type[io.StringIO]) -> None:
    stream = out()
    log = configure([PASSWORD], stream=stream)
    try:
        int(f"cannot reach postgresql://user:{PASSWORD}@host with {TELEGRAM}")
    except ValueError:
        log.exception("job.crashed")
        logging.getLogger("library").exception("a library failed")
    written = stream.getvalue()
    assert "ValueError" in written
    assert PASSWORD not in written
    assert TELEGRAM not in written


@pytest.mark.parametrize("out", [io.StringIO, Terminal], ids=["json", "terminal"])
def test_what_variables_hold_is_not_written_with_an_exception(out: type[io.StringIO]) -> None:
    stream = out()
    log = configure((), stream=stream)
    letter = "dear editor, between us"
    try:
        int(letter[:4])
    except ValueError:
        log.exception("job.crashed")
    assert "ValueError" in stream.getvalue()
    assert letter not in stream.getvalue()


def test_a_file_gets_one_json_object_a_line() -> None:
    stream = io.StringIO()
    configure((), stream=stream).info("entries.grouped", entries=3, title="模型")
    event = json.loads(stream.getvalue())
    assert (event["event"], event["entries"], event["level"]) == ("entries.grouped", 3, "info")
    assert "模型" in stream.getvalue()


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    log = configure((), stream=stream, level=logging.ERROR)
    log.info("chatter")
    log.error("trouble")
    assert "chatter" not in stream.getvalue()
    assert "trouble" in stream.getvalue()


def test_a_short_secret_does_not_blot_out_everything() -> None:
    stream = io.StringIO()
    configure(["", "a"], stream=stream).info("a banana")
    assert "banana" in stream.getvalue()
