"""How models are reached: retries, rests, the next model, what each server knows, and what each call costs."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.errors import ModelFailed, OverBudget
from bot.ports import Cost, ModelOptions
from bot.summarizers.openai.reach import CONCURRENT_CALLS, FAILURES, REST, Completion, ModelClient, look
from tests.doubles.model import NOW, Hands, ModelDouble, Purse, Reply, answer, hands, tokens
from tests.summarizers.world import GOOD

MESSAGES = [{"role": "user", "content": "Hello"}]


async def asked(made: Hands, times: int = 1) -> list[str]:
    """Ask some times, with one and the same memory of failures; a failure is its text."""
    found, at = [], ModelClient(made.options())
    for _ in range(times):
        try:
            found.append((await at.ask(MESSAGES, 100, 7)).model)
        except ModelFailed as error:
            found.append(str(error))
    return found


def script(*replies: Reply | str) -> ModelDouble:
    """A double that gives these answers one after the other, and then good ones."""
    rest = iter(replies)
    return ModelDouble(lambda _: next(rest, answer(GOOD)))


# --- again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("replies", "pauses"),
    [
        ([Reply(status=500)], [1.0]),
        ([Reply(status=503), Reply(status=502)], [1.0, 2.0]),
        ([Reply(status=429, headers={"Retry-After": "7"})], [7.0]),
        ([Reply(status=429, headers={"Retry-After": "soon"})], [1.0]),
        ([Reply(cut=True)], [1.0]),
    ],
)  # fmt: skip
async def test_what_may_pass_is_tried_again(replies: list[Reply], pauses: list[float]) -> None:
    async with script(*replies) as model:
        made = hands(model)
        assert await asked(made) == ["small"]
    assert made.pauses == pauses


async def test_it_is_tried_again_twice_at_most() -> None:
    async with script(*[Reply(status=500)] * 3) as model:
        assert await asked(hands(model)) == ["the endpoint answered 500"]
    assert len(model.requests) == 3


@pytest.mark.parametrize("status", [301, 401, 403, 404])
async def test_what_stays_wrong_is_not_tried_again(status: int) -> None:
    async with script(Reply(status=status, headers={"Location": "http://127.0.0.1:9/"})) as model:
        assert await asked(hands(model)) == [f"the endpoint answered {status}"]
    assert len(model.requests) == 1


async def test_a_long_wait_is_left_to_the_next_model() -> None:
    async with script(Reply(status=429, headers={"Retry-After": "3600"})) as first, script() as second:
        made = hands(first, second)
        assert await asked(made) == ["second"]
    assert made.pauses == []


async def test_a_model_that_hangs_is_given_up() -> None:
    async with script(*[Reply(hang=True)] * 3) as model:
        purse = Purse()
        impatient = ModelOptions(name="small", address=model.url, seconds=0.2)
        assert await asked(Hands((impatient,), ledger=purse)) == [
            "no answer within 0.2 seconds (seconds in [model])"
        ]
    assert list(purse.settled.values()) == purse.reserved
    assert len(purse.reserved) == 3


async def test_an_endpoint_that_is_not_there_costs_nothing() -> None:
    purse = Purse()
    made = Hands((ModelOptions(name="small", address="http://127.0.0.1:9/v1"),), ledger=purse)
    assert await asked(made) == ["the endpoint cannot be reached"]
    assert set(purse.settled.values()) == {Cost(0)}


async def test_so_many_calls_run_at_once_and_no_more() -> None:
    async with ModelDouble(lambda _: Reply("words", hang=True)) as model:
        at = ModelClient(hands(model).options())
        calls = [asyncio.create_task(at.ask(MESSAGES, 100, 0)) for _ in range(3 * CONCURRENT_CALLS)]
        while len(model.requests) < CONCURRENT_CALLS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert len(model.requests) == CONCURRENT_CALLS
        model.release()
        assert await asyncio.gather(*calls) == [Completion("words", "small")] * 3 * CONCURRENT_CALLS


# --- rests -------------------------------------------------------------------------------------------------


async def test_after_failures_a_model_rests_is_probed_once_and_works_again() -> None:
    async with ModelDouble(lambda _: Reply(status=500)) as model:
        made = hands(model)
        at = ModelClient(made.options())
        for _ in range(3):
            with pytest.raises(ModelFailed):
                await at.ask(MESSAGES, 100, 0)
        assert len(model.requests) == FAILURES
        with pytest.raises(ModelFailed, match="rests"):
            await at.ask(MESSAGES, 100, 0)
        made.now += REST
        with pytest.raises(ModelFailed, match="500"):
            await at.ask(MESSAGES, 100, 0)
        with pytest.raises(ModelFailed, match="rests"):
            await at.ask(MESSAGES, 100, 0)
        assert len(model.requests) == FAILURES + 1
        made.now += REST + timedelta(seconds=1)
        model.say = lambda _: "back"
        assert [await at.ask(MESSAGES, 100, 0) for _ in range(2)] == [Completion("back", "small")] * 2


async def test_a_refusal_is_no_failure() -> None:
    async with ModelDouble(lambda _: Reply(refusal="no")) as model:
        assert await asked(hands(model), FAILURES + 1) == ["the model refused to write"] * (FAILURES + 1)
    assert len(model.requests) == FAILURES + 1


async def test_models_are_asked_in_order_of_preference() -> None:
    async with script() as first, script() as second:
        made = hands(first, second)
        assert await asked(made) == ["small"]
        first.say = lambda _: Reply(status=401)
        assert await asked(made, FAILURES + 2) == ["second"] * (FAILURES + 2)
    assert len(first.requests) == 1 + FAILURES
    assert [request["model"] for request in (first.requests[0], second.requests[0])] == ["small", "second"]


# --- what servers know -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unknown", [["response_format"], ["temperature"], ["max_tokens"], ["response_format", "temperature", "max_tokens"]]
)  # fmt: skip
async def test_what_a_server_does_not_know_is_left_out_from_then_on(unknown: list[str]) -> None:
    async with ModelDouble(lambda _: "words", unknown=unknown) as model:
        assert await asked(hands(model), 2) == ["small", "small"]
    assert len(model.requests) == len(unknown) + 2
    last = model.requests[-1]
    assert not set(unknown) & last.keys()
    assert {"max_tokens": 100, "max_completion_tokens": 100}.items() & last.items()


async def test_an_unnamed_refusal_is_taken_for_structured_output() -> None:
    async with ModelDouble(lambda body: Reply(status=400) if "response_format" in body else "words") as model:
        assert await asked(hands(model)) == ["small"]
    assert ["response_format" in request for request in model.requests] == [True, False]


async def test_a_refusal_for_another_reason_changes_nothing_for_later_calls() -> None:
    async with script(Reply(status=400, error="too long"), Reply(status=400, error="too long")) as model:
        at = ModelClient(hands(model).options())
        with pytest.raises(ModelFailed, match="400"):
            await at.ask(MESSAGES, 100, 0)
        await at.ask(MESSAGES, 100, 0)
    assert ["response_format" in request for request in model.requests] == [True, False, True]


async def test_calls_at_once_may_all_learn_what_a_server_does_not_know() -> None:
    async with ModelDouble(lambda _: "words", unknown=["response_format", "temperature"]) as model:
        at = ModelClient(hands(model).options())
        assert (
            len(await asyncio.gather(*(at.ask(MESSAGES, 100, 0) for _ in range(CONCURRENT_CALLS))))
            == CONCURRENT_CALLS
        )


async def test_structured_output_is_asked_for() -> None:
    async with script() as model:
        await asked(hands(model))
    assert model.requests[0]["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize(("key", "sent"), [("sk-test", "Bearer sk-test"), ("", "")])
async def test_a_key_is_sent_where_there_is_one(key: str, sent: str) -> None:
    async with script() as model:
        await asked(hands(model, key=key))
    assert model.keys == [sent]


# --- costs -------------------------------------------------------------------------------------------------


async def priced(reply: Reply | str, *more: Reply) -> tuple[Purse, ModelDouble]:
    purse = Purse()
    async with script(reply, *more) as model:
        made = Hands(
            (ModelOptions(name="small", address=model.url, price_in=0.5, price_out=2.0),), ledger=purse
        )
        await asked(made)
    return purse, model


async def test_the_most_that_a_call_may_cost_is_set_aside_and_then_settled() -> None:
    purse, model = await priced("Hello.")
    (body,) = model.requests
    most = len(json.dumps(body, ensure_ascii=False).encode())
    used = tokens(json.dumps(MESSAGES)), tokens("Hello.")
    assert purse.reserved == [Cost(most + 100, -(-most // 2) + 200)]
    assert purse.settled == {0: Cost(sum(used), -(-used[0] // 2) + 2 * used[1])}
    assert purse.servers == [7]
    assert body["max_tokens"] == 100


@pytest.mark.parametrize("usage", [{"total_tokens": 5}, {"prompt_tokens": -1, "completion_tokens": 2}, {"prompt_tokens": 10**4199, "completion_tokens": 2}, {"prompt_tokens": 2, "completion_tokens": 10**9}, {"prompt_tokens": "1", "completion_tokens": 1}, [1]])  # fmt: skip
async def test_an_answer_without_usage_costs_what_was_set_aside(usage: object) -> None:
    purse, _ = await priced(Reply("Hello.", usage=usage))
    assert purse.settled == {0: purse.reserved[0]}


async def test_a_refused_call_costs_nothing_and_one_that_was_cut_off_all_that_was_set_aside() -> None:
    purse, _ = await priced(Reply(status=500), Reply(cut=True))
    assert len(purse.reserved) == 3
    assert (purse.settled[0], purse.settled[1]) == (Cost(0), purse.reserved[1])


class Thrifty(Purse):
    """A purse without money."""

    async def reserve(self, most: Cost, server: int) -> int:
        if most.money:
            raise OverBudget("spent", NOW)
        return await super().reserve(most, server)


async def test_where_the_money_is_spent_a_free_model_writes() -> None:
    async with script() as dear, script() as free:
        dearly = ModelOptions(name="dear", address=dear.url, price_in=1)
        made = Hands((dearly, ModelOptions(name="free", address=free.url)), ledger=Thrifty())
        assert await asked(made) == ["free"]
        with pytest.raises(OverBudget):
            await ModelClient(Hands((dearly,), ledger=Thrifty()).options()).ask(MESSAGES, 100, 0)
    assert dear.requests == []


# --- looking -----------------------------------------------------------------------------------------------


async def test_looking_at_a_model_says_what_is_wrong() -> None:
    async with ModelDouble(lambda _: "", models=["small", "large"]) as model:
        assert await look(ModelOptions(name="small", address=model.url, key="sk-x")) == ""
        assert "It has small, large" in await look(ModelOptions(name="tiny", address=model.url))
        model.models = []
        assert await look(ModelOptions(name="tiny", address=model.url)) == ""
    assert model.requests == []
    assert "cannot be reached" in await look(ModelOptions(name="small", address=model.url))
