"""Where well-known sites keep their feeds."""

import pytest

from bot.feeds.sites import of_shape, of_site

CHANNEL = "UCbfYPyITQ-7l4upoX8nvctg"
VIDEOS = "https://www.youtube.com/feeds/videos.xml"
KNOWN = {
    f"https://www.youtube.com/channel/{CHANNEL}": f"{VIDEOS}?channel_id={CHANNEL}",
    f"https://m.youtube.com/channel/{CHANNEL}/videos?view=0": f"{VIDEOS}?channel_id={CHANNEL}",
    "https://www.youtube.com/user/keeroyz": f"{VIDEOS}?user=keeroyz",
    "https://www.youtube.com/playlist?list=PLUl4u3cNGP63WbdFxL": f"{VIDEOS}?playlist_id=PLUl4u3cNGP63WbdFxL",
    "https://www.youtube.com/watch?v=abc&list=PLUl4u3cNGP63": f"{VIDEOS}?playlist_id=PLUl4u3cNGP63",
    f"https://consent.youtube.com/m?continue=https%3A%2F%2Fwww.youtube.com%2Fchannel%2F{CHANNEL}&gl=DE": f"{VIDEOS}?channel_id={CHANNEL}",
    "https://www.reddit.com/r/LocalLLaMA": "https://www.reddit.com/r/LocalLLaMA/.rss",
    "https://old.reddit.com/r/LocalLLaMA/comments/1abc/title/": "https://www.reddit.com/r/LocalLLaMA/.rss",
    "https://reddit.com/r/LocalLLaMA/top/?t=week": "https://www.reddit.com/r/LocalLLaMA/top/.rss?t=week",
    "https://www.reddit.com/u/spez": "https://www.reddit.com/user/spez/.rss",
    "https://www.reddit.com/search/?q=gemma+3&sort=new": "https://www.reddit.com/search.rss?q=gemma+3&sort=new",
    "https://www.reddit.com/r/a/search?q=x&restrict_sr=1": "https://www.reddit.com/r/a/search.rss?q=x&restrict_sr=1",
    "https://www.reddit.com/domain/example.org/": "https://www.reddit.com/domain/example.org/.rss",
    "https://github.com/o/r": "https://github.com/o/r/releases.atom",
    "https://github.com/o/r.git": "https://github.com/o/r/releases.atom",
    "https://www.github.com/o/r/issues?q=is%3Aopen": "https://github.com/o/r/releases.atom",
    "https://github.com/o/r/tree/main/docs": "https://github.com/o/r/commits/main.atom",
    "https://github.com/o/r/tags": "https://github.com/o/r/tags.atom",
    "https://github.com/o/r/discussions/12": "https://github.com/o/r/discussions.atom",
    "https://github.com/orgs/community/discussions": "https://github.com/orgs/community/discussions.atom",
    "https://github.com/openai": "https://github.com/openai.atom",
    "https://gitlab.com/group/sub/project/-/issues": "https://gitlab.com/group/sub/project/-/releases.atom",
    "https://gitlab.gnome.org/GNOME/gtk/": "https://gitlab.gnome.org/GNOME/gtk/-/releases.atom",
    "https://codeberg.org/forgejo/forgejo": "https://codeberg.org/forgejo/forgejo/releases.rss",
    "https://bsky.app/profile/karpathy.bsky.social/post/3k": "https://bsky.app/profile/karpathy.bsky.social/rss",
    "https://importai.substack.com/p/import-ai-400": "https://importai.substack.com/feed",
    "https://substack.com/@importai": "https://importai.substack.com/feed",
    "https://open.substack.com/pub/importai/p/x?r=1": "https://importai.substack.com/feed",
    "https://medium.com/@karpathy": "https://medium.com/feed/@karpathy",
    "https://medium.com/towards-data-science/a-post-12ab": "https://medium.com/feed/towards-data-science",
    "https://medium.com/netflix-techblog/tagged/ai": "https://medium.com/feed/netflix-techblog/tagged/ai",
    "https://medium.com/tag/llm/recommended": "https://medium.com/feed/tag/llm",
    "https://netflixtechblog.medium.com/": "https://netflixtechblog.medium.com/feed",
    "https://arxiv.org/list/cs.AI/recent": "https://rss.arxiv.org/rss/cs.AI",
    "https://arxiv.org/archive/cs": "https://rss.arxiv.org/rss/cs",
    "https://arxiv.org/a/lecun_y_1": "https://arxiv.org/a/lecun_y_1.atom",
    "https://arxiv.org/search/?query=sparse+experts&searchtype=all":
        "https://export.arxiv.org/api/query?search_query=all:sparse+experts&sortBy=submittedDate&sortOrder=descending&max_results=50",
    "https://huggingface.co/blog/smollm": "https://huggingface.co/blog/feed.xml",
    "https://huggingface.co/papers": "https://jamesg.blog/hf-papers.xml",
    "https://news.ycombinator.com": "https://hnrss.org/frontpage",
    "https://news.ycombinator.com/newest": "https://hnrss.org/newest",
    "https://news.ycombinator.com/show?p=2": "https://hnrss.org/show",
    "https://news.ycombinator.com/item?id=123": "https://hnrss.org/item?id=123",
    "https://news.ycombinator.com/user?id=pg": "https://hnrss.org/user?id=pg",
    "https://hn.algolia.com/?dateRange=all&query=llama+3&sort=byDate": "https://hnrss.org/newest?q=llama+3",
    "https://lobste.rs/t/ai": "https://lobste.rs/t/ai.json", "https://lobste.rs/": "https://lobste.rs/hottest.json", "https://lobste.rs/newest": "https://lobste.rs/newest.json",
    "https://dev.to/t/ai": "https://dev.to/feed/tag/ai",
    "https://dev.to/ben/a-post-12": "https://dev.to/feed/ben",
    "https://dev.to/": "https://dev.to/feed",
    "https://ai.wordpress.com/2026/01/02/x/": "https://ai.wordpress.com/feed/",
    "https://ai.wordpress.com/category/models/": "https://ai.wordpress.com/category/models/feed/",
    "https://www.tumblr.com/staff": "https://staff.tumblr.com/rss",
    "https://staff.tumblr.com/tagged/ai": "https://staff.tumblr.com/tagged/ai/rss",
    "https://research.blogspot.com/2026/01/x.html": "https://research.blogspot.com/feeds/posts/default",
    "https://research.blogspot.co.uk/search/label/ML": "https://research.blogspot.co.uk/feeds/posts/default/-/ML",
    "https://stackoverflow.com/questions/tagged/pytorch?tab=Newest": "https://stackoverflow.com/feeds/tag/pytorch",
    "https://ai.stackexchange.com/": "https://ai.stackexchange.com/feeds",
    "https://ai.stackexchange.com/questions/123/why": "https://ai.stackexchange.com/feeds/question/123",
    "https://news.google.com/search?q=ai&hl=en": "https://news.google.com/rss/search?q=ai&hl=en",
}  # fmt: skip


