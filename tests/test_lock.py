"""The pins are complete: pip installs them without resolving anything, whatever its version."""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11.7", "3.12.1", "3.13.0")


def pins(*names: str, python: str) -> dict[str, str]:
    """Return version by package of what locks install on a Python."""
    text = "\n".join((ROOT / name).read_text() for name in names)
    found = re.findall(r"(?m)^([a-z][\w.-]*)==([^\s;\\]+)(?: ; ([^\\\n]+))?", text)
    return {
        canonicalize_name(name): version
        for name, version, marker in found
        if not marker or Marker(marker.strip()).evaluate(surroundings(python))
    }


def surroundings(python: str, extra: str = "") -> dict[str, str]:
    return {"python_full_version": python, "python_version": python.rpartition(".")[0], "extra": extra}


def asked_for(name: str, extras: frozenset[str], python: str) -> list[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []  # it is only for another Python or system than this one
    wanted = [Requirement(line) for line in lines]
    return [
        one
        for one in wanted
        if one.marker is None
        or any(one.marker.evaluate(surroundings(python, extra)) for extra in ("", *extras))
    ]


def missing(locked: dict[str, str], extras: frozenset[str], python: str) -> set[str]:
    """Walk from the project along everything that is asked for, and return what no lock holds in a version that fits."""
    open_ones, seen, absent = [("strillone", extras)], set(), set()
    while open_ones:
        name, wanted = open_ones.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        for one in asked_for(name, wanted, python):
            key = canonicalize_name(one.name)
            if key != "strillone" and (key not in locked or not one.specifier.contains(locked[key])):
                absent.add(f"{name} asks for {one}")
            open_ones.append((key, frozenset(one.extras)))
    return absent


@pytest.mark.parametrize("python", PYTHONS)
def test_what_runs_is_pinned_whole(python: str) -> None:
    locked = pins("requirements.lock", python=python)
    assert missing(locked, frozenset({"all", "build"}), python) == set()


@pytest.mark.parametrize("python", PYTHONS)
def test_what_tests_need_is_pinned_whole(python: str) -> None:
    locked = pins("requirements.lock", "requirements-dev.lock", python=python)
    assert missing(locked, frozenset({"all", "build", "dev"}), python) == set()


def test_no_development_tool_is_installed_to_run() -> None:
    running = pins("requirements.lock", python=PYTHONS[0])
    assert not {"pytest", "playwright", "tdjson", "sumy", "mypy", "ruff"} & set(running)
    developing = pins("requirements-dev.lock", python=PYTHONS[0])
    assert not set(running) & set(developing), "an old pip refuses a package that is asked for twice"


def test_every_documented_installation_leaves_resolving_to_the_lock() -> None:
    for name in ("README.md", "Makefile"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if "--require-hashes" in line]
        assert lines
        assert all("--no-deps" in line or "$(PIP)" in line for line in lines), name
