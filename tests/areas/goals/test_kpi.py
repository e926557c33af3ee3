"""KPIs as people use them: templates, sources, and definitions with two versions."""

from __future__ import annotations

import pytest

from mlops_desk.areas.experiments.run import Value
from mlops_desk.areas.goals.kpi import AdoptKpi, CheckIn, Kpi, RecordCheckIn, templates
from mlops_desk.areas.goals.queries import key_results, kpis
from mlops_desk.kernel.errors import DeskError
from tests.areas.facts import Made, do, run, tell


def test_that_every_template_but_bands_can_be_adopted_as_it_is(desk) -> None:
    for each in templates().values():
        if each.better == "band":
            with pytest.raises(DeskError, match="band needs both edges"):
                do(desk, AdoptKpi(template=each.id))
            do(desk, AdoptKpi(template=each.id, low=2.0, high=15.0))
        else:
            low_and_high = (1.0, 2.0) if each.better == "up" else (2.0, 1.0)
            do(desk, AdoptKpi(template=each.id, baseline=low_and_high[0], target=low_and_high[1]))
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
    for metric, code in (("run:nothing", "RUN-120"), ("run:moon:auc", "RUN-120"), ("", "GOAL-131")):
        do(desk, "kpi.edit", id="Quality", metric=metric)
        with pytest.raises(DeskError) as refused:
            do(desk, RecordCheckIn(kpi="Quality"))
        assert refused.value.code == code


def test_that_a_metric_is_read_from_the_runs_of_one_question_only(desk) -> None:
    cases = [do(desk, "use-case.add", name=name) for name in ("Loans", "Bikes")]
    made = [Made(desk, name=f"q{n}", use_case=each) for n, each in enumerate(cases)]
    tell(desk, run(made[1].experiment, made[1].version, scores=(Value(name="auc", value=0.9, n=9),)))
    do(desk, "kpi.add", name="Free", metric="run:auc")
    with pytest.raises(DeskError, match="more than one question") as refused:
        do(desk, RecordCheckIn(kpi="Free"))
    assert "run:q0:auc" in refused.value.hint
    do(desk, "kpi.add", name="Named", metric="run:q0:auc")
    do(desk, "kpi.add", name="Bound", metric="run:auc", use_case="Bikes")
    do(desk, "kpi.add", name="Fed", metric="run:auc")
    do(desk, "objective.add", name="Fair", use_case="Loans")
    do(desk, "key-result.add", name="Fairer", objective="Fair", kpi="Fed")
    values = {}
    for name in ("Named", "Bound", "Fed"):
        do(desk, RecordCheckIn(kpi=name))
        values[name] = desk.ask(lambda rows: rows.find(CheckIn))[-1].value
    assert values == {"Named": 0.8, "Bound": 0.9, "Fed": 0.8}
    tell(desk, run(made[0].experiment, made[0].version, target="other"))
    with pytest.raises(DeskError, match="ok in q0, other in q0"):
        do(desk, RecordCheckIn(kpi="Named"))


def test_that_a_source_that_gives_nothing_is_refused_when_it_is_written(desk) -> None:
    do(desk, "kpi.add", name="Quality")
    for values, code in (
        ({"metric": "nonsense"}, "GOAL-135"),
        ({"metric": "run:"}, "GOAL-135"),
        ({"metric": "moon:auc"}, "GOAL-135"),
        ({"sql": "DELETE FROM kpi"}, "SQL-101"),
        ({"sql": "how many?"}, "SQL-104"),
    ):
        for act, given in (("kpi.add", {"name": "x"}), ("kpi.edit", {"id": "Quality"})):
            with pytest.raises(DeskError) as refused:
                do(desk, act, **given, **values)
            assert refused.value.code == code


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"better": "up", "baseline": 5.0, "target": 3.0},
            "The target 3 is worse than the baseline 5, as better is up",
        ),
        ({"better": "down", "baseline": 3.0, "target": 5.0}, "The target 5 is worse than the baseline 3"),
        ({"rhythm": 0}, "A check-in cannot be due every 0 days"),
        ({"tolerance": -1.0}, "A tolerance cannot be negative: -1"),
    ],
)
def test_that_values_that_do_not_fit_each_other_are_refused(desk, values, sentence) -> None:
    do(desk, "kpi.add", name="Time")
    for act, given in (("kpi.add", {"name": "x"}), ("kpi.edit", {"id": "Time"})):
        with pytest.raises(DeskError) as refused:
            do(desk, act, **given, **values)
        assert refused.value.sentence.startswith(sentence)
        assert refused.value.hint


def test_that_a_definition_with_two_versions_is_not_evaluated_until_settled(team) -> None:
    do(team["Ana"], "kpi.add", name="Time", better="down", target=40.0)
    do(team["Ana"], RecordCheckIn(kpi="Time", value=30.0))
    ana, ben = team["Ana"], team["Ben"]
    with team.apart():
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
