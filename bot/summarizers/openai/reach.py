"""How models are reached: each call is paid for in advance, tried again when that may help, and left to the
next model when not.

A call that was refused costs nothing. One that was cut off, or does not say what it used, may have been
charged: it costs the most it may.
"""

import asyncio
import json
import math
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog

from bot.errors import ModelFailed, OverBudget
from bot.ports import Cost, ModelOptions, SummarizerOptions
from bot.summarizers.openai.prompt import Messages

DEFAULT_ADDRESS = "https://api.openai.com/v1"
LOOK_SECONDS = 15
"""How long an endpoint may take to say which models it has."""

THOUGHTS = 8
"""How many times as many tokens an answer gets that was cut off: some models think before they answer, and
thoughts count.
"""

LARGEST_ANSWER = 1024 * 1024
"""Bytes of an answer that are read."""

MOST_TOKENS = 100_000_000
"""Tokens of one call beyond which a report is no report: no model reads or writes so many, and a number may
have thousands of digits.
"""

CONCURRENT_CALLS = 4
TRIES = 3
LONGEST_PAUSE = 20.0
"""Seconds of a Retry-After that are waited for; where more is asked the next model is tried."""

FAILURES = 5
REST = timedelta(minutes=2)
"""After so many failures in a row a model is left alone for so long, and then asked once to see whether it is
back.
"""

OPTIONAL = ("temperature", "max_tokens", "response_format")
"""Settings of a request that some servers do not know, or know by another name."""

ABOUT_THE_REQUEST = frozenset({400, 413, 422})
"""Answers that are about what was asked: too long, or nothing their filters let through."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["sentences"],
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "ids"],
                "properties": {
                    "text": {"type": "string"},
                    "ids": {"type": "array", "items": {"type": "integer"}},
                },
            },
        }
    },
}
STRUCTURED = {"type": "json_schema", "json_schema": {"name": "summary", "strict": True, "schema": SCHEMA}}


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's words, which model said them, and whether they were cut off."""

    text: str
    model: str
    cut: bool = False


class UnusableAnswer(ModelFailed):
    """An answer came, and it cannot be used: the endpoint works, and may answer something else."""


class _RetryableFailure(Exception):
    """This call failed and another may not; `after` is the pause its server asks for, in seconds. `charged`
    says that it may cost.
    """

    def __init__(self, text: str, after: float = 0.0, *, charged: bool = False) -> None:
        self.after = after
        self.charged = charged
        super().__init__(text)


@dataclass(slots=True)
class Breaker:
    """Leaves a model alone after failures in a row, and lets one call through when its rest is over."""

    failures: int = 0
    rests_until: datetime | None = None

    def allows(self, now: datetime) -> bool:
        """Tell whether the model may be called now; a call after a rest is the only one until it has
        ended.
        """
        if self.rests_until is None:
            return True
        if now < self.rests_until:
            return False
        self.rests_until = now + REST
        return True

    def record_success(self) -> None:
        """Record an answer."""
        self.failures, self.rests_until = 0, None

    def record_failure(self, now: datetime) -> None:
        """Record that there was none."""
        self.failures += 1
        if self.failures >= FAILURES:
            self.rests_until = now + REST


@dataclass(slots=True)
class _Model:
    options: ModelOptions
    breaker: Breaker = field(default_factory=Breaker)
    unknown: set[str] = field(default_factory=set)
    """Settings of a request without which this server answers."""
    room: int = 1
    """How many times as many tokens as its words need an answer gets."""

    def body(self, messages: Messages, most: int, unknown: Set[str]) -> dict[str, Any]:
        """Return a request without the settings that are unknown."""
        longest = "max_completion_tokens" if "max_tokens" in unknown else "max_tokens"
        body: dict[str, Any] = {"model": self.options.name, "messages": messages, longest: most}
        if "temperature" not in unknown:
            body["temperature"] = 0.2
        if "response_format" not in unknown:
            body["response_format"] = STRUCTURED
        return body

    def cost(self, tokens_in: int, tokens_out: int) -> Cost:
        """Return what tokens cost; a price per million tokens is millionths per token."""
        money = tokens_in * self.options.price_in + tokens_out * self.options.price_out
        return Cost(tokens_in + tokens_out, math.ceil(money))


