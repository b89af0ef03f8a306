"""What `strillone.toml` may say."""

import difflib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from bot.errors import CallError
from bot.jobs import Keep
from bot.languages import SPOKEN
from bot.model import Length, MissedPolicy, PlaceKind
from bot.pipeline.limits.requests import Limits
from bot.pipeline.timing.quiet_hours import parse_quiet
from bot.pipeline.timing.slots import parse_schedule
from bot.settings.models import ModelSettings, Strict


class FetchSettings(Strict):
    """How feeds are fetched."""

    shortest_poll_minutes: float = Field(default=10, ge=0.01, le=1440)
    longest_poll_minutes: float = Field(default=1440, ge=0.01, le=10080)
    concurrency: int = Field(default=50, ge=1, le=500)
    open_hosts: tuple[str, ...] = ()
    headers: Mapping[str, Mapping[str, str]] = Field(default_factory=dict, repr=False)


class FeedSettings(Strict):
    """How one feed of `feeds.opml` is asked for, and what it counts for."""

    daily_cap: int | None = Field(default=None, ge=0, le=100)
    leads: bool | None = None
    for_models: bool | None = None
    reads_pages: bool = True
    poll_minutes: int = Field(default=0, ge=0, le=10_080)
    user_agent: str = ""
    cookie: str = Field(default="", repr=False)
    headers: Mapping[str, str] = Field(default_factory=dict, repr=False)
    proxy: str = Field(default="", repr=False)

    @property
    def sent(self) -> dict[str, str]:
        """What is sent to the feed's host, by header; secrets are not filled in yet."""
        values = {"User-Agent": self.user_agent, "Cookie": self.cookie}
        return {**self.headers, **{name: value for name, value in values.items() if value}}

    @property
    def rules(self) -> dict[str, Any]:
        """What the feed counts for, as far as anything is said."""
        return self.model_dump(include={"daily_cap", "leads", "for_models"}, exclude_none=True)


class DigestSettings(Strict):
    """What digests hold."""

    horizon_hours: float = Field(default=48, ge=1, le=336)


class BreakingSettings(Strict):
    """How much comes at once between digests; with 0 everything waits for the next one."""

    per_hour: int = Field(default=2, ge=0, le=60)
    per_day: int = Field(default=6, ge=0, le=500)


class LimitSettings(Strict):
    """What one person or server may take of what all share."""

    feeds: Literal["closed", "open"] = "closed"
    commands_per_minute: int = Field(default=30, ge=1, le=6000)
    discoveries_per_hour: int = Field(default=30, ge=1, le=6000)
    feeds_per_server: int = Field(default=500, ge=1, le=100_000)
    subscriptions_per_channel: int = Field(default=25, ge=1, le=1000)
    entries_per_day: int = Field(default=5_000, ge=10, le=1_000_000)
    megabytes_per_day: int = Field(default=200, ge=1, le=100_000)
    notices_per_day: int = Field(default=20, ge=1, le=1000)

    def limits(self) -> Limits:
        """Return the limits as the middle takes them."""
        return Limits(open_to_strangers=self.feeds == "open", **self.model_dump(exclude={"feeds"}))


KEPT_DAYS_MIN = 30
"""Days for which all is kept that digests, corrections and `/why` may look at: the longest horizon after the
longest pause is 28.
"""


class KeepSettings(Strict):
    """For how many days what only grows is kept; 0 keeps it for ever."""

    texts_days: int = Field(default=30, ge=0, le=36_500)
    entries_days: int = Field(default=180, ge=0, le=36_500)
    posts_days: int = Field(default=30, ge=0, le=36_500)

    @field_validator("texts_days", "entries_days", "posts_days")
    @classmethod
    def _long_enough(cls, value: int) -> int:
        if 0 < value < KEPT_DAYS_MIN:
            msg = (
                f"is too short: digests, corrections and /why look back for up to {KEPT_DAYS_MIN} days. "
                f"Write {KEPT_DAYS_MIN} or more, or 0 to keep them for ever"
            )
            raise ValueError(msg)
        return value

    def keep(self) -> Keep:
        """Return the periods as the middle takes them."""
        return Keep(_days(self.texts_days), _days(self.entries_days), _days(self.posts_days))


