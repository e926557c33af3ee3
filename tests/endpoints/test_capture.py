"""What was answered is written down exactly, whole files only, and how the service did beside it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from mlops_desk.endpoints import capture
from mlops_desk.endpoints.capture import Answered, Capture
from mlops_desk.endpoints.served import load
from mlops_desk.endpoints.service import Service, write_reading
from mlops_desk.kernel.endpoint import captured, captured_name, service_readings
from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.features import Feature, ModelSchema
from mlops_desk.science.rowfiles import read_facts, read_table
from tests.endpoints.client import GOOD

META = ("desk_time", "desk_release", "desk_model", "desk_request", "desk_row")


def _rows(files):
    rows = []
    for file in files:
        table = read_table(str(file), "parquet")
        columns = {name: array.tolist() for name, array in table.columns.items()}
        rows += [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return rows


def _settled(one):
    while one.endpoint.status().waiting:
        time.sleep(0.05)


@pytest.mark.parametrize("kind", ["linear", "forest", "amount"])
def test_that_the_files_hold_exactly_the_rows_answered(shared, kind):
    one = shared(kind)
    folder = Path(one.endpoint.job.capture_folder)
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
    asked, told = [], []
    with one.client() as client:
        for number in range(13):
            rows = [GOOD | {"age": 20 + number, "income": place} for place in range(1 + number % 3)]
            answer = client.predict(*rows)
            asked += [(answer.headers["x-request-id"], place, row) for place, row in enumerate(rows)]
            told += answer.body["predictions"]
            assert client.predict(GOOD | {"age": "wrong"}).status == 422  # refused: not captured
    _settled(one)
    found = _rows(captured(folder, f"r-{kind}"))
    assert len(found) == one.endpoint.status().service.rows
    found = [row for row in found if row["desk_request"] in {request_id for request_id, _place, _row in asked}]
    assert len(found) == len(asked)
    for row, (request_id, place, given), answer in zip(found, asked, told, strict=True):
        assert (row["desk_request"], row["desk_row"]) == (request_id, place)
        assert (row["desk_release"], row["desk_model"]) == (f"r-{kind}", f"{kind}@1")
        assert {name: row[name] for name in given} == given
        assert row["prediction"] == answer.get("label", answer.get("value"))
        assert {name[6:]: value for name, value in row.items() if name.startswith("score_")} == answer.get("scores", {})
        assert before < row["desk_time"] < datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=1)


def test_that_rows_and_readings_are_written_every_few_seconds_and_the_rest_on_stopping(serve, tmp_path):
    folder = tmp_path / "captured"
    one = serve(capture_folder=str(folder), capture_s=0.2, service_s=0.4)
    with one.client() as client:
        client.predict(GOOD)
        client.send("x")
        until = time.monotonic() + 5
        while not (captured(folder) and service_readings(folder)) and time.monotonic() < until:
            time.sleep(0.05)
        client.predict(GOOD, GOOD)
    status = one.endpoint.status()
    assert status.captured + status.waiting == 3
    one.endpoint.stop()
    one.endpoint.stop()  # no error
    assert not one.endpoint.is_alive
    with pytest.raises(DeskError) as caught:
        one.endpoint.status()
    assert caught.value.code == "SERVE-110"
    with pytest.raises(ConnectionError):
        one.client().ask()
    assert len(_rows(captured(folder))) == 3
    first, last = service_readings(folder, "r-linear")
    assert (first.requests, first.refused, first.failed, first.rows) == (2, 1, 0, 1)
    assert (first.share_answered, first.share_fast, first.fast_below_ms) == (1, 1, 300)
    assert last.requests == 1
    assert service_readings(folder, "another") == []
    assert folder.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())


def test_that_a_serving_process_deletes_what_is_past_its_time(serve, tmp_path):
    folder = tmp_path / "captured"
    folder.mkdir()
    now = datetime.now(UTC)
    old, young = (folder / captured_name("r-linear", now - timedelta(days=days), 1) for days in (9, 2))
    for each in (old, young):
        each.write_bytes(b"rows")
    one = serve(capture_folder=str(folder), keep_days=5)
    until = time.monotonic() + 10
    while old.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not old.exists()
    assert young.exists()
    assert one.endpoint.is_alive


@pytest.fixture
def served(shelf):
    return load(shelf.job()[1])


def _answered(served, *rows, at_us=1_700_000_000_000_000):
    return Answered(served, at_us, "q-1", rows, served.ask(rows))


def test_that_no_value_stays_no_value_and_texts_stay_texts(served, tmp_path):
    one = Capture(tmp_path, 100)
    nothing = dict.fromkeys(GOOD)
    one.add(_answered(served, nothing, GOOD | {"ok": True, "town": "x\0y"}))
    one.write()
    one.add(_answered(served, nothing, at_us=1_700_000_001_000_000))
    one.write()
    first, second = captured(tmp_path)
    rows = _rows([first])
    assert [row["town"] for row in rows] == [None, "x\0y"]
    assert [row["ok"] for row in rows] == [None, "true"]
    assert _rows([second])[0]["town"] is None
    assert read_facts(str(second))["release"] == "r-linear"
    assert read_facts(str(second))["task"] == "classification"


def test_that_an_input_keeps_its_name_where_ours_is_the_same():
    schema = ModelSchema(
        task="classification",
        target="y",
        classes=("a", "A"),
        features=(Feature(name="Prediction", kind="number"), Feature(name="score_a", kind="number")),
    )
    names = capture.output_names(SimpleNamespace(schema=schema))  # type: ignore[arg-type]
    assert names == {"prediction": "prediction_", "score_a": "score_a_", "score_A": "score_A__"}


def test_that_rows_the_disk_refuses_are_tried_again_and_counted_when_lost(served, tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    one = Capture(folder, 2)
    for _request in range(3):
        one.add(_answered(served, GOOD))
    one.write()
    assert (one.written, one.waiting, one.lost) == (0, 3, 0)
    assert one.trouble
    assert not one.is_behind
    folder.mkdir()
    one.write()
    assert (one.written, one.waiting, one.lost, one.trouble) == (3, 0, 0, "")
    assert [len(_rows([file])) for file in captured(folder)] == [2, 1]
    assert len(list(folder.iterdir())) == 2  # nothing unfinished
    monkeypatch.setattr(capture, "FULL_FILES", 2)
    folder.rename(tmp_path / "elsewhere")
    one.add(_answered(served, *[GOOD] * 9))
    one.write()
    assert (one.waiting, one.lost) == (3, 6)
    one.write(last=True)
    assert (one.waiting, one.lost) == (0, 9)


def test_that_the_files_of_a_release_are_found_oldest_first(tmp_path):
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1, 2)]
    for number, at in enumerate(times):
        (tmp_path / captured_name("r-1", at, number)).touch()
    (tmp_path / captured_name("r-1-2", times[0], 9)).touch()
    (tmp_path / "captured-r_1.parquet").touch()
    (tmp_path / captured_name("r-1", times[0], 9)).with_suffix(".tmp").touch()
    found = captured(tmp_path, "r-1")
    assert [one.name.split("-")[2][:8] for one in found] == ["20260101", "20260102", "20260103"]
    assert len(captured(tmp_path)) == 4
    assert captured(tmp_path / "none") == []


def test_that_a_reading_tells_shares_and_latencies(served, tmp_path):
    service = Service()
    for took_ms in range(1, 100):
        service.note(served, 200, 1, took_ms)
    service.note(served, 500, 1, 5)
    service.note(served, 422, 0, 400)
    (reading,) = service.turn()
    assert (reading.requests, reading.failed, reading.refused, reading.rows) == (101, 1, 1, 100)
    assert reading.share_answered == pytest.approx(100 / 101)
    assert reading.share_fast == pytest.approx(99 / 101)
    assert reading.p50_ms == pytest.approx(50, rel=0.06)
    assert reading.p99_ms == pytest.approx(99, rel=0.06)
    assert reading.max_ms == 400
    assert service.turn() == []
    assert service.since_start(served).requests == 101
    for _time in range(3):
        write_reading(tmp_path, reading)
    (tmp_path / "service-damaged.json").write_text("{")
    assert service_readings(tmp_path) == [reading] * 3
    names = sorted(path.name for path in tmp_path.glob("service-2*.json"))
    assert all(one != two for one, two in pairwise(names))
    assert json.loads((tmp_path / names[0]).read_text())["share_answered"] == reading.share_answered
