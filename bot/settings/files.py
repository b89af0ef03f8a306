"""Where the files of the configuration stand, shipped and an operator's own, and how they are read."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import SettingsError

PACKAGED = Path(__file__).parents[1] / "_config"

CHECKOUT = Path(__file__).parents[2] / "config"
"""Where shipped files are in an installed wheel, and in a checkout that is used from another folder."""

FILES = (
    "strillone.toml",
    "feeds.opml",
    "topics.toml",
    "names.toml",
    "kinds.toml",
    "frequencies.tsv",
    "common.tsv",
    "pairs.tsv",
    "events.toml",
    "grouping.json",
    "news.json",
)
"""Every file of the configuration."""


def shipped_folders_of(own_configuration: str) -> list[Path]:
    """Return the folders of shipped files in the order in which each file is looked for: first that of
    STRILLONE_CONFIG, where it names one.
    """
    configured = [Path(own_configuration)] if own_configuration else []
    working_folder = Path("config")
    return [
        *configured,
        *([working_folder] if (working_folder / "strillone.toml").is_file() else []),
        PACKAGED,
        CHECKOUT,
    ]


def find_file(name: str, folders: Sequence[Path]) -> Path:
    """Return a file in the first of some folders that has it. Raises `SettingsError`."""
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    folder_names = ", ".join(str(folder) for folder in folders)
    msg = f"{name} was not found in {folder_names}. Set STRILLONE_CONFIG to the folder that holds it."
    raise SettingsError([msg])


def shipped_folder(name: str) -> Path:
    """Return a folder that ships with the program, such as `demo`; an operator's configuration is not looked
    at.
    """
    for folder in (Path("config"), PACKAGED, CHECKOUT):
        if (folder / name).is_dir():
            return folder / name
    msg = f"The folder {name} of the shipped configuration was not found; install Strillone again."
    raise SettingsError([msg])


def read_text(path: Path, problems: list[str]) -> str:
    """Return the text of a file, empty where there is none or it cannot be read."""
    problem = ""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except IsADirectoryError:
        problem = f"{path}: is a folder and should be a file. Move it away."
    except NotADirectoryError:
        problem = f"{path.parent}: is a file and should be a folder. STRILLONE_DATA names the folder of data."
    except OSError as error:
        remedy = "Let the user that runs Strillone read it."
        problem = f"{path}: cannot be read: {error.strerror or error}. {remedy}"
    except UnicodeDecodeError as error:
        problem = f"{path}: not UTF-8 (byte {error.start + 1}). Save it as UTF-8."
    if problem not in problems:
        problems.append(problem)
    return ""


def read_toml(path: Path, problems: list[str]) -> dict[str, Any]:
    """Return what a file holds, nothing where there is none or it cannot be read."""
    try:
        return tomllib.loads(read_text(path, problems))
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: not readable as TOML: {error}.")
        return {}


def read_lists(
    name: str, shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]
) -> dict[str, Any]:
    """Return a file of words with the operator's own added to the shipped lists."""
    return _append_lists(
        read_toml(find_file(name, shipped_folders), problems), read_toml(own_folder / name, problems)
    )


def _append_lists(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    lists = dict(base)
    for key, value in more.items():
        inner = lists.get(key)
        if isinstance(inner, dict) and isinstance(value, dict):
            lists[key] = _append_lists(inner, value)
        elif isinstance(inner, list) and isinstance(value, list):
            lists[key] = [*inner, *value]
        else:
            lists[key] = value
    return lists
