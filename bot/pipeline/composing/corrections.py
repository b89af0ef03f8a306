"""What a post says that its sources say no longer, and how it reads when that is put right.

A sentence has fallen when a source held it word for word and none does now, or, where it was written in other
words, when it passed the gate before and does not now. What a post does not show is never a reason to change
it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.lexicon import alternatives
from bot.model import Document, Entry, StoryBlock
from bot.pipeline.verification.check import Source, check
from bot.pipeline.verification.figures import find_unknown_figure
from bot.pipeline.verification.names import find_unknown_name
from bot.text.sentences import sentences
from bot.text.titles import without_outlet
from bot.text.words import one_line

DELETED = "The message was deleted"
"""How platforms begin when they refuse an edit of a post that somebody has removed."""

_RETRACTED = re.compile(
    rf"\s*+[\[(【]?+\s*+(?:"
    rf"(?:{alternatives(lambda lexicon: lexicon.claims.retraction_labels)})\s*(?:[:：\])】]|[–—-]\s)"
    rf"|{alternatives(lambda lexicon: lexicon.claims.retractions)})",
    re.IGNORECASE,
)
"""How a title or a text begins that takes everything back."""


@dataclass(frozen=True, slots=True)
class FallenSentences:
    """What no longer stands: the sentences, whether a figure or a name in them is gone, and whether one of
    them says what no source bears out any more, in whatever words.
    """

    sentences: tuple[str, ...] = ()
    grave: bool = False
    is_unsupported: bool = False


def takes_back(entry: Entry) -> bool:
    """Tell whether an entry's title or text begins by retracting it; only plain words count."""
    return bool(_RETRACTED.match(entry.title) or _RETRACTED.match(entry.text))


def block_of(document: Document, story_ids: Sequence[int]) -> StoryBlock | None:
    """Return the block that tells a story, by any of the ids it was known by."""
    stories = (block for block in document.blocks if isinstance(block, StoryBlock))
    return next((block for block in stories if block.story_id in story_ids), None)


def has_line(document: Document, entries: Sequence[Entry]) -> bool:
    """Tell whether a story is named below another of its saga, by the link of one of its entries."""
    links = {entry.link for entry in entries}
    listings = (block.below for block in document.blocks if isinstance(block, StoryBlock) and block.below)
    return any(item.link in links for listing in listings for item in listing.items)


def find_fallen(
    block: StoryBlock, language: str, earlier_entries: Sequence[Entry], now: Sequence[Entry]
) -> FallenSentences:
    """Return what a block says that its sources said then and do not say now; `language` is that of its
    sentences.
    """
    fallen_sentences = tuple(
        sentence for sentence in texts_of(block, language) if _falls(sentence, language, earlier_entries, now)
    )
    sources = _sources(now)
    return FallenSentences(
        fallen_sentences,
        any(beyond(said, language, now) for said in fallen_sentences),
        any(not check(said, language, sources).ok for said in fallen_sentences),
    )


def texts_of(block: StoryBlock, language: str) -> Iterator[str]:
    """Give the headline and the sentences of a block."""
    yield block.headline
    for paragraph in block.sentences:
        for span in sentences(paragraph, language):
            yield paragraph[span.start : span.end].strip()


def _falls(sentence: str, language: str, earlier_entries: Sequence[Entry], now: Sequence[Entry]) -> bool:
    if _stands(sentence, now):
        return False
    if _stands(sentence, earlier_entries):
        return True
    return (
        check(sentence, language, _sources(earlier_entries)).ok
        and not check(sentence, language, _sources(now)).ok
    )


def _stands(sentence: str, entries: Sequence[Entry]) -> bool:
    """Tell whether a source holds a sentence word for word, or has it for its title."""
    words = one_line(sentence)
    return any(
        words in (one_line(entry.title), without_outlet(one_line(entry.title), entry.outlet))
        or words in one_line(entry.text)
        for entry in entries
    )


def _sources(entries: Sequence[Entry]) -> list[Source]:
    return [Source(f"{entry.title}. {entry.text}", entry.language) for entry in entries]


def beyond(sentence: str, language: str, entries: Sequence[Entry]) -> bool:
    """Tell whether words have a figure or a name that no source has."""
    texts = [f"{entry.title}. {entry.text}" for entry in entries]
    is_readable = any(entry.language == language for entry in entries)
    figure = find_unknown_figure(
        sentence, language, [(text, e.language) for text, e in zip(texts, entries, strict=True)]
    )
    return bool(figure or find_unknown_name(sentence, language, texts, translated=not is_readable))


def mark_meta(meta: str, mark: str) -> str:
    """Return a story's meta line with the word that it was corrected, once."""
    parts = meta.split(" · ")
    return meta if mark in parts else " · ".join([*filter(None, parts), mark])


def with_block(document: Document, old: StoryBlock, new: StoryBlock) -> Document:
    """Return a document in which one block has taken the place of another."""
    return replace(document, blocks=tuple(new if block is old else block for block in document.blocks))


def words_of(block: StoryBlock) -> str:
    """Return all that a block says of its story."""
    return "\n".join((block.headline, *block.sentences))
