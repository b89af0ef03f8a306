"""The flow of writing: what was written before, then what is missing, several stories to a call, in the order
they are wanted in.

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
from bot.ports import CachedSummary, SummarizerOptions, SummaryTask
from bot.summarizers.extractive import summarize_extractively
from bot.summarizers.openai.answer import Draft, read
from bot.summarizers.openai.objection import objection
from bot.summarizers.openai.prompt import (
    RefusedSentence,
    Request,
    Task,
    mend,
    repair_messages,
    repair_token_limit,
    request_of,
    task_of,
)
from bot.summarizers.openai.reach import ModelClient, UnusableAnswer
from bot.text.words import is_cjk, size
from bot.threads import in_thread

BATCH_STORIES = 5
BATCH_CHARACTERS = 12_000
"""Stories, and characters of their sources, that one call holds."""

Slot = Sentence | RefusedSentence
"""A place in a summary: a sentence that may be told, or why it may not."""


METHOD = "model"


class ModelSummarizer:
    """Writes summaries with models. What is written is kept under the hash of all it depends on; who wants
    the same meanwhile waits for it.
    """

    translates = True

    def __init__(self, options: SummarizerOptions) -> None:
        self._cache = options.cache
        self._names = [model.name for model in options.models]
        self._secrets = [model.key for model in options.models]
        self._reach = ModelClient(options)
        self._busy: dict[str, asyncio.Future[datetime | None]] = {}
        self._log = structlog.get_logger()

    async def summarize(self, stories: Sequence[SummaryTask], server: int = 0) -> tuple[Summary, ...]:
        """Return the models' summaries in the wanted languages, or the sources' own sentences where there is
        none.
        """
        tasks = [await in_thread(_task, story) for story in stories]
        open_tasks = {self._name(task): task for task in tasks if task.is_worth_asking}
        cached = await self._find_cached(open_tasks)
        missing = {name: task for name, task in open_tasks.items() if name not in cached}
        until = await self._fill(missing, server) if missing else None
        cached |= await self._find_cached(missing)
        return tuple(
            _summary(task, cached.get(self._name(task)), until, asked=task.is_worth_asking) for task in tasks
        )

    def _name(self, task: Task) -> str:
        """Return the key under which a story is asked for: that of the preferred model."""
        return task.key(self._names[0])

    async def _find_cached(self, tasks: Mapping[str, Task]) -> dict[str, CachedSummary]:
        """Return what is kept of stories, by their names; of several models the preferred one's."""
        keys = {name: [task.key(model) for model in self._names] for name, task in tasks.items()}
        cached = (
            await self._cache.find([key for keys_of_story in keys.values() for key in keys_of_story])
            if keys
            else {}
        )
        cached_by_name = {
            name: next((cached[key] for key in several if key in cached), None)
            for name, several in keys.items()
        }
        return {
            name: cached_summary
            for name, cached_summary in cached_by_name.items()
            if cached_summary is not None
        }

    async def _fill(self, missing: Mapping[str, Task], server: int) -> datetime | None:
        """Write what is missing, and wait for what others write; returns until when the budget stops one of
        them, if it does.
        """
        pending_writes = [self._busy[name] for name in missing if name in self._busy]
        own_tasks = {name: task for name, task in missing.items() if name not in self._busy}
        promised = {name: asyncio.get_running_loop().create_future() for name in own_tasks}
        self._busy |= promised
        until = None
        try:
            until = await self._write_until_done(list(own_tasks.values()), server)
        finally:
            for name, promise in promised.items():
                del self._busy[name]
                promise.set_result(until)
        if pending_writes:
            await asyncio.wait(pending_writes)
        return max(filter(None, (until, *(pending.result() for pending in pending_writes))), default=None)

    async def _write_until_done(self, tasks: Sequence[Task], server: int) -> datetime | None:
        """Write stories in order until all are written, no model answers, or the budget stops; returns until
        when it does.
        """
        try:
            for batch in _batches(tasks):
                await self._write_batch(batch, server)
        except OverBudget as stop:
            self._log.info("model.over_budget", cause=str(stop), until=stop.until.isoformat())
            return stop.until
        except ModelFailed as error:
            self._log.warning("model.no_answer", cause=str(error))
        return None

    async def _write_batch(self, batch: Sequence[Task], server: int) -> None:
        """Write stories with one call; where their answer is useless or too dear together, with one for each
        half.
        """
        try:
            await self._write(request_of(batch), server)
        except (OverBudget, UnusableAnswer) as error:
            if len(batch) > 1:
                await self._write_batch(batch[: len(batch) // 2], server)
                await self._write_batch(batch[len(batch) // 2 :], server)
            elif isinstance(error, OverBudget):
                raise
            else:
                story = batch[0].wanted.ranking.story.id
                self._log.warning("model.answer_unusable", story=story, cause=str(error))

    async def _write(self, request: Request, server: int) -> None:
        """Ask, rule on every sentence, ask once more for those refused, and keep what there is of
        each story.
        """
        drafts, model = await self._ask(request, server)
        slots = await in_thread(self._rule_on, request, drafts)
        refusals = [
            slot for story_slots in slots for slot in story_slots if isinstance(slot, RefusedSentence)
        ]
        if refusals:
            slots = _merge_repairs(slots, await self._repair(request, refusals, server))
        for task, text, several in zip(request.tasks, _prompt_texts(request, refusals), slots, strict=True):
            if several:
                await self._cache.keep(self._cache_record(task, several, model, text))

    async def _ask(self, request: Request, server: int) -> tuple[list[Draft], str]:
        """Return a model's sentences and its name; an answer without any is asked for once more. Raises
        `UnusableAnswer`.

        Of an answer that was cut off, the sentences that are whole are kept. Where it was cut before the
        first, it gets more room.
        """
        completion = await self._reach.ask(request.messages, request.most, server)
        drafts = read(completion.text)
        if drafts is None:
            if completion.cut:
                self._reach.give_room(completion.model)
            messages = request.messages if completion.cut else mend(request.messages, completion.text)
            completion = await self._reach.ask(messages, request.most, server)
            drafts = read(completion.text)
        if drafts is None:
            msg = (
                "its answer was cut off"
                if completion.cut
                else "its answer is not the JSON that was asked for"
            )
            raise UnusableAnswer(msg)
        return drafts, completion.model

    async def _repair(
        self, request: Request, refusals: Sequence[RefusedSentence], server: int
    ) -> list[tuple[Slot, ...]]:
        """Return what a model writes in place of refused sentences, by story; nothing where it cannot be
        asked.
        """
        try:
            completion = await self._reach.ask(
                repair_messages(request, refusals), repair_token_limit(refusals), server
            )
        except (ModelFailed, OverBudget) as error:
            self._log.info("model.repair_skipped", cause=str(error))
            return [() for _ in request.tasks]
        return await in_thread(self._rule_on, request, read(completion.text) or [])

    def _rule_on(self, request: Request, drafts: Sequence[Draft]) -> list[tuple[Slot, ...]]:
        """Return the places of each story's summary, as many as its length has; a draft of no story, or of
        two, has none, nor has a repeated one.
        """
        slots_by_task: list[list[Slot]] = [[] for _ in request.tasks]
        for draft in drafts:
            number = request.owner(draft.ids)
            if number is None or any(slot.text == draft.text for slot in slots_by_task[number]):
                continue
            if len(slots_by_task[number]) < BUDGETS[request.tasks[number].wanted.length].sentences:
                slots_by_task[number].append(self._slot(request, number, draft))
        return [tuple(slots) for slots in slots_by_task]

    def _slot(self, request: Request, number: int, draft: Draft) -> Slot:
        story, lines = request.tasks[number].wanted, request.lines(number, draft.ids)
        sources = [source_of(numbered_line.entry, numbered_line.receipt) for numbered_line in lines]
        reason = objection(draft.text, story.language, sources, self._secrets)
        if not reason:
            return Sentence(draft.text, tuple(line.receipt for line in lines))
        self._log.info("model.sentence_refused", story=story.ranking.story.id, reason=reason)
        safe = draft.text if not any(key and key in draft.text for key in self._secrets) else ""
        return RefusedSentence(safe, draft.ids, reason)

    def _cache_record(self, task: Task, slots: Sequence[Slot], model: str, prompt_text: str) -> CachedSummary:
        story = task.wanted
        refusal_count = sum(isinstance(slot, RefusedSentence) for slot in slots)
        sentences = _fitting(_fill_gaps(slots, task.plain, story.language), story.length)
        return CachedSummary(
            key=task.key(model),
            story=story.ranking.story.id,
            language=story.language,
            length=story.length,
            model=model,
            sentences=sentences,
            refused=refusal_count,
            sent=prompt_text,
        )


def _task(story: SummaryTask) -> Task:
    return task_of(story, summarize_extractively(story))


def _summary(task: Task, record: CachedSummary | None, until: datetime | None, *, asked: bool) -> Summary:
    plain = task.plain
    if record is not None and record.sentences:
        return Summary(
            headline=plain.headline,
            lead=plain.lead,
            sentences=record.sentences,
            language=record.language,
            length=plain.length,
            method=METHOD,
        )
    return replace(plain, without_model_until=until if asked and record is None else None)


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Give stories that go into one call: neighbours in one language, up to a number of stories and of
    characters.
    """
    batch: list[Task] = []
    for task in tasks:
        combined_size = sum(len(line.text) for member in (*batch, task) for line in member.lines)
        alike = not batch or batch[0].wanted.language == task.wanted.language
        if batch and (len(batch) == BATCH_STORIES or combined_size > BATCH_CHARACTERS or not alike):
            yield batch
            batch = []
        batch.append(task)
    if batch:
        yield batch


def _merge_repairs(
    slots: Sequence[tuple[Slot, ...]], again_slots: Sequence[tuple[Slot, ...]]
) -> list[tuple[Slot, ...]]:
    """Put what was written again in the places of what was refused, in order; what the summary says already
    is not said twice.
    """
    merged = []
    for story_slots, anew in zip(slots, again_slots, strict=True):
        texts = {slot.text for slot in story_slots}
        rest = iter([slot for slot in anew if slot.text not in texts])
        merged.append(
            tuple(next(rest, slot) if isinstance(slot, RefusedSentence) else slot for slot in story_slots)
        )
    return merged


def _fill_gaps(slots: Sequence[Slot], plain: Summary, language: str) -> tuple[Sentence, ...]:
    """Return a summary's sentences, with the sources' own in the places of refused ones where they are in its
    language.

    Where no sentence of the model is left there is none at all: the sources' own are then told whole.
    """
    sentences = [slot for slot in slots if isinstance(slot, Sentence)]
    if not sentences:
        return ()
    receipts = {receipt for sentence in sentences for receipt in sentence.receipts}
    spare = iter(
        [
            s
            for s in plain.sentences
            if plain.language == language
            and not _overlap(s.receipts, receipts)
            and not hangs(s.text, language)
        ]
    )
    all_sentences = (slot if isinstance(slot, Sentence) else next(spare, None) for slot in slots)
    return tuple(sentence for sentence in all_sentences if sentence is not None)


def _overlap(receipts: Iterable[Receipt], used_receipts: Iterable[Receipt]) -> bool:
    known_receipts = list(used_receipts)
    return any(
        a.entry_id == b.entry_id and a.start < b.end and b.start < a.end
        for a in receipts
        for b in known_receipts
    )


def _prompt_texts(request: Request, refusals: Sequence[RefusedSentence]) -> list[str]:
    """Return the text that went to a model about each story."""
    texts = []
    for number, _ in enumerate(request.tasks):
        own_refusals = [refusal for refusal in refusals if request.owner(refusal.ids) == number]
        more = (
            [message["content"] for message in repair_messages(request, own_refusals)] if own_refusals else []
        )
        texts.append("\n\n".join((request.text_about(number), *more)))
    return texts


def _fitting(sentences: Sequence[Sentence], length: Length) -> tuple[Sentence, ...]:
    """Return the sentences that a length has room for, in order; a model is asked for a budget and may not
    heed it.
    """
    budget = BUDGETS[length]
    fitting: list[Sentence] = []
    room = budget.characters if is_cjk("".join(s.text for s in sentences)) else budget.words
    for sentence in sentences:
        if len(fitting) < budget.sentences and size(sentence.text) <= room:
            fitting.append(sentence)
            room -= size(sentence.text)
    return tuple(fitting)
