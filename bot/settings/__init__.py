"""Environment and configuration files → one frozen Settings, or all problems at once.

Secrets come from the environment (or `.env`); everything else from TOML files. Shipped files are found in
`STRILLONE_CONFIG`, `./config` or the packaged copy; an operator's own in `STRILLONE_DATA` (default `./data`),
key by key on top. `feeds.opml` there replaces the shipped list.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingsError
from bot.lexicon import by_kind
from bot.model import FeedAccess, Outline
from bot.pipeline.entries.urls import mask_secrets
from bot.pipeline.grouping.events import compile_events
from bot.pipeline.grouping.model import Model, compile_model
from bot.pipeline.linear import Linear
from bot.pipeline.relevance.judge import Rules, compile_rules
from bot.pipeline.relevance.kinds import Kinds, compile_kinds
from bot.platforms import chat_platforms, platform_specs
from bot.ports import ModelOptions, ReadOpml
from bot.settings.file import (
    BreakingSettings,
    ChannelSettings,
    DeliverySettings,
    DigestSettings,
    FeedSettings,
    FetchSettings,
    FileSettings,
    HeartbeatSettings,
    SubscriptionSettings,
    WebSettings,
)
from bot.settings.models import ModelSettings, models_of
from bot.text.terms import Frequencies, split_terms

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


DOTENV = Path(".env")

MASK = "•••"
"""In place of what may be a key that somebody gave to the wrong name."""


class Environment(BaseSettings):
    """What the environment may say."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True, frozen=True
    )

    of_platforms: Mapping[str, SecretStr] = {}
    """What variables of platforms say, by their names as `PlatformSpec` spells them; those that are empty are
    not there.
    """

    database_url: SecretStr = SecretStr("")
    openai_api_key: SecretStr = SecretStr("")
    openai_base_url: str = ""
    openai_model: str = ""
    port: int | None = Field(default=None, ge=0, le=65535)
    https_proxy: SecretStr = SecretStr("")
    http_proxy: SecretStr = SecretStr("")
    strillone_host: str = ""
    strillone_config: str = ""
    strillone_data: str = "data"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  there are no such files
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Add what the platforms read to what the fields name, from the same two sources."""
        platforms = _PlatformVariables(settings_cls, env_settings, dotenv_settings)
        return init_settings, platforms, env_settings, dotenv_settings


class _PlatformVariables(PydanticBaseSettingsSource):
    """The variables that platforms describe, from the environment and `.env`: the first that says something
    counts.
    """

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._variable_sources = [
            source.env_vars for source in sources if isinstance(source, EnvSettingsSource)
        ]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002  no field has a variable here
        """Return nothing: all variables make one field."""
        return None, "", False

    def __call__(self) -> dict[str, Any]:
        """Return the one field."""
        names = [name for spec in platform_specs().values() for name in spec.variables]
        values = {
            name: next(filter(None, (source.get(name.lower()) for source in self._variable_sources)), "")
            for name in names
        }
        return {"of_platforms": {name: value for name, value in values.items() if value}}


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
        tokens = [value for name, value in env.of_platforms.items() if name in _credentials()]
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


def _credentials() -> frozenset[str]:
    return frozenset(spec.credential for spec in chat_platforms())


def database_of(env: Environment) -> str:
    """Return the address of the database: DATABASE_URL, or SQLite in the data folder."""
    url = env.database_url.get_secret_value()
    return url or f"sqlite:///{Path(env.strillone_data) / 'strillone.db'}"


def environment() -> Environment:
    """Return what the environment says, without a look at any file but `.env`. Raises `SettingsError`."""
    problems: list[str] = []
    variables = _environment(problems)
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
        path, shipped_paths = _find(name, _shipped_folders(env)), _find(name, [PACKAGED, CHECKOUT])
        if path.read_bytes() != shipped_paths.read_bytes():
            shipped_instead[name] = path
    return own_paths, shipped_instead


def load(read_opml: ReadOpml, environment: Environment | None = None) -> Settings:
    """Read everything. Raises `SettingsError` with every problem found."""
    problems: list[str] = []
    env = environment or _environment(problems)
    own_folder = Path(env.strillone_data)
    _check_folders(env, problems)
    shipped_folders = _shipped_folders(env)
    file = _file_settings(shipped_folders, own_folder, problems)
    topics = _merged_lists("topics.toml", shipped_folders, own_folder, problems)
    names = _merged_lists("names.toml", shipped_folders, own_folder, problems)
    kinds = _kinds(names, shipped_folders, own_folder, problems)
    grouping = _grouping(shipped_folders, own_folder, problems)
    feeds = _feeds(read_opml, shipped_folders, own_folder, problems)
    _check_topics(file, topics, problems)
    secrets = _secrets(problems)
    headers = _fill_headers(file.fetch.headers, secrets, problems)
    accesses = _accesses(file.feeds, feeds, secrets, problems)
    heartbeats = _heartbeats(file.heartbeat, secrets, problems)
    models = _models(env, file.model, secrets, problems)
    if problems:
        raise SettingsError(problems)
    return Settings(
        environment=env,
        file=file,
        outlines=feeds,
        rules=compile_rules(topics, names),
        kinds=kinds,
        frequencies=with_subjects(load_frequencies(_find("frequencies.tsv", shipped_folders).parent), topics),
        grouping=grouping,
        data=own_folder,
        headers=headers,
        accesses=accesses,
        heartbeats=heartbeats,
        models=models,
    )


def _secrets(problems: list[str]) -> dict[str, str | None]:
    """Return what `$NAME` in a file may stand for: everything in the environment or `.env`."""
    return {**dotenv_values(stream=StringIO(_read_text(DOTENV, problems))), **os.environ}


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


def _fill_headers(
    headers: Mapping[str, Mapping[str, str]], secrets: Mapping[str, str | None], problems: list[str]
) -> dict[str, dict[str, str]]:
    """Return headers by host, with secrets filled in."""
    filled_headers = {
        host.lower(): _fill_each(f"fetch.headers: {host}", values, secrets, problems)
        for host, values in headers.items()
    }
    return {host: values for host, values in filled_headers.items() if values}


def _fill_each(
    key: str, headers: Mapping[str, str], secrets: Mapping[str, str | None], problems: list[str]
) -> dict[str, str]:
    """Return headers with `$NAME` replaced by what the environment or `.env` holds under that name."""
    filled_headers: dict[str, str] = {}
    for name, value in headers.items():
        secret = secrets.get(value[1:]) if value.startswith("$") else value
        if secret is None:
            problems.append(f"strillone.toml: {key}: {name}: the environment has no {value[1:]}.")
        elif re.search(r"[\r\n]", secret) or not re.fullmatch(r"[A-Za-z0-9-]+", name):
            problems.append(f"strillone.toml: {key}: `{name}` cannot be sent as a header.")
        else:
            filled_headers[name] = secret
    return filled_headers


def _accesses(
    settings: Mapping[str, FeedSettings],
    outlines: Sequence[Outline],
    secrets: Mapping[str, str | None],
    problems: list[str],
) -> dict[str, FeedAccess]:
    """Return what goes with the requests for single feeds, by their addresses, with secrets filled in."""
    addresses = [outline.url for outline in outlines]
    accesses: dict[str, FeedAccess] = {}
    for url, feed in settings.items():
        masked_url = mask_secrets(url)
        if url not in addresses:
            similar = difflib.get_close_matches(url, addresses, n=1)
            hint = f"; did you mean {mask_secrets(similar[0])}?" if similar else "."
            problems.append(f"strillone.toml: feeds: {masked_url}: feeds.opml has no such feed{hint}")
            continue
        feed_headers = _fill_each(f"feeds: {masked_url}", feed.sent, secrets, problems)
        proxy = secrets.get(feed.proxy[1:]) if feed.proxy.startswith("$") else feed.proxy
        if proxy is None or (proxy and not re.fullmatch(r"http://[^\s/]+/?", proxy)):
            problems.append(
                f"strillone.toml: feeds: {masked_url}: proxy: should be like http://proxy.example:3128, or "
                "$NAME of an environment variable that is."
            )
        elif feed_headers or proxy:
            accesses[url] = FeedAccess(address=url, headers=feed_headers, proxy=proxy)
    return accesses


def _heartbeats(
    settings: HeartbeatSettings, secrets: Mapping[str, str | None], problems: list[str]
) -> dict[str, str]:
    """Return the addresses that are asked while the work goes on, by what they watch, secrets filled in."""
    addresses: dict[str, str] = {}
    for name, value in settings.model_dump().items():
        address = secrets.get(value[1:]) if value.startswith("$") else value
        if address is None:
            problems.append(f"strillone.toml: heartbeat: {name}: the environment has no {value[1:]}.")
        elif address and not re.fullmatch(r"https?://[^\s/?#]+(?:[/?][^\s#]*)?", address):
            problems.append(
                f"strillone.toml: heartbeat: {name}: should be the address of a monitor, such as "
                "https://monitor.example/ping/3f2a, or $NAME of an environment variable that holds it."
            )
        elif address:
            addresses[name] = address
    return addresses


def _environment(problems: list[str]) -> Environment:
    readable = bool(_read_text(DOTENV, problems))
    try:
        return _read_environment(with_dotenv=readable)
    except ValidationError as error:
        problems += [
            f"environment: {'.'.join(str(p) for p in e['loc']).upper()}: {_said({**e, 'input': MASK})}"
            for e in error.errors()
        ]
        wrong = {str(e["loc"][0]) for e in error.errors() if e["loc"]}
        defaults = {name: Environment.model_fields[name].default for name in wrong}
        return _read_environment(with_dotenv=readable, **defaults)


def _read_environment(*, with_dotenv: bool, **values: Any) -> Environment:
    """Return the environment with some values in place of its own. Raises `ValidationError`."""
    without_file: dict[str, Any] = {} if with_dotenv else {"_env_file": None}
    return Environment(**values, **without_file)


def _shipped_folders(env: Environment) -> list[Path]:
    """Return the folders of shipped files in the order in which each file is looked for."""
    configured = [Path(env.strillone_config)] if env.strillone_config else []
    working_folder = Path("config")
    return [
        *configured,
        *([working_folder] if (working_folder / "strillone.toml").is_file() else []),
        PACKAGED,
        CHECKOUT,
    ]


def _find(name: str, folders: Sequence[Path]) -> Path:
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


def _read_text(path: Path, problems: list[str]) -> str:
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


def _toml(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(_read_text(path, problems))
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{path}: not readable as TOML: {error}.")
        return {}


def _file_settings(shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]) -> FileSettings:
    base_path, own_path = _find("strillone.toml", shipped_folders), own_folder / "strillone.toml"
    own_values = _toml(own_path, problems)
    all_values = _overlay(_toml(base_path, problems), own_values)
    try:
        return FileSettings.model_validate(all_values)
    except ValidationError as error:
        for problem in error.errors():
            file = own_path if _has(own_values, problem["loc"]) else base_path
            problems.append(f"{file}: {_key(problem['loc'])}: {_said(problem)}")
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


def _said(error: Any) -> str:
    """Return pydantic's error as: what was found, what is allowed."""
    keyed = error["loc"][-1:] == ("key",) or {"headers", "cookie", "proxy"} & set(error["loc"])
    value = MASK if keyed else mask_secrets(str(error.get("input")))
    text = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        fields = _section_of(error["loc"]).model_fields
        similar = difflib.get_close_matches(str(error["loc"][-1]), fields, n=1)
        return "there is no such key" + (f"; did you mean {similar[0]}?" if similar else ".")
    if error["type"] == "missing":
        return "this key is missing."
    text = text.replace("Input should", "should").rstrip(".")
    sentence = text if text.startswith("`") else f"`{str(value)[:60]}` {text[0].lower()}{text[1:]}"
    return sentence if sentence.endswith("?") else f"{sentence}."


