"""The sample holds the facts that are planted in it, and is the same wherever its seed is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mlops_desk.kernel.progress import silent
from mlops_desk.science.describe import describe
from mlops_desk.science.drift_figures import psi
from mlops_desk.science.reference import bin_counts, psi_edges
from mlops_desk.science.sample import DUPLICATES, MONTHS, ROWS_A_MONTH, SampleJob, make_sample
from mlops_desk.science.sources import open_source
from tests.science.reading import read_columns


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_sample(SampleJob(folder=str(tmp_path_factory.mktemp("sample"))), silent)


@pytest.fixture(scope="module")
def whole(made):
    source = open_source(made.whole)
    return read_columns(source, source.names)


def test_that_the_parts_are_the_whole(made):
    header, *first = Path(made.first).read_text().splitlines()
    same, *recent = Path(made.recent).read_text().splitlines()
    assert header == same
    assert [header, *first, *recent] == Path(made.whole).read_text().splitlines()
    assert made.rows == len(first) + len(recent) == MONTHS * ROWS_A_MONTH + DUPLICATES
    assert max(each[1:].split(",")[1] for each in first) < min(each[1:].split(",")[1] for each in recent)


def test_that_a_seed_gives_the_same_bytes_and_another_one_others(made, tmp_path):
    for seed, is_same in ((7, True), (8, False)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        other = make_sample(SampleJob(folder=str(folder), seed=seed), silent)
        assert (Path(other.whole).read_bytes() == Path(made.whole).read_bytes()) == is_same


def test_that_the_planted_gap_between_women_and_men_is_there(whole):
    approved = whole["decision"] == "approved"
    gap = approved[whole["sex"] == "male"].mean() - approved[whole["sex"] == "female"].mean()
    assert gap == pytest.approx(0.20, abs=0.03)


def test_that_the_amount_approved_gives_the_outcome_away(whole):
    assert ((whole["approved_amount"] > 0) == (whole["decision"] == "approved")).all()


def test_that_sixty_rows_stand_twice_and_in_the_first_half(made, whole):
    assert describe(open_source(made.whole)).duplicate_rows == DUPLICATES
    _names, counts = np.unique(whole["application"], return_counts=True)
    assert (counts == 2).sum() == DUPLICATES
    assert counts.max() == 2
    assert describe(open_source(made.recent)).duplicate_rows == 0


def test_that_missing_values_are_disguised_in_both_ways(made):
    profile = describe(open_source(made.whole))
    disguised = {each.name: {one.value for one in each.disguised} for each in profile.columns if each.disguised}
    assert disguised == {"region": {"n/a"}, "job": {"?"}}
    assert profile.column("income").missing == pytest.approx(0.02 * profile.rows, rel=0.2)


def test_that_every_person_has_an_address_of_their_own_name(whole):
    for name, mail in zip(whole["applicant"][:500], whole["mail"][:500], strict=True):
        first, last = name.lower().split()
        assert mail.startswith(f"{first}.{last}")
        assert mail.endswith("@example.org")


def test_that_incomes_moved_by_the_planted_amount_and_ages_did_not(made):
    first, recent = (open_source(path) for path in (made.first, made.recent))

    def moved(column: str) -> float:
        before, after = (np.sort(read_columns(each, [column])[column].astype(float)) for each in (first, recent))
        before, after = before[~np.isnan(before)], after[~np.isnan(after)]
        edges = psi_edges(before)
        return psi(bin_counts(before, edges) / len(before), bin_counts(after, edges) / len(after))

    assert moved("income") == pytest.approx(0.3, abs=0.06)
    assert moved("age") < 0.01
