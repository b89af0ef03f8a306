"""What goes with requests, as the configuration says it, with secrets filled in."""

import difflib
import re
from collections.abc import Mapping, Sequence

from bot.model import FeedAccess, Outline
from bot.pipeline.entries.urls import mask_secrets
from bot.settings.file import (
    FeedSettings,
    HeartbeatSettings,
)


def fill_headers(
    headers: Mapping[str, Mapping[str, str]], secrets: Mapping[str, str | None], problems: list[str]
) -> dict[str, dict[str, str]]:
    """Return headers by host, with secrets filled in."""
    filled_headers = {
        host.lower(): _fill_each(f"fetch.headers: {host}", values, secrets, problems)
        for host, values in headers.items()
    }
    return {host: values for host, values in filled_headers.items() if values}


def _fill_each(
    key: str, headers: Mapping[str, str], secrets: Mapping[str, str | None], problems: list[str]
) -> dict[str, str]:
    """Return headers with `$NAME` replaced by what the environment or `.env` holds under that name."""
    filled_headers: dict[str, str] = {}
    for name, value in headers.items():
        secret = secrets.get(value[1:]) if value.startswith("$") else value
        if secret is None:
            problems.append(f"strillone.toml: {key}: {name}: the environment has no {value[1:]}.")
        elif re.search(r"[\r\n]", secret) or not re.fullmatch(r"[A-Za-z0-9-]+", name):
            problems.append(f"strillone.toml: {key}: `{name}` cannot be sent as a header.")
        else:
            filled_headers[name] = secret
    return filled_headers


def fill_accesses(
    settings: Mapping[str, FeedSettings],
    outlines: Sequence[Outline],
    secrets: Mapping[str, str | None],
    problems: list[str],
) -> dict[str, FeedAccess]:
    """Return what goes with the requests for single feeds, by their addresses, with secrets filled in."""
    addresses = [outline.url for outline in outlines]
    accesses: dict[str, FeedAccess] = {}
    for url, feed in settings.items():
        masked_url = mask_secrets(url)
        if url not in addresses:
            similar = difflib.get_close_matches(url, addresses, n=1)
            hint = f"; did you mean {mask_secrets(similar[0])}?" if similar else "."
            problems.append(f"strillone.toml: feeds: {masked_url}: feeds.opml has no such feed{hint}")
            continue
        feed_headers = _fill_each(f"feeds: {masked_url}", feed.sent, secrets, problems)
        proxy = secrets.get(feed.proxy[1:]) if feed.proxy.startswith("$") else feed.proxy
        if proxy is None or (proxy and not re.fullmatch(r"http://[^\s/]+/?", proxy)):
            problems.append(
                f"strillone.toml: feeds: {masked_url}: proxy: should be like http://proxy.example:3128, or "
                "$NAME of an environment variable that is."
            )
        elif feed_headers or proxy:
            accesses[url] = FeedAccess(address=url, headers=feed_headers, proxy=proxy)
    return accesses


def fill_heartbeats(
    settings: HeartbeatSettings, secrets: Mapping[str, str | None], problems: list[str]
) -> dict[str, str]:
    """Return the addresses that are asked while the work goes on, by what they watch, secrets filled in."""
    addresses: dict[str, str] = {}
    for name, value in settings.model_dump().items():
        address = secrets.get(value[1:]) if value.startswith("$") else value
        if address is None:
            problems.append(f"strillone.toml: heartbeat: {name}: the environment has no {value[1:]}.")
        elif address and not re.fullmatch(r"https?://[^\s/?#]+(?:[/?][^\s#]*)?", address):
            problems.append(
                f"strillone.toml: heartbeat: {name}: should be the address of a monitor, such as "
                "https://monitor.example/ping/3f2a, or $NAME of an environment variable that holds it."
            )
        elif address:
            addresses[name] = address
    return addresses
