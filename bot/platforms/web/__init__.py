"""The local page: a chat in the browser, for trying things out and for looking at what is posted."""

from bot.i18n import Texts
from bot.platforms.web.platform import WebPlatform
from bot.ports import Platform, PlatformOptions

__all__ = ["create"]


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the page's platform; its `routes` are handed to the one web server."""
    return WebPlatform(options, texts)
