"""Values for pure functions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import Entry, Ranking, Story, TextKind
from bot.pipeline.grouping.index import Doc
from bot.text.sentences import sentences

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def entry(number: int = 1, **values: Any) -> Entry:
    made = {
        "id": number, "feed_id": 1, "title": f"Title {number}", "link": f"https://news.example/{number}", "text": "", "language": "en",
        "published": ago(1), "first_seen": ago(1), "outlet": f"Outlet {number}", "kind": "news outlet", "text_kind": TextKind.FEED,
    }  # fmt: skip
    return Entry(**{**made, **values})


def story(*entries: Entry, number: int = 1) -> Story:
    return Story(id=number, change_no=number, created_at=NOW, changed_at=NOW, entries=entries)


def ranked(*entries: Entry, **values: Any) -> Ranking:
    made = {
        "story": story(*entries),
        "score": 1.0,
        "factors": (),
        "lead": entries[0],
        "outlets": len({e.outlet for e in entries}),
    }
    return Ranking(**{**made, **values})


def doc(
    number: int, title: str, text: str = "", language: str = "en", hours: float = 1.0, **values: Any
) -> Doc:
    return Doc(id=number, title=title, text=text, language=language, published=ago(hours), **values)


def told(text: str, language: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text, language)]
