"""Pictures of the page: `python -m tests.e2e.screenshots DIR [LANGUAGE]`, on desktop and phone, light and dark."""

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e import chromium, sample

SIZES = {"desktop": (1280, 860), "phone": (360, 740)}
SCHEMES = ("light", "dark")


def screenshots(browser: Browser, url: str, folder: Path) -> Iterator[Path]:
    """Take every picture and return its file."""
    for size, (width, height) in SIZES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(url)
            for name in _steps(page):
                path = folder / f"{size}-{scheme}-{name}.png"
                page.screenshot(path=path)
                yield path
            context.close()


def _steps(page: Page) -> Iterator[str]:
    page.wait_for_selector(".story")
    yield "1-digest"
    page.keyboard.press("/")
    page.wait_for_selector("#choices li")
    yield "2-commands"
    page.keyboard.type("latest")
    page.keyboard.press("Enter")
    page.wait_for_selector(".mine + .post .story")
    yield "3-latest"
    page.locator(".mine + .post .chip").first.click()
    page.wait_for_selector(".mine + .post + .post .story")
    yield "4-story"
    for summary in page.locator(".post:last-child summary").all():
        summary.click()
    page.locator(".post:last-child details").first.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.post:last-child details').scrollIntoView()")
    yield "5-receipts"


def main(folder: Path, language: str) -> None:
    """Start a Strillone with sample news and print the names of the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with sample(language) as strillone, chromium() as browser:
        for path in screenshots(browser, strillone.url, folder):
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(
        Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"), sys.argv[2] if len(sys.argv) > 2 else "en"
    )
