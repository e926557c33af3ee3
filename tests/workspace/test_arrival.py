"""Lines of many that arrive at once: whose journal comes first decides how much has to wait, never what counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desk.catalogue import RULES
from mlops_desk.journal.entry import line_id
from mlops_desk.workspace import intake
from mlops_desk.workspace.reading import Raw


def raw(device: str, line: bytes) -> Raw:
    return Raw(line_id(line), device, line, Path("x"), 0, is_shared=True)


def test_that_journals_that_speak_of_the_team_come_first_in_their_own_order() -> None:
    given = [raw("a", b"1"), raw("b", b"2"), raw("c", b"3"), raw("b", b'4 "kind":"roster.admit"'), raw("a", b"5")]
    assert [each.line[:1] for each in intake._owners_first(given)] == [b"2", b"4", b"1", b"3", b"5"]


@pytest.mark.parametrize("batch", [1, 3])
def test_that_small_batches_give_the_same_rows(desk, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    for number in range(4):
        desk.do(RULES.act("kpi.add", name=f"K{number}"))
    kept = desk.digest()
    monkeypatch.setattr(intake, "BATCH_LINES", batch)
    desk.rebuild()
    assert desk.digest() == kept
