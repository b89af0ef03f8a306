"""The terminal: 72 columns whatever the script, nothing lost, and typed lines are answered."""

import asyncio
import contextlib
import io
import json
import os
import pty
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot import i18n
from bot.errors import Refused
from bot.model import (
    Actions,
    Answer,
    Block,
    Button,
    Call,
    Channel,
    Document,
    Finding,
    Footer,
    Heading,
    Item,
    Listing,
    Operation,
    OperationKind,
    OperationState,
    Picture,
    PlaceKind,
    Purpose,
    Quote,
    Search,
    StoryBlock,
    Table,
    Text,
)
from bot.platforms import terminal
from bot.platforms.terminal import WIDTH, Terminal, lines
from bot.ports import PlatformOptions
from tests.doubles.gateway import Gateway

CHANNEL = Channel(id=1, platform="terminal", address="terminal", kind=PlaceKind.PAGE, server_id=0)
NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
SCRIPTS = {
    "en": "In first tests it equals and often beats o1; using it costs 3% of OpenAI’s premium services, says the company. ",
    "de": "Die Donaudampfschifffahrtsgesellschaftskapitänsmütze kostet 2.000 Euro, 40 % mehr als im Vorjahr – sagt der Verband. ",
    "zh": "深度求索发布开源模型R1，称仅用2,000块H800芯片训练；使用成本为OpenAI的3%。一些分析师认为实际规模更大。",
    "ja": "朝霧沢精機、ねじの検査を画像AIに。見逃し率は0.02%に低下し、検査員は「手間が減った」と話す。",
    "ko": "딥시크가 오픈소스 모델 R1을 공개했다. 비용은 오픈AI의 3%에 불과하다고 회사는 밝혔다. ",
    "emoji": "🚀 Launch day 🎉 for 🤖 robots 🧠 and 🔥 chips 💾 everywhere 🌍 again and again 🔁 and once more 👋. ",
    "accents": "Cafe\u0301 re\u0301sume\u0301 nai\u0308ve: de\u0301compose\u0301 partout, toujours, a\u0300 chaque mot. ",
}
KINDS: tuple[str, ...] = ("heading", "headline", "update", "quiet", "text", "quote")


def every_kind(text: str) -> tuple[Block, ...]:
    return (
        Heading(text, text),
        StoryBlock(
            headline=text,
            link="https://example.org/",
            sentences=(text, text),
            meta=text,
            number=1,
            label="",
            more=Button("9 sources", "st:i1"),
            below=Listing(items=(Item(text), Item(text)), title=text),
        ),
        StoryBlock(
            headline=text,
            link="https://example.org/",
            sentences=(text, text),
            meta=text,
            number=None,
            label="Update",
        ),
        Text(text),
        Text(text, quiet=True),
        Quote(text, text),
        Listing(items=(Item(text, "https://example.org/"), Item(text)), title=text),
        Listing(items=(Item(text),), title=text, folded=True),
        Picture("https://example.org/x.png", text),
        Footer(text),
    )


def shown(*blocks: Block) -> list[tuple[str, str]]:
    """Return the lines of blocks, with what holds of all lines checked."""
    found = list(lines(Document(blocks)))
    assert all(style in KINDS for style, _ in found)
    for _, line in found:
        assert cell_len(line) <= WIDTH, line
        assert line == line.rstrip()
        assert "\n" not in line
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


# --- documents ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("times", [1, 4])
def test_every_kind_of_block_keeps_to_the_width_and_loses_nothing(script: str, times: int) -> None:
    text = SCRIPTS[script] * times
    for block in every_kind(text):
        assert squeezed(text) in squeezed("".join(line for _, line in shown(block)))


def test_a_random_document_is_shown_whole_and_in_order() -> None:
    for seed in range(40):
        dice = random.Random(seed)
        wanted = [f"{dice.choice(list(SCRIPTS.values()))}N{seed}.{n}." for n in range(dice.randrange(1, 8))]
        text = squeezed(
            "".join(line for _, line in shown(*(dice.choice(every_kind(text)) for text in wanted)))
        )
        positions = [text.find(squeezed(part)) for part in wanted]
        assert -1 not in positions
        assert positions == sorted(positions)


def test_a_digest_reads_as_sketched() -> None:
    found = shown(
        Heading("AI news · Monday 23 November, 08:00", "1 story from 212 entries in 38 feeds"),
        StoryBlock(
            headline="DeepSeek opens R1",
            link="https://example.org/",
            sentences=("It is cheap.", "Some doubt it."),
            meta="6 sources",
            number=1,
        ),
        Listing(items=(Item("Another story"),), title="Also: one more story", folded=True),
        Actions((Button("Latest", "la"),)),
    )
    assert found == [
        ("heading", "AI news · Monday 23 November, 08:00"),
        ("quiet", "1 story from 212 entries in 38 feeds"),
        ("text", ""),
        ("headline", "1  DeepSeek opens R1"),
        ("text", "   It is cheap. Some doubt it."),
        ("quiet", "   ▸ 6 sources"),
        ("text", ""),
        ("text", "Also: one more story"),
        ("quiet", "  · Another story"),
    ]


def test_an_update_says_so() -> None:
    assert shown(
        StoryBlock(
            headline="New limits",
            link="",
            sentences=("Since March.",),
            meta="1 new source",
            number=2,
            label="Update",
        )
    )[0] == (
        "update",
        "2  Update: New limits",
    )


def test_a_quotation_names_its_source() -> None:
    assert shown(Quote("Words.", "Wire, 07:12")) == [("quote", "   “Words.”"), ("quiet", "   — Wire, 07:12")]


