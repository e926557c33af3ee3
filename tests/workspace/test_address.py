"""Addresses: what is written is read again, and whatever else is typed is refused or stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.kernel.address import SCHEME, Address, addresses_in, read
from mlops_desk.kernel.errors import DeskError

WORD = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20)
NOUN = st.from_regex(r"[a-z][a-z-]{0,10}", fullmatch=True).filter(lambda each: each != "page")
RECORD = st.builds(Address, WORD, NOUN, WORD)
PAGE = st.builds(lambda project, place, tab: Address(project, place=place, tab=tab), WORD, WORD, WORD | st.just(""))


@given(RECORD | PAGE)
def test_that_what_is_written_is_read_again(address: Address):
    assert read(f" {address}\n") == address
    assert [each for _first, _last, each in addresses_in(f"see {address}, and")] == [address]


@given(st.text(max_size=60) | st.text("mlops-desk:/%.aé ", max_size=60).map(lambda text: SCHEME + text))
def test_that_anything_is_an_address_or_refused_with_a_hint(text: str):
    try:
        found = read(text)
    except DeskError as error:
        assert error.hint  # noqa: PT017 - either way is right
        return
    assert read(str(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "mlops-desk://", "mlops-desk://x", "mlops-desk://x/kpi", "mlops-desk://x/kpi/", "mlops-desk://x/KPI/1",
        "mlops-desk://x/kpi/1/2", "mlops-desk://x/kpi/%zz", "mlops-desk://x/kpi/%ff", "mlops-desk://x/kpi/%00",
        "https://x/kpi/1", "mlops-desk://x/page/a/b/c", "mlops-desk://x/kpi/1?a=b", f"mlops-desk://x/kpi/{'a' * 600}",
    ],
)  # fmt: skip
def test_that_what_is_not_well_formed_is_no_address(text: str):
    with pytest.raises(DeskError):
        read(text)


def test_that_the_end_of_a_sentence_is_no_part_of_an_address():
    text = "See mlops-desk://loan-risk/run/1841. And <mlops-desk://loan-risk/page/goals/kpi>!"
    assert [text[first:last] for first, last, _address in addresses_in(text)] == [
        "mlops-desk://loan-risk/run/1841",
        "mlops-desk://loan-risk/page/goals/kpi",
    ]


def test_that_a_project_is_known_by_id_and_by_name():
    address = read("mlops-desk://Loan-Risk/kpi/1")
    assert address.is_of("x" * 43, "Loan risk")
    assert not address.is_of("x" * 43, "Loan")
    assert Address("x" * 43, "kpi", "1").is_of("x" * 43, "Anything")
