"""Is an entry about a topic? Words, names and false friends are data; this file only weighs them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from bot.model import Verdict
from bot.text.products import Tiers, compile_tiers
from bot.text.words import CJK

OPENING = 600
FILED = 200
"""How many characters of the text are read beside the title."""

TEXT_WEIGHT = 0.6
BAR = 1.0
HINT = 0.35
PLAIN_WORDS = 12
"""A term of this many letters (“language model”, “réseau de neurones”) is no passing mention."""

SHARED_SCORE = 0.5
AI_FEED_REASON = "the feed is only about AI"
NO_WORD_REASON = "no word or name of the topic"
"""What a verdict's reason says in the place of the words that were found."""

LONGEST_BEGINNING = 20
"""Letters before an ending that is looked for: LiteLLM."""

UNJUDGED = frozenset({"tier", "maker"})
"""Sections of `names.toml` that no verdict rests on."""

_LETTER = "0-9A-Za-z\u00c0-\u024f\u0370-\u04ff\u0590-\u06ff\u0900-\u097f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The compiled patterns of one topic."""

    name: str
    title: str
    strong: tuple[re.Pattern[str], ...]
    likely: re.Pattern[str] | None
    hints: re.Pattern[str] | None
    shared_names: re.Pattern[str] | None
    against: re.Pattern[str] | None
    doubts: re.Pattern[str] | None
    first_names: frozenset[str] = frozenset()
    within: str = ""
    """The topic outside of which nothing is on this one."""

    is_rationed: bool = False
    """Whether a third small story of this topic waits in a digest on another one."""

    exclusions: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    names: re.Pattern[str] | None = None
    """Companies, models, products and people, whatever a mention of them counts."""


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Every topic, and the hash that changes whenever a verdict could. Rules equal none but themselves, so
    that what was read by them can be kept.

    `tiers` are the words that tell sister products apart, `makers` the names by which headlines speak of a
    company.
    """

    topics: Mapping[str, Topic]
    hash: str
    tiers: Tiers = field(default_factory=Tiers)
    makers: Mapping[str, re.Pattern[str]] = field(default_factory=dict)


def compile_rules(topics: Mapping[str, Any], names: Mapping[str, Any]) -> Rules:
    """Return the rules from the contents of `topics.toml` and `names.toml`, as parsed."""
    context_patterns = {
        name: _pattern(phrases, re.NOFLAG) for name, phrases in names.get("not_near", {}).items()
    }
    exclusions = {name: pattern for name, pattern in context_patterns.items() if pattern}
    compiled_topics = {name: _topic(name, data, names, exclusions) for name, data in topics.items()}
    digest = blake2b(
        repr(
            (sorted(topics.items()), sorted(item for item in names.items() if item[0] not in UNJUDGED))
        ).encode(),
        digest_size=8,
    ).hexdigest()
    maker_patterns = {
        maker: _pattern(maker_names, re.NOFLAG) for maker, maker_names in names.get("maker", {}).items()
    }
    makers = {maker: pattern for maker, pattern in maker_patterns.items() if pattern}
    return Rules(compiled_topics, digest, compile_tiers(names.get("tier", {})), makers)


def with_names(rules: Rules, names: Mapping[str, str]) -> Rules:
    """Return rules that know more names for the topic `ai`: each with its section, `plain` or `likely`, which
    may be a first name, too.
    """
    if not names or "ai" not in rules.topics:
        return rules
    topic = rules.topics["ai"]
    plain = _pattern([name for name, section in names.items() if section == "plain"], re.NOFLAG)
    firsts = [name for name, section in names.items() if section != "plain"]
    likely = [p.pattern for p in (topic.likely, _pattern(firsts, re.NOFLAG)) if p]
    every_name = [p.pattern for p in (topic.names, _pattern(names, re.NOFLAG)) if p]
    changed_topic = replace(
        topic,
        names=re.compile("|".join(every_name)),
        strong=(*topic.strong, plain) if plain else topic.strong,
        likely=re.compile("|".join(likely)) if likely else None,
        first_names=topic.first_names | frozenset(firsts),
    )
    digest = blake2b(repr((rules.hash, sorted(names.items()))).encode(), digest_size=8).hexdigest()
    return replace(rules, topics={**rules.topics, "ai": changed_topic}, hash=digest)


def _topic(
    name: str, data: Mapping[str, Any], names: Mapping[str, Any], exclusions: Mapping[str, re.Pattern[str]]
) -> Topic:
    kinds = [names[kind] for kind in data.get("names", ()) if kind in names]
    plain = [phrase for kind in kinds for phrase in kind.get("plain", ())]
    likely = [phrase for kind in kinds for phrase in kind.get("likely", ())]
    shared_names = [phrase for kind in kinds for phrase in kind.get("shared", ())]
    strong = (
        _pattern([*data.get("exact", ()), *plain], re.NOFLAG),
        _pattern(data.get("words", ()), re.IGNORECASE),
        _pattern(data.get("parts", ()), re.IGNORECASE, bounded=False),
    )
    return Topic(
        name=name,
        title=data.get("title", name),
        strong=tuple(p for p in strong if p),
        likely=_pattern(likely, re.NOFLAG),
        hints=_pattern(data.get("hints", ()), re.IGNORECASE),
        shared_names=_pattern(shared_names, re.NOFLAG),
        against=_pattern(data.get("against", ()), re.IGNORECASE),
        doubts=_pattern(data.get("doubts", ()), re.IGNORECASE),
        first_names=frozenset(name for kind in kinds for name in kind.get("first_names", ())),
        within=data.get("within", ""),
        is_rationed=bool(data.get("rationed", False)),
        exclusions=exclusions,
        names=_pattern([*plain, *likely, *shared_names], re.NOFLAG),
    )


def _pattern(phrases: Iterable[str], flags: re.RegexFlag, *, bounded: bool = True) -> re.Pattern[str] | None:
    """Compile phrases into one pattern. A letter of a spaced script may not stand beside a phrase; a CJK one
    may.

    A `*` behind a phrase takes any ending. One before it takes any beginning, whose last letter is a small
    one where case counts: `*AI` is WebAI and not DUBAI.
    """
    free = [p for p in phrases if not bounded or re.match(f"[{CJK}]", p)]
    endings = [p[1:] for p in phrases if p not in free and p.startswith("*")]
    whole_words = [p for p in phrases if p not in free and not p.endswith("*") and not p.startswith("*")]
    prefixes = [p for p in phrases if p not in free and p.endswith("*")]
    parts = [_trie(free)] if free else []
    if whole_words:
        parts.append(f"(?<![{_LETTER}]){_trie(whole_words)}(?![{_LETTER}])")
    if prefixes:
        parts.append(f"(?<![{_LETTER}]){_trie(prefixes)}")
    if endings:
        parts.append(
            f"(?<![{_LETTER}])[A-Za-z]{{0,{LONGEST_BEGINNING}}}[a-z0-9]{_trie(endings)}(?![{_LETTER}])"
        )
    return re.compile("|".join(parts), flags) if parts else None


def _trie(phrases: Iterable[str]) -> str:
    """Return a pattern in which phrases share their beginnings: many times faster than one
    alternative each.
    """
    root: dict[str, Any] = {}
    for phrase in phrases:
        node = root
        for char in phrase.rstrip("*"):
            node = node.setdefault(char, {})
        node[""] = {}
    return _branch(root)


def _branch(node: dict[str, Any]) -> str:
    ways = [_escape(char) + _branch(child) for char, child in sorted(node.items()) if char]
    if not ways:
        return ""
    inner = f"(?:{'|'.join(ways)})" if len(ways) > 1 or "" in node else ways[0]
    return f"{inner}?" if "" in node else inner


def _escape(char: str) -> str:
    return r"[\s\u00a0]+" if char == " " else re.escape(char)


def verdicts(
    rules: Rules, title: str, text: str, categories: Sequence[str], *, ai_only: bool = False
) -> list[Verdict]:
    """Return what `rules` say of an entry for every topic; of one within another that it is not on, the same
    as of that. What its publisher filed it under is judged as one more line of its opening.
    """
    opening = f"{text[: OPENING - FILED]}\n{', '.join(categories)[:FILED]}" if categories else text
    made: dict[str, Verdict] = {}
    for name, topic in rules.topics.items():
        outer = made.get(topic.within)
        made[name] = (
            replace(outer, topic=name)
            if outer is not None and not outer.relevant
            else judge(rules, name, title, opening, ai_only=ai_only)
        )
    return list(made.values())


def judge(rules: Rules, topic: str, title: str, text: str, *, ai_only: bool = False) -> Verdict:
    """Return whether an entry is about a topic of `rules`. A feed marked AI-only needs no filter for the
    topic `ai`.
    """
    if ai_only and topic == "ai":
        return Verdict(topic=topic, relevant=True, score=BAR, reason=AI_FEED_REASON, rules=rules.hash)
    topic_rules = rules.topics[topic]
    opening = text[:OPENING]
    context = f"{title}\n{opening}"
    in_title = _weigh(topic_rules, title, context)
    in_text = _weigh(topic_rules, opening, context)
    score = in_title.score + max(
        0.0, in_text.score if in_text.against else _from_text(in_text, topic_rules, opening, context)
    )
    score -= 0.5 * min(2, len(in_text.against)) if in_title.score < BAR else 0.0
    hits = ", ".join([*in_title.hits, *(h for h in in_text.hits if h not in in_title.hits)][:5])
    reason = f"{hits or NO_WORD_REASON} → {score:.2f}"
    return Verdict(
        topic=topic, relevant=round(score, 2) >= BAR, score=round(score, 2), reason=reason, rules=rules.hash
    )


def known_spans(rules: Rules, text: str) -> list[tuple[int, int]]:
    """Return where the words and names of the topic `ai` stand in a text, whatever they count."""
    topic = rules.topics["ai"]
    patterns = (*topic.strong, topic.likely, topic.shared_names, topic.hints, topic.against, topic.doubts)
    return [match.span() for pattern in patterns if pattern is not None for match in pattern.finditer(text)]


def names_in(rules: Rules, text: str) -> list[str]:
    """Return the companies, models, products and people that a text names, in its order and as it writes
    them.
    """
    pattern = rules.topics["ai"].names
    return [match.group() for match in pattern.finditer(text)] if pattern else []


@lru_cache(maxsize=1 << 12)
def company_of(title: str, rules: Rules) -> str:
    """Return the company that a headline names first, empty where it names none that is known."""
    positions = {
        maker: match.start() for maker, pattern in rules.makers.items() if (match := pattern.search(title))
    }
    return min(positions, key=positions.__getitem__, default="")


@lru_cache(maxsize=1 << 12)
def narrower_topic(title: str, rules: Rules, topic: str) -> str:
    """Return the first rationed topic, other than `topic`, that a headline is about, empty for none."""
    narrower_topics = (name for name, one in rules.topics.items() if one.is_rationed and name != topic)
    return next((name for name in narrower_topics if judge(rules, name, title, "").relevant), "")


@dataclass(frozen=True, slots=True)
class _Weight:
    score: float
    hits: tuple[str, ...]
    strong: frozenset[str]
    against: frozenset[str]


def _weigh(topic: Topic, text: str, context: str) -> _Weight:
    strong = _strong(topic, text) | _matched_names(topic, topic.likely, text, context)
    shared_matches = {
        name
        for name in _matched_names(topic, topic.shared_names, text, context)
        if not any(name in word for word in strong)
    }
    hints = _matches_of(topic.hints, text, lower=True) - {w.lower() for w in shared_matches | strong}
    against = _matches_of(topic.against, text, lower=True)
    doubts = _matches_of(topic.doubts, text, lower=True)
    score = min(2.0, len(strong)) + SHARED_SCORE * min(2, len(shared_matches))
    if shared_matches:
        score += HINT * 1.5 * min(2, len(hints))
    score -= len(against) + 0.5 * min(2, len(doubts))
    hits = (*sorted(strong), *sorted(shared_matches), *(f"not {word}" for word in sorted(against | doubts)))
    return _Weight(score, hits, frozenset(strong), frozenset(against | doubts))


def _from_text(weight: _Weight, topic: Topic, opening: str, context: str) -> float:
    """Return what the opening of the text adds: one mention is a hint, two are a subject."""
    mentions = sum(len(pattern.findall(opening)) for pattern in topic.strong)
    mentions += len(_matched_names(topic, topic.likely, opening, context))
    if not weight.strong:
        return TEXT_WEIGHT * weight.score
    if any(len(word) >= PLAIN_WORDS for word in weight.strong):
        return BAR
    return min(1.4, TEXT_WEIGHT + 0.4 * (mentions - 1))


def _strong(topic: Topic, text: str) -> set[str]:
    matches: set[str] = set()
    for pattern in topic.strong:
        matches |= _matches_of(pattern, text)
    return {word for word in matches if len(word) > 2} if _shouts(text) else matches


def _shouts(text: str) -> bool:
    """Tell whether a text is set in capitals, where “AI” may be any language's “ai”."""
    return text.upper() == text and sum(c.isupper() for c in text) > 12