def test_columns_of_a_table_stand_below_each_other() -> None:
    found = [line for _, line in shown(Table(("Feed", "Entries"), (("算海日报", "12"), ("Wire", "3"))))]
    assert found == ["Feed      Entries", "算海日报  12", "Wire      3"]


def test_chinese_breaks_inside_but_not_before_punctuation() -> None:
    found = [line for _, line in shown(Text("中" * 36 + "，" + "文" * 40 + "。"))]
    assert all(line[0] not in "，。" for line in found)
    assert cell_len(found[0]) > WIDTH - 4


def test_a_long_address_is_cut_and_not_lost() -> None:
    address = "https://example.org/" + "a-b/" * 40
    assert "".join(line for _, line in shown(Text(address))) == address


@pytest.mark.parametrize(
    "text",
    ["日本語 https://example.org/" + "a" * 100, "e\u0301" * 40 + "中" * 40, "中。" + "。" * 90],
    ids=["address", "accents", "punctuation"],
)
def test_a_long_word_beside_wide_characters_is_cut(text: str) -> None:
    assert squeezed("".join(line for _, line in shown(Text(text)))) == squeezed(text)


@pytest.mark.parametrize("text", ["", " "])
def test_nothing_is_no_line(text: str) -> None:
    assert [line for _, line in shown(Heading("x", text))] == ["x"]


def test_buttons_are_not_printed() -> None:
    assert shown(Text("x"), Actions((Button("Latest", "la"),))) == [("text", "x")]


def test_a_payload_is_json() -> None:
    (payload,) = Terminal(Console()).render(Document(every_kind(SCRIPTS["ja"])), CHANNEL)
    assert json.loads(json.dumps(payload)) == payload


# --- printing and answering --------------------------------------------------------------------------------


def console(*, colours: bool = False) -> Console:
    return Console(
        file=io.StringIO(), width=WIDTH, force_terminal=colours, color_system="standard" if colours else None
    )


def printed(found: Console) -> str:
    assert isinstance(found.file, io.StringIO)
    return found.file.getvalue()


def operation(document: Document) -> Operation:
    (payload,) = Terminal(console()).render(document, CHANNEL)
    return Operation(
        id=5,
        channel_id=1,
        intent="x",
        nonce="n",
        payload=payload,
        state=OperationState.SENDING,
        created_at=NOW,
        not_after=NOW + timedelta(hours=1),
        purpose=Purpose.DIGEST,
    )


async def test_a_post_is_printed_and_cannot_be_looked_for() -> None:
    out = console()
    made = Terminal(out)
    sent = operation(Document((Text("[red]Not markup[/red] :smile:"), Text("Second"))))
    assert await made.send(sent, CHANNEL, "") == "5"
    assert printed(out) == "[red]Not markup[/red] :smile:\n\nSecond\n\n"
    assert (
        await made.find(sent, CHANNEL, Search(after="", known=frozenset(), unrecorded=0))
    ).finding is Finding.UNKNOWN
    assert made.identity() is None
    await made.close()


async def test_what_was_printed_cannot_be_edited() -> None:
    edit = replace(operation(Document((Text("Hello."),))), kind=OperationKind.EDIT)
    found = console()
    with pytest.raises(Refused, match="stays as it is"):
        await Terminal(found).send(edit, CHANNEL, "")
    assert printed(found) == ""


def test_colours_only_on_a_terminal() -> None:
    plain, coloured = console(), console(colours=True)
    for out in (plain, coloured):
        Terminal(out).show(
            Document((StoryBlock(headline="Head", link="", sentences=("Body",), meta="meta"),))
        )
    assert "\x1b[" not in printed(plain)
    assert "\x1b[1;36mHead" in printed(coloured)


def test_it_is_made_for_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    made = terminal.create(PlatformOptions(), i18n.load())
    assert isinstance(made, Terminal)
    made.show(Document((Text("x " * 100),)))
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= WIDTH


class Desk:
    """Answers what is typed."""

    def __init__(self) -> None:
        self.up = asyncio.Event()
        self.answered = asyncio.Event()
        self.calls: list[Call] = []

    def gateway(self) -> Gateway:
        return Gateway(answer=self.answer, typed=self.typed, connected=self.connected)

    async def connected(self, name: str) -> None:
        assert name == "terminal"
        self.up.set()

    def typed(self, text: str, call: Call) -> Call | None:
        text = text.strip()
        return Call(text, {}, call.person, call.place) if text else None

    async def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        self.answered.set()
        return Answer(document=Document((Text(f"You typed {call.command}."),)))


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A pseudo-terminal as standard input; what is written to it was typed."""
    master, slave = pty.openpty()
    stdin = os.fdopen(slave, "rb", buffering=0)
    monkeypatch.setattr("sys.stdin", stdin)
    yield master
    stdin.close()
    os.close(master)


async def test_typed_lines_are_answered(keyboard: int) -> None:
    out, desk = console(), Desk()
    task = asyncio.create_task(Terminal(out).run(desk.gateway()))
    async with asyncio.timeout(5):
        await desk.up.wait()
        os.write(keyboard, b"\n/latest\n")
        while "You typed" not in printed(out):
            await asyncio.wait({task}, timeout=0.02)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert printed(out) == "You typed /latest.\n\n"
    (call,) = desk.calls
    assert call.person.manager
    assert call.place.kind is PlaceKind.PAGE


async def test_without_a_terminal_it_only_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("/latest\n"))
    out, desk = console(), Desk()
    task = asyncio.create_task(Terminal(out).run(desk.gateway()))
    await asyncio.wait_for(desk.up.wait(), 5)
    await asyncio.wait({task}, timeout=0.05)
    assert not task.done()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert desk.calls == []
