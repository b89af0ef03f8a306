"""When hosts that ask for a pause between two readings (the crawl delay of their robots.txt) may be asked
again.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

MAX_HOSTS = 1000


class CrawlDelays:
    """Remembers when each host was asked last, as far as it wants a pause."""

    def __init__(self) -> None:
        self._closed_until: dict[str, datetime] = {}

    def take_turn(self, url: str, pause: float, now: datetime) -> float:
        """Return the seconds until the host of an address may be asked again, 0 for now; then its next turn
        is taken.
        """
        host = urlsplit(url).hostname or ""
        rest = (self._closed_until.get(host, now) - now).total_seconds()
        if pause and rest <= 0:
            if len(self._closed_until) >= MAX_HOSTS:
                self._closed_until.clear()
            self._closed_until[host] = now + timedelta(seconds=pause)
        return max(0.0, rest)