@pytest.mark.parametrize("page", KNOWN)
def test_a_page_of_a_known_site_leads_to_its_feed(page: str) -> None:
    assert of_site(page)[0] == KNOWN[page]


def test_a_repository_has_three_feeds_and_releases_stand_first() -> None:
    assert of_site("https://github.com/o/r/releases/tag/v1") == tuple(
        f"https://github.com/o/r/{what}.atom" for what in ("releases", "tags", "commits")
    )


@pytest.mark.parametrize(
    "page",
    [
        "https://news.example/", "https://github.com/", "https://github.com/topics/llm", "https://github.com/trending", "https://www.youtube.com/",
        "https://www.youtube.com/@TwoMinutePapers", "https://youtube.com.evil.example/channel/" + CHANNEL, "https://evilgithub.com/o/r", "https://medium.com/", "https://arxiv.org/abs/2501.00001",
        "https://huggingface.co/meta-llama", "https://consent.youtube.com/m", "https://substack.com/", "https://www.reddit.com/", "",
    ],
)  # fmt: skip
def test_other_pages_are_not_known(page: str) -> None:
    assert of_site(page) == ()


@pytest.mark.parametrize(
    "body",
    [
        f'{{"externalId":"{CHANNEL}"}}', f'<meta itemprop="identifier" content="{CHANNEL}">', f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
        f'"videoDetails":{{"channelId": "{CHANNEL}"}}',
    ],
)  # fmt: skip
def test_a_page_of_youtube_names_its_channel(body: str) -> None:
    for page in ("https://www.youtube.com/@TwoMinutePapers", "https://www.youtube.com/c/karoly", "https://www.youtube.com/watch?v=abc"):  # fmt: skip
        assert of_site(page, body.encode()) == (f"{VIDEOS}?channel_id={CHANNEL}",)
    assert of_site("https://news.example/@x", body.encode()) == ()


SHAPED = {
    "https://mastodon.social/@user": "https://mastodon.social/@user.rss",
    "https://sigmoid.social/@user/1234567": "https://sigmoid.social/@user.rss",
    "https://mastodon.social/@user@other.social": "https://other.social/@user.rss",
    "https://mastodon.social/users/user": "https://mastodon.social/@user.rss",
    "https://mastodon.social/tags/llm": "https://mastodon.social/tags/llm.rss",
    "https://blog.example/category/ai/": "https://blog.example/category/ai/feed/",
    "https://blog.example/it/tag/modelli": "https://blog.example/it/tag/modelli/feed/",
}


@pytest.mark.parametrize("page", SHAPED)
def test_a_path_may_tell_where_its_feed_is(page: str) -> None:
    assert of_shape(page) == (SHAPED[page],)


@pytest.mark.parametrize("page", ["https://www.youtube.com/@user", "https://www.threads.net/@user", "https://news.example/2026/x", "https://news.example"])  # fmt: skip
def test_most_paths_tell_nothing(page: str) -> None:
    assert of_shape(page) == ()


def test_an_endless_address_is_read_in_no_time() -> None:
    for host in ("github.com", "gitlab.com", "medium.com", "news.example", "x.wordpress.com", "arxiv.org"):
        page = f"https://{host}/" + "tag/a/" * 3000 + "?" + "q=a&" * 3000
        of_site(page)
        of_shape(page)
