"""Heavy work on texts leaves the event loop its turns, and hostile texts make no work heavy."""

import asyncio
import threading
import time

from bot.model import Entry
from bot.pipeline.composing.corrections import takes_back
from bot.pipeline.verification.check import Source, check
from bot.summarizers.openai.objection import objection
from bot.text.words import MAX_GROWTH, ROOM, fold
from bot.threads import in_thread
from tests.doubles.model import NOW

LONG = 60_000


def entry(text: str, title: str = "Larkwell pauses its chatbot") -> Entry:
    return Entry(
        id=1,
        feed_id=1,
        title=title,
        link="https://e.example/1",
        text=text,
        language="en",
        published=NOW,
        first_seen=NOW,
        outlet="Wire",
    )


async def test_the_loop_turns_while_a_thread_computes() -> None:
    turns: list[bool] = []
    busy = threading.Event()

    def compute() -> int:
        busy.set()
        end = time.thread_time() + 0.4
        while time.thread_time() < end:
            sum(range(1000))
        busy.clear()
        return 7

    async def turn() -> None:
        while True:
            await asyncio.sleep(0.005)
            turns.append(busy.is_set())

    turning = asyncio.create_task(turn())
    assert await in_thread(compute) == 7
    turning.cancel()
    assert sum(turns) >= 5


def test_an_entry_of_blanks_takes_nothing_back_at_once() -> None:
    for blank in ("\u00a0", "\u3000", " \t", "[\u2003"):
        assert not takes_back(entry(blank * (LONG // len(blank))))
    assert takes_back(entry("\u00a0 [\u3000 Retracted: the pause ended"))


def test_a_word_without_end_is_checked_at_once() -> None:
    for run in ("A", "AB", "中", "a-", "Ab ", "1,", "“", "[", "(", "don't "):
        source = Source(run * (LONG // len(run)), "en")
        check("Corvid 3 costs 17 dollars.", "en", [source])
        check("The authority has 14 days.", "en", [source, source])


def test_a_sentence_of_a_model_without_end_is_refused_at_once() -> None:
    for run in ("a-", "a.", "+g", "x:/", "@ "):
        said = run * 250_000
        assert objection(said, "en", [Source("Corvid 3 is out.", "en")]) == "it is too long for one sentence"


def test_what_swells_is_cut_when_it_is_folded() -> None:
    assert len(fold("\ufdfa" * LONG)) <= MAX_GROWTH * LONG + ROOM
    assert fold("\ufdfa" * 4) == " ".join(["صلى الله عليه وسلم" * 4]).replace("  ", " ")
    whole = "Straße, Ångström ﬁnally ½ of 100 ㎏ " * 100
    assert fold(whole).endswith("kg ")
