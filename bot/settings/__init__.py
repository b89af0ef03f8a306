"""Environment and configuration files → one frozen Settings, or all problems at once.

Secrets come from the environment (or `.env`); everything else from TOML files. Shipped files are found in
`STRILLONE_CONFIG`, `./config` or the packaged copy; an operator's own in `STRILLONE_DATA` (default `./data`),
key by key on top. `feeds.opml` there replaces the shipped list.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError

from bot.errors import SettingsError
from bot.lexicon import by_kind
from bot.model import FeedAccess, Outline
from bot.pipeline.grouping.events import compile_events
from bot.pipeline.grouping.model import Model, compile_model
from bot.pipeline.linear import Linear
from bot.pipeline.relevance.judge import Rules, compile_rules
from bot.pipeline.relevance.kinds import Kinds, compile_kinds
from bot.ports import ModelOptions, ReadOpml
from bot.settings.file import (
    BreakingSettings,
    ChannelSettings,
    DeliverySettings,
    DigestSettings,
    FeedSettings,
    FetchSettings,
    FileSettings,
    SubscriptionSettings,
    WebSettings,
)
from bot.settings.files import (
    CHECKOUT,
    FILES,
    PACKAGED,
    find_file,
    read_lists,
    read_text,
    read_toml,
    shipped_folder,
    shipped_folders_of,
)
from bot.settings.frequencies import load_frequencies, with_subjects
from bot.settings.models import ModelSettings, models_of
from bot.settings.problems import describe_problem
from bot.settings.requests import fill_accesses, fill_headers, fill_heartbeats
from bot.settings.variables import Environment, credential_names, database_of, load_secrets, read_environment
from bot.text.terms import Frequencies

__all__ = [
    "BreakingSettings",
    "ChannelSettings",
    "DeliverySettings",
    "DigestSettings",
    "Environment",
    "FeedSettings",
    "FetchSettings",
    "FileSettings",
    "ModelSettings",
    "Settings",
    "SubscriptionSettings",
    "WebSettings",
    "database_of",
    "environment",
    "load",
    "load_frequencies",
    "own_files",
    "shipped_folder",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the program is told at start. `data` is the operator's folder."""

    environment: Environment
    file: FileSettings
    outlines: Sequence[Outline]
    rules: Rules
    kinds: Kinds
    frequencies: Frequencies
    grouping: Model
    data: Path
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """What is sent to a host beside what every request carries, by host; secrets are filled in."""

    accesses: Mapping[str, FeedAccess] = field(default_factory=dict, repr=False)
    """What goes with the requests for single feeds, by their addresses; secrets are filled in."""

    heartbeats: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Addresses that are asked while the work goes on, by what they watch; secrets are filled in."""

    models: tuple[ModelOptions, ...] = ()
    """The models to write with, in order of preference; keys are filled in."""

    @property
    def database(self) -> str:
        """The address of the database: DATABASE_URL, or SQLite in the data folder."""
        return database_of(self.environment)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may hold: tokens, keys, the database's address and what is secret in it, proxies,
        headers.
        """
        env = self.environment
        database = env.database_url.get_secret_value()
        inside = [value for _, value in parse_qsl(urlsplit(database).query)]
        tokens = [value for name, value in env.of_platforms.items() if name in credential_names()]
        candidates = (*tokens, env.openai_api_key, env.https_proxy, env.http_proxy)
        sent = (*self.headers.values(), *(access.headers for access in self.accesses.values()))
        headers = [value for header_values in sent for value in header_values.values()]
        headers += [access.proxy for access in self.accesses.values()]
        values = [candidate.get_secret_value() for candidate in candidates]
        keys = [model.key for model in self.models]
        return tuple(filter(None, [*values, database, *inside, *headers, *keys, *self.heartbeats.values()]))

    @property
    def proxy(self) -> str:
        """The proxy through which feeds are fetched, empty for none."""
        env = self.environment
        return env.https_proxy.get_secret_value() or env.http_proxy.get_secret_value()


def environment() -> Environment:
    """Return what the environment says, without a look at any file but `.env`. Raises `SettingsError`."""
    problems: list[str] = []
    variables = read_environment(problems)
    if problems:
        raise SettingsError(problems)
    return variables


def own_files(env: Environment) -> tuple[dict[str, Path], dict[str, Path]]:
    """Return by name the operator's own files: those of the data folder, and those that replace the shipped
    ones.

    The latter stand in STRILLONE_CONFIG or `./config`; what reads as it was shipped is not among them.
    """
    own_paths = {name: path for name in FILES if (path := Path(env.strillone_data) / name).is_file()}
    shipped_instead: dict[str, Path] = {}
    for name in FILES:
        path, shipped_paths = (
            find_file(name, shipped_folders_of(env.strillone_config)),
            find_file(name, [PACKAGED, CHECKOUT]),
        )
        if path.read_bytes() != shipped_paths.read_bytes():
            shipped_instead[name] = path
    return own_paths, shipped_instead


