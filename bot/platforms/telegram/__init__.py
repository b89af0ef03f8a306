"""Telegram, by python-telegram-bot: Documents as HTML messages, Operations as requests, Updates as Calls."""

from bot.i18n import Texts
from bot.platforms.telegram.connection import Telegram
from bot.ports import Platform, PlatformOptions


def create(options: PlatformOptions, texts: Texts) -> Platform:
    """Return the platform; `options.addresses["api"]` replaces https://api.telegram.org."""
    return Telegram(options, texts)
