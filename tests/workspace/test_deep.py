"""The deep check: what objects, references and rows say, and that it changes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mlops_desk.areas.datasets.dataset import AddDataset
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.child import Stop
from mlops_desk.kernel.errors import Cancelled
from mlops_desk.workspace import Workspace


@pytest.fixture
def kept(desk: Workspace, tmp_path: Path) -> Path:
    """Add a dataset, and return where its object lies."""
    source = tmp_path / "loans.csv"
    source.write_text("income,paid\n1,0\n2,1\n")
    desk.do(AddDataset(file=str(source), name="loans"))
    [path] = desk.objects.files()
    return path


def codes(desk: Workspace) -> list[str]:
    return [each.code for each in desk.verify(is_deep=True).findings]


def test_that_a_deep_check_reads_objects_and_makes_the_rows_anew(desk: Workspace, kept: Path) -> None:
    checked = desk.verify(is_deep=True)
    assert checked.is_sound
    assert checked.findings == ()
    assert checked.deep
    assert (checked.deep.objects, checked.deep.size_bytes) == (1, kept.stat().st_size)
    assert (checked.deep.references, checked.deep.absent) == (1, 0)
    assert checked.deep.digest == checked.deep.rebuilt == desk.digest()
    assert desk.verify().deep is None


def test_that_an_altered_object_is_named_and_a_missing_one_says_whose_machine_has_it(
    desk: Workspace, kept: Path
) -> None:
    content = kept.read_bytes()
    kept.write_bytes(content[:-1] + b"9")
    altered = desk.verify(is_deep=True)
    assert not altered.is_sound
    [finding] = altered.findings
    assert finding.code == "altered-object"
    assert finding.place == f"objects/sha256/{kept.name[:2]}/{kept.name}"
    kept.unlink()
    absent = desk.verify(is_deep=True)
    assert absent.is_sound, "what is not here yet is a note"
    assert [each.code for each in absent.findings] == ["absent-object"]
    assert "loans@1: needs the object from the machine of Ana Lima" in absent.findings[0].sentence


def test_that_rows_that_somebody_changed_in_the_store_are_found(desk: Workspace) -> None:
    desk.do(RULES.act("kpi.add", name="Time"))
    desk._database.sql("UPDATE kpi SET name = 'Tame'")
    assert codes(desk) == ["rows-differ"]
    desk.rebuild()
    assert codes(desk) == []


def test_that_a_check_remembers_nothing_and_ends_when_somebody_wishes_it(
    desk: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.publish()
    monkeypatch.setenv("MLOPS_DESK_HOME", str(tmp_path / "other"))
    with Workspace(desk.project.folder) as reader:
        shutil.rmtree(reader.project.seen)
        assert reader.verify(is_deep=True).is_sound
        assert not reader.project.seen.exists()
        assert [each.name for each in reader.project.cache.iterdir() if each.is_dir()] == []
        stop = Stop()
        stop.set()
        with pytest.raises(Cancelled):
            reader.verify(stop=stop)


def test_that_every_line_has_one_verdict_and_json_keeps_its_keys(
    desk: Workspace, kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.publish()
    [file] = desk.project.journals.rglob("*.jsonl")
    file.write_bytes(file.read_bytes() + b"junk\n")
    kept.unlink()
    project = ["--project", str(desk.project.folder)]
    capsys.readouterr()
    assert run(["verify", "--deep", "--json", *project]) == 1
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["lines", "verdicts", "findings", "deep", "sound"]
    assert found["lines"] == 3
    assert found["verdicts"] == {"malformed": 1, "ok": 2}
    assert [each["code"] for each in found["findings"]] == ["malformed", "absent-object"]
    assert list(found["findings"][0]) == ["code", "place", "sentence", "line", "author", "grave"]
    assert list(found["deep"]) == ["objects", "size_bytes", "references", "absent", "digest", "rebuilt"]
    assert run(["verify", "--deep", *project]) == 1
    said = capsys.readouterr().out
    assert "1 malformed, 2 ok" in said
    assert "0 objects read again (0.0 MB); rows name 1, of which 1 are not on this machine." in said
    assert "The trail is sound" not in said
