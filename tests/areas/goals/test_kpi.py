"""KPIs as people use them: templates, sources, and definitions with two versions."""

from __future__ import annotations

import pytest

from mlops_desk.areas.goals.kpi import AdoptKpi, CheckIn, Kpi, RecordCheckIn, templates
from mlops_desk.areas.goals.queries import key_results, kpis
from mlops_desk.kernel.changes import Changes
from mlops_desk.kernel.errors import DeskError
from tests.areas.facts import Made, do


def test_that_every_template_but_bands_can_be_adopted_as_it_is(desk) -> None:
    for each in templates().values():
        if each.better == "band":
            with pytest.raises(DeskError, match="band needs both edges"):
                do(desk, AdoptKpi(template=each.id))
            do(desk, AdoptKpi(template=each.id, low=2.0, high=15.0))
        else:
            do(desk, AdoptKpi(template=each.id, baseline=1.0, target=2.0))
    found = {each.template: each.better for each in desk.ask(lambda rows: rows.find(Kpi))}
    assert found == {each.id: each.better for each in templates().values()}
    with pytest.raises(DeskError, match="no KPI template"):
        do(desk, AdoptKpi(template="Z9"))


def test_that_a_value_is_read_from_the_newest_run_or_not_at_all(desk) -> None:
    do(desk, "kpi.add", name="Quality", target=0.9, metric="run:auc")
    with pytest.raises(DeskError, match="No run gives auc"):
        do(desk, RecordCheckIn(kpi="Quality"))
    Made(desk)
    do(desk, RecordCheckIn(kpi="Quality"))
    [reading] = desk.ask(lambda rows: rows.find(CheckIn))
    assert (reading.value, reading.source) == (0.8, "metric")
    for metric, code in (("credit/auc", ""), ("run:nothing", "RUN-120"), ("moon:auc", "GOAL-135"), ("", "GOAL-131")):
        if code:
            do(desk, "kpi.edit", id="Quality", metric=metric)
            with pytest.raises(DeskError) as refused:
                do(desk, RecordCheckIn(kpi="Quality"))
            assert refused.value.code == code


def test_that_a_definition_with_two_versions_is_not_evaluated_until_settled(team, monkeypatch) -> None:
    do(team["Ana"], "kpi.add", name="Time", better="down", target=40.0)
    do(team["Ana"], RecordCheckIn(kpi="Time", value=30.0))
    ana, ben = team["Ana"], team["Ben"]
    with monkeypatch.context() as patch:
        for desk in (ana, ben):
            patch.setattr(desk, "refresh", Changes)
        do(ana, "kpi.edit", id="Time", target=20.0)
        do(ben, "kpi.edit", id="Time", target=25.0)
    [row] = team["Mira"].ask(kpis)
    assert (row.state.level, row.state.reason) == ("unknown", "target has two versions")
    do(team["Ana"], "kpi.edit", id="Time", target=35.0)
    assert team["Mira"].ask(kpis)[0].state.level == "ok"


def test_that_a_kpi_put_away_leaves_its_key_result_not_known(desk) -> None:
    do(desk, "kpi.add", name="Time", target=1.0)
    do(desk, "objective.add", name="Fast")
    do(desk, "key-result.add", name="Faster", objective="Fast", kpi="Time")
    do(desk, "kpi.archive", id="Time")
    assert desk.ask(kpis) == []
    [row] = desk.ask(key_results)
    assert (row.state.level, row.state.reason) == ("unknown", "its KPI is put away")
    do(desk, "kpi.archive", id="Time", back=True)
    assert [each.name for each in desk.ask(kpis)] == ["Time"]
