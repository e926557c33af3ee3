"""Lines of many that arrive at once: whose journal comes first decides how much has to wait, never what counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from mlops_desk.areas.team.member import ChangeRoles
from mlops_desk.catalogue import RULES
from mlops_desk.journal import keys
from mlops_desk.journal.chain import Claim, Judge, Place, Verdict
from mlops_desk.journal.entry import line_id
from mlops_desk.projection.lines import Ledger
from mlops_desk.workspace import Workspace, intake, memory
from mlops_desk.workspace.reading import Raw, Reading
from tests.reliability import hostile

tips = Ledger.tips


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


def test_that_what_was_just_remembered_is_not_read_again_and_what_another_process_remembered_is(
    folder: Path, home: Path
) -> None:
    with Workspace(folder) as desk:
        reading = Reading(desk.project, {})
        author = keys.from_seed(b"\x05" * 32).device
        lines = [Raw(f"{number}", author, b"x" * 99 + b"%d" % number, folder, 0, is_shared=True) for number in range(9)]
        reading.keep(reading.remember(lines[:3]))
        reading.keep(reading.remember(lines[3:5]))
        assert _found(reading, author) == []
        memory.remember(desk.project, {author: [lines[5].line]})
        assert reading.remember(lines[6:7]) == [], "something stands before it that was not read here"
        assert _found(reading, author) == [lines[5].line, lines[6].line]


def _found(reading: Reading, author: str) -> list[bytes]:
    batch = reading.new()
    reading.keep(batch.cursors)
    return [raw.line for raw in batch.raws.values() if raw.device == author]


def test_that_a_memory_larger_than_a_file_may_be_is_read_back_whole(desk: Workspace) -> None:
    author = keys.from_seed(b"\x05" * 32).device
    lines = [b"%08d" % number + b"x" * 200_000 for number in range(50)]  # 10 MB of one machine, at once
    memory.remember(desk.project, {author: lines})
    assert memory.lines_of(desk.project.seen / author) == set(lines)


def test_that_lines_that_wait_for_ever_are_not_judged_again_until_what_they_wait_for_may_have_come(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile.body({"roster": ["n" * 43]})(desk.project, tmp_path)  # cites an entry about the team that nobody has
    desk.refresh()
    assert [each.code for each in desk.findings()] == ["waiting-roster"]
    judged: list[str] = []
    judge = Judge.judge

    def counted(self: Judge, claims: Iterable[Claim], placed: Mapping[str, Place]) -> dict[str, Verdict]:
        given = list(claims)
        judged.extend(each.device for each in given)
        return judge(self, given, placed)

    monkeypatch.setattr(Judge, "judge", counted)
    monkeypatch.setattr(Ledger, "tips", lambda _ledger: pytest.fail("the ends of all journals are known"))
    for number in range(3):
        desk.do(RULES.act("kpi.add", name=f"K{number}"))
    assert judged == [desk.device] * 6, "each act before it is written and when it is taken in, and nothing else"
    monkeypatch.setattr(Ledger, "tips", tips)
    desk.do(ChangeRoles(member="Ana Lima", roles=("owner", "data-scientist")))
    assert hostile.STRANGER.device in judged, "an entry about the team may be the one"
