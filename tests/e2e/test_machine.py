"""A real disk that is full in the middle of a delivery of the real program: the short form of what `make bench-delivery` does."""

from pathlib import Path

import pytest

from tests.doubles.machine import Missing
from tests.proof import machine
from tests.proof.faults import Fault, suffer
from tests.proof.launch import Lives
from tests.proof.run import GROUP, evening


@pytest.mark.timeout(120)
async def test_a_full_disk_loses_nothing_and_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "LASTS", 3.0)
    prepared = await evening(GROUP, tmp_path / "evening")
    try:
        async with Lives.open() as server:
            row = await suffer(server, prepared, Fault("full", machine.full), tmp_path / "town")
    except Missing as error:
        pytest.skip(str(error))
    assert row.where == []
    assert (row.delivered, row.lost, row.repeated) == (row.expected, 0, 0)
