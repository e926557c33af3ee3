"""Words for yes and no stay words, unclear dates are said, and no sentence tells in which folder a file lies."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from mlops_desk.kernel.errors import DeskError
from mlops_desk.science.describe import describe
from mlops_desk.science.reference import reference_summary
from mlops_desk.science.rowfiles import read_table
from mlops_desk.science.sources import open_source, to_parquet
from mlops_desk.science.text_types import orders_of
from tests.science.reading import read_columns

ROWS = 60


def opened(folder: Path, values: list[str], *, head: str = "n,v"):
    path = folder / "rows.csv"
    path.write_text(head + "\n" + "".join(f"{n},{value}\n" for n, value in enumerate(values)))
    return open_source(path)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("yes", "no"), "VARCHAR"),
        (("Yes", "No"), "VARCHAR"),
        (("T", "F"), "VARCHAR"),
        (("t", "f"), "VARCHAR"),
        (("y", "n"), "VARCHAR"),
        (("true", "no"), "VARCHAR"),
        (("true", "false"), "BOOLEAN"),
        (("TRUE", "False"), "BOOLEAN"),
        (("1", "0"), "BIGINT"),
    ],
)
def test_that_words_for_yes_and_no_stay_as_they_are_written(tmp_path, words, kind):
    source = opened(tmp_path, [words[n % 2] if n % 7 else "" for n in range(ROWS)])
    assert source.columns[1].type == kind
    if kind == "VARCHAR":
        assert list(read_columns(source, ["v"])["v"][1:3]) == [words[1], words[0]]
        assert {each.value for each in describe(source).column("v").top} == set(words)
        assert {each.value for each in reference_summary(source).columns[1].categories or ()} == set(words)
        stored = read_table(str(to_parquet(source, tmp_path / "rows.parquet")), "parquet")
        assert set(stored.columns["v"].tolist()) == {*words, None}


def test_that_one_other_word_far_down_keeps_all_words(tmp_path):
    source = opened(tmp_path, ["true"] * 30_000 + ["no"])
    assert source.columns[1].type == "VARCHAR"
    assert set(read_columns(source, ["v"])["v"]) == {"true", "no"}


def dates(separator: str, *, day_first: bool = True, most: int = 12, year: str = "2024", time: str = "") -> list[str]:
    found = []
    for n in range(ROWS):
        day, month = 1 + n % most, 1 + n * 5 % 12
        parts = (day, month) if day_first else (month, day)
        found.append(separator.join([f"{parts[0]:02}", f"{parts[1]:02}", year]) + time)
    return found


@pytest.mark.parametrize(
    "values", [dates("/"), dates("."), dates("-"), dates("/", year="24"), dates("/", time=" 10:30:00")]
)
def test_that_dates_which_fit_both_orders_are_a_finding_with_both_readings(tmp_path, values):
    source = opened(tmp_path, values)
    [finding] = describe(source).findings
    assert finding.startswith("The dates of v fit ")
    separator = next(each for each in "/.-" if each in values[0])
    for order in ("day month year", "month day year"):
        assert order.replace(" ", separator) in finding.partition(";")[0]
    assert "2024-12-31" in finding
    assert not any(each in finding for each in values), "a finding is shared: it holds no value"


@pytest.mark.parametrize("day_first", [True, False])
def test_that_a_day_above_twelve_settles_the_order(tmp_path, day_first):
    values = dates("/", day_first=day_first, most=28)
    source = opened(tmp_path, values)
    assert describe(source).findings == ()
    found = read_columns(source, ["v"])["v"].astype("datetime64[D]")
    assert found[14] == np.datetime64(date(2024, 1 + 14 * 5 % 12, 15))
    assert found[1] == np.datetime64(date(2024, 6, 2)), "also where the value alone could be both"


def test_that_a_day_above_twelve_far_down_settles_the_order(tmp_path):
    late = ["05/06/2024", *["01/02/2024"] * 30_000, "02/25/2024"]
    source = opened(tmp_path, late)
    assert describe(source).findings == ()
    assert read_columns(source, ["v"])["v"].astype("datetime64[D]")[0] == np.datetime64("2024-05-06")


@pytest.mark.parametrize("values", [["05/05/2024", "07/07/2024"] * 20, ["2024-05-06"] * 30, ["2024/05/06"] * 30])
def test_that_there_is_no_question_where_both_readings_are_the_same_or_the_year_comes_first(tmp_path, values):
    assert describe(opened(tmp_path, values)).findings == ()


@pytest.mark.parametrize(
    ("date_format", "others"),
    [
        ("%d/%m/%Y", ("%m/%d/%Y",)),
        ("%m.%d.%Y", ("%d.%m.%Y",)),
        ("%d/%m/%Y %H:%M:%S", ("%m/%d/%Y %H:%M:%S",)),
        ("%y-%m-%d", ("%d-%m-%y", "%m-%d-%y")),
    ],
)
def test_that_the_orders_of_a_format_are_known(date_format, others):
    assert orders_of(date_format) == (date_format, *others)


@pytest.mark.parametrize("date_format", ["", "%Y-%m-%d", "%Y/%m/%d", "%H:%M:%S", "%d %B %Y", "%Y-%m-%dT%H:%M:%S"])
def test_that_other_formats_have_no_other_order(date_format):
    assert orders_of(date_format) == ()


def test_that_texts_which_are_no_dates_stay_texts(tmp_path):
    values = [*["01/02/2024"] * 3000, "02/25/2024", "25/02/2024", "soon"]
    source = opened(tmp_path, values)
    assert source.columns[1].type == "VARCHAR"
    assert source.unclear == ()


@pytest.fixture
def personal(tmp_path: Path) -> Path:
    folder = tmp_path / "Dmitri Costa" / "patients [old]"
    folder.mkdir(parents=True)
    return folder


def broken(folder: Path) -> dict[str, Path]:
    files = {
        "missing": folder / "gone.csv",
        "folder": folder,
        "empty": folder / "empty.csv",
        "parquet": folder / "broken.parquet",
        "json": folder / "broken.json",
        "csv": folder / "broken.csv",
    }
    files["empty"].write_bytes(b"")
    files["parquet"].write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    files["json"].write_bytes(b'{"a": 1}\n{"a": nope}\n')
    files["csv"].write_bytes(b'a,b\n1,2\n3,"4\n5,6\n')
    return files


@pytest.mark.parametrize("what", ["missing", "folder", "empty", "parquet", "json", "csv"])
def test_that_no_refusal_tells_the_folder(personal, what):
    path = broken(personal)[what]
    with pytest.raises(DeskError) as caught:
        open_source(path)
    told = caught.value.sentence + caught.value.hint
    assert "Costa" not in told
    assert str(personal.parent.parent) not in told
    if what != "folder":
        assert "old]" not in told


def test_that_a_damaged_file_of_rows_does_not_tell_the_folder_either(personal):
    with pytest.raises(DeskError) as caught:
        read_table(str(broken(personal)["parquet"]), "parquet")
    assert "Costa" not in caught.value.sentence
    assert caught.value.code == "DATA-410"
