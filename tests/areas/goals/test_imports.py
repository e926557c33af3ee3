"""Imports of check-ins: all rows or the good ones, once however often, and nothing comes back that was withdrawn."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlops_desk.areas.goals import imports
from mlops_desk.areas.goals.imports import ImportCheckIns
from mlops_desk.areas.goals.kpi import CheckIn, WithdrawCheckIn
from mlops_desk.cli.main import run
from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.check_in_file import check_ins_of
from mlops_desk.workspace import Workspace
from tests.areas.facts import do

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "day,kpi,value,note\n2026-10-01,Use,40,\n2026-10-08,Use,41.5,a note\n2026-10-08,Wait,7,\n"


@pytest.fixture
def importing(desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Import a text as a file and return what was said; read here, since a child process for each takes a second."""
    monkeypatch.setattr("mlops_desk.workspace.bench.WorkBench.work", lambda _bench, _task, job: check_ins_of(job))
    for name in ("Use", "Wait"):
        do(desk, "kpi.add", name=name, target=50.0)

    def done(content: str, **values: Any) -> str:
        path = tmp_path / "values.csv"
        path.write_text(content, encoding="utf-8")
        return desk.do(ImportCheckIns(file=str(path), **values)).said

    return done


def values(desk: Workspace) -> list[float]:
    return sorted(each.value for each in desk.ask(lambda rows: rows.find(CheckIn)))


def test_that_a_file_is_imported_once_however_often(desk: Workspace, importing: Callable[..., str]) -> None:
    assert importing(FILE) == "3 values imported."
    found = desk.ask(lambda rows: rows.find(CheckIn, "value = 41.5"))[0]
    assert (found.source, found.note, found.data) == ("file", "a note", sha256(FILE.encode()).hexdigest())
    assert importing(FILE) == "0 values imported. 3 were known already."
    assert importing(FILE + "2026-10-15,Use,43,\n") == "1 value imported. 3 were known already."
    assert values(desk) == [7.0, 40.0, 41.5, 43.0]


def test_that_what_was_withdrawn_does_not_come_back_with_the_file(
    desk: Workspace, importing: Callable[..., str]
) -> None:
    importing(FILE)
    wrong = desk.ask(lambda rows: rows.find(CheckIn, "value = 7"))[0]
    do(desk, WithdrawCheckIn(check_in=wrong.id, reason="of another branch"))
    importing(FILE)
    assert values(desk) == [40.0, 41.5]


def test_that_one_bad_row_stops_all_unless_the_good_ones_are_wished(
    desk: Workspace, importing: Callable[..., str]
) -> None:
    bad = (
        FILE + "2026-10-15,Moon,1,\n2999-01-01,Use,1,\n2026-10-01,Use,39,\n2026-10-22,Use,x,\n,Use,2,\n2026-10-23,,3,\n"
    )
    told = (
        "row 5: there is no KPI “Moon”; row 6: 2999-01-01 has not come yet; row 7: row 2 has another value for the "
        "same day; row 8: “x” is not a number; row 9: there is no day; row 10: it names no KPI"
    )
    with pytest.raises(DeskError) as refused:
        importing(bad)
    assert refused.value.sentence == f"6 of 9 rows cannot be taken: {told}."
    assert values(desk) == []
    assert importing(bad, only_good=True) == f"3 values imported. Left out: {told}."
    assert values(desk) == [7.0, 40.0, 41.5]


def test_that_many_bad_rows_are_counted_and_the_first_ones_told(importing: Callable[..., str]) -> None:
    with pytest.raises(DeskError) as refused:
        importing("day,kpi,value\n" + "x,Use,1\n" * 30)
    assert refused.value.sentence.startswith("30 of 30 rows cannot be taken: row 2: ")
    assert refused.value.sentence.endswith("; 20 more.")


def test_that_more_than_an_entry_holds_waits_for_the_next_time(
    desk: Workspace, importing: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_NEW", 2)
    assert importing(FILE) == "2 values imported. 1 more waits: import again."
    assert importing(FILE) == "1 value imported. 2 were known already."
    assert len(values(desk)) == 3


def test_that_the_fullest_import_fits_into_an_entry(desk: Workspace, importing: Callable[..., str]) -> None:
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    said = importing("day,value,note\n" + "".join(f"{day},0.1234567890123,{'ä' * 400}\n" for day in days), kpi="Use")
    assert "more wait: import again" in said
    said = importing("day,value\n" + "".join(f"{day},0.9876543210123\n" for day in days), kpi="Wait")
    assert said == f"{len(days)} values imported."


def test_that_the_columns_are_remembered_on_this_machine(desk: Workspace, importing: Callable[..., str]) -> None:
    odd = "when,what\n2026-10-01,40\n"
    with pytest.raises(DeskError, match="has no column “day”"):
        importing(odd, kpi="Use")
    assert importing(odd, kpi="Use", day_column="when", value_column="what") == "1 value imported."
    assert importing("when,what\n2026-10-02,41\n", kpi="Use") == "1 value imported."
    assert values(desk) == [40.0, 41.0]


def test_that_the_command_line_imports_a_file_in_a_child_process(desk: Workspace, tmp_path: Path, capsys) -> None:
    do(desk, "kpi.add", name="Use")
    path = tmp_path / "values.csv"
    path.write_text("day,value\n2026-10-01,40\n", encoding="utf-8")
    project = ["--project", str(desk.project.folder)]
    assert run([*project, "kpi", "import", str(path), "--kpi", "Use"]) == 0
    assert "1 value imported." in capsys.readouterr().out
    assert run([*project, "kpi", "import", str(path), "--kpi", "Use"]) == 0
    assert "1 was known already." in capsys.readouterr().out
    assert run([*project, "kpi", "import", str(tmp_path / "no.csv"), "--kpi", "Use"]) == 1
    assert "There is no file no.csv." in capsys.readouterr().err
