"""Forms: every act has one, what was typed is never lost, what cannot be taken back is asked twice."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit

from mlops_desk.areas.goals.kpi import Kpi
from mlops_desk.areas.governance.disagreement import RaiseDisagreement
from mlops_desk.catalogue import RULES
from mlops_desk.gui.acts import acts_for, given_by
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.workspace import Workspace
from tests.gui.steps import ACTS, ADD_KPI, EDIT_KPI, KPI, fill, goals, names, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def test_that_an_edit_changes_only_what_was_changed(
    window: MainWindow, settled: Callable[[], None], project: Path, elsewhere
):
    elsewhere(ADD_KPI(**KPI, formula="middle of all cases"))
    window.desk.refresh()
    settled()
    page = goals(window, settled)
    window.desk.fill_in(EDIT_KPI, {"id": table(page).model.row(0).id})
    settled()
    form = window.form
    assert isinstance(form, Form)
    assert form.rows["target"].editor.value() == 40
    fill(form, unit="minutes", formula="")
    form.submit()
    settled()
    with Workspace(project) as workspace:
        kpi = workspace.ask(lambda rows: rows.find(Kpi)[0])
        changed = workspace.ask(
            lambda rows: rows.sql("SELECT field FROM op JOIN line ON line.id = op.line WHERE kind = 'kpi.edit'")
        )
    assert (kpi.unit, kpi.formula, kpi.target) == ("minutes", "", 40)
    assert sorted(changed) == [("formula",), ("unit",)]


def test_that_a_refusal_is_said_in_the_form_and_nothing_typed_is_lost(window: MainWindow, settled: Callable[[], None]):
    window.desk.fill_in(ADD_KPI)
    settled()
    form = window.form
    assert isinstance(form, Form)
    fill(form, name="Overrule rate", better="band", low=15, high=2)
    form.submit()
    settled()
    assert "band is empty" in form.banner.sentence
    assert form.isVisible()
    assert form.rows["name"].editor.value() == "Overrule rate"
    fill(form, low=2, high=15)
    form.submit()
    settled()
    assert names(goals(window, settled)) == ["Overrule rate"]


def test_that_what_cannot_be_read_is_said_under_its_field(
    window: MainWindow, settled: Callable[[], None], qtbot: QtBot
):
    window.desk.fill_in(ADD_KPI)
    settled()
    form = window.form
    assert isinstance(form, Form)
    fill(form, baseline="many", due="tomorrow")
    form.submit()
    faults = {name: row.fault for name, row in form.rows.items() if row.fault}
    assert faults == {
        "name": "Name must be given.",
        "baseline": "“many” is not a number.",
        "due": "“tomorrow” is not a day such as 2026-11-23.",
    }
    assert form.rows["baseline"].editor.text() == "many"
    qtbot.keyClicks(form.rows["baseline"].editor.entry, "7")
    assert form.rows["baseline"].fault == ""


def test_that_option_names_of_the_command_line_are_not_shown_in_forms(window: MainWindow, settled: Callable[[], None]):
    window.desk.fill_in(ACTS["objective.add"])
    settled()
    form = window.form
    assert isinstance(form, Form)
    fill(form, name="Fair credit", start=date(2026, 2, 1), due=date(2026, 1, 1))
    form.submit()
    settled()
    assert "--" not in form.banner._hint.text()
    assert "“Due”" in form.banner._hint.text()
    assert form.rows["start"].fault


def test_that_every_act_has_a_form_that_opens_and_says_what_is_missing(window: MainWindow, settled: Callable[[], None]):
    for kind, act in RULES.acts.items():
        window.desk.fill_in(act)
        settled()
        form = window.form
        assert isinstance(form, Form)
        form.submit()
        needed = [
            name for name, row in form.rows.items() if row.field.required and row.editor.value() in (None, "", ())
        ]
        assert [name for name, row in form.rows.items() if row.fault] == needed, kind
        if needed:
            form.close()
        settled()
        assert window.failures.dialog is None, kind


def test_that_what_cannot_be_taken_back_is_asked_twice_with_the_thing_named(
    window: MainWindow, settled: Callable[[], None]
):
    window.desk.do(ACTS["use-case.add"](name="Credit score", problem="slow"))
    settled()
    window.desk.fill_in(ACTS["gate.sign"], {"gate": "G1"})
    settled()
    form = window.form
    assert isinstance(form, Form)
    fill(form, subject="Credit score · use-case")
    form.submit()
    settled()
    assert "G1 · Credit score" in form.send.text()
    assert form.banner.sentence.startswith("Sign gate: G1")
    assert form.isVisible()
    form.submit()
    settled()
    assert "cannot be taken back" not in form.banner._hint.text()


def test_that_what_is_only_read_is_shown_before_it_is_allowed(
    window: MainWindow, settled: Callable[[], None], project: Path, elsewhere
):
    elsewhere(ADD_KPI(**KPI, sql="SELECT 40"))
    window.desk.refresh()
    settled()
    id_ = table(goals(window, settled)).model.row(0).id
    allow = ACTS["kpi.allow"]
    assert allow in acts_for("kpi")
    assert acts_for("kpi").index(allow) > acts_for("kpi").index(EDIT_KPI), "what is rare stands late"
    window.desk.fill_in(allow, {"kpi": id_})
    settled()
    form = window.form
    assert isinstance(form, Form)
    sql = form.rows["sql"].editor
    assert sql.value() == "SELECT 40"
    assert isinstance(sql.entry, QPlainTextEdit)
    assert sql.entry.isReadOnly()
    form.submit()
    settled()
    with Workspace(project) as workspace:
        assert workspace.here.allows("SELECT 40")
        assert not workspace.here.allows("SELECT 41")


def test_that_a_disagreement_is_raised_from_any_record_but_not_about_what_was_said_in_one():
    assert acts_for("kpi")[-1] is RaiseDisagreement
    assert given_by(RaiseDisagreement, "kpi", "abc") == {"subject": "kpi/abc"}
    for noun in ("comment", "disagreement", "disagreement-view", "open-item"):
        assert RaiseDisagreement not in acts_for(noun)
