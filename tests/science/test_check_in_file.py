"""Files of values: titles are found, rows refused by number, formulas never computed, hostile files refused."""

from __future__ import annotations

import pickle
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.kernel.errors import DeskError
from mlops_desk.science import check_in_file
from mlops_desk.science.check_in_file import Columns, ImportFile, ImportJob, check_ins_of

DAY = date(2026, 11, 2)
USUAL = Columns()


def read(path: Path, said: Columns = USUAL, **remembered: Columns) -> ImportFile:
    return check_ins_of(ImportJob(path=str(path), said=said, remembered=remembered))


def text(tmp_path: Path, content: str, name: str = "values.csv") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def workbook(tmp_path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "values.xlsx")
    return tmp_path / "values.xlsx"


def refused(path: Path) -> str:
    with pytest.raises(DeskError) as found:
        read(path)
    assert found.value.hint
    assert str(path.parent) not in found.value.sentence
    return found.value.code


def test_that_rows_are_read_by_their_titles_and_bad_ones_told_by_number(tmp_path: Path):
    found = read(
        text(
            tmp_path,
            "Date,KPI,Value,Comment\n"
            "2026-11-02,Use,41.5,first\n"
            "\n"
            "tomorrow,Use,42,\n"
            "2026-11-03,Use,many,\n"
            "03.11.2026,Use,43 %,\n"
            "2026-11-04,Use\n"
            "11/05/2026,Use,1,\n"
            "2026-11-06,Use,1_000,\n"
            "2026-11-07,Use,nan,\n",
        )
    )
    assert found.columns == Columns(day="Date", value="Value", kpi="KPI", note="Comment")
    assert [(each.number, each.on, each.value, each.note) for each in found.rows] == [
        (2, DAY, 41.5, "first"),
        (6, date(2026, 11, 3), 43.0, ""),
    ]
    assert {each.number: each.reason for each in found.bad} == {
        4: "“tomorrow” is not a day such as 2026-11-23",
        5: "“many” is not a number",
        7: "there is no value",
        8: "“11/05/2026” is not a day such as 2026-11-23",
        9: "“1_000” is not a number",
        10: "“nan” is not a number",
    }


def test_that_a_comma_is_a_decimal_sign_only_where_semicolons_part_columns(tmp_path: Path):
    assert read(text(tmp_path, "day;value\n2026-11-02;41,5\n")).rows[0].value == 41.5
    assert read(text(tmp_path, 'day,value\n2026-11-02,"41,5"\n')).bad[0].reason == "“41,5” is not a number"
    assert read(text(tmp_path, "day;value\n2026-11-02;1.041,5\n")).bad[0].number == 2


def test_that_columns_are_those_said_else_those_of_last_time_else_the_usual(tmp_path: Path):
    path = text(tmp_path, "when,day,value,other\n2026-11-02,2026-11-09,1,2\n")
    usual = read(path)
    said = read(path, Columns(day="When", value="other"))
    again = read(path, **{usual.titles: said.columns})
    assert (usual.rows[0].on.day, usual.rows[0].value) == (9, 1.0)
    assert (said.rows[0].on.day, said.rows[0].value) == (2, 2.0)
    assert (again.rows, again.titles, said.titles) == (said.rows, usual.titles, usual.titles)
    with pytest.raises(DeskError, match="has no column “moon”") as found:
        read(path, Columns(value="moon"))
    assert "It has: when, day, value, other." in found.value.hint
    assert refused(text(tmp_path, "a,b\n1,2\n")) == "GOAL-162"


def test_that_a_workbook_gives_days_and_numbers_and_its_formulas_are_not_computed(tmp_path: Path):
    path = workbook(
        tmp_path,
        ("day", "value", "note"),
        (datetime.fromisoformat("2026-11-02T09:00"), 41.5, "=HYPERLINK(1)"),
        ("2026-11-03", "=1+1", None),
        (DAY, True, None),
    )
    found = read(path)
    assert [(each.on, each.value, each.note) for each in found.rows] == [(DAY, 41.5, "")]
    assert {each.number: each.reason for each in found.bad} == {
        3: "there is no value",
        4: "“True” is not a number",
    }


def test_that_a_pickle_is_not_opened_whatever_it_is_called(tmp_path: Path):
    for name in ("values.csv", "values.xlsx", "values.pkl"):
        path = tmp_path / name
        path.write_bytes(pickle.dumps({"day": 1}))
        assert refused(path) in ("DATA-210", "DATA-207", "GOAL-161")


def test_that_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (check_in_file.MAX_UNPACKED_BYTES + 1))
    assert path.stat().st_size < 2_000_000
    assert refused(path) == "GOAL-160"
    with zipfile.ZipFile(path, "w") as packed:
        for place in range(check_in_file.MAX_PARTS + 1):
            packed.writestr(f"xl/{place}", b"")
    assert refused(path) == "GOAL-160"
    monkeypatch.setattr(check_in_file, "MAX_FILE_BYTES", 10)
    assert refused(text(tmp_path, "day,value\n2026-11-02,1\n")) == "GOAL-160"


def test_that_a_workbook_of_entities_that_blow_up_is_refused(tmp_path: Path):
    path = workbook(tmp_path, ("day", "value"), (DAY, 1))
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    evil = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><workbook>&l9;</workbook>'
    with zipfile.ZipFile(path) as packed:
        parts = {each: packed.read(each) for each in packed.namelist()}
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, evil.encode() if name == "xl/workbook.xml" else content)
    assert refused(path) == "GOAL-161"


def test_that_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(check_in_file, "MAX_ROWS", 2)
    rows = ["2026-11-02,1\n"] * 2
    assert len(read(text(tmp_path, "day,value\n" + "".join(rows))).rows) == 2
    assert refused(text(tmp_path, "day,value\n" + "".join([*rows, *rows]))) == "GOAL-163"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("values.csv", b"", "DATA-204"),
        ("values.csv", b'day,value\n2026-11-02,"1\n', "GOAL-161"),
        ("values.csv", "day,value\n2026-11-02,1\n".encode("utf-16"), "DATA-208"),
        ("values.csv", b"day,value\n" + b"x" * 200_000 + b",1\n", "GOAL-161"),
        ("values.json", b'[{"day": 1}]', "GOAL-161"),
        ("values.xlsx", b"PK\x03\x04 no workbook", "GOAL-161"),
        ("values.doc", b"words", "DATA-212"),
    ],
)
def test_that_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, code: str):
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path) == code


def test_that_every_row_is_taken_or_told_whatever_is_in_it(tmp_path: Path):
    cells = st.text(st.characters(codec="utf-8", exclude_characters='",\r\n\0'), max_size=20)

    @given(st.lists(st.tuples(cells, cells), max_size=8))
    def holds(rows: list[tuple[str, str]]) -> None:
        content = "day,value,note\n" + "".join(f'"{day}","{value}",x\n' for day, value in rows)
        found = read(text(tmp_path, content))
        numbers = sorted([each.number for each in found.rows] + [each.number for each in found.bad])
        assert numbers == [*range(2, len(rows) + 2)]

    holds()
