"""The act that makes a report: a whole file or none, a sentence when it cannot, and a note if it is wished for."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from mlops_desk.areas.reports.report import MakeReport, ReportMade
from mlops_desk.cli.main import run
from mlops_desk.kernel import clock
from mlops_desk.kernel.errors import DeskError
from mlops_desk.workspace import Workspace
from tests.areas.reports.lived import do


def refusal(desk: Workspace, output: str, **values: object) -> DeskError:
    with pytest.raises(DeskError) as caught:
        desk.do(MakeReport(output=output, **values))  # type: ignore[arg-type]
    return caught.value


def test_that_a_file_is_made_and_nothing_is_recorded(desk: Workspace, tmp_path: Path):
    before = desk.digest()
    changes = desk.do(MakeReport(output=str(tmp_path / "r.json"), format="json"))
    assert changes.said == f"Wrote {tmp_path / 'r.json'}."
    assert changes.line == ""
    assert json.loads((tmp_path / "r.json").read_bytes())["project"] == "Loan risk"
    assert desk.digest() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_that_a_name_that_says_another_format_is_refused(desk: Workspace, tmp_path: Path):
    refused = refusal(desk, str(tmp_path / "x.csv"))
    assert (refused.code, refused.sentence) == ("REPORT-106", "x.csv would hold PDF.")
    assert not (tmp_path / "x.csv").exists()
    desk.do(MakeReport(output=str(tmp_path / "x.report"), format="json"))


def test_that_who_is_no_member_reads_the_report_and_notes_nothing(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = desk.project.folder
    desk.publish()
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "elsewhere"))
    with Workspace(folder) as guest:
        assert guest.member is None
        lines = guest.verify().lines
        assert guest.do(MakeReport(output=str(tmp_path / "r.json"), format="json")).said.startswith("Wrote ")
        assert refusal(guest, str(tmp_path / "noted.json"), format="json", note_it=True).code == "REPORT-112"
        assert guest.verify().lines == lines
    assert (tmp_path / "r.json").exists()
    assert not (tmp_path / "noted.json").exists()


def test_that_a_note_holds_the_hash_and_no_folder(desk: Workspace, tmp_path: Path):
    desk.do(MakeReport(output=str(tmp_path / "r.pdf"), note_it=True))
    [note] = desk.ask(lambda rows: rows.find(ReportMade))
    made = (tmp_path / "r.pdf").read_bytes()
    assert (note.file, note.format, note.size_bytes) == ("r.pdf", "pdf", len(made))
    assert note.sha256 == sha256(made).hexdigest()
    assert note.as_of == clock.today()
    assert note.heads[0].seq >= 1


def test_that_a_place_that_cannot_be_is_refused_before_the_work(desk: Workspace, tmp_path: Path):
    (tmp_path / "folder.pdf").mkdir()
    assert refusal(desk, str(tmp_path / "folder.pdf")).code == "REPORT-101"
    assert refusal(desk, "").code == "REPORT-101"
    assert refusal(desk, "/dev/null").code == "REPORT-102"
    assert refusal(desk, str(tmp_path / "none" / "r.pdf")).code == "REPORT-103"
    assert refusal(desk, str(tmp_path / "r.pdf"), as_of=clock.today() + timedelta(days=1)).code == "REPORT-110"
    assert refusal(desk, str(tmp_path / "r.pdf"), as_of=date(1, 1, 1)).code == "REPORT-111"
    assert not (tmp_path / "r.pdf").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_that_a_folder_without_rights_is_refused(desk: Workspace, tmp_path: Path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert refusal(desk, str(locked / "r.pdf")).code == "REPORT-104"


def test_that_what_stood_there_stays_when_the_work_fails(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = tmp_path / "r.md"
    place.write_text("old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert refusal(desk, str(place), format="md").code == "REPORT-105"
    assert place.read_text() == "old"
    assert list(tmp_path.glob(".r.md-*")) == []


def test_that_the_command_takes_o_and_says_what_it_did(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with Workspace(folder) as desk:
        do(desk, "kpi.add", name="Time")
    assert run(["--project", str(folder), "report", "kpi", "-o", str(tmp_path / "a.md"), "--format", "md"]) == 0
    assert capsys.readouterr().out == f"Wrote {tmp_path / 'a.md'}.\n"
    words = ["--project", str(folder), "report", "kpi", "--output", str(tmp_path / "a.csv"), "--format", "csv"]
    assert run([*words, "--note-it"]) == 0
    assert run(["--project", str(folder), "report", "list"]) == 0
    assert "a.csv" in capsys.readouterr().out
    assert run(["--project", str(folder), "report", "show", "a.csv"]) == 0
    assert "sha256" in capsys.readouterr().out
