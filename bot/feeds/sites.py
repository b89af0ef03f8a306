"""Where well-known sites keep their feeds: from a page's address (and what it says) to feed addresses,
without any network.

`of_site` is sure of its sites by their host names; `of_shape` guesses from the looks of a path on any host.
Hugging Face has no feed of its own for daily papers and Hacker News none for searches: there the feeds that
people commonly use stand in (jamesg.blog, hnrss.org). To teach a site, add a line to `SITES`.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """Pages of a site and their feeds. `page` is matched against path and query; its groups, and `host`, fill
    the `feeds`.
    """

    host: re.Pattern[str]
    page: re.Pattern[str]
    feeds: tuple[str, ...]


def _site(host: str, page: str, feeds: tuple[str, ...]) -> Site:
    return Site(re.compile(host), re.compile(page), feeds)


_END = r"(?:[/?].*)?"
_WORD = r"[\w.~%+-]+"
_GITHUB = (
    r"(?!(?:about|apps|blog|collections|customer-stories|events|explore|features|login"
    r"|marketplace|orgs|pricing|search|settings|sponsors|topics|trending)[/?])"
)
_REPOSITORY = rf"/{_GITHUB}(?P<owner>[\w-]+)/(?P<name>[\w.-]+?)(?:\.git)?"
_STACK = (
    r"(?:www\.)?(?:stackoverflow\.com|superuser\.com|serverfault\.com|askubuntu\.com"
    r"|mathoverflow\.net|[\w-]+(?:\.meta)?\.stackexchange\.com)"
)
_YOUTUBE = r"(?:www\.|m\.)?youtube\.com"
_YOUTUBE_HOST = re.compile(_YOUTUBE)
_VIDEOS = "https://www.youtube.com/feeds/videos.xml"
_REDDIT = r"(?:www\.|old\.|new\.|np\.|m\.|sh\.)?reddit\.com"
_ARXIV = r"(?:www\.|export\.)?arxiv\.org"
_GITLAB = r"gitlab\.[\w.-]+"

SITES = (
    _site(_YOUTUBE, rf"/channel/(?P<id>UC[\w-]{{22}}){_END}", (_VIDEOS + "?channel_id={id}",)),
    _site(_YOUTUBE, rf"/user/(?P<name>{_WORD}){_END}", (_VIDEOS + "?user={name}",)),
    _site(
        _YOUTUBE,
        r"/(?:playlist|watch)\?(?:.*&)?list=(?P<id>(?:PL|UU|OL)[\w-]+)(?:&.*)?",
        (_VIDEOS + "?playlist_id={id}",),
    ),
    _site(
        _REDDIT,
        rf"/r/(?P<name>{_WORD})/search/?\?(?P<query>.+)",
        ("https://www.reddit.com/r/{name}/search.rss?{query}",),
    ),
    _site(
        _REDDIT,
        rf"/r/(?P<name>{_WORD})/(?P<order>new|hot|top|rising|controversial)/?(?P<query>\?.*)?",
        ("https://www.reddit.com/r/{name}/{order}/.rss{query}",),
    ),
    _site(_REDDIT, rf"/r/(?P<name>{_WORD}){_END}", ("https://www.reddit.com/r/{name}/.rss",)),
    _site(_REDDIT, rf"/u(?:ser)?/(?P<name>{_WORD}){_END}", ("https://www.reddit.com/user/{name}/.rss",)),
    _site(_REDDIT, r"/search/?\?(?P<query>.+)", ("https://www.reddit.com/search.rss?{query}",)),
    _site(_REDDIT, rf"/domain/(?P<name>{_WORD}){_END}", ("https://www.reddit.com/domain/{name}/.rss",)),
    _site(
        r"(?:www\.)?github\.com",
        rf"{_REPOSITORY}/(?:commits|tree)/(?P<branch>{_WORD}){_END}",
        ("https://github.com/{owner}/{name}/commits/{branch}.atom",),
    ),
    _site(
        r"(?:www\.)?github\.com",
        rf"{_REPOSITORY}/(?P<what>tags|commits|discussions|wiki){_END}",
        ("https://github.com/{owner}/{name}/{what}.atom",),
    ),
    _site(
        r"(?:www\.)?github\.com",
        rf"{_REPOSITORY}{_END}",
        tuple(
            f"https://github.com/{{owner}}/{{name}}/{what}.atom" for what in ("releases", "tags", "commits")
        ),
    ),
    _site(
        r"(?:www\.)?github\.com",
        r"/orgs/(?P<owner>[\w-]+)/discussions.*",
        ("https://github.com/orgs/{owner}/discussions.atom",),
    ),
    _site(
        r"(?:www\.)?github\.com",
        r"/(?:orgs/)?(?!topics/?$|trending/?$|explore/?$|features/?$|about/?$)(?P<owner>[\w-]+)/?",
        ("https://github.com/{owner}.atom",),
    ),
    _site(
        _GITLAB,
        rf"/(?P<path>(?!-/|explore|help|users){_WORD}(?:/{_WORD})+?)(?:/-/.*|/?)",
        (
            "https://{host}/{path}/-/releases.atom",
            "https://{host}/{path}/-/tags?format=atom",
            "https://{host}/{path}.atom",
        ),
    ),
    _site(
        r"codeberg\.org",
        rf"/(?P<path>{_WORD}/{_WORD}){_END}",
        ("https://codeberg.org/{path}/releases.rss", "https://codeberg.org/{path}.rss"),
    ),
    _site(
        r"(?:www\.)?(?:t|telegram)\.me",
        rf"/(?:s/)?(?P<name>(?!joinchat|addlist|share|proxy|iv)[A-Za-z]\w{{3,31}}){_END}",
        ("https://t.me/s/{name}",),
    ),
    _site(r"bsky\.app", rf"/profile/(?P<name>[\w.:%-]+){_END}", ("https://bsky.app/profile/{name}/rss",)),
    _site(
        r"(?:open\.)?substack\.com",
        rf"/(?:@|pub/)(?P<name>[\w-]+){_END}",
        ("https://{name}.substack.com/feed",),
    ),
    _site(r"(?!(?:www|open)\.)[\w-]+\.substack\.com", r".*", ("https://{host}/feed",)),
    _site(
        r"(?:www\.)?medium\.com", rf"/tag/(?P<name>{_WORD}){_END}", ("https://medium.com/feed/tag/{name}",)
    ),
    _site(
        r"(?:www\.)?medium\.com",
        rf"/(?P<name>{_WORD})/tagged/(?P<tag>{_WORD}){_END}",
        ("https://medium.com/feed/{name}/tagged/{tag}",),
    ),
    _site(r"(?:www\.)?medium\.com", rf"/(?P<name>@?{_WORD}){_END}", ("https://medium.com/feed/{name}",)),
    _site(r"(?!www\.)[\w-]+\.medium\.com", r".*", ("https://{host}/feed",)),
    _site(_ARXIV, rf"/(?:list|archive)/(?P<group>[\w.+-]+){_END}", ("https://rss.arxiv.org/rss/{group}",)),
    _site(
        _ARXIV,
        r"/search/?(?:[\w-]+/?)?\?(?:.*&)?query=(?P<query>[^&]+)(?:&.*)?",
        (
            "https://export.arxiv.org/api/query?search_query=all:{query}&sortBy=submittedDate&sortOrder=descending&max_results=50",
        ),
    ),
    _site(_ARXIV, rf"/a/(?P<author>{_WORD}?)(?:\.atom2?)?/?", ("https://arxiv.org/a/{author}.atom",)),
    _site(
        r"(?:www\.)?(?:huggingface\.co|hf\.co)", rf"/blog{_END}", ("https://huggingface.co/blog/feed.xml",)
    ),
    _site(r"(?:www\.)?(?:huggingface\.co|hf\.co)", rf"/papers{_END}", ("https://jamesg.blog/hf-papers.xml",)),
    _site(
        r"news\.ycombinator\.com",
        r"/(?:news)?(?:\?.*)?",
        ("https://hnrss.org/frontpage", "https://news.ycombinator.com/rss"),
    ),
    _site(r"news\.ycombinator\.com", r"/front.*", ("https://hnrss.org/frontpage",)),
    _site(
        r"news\.ycombinator\.com",
        r"/(?P<list>newest|ask|show|jobs|best|active)(?:\?.*)?",
        ("https://hnrss.org/{list}",),
    ),
    _site(
        r"news\.ycombinator\.com",
        r"/(?P<what>item|user)\?(?:.*&)?id=(?P<id>[\w-]+)(?:&.*)?",
        ("https://hnrss.org/{what}?id={id}",),
    ),
    _site(
        r"hn\.algolia\.com",
        r"/\?(?:.*&)?q(?:uery)?=(?P<query>[^&]+)(?:&.*)?",
        ("https://hnrss.org/newest?q={query}",),
    ),
    _site(
        r"lobste\.rs",
        rf"/t/(?P<tag>[\w,.-]+?)(?:\.rss|\.json)?{_END}",
        ("https://lobste.rs/t/{tag}.json", "https://lobste.rs/t/{tag}.rss"),
    ),
    _site(
        r"lobste\.rs",
        r"/(?P<list>newest|active)(?:[/?.].*)?",
        ("https://lobste.rs/{list}.json", "https://lobste.rs/rss"),
    ),
    _site(r"lobste\.rs", r".*", ("https://lobste.rs/hottest.json", "https://lobste.rs/rss")),
    _site(r"dev\.to", rf"/t/(?P<tag>{_WORD}){_END}", ("https://dev.to/feed/tag/{tag}",)),
    _site(r"dev\.to", rf"/(?P<name>{_WORD}){_END}", ("https://dev.to/feed/{name}",)),
    _site(r"dev\.to", r"/?(?:\?.*)?", ("https://dev.to/feed",)),
    _site(
        r"(?!(?:www|support)\.)[\w-]+\.wordpress\.com",
        r"(?P<place>(?:/(?:category|tag|author)/[^?]+?)?)(?:[/?].*)?",
        ("https://{host}{place}/feed/",),
    ),
    _site(
        r"(?:www\.)?tumblr\.com",
        rf"/(?:blog/view/|blog/)?(?P<name>[\w-]+){_END}",
        ("https://{name}.tumblr.com/rss",),
    ),
    _site(
        r"(?!www\.)[\w-]+\.tumblr\.com",
        r"(?P<place>(?:/tagged/[^/?]+)?)(?:[/?].*)?",
        ("https://{host}{place}/rss",),
    ),
    _site(
        r"[\w-]+\.blogspot\.[a-z.]+",
        rf"/search/label/(?P<label>{_WORD}){_END}",
        ("https://{host}/feeds/posts/default/-/{label}",),
    ),
    _site(r"[\w-]+\.blogspot\.[a-z.]+", r".*", ("https://{host}/feeds/posts/default",)),
    _site(_STACK, r"/questions/tagged/(?P<tag>[\w.#%-]+)(?:[/?].*)?", ("https://{host}/feeds/tag/{tag}",)),
    _site(_STACK, rf"/questions/(?P<id>\d+){_END}", ("https://{host}/feeds/question/{id}",)),
    _site(_STACK, r"/?(?:questions/?)?(?:\?.*)?", ("https://{host}/feeds",)),
    _site(
        r"news\.google\.com",
        r"/(?:rss/)?(?P<place>search|topics/[\w-]+)(?P<query>(?:\?.*)?)",
        ("https://news.google.com/rss/{place}{query}",),
    ),
)
"""The first line that fits is taken: particular pages stand before general ones."""

SHAPES = (
    (
        re.compile(r"(?:/(?:web|deck))?/@(?P<user>[\w.-]+)@(?P<home>[\w-]+(?:\.[\w-]+)+)/?"),
        "https://{home}/@{user}.rss",
    ),
    (re.compile(r"(?:/(?:web|deck))?/@(?P<user>[\w-]+)(?:/.*)?"), "{root}/@{user}.rss"),
    (re.compile(r"/users/(?P<user>\w+)/?"), "{root}/@{user}.rss"),
    (re.compile(r"/tags/(?P<tag>[^/]+)/?"), "{root}/tags/{tag}.rss"),
    (re.compile(r"(?P<place>(?:/[^/]+)*/(?:category|tag|author|topics?)/[^?]+?)/?"), "{root}{place}/feed/"),
)
"""Paths of Mastodon and its kin, and of WordPress, on hosts that we do not know."""


_ELSEWHERE = re.compile(
    r"(?:.*\.)?(?:youtube|medium|substack|threads|tiktok|telegram|matrix|npmjs)\.(?:com|net|org|to)"
)
"""Hosts where `/@name` is a page of another kind than Mastodon's."""

