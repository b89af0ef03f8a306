"""A line of terms becomes a filter, and what is wrong names the nearest right form."""

import random

import pytest

from bot.errors import CallError
from bot.pipeline.filters.grammar import Field, Filter, FilterTerm, Form, Sign, parse_filter, stored_filter

KINDS = ("release", "opinion", "funding")


def parse(line: str) -> Filter:
    return parse_filter(line, KINDS)


def test_every_form_of_a_term() -> None:
    line = 'robot "open weights" +agent -crypto outlet:"Example Wire" -outlet:buzz lang:it -kind:opinion'
    assert parse(line).terms == (
        FilterTerm(Sign.ANY, Field.WORDS, "robot"),
        FilterTerm(Sign.ANY, Field.WORDS, "open weights", Form.PHRASE),
        FilterTerm(Sign.MUST, Field.WORDS, "agent"),
        FilterTerm(Sign.NOT, Field.WORDS, "crypto"),
        FilterTerm(Sign.ANY, Field.OUTLET, "Example Wire"),
        FilterTerm(Sign.NOT, Field.OUTLET, "buzz"),
        FilterTerm(Sign.ANY, Field.LANGUAGE, "it"),
        FilterTerm(Sign.NOT, Field.KIND, "opinion"),
    )


@pytest.mark.parametrize(
    "line",
    [
        'robot "open weights" +agent -crypto outlet:"Example Wire" -outlet:buzz lang:it -kind:opinion',
        "-GPT-4o C++ https://example.org/a:b",
        '-"@everyone & <b>" 语言模型',
        r"/gpt-?[0-9]/ -/“price|target”/ +/a b\/c/",
        '-leads:buzz -leads:"Example Wire"',
        "“open weights” –crypto OUTLET:wire Kind:Release LANG:IT",
    ],
)
def test_what_is_kept_is_read_as_it_was_typed(line: str) -> None:
    found = parse(line)
    assert stored_filter(str(found)) == found == parse(str(found))


PIECES = [
    *(
        "outlet:",
        "lang:",
        "kind:",
        "it",
        "release",
        "robot",
        "a",
        "語",
        "モデル",
        "é",
        "e\u0301",
        "C++",
        "ｆｏｏ",
        "／",
        "/",
    ),
    *(
        "-",
        "+",
        "–",
        "—",
        '"',
        "“",
        "”",
        "«",
        " ",
        " ",
        " ",
        "\t",
        "\n",
        ":",
        "\\",
        "!",
        "|",
        "'",
        "İ",
        "ſ",
        "\u212a",
    ),
    *("\u200e", "\u200f", "\ufeff", "\u202e", "\u200b", "\xad", "\x00", "\x85"),
]
"""What lines of terms are made of, and what nobody expects in them."""


def test_whatever_is_taken_is_kept_as_it_was_understood() -> None:
    chance = random.Random(20261129)
    taken = 0
    for _ in range(20_000):
        line = "".join(chance.choices(PIECES, k=chance.randint(1, 14)))
        try:
            found = parse(line)
        except CallError:
            continue
        taken += 1
        assert stored_filter(str(found)) == found, line
    assert taken > 2_000


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\ufeff", "\u202e", "\u200b", "\xad"])
def test_marks_that_nobody_sees_hide_no_sign(mark: str) -> None:
    assert str(parse(f"{mark}-robot{mark}")) == "-robot"
    assert str(parse(f"agent {mark}–outlet:wire")) == "agent -outlet:wire"


