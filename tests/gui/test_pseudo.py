"""The whole window in a language that nobody speaks: nothing is cut though all is longer, and nothing is left over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication

from mlops_desk.catalogue import RULES
from mlops_desk.gui.app import application, speak
from mlops_desk.gui.places import places
from tests.architecture.house import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the variables under which a process speaks the pseudo-language."""
    folder = tmp_path_factory.mktemp("locale")
    line = [sys.executable, "packaging/words.py", "--pseudo", str(folder)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True)
    return {"LANGUAGE": "en_XA", "MLOPS_DESK_LOCALE": str(folder), "PYTHONPATH": str(ROOT)}


@pytest.mark.slow
def test_that_every_page_home_form_and_dialog_has_room_for_longer_words_and_leaves_none_in_english(
    project: Path, pseudo: dict[str, str], elsewhere: Callable[..., None]
):
    elsewhere(RULES.acts["kpi.add"](name="Time to decision"))
    answer = subprocess.run(
        [sys.executable, "-m", "tests.gui.pseudo_walk", str(project)],
        cwd=ROOT,
        env={**os.environ, **pseudo},
        capture_output=True,
        check=False,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    found = json.loads(answer.stdout)
    seen = {each.partition("-")[0] for each in found["seen"]}
    assert {place.name for place in places()} | {"form", "dialog", "panel"} <= seen
    assert len(found["seen"]) > 120
    assert found["cut"] == []
    assert found["lone"] == []


def test_that_the_command_line_speaks_the_language_too(home: Path, pseudo: dict[str, str]):
    answer = subprocess.run(
        [sys.executable, "-m", "mlops_desk", "kpi", "add", "--help"],
        cwd=ROOT,
        env={**os.environ, **pseudo},
        capture_output=True,
        check=False,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    said = " ".join(answer.stdout.split())
    assert "‹Whåt thé KPÎ îs çålléd." in said
    assert "Which way is better" not in said


def test_that_answers_kept_in_another_language_are_not_told_again(project: Path, pseudo: dict[str, str]):
    line = [sys.executable, "-P", "-m", "mlops_desk", "--project", str(project), "status"]
    told = [
        subprocess.run(line, env={**os.environ, **more}, capture_output=True, check=True, text=True).stdout
        for more in ({"PYTHONPATH": str(ROOT), "LANGUAGE": "en"}, pseudo)
    ]
    assert "No data yet" in told[0]
    assert "No data yet" not in told[1]
    assert "‹Ñø dåtå ýét" in told[1]


def test_that_qts_own_words_follow_the_language_of_the_desk(qapp: object):
    app = application()
    speak(app, "de")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    speak(app, "en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"
