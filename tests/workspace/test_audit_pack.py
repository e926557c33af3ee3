"""The audit pack: whoever unpacks it can check it without the desk, and nothing is in it that must stay here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from mlops_desk.areas.datasets.column import Classify
from mlops_desk.areas.datasets.dataset import AddDataset
from mlops_desk.areas.governance.answer import AnswerItem
from mlops_desk.areas.governance.checklist import items_of
from mlops_desk.areas.governance.gate import AskGate
from mlops_desk.cli.main import run
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled, NotKnownHere
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Workspace
from mlops_desk.workspace.audit_pack import export_audit

SECRET = "anna.hidden@example.org"


@pytest.fixture
def lent(desk: Workspace, tmp_path: Path) -> Workspace:
    """Add data that nobody classed, and data that is public, and ask for a gate on the latter."""
    for name, text in (("people", f"mail,paid\n{SECRET},1\n"), ("rates", "year,rate\n2025,3\n2026,2\n")):
        (tmp_path / f"{name}.csv").write_text(text)
        desk.do(AddDataset(file=str(tmp_path / f"{name}.csv"), name=name))
    for column in ("year", "rate"):
        desk.do(Classify(dataset="rates", column=column, security="public"))
    desk.do(AskGate(gate="G2", subject="rates@1"))
    return desk


def pack(desk: Workspace, subject: str, tmp_path: Path, name: str = "pack") -> Path:
    """Export, unpack, and return the folder."""
    export_audit(desk, subject, str(tmp_path / f"{name}.zip"), silent, Stop())
    with zipfile.ZipFile(tmp_path / f"{name}.zip") as packed:
        packed.extractall(tmp_path / name)
    return tmp_path / name


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier of a pack in an interpreter that knows nothing of this checkout."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MLOPS"))}
    command = [sys.executable, "-I", "verify_journal.py", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=plain, timeout=60)


def test_that_a_pack_proves_itself_and_any_flipped_byte_is_named(lent: Workspace, tmp_path: Path) -> None:
    folder = pack(lent, "rates@1", tmp_path)
    sound = check(folder)
    assert (sound.returncode, sound.stderr) == (0, "")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    assert {"README.txt", "SHA256SUMS", "desk.toml", "report/audit.html", "verify_journal.py"} <= set(names)
    for path, name in zip(files, names, strict=True):
        whole = path.read_bytes()
        place = 5 if name == "verify_journal.py" else len(whole) // 2  # a letter of its first sentence
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        altered = check(folder)
        assert altered.returncode == 1, name
        assert name in altered.stdout or name == "SHA256SUMS"
        if name.startswith("journals/"):
            assert f"{name}, byte " in altered.stdout
        path.write_bytes(whole)
    assert check(folder).returncode == 0


def test_that_equal_entries_give_equal_bytes(lent: Workspace, tmp_path: Path) -> None:
    pack(lent, "rates@1", tmp_path, "one")
    lent.publish()
    pack(lent, "rates@1", tmp_path, "two")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_that_personal_data_stays_and_is_named_by_hash_size_and_reason(lent: Workspace, tmp_path: Path) -> None:
    folder = pack(lent, "people@1", tmp_path)
    assert not (folder / "objects").exists()
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything
    assert str(tmp_path).encode() not in everything, "no path of this machine either"
    report = json.loads((folder / "report/audit.json").read_bytes())
    said = json.dumps(report)
    [digest] = [path.name for path in lent.objects.files() if SECRET in path.read_text()]
    assert digest in said
    assert "not every column of its data is confirmed" in said


def test_that_public_data_is_inside(lent: Workspace, tmp_path: Path) -> None:
    folder = pack(lent, "rates@1", tmp_path)
    [inside] = (folder / "objects").rglob("[0-9a-f]" * 64)
    assert inside.read_text().startswith("year,rate")


def test_that_the_report_names_answers_with_their_entries(lent: Workspace, tmp_path: Path) -> None:
    lent.act_as("data-scientist", remember=False)
    item = next(each.id for each in items_of("G2") if each.answering_role == "data-scientist")
    lent.do(AnswerItem(item=item, subject="rates@1", choice="partly", note="Half of it."))
    report = (pack(lent, "rates@1", tmp_path) / "report/audit.json").read_text()
    [line] = lent.ask(lambda rows: rows.sql("SELECT line FROM answer"))[0]
    assert item in report
    assert line in report


def test_that_a_gate_asked_for_means_its_thing_and_nonsense_is_refused(lent: Workspace, tmp_path: Path) -> None:
    [request] = lent.ask(lambda rows: rows.sql("SELECT id FROM gate_request"))[0]
    made = export_audit(lent, request, str(tmp_path / "a.zip"), silent, Stop())
    assert (made.subject, made.inside, made.by_hash) == ("rates@1", 1, 0)
    with pytest.raises(NotKnownHere):
        export_audit(lent, "nothing", str(tmp_path / "b.zip"), silent, Stop())
    stop = Stop()
    stop.set()
    with pytest.raises(Cancelled):
        export_audit(lent, "rates@1", str(tmp_path / "b.zip"), silent, stop)
    assert not (tmp_path / "b.zip").exists()


def test_that_the_shell_writes_it_and_says_what_is_inside(
    lent: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "audit", "rates@1", "--project", str(lent.project.folder), "--json", "-o"]
    assert run([*words, str(tmp_path / "c.zip")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["subject", "file", "size_bytes", "sha256", "lines", "inside", "by_hash"]
    assert run([*words, str(tmp_path / "no" / "c.zip")]) == 1
