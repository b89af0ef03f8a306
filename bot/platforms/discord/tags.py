"""The tags of a forum or media channel: which of them a post has, and whether one is missing. Pure."""

import re
from collections.abc import Iterable

import discord

TAGS = 5
"""Tags that a thread may have."""

_WORD = re.compile(r"\w+")


def choose_tags(forum: discord.ForumChannel, topics: Iterable[str]) -> list[discord.ForumTag]:
    """Return the tags that name one of some topics; where the forum requires a tag and none does, the first
    one that we may set.
    """
    topic_words = [words for words in map(_words, topics) if words]
    usable_tags = _usable_tags(forum)
    topic_tags = [tag for tag in usable_tags if any(words <= _words(tag.name) for words in topic_words)]
    return topic_tags[:TAGS] or (usable_tags[:1] if forum.flags.require_tag else [])


def lacks_tag(forum: discord.ForumChannel) -> bool:
    """Whether a forum requires a tag, and has only those that we may not set."""
    return forum.flags.require_tag and bool(forum.available_tags) and not _usable_tags(forum)


def _usable_tags(forum: discord.ForumChannel) -> list[discord.ForumTag]:
    """Moderated tags are for those who may manage threads."""
    may_manage = forum.permissions_for(forum.guild.me).manage_threads
    return [tag for tag in forum.available_tags if may_manage or not tag.moderated]


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