def load(read_opml: ReadOpml, environment: Environment | None = None) -> Settings:
    """Read everything. Raises `SettingsError` with every problem found."""
    problems: list[str] = []
    env = environment or read_environment(problems)
    own_folder = Path(env.strillone_data)
    _check_folders(env, problems)
    shipped_folders = shipped_folders_of(env.strillone_config)
    file = _file_settings(shipped_folders, own_folder, problems)
    topics = read_lists("topics.toml", shipped_folders, own_folder, problems)
    names = read_lists("names.toml", shipped_folders, own_folder, problems)
    kinds = _kinds(names, shipped_folders, own_folder, problems)
    grouping = _grouping(shipped_folders, own_folder, problems)
    feeds = _feeds(read_opml, shipped_folders, own_folder, problems)
    _check_topics(file, topics, problems)
    secrets = load_secrets(problems)
    headers = fill_headers(file.fetch.headers, secrets, problems)
    accesses = fill_accesses(file.feeds, feeds, secrets, problems)
    heartbeats = fill_heartbeats(file.heartbeat, secrets, problems)
    models = _models(env, file.model, secrets, problems)
    tables = find_file("frequencies.tsv", shipped_folders).parent
    if problems:
        raise SettingsError(problems)
    return Settings(
        environment=env,
        file=file,
        outlines=feeds,
        rules=compile_rules(topics, names),
        kinds=kinds,
        frequencies=with_subjects(load_frequencies(tables), topics),
        grouping=grouping,
        data=own_folder,
        headers=headers,
        accesses=accesses,
        heartbeats=heartbeats,
        models=models,
    )


def _check_folders(env: Environment, problems: list[str]) -> None:
    if env.strillone_config and not Path(env.strillone_config).is_dir():
        problems.append(
            f"STRILLONE_CONFIG: {env.strillone_config} is no folder. Name the one that holds strillone.toml, "
            "or leave it out."
        )


def _models(
    env: Environment, settings: ModelSettings, secrets: Mapping[str, str | None], problems: list[str]
) -> tuple[ModelOptions, ...]:
    """Return the environment's model, where it names one, and those of the file after it."""
    models = (
        [
            ModelOptions(
                name=env.openai_model,
                address=env.openai_base_url,
                key=env.openai_api_key.get_secret_value(),
                price_in=settings.price_in or 0,
                price_out=settings.price_out or 0,
                seconds=settings.seconds,
            )
        ]
        if env.openai_model and (env.openai_base_url or env.openai_api_key.get_secret_value())
        else []
    )
    return models_of(models, settings, secrets, problems)


def _file_settings(shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]) -> FileSettings:
    base_path, own_path = find_file("strillone.toml", shipped_folders), own_folder / "strillone.toml"
    own_values = read_toml(own_path, problems)
    all_values = _overlay(read_toml(base_path, problems), own_values)
    try:
        return FileSettings.model_validate(all_values)
    except ValidationError as error:
        for problem in error.errors():
            file = own_path if _has(own_values, problem["loc"]) else base_path
            problems.append(f"{file}: {_key(problem['loc'])}: {describe_problem(problem)}")
        return FileSettings()


def _overlay(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    overlay = dict(base)
    for key, value in top.items():
        inner = overlay.get(key)
        overlay[key] = (
            _overlay(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
        )
    return overlay


def _has(data: Any, loc: Sequence[int | str]) -> bool:
    return bool(loc) and isinstance(data, dict) and loc[0] in data


def _key(loc: Sequence[int | str]) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc).lstrip(".")


def _feeds(
    read_opml: ReadOpml, shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]
) -> Sequence[Outline]:
    path = (
        own_folder / "feeds.opml"
        if (own_folder / "feeds.opml").exists()
        else find_file("feeds.opml", shipped_folders)
    )
    text = read_text(path, problems)
    try:
        return read_opml(text, str(path)) if text else []
    except SettingsError as error:
        problems += error.problems
    return []


def _check_topics(file: FileSettings, topics: Mapping[str, Any], problems: list[str]) -> None:
    topic_names = ", ".join((*topics, "all"))
    problems += [
        (
            f"strillone.toml: channels: the topic `{subscription.topic}` of "
            f"{channel.address} is not one of {topic_names}."
        )
        for channel in file.channels
        for subscription in channel.subscriptions
        if subscription.topic not in topics and subscription.topic != "all"
    ]


def _kinds(
    names: Mapping[str, Any], shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]
) -> Kinds:
    """Return what judges pages: kinds of `kinds.toml`, titles and signs of the lexicons with the weights of
    `news.json`, makers of `names.toml`.
    """
    data = read_lists("kinds.toml", shipped_folders, own_folder, problems)
    path = find_file("news.json", shipped_folders)
    try:
        return compile_kinds(
            data,
            by_kind(lambda lexicon: lexicon.signs),
            json.loads(path.read_text(encoding="utf-8")),
            names.get("maker", {}),
            by_kind(lambda lexicon: lexicon.titles),
        )
    except (ValueError, KeyError) as error:
        sentence = (
            f"it holds no {error}" if isinstance(error, KeyError) else str(error).removeprefix("news.json: ")
        )
        problems.append(f"news.json: {sentence}.")
        return Kinds()


def _grouping(shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]) -> Model:
    """Return the model that groups entries: weights of `grouping.json`, kinds of events of `events.toml`."""
    events = compile_events(read_lists("events.toml", shipped_folders, own_folder, problems))
    path = find_file("grouping.json", shipped_folders)
    try:
        return compile_model(json.loads(path.read_text(encoding="utf-8")), events)
    except (ValueError, KeyError) as error:
        sentence = (
            f"it holds no {error}"
            if isinstance(error, KeyError)
            else str(error).removeprefix("grouping.json: ")
        )
        problems.append(f"grouping.json: {sentence}.")
        empty = Linear((), (), 0.0)
        return Model(pair=empty, story=empty, crossing=empty, bar=1.0, crossing_bar=1.0)
