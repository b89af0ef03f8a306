"""Strillone: AI news from feeds to Discord and Telegram, each story once.

The map, top to bottom; a room imports only what stands below it:
    cli, demo, app                      start and stop, wire everything
    platforms, feeds, summarizers,
    schedulers, settings                the edges: each file knows one library or protocol
    commands, jobs                      the verbs: what people ask, what is due
    store, pipeline                     memory (SQL only) and decisions (values in, values out)
    texts, ports, errors, model         words, seams, failures, nouns
"""

__version__ = "0.1.0"
