"""What worker processes have ready before they begin: the readers of feeds and pages, and the model that
tells languages.

Imported by the process that workers are forked from, and by nobody else.
"""

import bot.feeds.discover
import bot.feeds.listing.read
import bot.feeds.opml
import bot.feeds.page
import bot.feeds.parse
import bot.pipeline.entries.analyse
from bot.text.language import language_of

READY = (
    bot.feeds.discover,
    bot.feeds.listing.read,
    bot.feeds.opml,
    bot.feeds.page,
    bot.feeds.parse,
    bot.pipeline.entries.analyse,
    language_of("Un titolo breve"),
)
