"""Would an editor sign the digests? `python -m benchmarks.days DIR [--out FOLDER] [--mixed]`: real days against an editor's gold.

The jobs of the product (collect, read, group, publish) live the days of DIR on a virtual clock, with shipped settings and two English
channels: one digest of five a day, and one that is also told what breaks. Feeds answer with what they held at the moment. Gold covers
the English side, so English feeds are served; `--mixed` puts those in other languages beside them, which an English reader must not notice.

DIR holds `feeds.jsonl.gz`, `items.jsonl.gz`, `snapshots.jsonl.gz` and `gold.jsonl` (one story a line: `day`, `tier`, `members`,
`updates`, `saga`, `grey`, `alt_day`). A digest tells a gold story if one of its members is in the told story. Figures:

- `must_told` by the digest of the day or its alternative, `must_ever`; `should_in_places`: share of places that hold a must or should;
- `forbidden`: told stories whose headline entry is tier no or in no gold story; `wrong_leader`: tier no while other members are not;
- `foreign`: of told stories with several entries, those with members of two gold stories that share no saga, grey ones left out;
- `repeats`: a gold story told again with no update of it in between; `updates_without_news`: told updates that bring no gold story;
- `lines`: stories named in a line below another of their saga; they count in all of these but in `without_text` and in places;
- `breaking_deserved`: posts at once that tell a must, a should or an update of one, not told there before; `without_text`: no sentence.
"""

import argparse
import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.days_run import AT_ONCE, DAILY, SLOT, Post, Told, live, recorded_days
from benchmarks.report import arguments, rows, say, write

WORTHY = frozenset({"must", "should"})
PLACES = 8


def link_of(address: str) -> str:
    """Return an address as two entries are compared by it: host without `www.`, path without a final slash, query."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


@dataclass(frozen=True, slots=True)
class Gold:
    """A story as the editor marked it; `members` and `grey` are addresses to compare by."""

    id: str
    day: str
    last_day: str
    tier: str
    headline: str
    members: frozenset[str]
    grey: frozenset[str]
    updates: str
    sagas: frozenset[str]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Gold":
        """Read one line of gold."""
        return cls(
            row["id"], row["day"], max(row["day"], row.get("alt_day") or ""), row["tier"], row.get("headline") or row.get("reason", ""),
            frozenset(map(link_of, row["members"])), frozenset(map(link_of, row.get("grey") or ())), row.get("updates") or "",
            frozenset(row.get("saga") or ()),
        )  # fmt: skip


@dataclass
class Book:
    """The gold, by the addresses of its members."""

    stories: Sequence[Gold]
    by_link: dict[str, list[Gold]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for story in self.stories:
            for link in story.members:
                self.by_link.setdefault(link, []).append(story)

    def of(self, links: Iterable[str], *, sure: bool = False) -> list[Gold]:
        """Return the gold stories that some addresses are members of; with `sure` without doubtful members."""
        found = {
            gold.id: gold
            for link in map(link_of, links)
            for gold in self.by_link.get(link, ())
            if not (sure and link in gold.grey)
        }
        return list(found.values())

    def told_by(self, told: Told) -> list[Gold]:
        """Return the gold stories, other than forbidden ones, that a told story tells."""
        return [g for g in self.of(e.link for e in told.entries) if g.tier != "no"]


def is_forbidden(book: Book, told: Told) -> bool:
    """Tell whether an editor would not have let a story stand under this headline."""
    led = book.of([told.link])
    return not led or all(gold.tier == "no" for gold in led)


def has_wrong_leader(book: Book, told: Told) -> bool:
    """Tell whether a headline is one that must not be told, over a story that may."""
    led = book.of([told.link])
    return bool(led) and all(gold.tier == "no" for gold in led) and bool(book.told_by(told))


def holds_foreign(book: Book, told: Told) -> bool:
    """Tell whether a story holds entries of two gold stories which belong to no common saga."""
    found = book.of((e.link for e in told.entries), sure=True)
    return any(not _related(a, b) for n, a in enumerate(found) for b in found[:n])


def _related(a: Gold, b: Gold) -> bool:
    return bool(a.sagas & b.sagas) or bool({a.id, b.id} & {a.updates, b.updates})


class Memory:
    """What a channel was told of the gold, post by post."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._told: dict[str, Gold] = {}
        self._links: set[str] = set()

    def see(self, told: Told) -> tuple[list[Gold], list[Gold]]:
        """Return the gold stories that a told story tells for the first time and those it tells again, and remember them.

        A story is told by its entries that nobody was told before; what only waits there from last time is no repeat.
        """
        fresh = [e.link for e in told.entries if link_of(e.link) not in self._links]
        found = [g for g in self._book.of(fresh or [told.link]) if g.tier != "no"]
        new = [g for g in found if g.id not in self._told]
        again = [g for g in found if g.id in self._told and not any(n.updates == g.id for n in new)]
        self._told |= {g.id: g for g in self._book.told_by(told)}
        self._links |= {link_of(e.link) for e in told.entries}
        return new, again