def _section_of(loc: Sequence[int | str]) -> type[BaseModel]:
    """Return the section of the file that a key stands in."""
    section: type[BaseModel] = FileSettings
    for part in loc[:-1]:
        field = section.model_fields.get(str(part))
        section = next(_sections_in(field.annotation), section) if field else section
    return section


def _sections_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _sections_in(inner)


def _merged_lists(
    name: str, shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]
) -> dict[str, Any]:
    """Return a file of words with the operator's own added to the shipped lists."""
    return _append_lists(_toml(_find(name, shipped_folders), problems), _toml(own_folder / name, problems))


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


def _feeds(
    read_opml: ReadOpml, shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]
) -> Sequence[Outline]:
    path = (
        own_folder / "feeds.opml"
        if (own_folder / "feeds.opml").exists()
        else _find("feeds.opml", shipped_folders)
    )
    text = _read_text(path, problems)
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


SUBJECT = 0.1
"""The share of documents in which a word of a topic is taken to stand."""

COUNT_MIN = 3
"""Documents of the archive that have a word whose own count is believed."""


def load_frequencies(folder: Path) -> Frequencies:
    """Read the seed tables of a folder: `frequencies.tsv` (its first row counts the documents), `common.tsv`
    (per 10,000 sentences), `pairs.tsv`.

    A folder of one's own needs no `pairs.tsv`: what titles have together is then expected by chance alone.
    """
    terms = _table(folder / "frequencies.tsv")
    common = {term: count / 10_000 for term, count in _table(folder / "common.tsv").items()}
    pairs, titles = _pairs(folder / "pairs.tsv")
    return Frequencies(
        documents=terms.pop("documents"), terms=terms, common=common, pairs=pairs, paired=titles
    )


