"""The computed checks on small projects, and the shipped checklists against the code that computes them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args

import msgspec
import pytest

from mlops_desk.areas.datasets.column import Classify, Describe
from mlops_desk.areas.datasets.dataset import Dataset
from mlops_desk.areas.datasets.profile import Profile
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Deployment, Release
from mlops_desk.areas.experiments.run import CandidateFigure, FairnessFigure, GroupFigure, SliceFigure, Value
from mlops_desk.areas.goals.usecase import UseCase
from mlops_desk.areas.governance.checklist import checklists, gates, items
from mlops_desk.areas.governance.checks import CHECKS
from mlops_desk.areas.governance.gate import SignOff
from mlops_desk.areas.governance.queries import about, check
from mlops_desk.areas.monitoring.monitor import Kind, Monitor, Reading
from mlops_desk.catalogue import REGISTRY
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.clock import today
from mlops_desk.kernel.state import Verdict
from tests.areas.facts import SHA, Made, do, run, tell, version

NOTHING = "0" * 26
SUBJECTS = {"G1": "use-case", "G2": "dataset-version", "G3": "model-version", "G4": "release", "G5": "release"}


def found(desk, name: str, noun: str, id_: str, day: date | None = None, **args: Any) -> Verdict:
    return desk.ask(lambda rows: REGISTRY.checks[name](rows, about(rows, noun, id_), args, day or today()))  # type: ignore[no-any-return]


def word(desk, name: str, made: Made, **args: Any) -> str:
    return found(desk, name, "model-version", made.model_version, **args).state.word


def group(name, n, few):
    return GroupFigure(name=name, n=n, selection=0.5, tpr=None, fpr=None, ppv=None, is_too_few=few)


def audit(tpr=None, fpr=None, selection=0.1, *, few=False, attribute="sex"):
    return FairnessFigure(
        attribute=attribute,
        groups=(group("f", 100, few=False), group("m", 5, few=few)),
        selection_ratio=Value(name="r", value=0.7),
        selection_gap=Value(name="s", value=selection),
        tpr_gap=Value(name="t", value=tpr),
        fpr_gap=Value(name="f", value=fpr),
        ppv_gap=Value(name="p"),
        look_closer=True,
    )


# --- the shipped checklists --------------------------------------------------------------------


def test_that_every_check_of_an_item_exists_and_can_be_asked_of_a_thing_that_is_not_here(desk) -> None:
    for item in items().values():
        if item.check is None:
            continue
        assert item.check.id in REGISTRY.checks, item.id
        for gate_id in item.gates:
            verdict = found(desk, item.check.id, SUBJECTS[gate_id], NOTHING, **item.check.args)
            assert verdict.state.level != "ok" or item.check.id == "K17", (item.id, verdict)


def test_that_every_check_can_be_computed_on_the_thing_of_its_gate(desk) -> None:
    made = Made(desk)
    for item in items().values():
        if item.check is not None and "G3" in item.gates:
            found(desk, item.check.id, "model-version", made.model_version, **item.check.args)
        if item.check is not None and "G2" in item.gates:
            found(desk, item.check.id, "dataset-version", made.version, **item.check.args)


def test_that_kinds_of_monitors_and_fields_named_by_items_exist() -> None:
    kinds = set(get_args(Kind))
    to_come = {"data-rule", "fairness", "freshness", "latency", "numeric", "performance", "skew", "staleness"}
    assert not kinds & to_come
    for item in items().values():
        asked = item.check.args.get("kinds", ()) if item.check else ()
        assert set(asked) <= kinds | to_come, item.id


def test_that_an_item_is_computed_or_says_which_record_does_not_exist_yet(desk) -> None:
    for item in items().values():
        assert (item.check is None) == bool(item.not_computed), item.id
        nothing = about_nothing(desk, item)
        assert nothing.state.reason or nothing.state.level == "ok", item.id
        if item.check is None:
            assert (nothing.state.word, nothing.state.reason) == ("Not known", item.not_computed)


def about_nothing(desk, item) -> Verdict:
    noun = SUBJECTS[item.gates[0]]
    return desk.ask(lambda rows: check(rows, item, about(rows, noun, NOTHING), today()))  # type: ignore[no-any-return]


def test_that_gates_and_checklists_belong_together() -> None:
    assert len(items()) == sum(len(each.items) for each in checklists()) == 124
    for each in gates():
        mine = [item for item in items().values() if each.id in item.gates]
        assert mine, each.id
        assert {item.id.split("-")[0] for item in mine} >= set(each.checklists)
        assert len({*each.signers}) >= 2
    assert {gate_id for item in items().values() for gate_id in item.gates} == {each.id for each in gates()}
    assert all(item.answers != item.signs for item in items().values()), "who answers never confirms"


def test_that_each_stage_has_one_accountable_role() -> None:
    raci = msgspec.json.decode(resource("governance.json").read_bytes())["raci"]
    assert len(raci) == 5
    for stage, roles in raci.items():
        assert sum("A" in letters.split("/") for letters in roles.values()) == 1, stage


# --- use case ----------------------------------------------------------------------------------


def test_that_fields_count_only_when_filled_and_not_prohibited(desk) -> None:
    [case] = tell(desk, UseCase(name="Credit", problem="TBD", out_of_scope="one line"))
    args: dict[str, Any] = {"of": "use-case", "fields": ["problem"]}
    assert found(desk, "K01", "use-case", case, **args).state.word == "Fail"
    do(desk, "use-case.edit", id="Credit", problem="Too slow")
    assert found(desk, "K01", "use-case", case, **args).state.word == "Pass"
    two: dict[str, Any] = {"of": "use-case", "fields": ["out_of_scope"], "lines": 2}
    assert found(desk, "K01", "use-case", case, **two).state.word == "Fail"
    do(desk, "use-case.edit", id="Credit", risk_tier="prohibited", tier_reason="scores people")
    assert "prohibited" in found(desk, "K01", "use-case", case, **args).state.reason


def test_that_limits_are_decided_before_every_run_they_judge(desk) -> None:
    [case] = tell(desk, UseCase(name="Credit"))
    assert found(desk, "K18", "use-case", case).state.word == "Fail"
    do(desk, "use-case.edit", id="Credit", stop_limits="AUC 0.7")
    assert found(desk, "K18", "use-case", case).state.word == "Pass"
    made = Made(desk, use_case=case)
    assert word(desk, "K18", made) == "Pass"
    do(desk, "use-case.edit", id="Credit", stop_limits="AUC 0.6")
    verdict = found(desk, "K18", "model-version", made.model_version)
    assert (verdict.state.word, verdict.state.reason) == ("Fail", "changed after credit-1 was known")


def test_that_a_limit_made_apart_from_a_run_is_not_known_to_come_first(team) -> None:
    [case] = tell(team["Ana"], UseCase(name="Credit"))
    ana, ben = team["Ana"], team["Ben"]
    with team.apart():
        do(ana, "use-case.edit", id="Credit", stop_limits="AUC 0.7")
        made = Made(ben, use_case=case)
    assert word(team["Mira"], "K18", made) == "Not known"


# --- data --------------------------------------------------------------------------------------


def test_that_data_without_profile_or_classes_is_not_settled(desk) -> None:
    made = Made(desk)
    noun = "dataset-version"
    assert found(desk, "K20", noun, made.version).state.reason == "this version was not scanned"
    tell(
        desk,
        Profile(version=made.version, rows=1, duplicates=0, missing_cells=0, columns=(), figures=SHA, reference=SHA),
    )
    assert found(desk, "K20", noun, made.version).state.reason == "not settled: age, mail"
    for column in ("age", "mail"):
        do(desk, Classify(dataset="loans", column=column, security="pii"))
    assert found(desk, "K20", noun, made.version).state.word == "Pass"
    assert found(desk, "K07", noun, made.version, attribute="security", share=1.0).state.word == "Pass"
    assert found(desk, "K07", noun, made.version, attribute="meaning", share=0.5).state.word == "Fail"
    do(desk, Describe(dataset="loans", column="age", meaning="Years"))
    assert found(desk, "K07", noun, made.version, attribute="meaning", share=0.5).state.word == "Pass"


def test_that_keeping_data_never_passes_without_a_recorded_deletion(desk) -> None:
    until = today() + timedelta(days=10)
    [dataset] = tell(desk, Dataset(name="kept", keep_until=until))
    [made] = tell(desk, version(dataset, label="kept@1"))
    assert found(desk, "K21", "dataset-version", made).state.word == "Not known"
    assert found(desk, "K21", "dataset-version", made, until + timedelta(days=1)).state.word == "Fail"


def test_that_a_run_on_other_data_breaks_the_lineage_and_a_mixed_split_is_named(desk) -> None:
    made = Made(desk, data_sha256="1" * 64, is_disjoint=False)
    assert word(desk, "K22", made) == "Fail"
    assert word(desk, "K10", made) == "Fail"


def test_that_old_data_is_said_to_be_old(desk) -> None:
    made = Made(desk)
    assert word(desk, "K05", made, days=30) == "Pass"
    late = found(desk, "K05", "model-version", made.model_version, today() + timedelta(days=31), days=30)
    assert late.state.word == "Fail"


# --- runs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "low", "high", "expected"),
    [
        ("auc", 0.1, 0.3, "Pass"),
        ("auc", -0.1, 0.3, "Fail"),
        ("auc", 0.0, 0.0, "Fail"),
        ("auc", None, None, "Not known"),
        ("rmse", -3.0, -1.0, "Pass"),
        ("rmse", 1.0, 3.0, "Fail"),
        ("mae", -3.0, 1.0, "Fail"),
    ],
)
def test_that_a_gain_is_read_in_the_direction_of_its_metric(desk, metric, low, high, expected) -> None:
    made = Made(desk, metric=metric, gain=Value(name=metric, value=0.0, low=low, high=high))
    assert word(desk, "K06", made, what="gain", limit=0.0) == expected


def test_that_missing_figures_are_not_known(desk) -> None:
    made = Made(desk)
    assert word(desk, "K06", made, what="calibration", limit=0.1) == "Not known"
    assert word(desk, "K06", made, what="fold-spread", limit=0.1) == "Not known"
    assert word(desk, "K11", made) == "Not known"
    assert word(desk, "K12", made, metrics=["tpr"], limit=0.05) == "Not known"
    assert word(desk, "K13", made) == "Not known"


@pytest.mark.parametrize(
    ("audits", "expected"),
    [
        ((audit(tpr=0.01, fpr=0.01),), "Pass"),
        ((audit(tpr=0.01, fpr=0.06),), "Fail"),
        ((audit(tpr=0.01),), "Not known"),
        ((audit(tpr=0.2),), "Fail"),
        ((audit(),), "Not known"),
        ((audit(tpr=0.01, fpr=0.01), audit(attribute="age")), "Not known"),
    ],
)
def test_that_a_gap_passes_only_when_every_one_was_computed(desk, audits, expected) -> None:
    assert word(desk, "K12", Made(desk, fairness=audits), metrics=["tpr", "fpr"], limit=0.05) == expected


def test_that_small_groups_are_too_few_and_shown_gaps_are_known_gaps(desk) -> None:
    made = Made(desk, fairness=(audit(few=True), audit(selection=None, attribute="age")))
    assert word(desk, "K11", made) == "Too few"
    assert word(desk, "K12", made, metrics=["selection"]) == "Not known"


def test_that_a_repeat_is_the_same_only_if_figures_were_compared(desk) -> None:
    made = Made(desk)
    tell(desk, run(made.experiment, made.version, label="credit-2", scores=(Value(name="auc"),)))
    assert word(desk, "K13", made, tolerance=1e-9) == "Not known"
    tell(desk, run(made.experiment, made.version, label="credit-3"))
    assert word(desk, "K13", made, tolerance=1e-9) == "Pass"
    tell(desk, run(made.experiment, made.version, label="credit-4", scores=(Value(name="auc", value=0.7),)))
    assert word(desk, "K13", made, tolerance=1e-9) == "Fail"


def test_that_settings_and_a_baseline_are_counted(desk) -> None:
    made = Made(desk, candidates=(CandidateFigure(name="linear", mean=0.8, spread=0.1, trials=20),))
    assert word(desk, "K02", made, what="trials", count=20) == "Pass"
    assert word(desk, "K02", made, what="trials", count=21) == "Not known"
    assert word(desk, "K02", made, what="baseline-run") == "Pass"


# --- people, gates, releases -------------------------------------------------------------------


def test_that_the_auditor_is_no_author(desk, team) -> None:
    alone, shared = Made(desk), Made(team["Ana"])
    assert word(desk, "K04", alone, role="ai-ethics") == "Fail"
    assert word(team["Mira"], "K04", shared, role="ai-ethics") == "Pass"
    assert found(desk, "K02-team", "use-case", NOTHING).state.word == "Fail"
    assert found(team["Ana"], "K02-team", "use-case", NOTHING).state.word == "Pass"


def test_that_open_gates_of_earlier_stages_are_named(desk) -> None:
    made = Made(desk)
    assert word(desk, "K03", made, gates=["G3"]) == "Fail"
    assert word(desk, "K03", made, gates=["G1"]) == "Not known"


def test_that_monitors_need_owner_guide_and_once_live_a_fresh_value(desk) -> None:
    made = Made(desk)
    [environment] = tell(desk, Environment(name="staging"))
    [release] = tell(desk, Release(label="staging-1", environment=environment, model_version=made.model_version))

    def now(day: date | None = None) -> str:
        return found(desk, "K15", "release", release, day, kinds=["quality"]).state.word

    assert now() == "Not known"
    [monitor] = tell(desk, Monitor(name="Quality", environment=environment, kind="quality"))
    assert now() == "Fail"
    do(desk, "monitor.edit", id="Quality", owner="data-scientist", guide="Look.")
    assert now() == "Pass"
    tell(desk, Deployment(environment=environment, action="go-live", release=release))
    assert now() == "Not known"
    values: dict[str, Any] = {
        "monitor": monitor,
        "release": release,
        "limit": 0.05,
        "sentence": "s",
        "rows": 9,
        "source": "f",
    }
    tell(desk, Reading(state="not known", **values))
    assert now() == "Not known"
    tell(desk, Reading(state="ok", value=0.01, **values))
    assert now() == "Pass"
    assert now(today() + timedelta(days=31)) == "Not known"


def test_that_a_way_back_that_was_never_tried_is_not_known(desk) -> None:
    made = Made(desk)
    [environment] = tell(desk, Environment(name="staging"))
    [release] = tell(desk, Release(label="staging-1", environment=environment, model_version=made.model_version))
    assert found(desk, "K16", "release", release, days=30).state.word == "Not known"
    tell(desk, Deployment(environment=environment, action="stop", release=""))
    assert found(desk, "K16", "release", release, days=30).state.word == "Pass"
    assert found(desk, "K16", "release", release, today() + timedelta(days=31), days=30).state.word == "Fail"


def test_that_one_signer_or_authors_alone_are_named_for_earlier_gates(team) -> None:
    made = Made(team["Ana"])

    def sign(name: str, role: str) -> None:
        subject = team[name].ask(lambda rows: about(rows, "model-version", made.model_version))
        values: dict[str, Any] = {"subject_noun": "model-version", "subject": subject.id, "subject_hash": subject.hash}
        facts: dict[str, Any] = {
            "gate": "G3",
            "items_digest": "",
            "decision": "approve",
            "by_people": 0,
            "exceptions": 0,
        }
        tell(team[name], SignOff(**values, **facts), role=role)

    def now() -> Verdict:
        return found(team["Ana"], "K04-gates", "model-version", made.model_version, gates=["G3"])

    assert now().state == ("bad", "Fail", "G3: 0 people signed")
    sign("Ana", "data-scientist")
    assert now().state.reason == "G3: 1 person signed"
    sign("Ben", "ml-engineer")
    assert now().state.word == "Pass"
    assert found(team["Ana"], "K04-gates", "model-version", made.model_version, gates=["G1"]).state.word == "Not known"


def test_that_open_items_of_a_checklist_are_named(desk) -> None:
    made = Made(desk)
    verdict = found(desk, "K03-checklist", "model-version", made.model_version, gates=["G3"], checklist="BIA")
    assert verdict.state.word == "Fail"
    assert "BIA-10" in verdict.state.reason
    assert "MOD" not in verdict.state.reason


def test_that_a_model_card_is_complete_only_with_its_nine_parts(desk) -> None:
    [case] = tell(desk, UseCase(name="Credit"))
    slices = (SliceFigure(column="age", group="young", n=50, value=0.7, is_too_few=False),)
    made = Made(desk, use_case=case, slices=slices)
    assert found(desk, "K19", "use-case", case).state.word == "Not known"
    missing = "empty: details, intended use, metrics, ethical considerations, caveats"
    assert found(desk, "K19", "model-version", made.model_version).state == ("bad", "Fail", missing)
    said = {"intended_use": "Proposals", "not_for": "Prices", "threshold_reason": "equal cost", "caveats": "TBD"}
    do(desk, "model-card.edit", id="credit", owner="data-scientist", licence="internal", **said)
    assert word(desk, "K19", made, parts=["intended use"]) == "Pass"
    do(desk, "use-case.edit", id="Credit", affected_groups="Applicants")
    assert found(desk, "K19", "model-version", made.model_version).state.reason == "empty: caveats"
    do(desk, "model-card.edit", id="credit", caveats="One bank, one year")
    assert word(desk, "K19", made) == "Pass"


def test_that_whatever_raises_alerts_needs_owner_and_guide(desk) -> None:
    made = Made(desk)
    [environment] = tell(desk, Environment(name="staging"))
    [release] = tell(desk, Release(label="staging-1", environment=environment, model_version=made.model_version))
    assert found(desk, "K01-monitor", "release", release).state.word == "Not known"
    tell(desk, Monitor(name="Quality", environment=environment, kind="quality", owner="data-scientist", guide="Look."))
    assert found(desk, "K01-monitor", "release", release).state.word == "Pass"
    tell(desk, Monitor(name="Inputs", environment=environment, kind="input-drift", owner="ml-engineer"))
    assert found(desk, "K01-monitor", "release", release).state.reason == "without owner or guide: Inputs"


def test_that_a_damaged_trail_fails(folder, desk) -> None:
    assert found(desk, "K17", "use-case", NOTHING).state.word == "Pass"
    desk.publish()
    [path] = (folder / "journals").rglob("*.jsonl")
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(bytes(content))
    desk.refresh()
    assert found(desk, "K17", "use-case", NOTHING).state.word == "Fail"


def test_that_every_area_declares_checks_of_its_own() -> None:
    assert set(CHECKS) < set(REGISTRY.checks)
    assert {"K15", "K16", "K08-contract"} <= set(REGISTRY.checks) - set(CHECKS)