def _days(number: int) -> timedelta | None:
    return timedelta(days=number) if number else None


class DeliverySettings(Strict):
    """What happens to posts that may have arrived."""

    uncertain: Literal["resend", "hold"] = "resend"


class HeartbeatSettings(Strict):
    """Addresses that are asked while the work goes on; a monitor behind them raises the alarm when it hears
    nothing.
    """

    polls: str = Field(default="", repr=False)
    digests: str = Field(default="", repr=False)


class WebSettings(Strict):
    """Where the page is."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    webhooks: bool = False

    @model_validator(mode="after")
    def _webhooks_have_an_address(self) -> Self:
        if self.webhooks and not self.public_url.startswith("https://"):
            msg = (
                "`webhooks` needs public_url, the https:// address under which others reach this server; "
                "without it platforms are asked for what is new"
            )
            raise ValueError(msg)
        return self

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/?#]+(?:/[^\s?#]*)?", value):
            msg = "is not the address under which others reach this page, such as https://news.example.org"
            raise ValueError(msg)
        return value.rstrip("/")


class SubscriptionSettings(Strict):
    """A subscription declared in a file."""

    name: str = "daily"
    topic: str = "ai"
    schedule: str = "08:00"
    size: int = Field(default=5, ge=1, le=20)
    length: Length = Length.LINE
    missed: MissedPolicy = MissedPolicy.MERGE

    @field_validator("schedule")
    @classmethod
    def _readable(cls, value: str) -> str:
        try:
            parse_schedule(value)
        except CallError as error:
            raise ValueError(str(error)) from error
        return value


class ChannelSettings(Strict):
    """A channel declared in a file."""

    platform: str
    address: str
    kind: PlaceKind
    thread: str = ""
    name: str = ""
    language: str = ""
    zone: str = ""
    languages: tuple[str, ...] = ()
    quiet: str = ""
    subscriptions: tuple[SubscriptionSettings, ...] = ()

    @field_validator("address", "thread", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value

    @field_validator("languages")
    @classmethod
    def _codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for code in value:
            if not re.fullmatch(r"[a-z]{2,3}", code):
                msg = f"`{code}` is no language code such as it, en or zh"
                raise ValueError(msg)
        return value

    @field_validator("quiet")
    @classmethod
    def _hours(cls, value: str) -> str:
        try:
            if value:
                parse_quiet(value)
        except CallError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _zone(value) if value else value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        return _language(value) if value else value


class FileSettings(Strict):
    """What `strillone.toml` may say."""

    language: str = "en"
    zone: str = "UTC"
    contact: str = ""
    summarizer: str = "auto"
    fetch: FetchSettings = FetchSettings()
    feeds: Mapping[str, FeedSettings] = Field(default_factory=dict)
    digest: DigestSettings = DigestSettings()
    breaking: BreakingSettings = BreakingSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    delivery: DeliverySettings = DeliverySettings()
    keep: KeepSettings = KeepSettings()
    limits: LimitSettings = LimitSettings()
    model: ModelSettings = ModelSettings()
    web: WebSettings = WebSettings()
    channels: tuple[ChannelSettings, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _zone(value)

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        return _language(value)


def _zone(value: str) -> str:
    zones = available_timezones()
    if value not in zones:
        similar = difflib.get_close_matches(value, zones, n=1)
        hint = f"; did you mean {similar[0]}?" if similar else "; zones are written like Europe/Rome"
        msg = f"is not a time zone{hint}"
        raise ValueError(msg)
    return value


def _language(value: str) -> str:
    if value not in SPOKEN:
        msg = f"is not one of {', '.join(SPOKEN)}"
        raise ValueError(msg)
    return value