def with_subjects(frequencies: Frequencies, topics: Mapping[str, Any]) -> Frequencies:
    """Let the words of the topics count as common in every language: the archive has met few but English
    ones, and on their own subject they tell nothing apart.
    """
    outer_topics = [topic for topic in topics.values() if not topic.get("within")]
    phrases = [
        phrase for topic in outer_topics for name in ("words", "hints") for phrase in topic.get(name, ())
    ]
    words = {term for phrase in phrases for term in split_terms(phrase.removesuffix("*"))}
    unmet = {term: SUBJECT for term in words if frequencies.terms.get(term, 0) < COUNT_MIN}
    return replace(frequencies, common={**unmet, **frequencies.common})


def _table(path: Path) -> dict[str, int]:
    return {term: int(count) for term, count in _lines(path)}


def _lines(path: Path) -> Iterator[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines if line and not line.startswith("#"))


def _pairs(path: Path) -> tuple[dict[tuple[str, str], int], int]:
    """Return the pairs of terms of a table, and how many titles they were counted in."""
    counts: dict[tuple[str, str], int] = {}
    titles = 0
    for term, rest in _lines(path) if path.is_file() else ():
        if not titles:
            titles = int(rest)
            continue
        fields = rest.split(" ")
        counts |= {(term, second): int(n) for second, n in zip(fields[::2], fields[1::2], strict=True)}
    return counts, titles


def _kinds(
    names: Mapping[str, Any], shipped_folders: Sequence[Path], own_folder: Path, problems: list[str]
) -> Kinds:
    """Return what judges pages: kinds of `kinds.toml`, titles and signs of the lexicons with the weights of
    `news.json`, makers of `names.toml`.
    """
    data = _merged_lists("kinds.toml", shipped_folders, own_folder, problems)
    path = _find("news.json", shipped_folders)
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
    events = compile_events(_merged_lists("events.toml", shipped_folders, own_folder, problems))
    path = _find("grouping.json", shipped_folders)
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
