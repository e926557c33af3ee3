"""Row files in and out, whatever their folder is called."""

from __future__ import annotations

import os

import numpy as np
import pytest

from mlops_desk.kernel.progress import silent
from mlops_desk.science.rowfiles import join_rows, read_facts, read_table, write_rows
from mlops_desk.science.sources import open_source
from mlops_desk.science.survey import ConvertJob, SurveyJob, convert_file, survey_file


@pytest.fixture(
    params=["a[1]b", "a'b", pytest.param("a*b?", marks=pytest.mark.skipif(os.name == "nt", reason="no such names"))]
)
def folder(tmp_path, request):
    """Give a folder that is named like a pattern, beside one that the pattern would mean."""
    for each in (request.param, "a1b"):
        (tmp_path / each).mkdir()
    write_rows(tmp_path / "a1b" / "rows.parquet", {"other": np.arange(9)}, {"who": "another"})
    return tmp_path / request.param


def test_that_rows_and_facts_come_back(folder):
    path = folder / "rows.parquet"
    write_rows(path, {"n": np.arange(3)}, {"who": "me"})
    assert read_table(str(path), "parquet").columns["n"].tolist() == [0, 1, 2]
    assert read_facts(str(path)) == {"who": "me"}
    (folder / "rows.csv").write_text("n\n7\n")
    assert read_table(str(folder / "rows.csv"), "csv").columns["n"].tolist() == [7]


def test_that_files_are_joined(folder):
    paths = [folder / "one.parquet", folder / "two.parquet"]
    for at, each in enumerate(paths):
        write_rows(each, {"n": np.array([at])}, {})
    assert join_rows(paths, folder / "rows.parquet") == 2
    assert read_table(str(folder / "rows.parquet"), "parquet").columns["n"].tolist() == [0, 1]


def test_that_foreign_files_are_opened_surveyed_and_converted(folder):
    (folder / "t.csv").write_text("n,t\n1,x\n2,y\n")
    assert open_source(folder / "t.csv").rows == 2
    assert survey_file(SurveyJob(path=str(folder / "t.csv"), folder=str(folder)), silent).rows == 2
    convert_file(ConvertJob(path=str(folder / "t.csv"), target=str(folder / "rows.parquet")), silent)
    assert read_table(str(folder / "rows.parquet"), "parquet").rows == 2
