"""What all tests share: no display, hypothesis' profiles, and the run in which Qt cannot be imported."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from mlops_desk.workspace import Founder, Workspace, found

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

WITHOUT_QT = os.environ.get("MLOPS_DESK_WITHOUT_QT") == "1"

# Without a display and without this, making a QApplication aborts the interpreter.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# `ci` (the default) tries the same examples each time, so a red run is red for everybody.
# `explore` looks for new ones: HYPOTHESIS_PROFILE=explore python3 packaging/dev.py test
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "explore", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


class NoQt:
    """Refuses the import of Qt, as on a server that lacks its libraries."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ImportError(f"{name} must not be needed here: this run proves that the core lives without Qt")
        return None


collect_ignore: list[str] = []
if WITHOUT_QT:
    assert "PySide6" not in sys.modules, "run with `-p no:pytest-qt`, as `dev.py test --core` does"
    sys.meta_path.insert(0, NoQt())
    collect_ignore.append("gui")


# Files that take longest begin first: begun late, each would be waited for alone at the end.
LONGEST = (
    "stories/test_real_data.py",
    "stories/test_team.py",
    "stories/test_sample.py",
    "sync/test_damage.py",
    "workspace/test_elsewhere.py",
    "areas/reports/test_verify_report.py",
    "science/test_train.py",
    "gui/test_accessibility.py",
    "gui/test_shown.py",
    "gui/test_flows_by_keyboard.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, then with the other stories."""
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (places.get(item.path, len(places)), "stories" not in item.path.parts))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test private data, cache and keys of its own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("MLOPS_DESK_HOME", str(folder))
    return folder


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    """Found a project and return its folder; Ana is its owner and data scientist."""
    ana = Founder.parse("Ana Lima <ana@example.org>", ["data-scientist", "ai-architect"])
    return found(tmp_path / "project", "Loan risk", "Decide fairly in an hour.", ana).folder


@pytest.fixture
def desk(folder: Path) -> Iterator[Workspace]:
    """Open the project."""
    with Workspace(folder) as workspace:
        yield workspace
