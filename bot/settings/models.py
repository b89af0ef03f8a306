"""Which models write, and what they may spend: the `[model]` block of `strillone.toml`."""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bot.ports import ModelOptions

MILLION = 1_000_000
LONGEST_SECONDS = 600
"""A digest waits for its model; ten minutes are more than any call of a few hundred words takes, also on a
small machine.
"""


class Strict(BaseModel):
    """A block in which every key must be known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelEntry(Strict):
    """One model: prices are per million tokens in the budget's currency, the key is named by `$NAME`."""

    name: str = Field(min_length=1)
    address: str = ""
    key: str = Field(default="", repr=False)
    price_in: float | None = Field(default=None, ge=0)
    price_out: float | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=1, le=LONGEST_SECONDS)

    @field_validator("address")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", value):
            msg = "is not the address of an endpoint, such as https://models.example.org/v1"
            raise ValueError(msg)
        return value.rstrip("/")


class ModelSettings(Strict):
    """What models may spend, and those to write with beside the environment's; its prices stand here."""

    models: tuple[ModelEntry, ...] = ()
    day_tokens: int | None = Field(default=None, ge=1)
    month_tokens: int | None = Field(default=None, ge=1)
    day_money: float | None = Field(default=None, gt=0)
    month_money: float | None = Field(default=None, gt=0)
    currency: str = "USD"
    price_in: float | None = Field(default=None, ge=0)
    price_out: float | None = Field(default=None, ge=0)
    server_share: float = Field(default=0.5, gt=0, le=1)
    seconds: float = Field(default=30, ge=1, le=LONGEST_SECONDS)

    def millionths(self, money: float | None) -> int | None:
        """Return an amount of money as a budget counts it."""
        return None if money is None else round(money * MILLION)


def models_of(
    environment_models: Sequence[ModelOptions],
    settings: ModelSettings,
    secrets: Mapping[str, str | None],
    problems: list[str],
) -> tuple[ModelOptions, ...]:
    """Return the environment's model and the file's, with their keys; adds to `problems` what cannot
    be used.
    """
    models = list(environment_models)
    for number, entry in enumerate(settings.models, start=1):
        setting_name = f"strillone.toml: model.models[{number}]"
        key = _key(entry.key, secrets, setting_name, problems)
        seconds = entry.seconds or settings.seconds
        models.append(
            ModelOptions(
                name=entry.name,
                address=entry.address,
                key=key,
                price_in=entry.price_in or 0,
                price_out=entry.price_out or 0,
                seconds=seconds,
            )
        )
    if settings.day_money is not None or settings.month_money is not None:
        problems += _unpriced(environment_models, settings)
    return tuple(models)


def _key(value: str, secrets: Mapping[str, str | None], setting_name: str, problems: list[str]) -> str:
    """Return the key that `$NAME` stands for; nothing else is taken for one, and none is ever shown."""
    if not value:
        return ""
    if not re.fullmatch(r"\$[A-Za-z_]\w*", value):
        problems.append(
            f"{setting_name}.key: is no name. Put the key in the environment or .env, and write "
            "$ITS_NAME here."
        )
        return ""
    if not (secret := secrets.get(value[1:])):
        problems.append(f"{setting_name}.key: the environment has no {value[1:]}.")
    return secret or ""


def _unpriced(models: Sequence[ModelOptions], settings: ModelSettings) -> list[str]:
    """Return a sentence for each model whose calls a budget of money could not count."""
    priced = [
        (f"of {model.name} (price_in and price_out in [model])", settings.price_in, settings.price_out)
        for model in models
    ]
    priced += [
        (f"of {one.name} (price_in and price_out beside its name)", one.price_in, one.price_out)
        for one in settings.models
    ]
    return [
        f"strillone.toml: model: a budget of money needs both prices "
        f"{names}, per million tokens in {settings.currency}; "
        "give them, 0 where a model is free, or set day_tokens or month_tokens instead."
        for names, price_in, price_out in priced
        if price_in is None or price_out is None
    ]
