"""The place for objects, as commands set it and refuse what cannot be one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlops_desk.cli.main import run


def test_that_the_place_is_a_folder_outside_the_project(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(*words: str, code: int = 0) -> str:
        assert run(["objects", *words, "--project", str(folder)]) == code
        found = capsys.readouterr()
        return found.out + found.err

    place, inside = tmp_path / "stick", folder / "data"
    place.mkdir()
    inside.mkdir()
    assert "No record names an object yet." in typed("list")
    assert "No place for objects is set" in typed("remote")
    assert "lies in the project" in typed("remote", str(inside), code=1)
    assert "There is no folder" in typed("remote", str(tmp_path / "none"), code=1)
    assert "There is no folder" in typed("remote", "s3://bucket", code=1)
    assert str(place) in typed("remote", str(place))
    assert "No object belongs to “other”" in typed("send", "other", code=1)
    assert "Nothing was sent" in typed("send")
    assert "not allowed with" in typed("remote", str(place), "--none", code=2)
    assert json.loads(typed("remote", "--none", "--json")) == {"remote": None}
