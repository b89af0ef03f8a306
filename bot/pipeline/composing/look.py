"""How posts of a channel look, as its managers chose: lines above and below, hashtags, pictures, buttons."""

from collections.abc import Sequence
from dataclasses import replace

from bot.model import Actions, Block, Channel, Footer, Picture, PostButtons, Ranking, StoryBlock, Text


def dress(
    blocks: Sequence[Block], channel: Channel, topic: str = "", pictured: Ranking | None = None
) -> tuple[Block, ...]:
    """Return the blocks of a post as its channel wants them to look; `topic` is what its hashtag says, and
    one story alone is `pictured`.
    """
    look = channel.look
    hashtags = (tag,) if look.hashtags and (tag := _hashtag(topic)) else ()
    body: list[Block] = [Text(look.header)] if look.header else []
    body += [_without_way(block, look.buttons) for block in blocks if not isinstance(block, Actions)]
    if look.pictures and pictured is not None and pictured.lead.image:
        at = next((n for n, block in enumerate(body, start=1) if isinstance(block, StoryBlock)), len(body))
        body.insert(at, Picture(pictured.lead.image, pictured.lead.outlet))
    if look.previews and sum(isinstance(block, StoryBlock) for block in body) == 1:
        body = [replace(block, preview=True) if isinstance(block, StoryBlock) else block for block in body]
    if look.footer or hashtags:
        body.append(Footer(look.footer, hashtags))
    is_full = look.buttons is PostButtons.FULL
    return (*body, *(block for block in blocks if is_full and isinstance(block, Actions)))


def _without_way(block: Block, buttons: PostButtons) -> Block:
    """Return a story without the way to its sources, where no buttons are wanted."""
    if buttons is PostButtons.NONE and isinstance(block, StoryBlock):
        return replace(block, more=None)
    return block


def _hashtag(topic: str) -> str:
    """Return a topic as a hashtag says it: in one word."""
    parts = "".join(c if c.isalnum() else " " for c in topic).split()
    return "".join(f"{part[:1].upper()}{part[1:]}" for part in parts)
