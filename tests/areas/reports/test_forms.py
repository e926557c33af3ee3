"""The six forms of a report: the same bytes for the same content, and nobody's text is ever more than text."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.reports.content import Report
from mlops_desk.areas.reports.make import Format, rendered
from mlops_desk.kernel.address import Address, read
from mlops_desk.workspace import Founder, Workspace, found
from tests.areas.reports.lived import MARCH, TEXTS, Days, do, fill, report_of

FORMATS: tuple[Any, ...] = ("pdf", "html", "xlsx", "csv", "json", "md")


@pytest.fixture
def hostile(home: Path, days: Days, tmp_path: Path) -> Report:
    """Return the report of a project in which every text wants to be something else.

    The journal refuses some of these texts already; the report must hold without that.
    """
    ana = Founder.parse("Ana", ["data-scientist", "domain-expert"])
    with Workspace(found(tmp_path / "bad", "text-00-", "text-02-", ana).folder) as desk:
        do(desk, "gate.ask", gate="G1", subject=do(desk, "use-case.add", name="text-01-"))
        for index in range(len(TEXTS)):
            text = f"text-{index:02}-"
            kpi = do(desk, "kpi.add", name=text, unit=text, target=5.0, baseline=1.0)
            goal = do(desk, "objective.add", name=text)
            do(desk, "key-result.add", name=text, objective=goal, kpi=kpi)
            do(desk, "kpi.check-in", kpi=kpi, value=-3.5, on=MARCH, note=text)
        wire = msgspec.json.encode(report_of(desk)).decode()
    for index, text in enumerate(TEXTS):
        wire = wire.replace(f"text-{index:02}-", msgspec.json.encode(text).decode()[1:-1])
    return msgspec.json.decode(wire, type=Report)


@pytest.mark.parametrize("format_", FORMATS)
def test_that_the_same_content_gives_the_same_bytes(lived: Workspace, days: Days, format_: Any):
    fill(lived, days)
    report = report_of(lived)
    again = msgspec.json.decode(msgspec.json.encode(report), type=Report)
    assert rendered(report, format_) == rendered(again, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_that_every_form_carries_day_heads_and_what_is_not_known(lived: Workspace, days: Days, format_: Any):
    fill(lived, days)
    report = report_of(lived)
    words = text_of(rendered(report, format_), format_)
    assert "2026-06-30" in words or "30 June 2026" in words
    assert report.heads[0].device in words
    assert "no value since 2026-03-01" in words.replace("\\-", "-")


def text_of(made: bytes, format_: str) -> str:
    if format_ == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(made))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    if format_ == "pdf":
        return pdf_text(made)
    return made.decode()


def pdf_text(made: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not here")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True)
    return done.stdout.decode()


def test_that_a_workbook_holds_no_formula_and_no_link(hostile: Report):
    made = rendered(hostile, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(made))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert any(cell.value == TEXTS[4] for cell in cells)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert [name for name in archive.namelist() if "external" in name.lower()] == []
        for name in archive.namelist():
            if "/charts/chart" in name:
                references = re.findall(r"<c:f>(.*?)</c:f>", archive.read(name).decode())
                assert all(re.fullmatch(r"'Chart values'!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", one) for one in references)


def test_that_a_workbook_has_real_tables_and_charts(lived: Workspace, days: Days):
    fill(lived, days)
    book = openpyxl.load_workbook(io.BytesIO(rendered(report_of(lived), "xlsx")))
    assert {"Summary", "KPIs", "Check ins", "Charts"} <= set(book.sheetnames)
    assert list(book["KPIs"].tables) == ["table_kpis"]
    assert len(book["Charts"]._charts) == 3
    value = next(cell for row in book["Check ins"].iter_rows() for cell in row if cell.value == 9.5)
    assert value.data_type == "n"


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_that_a_page_runs_nothing_and_asks_nobody(hostile: Report):
    page = rendered(hostile, "html").decode()
    tags = Tags()
    tags.feed(page)
    assert {tag for tag, _attributes in tags.found} & {
        "script",
        "img",
        "iframe",
        "link",
        "object",
        "form",
    } == set()
    for tag, attributes in tags.found:
        assert [name for name in attributes if name.startswith("on") or name == "src"] == []
        if tag == "a":
            assert str(read(attributes["href"] or "")) == attributes["href"], "an address of the desk, and nothing else"
        else:
            assert (attributes.get("href") or "#").startswith("#")
    assert re.findall(r"url\((?!#)", page) == []
    assert "@import" not in page
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_that_typst_sets_texts_and_reads_no_file(hostile: Report):
    made = rendered(hostile, "pdf")
    assert made.startswith(b"%PDF-")
    for sign in (b"/JavaScript", b"/JS", b"/Launch"):
        assert sign not in made
    assert {each[:13] for each in re.findall(rb"/URI\s*[(<]([^)>]*)", made)} == {b"mlops-desk://"}
    assert made.count(b"/Type/EmbeddedFile") == 1, "its own content, and nothing else"
    assert b"pdfuaid" in made
    words = pdf_text(made).replace("\u200b", "")
    assert "#read(" in words
    assert "root:" not in words


def test_that_no_cell_of_the_csv_begins_like_a_formula(hostile: Report):
    lines = list(csv.reader(io.StringIO(rendered(hostile, "csv").decode(), newline="")))
    number = re.compile(r"-?\d+(\.\d+)?")
    for line in lines:
        for cell in line:
            assert not cell.lstrip(" \t\r\n\x00").startswith(("=", "+", "-", "@")) or number.fullmatch(cell), cell
    assert any(cell == "'" + TEXTS[4] for line in lines for cell in line)


def test_that_the_csv_has_a_line_for_a_kpi_without_value(lived: Workspace, days: Days):
    fill(lived, days)
    lines = list(csv.DictReader(io.StringIO(rendered(report_of(lived), "csv").decode(), newline="")))
    silent = [line for line in lines if line["kpi"] == "Benefit reached"]
    assert [(line["value"], line["kpi_state"], line["kpi_state_reason"]) for line in silent] == [
        ("", "Not known", "no value yet")
    ]


@pytest.mark.parametrize("form", ["html", "pdf", "md", "json", "xlsx"])
def test_that_each_kpi_of_a_report_has_its_address_and_the_desk_follows_it(lived: Workspace, days: Days, form: Format):
    fill(lived, days)
    made = rendered(report_of(lived), form)
    [kpi, *_more] = lived.ask(lambda rows: rows.find(Kpi))
    address = Address(lived.project.id, "kpi", kpi.id)
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(made))
        cells = [cell for row in book["KPIs"].iter_rows() for cell in row]
        assert [cell.data_type for cell in cells if cell.value == str(address)] == ["s"]
        assert [cell for cell in cells if cell.hyperlink] == [], "a spreadsheet opens nothing"
    else:
        assert str(address).encode() in made
    assert lived.ask(lambda rows: rows.meant(f"kpi/{address.id}")) == ("kpi", kpi.id)
    assert rendered(report_of(lived), form) == made


def test_that_markdown_shows_markup_as_text(hostile: Report):
    made = rendered(hostile, "md").decode()
    assert "<script" not in made
    assert "<img" not in made
    assert re.search(r"(?<!\\)\]\(", made) is None
    assert "\u202e" not in made
    assert "www.evil" not in made.partition("<!-- report.json")[0]
    assert "http://" not in made
    kpis = made[made.index("## KPIs") : made.index("## How each")].strip().splitlines()[2:]
    assert {line.replace("\\|", "").count("|") for line in kpis} == {14}


def test_that_json_keeps_numbers_as_numbers_and_texts_to_the_letter(hostile: Report):
    found = json.loads(rendered(hostile, "json"))
    assert {each["value"] for each in found["check_ins"]} == {-3.5}
    assert {each["name"] for each in found["kpis"]} == set(TEXTS)
    assert found["as_of"] == "2026-06-30"
    assert found["made_at"] == "2026-07-01T08:30:00Z"
    assert found["check_ins"][0]["recorded_at"].endswith("Z")
