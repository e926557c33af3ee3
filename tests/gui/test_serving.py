"""Serving from the window: one button starts what is live on this machine and stops it again."""

from __future__ import annotations

import random
import urllib.request
from typing import TYPE_CHECKING

import msgspec
import pytest

from mlops_desk.areas.datasets.dataset import AddDataset
from mlops_desk.areas.deployments.release import GoLive, PlanRelease
from mlops_desk.areas.experiments.model import RegisterModel
from mlops_desk.areas.experiments.train import Train
from mlops_desk.gui.pages.deployments import DeploymentsPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlops_desk.gui.main_window import MainWindow


@pytest.mark.slow
def test_that_one_button_serves_what_is_live_and_stops_it(
    window: MainWindow, settled: Callable[[], None], elsewhere: Callable[..., None], tmp_path: Path
):
    chance = random.Random(1)
    rows = [(chance.random(), chance.random()) for _ in range(300)]
    lines = [f"{a:.4f},{b:.4f},{'good' if a + b + chance.random() > 1.4 else 'poor'}" for a, b in rows]
    file = tmp_path / "rows.csv"
    file.write_text("a,b,outcome\n" + "\n".join(lines) + "\n")
    elsewhere(
        AddDataset(file=str(file), name="rows"),
        Train(version="rows", target="outcome", recipe=("dummy", "linear")),
        RegisterModel(run="rows-1", name="model"),
        PlanRelease(model="model", to="staging"),
        GoLive(release="staging-1"),
    )
    window.desk.refresh()
    settled()
    window.go("deployments", "")
    settled()
    page = window.stack.page
    assert isinstance(page, DeploymentsPage)
    page.serve.click()
    settled()
    assert page.sheet is not None
    page.sheet.submit()
    settled()
    assert page.result.sentence.startswith("model@1 answers in staging at http://127.0.0.1:")
    address = page.result.sentence.split(" at ")[1].rstrip(".")
    key = page.result.accessibleDescription().split(": ")[1]
    body = msgspec.json.encode({"rows": [{"a": 0.9, "b": 0.9}]})
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/predict", body, headers)) as answer:
        assert msgspec.json.decode(answer.read())["predictions"][0]["label"] == "good"
    page.serve.click()
    settled()
    assert page.result.sentence == "Nothing answers on this machine now."
