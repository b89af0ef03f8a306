"""Markup to text."""

import pytest

from bot.feeds.markup import LIMIT, one_line, plain, shortened, tidy


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One.</p>\n\n\n\n<p>Two.</p>", "One.\n\nTwo."),
        ("One<br>Two<br/><br />Three", "One\nTwo\n\nThree"),
        ("<p>Several\n   lines \t of one</p>", "Several lines of one"),
        ("<ul><li>a</li><li>b <i>c</i></li></ul>", "- a\n- b c"),
        ("<ol><li><p>a</p></li><li></li></ol>", "- a"),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>", "A · B\n\n1 · 2"),
        ("<p>Keep</p><script>bad()</script><style>p{}</style><p>this</p>", "Keep\n\nthis"),
        ("<p>a<script>x</script>b</p>", "ab"),
        ("<nav>Home</nav><form><input><button>Go</button></form>text", "text"),
        ("<iframe src='x'>old browser</iframe><svg><text>logo</text></svg>end", "end"),
        ("<!-- note --><p>shown</p><?php echo 1 ?>", "shown"),
        ("<figure><img alt='x'><figcaption>Photo: A</figcaption></figure><p>Text</p>", "Text"),
        ("<b>bo</b>ld", "bold"),
        ("<p>open <b>never closed", "open never closed"),
        ("</p></div>closed <p>too often</p></b>", "closed\n\ntoo often"),
        ("<a href='javascript:x'>link</a>", "link"),
        ("<p>5&nbsp;000</p>", "5\u00a0000"),
        ("<p>so\u00adft hy\u200bphen</p>", "soft hyphen"),
        (
            "<p>ta\U000e0049\U000e0067gs\u061c, ope\u2061ra\u2064tors, fil\u3164\u115flers</p>",
            "tags, operators, fillers",
        ),
        ("<p>\u202eevil\u202c</p>", "evil"),
        ("<p>bell\x07</p>", "bell"),
        ("<pre>line 1\nline 2</pre>", "line 1\nline 2"),
        ("<h2>Head</h2>Text", "Head\n\nText"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize("markup", ["<", "<>", "</", "<!", "<![", "<![CDATA[", "&", "&#;", "&#xFFFFFFFF;", "<a", "\x00", "<\x00b>", "<p " + "a" * 1000])  # fmt: skip
def test_broken_markup_raises_nothing(markup: str) -> None:
    assert isinstance(plain(markup), str)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 30_000 + "x",
        "<b>" * 80_000,
        "&lt;" * 60_000,
        "<" * 200_000,
        "<a <a" * 50_000,
        "x" * (2 * LIMIT),
    ],
)
def test_much_markup_is_bounded(markup: str) -> None:
    assert len(plain(markup)) <= LIMIT


def test_a_text_is_tidied() -> None:
    assert tidy(" a  b\r\n\r\n\r\n\r\nc\rd\t e ") == "a b\n\nc\nd e"


def test_lines_of_a_title_become_one() -> None:
    assert one_line("<p>One</p><p>Two &amp;amp; three</p>") == "One Two & three"


@pytest.mark.parametrize(("text", "limit", "found"), [("short", 10, "short"), ("one two three", 9, "one two…"), ("one, two", 5, "one…"), ("x" * 20, 10, "x" * 10 + "…")])  # fmt: skip
def test_a_cut_falls_between_words(text: str, limit: int, found: str) -> None:
    assert shortened(text, limit) == found


@pytest.mark.parametrize(
    "style",
    [
        "display:none;max-height:0px;overflow:hidden",
        "display: none; font-size: 1px; color: #fff",
        "mso-hide:all;display:none",
    ],
)
def test_what_is_made_for_lists_of_mail_is_no_text(style: str) -> None:
    assert plain(f'<div style="{style}">In <b>this</b> issue</div><p>The lab opens.</p>') == "The lab opens."


@pytest.mark.parametrize(
    "style", ["display:none", "max-height:0", "display:block;font-size:16px", "display:none;font-size:14px"]
)
def test_what_is_only_folded_away_is_text(style: str) -> None:
    assert (
        plain(f'<p>The lab opens.</p><div style="{style}">More follows.</div>')
        == "The lab opens.\n\nMore follows."
    )
