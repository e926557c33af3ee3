"""Whether data may leave: what takes two signatures, whose, for which columns, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_desk.areas.datasets.column import Classify
from mlops_desk.areas.datasets.dataset import AddDataset, AddVersion, Dataset
from mlops_desk.areas.datasets.queries import details
from mlops_desk.areas.datasets.sending import AllowSending, WithdrawSending, signers_missing
from mlops_desk.areas.team.member import ChangeRoles
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.rows import Rows
from tests.areas.conftest import Team

OWNER, ETHICS = "owner", "ai-ethics"
ALLOW = AllowSending(dataset="loans")


@pytest.fixture
def data(team: Team, tmp_path: Path) -> Path:
    """Add a dataset of two columns, of which one is confirmed public and one is PII."""
    file = tmp_path / "loans.csv"
    file.write_text("amount,name\n1,Eva\n2,Kim\n")
    team["Ben"].do(AddDataset(file=str(file), name="loans"))
    team["Ben"].do(Classify(dataset="loans", column="amount", security="public"))
    team["Ben"].do(Classify(dataset="loans", column="name", security="pii"))
    return file


def missing(team: Team, label: str = "loans") -> list[str]:
    def query(rows: Rows) -> list[str]:
        return signers_missing(rows, rows.resolve("dataset-version", label))

    return team["Ben"].ask(query)


def sign(team: Team, name: str, role: str) -> str:
    team[name].act_as(role, remember=False)
    return team[name].do(ALLOW).said


def test_that_nobody_else_signs_and_nobody_signs_twice(team: Team, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeskError, match="Only an owner and AI ethics decide"):
        team["Ben"].do(ALLOW)
    sign(team, "Ana", OWNER)
    with pytest.raises(DeskError, match="You have signed this already"):
        sign(team, "Ana", OWNER)
    monkeypatch.setattr("mlops_desk.areas.datasets.sending._check_signs", lambda _present: None)
    with pytest.raises(DeskError, match="may not"):  # so says the merge, whatever a program lets through
        sign(team, "Ben", "ml-engineer")
    assert missing(team) == [ETHICS]


def test_that_one_person_in_both_roles_is_not_two_people(
    team: Team, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team["Ana"].act_as(OWNER)
    team["Ana"].do(ChangeRoles(member="Ana", roles=("data-scientist", ETHICS, OWNER)))
    sign(team, "Ana", OWNER)
    with pytest.raises(DeskError, match="You have signed this as Owner already") as caught:
        sign(team, "Ana", ETHICS)
    assert "somebody else signs as AI Ethics" in caught.value.hint
    monkeypatch.setattr(AllowSending, "_check_is_new", lambda *_: None)  # as another program would
    sign(team, "Ana", ETHICS)
    assert missing(team) == [OWNER, ETHICS]


def test_that_a_stricter_class_or_a_new_column_needs_both_again_and_a_milder_one_does_not(
    team: Team, data: Path
) -> None:
    team["Mira"].act_as(ETHICS)
    team["Mira"].do(Classify(dataset="loans", column="name", security="sensitive"))
    sign(team, "Ana", OWNER)
    sign(team, "Mira", ETHICS)
    team["Mira"].do(Classify(dataset="loans", column="name", security="confidential"))
    assert missing(team) == []
    team["Mira"].do(Classify(dataset="loans", column="name", security="sensitive"))
    assert missing(team) == []
    team["Mira"].do(Classify(dataset="loans", column="name", security="pii"))
    assert missing(team) == [OWNER, ETHICS]
    sign(team, "Ana", OWNER)
    sign(team, "Mira", ETHICS)
    assert missing(team) == []
    data.write_text("amount,name,mail\n1,Eva,e@example.org\n")
    team["Ben"].do(AddVersion(dataset="loans", file=str(data)))
    assert missing(team, "loans@2") == [OWNER, ETHICS], "a column without a class counts as PII"
    assert missing(team, "loans@1") == [], "what was signed stays signed"


def test_that_it_takes_both_in_any_order_and_either_ends_it_alone(team: Team, data: Path) -> None:
    assert missing(team) == [OWNER, ETHICS]
    assert "once somebody else signs as Owner" in sign(team, "Mira", ETHICS)
    assert missing(team) == [OWNER]
    assert "Both have signed" in sign(team, "Ana", OWNER)
    assert missing(team) == []
    with pytest.raises(DeskError, match="Only an owner and AI ethics decide"):
        team["Ben"].do(WithdrawSending(dataset="loans", reason="No."))
    team["Mira"].do(WithdrawSending(dataset="loans", reason="The purpose has changed."))
    assert missing(team) == [OWNER, ETHICS]
    with pytest.raises(DeskError, match="nothing to withdraw"):
        team["Mira"].do(WithdrawSending(dataset="loans", reason="Again."))
    sign(team, "Mira", ETHICS)
    sign(team, "Ana", OWNER)
    assert missing(team) == [], "it can be allowed again"


def test_that_open_data_needs_no_signature_and_the_page_says_so(team: Team, data: Path) -> None:
    def said() -> str:
        def query(rows: Rows) -> str:
            shown = details(rows, rows.find(Dataset)[0].id)
            return next(str(each.value) for each in shown if each.label == "May leave this machine")

        return team["Ben"].ask(query)

    assert said() == "not before Owner and AI Ethics & SME sign"
    team["Ben"].do(Classify(dataset="loans", column="name", security="confidential"))
    assert missing(team) == []
    assert said() == "yes, by its classes"
    with pytest.raises(DeskError, match="Nothing of this dataset needs to be allowed"):
        sign(team, "Ana", OWNER)
