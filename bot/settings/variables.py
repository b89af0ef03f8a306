"""What the environment, or `.env`, says."""

import os
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.platforms import chat_platforms, platform_specs
from bot.settings.files import read_text
from bot.settings.problems import MASK, describe_problem

DOTENV = Path(".env")


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


def credential_names() -> frozenset[str]:
    """Return the variables that hold the tokens of platforms."""
    return frozenset(spec.credential for spec in chat_platforms())


def database_of(env: Environment) -> str:
    """Return the address of the database: DATABASE_URL, or SQLite in the data folder."""
    url = env.database_url.get_secret_value()
    return url or f"sqlite:///{Path(env.strillone_data) / 'strillone.db'}"


def load_secrets(problems: list[str]) -> dict[str, str | None]:
    """Return what `$NAME` in a file may stand for: everything in the environment or `.env`."""
    return {**dotenv_values(stream=StringIO(read_text(DOTENV, problems))), **os.environ}


def read_environment(problems: list[str]) -> Environment:
    """Return what the environment says, with defaults in place of what is wrong."""
    readable = bool(read_text(DOTENV, problems))
    try:
        return _read_environment(with_dotenv=readable)
    except ValidationError as error:
        problems += [
            f"environment: {'.'.join(str(part) for part in problem['loc']).upper()}: "
            f"{describe_problem({**problem, 'input': MASK})}"
            for problem in error.errors()
        ]
        wrong = {str(e["loc"][0]) for e in error.errors() if e["loc"]}
        defaults = {name: Environment.model_fields[name].default for name in wrong}
        return _read_environment(with_dotenv=readable, **defaults)


def _read_environment(*, with_dotenv: bool, **values: Any) -> Environment:
    """Return the environment with some values in place of its own. Raises `ValidationError`."""
    without_file: dict[str, Any] = {} if with_dotenv else {"_env_file": None}
    return Environment(**values, **without_file)