def scores(book: Book, posts: Sequence[Post]) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the figures of the posts of scored days, and what was decided of each told story."""
    days = {gold.day for gold in book.stories}
    digests = [p for p in posts if p.channel == DAILY and p.is_digest and _day(p) in days]
    breaking = [p for p in posts if p.channel == AT_ONCE]
    decided = [*_of_digests(book, digests), *_of_breaking(book, breaking, days)]
    shown = [row for row in decided if row["channel"] == DAILY]
    told = [row for row in shown if not row["line"]]
    several = [row for row in shown if row["entries"] > 1]
    updates = [row for row in shown if row["update"]]
    posted = [row for row in decided if row["channel"] == AT_ONCE and row["at_once"]]
    musts = [gold for gold in book.stories if gold.tier == "must"]
    first = _first_told(book, digests)
    places = [row for row in told if row["place"] <= PLACES]
    return {
        "must_told": _share(musts, lambda g: first.get(g.id, "9") <= g.last_day),
        "must_ever": _share(musts, lambda g: g.id in first),
        "should_in_places": _share(places, lambda r: r["worthy"]),
        "forbidden": _share(shown, lambda r: r["forbidden"]),
        "foreign": _share(several, lambda r: r["foreign"]),
        "wrong_leader": sum(r["wrong_leader"] for r in shown),
        "repeats": sum(r["repeat"] for r in shown),
        "updates": len(updates),
        "updates_without_news": sum(not r["new"] for r in updates),
        "breaking": len(posted),
        "breaking_deserved": _share(posted, lambda r: r["deserved"]),
        "without_text": _share(told, lambda r: not r["sentences"]),
        "told": len(told),
        "lines": len(shown) - len(told),
        "several": len(several),
    }, decided


def _share(items: Sequence[Any], fits: Any) -> float:
    return sum(map(bool, map(fits, items))) / len(items) if items else 0.0


def _day(post: Post) -> str:
    return f"{post.at:%Y-%m-%d}"


def _first_told(book: Book, digests: Sequence[Post]) -> dict[str, str]:
    first: dict[str, str] = {}
    for post in digests:
        for told in post.told:
            for gold in book.told_by(told):
                first.setdefault(gold.id, _day(post))
    return first


def _of_digests(book: Book, digests: Sequence[Post]) -> list[dict[str, Any]]:
    memory = Memory(book)
    return [
        _judged(book, memory, post, told, place)
        for post in digests
        for place, told in _with_places(post.told)
    ]


def _with_places(told: Sequence[Told]) -> Iterator[tuple[int, Told]]:
    """Give the stories of a post with their places; a line stands at the place of the story above it."""
    place = 0
    for one in told:
        place += not one.line
        yield place, one


def _of_breaking(book: Book, posts: Sequence[Post], days: set[str]) -> list[dict[str, Any]]:
    memory = Memory(book)
    first = datetime.combine(datetime.fromisoformat(min(days)), time.fromisoformat(SLOT), UTC) - timedelta(
        days=1
    )
    judged = [
        {
            **_judged(book, memory, post, told, place),
            "at_once": not post.is_digest,
            "scored": post.at >= first,
        }
        for post in posts
        for place, told in _with_places(post.told)
    ]
    return [row for row in judged if row["scored"]]


def _judged(book: Book, memory: Memory, post: Post, told: Told, place: int) -> dict[str, Any]:
    new, again = memory.see(told)
    tells = book.told_by(told)
    worthy = [gold for gold in tells if gold.tier in WORTHY]
    return {
        "channel": post.channel, "at": post.at.isoformat(), "place": place, "headline": told.headline, "link": told.link,
        "entries": len(told.entries), "update": told.update, "sentences": len(told.sentences), "tells": [f"{g.tier} {g.id}" for g in tells],
        "forbidden": is_forbidden(book, told), "wrong_leader": has_wrong_leader(book, told), "foreign": holds_foreign(book, told),
        "line": told.line, "worthy": bool(worthy), "new": [g.id for g in new], "repeat": bool(again) and not new,
        "deserved": any(gold.tier in WORTHY for gold in new) and not is_forbidden(book, told),
    }  # fmt: skip


def as_text(book: Book, posts: Sequence[Post], rows_of: Sequence[Mapping[str, Any]]) -> str:
    """Return some posts as text: headline, sentences, sources and why, with what gold says of each."""
    notes = {(row["channel"], row["at"], row["link"]): row for row in rows_of}
    parts = []
    for post in posts:
        parts.append(f"## {post.channel} · {post.intent} · {post.at:%Y-%m-%d %H:%M}\n")
        for place, told in _with_places(post.told):
            row = notes.get((post.channel, post.at.isoformat(), told.link), {})
            parts.append(_told_text(book, told, place, row))
    return "\n".join(parts)


def _told_text(book: Book, told: Told, place: int, row: Mapping[str, Any]) -> str:
    marks = [name for name in ("forbidden", "foreign", "wrong_leader", "repeat") if row.get(name)]
    lines = [f"{place}{'+' if told.line else '.'} {'Update: ' if told.update else ''}{told.headline}"]
    lines += [f"   {sentence}" for sentence in told.sentences]
    lines.append(
        f"   [{told.meta}] gold: {', '.join(row.get('tells', ())) or 'nothing'} {' '.join(marks).upper()}"
    )
    lines.append(f"   why: {'; '.join(told.reasons)}")
    for entry in told.entries:
        member = ",".join(f"{g.tier} {g.id}" for g in book.of([entry.link])) or "-"
        lead = "*" if entry.link == told.link else " "
        lines.append(
            f"     {lead} {member:<14} {entry.outlet}: {entry.title} [{told.placed.get(entry.id, '')}]"
        )
    return "\n".join([*lines, ""])


def write_digests(
    folder: Path, book: Book, posts: Sequence[Post], decided: Sequence[Mapping[str, Any]]
) -> None:
    """Write every day's digest, the posts at once of the days, and the musts that no digest told."""
    folder.mkdir(parents=True, exist_ok=True)
    digests = [post for post in posts if post.channel == DAILY]
    for post in digests:
        (folder / f"{_day(post)}.txt").write_text(as_text(book, [post], decided), encoding="utf-8")
    breaking = [post for post in posts if post.channel == AT_ONCE and not post.is_digest]
    (folder / "breaking.txt").write_text(as_text(book, breaking, decided), encoding="utf-8")
    first = _first_told(book, digests)
    lines = [
        f"{g.day} {first.get(g.id, 'never     ')} {g.tier} {g.id} {g.headline}"
        for g in book.stories
        if g.tier in WORTHY
    ]
    (folder / "gold.txt").write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")


def measure(folder: Path, given: argparse.Namespace) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Live the days of a folder and return their figures and what was decided of each told story."""
    book = Book([Gold.of(row) for row in rows(folder / "gold.jsonl")])
    last = datetime.combine(
        datetime.fromisoformat(max(gold.day for gold in book.stories)), time.fromisoformat(SLOT), UTC
    )
    posts = asyncio.run(live(recorded_days(folder, mixed=given.mixed), last))
    figures, decided = scores(book, posts)
    if given.out:
        write_digests(given.out, book, posts, decided)
    return figures, decided


def main() -> None:
    """Measure each folder."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--out", type=Path, help="where to write the digests as text")
    parser.add_argument("--mixed", action="store_true", help="serve the feeds in other languages, too")
    given = parser.parse_args()
    everything: list[dict[str, Any]] = []
    for folder in given.files:
        figures, decided = measure(folder, given)
        say(folder.name, figures)
        everything += decided
    write(given.output, everything)


if __name__ == "__main__":
    main()
