"""One look at a file: counts to be told, figures and reference in their own files, and the file as Parquet."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import silent
from mlops_desk.science.describe import Profile
from mlops_desk.science.reference import ReferenceSummary
from mlops_desk.science.rowfiles import read_table
from mlops_desk.science.survey import ConvertJob, SurveyJob, convert_file, survey_file, tokens_of

ROWS = 120


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    lines = ["name,mail,age,town,ok"]
    for n in range(ROWS):
        town = ("Quedlinburg", "?", "n/a", "")[n % 4]
        lines.append(f"Dmitri Costa {n},dmitri{n}@example.org,{18 + n % 50},{town},{('yes', 'no')[n % 2]}")
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")
    return path


@pytest.fixture
def surveyed(people, tmp_path):
    folder = tmp_path / "figures"
    folder.mkdir()
    return survey_file(SurveyJob(path=str(people), folder=str(folder)), silent), folder


def test_that_counts_are_told_and_no_value(surveyed):
    found, _folder = surveyed
    assert (found.rows, found.duplicates) == (ROWS + 1, 1)
    town = next(each for each in found.columns if each.name == "town")
    assert (town.missing, town.disguised) == (31, 60)
    assert [each.name for each in found.columns] == ["name", "mail", "age", "town", "ok"]
    told = msgspec.json.encode(found)
    for value in (b"Costa", b"Quedlinburg", b"example.org", b"yes"):
        assert value not in told


def test_that_classes_are_proposed_with_a_reason(surveyed):
    found, _folder = surveyed
    proposed = {each.name: each.proposed for each in found.columns}
    assert proposed["mail"] == proposed["name"] == "pii"
    assert all(each.reason for each in found.columns)
    assert all(0 <= each.confidence <= 1 for each in found.columns)


def test_that_figures_and_reference_lie_in_files_of_their_own(surveyed):
    found, folder = surveyed
    profile = msgspec.json.decode((folder / found.figures).read_bytes(), type=Profile)
    reference = msgspec.json.decode((folder / found.reference).read_bytes(), type=ReferenceSummary)
    assert sorted(each.name for each in folder.iterdir()) == sorted([found.figures, found.reference])
    assert profile.sha256 == reference.sha256
    assert profile.column("age").minimum == 18
    assert reference.rows == found.rows
    counts = {each.name: each.missing for each in reference.columns}
    assert counts == {each.name: each.missing for each in found.columns}


def test_that_the_tokens_of_a_profile_are_those_that_stand_for_nothing(surveyed):
    found, folder = surveyed
    assert tokens_of((folder / found.figures).read_bytes()) == ("?", "n/a")


def test_that_a_file_becomes_parquet_with_the_same_rows_in_their_order(people, tmp_path):
    target = tmp_path / "rows.parquet"
    source = convert_file(ConvertJob(path=str(people), target=str(target)), silent)
    assert (source.rows, source.format) == (ROWS + 1, "csv")
    table = read_table(str(target), "parquet")
    assert list(table.columns) == list(source.names)
    assert table.columns["name"][:3].tolist() == [f"Dmitri Costa {n}" for n in range(3)]
    assert np.array_equal(table.columns["age"][:ROWS], 18 + np.arange(ROWS) % 50)


def test_that_what_is_no_table_is_refused_and_leaves_nothing(tmp_path):
    folder = tmp_path / "figures"
    folder.mkdir()
    (tmp_path / "no.csv").write_bytes(b"")
    with pytest.raises(DeskError) as caught:
        survey_file(SurveyJob(path=str(tmp_path / "no.csv"), folder=str(folder)), silent)
    assert caught.value.code == "DATA-204"
    assert not list(folder.iterdir())