def test_a_term_about_the_same_replaces_the_one_before() -> None:
    first = parse("-crypto robot")
    assert str(first.with_terms(parse("+Crypto lang:it"))) == "robot +Crypto lang:it"
    assert str(first.without(parse("crypto"))) == "robot"
    assert str(parse("a -a +a")) == "+a"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("", "Say what to look for, for example: -crypto"),
        ("-", "Write a word right behind the sign, for example -crypto"),
        ("- crypto", "Write a word right behind the sign"),
        ("🦜" * 20, "has no word in it"),
        ("🦜" * 4000, "at most 30 terms"),
        ("x" * 81, "at most 80 characters"),
        (" ".join(f"w{n}" for n in range(31)), "at most 30 terms"),
        ("/(gpt/", r"opened and not closed, or closed and not opened. Did you mean /\(gpt/?"),
        ("/gpt)/", r"Did you mean /gpt\)/?"),
        ("/[ab/", r"Did you mean /\[ab/?"),
        ("/C++/", r"nothing in it that ++ could repeat. Did you mean /C\+\+/?"),
        ("/*/", r"Did you mean /\*/?"),
        ("/open(?=ai)/", "looking ahead and behind, as by (?=, is not possible here"),
        (r"/(a)\1/", r"\1 has no meaning here, and what was found is not repeated by number"),
        (r"/\pL{200}/", "too large when it is written out: repeat less in it. For example /gpt-?[0-9]/"),
        ("/((a{100}){100}){100}/", "too large when it is written out"),
        (f"/{'a' * 201}/", "a pattern has at most 200 characters"),
        ("/a*/", "fits every text"),
        ("/.?|x/", "fits every text"),
        (r"/\bétat/", "\\b knows the letters from a to z alone. Leave it out beside others: /état/"),
        ("/[z-a]/", r"cannot be read as a pattern. Did you mean /\[z-a]/?"),
        (r"/gpt-\d", r"stands between two slashes, with \/ for one in it, and any case fits: /gpt-\d/"),
        ("/gpt/i", "any case fits: /gpt/"),
        ("-/a/b/", r"any case fits: -/a\/b/"),
        ("outlet:/^the wire$/", "A name is found by a part of it: outlet:the"),
        ("leads:wire", "Did you mean -leads:wire (leads no story) or outlet:wire (only from there)?"),
        ("-lead:wire", "Did you mean -leads:wire?"),
        ("supports:wire", "Did you mean -leads:wire?"),
        ("hide:wire", "Did you mean -outlet:wire?"),
        (" ".join(f"/p{n}/" for n in range(11)), "at most 10 patterns. One can look for several things"),
        ("points:many", "At least fifty are points:50"),
        ("-points:50", "At least fifty are points:50"),
        ("score:50", "Did you mean points:50?"),
        ("kind:relase", "There are release, opinion, funding. For example kind:release"),
        ("-kind:opinon", "For example -kind:opinion"),
        ("lang:italian", "for example lang:it"),
        ("outlet:", 'for example -outlet:"Example Wire"'),
        ("source:wire", "Did you mean outlet:wire?"),
        ("-outlt:wire", "Did you mean -outlet:wire?"),
        ("language:it", "Did you mean lang:it?"),
        ("!crypto", "has a - before it: -crypto"),
        ("robot +!kind:release", "has a - before it: -kind:release"),
        ("not crypto", "Did you mean -crypto?"),
        ("no elon musk", "Did you mean -elon?"),
        ("kein krypto", "Did you mean -krypto?"),
        ("-leads:", 'Say which outlet, for example -leads:"Example Wire"'),
        ('NOT "price target"', 'Did you mean -"price target"?'),
        ("not", "Did you mean -crypto?"),
        ("robot OR drone", "Did you mean robot drone?"),
        ("robot AND -drone", "Did you mean +robot +drone?"),
        ("or", 'The word itself is written "or"'),
    ],
)
def test_what_is_wrong_is_answered_with_what_is_right(line: str, right: str) -> None:
    with pytest.raises(CallError) as refused:
        parse(line)
    assert right in refused.value.template.format(**refused.value.values)


@pytest.mark.parametrize(
    "line", ['"', "a\x00b", "' OR 1=1 --", "\u202edrow", "NEAR(a b)", "foo:bar", "12:30", '-"x']
)
def test_operators_and_hostile_words_are_words(line: str) -> None:
    try:
        found = parse(line)
    except CallError:
        return
    assert stored_filter(str(found)) == found


def test_the_words_of_operators_are_found_in_quotation_marks() -> None:
    assert str(parse('"not" -"or" -and')) == '"not" -"or" -and'


def test_the_limit_is_that_of_the_filter_that_results() -> None:
    full = parse(" ".join(f"w{n}" for n in range(30)))
    assert len(full.with_terms(parse("-w1 +w2")).terms) == 30
    with pytest.raises(CallError) as refused:
        full.with_terms(parse("other"))
    assert "at most {most} terms" in refused.value.template


def test_a_new_floor_of_points_replaces_the_one_before() -> None:
    assert str(parse_filter("points:50", ()).with_terms(parse_filter("points:080", ()))) == "points:80"
