"""What every benchmark shares: reading JSON lines, and saying the result twice, for programs and for people."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Figures = Mapping[str, Any]


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser with what all benchmarks take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, help="where to write what was decided per item, as JSON lines")
    return parser


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def say(name: str, figures: Figures) -> None:
    """Print a result as a JSON line, and the plain figures of it for people."""
    print(json.dumps({"file": name, **_rounded(figures)}, ensure_ascii=False), flush=True)
    flat = {key: value for key, value in figures.items() if isinstance(value, (int, float))}
    shown = "  ".join(f"{key} {_short(value)}" for key, value in flat.items())
    print(f"{name:<40} {shown}", file=sys.stderr)


def write(path: Path | None, items: Iterable[Figures]) -> None:
    """Write decisions per item, if a place for them is named."""
    if path is not None:
        path.write_text(
            "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8"
        )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return value


def _short(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}" if value < 100 else f"{value:,.0f}"


def f1(p: float, r: float) -> float:
    """Return the harmonic mean of precision and recall."""
    return 2 * p * r / (p + r) if p + r else 0.0


def mean(values: Sequence[float]) -> float:
    """Return the mean, 0 for none."""
    return sum(values) / len(values) if values else 0.0
