"""Finding by name: what is typed, how well a name fits, filters, and what is never answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_desk.areas.datasets.column import column_id
from mlops_desk.areas.goals.kpi import RecordCheckIn
from mlops_desk.catalogue import RULES
from mlops_desk.cli.main import run
from mlops_desk.kernel.errors import DeskError
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace import Workspace, search
from mlops_desk.workspace.search import Found, find
from mlops_desk.workspace.search_words import FILTERS, PARTED, Sought, fit, folded, read

LETTERS = st.text(alphabet="aAäbé%_-.@ 1z", max_size=12)


@pytest.fixture
def busy(desk: Workspace) -> Workspace:
    for name in ("Loan time", "Time to decision", "Détail", "a_b%c", "Other"):
        desk.do(RULES.act("kpi.add", name=name))
    desk.do(RULES.act("kpi.add", name="Owned", owner="data-engineer"))
    desk.do(RULES.act("use-case.add", name="Loans"))
    desk.do(RULES.act("kpi.add", name="Away"))
    desk.do(RULES.act("kpi.archive", id="Away"))
    return desk


def names(desk: Workspace, text: str, most: int = 20) -> list[str]:
    return [each.name for each in desk.ask(find, read(text), most)]


def test_that_the_best_name_comes_first(busy: Workspace):
    assert names(busy, "time") == ["Time to decision", "Loan time"]
    assert names(busy, "LOAN") == ["Loans", "Loan time"]
    assert names(busy, "detail") == ["Détail"]
    assert names(busy, "ttd") == ["Time to decision"]
    assert names(busy, "a_b%c") == ["a_b%c"]
    assert names(busy, "%") == ["a_b%c"], "a sign of LIKE is a letter like any other"
    assert names(busy, "away") == [], "what is put away is out of the way"
    assert names(busy, "") == []


def test_that_a_record_is_found_by_the_beginning_of_its_id(busy: Workspace):
    [found] = busy.ask(find, read("Other"))
    assert [each.id for each in busy.ask(find, read(found.id[:8]))] == [found.id]
    done = busy.do(RecordCheckIn(kpi="Other", value=1.0))
    assert [each.noun for each in busy.ask(find, read(done.id[:8]))] == ["check-in"], "also what has no name"
    assert [each.within for each in busy.ask(find, read(done.id[:8]))] == ["Other"]


def test_that_filters_narrow_it(busy: Workspace):
    assert names(busy, "type:use") == ["Loans"]
    assert names(busy, "type:kpi loan") == ["Loan time"]
    assert "Other" in names(busy, "owner:@me")
    assert names(busy, "owner:data-engineer") == ["Owned"]
    assert "Other" in names(busy, "owner:@ana type:kpi")
    assert names(busy, "before:2020-01-01") == []
    assert "Other" in names(busy, "before:2100-01-01")
    assert names(busy, "stage:train") == []
    assert "Other" in names(busy, "state:not type:kpi")
    assert names(busy, "state:bad") == []
    assert names(busy, "class:pii") == []


def test_that_an_unknown_filter_is_a_sentence(busy: Workspace):
    for text in ("type:nothing", "stage:nothing", "class:nothing", "owner:@nobody", "before:soon"):
        with pytest.raises(DeskError) as caught:
            busy.ask(find, read(text))
        assert caught.value.hint


PLANTED = "iban_of_mother"


def _column(security: str | None, **more: str) -> dict[str, object]:
    made = {
        "id": column_id("d", f"{PLANTED}{security}"),
        "archived": False,
        "created_at": "2026-01-01 00:00:00",
        "created_by": "",
        "changed_at": "2026-01-01 00:00:00",
        "contested": "[]",
        "dataset": "d",
        "name": PLANTED,
        "security": security,
        "reason": PLANTED,
        "meaning": PLANTED,
        "unit": PLANTED,
    }
    return made | more


def test_that_what_a_closed_column_is_called_is_never_answered(desk: Workspace):
    planted = [_column(security) for security in ("sensitive", "pii", None)]
    desk._database.insert("column", planted)
    ids = [str(each["id"])[:6] for each in planted]
    for text in (PLANTED, "iban", "ibn", "type:column", "type:column iban", "class:pii", "owner:@me type:column", *ids):
        found = desk.ask(find, read(text))
        assert [each for each in found if PLANTED in repr(each) or each.noun == "column"] == [], text


def test_that_an_open_column_is_found_and_only_by_its_name(desk: Workspace):
    desk._database.insert("column", [_column("public", reason="secret reason", meaning="secret meaning")])
    assert names(desk, "iban") == [PLANTED]
    assert names(desk, "secret") == []


def test_that_only_names_are_sought_and_never_what_people_wrote(busy: Workspace):
    from mlops_desk.areas.team.comment import AddComment

    busy.do(AddComment(subject="kpi/Other", text="planted words"))
    assert names(busy, "planted") == []


@given(LETTERS, LETTERS)
def test_that_typing_again_what_was_understood_means_the_same(text: str, value: str):
    understood = read(f"{text} type:{value}")
    assert read(str(understood)) == understood
    assert set(understood.filters) <= set(FILTERS)


@given(LETTERS)
def test_that_folding_twice_changes_nothing(text: str):
    assert folded(folded(text)) == folded(text)


def test_that_rows_and_lines_agree_how_well_a_name_fits(desk: Workspace):
    @given(LETTERS, LETTERS)
    def law(name: str, text: str) -> None:
        def query(rows: Reader) -> int | None:
            rank, values = search._rank(text)
            plain = "SELECT lower(strip_accents(?)) AS folded, '' AS id"
            spaced = f"SELECT *, translate(folded, '{PARTED}', '{' ' * len(PARTED)}') AS spaced FROM plain"
            asked = f"WITH plain AS ({plain}), ranked AS ({spaced}) SELECT {rank} FROM ranked"
            [(found,)] = rows.sql(asked, name, *values)
            return None if found is None else int(found)

        if text.strip():
            assert desk.ask(query) == fit(name, text)

    law()


def test_that_the_command_line_finds_and_shows(busy: Workspace, folder: Path, capsys: pytest.CaptureFixture[str]):
    busy.close()
    here = ["--project", str(folder)]
    assert run(["find", "loan", "--json", *here]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in found] == ["Loans", "Loan time"]
    assert run(["show", found[1]["address"], *here]) == 0
    assert "Loan time" in capsys.readouterr().out
    assert run(["find", "--type", "use case", *here]) == 0
    assert "Loans" in capsys.readouterr().out
    assert run(["find", *here]) == 1
    assert run(["show", "mlops-desk://another/kpi/x", *here]) == 1
    assert "another project" in capsys.readouterr().err
    assert run(["show", f"mlops-desk://Loan-risk/kpi/{found[1]['id']}", *here]) == 0
    assert run(["show", "mlops-desk://loan-risk/page/governance", *here]) == 1


def test_that_nothing_sought_is_nothing_found(desk: Workspace):
    nothing: list[Found] = []
    assert desk.ask(find, Sought()) == nothing
