"""What the head of an HTTP answer says to one who polls: how long it stays fresh, where else to go, why it is
none.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from bot.errors import AddressRefused, HttpFailed
from bot.pipeline.entries.urls import mask_secrets, shown_host

LONGEST_WAIT = 31 * 86400
"""Seconds beyond which no answer is believed (a max-age of sixteen years has been seen)."""

_WORDS = {
    401: "it needs a password",
    402: "it is for subscribers",
    403: "access is refused",
    404: "there is nothing at this address",
    410: "the feed has ended",
    429: "too many requests",
    451: "it is withheld for legal reasons",
}
_LINK = re.compile(r"<([^<>]{1,2000})>([^<]{0,500})")


def fresh_for(headers: Mapping[str, str]) -> int:
    """Return for how many seconds an answer says it stays fresh (RFC 9111, 5.2 and 5.3)."""
    control = headers.get("Cache-Control", "").lower()
    if "no-cache" in control or "no-store" in control:
        return 0
    if fresh := re.search(r"max-age=\"?(\d+)", control):
        return max(0, _seconds(fresh[1]) - _seconds(headers.get("Age", "")))
    return _until(headers.get("Expires", ""), headers.get("Date", ""))


def answered_at(headers: Mapping[str, str]) -> datetime | None:
    """Return the moment of an answer by the server's clock, None where it does not say: when it was made and
    how long caches have held it since (RFC 9110, 6.6.1; RFC 9111, 5.1).
    """
    try:
        made_at = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    aware = made_at if made_at.tzinfo else made_at.replace(tzinfo=UTC)
    return aware + timedelta(seconds=_seconds(headers.get("Age", "")))


def _seconds(number: str) -> int:
    """Return a number of seconds as a header gives it; 0 when it is none, and never absurdly many."""
    number = number.strip()
    return min(int(number[:12]), LONGEST_WAIT) if number.isascii() and number.isdigit() else 0


def _until(moment: str, now: str) -> int:
    """Return the seconds between two HTTP dates, 0 when either is missing or malformed."""
    try:
        pause = int((parsedate_to_datetime(moment) - parsedate_to_datetime(now)).total_seconds())
        return min(max(0, pause), LONGEST_WAIT)
    except (TypeError, ValueError):
        return 0


def refused(url: str, status: int, reason: str, headers: Mapping[str, str]) -> HttpFailed:
    """Return what an answer without a document means, in words, with the pause it asks for."""
    after = headers.get("Retry-After", "")
    seconds = _seconds(after) or _until(after, headers.get("Date", ""))
    reason_text = _WORDS.get(status, reason or "no document")
    if headers.get("cf-mitigated", "").lower() == "challenge":
        reason_text = "the site answers with a challenge for browsers"
    return HttpFailed(f"{shown_host(url)} answered {status}: {reason_text}.", status, seconds)


def onward(url: str, location: str) -> str:
    """Return where a redirect leads; on the same origin with the same name and password. Raises
    `AddressRefused` when it is no address.
    """
    try:
        target = urljoin(url, location)
        here, there = urlsplit(url), urlsplit(target)
        login, _, origin = here.netloc.rpartition("@")
        same = (here.scheme, origin.lower()) == (there.scheme, there.netloc.lower())
        return there._replace(netloc=f"{login}@{there.netloc}").geturl() if login and same else target
    except ValueError as error:
        msg = (
            f"{shown_host(url)} sends us on to `{mask_secrets(location)[:200]}`, which is not a web address."
        )
        raise AddressRefused(msg) from error


def stays(url: str, target: str, status: int) -> bool:
    """Tell whether a redirect is one to remember: permanent (RFC 9110, 15.4.2 and 15.4.9), and never from
    https to http.
    """
    return status in {301, 308} and not (url.startswith("https:") and target.startswith("http:"))


def related(headers: Mapping[str, str], relation: str) -> str:
    """Return the address that a `Link` header names for a relation such as `hub` or `self` (RFC 8288), empty
    for none.
    """
    for address, about in _LINK.findall(headers.get("Link", "")[:8000]):
        match = re.search(r"rel=\"?([^\";]+)", about)
        if match and relation in match[1].lower().split():
            return str(address)
    return ""
