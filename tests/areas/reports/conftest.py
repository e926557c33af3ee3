"""A project founded on the first of March 2026, with a clock that can be set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlops_desk.workspace import Founder, Workspace, found
from tests.areas.reports.lived import Days


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Days:
    return Days(monkeypatch)


@pytest.fixture
def lived(home: Path, days: Days, tmp_path: Path) -> Iterator[Workspace]:
    """Found a project on the first of March 2026."""
    ana = Founder.parse("Ana Lima <ana@example.org>", ["data-scientist", "ai-architect", "domain-expert"])
    with Workspace(found(tmp_path / "lived", "Loan risk", "Decide fairly in an hour.", ana).folder) as workspace:
        yield workspace
