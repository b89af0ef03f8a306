"""Files in repositories that are shown as pages: which project they are of, by their address.

Programs that show repositories (GitHub, GitLab, Gitea, cgit, sourcehut) write the branch into the address
of a file, behind the project.
"""

import re
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from bot.feeds.kinds.versions import any_spelling, is_bare_version
from bot.text.words import fold

_FILE = re.compile(r"(?i:.+\.(?:md|markdown|mdx|rst|txt|adoc|org))|[A-Z][A-Z_-]{2,30}")
_BEHIND_PROJECT = frozenset("- blob raw src tree blame plain main master develop trunk head refs".split())
"""What stands behind a project in the address of one of its files: how it is shown, or a branch."""

FEWEST_STEPS = 3
"""A project, what stands behind it, and the file."""

_WORD = re.compile(r"[^\W_]+")


def project_of(address: str) -> str:
    """Return the project of which an address shows a file, empty where it shows none."""
    steps = _steps(address)
    if len(steps) < FEWEST_STEPS or not _FILE.fullmatch(steps[-1]):
        return ""
    for project, behind in pairwise(steps[:-1]):
        if behind.lower() in _BEHIND_PROJECT or is_bare_version(behind):
            return project.removesuffix(".git").lstrip("~")
    return ""


def names_of_project(project: str, address: str, heading: str, title: str) -> list[str]:
    """Return what the project of a file is called, the best name first: the heading of the file where its
    words stand in the address, too, and the project as the title of the page spells it.
    """
    own_words = {fold(word) for step in _steps(address)[:-1] for word in _WORD.findall(step)}
    words = {fold(word) for word in _WORD.findall(heading)}
    name = heading if heading.startswith("@") else heading.rpartition("/")[2].strip()
    spellings = any_spelling(project).findall(title)
    return [name if words & own_words else "", spellings[-1] if spellings else project]


def _steps(address: str) -> list[str]:
    return [step for step in unquote(urlsplit(address).path).split("/") if step]
