"""Proposed classes: what values and names tell of people, and what never leaves unmasked."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.science.describe import describe
from mlops_desk.science.pii import CLASSES, ClassProposal, masked, propose_classes
from mlops_desk.science.pii_names import PII, SENSITIVE, hinted
from mlops_desk.science.sources import open_source

VALUES = {
    "mail": ["ana.silva@example.org", "b+c@mail.example.co.uk", "?", "d@e.ch"],
    "iban": ["CH93 0076 2011 6238 5295 7", "DE89370400440532013000", "GB29NWBK60161331926819"],
    "card": ["4111 1111 1111 1111", "5500005555555559", "371449635398431"],
    "identity": ["756.9217.0769.85", "756.1234.5678.97", "756.9217.0769.85 "],
    "ip": ["192.168.0.1", "2001:db8::1", "10.0.0.7"],
    "phone": ["+41 44 668 18 00", "+1 650-253-0000", "0041446681800"],
    "mail inside": ["Please write to ana@example.org about it", "no", "nothing to see here", "fine"],
}


def proposed(tmp_path: Path, **columns: Sequence[object]) -> dict[str, ClassProposal]:
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    source = open_source(path)
    return {each.column: each for each in propose_classes(source, describe(source))}


@pytest.mark.parametrize("detector", VALUES)
def test_that_personal_values_are_found_whatever_their_column_is_called(tmp_path, detector):
    found = proposed(tmp_path, x1=VALUES[detector] * 5)["x1"]
    assert (found.proposed, found.detector) == ("pii", detector)
    assert "sampled values" in found.reason
    assert found.example not in VALUES[detector]


@pytest.mark.parametrize(
    "values",
    [
        ["4111 1111 1111 1112", "5500005555555550"],
        ["12:30:00", "09:15:10"],
        ["1.2.3", "2.0"],
        ["CH93 0076 2011 6238 5295 8", "DE00"],
        ["555-1234", "1234567"],
        ["+99 12", "+1 23"],
    ],
)
def test_that_lookalikes_without_a_valid_check_digit_are_not(tmp_path, values):
    assert proposed(tmp_path, x1=values * 30)["x1"].proposed == "confidential"


def test_that_local_phone_numbers_need_the_hint_of_their_name(tmp_path):
    values = ["044 668 18 00", "(650) 253-0000"] * 20
    found = proposed(tmp_path, Telefon=values, x1=values)
    assert found["Telefon"].detector == "phone"
    assert found["x1"].proposed == "confidential"


@pytest.mark.parametrize(
    ("column", "topic"),
    [
        ("BirthDate", "birth date"),
        ("customer_name", "name"),
        ("Prénom", "name"),
        ("Straße", "address"),
        ("zip-code", "address"),
        ("e_mail", "mail"),
        ("ip", "address on the network"),
    ],
)
def test_that_names_of_columns_tell_of_people_in_many_languages(column, topic):
    assert hinted(column, PII) == topic


@pytest.mark.parametrize("column", ["page", "passage", "product_name", "script", "ship", "sextant", "agent", "trace"])
def test_that_a_hint_is_a_whole_word(column):
    assert hinted(column, PII) == hinted(column, SENSITIVE) == ""


def test_that_identifiers_are_personal_and_row_numbers_are_not(tmp_path):
    found = proposed(tmp_path, row=list(range(50)), code=[f"K{at * 7}" for at in range(50)])
    assert (found["code"].proposed, found["code"].detector) == ("pii", "unique")
    assert found["row"].proposed == "confidential"


@pytest.mark.parametrize(
    "column", ["patient_id", "CustomerNo", "kunden_nr", "Mitarbeiternummer", "cliente id", "userid"]
)
def test_that_the_number_of_a_person_is_personal_even_where_it_counts_the_rows(tmp_path, column):
    found = proposed(tmp_path, **{column: list(range(50))})[column]
    assert (found.proposed, found.detector) == ("pii", "column name")


@pytest.mark.parametrize("column", ["applicant", "Customer", "client_2", "patient", "user", "employee", "Kunde"])
def test_that_a_column_called_after_a_person_is_personal_where_it_tells_persons_apart(tmp_path, column):
    values: tuple[list[object], ...] = (
        [f"A{at % 25}" for at in range(100)],
        list(range(1, 101)),
        [float(at % 25) + 0.5 for at in range(100)],
    )
    for at, each in enumerate(values):
        (tmp_path / str(at)).mkdir()
        found = proposed(tmp_path / str(at), **{column: each})[column]
        assert (found.proposed, found.detector) == ("pii", "person"), each
    found = proposed(tmp_path, **{column: [1, 2, 3, 4] * 25, "other": list(range(100))})[column]
    assert (found.proposed, found.detector) == ("sensitive", "person")


def test_that_what_is_said_of_a_person_is_personal_only_where_it_is_nearly_unique(tmp_path):
    cities = ["Bonn", "Ulm", "Ahlen"] * 20
    found = proposed(tmp_path, customer_city=cities, customer_ref=[f"{at % 40}x" for at in range(60)], user=[True] * 60)
    assert [found[each].proposed for each in found] == ["confidential", "pii", "confidential"]


def test_that_free_text_is_no_default_to_be_shared(tmp_path):
    texts = [f"called on day {at % 80} about the car" for at in range(90)]
    assert proposed(tmp_path, remark=texts)["remark"].proposed == "sensitive"


def test_that_the_names_of_things_are_not_of_people(tmp_path):
    texts = [f"scan {at % 60}" for at in range(66)]
    found = proposed(tmp_path, file_name=texts, nome=texts, religião=["a", "b"] * 33)
    assert [found[each].proposed for each in found] == ["confidential", "pii", "sensitive"]


def test_that_public_has_a_stated_cause(tmp_path):
    found = proposed(tmp_path, weekday=[1, 2] * 20, other=[1, 2] * 20, none=[None] * 40)
    assert [found[each].proposed for each in ("weekday", "other", "none")] == ["public", "confidential", "public"]
    assert found["weekday"].reason


@given(value=st.text(min_size=4))
def test_that_a_masked_example_shows_one_letter_at_most(value):
    shown = masked(value)
    assert len(shown) <= 24
    assert not any(sign.isalnum() for sign in shown[1:])


def test_that_the_classes_of_adult_are_proposed():
    folder = os.environ.get("MLOPS_DESK_REAL_DATA")
    if not folder:
        pytest.skip("MLOPS_DESK_REAL_DATA is not set")
    source = open_source(Path(folder) / "adult.csv")
    found = {each.column: each.proposed for each in propose_classes(source, describe(source))}
    sensitive = {"age", "race", "sex", "marital-status", "relationship", "native-country", "income-per-year"}
    assert {each for each in found if found[each] == "sensitive"} == sensitive | {"capital-gain", "capital-loss"}
    assert set(found.values()) <= set(CLASSES) - {"pii"}
