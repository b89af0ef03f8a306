"""The flow of writing: what was written before, then what is missing, several stories to a call, in the order they are wanted in.

kept → ask → read (mended once) → object → ask once more for what was refused → fill from the sources → keep
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.errors import ModelFailed, OverBudget
from bot.model import Length, Receipt, Sentence, Summary
from bot.pipeline.summarizing.extract import BUDGETS
from bot.pipeline.summarizing.units import hangs
from bot.pipeline.verification.check import source_of
from bot.ports import Kept, SummarizerOptions, Wanted
from bot.summarizers.extractive import told
from bot.summarizers.openai.answer import Draft, read
from bot.summarizers.openai.objection import objection
from bot.summarizers.openai.prompt import (
    Refused,
    Request,
    Task,
    again,
    again_most,
    mend,
    request_of,
    task_of,
)
from bot.summarizers.openai.reach import ModelClient, UnusableAnswer
from bot.text.words import is_cjk, size
from bot.threads import in_thread

TOGETHER = 5
TOGETHER_CHARACTERS = 12_000
"""Stories, and characters of their sources, that one call holds."""

Slot = Sentence | Refused
"""A place in a summary: a sentence that may be told, or why it may not."""


class Written:
    """Writes summaries with models. What is written is kept under the hash of all it depends on; who wants the same meanwhile waits for it."""

    method = "model"

    def __init__(self, options: SummarizerOptions) -> None:
        self._cache = options.cache
        self._names = [model.name for model in options.models]
        self._secrets = [model.key for model in options.models]
        self._reach = ModelClient(options)
        self._busy: dict[str, asyncio.Future[datetime | None]] = {}
        self._log = structlog.get_logger()

    async def summarize(self, wanted: Sequence[Wanted], server: int = 0) -> tuple[Summary, ...]:
        """Return the models' summaries in the wanted languages, or the sources' own sentences where there is none."""
        tasks = [await in_thread(_task, one) for one in wanted]
        asking = {self._name(task): task for task in tasks if task.is_worth_asking}
        known = await self._known(asking)
        missing = {name: task for name, task in asking.items() if name not in known}
        until = await self._fill(missing, server) if missing else None
        known |= await self._known(missing)
        return tuple(
            _summary(task, known.get(self._name(task)), until, asked=task.is_worth_asking) for task in tasks
        )

    def _name(self, task: Task) -> str:
        """Return the key under which a story is asked for: that of the preferred model."""
        return task.key(self._names[0])

    async def _known(self, tasks: Mapping[str, Task]) -> dict[str, Kept]:
        """Return what is kept of stories, by their names; of several models the preferred one's."""
        keys = {name: [task.key(model) for model in self._names] for name, task in tasks.items()}
        kept = await self._cache.find([key for several in keys.values() for key in several]) if keys else {}
        found = {
            name: next((kept[key] for key in several if key in kept), None) for name, several in keys.items()
        }
        return {name: one for name, one in found.items() if one is not None}

    async def _fill(self, missing: Mapping[str, Task], server: int) -> datetime | None:
        """Write what is missing, and wait for what others write; returns until when the budget stops one of them, if it does."""
        others = [self._busy[name] for name in missing if name in self._busy]
        mine = {name: task for name, task in missing.items() if name not in self._busy}
        promised = {name: asyncio.get_running_loop().create_future() for name in mine}
        self._busy |= promised
        until = None
        try:
            until = await self._write_all(list(mine.values()), server)
        finally:
            for name, promise in promised.items():
                del self._busy[name]
                promise.set_result(until)
        if others:
            await asyncio.wait(others)
        return max(filter(None, (until, *(one.result() for one in others))), default=None)

    async def _write_all(self, tasks: Sequence[Task], server: int) -> datetime | None:
        """Write stories in order until all are written, no model answers, or the budget stops; returns until when it does."""
        try:
            for batch in _batches(tasks):
                await self._write_batch(batch, server)
        except OverBudget as stop:
            self._log.info("a budget stops the model", cause=str(stop), until=stop.until.isoformat())
            return stop.until
        except ModelFailed as error:
            self._log.warning("no model answers; written without one", cause=str(error))
        return None

    async def _write_batch(self, batch: Sequence[Task], server: int) -> None:
        """Write stories with one call; where their answer is useless or too dear together, with one for each half."""
        try:
            await self._write(request_of(batch), server)
        except (OverBudget, UnusableAnswer) as error:
            if len(batch) > 1:
                await self._write_batch(batch[: len(batch) // 2], server)
                await self._write_batch(batch[len(batch) // 2 :], server)
            elif isinstance(error, OverBudget):
                raise
            else:
                story = batch[0].wanted.ranked.story.id
                self._log.warning(
                    "a model's answer is of no use; written without it", story=story, cause=str(error)
                )

    async def _write(self, request: Request, server: int) -> None:
        """Ask, rule on every sentence, ask once more for those refused, and keep what there is of each story."""
        drafts, model = await self._asked(request, server)
        slots = await in_thread(self._ruled, request, drafts)
        refused = [slot for several in slots for slot in several if isinstance(slot, Refused)]
        if refused:
            slots = _replaced(slots, await self._asked_again(request, refused, server))
        for task, sent, several in zip(request.tasks, _sent(request, refused), slots, strict=True):
            if several:
                await self._cache.keep(self._kept(task, several, model, sent))

    async def _asked(self, request: Request, server: int) -> tuple[list[Draft], str]:
        """Return a model's sentences and its name; an answer without any is asked for once more. Raises `Useless`.

        Of an answer that was cut off, the sentences that are whole are kept. Where it was cut before the first, it gets more room.
        """
        said = await self._reach.ask(request.messages, request.most, server)
        drafts = read(said.text)
        if drafts is None:
            if said.cut:
                self._reach.give_room(said.model)
            messages = request.messages if said.cut else mend(request.messages, said.text)
            said = await self._reach.ask(messages, request.most, server)
            drafts = read(said.text)
        if drafts is None:
            msg = "its answer was cut off" if said.cut else "its answer is not the JSON that was asked for"
            raise UnusableAnswer(msg)
        return drafts, said.model

    async def _asked_again(
        self, request: Request, refused: Sequence[Refused], server: int
    ) -> list[tuple[Slot, ...]]:
        """Return what a model writes in place of refused sentences, by story; nothing where it cannot be asked."""
        try:
            said = await self._reach.ask(again(request, refused), again_most(refused), server)
        except (ModelFailed, OverBudget) as error:
            self._log.info("refused sentences are not asked for again", cause=str(error))
            return [() for _ in request.tasks]
        return await in_thread(self._ruled, request, read(said.text) or [])

    def _ruled(self, request: Request, drafts: Sequence[Draft]) -> list[tuple[Slot, ...]]:
        """Return the places of each story's summary, as many as its length has; a draft of no story, or of two, has none, nor has a repeated one."""
        found: list[list[Slot]] = [[] for _ in request.tasks]
        for draft in drafts:
            number = request.owner(draft.ids)
            if number is None or any(slot.text == draft.text for slot in found[number]):
                continue
            if len(found[number]) < BUDGETS[request.tasks[number].wanted.length].sentences:
                found[number].append(self._slot(request, number, draft))
        return [tuple(slots) for slots in found]

    def _slot(self, request: Request, number: int, draft: Draft) -> Slot:
        wanted, lines = request.tasks[number].wanted, request.lines(number, draft.ids)
        sources = [source_of(one.entry, one.receipt) for one in lines]
        reason = objection(draft.text, wanted.language, sources, self._secrets)
        if not reason:
            return Sentence(draft.text, tuple(line.receipt for line in lines))
        self._log.info("a model's sentence is refused", story=wanted.ranked.story.id, reason=reason)
        safe = draft.text if not any(key and key in draft.text for key in self._secrets) else ""
        return Refused(safe, draft.ids, reason)

    def _kept(self, task: Task, slots: Sequence[Slot], model: str, sent: str) -> Kept:
        wanted = task.wanted
        refused = sum(isinstance(slot, Refused) for slot in slots)
        sentences = _fitting(_filled(slots, task.plain, wanted.language), wanted.length)
        return Kept(
            task.key(model),
            wanted.ranked.story.id,
            wanted.language,
            wanted.length,
            model,
            sentences,
            refused,
            sent,
        )


def _task(wanted: Wanted) -> Task:
    return task_of(wanted, told(wanted))


def _summary(task: Task, kept: Kept | None, until: datetime | None, *, asked: bool) -> Summary:
    plain = task.plain
    if kept is not None and kept.sentences:
        return Summary(
            plain.headline, plain.lead, kept.sentences, kept.language, plain.length, Written.method
        )
    return replace(plain, without_model_until=until if asked and kept is None else None)


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Give stories that go into one call: neighbours in one language, up to a number of stories and of characters."""
    batch: list[Task] = []
    for task in tasks:
        size_then = sum(len(line.text) for one in (*batch, task) for line in one.lines)
        alike = not batch or batch[0].wanted.language == task.wanted.language
        if batch and (len(batch) == TOGETHER or size_then > TOGETHER_CHARACTERS or not alike):
            yield batch
            batch = []
        batch.append(task)
    if batch:
        yield batch


def _replaced(
    slots: Sequence[tuple[Slot, ...]], again_slots: Sequence[tuple[Slot, ...]]
) -> list[tuple[Slot, ...]]:
    """Put what was written again in the places of what was refused, in order; what the summary says already is not said twice."""
    found = []
    for several, anew in zip(slots, again_slots, strict=True):
        said = {slot.text for slot in several}
        rest = iter([slot for slot in anew if slot.text not in said])
        found.append(tuple(next(rest, slot) if isinstance(slot, Refused) else slot for slot in several))
    return found


def _filled(slots: Sequence[Slot], plain: Summary, language: str) -> tuple[Sentence, ...]:
    """Return a summary's sentences, with the sources' own in the places of refused ones where they are in its language.

    Where no sentence of the model is left there is none at all: the sources' own are then told whole.
    """
    written = [slot for slot in slots if isinstance(slot, Sentence)]
    if not written:
        return ()
    used = {receipt for sentence in written for receipt in sentence.receipts}
    spare = iter(
        [
            s
            for s in plain.sentences
            if plain.language == language and not _overlap(s.receipts, used) and not hangs(s.text, language)
        ]
    )
    filled = (slot if isinstance(slot, Sentence) else next(spare, None) for slot in slots)
    return tuple(sentence for sentence in filled if sentence is not None)


def _overlap(receipts: Iterable[Receipt], used: Iterable[Receipt]) -> bool:
    there = list(used)
    return any(
        a.entry_id == b.entry_id and a.start < b.end and b.start < a.end for a in receipts for b in there
    )


def _sent(request: Request, refused: Sequence[Refused]) -> list[str]:
    """Return the text that went to a model about each story."""
    found = []
    for number, _ in enumerate(request.tasks):
        own = [one for one in refused if request.owner(one.ids) == number]
        more = [message["content"] for message in again(request, own)] if own else []
        found.append("\n\n".join((request.sent(number), *more)))
    return found


def _fitting(sentences: Sequence[Sentence], length: Length) -> tuple[Sentence, ...]:
    """Return the sentences that a length has room for, in order; a model is asked for a budget and may not heed it."""
    budget = BUDGETS[length]
    kept: list[Sentence] = []
    room = budget.characters if is_cjk("".join(s.text for s in sentences)) else budget.words
    for sentence in sentences:
        if len(kept) < budget.sentences and size(sentence.text) <= room:
            kept.append(sentence)
            room -= size(sentence.text)
    return tuple(kept)
