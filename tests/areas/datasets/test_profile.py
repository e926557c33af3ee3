"""A profile as it is told: counts and findings, without values."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desk.areas.datasets.dataset import AddDataset, Dataset
from mlops_desk.areas.datasets.profile import Profile, ProfileVersion
from mlops_desk.areas.datasets.queries import details
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Founder, Workspace, found
from tests.areas.facts import do


def test_that_unclear_dates_are_a_finding_on_the_page_of_the_dataset(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlops_desk.workspace.bench.WorkBench.work", lambda _bench, task, job: task(job, silent))
    rows = "".join(f"{n % 7},{1 + n % 12:02}/{1 + n * 5 % 12:02}/2024\n" for n in range(60))
    (tmp_path / "visits.csv").write_text(f"kind,seen\n{rows}")
    made = found(tmp_path / "p", "P", "", Founder.parse("Ana", ["data-engineer"]))
    with Workspace(made.folder) as desk:
        do(desk, AddDataset(file=str(tmp_path / "visits.csv"), name="visits"))
        do(desk, ProfileVersion(version="visits"))
        [profile] = desk.ask(lambda known: known.find(Profile))
        [dataset] = desk.ask(lambda known: known.find(Dataset))
        [shown] = [each.value for each in desk.ask(details, dataset.id) if each.label == "Look at"]
    assert profile.findings == (shown,)
    assert "The dates of seen fit day/month/year and month/day/year" in shown