_CHANNEL = re.compile(
    rb"(?:"
    rb'"externalId":\s*"|itemprop="(?:channelId|identifier)"\s+content="|rel="canonical"\s+href="https://www\.youtube\.com/channel/|"channelId":\s*"'
    rb")(UC[\w-]{22})"
)
"""The ways in which YouTube's pages (a handle, a custom name, a video) name their channel."""


MAX_ADDRESS = 2000
"""Characters of an address beyond which no site's pages are."""


def of_site(url: str, body: bytes = b"") -> tuple[str, ...]:
    """Return the feeds of a page on a well-known site, best first; none for other sites.

    Pages of YouTube that do not name their channel in the address name it in the body.
    """
    return _of_address(url) or _of_video_page(url, body)


def _of_video_page(url: str, body: bytes) -> tuple[str, ...]:
    match = _CHANNEL.search(body) if _YOUTUBE_HOST.fullmatch(urlsplit(url).hostname or "") else None
    return (f"{_VIDEOS}?channel_id={match[1].decode()}",) if match else ()


def _of_address(url: str) -> tuple[str, ...]:
    parts = urlsplit(_wanted(url))
    host, page = (parts.hostname or ""), parts.path or "/"
    page += f"?{parts.query}" if parts.query else ""
    if len(url) > MAX_ADDRESS:
        return ()
    for site in SITES:
        if site.host.fullmatch(host) and (match := site.page.fullmatch(page)):
            groups = {name: value or "" for name, value in match.groupdict().items()}
            return tuple(feed.format(host=host, **groups) for feed in site.feeds)
    return ()


def of_shape(url: str) -> tuple[str, ...]:
    """Return the feeds that a page could have by the looks of its path; none when it looks like no page we
    know.
    """
    parts = urlsplit(url)
    if len(url) > MAX_ADDRESS or _ELSEWHERE.fullmatch(parts.hostname or ""):
        return ()
    root = f"{parts.scheme}://{parts.netloc}"
    matches = ((pattern.fullmatch(parts.path), feed) for pattern, feed in SHAPES)
    return tuple(feed.format(root=root, **match.groupdict()) for match, feed in matches if match)


def _wanted(url: str) -> str:
    """Return the page that somebody wanted whom a site asked to consent to cookies first."""
    parts = urlsplit(url)
    if parts.hostname in {"consent.youtube.com", "consent.google.com"}:
        return (parse_qs(parts.query).get("continue") or [url])[0]
    return url
