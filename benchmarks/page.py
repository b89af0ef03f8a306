"""How soon is the page seen? `python -m benchmarks.page`: first paint in a real Chromium, beside an empty page in the same browser.

The demo's page with its digest, over loopback, ten times each in turns; the medians are what is reported, in milliseconds
from the start of the navigation to the first contentful paint.
"""

import statistics

from playwright.sync_api import Page

from benchmarks.report import say
from tests.e2e import chromium, sample

TIMES = 10
EMPTY = "data:text/html,<!doctype html><title>empty</title><p>empty"
PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
    const first = list.getEntriesByName("first-contentful-paint")[0]; if (first) done(first.startTime);
}).observe({ type: "paint", buffered: true }))"""


def main() -> None:
    """Measure the first paint."""
    with sample() as strillone, chromium() as browser:
        page = browser.new_page()
        ours, empty = [], []
        for _ in range(TIMES):
            ours.append(_painted(page, strillone.url))
            empty.append(_painted(page, EMPTY))
    figures = {"first_paint_ms": statistics.median(ours), "empty_ms": statistics.median(empty)}
    say("page", figures | {"times_empty": figures["first_paint_ms"] / figures["empty_ms"]})


def _painted(page: Page, url: str) -> float:
    page.goto(url)
    found: float = page.evaluate(PAINT)
    return found


if __name__ == "__main__":
    main()
