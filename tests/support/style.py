"""How the code is named and formed, in figures: `python -m tests.support.style [FOLDER]`, as `make style` prints it.

Counted are the names that modules, functions and classes of a folder bind (variables, arguments, functions, classes), by one rule for
any codebase, so that others can be held beside ours. A participle, pronoun or adverb is a name whose last word is in `NO_NOUNS`;
names of booleans (`is_…`, annotated `bool`) may be. What is aimed at stands in the last column.
"""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

NO_NOUNS = frozenset(
    """
about above again ago all alone already also any apart around aside away behind below beside besides between both done
each either elsewhere else ever every further here hence how if instead into its it mine near nearly neither never
none not often once one ones only other others otherwise our ours own per rather same several so some soon still such
than that their theirs them then there these they this those thus together too twice very we well what whatever when
where which while who whoever whole whom whose why with within without yet added agreed aged allowed announced
answered apart arranged asked asking assumed awake backed barred based begun beaten bound bounded bought broken
brought built called capped carried caught changed chosen claimed cleaned clipped closed come compiled composed
confirmed connected counted covered dated decided declared deferred defined denied doubted drawn dropped edited ended
escaped expected failed fallen filled filtered finished fixed folded followed forgotten found framed freed given gone
grouped grown guessed heard held hidden honoured indexed interrupted joined judged kept killed known labelled landed
learned left listed located locked looked lost made marked masked matched meant measured merged met missed moved named
needed noted numbered offered opened ordered overtaken packed paid parsed parted passed paused picked placed planned
posted pressed printed proposed proven queued quoted ranked reached recalled received recorded refused remembered
removed renamed repeated replaced reported resolved retold returned rounded said scaled seen sent served settled
shaped shared shifted shipped shown silenced skipped slowed sorted spelled spent split spoken squeezed stalled stamped
started stated stood stopped stored stripped struck taken taught thought told touched translated tried trimmed turned
typed understood used voiced waited wanted warned widened woken won worded worn written wrapped asks begins brings
carries comes ends falls gets gives goes keeps makes meets opens puts reads says sees sends sets stands takes tells
wants
""".split()
)
"""Participles, pronouns, adverbs, determiners and verbs of the third person, as last words of names that are no nouns.

Moments (`now`, `since`, `before`) and places in an order (`first`, `last`) are left out: they are what such values are called."""

DESCRIPTIVE = re.compile(r"^_*(?:is|has|are|was|can|may|must|should|needs|will|does|holds|knows)_")
AIMS = {
    "participles": "< 3",
    "single words": "< 50",
    "several meanings": "< 8",
    "long lines": "< 50",
    "fmt: skip": "< 15",
    "complexity": "<= 6",
}


@dataclass(slots=True)
class Style:
    """What is counted of one folder."""

    names: Counter[str] = field(default_factory=Counter)
    functions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    long_lines: int = 0
    unformatted: int = 0
    modules: int = 0

    def participles(self) -> list[tuple[str, int]]:
        """Return the names that are no nouns, the most frequent first, with how often each is bound."""
        return [(name, count) for name, count in self.names.most_common() if is_participle(name)]


def is_participle(name: str) -> bool:
    """Tell whether the last word of a name is no noun."""
    words = [word for word in name.strip("_").split("_") if word]
    return bool(words) and words[-1].lower() in NO_NOUNS and not DESCRIPTIVE.match(name)


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Give every name that a module binds, once for each place; what is annotated as a boolean is left out."""
    flags = {
        id(node.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "bool"
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in flags:
            yield node.id
        elif isinstance(node, ast.arg) and not (node.annotation and ast.unparse(node.annotation) == "bool"):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not (node.returns and ast.unparse(node.returns) == "bool"):
                yield node.name
        elif isinstance(node, ast.ClassDef):
            yield node.name


def measure(folder: Path) -> Style:
    """Return what is counted of the Python files of a folder, without migrations."""
    style = Style()
    for path in sorted(folder.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        style.modules += 1
        style.names.update(name for name in bound_names(tree) if not name.startswith("__") and name != "_")
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                style.functions[node.name].add(str(path))
        style.long_lines += sum(len(line) > 110 for line in text.splitlines())
        style.unformatted += text.count("# fmt: skip")
    return style


def complexities(folder: Path) -> list[int]:
    """Return the cyclomatic complexity of every function (McCabe, as ruff's C901 counts it), smallest first."""
    ruff = Path(sys.executable).with_name("ruff")
    lint = [str(ruff), "check", str(folder), "--isolated", "--select", "C901", "--config", "lint.mccabe.max-complexity=0", "--output-format", "concise"]  # fmt: skip
    printed = subprocess.run(lint, capture_output=True, text=True, check=False).stdout
    return sorted(int(number) for number in re.findall(r"is too complex \((\d+) > 0\)", printed))


def main() -> None:
    """Print the figures of a folder, and which names are behind the first."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "bot")
    style = measure(folder)
    bindings = sum(style.names.values())
    participles = style.participles()
    functions = style.functions
    single = [name for name in functions if "_" not in name.strip("_")]
    public = {name: files for name, files in functions.items() if not name.startswith("_")}
    several = [name for name, files in public.items() if len(files) > 1]
    scores = complexities(folder)
    rows = [
        ("participles, pronouns, adverbs among bound names, %", 100 * sum(n for _, n in participles) / bindings, AIMS["participles"]),
        ("function names of a single word, %", 100 * len(single) / len(functions), AIMS["single words"]),
        ("public function names in several modules, %", 100 * len(several) / len(public), AIMS["several meanings"]),
        ("lines over 110 columns", style.long_lines, AIMS["long lines"]),
        ("fmt: skip", style.unformatted, AIMS["fmt: skip"]),
        ("complexity, 90th percentile", scores[int(0.9 * len(scores))] if scores else 0, AIMS["complexity"]),
    ]  # fmt: skip
    for name, value, aim in rows:
        print(f"{name:55} {value:8.1f}   {aim}")
    print("most frequent: " + " ".join(f"{name}:{count}" for name, count in participles[:60]))
    print("several modules: " + " ".join(sorted(several)))


if __name__ == "__main__":
    main()