class ModelClient:
    """Asks models in order of preference, at most `CONCURRENT_CALLS` calls at a time."""

    def __init__(self, options: SummarizerOptions) -> None:
        self._options = options
        self._models = [_Model(model) for model in options.models]
        self._places = asyncio.Semaphore(CONCURRENT_CALLS)
        self._log = structlog.get_logger()

    async def ask(self, messages: Messages, most: int, server: int) -> Completion:
        """Return the first answer a model gives; `most` is its longest length in tokens. Raises
        `ModelFailed`, `OverBudget`.

        Where a model is too dear the next one may be cheap enough. A model that needed `THOUGHTS` once gets
        them from the beginning.
        """
        stop: OverBudget | None = None
        last = ModelFailed("every model rests after failures")
        for model in self._models:
            if not model.breaker.allows(self._options.clock()):
                continue
            try:
                async with self._places:
                    completion = await self._with_retries(model, messages, most * model.room, server)
            except OverBudget as error:
                stop = stop or error
            except ModelFailed as error:
                last = error
                self._log.warning("model.call_failed", model=model.options.name, cause=str(error))
            else:
                return completion
        raise stop or last

    def give_room(self, name: str) -> None:
        """Let a model's answers be longer from now on: one was cut off before it said anything."""
        for model in self._models:
            if model.options.name == name:
                model.room = THOUGHTS

    async def _with_retries(self, model: _Model, messages: Messages, most: int, server: int) -> Completion:
        """Ask one model, again where that may help."""
        attempt = 1
        while True:
            try:
                completion = await self._without_unsupported(model, messages, most, server)
            except UnusableAnswer:
                model.breaker.record_success()
                raise
            except ModelFailed:
                model.breaker.record_failure(self._options.clock())
                raise
            except _RetryableFailure as error:
                model.breaker.record_failure(self._options.clock())
                after = max(error.after, 2.0 ** (attempt - 1))
                if attempt == TRIES or model.breaker.rests_until is not None or after > LONGEST_PAUSE:
                    raise ModelFailed(str(error)) from error
                await self._options.pause(after)
                attempt += 1
            else:
                model.breaker.record_success()
                return completion

    async def _without_unsupported(
        self, model: _Model, messages: Messages, most: int, server: int
    ) -> Completion:
        """Ask once, and again without each setting that the server refuses; what then works is remembered."""
        unknown = set(model.unknown)
        while True:
            body = model.body(messages, most, unknown)
            status, answer, after = await self._within_budget(model, body, server)
            refusal = _refusal_of(answer, body) if status in {400, 422} else ""
            if not refusal:
                model.unknown |= unknown if status == 200 else set()
                return Completion(_text(status, answer, after), model.options.name, _is_cut(answer))
            unknown.add(refusal)

    async def _within_budget(
        self, model: _Model, body: dict[str, Any], server: int
    ) -> tuple[int, Any, float]:
        """Post a request for which the most it may cost is set aside, and settle what it did cost."""
        encoded = json.dumps(body, ensure_ascii=False).encode()
        longest = body.get("max_tokens") or body["max_completion_tokens"]
        most = model.cost(len(encoded), longest)
        number = await self._options.ledger.reserve(most, server)
        try:
            status, answer, after = await _post(model.options, encoded)
        except _RetryableFailure as error:
            await self._options.ledger.settle(number, most if error.charged else Cost(0))
            raise
        usage = _usage_of(answer)
        unreported = most if status == 200 else Cost(0)
        await self._options.ledger.settle(number, model.cost(*usage) if usage else unreported)
        return status, answer, after


