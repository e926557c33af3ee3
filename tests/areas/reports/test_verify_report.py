"""Checking a report that somebody holds: it holds for ever, and no change of it or of its entries stays unseen."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_desk.areas.reports import carried
from mlops_desk.areas.reports.carried import CarriedJob, read
from mlops_desk.areas.reports.make import rendered
from mlops_desk.areas.reports.report import MakeReport, VerifyReport
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.workspace import Founder, Workspace, found
from tests.areas.reports.lived import APRIL, JUNE, Days, do, fill, report_of

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = ("pdf", "html", "xlsx", "csv", "json", "md")


@pytest.fixture
def made(lived: Workspace, days: Days, tmp_path: Path) -> Callable[..., Path]:
    """Return how a report of the lived project becomes a file, on the day it speaks of."""
    fill(lived, days)
    days.to(JUNE)

    def make(format_: Any, **values: Any) -> Path:
        file = tmp_path / f"report.{format_}"
        lived.do(MakeReport(output=str(file), format=format_, **values))
        return file

    return make


def said(desk: Workspace, file: Path) -> str:
    return desk.do(VerifyReport(file=str(file))).said


def refusal(desk: Workspace, file: Path) -> DeskError:
    with pytest.raises(DeskError) as caught:
        desk.do(VerifyReport(file=str(file)))
    return caught.value


def live_on(desk: Workspace) -> None:
    """Do on the same day what changes every figure: new values, another target, something withdrawn or put away."""
    do(desk, "kpi.check-in", kpi="Adoption", value=59.0)
    do(desk, "kpi.edit", id="Time to decision", target=41.0)
    [(old,)] = desk.ask(lambda rows: rows.sql("SELECT min(id) FROM check_in WHERE value = 9.5"))
    do(desk, "check-in.withdraw", check_in=old, reason="mistyped")
    do(desk, "kpi.archive", id="Feeds on time")
    do(desk, "kpi.add", name="Later", target=1.0)


def test_that_a_report_in_any_form_holds_to_the_byte_whatever_is_recorded_later(
    lived: Workspace, made: Callable[..., Path]
):
    files = [made(format_) for format_ in FORMATS]
    live_on(lived)
    for file in files:
        assert said(lived, file).endswith("The file is the same to the byte."), file.name


def test_that_a_day_of_the_past_holds_too(lived: Workspace, made: Callable[..., Path]):
    file = made("json", as_of=APRIL)
    live_on(lived)
    assert said(lived, file).endswith("The file is the same to the byte.")


def test_that_a_figure_that_was_changed_is_named(lived: Workspace, made: Callable[..., Path]):
    file = made("json")
    file.write_text(file.read_text().replace("9.5", "9.9", 1))
    refused = refusal(lived, file)
    assert refused.code == "REPORT-127"
    assert "9.9 in the file, 9.5 here" in refused.sentence


def test_that_a_line_of_a_csv_that_was_changed_is_named(lived: Workspace, made: Callable[..., Path]):
    file = made("csv")
    text = file.read_text()
    file.write_text(text.replace("9.5", "9.9", 1))
    refused = refusal(lived, file)
    assert refused.code == "REPORT-127"
    assert "9.9" in refused.sentence
    file.write_text("".join(text.splitlines(keepends=True)[:-1]))
    assert refusal(lived, file).code == "REPORT-127"


def test_that_a_file_whose_look_was_changed_is_not_called_the_same(lived: Workspace, made: Callable[..., Path]):
    file = made("md")
    file.write_text(file.read_text().replace("# KPI report", "# New report", 1))
    assert "somebody changed how it looks" in said(lived, file)


def test_that_a_report_of_another_history_is_refused(made: Callable[..., Path], tmp_path: Path, home: Path, days: Days):
    file = made("json")
    ben = Founder.parse("Ben Roth <ben@example.org>", ["data-scientist"])
    with Workspace(found(tmp_path / "other", "Loan risk", "", ben).folder) as other:
        assert refusal(other, file).code == "REPORT-125"


def test_that_who_noted_the_file_is_said(lived: Workspace, made: Callable[..., Path]):
    file = made("md", note_it=True)
    assert "Ana Lima noted this file in the trail on" in said(lived, file)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"plain words",
        b"%PDF-1.7 nothing",
        b"PK\x03\x04 nothing",
        b"{}",
        b'{"as_of": 1}',
        b"<!doctype html><p>nothing",
        b"\xff\xfe\x00",
        b"as_of,heads\r\n2026-01-01,abc:x:y\r\n",
        b"%PDF-1.7\n<</Length 9/Type/EmbeddedFile/Filter/FlateDecode>>\nstream\nnot zlib\nendstream",
    ],
)
def test_that_a_file_without_a_report_is_one_sentence(tmp_path: Path, raw: bytes):
    file = tmp_path / "any"
    file.write_bytes(raw)
    with pytest.raises(DeskError) as caught:
        read(CarriedJob(path=str(file)), silent)
    assert caught.value.code == "REPORT-123"


def test_that_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(carried, "MOST_BYTES", 10_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<sst>" + b" " * 1_000_000 + b"</sst>")
    file = tmp_path / "bomb.xlsx"
    file.write_bytes(packed.getvalue())
    with pytest.raises(DeskError, match="no report"):
        read(CarriedJob(path=str(file)), silent)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["", "%PDF-", "PK\x03\x04", "{", "<!doctype html>", "<!-- report.json\n"]), st.binary(max_size=200)
)
def test_that_no_bytes_bring_the_reader_down(tmp_path_factory: pytest.TempPathFactory, begin: str, rest: bytes):
    file = tmp_path_factory.getbasetemp() / "any-bytes"
    file.write_bytes(begin.encode() + rest)
    with pytest.raises(DeskError, match="carries no report"):
        read(CarriedJob(path=str(file)), silent)


@pytest.mark.parametrize("format_", [each for each in FORMATS if each != "csv"])
def test_that_every_form_gives_back_the_same_content(lived: Workspace, days: Days, tmp_path: Path, format_: Any):
    fill(lived, days)
    do(lived, "kpi.add", name='=A1 --> </template> "][(_x0041_ 日本 `*', target=1.0)
    report = report_of(lived, date(2026, 6, 30))
    file = tmp_path / "any"
    file.write_bytes(rendered(report, format_))
    found_ = read(CarriedJob(path=str(file)), silent)
    assert found_.format == format_
    assert {each["name"] for each in found_.content["kpis"]} == {
        row["name"] for row in msgspec.json.decode(rendered(report, "json"))["kpis"]
    }
    assert re.search(r"[^ -~]", carried.json_of(report)) is None
