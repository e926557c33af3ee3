"""Cells for machines, and CSV: what is written comes back, and a spreadsheet finds nothing to compute."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.kernel.state import State
from mlops_desk.kernel.table_text import FORMULA_STARTS, csv_line, machine_value

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def _read(lines: list[str]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("\r\n".join(lines) + "\r\n", newline=""), strict=True))


@given(st.lists(st.lists(texts, min_size=2, max_size=2), min_size=1, max_size=4))
def test_that_every_text_comes_back_from_csv_as_it_was(rows: list[list[str]]):
    assert _read([csv_line(row) for row in rows]) == rows


@given(st.lists(st.one_of(texts, st.sampled_from(FORMULA_STARTS).flatmap(lambda sign: texts.map(sign.__add__)))))
def test_that_a_spreadsheet_finds_no_formula_and_no_text_is_lost(row: list[str]):
    (found,) = _read([csv_line(["", *row], is_safe=True)])
    assert not [each for each in found if each.startswith(FORMULA_STARTS)]
    assert [
        each.removeprefix("'") if text.startswith(FORMULA_STARTS) else each
        for each, text in zip(found[1:], row, strict=True)
    ] == row


def test_that_numbers_stay_numbers_also_where_formulas_are_kept_out():
    assert csv_line([-3, 2.5, True, None, "-3", ""], is_safe=True) == '-3,2.5,true,,\'-3,""'


def test_that_a_cell_is_told_as_machines_read_it():
    at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    values = [State("ok", "On track"), at, date(2026, 1, 2), ("a", date(2026, 1, 2)), 1.5, None]
    assert [machine_value(each) for each in values] == [
        "On track",
        "2026-11-23T12:00:00Z",
        "2026-01-02",
        "a; 2026-01-02",
        1.5,
        None,
    ]
