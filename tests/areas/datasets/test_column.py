"""Classes of columns fail safe: across people, against forged lines, and where nobody has said anything."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mlops_desk.areas.datasets.column import Classify, Describe, class_of, classes_of, column_id, columns_said
from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion
from mlops_desk.areas.datasets.queries import confirmed_classes, may_be_shared, subject
from mlops_desk.kernel.errors import DeskError
from tests.areas.facts import do, forged_column, tell, version


def class_now(desk, dataset):
    return desk.ask(lambda rows: class_of(rows, rows.get(Dataset, dataset)))


@pytest.fixture
def loans(desk):
    [dataset] = tell(desk, Dataset(name="loans"))
    tell(desk, version(dataset))
    return dataset


def test_that_unclassified_counts_as_pii_and_the_strictest_column_decides(desk, loans) -> None:
    assert class_now(desk, loans) == ("pii", 2)
    do(desk, Classify(dataset="loans", column="age", security="public"))
    assert class_now(desk, loans) == ("pii", 1)
    do(desk, Classify(dataset="loans", column="mail", security="sensitive"))
    assert class_now(desk, loans) == ("sensitive", 0)


def test_that_a_dataset_without_version_counts_as_pii(desk) -> None:
    [dataset] = tell(desk, Dataset(name="empty"))
    assert class_now(desk, dataset) == ("pii", 0)


def test_that_describing_a_column_classes_nothing(desk, loans) -> None:
    do(desk, Describe(dataset="loans", column="age", meaning="Years"))
    assert desk.ask(classes_of, loans) == {}


def test_that_lowering_needs_a_role_and_raising_needs_none(desk, loans) -> None:
    do(desk, Classify(dataset="loans", column="mail", security="confidential"))
    do(desk, Classify(dataset="loans", column="mail", security="pii"))
    with pytest.raises(DeskError, match="needs a data engineer"):
        do(desk, Classify(dataset="loans", column="mail", security="public"))
    assert desk.ask(classes_of, loans) == {"mail": "pii"}


def test_that_of_two_people_the_stricter_counts_and_the_mandated_one_may_lower(team) -> None:
    [dataset] = tell(team["Ana"], Dataset(name="loans"))
    tell(team["Ana"], version(dataset))
    team["Ben"].act_as("ml-engineer", remember=False)
    do(team["Ben"], Classify(dataset="loans", column="mail", security="pii"))
    with pytest.raises(DeskError, match="needs a data engineer"):
        do(team["Ana"], Classify(dataset="loans", column="mail", security="public"))
    do(team["Ben"], Classify(dataset="loans", column="mail", security="confidential"), "data-engineer")
    for name in ("Ana", "Ben", "Mira"):
        assert team[name].ask(classes_of, dataset) == {"mail": "confidential"}


def test_that_an_owner_raises_and_lowers_the_class_of_a_column_and_writes_nothing_else_of_it(desk, loans) -> None:
    do(desk, Classify(dataset="loans", column="mail", security="confidential"), "owner")
    do(desk, Classify(dataset="loans", column="mail", security="pii"))
    do(desk, Classify(dataset="loans", column="mail", security="public"))
    assert desk.ask(classes_of, loans) == {"mail": "public"}
    with pytest.raises(DeskError, match="may not write column"):
        do(desk, Describe(dataset="loans", column="mail", meaning="Address"))
    with pytest.raises(DeskError, match="may not write dataset"):
        do(desk, "dataset.edit", id="loans", purpose="Everything")


def test_that_who_first_speaks_of_a_column_says_only_what_they_said(desk, loans) -> None:
    do(desk, Classify(dataset="loans", column="mail", security="pii"))
    do(desk, Describe(dataset="loans", column="age", meaning="Years"))
    written = desk.ask(lambda rows: rows.sql("SELECT id, field FROM op WHERE noun = 'column'"))
    mail, age = column_id(loans, "mail"), column_id(loans, "age")
    assert {name for id_, name in written if id_ == mail} == {"dataset", "name", "security", "reason"}
    assert {name for id_, name in written if id_ == age} == {"dataset", "name", "meaning"}


def test_that_a_unit_said_before_stays_unless_another_one_is_given(desk, loans) -> None:
    do(desk, Describe(dataset="loans", column="age", meaning="Years", unit="a"))
    do(desk, Describe(dataset="loans", column="age", meaning="Age at application"))

    def said(rows):
        found = columns_said(rows, loans)["age"]
        return found.meaning, found.unit

    assert desk.ask(said) == ("Age at application", "a")
    do(desk, Describe(dataset="loans", column="age", meaning="Age", unit=""))
    assert desk.ask(said) == ("Age", "")


def test_that_data_is_not_kept_until_a_day_that_is_past(desk, loans) -> None:
    with pytest.raises(DeskError, match="2020-01-01 is past") as caught:
        do(desk, "dataset.edit", id="loans", keep_until=date(2020, 1, 1))
    assert "Give a day to come" in caught.value.hint
    do(desk, "dataset.edit", id="loans", keep_until=date.today() + timedelta(days=1))  # noqa: DTZ011 - where one is


def test_that_what_is_said_of_a_set_whose_day_has_come_may_change(desk) -> None:
    [old] = tell(desk, Dataset(name="old", keep_until=date(2020, 1, 1)))
    do(desk, "dataset.edit", id=old, licence="own", keep_until=date(2020, 1, 1))
    assert desk.ask(lambda rows: rows.get(Dataset, old)).licence == "own"


def test_that_a_second_record_of_a_column_cannot_speak_milder_of_it(desk, loans) -> None:
    do(desk, Classify(dataset="loans", column="mail", security="pii"))
    tell(desk, forged_column(loans, "mail", "public"), forged_column(loans, "age", "public"))
    assert desk.ask(classes_of, loans) == {"mail": "pii"}
    assert class_now(desk, loans) == ("pii", 1)


def test_that_only_confirmed_public_or_confidential_columns_may_be_shared(desk, loans) -> None:
    def shared(rows):
        [found] = rows.find(DatasetVersion)
        return may_be_shared(rows, found), may_be_shared(rows, found.but(columns=()))

    assert desk.ask(shared) == (False, False)
    do(desk, Classify(dataset="loans", column="age", security="public"))
    assert desk.ask(shared) == (False, False)
    do(desk, Classify(dataset="loans", column="mail", security="confidential"))
    assert desk.ask(shared) == (True, False)
    do(desk, Classify(dataset="loans", column="mail", security="sensitive"))
    assert desk.ask(shared) == (False, False)


def test_that_a_signature_covers_classes_and_what_the_data_may_be_used_for(desk, loans) -> None:
    def signed(rows):
        [found] = rows.find(DatasetVersion)
        return subject(rows, found.id).hash

    hashes = [desk.ask(signed)]
    do(desk, Classify(dataset="loans", column="age", security="public"))
    hashes.append(desk.ask(signed))
    do(desk, "dataset.edit", id="loans", purpose="Everything")
    hashes.append(desk.ask(signed))
    do(desk, Describe(dataset="loans", column="age", meaning="Years"))
    assert len(set(hashes)) == 3
    assert desk.ask(signed) == hashes[-1], "what a column means is no content"


def test_that_a_column_that_is_not_there_is_said_with_those_that_are(desk, loans) -> None:
    with pytest.raises(DeskError, match="has no column “salary”") as refused:
        do(desk, Classify(dataset="loans", column="salary", security="public"))
    assert "age, mail" in refused.value.hint
    found = desk.ask(lambda rows: confirmed_classes(rows, rows.find(DatasetVersion)[0]))
    assert found == {"age": None, "mail": None}