def _matched_names(topic: Topic, pattern: re.Pattern[str] | None, text: str, context: str) -> set[str]:
    return {
        match.group()
        for match in (pattern.finditer(text) if pattern else ())
        if not _means_another(topic, match, text, context)
    }


def _means_another(topic: Topic, match: re.Match[str], text: str, context: str) -> bool:
    exclusion = topic.exclusions.get(match.group())
    if exclusion and exclusion.search(context):
        return True
    if match.group() not in topic.first_names or text.istitle() or _title_case(text):
        return False
    surname = re.match(r"[\s\u00a0]+([A-Z][a-zà-ÿ]{2,})", text[match.end() :])
    return bool(surname) and not _found_any(topic, f"{match.group()} {surname[1] if surname else ''}")


def _found_any(topic: Topic, text: str) -> bool:
    return any(pattern.search(text) for pattern in topic.strong)


def _title_case(text: str) -> bool:
    """Tell whether a headline capitalises most of its words, so that capitals prove nothing."""
    long = re.findall(r"[^\W\d_]{4,}", text)
    return len(long) > 3 and sum(word[0].isupper() for word in long) * 3 > 2 * len(long)


def _matches_of(pattern: re.Pattern[str] | None, text: str, *, lower: bool = False) -> set[str]:
    if pattern is None:
        return set()
    matches = {match.group() for match in pattern.finditer(text)}
    return {word.lower() for word in matches} if lower else matches
