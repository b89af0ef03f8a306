"""The page as people use it, in a real browser: with the keyboard, on a phone, in the dark, and with hostile news."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.model import Button, Document, Heading, StoryBlock, Text
from tests.e2e import Sample, chromium, sample

PHONE = (360, 740)
DESKTOP = (1280, 860)
CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) { const c = parts(getComputedStyle(node).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
    return [255, 255, 255];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !node.checkVisibility() || node.closest("script, template")) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${node.className || node.tagName}: ${walk.currentNode.textContent.trim().slice(0, 40)}`);
  }
  return found;
}"""
"""Texts whose colour does not stand out from what is behind them."""


@pytest.fixture(scope="module")
def strillone() -> Iterator[Sample]:
    with sample() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as found:
            yield found
    except FileNotFoundError as error:
        pytest.skip(str(error))


class Opened:
    """Opens pages and keeps what none of them may do: complain, or ask another server."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def __call__(self, size: tuple[int, int] = DESKTOP, scheme: Literal["light", "dark"] = "light") -> Page:
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
        )
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.problems.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self._asked(request.url))
        page.goto(self._url)
        page.wait_for_selector(".story")
        return page

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self._url}/", "data:,")):
            self.problems.append(f"asked elsewhere: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def open_page(browser: Browser, strillone: Sample) -> Iterator[Opened]:
    opened = Opened(browser, strillone.url)
    yield opened
    opened.close()
    assert opened.problems == []


def ask(page: Page, text: str) -> None:
    page.locator("#say").fill(text)
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")


def headlines(page: Page) -> list[str]:
    return page.locator(".post:last-child h3").all_inner_texts()


def test_the_digest_is_there_when_the_page_opens(open_page: Opened) -> None:
    page = open_page()
    expect(page.locator(".banner")).to_have_text("Sample news, written for this demo.")
    expect(page.locator("nav a[aria-current]")).to_contain_text("ai-news")
    digest = page.locator(".post", has=page.locator("h2", has_text="AI news · ")).first
    expect(digest.locator(".story")).to_have_count(5)
    expect(digest.locator("h3").filter(has_text="DeepSeek")).to_have_count(1)
    expect(digest.locator(".chip").first).to_have_text(re.compile(r"^\d+ sources$"))
    expect(digest.locator("details")).not_to_have_attribute("open", "")
    assert page.locator("link[rel=stylesheet], script[src]").count() == 2


def test_latest_by_keyboard_alone(open_page: Opened) -> None:
    page = open_page()
    page.keyboard.press("/")
    expect(page.locator("#say")).to_be_focused()
    expect(page.locator("#choices li")).not_to_have_count(0)
    expect(page.locator("#choices li").first).to_contain_text("The newest stories")
    page.keyboard.type("lat")
    expect(page.locator("#choices li")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#say")).to_have_value("/latest ")
    expect(page.locator("#choices li").filter(has_text="robotics")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert page.locator("#say").get_attribute("aria-activedescendant") == "choice-0"
    expect(page.locator("#choice-0")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_have_value("/latest ai")
    expect(page.locator("#choices")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".mine .said")).to_have_text("/latest ai")
    expect(page.locator(".mine + .post h2")).to_have_text("Latest")
    expect(page.locator(".mine + .post .story")).to_have_count(3)
    expect(page.locator(".mine + .post .note")).to_have_text("Only you see this")
    expect(page.locator("#say")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#say")).to_have_value("/latest ai")


def test_the_first_tab_leads_to_the_input(open_page: Opened) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_be_focused()


def test_escape_closes_the_suggestions(open_page: Opened) -> None:
    page = open_page()
    page.locator("#say").press_sequentially("/s")
    expect(page.locator("#choices")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#choices")).to_be_hidden()
    expect(page.locator("#say")).to_have_value("/s")


def test_older_and_newer_change_the_answer_in_place(open_page: Opened) -> None:
    page = open_page()
    ask(page, "/latest")
    older = page.get_by_role("button", name="Older ›")
    expect(older).to_be_visible()
    first, count = headlines(page), page.locator(".post").count()
    older.focus()
    page.keyboard.press("Enter")
    newer = page.get_by_role("button", name="‹ Newer")
    expect(newer).to_be_visible()
    second = headlines(page)
    assert not set(first) & set(second)
    assert page.locator(".post").count() == count
    assert page.evaluate("document.activeElement.closest('.actions') !== null")
    newer.click()
    expect(newer).to_be_hidden()
    assert headlines(page) == first
    assert page.locator(".post").count() == count


def test_a_sources_chip_answers_with_folded_receipts(open_page: Opened) -> None:
    page = open_page()
    chip = page.locator(".chip").first
    headline = chip.locator("xpath=ancestor::article").locator("h3").inner_text()
    count = page.locator(".post").count()
    chip.click()
    expect(page.locator(".post")).to_have_count(count + 1)
    told = page.locator(".post").last
    expect(told.locator("h3")).to_have_text(headline)
    expect(told.locator(".list li").first).to_be_visible()
    expect(told.locator("blockquote").first).to_be_hidden()
    told.locator("summary").click()
    expect(told.locator("blockquote").first).to_be_visible()
    expect(told.locator("cite a").first).to_have_attribute("href", re.compile("^http"))


def test_a_mistake_is_answered_with_what_is_right(open_page: Opened) -> None:
    page = open_page()
    ask(page, "/latst")
    expect(page.locator(".mine + .post")).to_contain_text("Did you mean /latest?")


def test_a_new_post_arrives_by_itself_and_moves_nothing(open_page: Opened, strillone: Sample) -> None:
    page = open_page()
    page.locator("#posts").evaluate("node => { node.scrollTop = 0; }")
    count = page.locator(".post").count()
    page.evaluate("window.same = true")
    strillone.post(
        Document(
            (
                StoryBlock(
                    headline="Something new",
                    link="https://example.org/n",
                    sentences=("It is so.",),
                    meta="Wire · 07:12",
                ),
            )
        )
    )
    expect(page.locator(".post")).to_have_count(count + 1)
    post = page.locator(".post").last
    expect(post.locator(".note")).to_have_text("New")
    expect(page.locator("#newer")).to_be_visible()
    assert page.locator("#posts").evaluate("node => node.scrollTop") == 0
    page.locator("#newer").click()
    expect(post).to_be_in_viewport()
    expect(page.locator("#newer")).to_be_hidden()
    assert page.evaluate("window.same")
    page.reload()
    expect(page.locator(".post").last).to_contain_text("Something new")


def test_two_pages_see_the_same_post_once(open_page: Opened, strillone: Sample) -> None:
    pages = [open_page(), open_page(PHONE)]
    strillone.post(Document((Heading("For both"), Text("One post."))))
    for page in pages:
        expect(page.locator("h2", has_text="For both")).to_have_count(1)
        page.reload()
        expect(page.locator("h2", has_text="For both")).to_have_count(1)


def test_hostile_news_is_text(open_page: Opened, strillone: Sample) -> None:
    page = open_page()
    title = '<img src=x onerror="alert(1)"><script>alert(2)</script> </article>'
    block = StoryBlock(
        headline=title,
        link="javascript:alert(3)",
        sentences=(title,),
        meta=title,
        number=1,
        label=title,
        more=Button(title, 'x" onclick="alert(4)'),
    )
    strillone.post(Document((block, Text(title, quiet=True))))
    post = page.locator(".post", has_text="onerror").last
    expect(post.locator("h3")).to_contain_text(title)
    assert page.locator("#posts img, #posts script, #posts [onerror], #posts [onclick]").count() == 0
    assert post.locator("a").count() == 0
    page.reload()
    expect(page.locator(".post h3", has_text="onerror").last).to_contain_text(title)
    ask(page, title)
    expect(page.locator(".mine .said")).to_have_text(title)


def test_a_phone_shows_everything_without_scrolling_sideways(open_page: Opened, strillone: Sample) -> None:
    page = open_page(PHONE)
    long = "https://example.org/" + "verylongwordwithoutanybreak" * 8
    strillone.post(
        Document(
            (
                Heading(long),
                StoryBlock(headline=long, link=long, sentences=(long,), meta=long, number=1),
                Text(long),
            )
        )
    )
    expect(page.locator("h2", has_text="verylong").first).to_be_attached()
    ask(page, "/latest")
    expect(page.locator(".mine + .post .story")).to_have_count(3)
    page.locator("#say").fill("/")
    expect(page.locator("#choices li").first).to_be_visible()
    wide = """() => [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility() && !node.closest("nav, .skip, .aside"))
        .filter((node) => node.getBoundingClientRect().right > innerWidth + .5).map((node) => node.className || node.tagName)"""
    assert page.evaluate(wide) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert page.evaluate(
        "document.querySelector('#posts').scrollWidth <= document.querySelector('#posts').clientWidth"
    )
    small = """() => [...document.querySelectorAll("#posts button, #form button")].filter((node) => node.checkVisibility())
        .filter((node) => node.getBoundingClientRect().height < 24).map((node) => node.textContent)"""
    assert page.evaluate(small) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(open_page: Opened, scheme: Literal["light", "dark"]) -> None:
    page = open_page(scheme=scheme)
    ask(page, "/story 1")
    expect(page.locator(".mine + .post .list")).to_be_visible()
    for summary in page.locator("summary").all():
        summary.evaluate("node => { node.parentElement.open = true; }")
    page.locator("#say").fill("/")
    expect(page.locator("#choices li").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(400)
    assert page.evaluate(CONTRAST) == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(ground) < 3 * 60) == (scheme == "dark")


def test_nothing_shifts_while_the_page_is_painted(open_page: Opened) -> None:
    page = open_page()
    page.reload()
    shifts = """() => new Promise((done) => { let sum = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
        .observe({ type: "layout-shift", buffered: true }); setTimeout(() => done(sum), 200); })"""
    assert page.evaluate(shifts) < 0.05


def test_a_lost_connection_is_said_quietly_and_comes_back(browser: Browser, strillone: Sample) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(strillone.url)
    page.wait_for_selector(".story")
    context.set_offline(True)
    page.locator("#say").fill("/latest")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator(".post").last).to_contain_text("That did not arrive.")
    context.set_offline(False)
    ask(page, "/latest")
    expect(page.locator(".post").last.locator("h2")).to_have_text("Latest")
    context.close()
