"""push: let hubs tell us of news (WebSub, W3C Recommendation of 2018). A push is only a call to poll: nothing
in it is believed.
"""

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import blake2b

from bot.errors import FeedError
from bot.jobs import Context
from bot.model import Feed
from bot.pipeline.entries.urls import has_secret, mask_secrets, shown_host
from bot.ports import FetchRequest
from bot.store import feeds
from bot.threads import in_thread

LEASE = timedelta(days=10)
LONGEST_LEASE = timedelta(days=30)
RENEW_BEFORE = LEASE / 5
"""How long before its end a lease is renewed: at four fifths of it."""

REQUEST_INTERVAL = timedelta(hours=6)
"""How long a hub that was asked has time to call back."""

PUSH_INTERVAL = timedelta(minutes=1)
"""How often a hub may have a feed polled at most."""

METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
"""Hashes that signatures may use (WebSub, 7.1)."""


async def ask(ctx: Context, feed: Feed, hub: str, topic: str) -> None:
    """Ask a feed's hub to push, when that is due. A feed with a secret in its address is not shown to
    a hub.
    """
    now = ctx.clock()
    is_same_hub = (feed.hub, feed.hub_topic) == (hub, topic)
    leased = is_same_hub and feed.hub_until is not None and feed.hub_until - now > RENEW_BEFORE
    is_requested = (
        is_same_hub and feed.hub_asked_at is not None and now - feed.hub_asked_at < REQUEST_INTERVAL
    )
    public = ctx.policy.public_url
    if not (public and hub and topic) or leased or is_requested or has_secret(feed.url) or has_secret(topic):
        return
    key, secret = (_derived(ctx, purpose, feed, topic) for purpose in ("callback", "secret"))
    async with ctx.store.write() as tx:
        await feeds.set_values(
            tx, feed.id, hub=hub, hub_topic=topic, hub_key=key, hub_secret=secret, hub_asked_at=now
        )
    form = {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": f"{public}/websub/{key}",
        "hub.secret": secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }
    try:
        await ctx.fetch(FetchRequest(url=hub, form=form, requester=feed.requester))
    except FeedError as error:
        ctx.log.info("hub.not_reached", feed=feed.id, hub=mask_secrets(hub), cause=mask_secrets(str(error)))
    else:
        ctx.log.info("hub.subscribed", feed=feed.id, hub=mask_secrets(hub))


def _derived(ctx: Context, purpose: str, feed: Feed, topic: str) -> str:
    """Return a word that only this instance can know, the same each time."""
    words = f"{purpose}\n{feed.id}\n{topic}".encode()
    return blake2b(words, key=ctx.instance.encode()[:64], digest_size=20).hexdigest()


async def confirm(ctx: Context, key: str, mode: str, topic: str, seconds: str) -> bool:
    """Tell whether we meant what a hub wants confirmed; a subscription holds from then on for its lease,
    given in seconds.
    """
    async with ctx.store.write() as tx:
        feed = await feeds.by_hub_key(tx, key)
        if feed is None or topic != feed.hub_topic:
            return False
        if mode == "denied":
            await feeds.set_values(tx, feed.id, hub_until=None)
            return True
        if mode != "subscribe":
            return False
        lease = (
            timedelta(seconds=int(seconds))
            if seconds.isascii() and seconds.isdigit() and len(seconds) < 9
            else LEASE
        )
        await feeds.set_values(tx, feed.id, hub_until=ctx.clock() + min(lease, LONGEST_LEASE))
    ctx.log.info("hub.confirmed", feed=feed.id, hub=shown_host(feed.hub))
    return True


async def pushed(ctx: Context, key: str, signature: str, read: Callable[[], Awaitable[bytes]]) -> bool:
    """Poll a feed now because its hub says that it has news. False when nobody asked for it; a wrong
    signature is passed over.

    The body is read only for a key that a hub was given, to check the signature over it, and then forgotten:
    what is news the feed itself says. A hub must not learn from the answer whether its signature was right
    (WebSub, 8).
    """
    async with ctx.store.read() as tx:
        feed = await feeds.by_hub_key(tx, key)
    if feed is None:
        return False
    if not _method(signature) or not await in_thread(_signed, feed.hub_secret, signature, await read()):
        ctx.log.warning("hub.bad_signature", feed=feed.id)
        return True
    due = max(ctx.clock(), feed.polled_at + PUSH_INTERVAL) if feed.polled_at else ctx.clock()
    async with ctx.store.write() as tx:
        await feeds.set_values(tx, feed.id, next_poll_at=due)
    ctx.wake("collect")
    return True


def _method(signature: str) -> str:
    """Return the hash that a signature uses, empty for one that may not be used."""
    method = signature.strip().partition("=")[0].lower()
    return method if method in METHODS else ""


def _signed(secret: str, signature: str, body: bytes) -> bool:
    method, digest = _method(signature), signature.strip().partition("=")[2]
    right = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(right.encode(), digest.lower().encode("utf-8", "replace"))
