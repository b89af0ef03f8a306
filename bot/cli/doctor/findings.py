"""What the doctor finds: one sentence each, with what to do where something is wrong."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from rich.console import Console

from bot.pipeline.entries.urls import mask_secrets


class State(StrEnum):
    """How something is."""

    WELL = "well"
    NOTE = "note"
    """Worth knowing, and nothing that must be mended."""
    PROBLEM = "problem"


SIGNS = {State.WELL: "✓", State.NOTE: "–", State.PROBLEM: "✗"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one part. `details` are single cases; each of what is broken is one to mend."""

    part: str
    state: State
    text: str
    details: tuple[str, ...] = ()

    @property
    def to_mend(self) -> int:
        """How many things are to be mended here."""
        return max(1, len(self.details)) if self.state is State.PROBLEM else 0


def well(part: str, text: str, *details: str) -> Finding:
    """Return that a part is well."""
    return Finding(part=part, state=State.WELL, text=text, details=details)


def note(part: str, text: str, *details: str) -> Finding:
    """Return what is worth knowing of a part."""
    return Finding(part=part, state=State.NOTE, text=text, details=details)


def problem(part: str, text: str, *details: str) -> Finding:
    """Return what is wrong with a part, and what to do."""
    return Finding(part=part, state=State.PROBLEM, text=text, details=details)


def show(finding: Finding, console: Console) -> None:
    """Print a finding for a person."""
    line = f"{SIGNS[finding.state]} {finding.part}: {mask_secrets(finding.text)}"
    console.print(line, markup=False, soft_wrap=True)
    for detail in finding.details:
        console.print(f"    {mask_secrets(detail)}", markup=False, soft_wrap=True)


def as_data(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings for a program: whether all is well, how much is to be mended, and each finding."""
    to_mend = sum(finding.to_mend for finding in findings)
    parts = [
        {**asdict(f), "text": mask_secrets(f.text), "details": [mask_secrets(d) for d in f.details]}
        for f in findings
    ]
    return {"well": not to_mend, "to_mend": to_mend, "findings": parts}