def _usage_of(answer: Any) -> tuple[int, int] | None:
    """Return the tokens in and out that an answer reports, None where it reports none that can be."""
    usage = answer.get("usage") if isinstance(answer, dict) else None
    counts = (
        [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
        if isinstance(usage, dict)
        else []
    )
    match counts:
        case [int() as tokens_in, int() as tokens_out] if (
            0 <= tokens_in <= MOST_TOKENS and 0 <= tokens_out <= MOST_TOKENS
        ):
            return tokens_in, tokens_out
    return None


def _refusal_of(answer: Any, body: Mapping[str, Any]) -> str:
    """Return which setting of a request a refusal may be about: the one it names, else the one that the
    fewest servers know.
    """
    message = json.dumps(answer)
    optional = [name for name in OPTIONAL if name in body]
    named_options = [name for name in optional if name in message]
    return next(iter(named_options), "response_format" if "response_format" in optional else "")


def _text(status: int, answer: Any, after: float) -> str:
    """Return an answer's message. Raises `_RetryableFailure` where another call may bring one, else
    `ModelFailed`.
    """
    if status == 429 or status >= 500:
        msg = f"the endpoint answered {status}"
        raise _RetryableFailure(msg, after)
    if status != 200:
        msg = f"the endpoint answered {status}"
        raise UnusableAnswer(msg) if status in ABOUT_THE_REQUEST else ModelFailed(msg)
    try:
        message = answer["choices"][0]["message"]
        text = message.get("content") or ""
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        msg = "the endpoint's answer has no message"
        raise ModelFailed(msg) from error
    if not isinstance(text, str) or message.get("refusal"):
        msg = "the model refused to write"
        raise UnusableAnswer(msg)
    return text


def _is_cut(answer: Any) -> bool:
    """Tell whether an answer, which has a message, ended because it may not be longer."""
    return bool(answer["choices"][0].get("finish_reason") == "length")


def _headers(model: ModelOptions) -> dict[str, str]:
    return {"Authorization": f"Bearer {model.key}"} if model.key else {}


def _address(model: ModelOptions) -> str:
    return (model.address or DEFAULT_ADDRESS).rstrip("/")


async def _post(model: ModelOptions, body: bytes) -> tuple[int, Any, float]:
    """Return status, JSON (None where it is none) and the pause asked for. Raises `_RetryableFailure` where
    no answer came.
    """
    headers = {**_headers(model), "Content-Type": "application/json"}
    try:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=model.seconds), headers=headers
            ) as session,
            session.post(f"{_address(model)}/chat/completions", data=body, allow_redirects=False) as response,
        ):
            return response.status, _json(await _body(response)), _retry_after(response)
    except aiohttp.ClientConnectorError as error:
        msg = "the endpoint cannot be reached"
        raise _RetryableFailure(msg) from error
    except TimeoutError as error:
        msg = f"no answer within {model.seconds:g} seconds (seconds in [model])"
        raise _RetryableFailure(msg, charged=True) from error
    except aiohttp.ClientError as error:
        msg = f"the connection broke ({type(error).__name__})"
        raise _RetryableFailure(msg, charged=True) from error


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            return b""
    return body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _retry_after(response: aiohttp.ClientResponse) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() and len(value) < 8 else 0.0


async def look(model: ModelOptions) -> str:
    """Ask an endpoint, at no cost, whether it knows a model; returns what is wrong, empty where
    nothing is.
    """
    timeout = aiohttp.ClientTimeout(total=LOOK_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=_headers(model)) as session,
            session.get(f"{_address(model)}/models", allow_redirects=False) as response,
        ):
            return _verdict(response.status, _json(await _body(response)), model.name)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return (
            f"its address cannot be reached ({type(error).__name__}). Check OPENAI_BASE_URL, or "
            "`address` in [model]."
        )


def _verdict(status: int, answer: Any, name: str) -> str:
    if status in {401, 403}:
        return f"its endpoint refuses the key ({status}). Check OPENAI_API_KEY, or `key` in [model]."
    models = answer.get("data") if status == 200 and isinstance(answer, dict) else None
    names = [item.get("id") for item in models if isinstance(item, dict)] if isinstance(models, list) else []
    if names and name not in names:
        return f"its endpoint does not know it. It has {', '.join(map(str, names[:8]))}."
    return ""
