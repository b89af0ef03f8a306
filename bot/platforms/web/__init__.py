"""The local page: a chat in the browser, for trying things out and for looking at what is posted."""

from bot.i18n import Texts
from bot.ports import Platform, PlatformOptions, PlatformSpec

SPEC = PlatformSpec(name="web", label="the page")


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the page's platform; its `routes` are handed to the one web server."""
    from bot.platforms.web.platform import WebPlatform

    return WebPlatform(options, texts)
