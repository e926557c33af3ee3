"""Values of columns that nobody has called open stay on this machine: out of journal, shared folder and reports."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from mlops_desk import catalogue
from mlops_desk.areas.datasets.column import Classify
from mlops_desk.areas.datasets.dataset import AddDataset
from mlops_desk.areas.datasets.profile import ProfileVersion
from mlops_desk.areas.deployments.release import GoLive, PlanRelease
from mlops_desk.areas.experiments.model import ModelVersion, RegisterModel
from mlops_desk.areas.experiments.parts import numbered
from mlops_desk.areas.experiments.queries import audits_for_all, run_details
from mlops_desk.areas.experiments.run import Run
from mlops_desk.areas.experiments.train import Train
from mlops_desk.areas.governance.checks import group_counts
from mlops_desk.areas.monitoring.check import CheckMonitors
from mlops_desk.areas.monitoring.monitor import Reading
from mlops_desk.areas.reports.kpi import kpi_report
from mlops_desk.areas.reports.make import rendered
from mlops_desk.kernel import clock
from mlops_desk.kernel.card import Viewer
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.progress import silent
from mlops_desk.kernel.record import table_of
from mlops_desk.kernel.subject import Subject
from mlops_desk.workspace import Founder, Workspace, found, search, search_words
from tests.areas.facts import do

ROWS = 480
SEX, TOWN, OUTCOME = ("zulu", "xray", "yankee"), ("Quedlinburg", "Xanten", "Oexle"), ("paidback", "brokeup")
NEW_TOWN = "Vechta"
VALUES = (*SEX, *TOWN, *OUTCOME, NEW_TOWN, "31415", "31416")


def rows(shift: int = 0, *, town: str = "") -> str:
    lines = ["amount,town,sex,outcome"]
    for n in range(ROWS):
        amount = 31_415 + n * 37 % 101 + shift
        sex = SEX[0] if n % 2 else SEX[1] if n % 20 else SEX[2]
        outcome = OUTCOME[int((n * 37 % 101) + 40 * (sex == SEX[0]) > 60)]
        lines.append(f"{amount},{town or TOWN[n % 3]},{sex},{outcome}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory):
    """Train with a protected column, go live, read the monitors over rows that moved."""
    base = tmp_path_factory.mktemp("values")
    (base / "loans.csv").write_text(rows())
    (base / "moved.csv").write_text(rows(80, town=NEW_TOWN))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLOPS_DESK_HOME", str(base / "home"))
        patch.setattr("mlops_desk.workspace.bench.WorkBench.work", lambda _bench, task, job: task(job, silent))
        made = found(base / "p", "P", "", Founder.parse("Ana", ["data-scientist", "data-engineer"]))
        with Workspace(made.folder) as desk:
            do(desk, AddDataset(file=str(base / "loans.csv"), name="loans"))
            do(desk, ProfileVersion(version="loans"))
            train(desk)
            do(desk, RegisterModel(run="loans-1", name="credit"))
            release = do(desk, PlanRelease(model="credit", to="staging"))
            do(desk, GoLive(release=release))
            for kind in ("input-drift", "output-drift"):
                do(desk, "monitor.add", name=kind, environment="staging", kind=kind, owner="ml-engineer")
            do(desk, CheckMonitors(environment="staging", data=str(base / "moved.csv")))
            yield desk, base


def train(desk: Workspace) -> Run:
    id_ = do(desk, Train(version="loans", target="outcome", protect=("sex",), recipe=("linear",), allow_leaks=True))
    return desk.ask(lambda known: known.get(Run, id_))


def first_run(desk: Workspace) -> Run:
    return desk.ask(lambda known: known.find(Run))[0]


def told(desk: Workspace, base: Path) -> bytes:
    """Return what lies in the shared folder and what is recorded and goes there next."""
    desk.publish()
    folders = (base / "p", desk.project.own)
    return b"".join(path.read_bytes() for each in folders for path in sorted(each.rglob("*")) if path.is_file())


def test_that_neither_journal_nor_shared_folder_holds_a_value_of_an_unclassed_column(lived) -> None:
    desk, base = lived
    shared = told(desk, base)
    assert b"selection_ratio" in shared, "the audit is told"
    assert b"moved most" in shared, "the readings are told"
    assert [value for value in VALUES if value.encode() in shared] == []
    assert desk.verify().is_sound


def test_that_no_report_holds_one(lived) -> None:
    desk, _base = lived
    report = desk.ask(kpi_report, clock.today(), clock.now())
    for form in ("html", "md", "json", "csv"):
        written = rendered(report, form)
        assert [value for value in VALUES if value.encode() in written] == [], form


def test_that_groups_are_numbered_by_their_rows(lived) -> None:
    [audit] = first_run(lived[0]).fairness
    assert [each.name for each in audit.groups] == ["group 1", "group 2"][: len(audit.groups)]
    assert [each.n for each in audit.groups] == sorted((each.n for each in audit.groups), reverse=True)


def test_that_weak_parts_of_one_column_stay_apart_without_their_names(lived) -> None:
    parts = [(each.column, each.group) for each in first_run(lived[0]).slices]
    assert len(set(parts)) == len(parts)
    assert all(group.startswith("group ") for _column, group in parts)


def test_that_readings_tell_the_move_but_no_value(lived) -> None:
    desk, _base = lived
    read = desk.ask(lambda known: known.find(Reading))
    inputs, answers = sorted(read, key=lambda each: "answer" in each.sentence)
    notes = {each.name: each.note for each in inputs.columns}
    assert notes["town"] == "1 new category"
    assert notes["amount"].startswith("mean moved by +")
    names = {each.name for each in answers.columns} - {"prediction"}
    assert names <= {"score of answer 1", "score of answer 2"}
    assert names


def test_that_the_page_masks_the_names_of_groups_and_reveals_them_only_where_the_figures_are(lived) -> None:
    desk, base = lived
    run = first_run(desk)

    def audit() -> Detail:
        details: Sequence[Detail] = desk.ask(run_details, run.id)
        return next(each for each in details if each.label == "Audit: sex")

    masked = audit()
    assert isinstance(masked.value, Masked)
    assert "group 1" in str(masked.value)
    assert str(masked.value).endswith("Hidden: no class yet")
    assert masked.reveal is not None
    assert SEX[0] in desk.ask(masked.reveal)
    weak = [each for each in desk.ask(run_details, run.id) if each.label == "Weak slice"]
    assert weak
    assert all(each.reveal is not None and "group " in str(each.value) for each in weak)
    assert any(value in desk.ask(weak[0].reveal) for value in VALUES)
    place = next((base / "home").rglob(run.result.sha256))
    aside = base / "aside"
    shutil.move(place, aside)
    try:
        assert "group 1" in str(audit().value)
        assert audit().reveal is None
        assert desk.ask(masked.reveal) == ""
    finally:
        shutil.move(aside, place)


def test_that_no_table_card_page_or_search_tells_a_value_of_a_closed_column(lived) -> None:
    desk, _base = lived
    told = [desk.ask(each.query) for each in catalogue.LISTINGS]
    for noun, make in catalogue.DETAILS.items():
        ids = [row[0] for row in desk.ask(lambda rows, noun=noun: rows.sql(f'SELECT id FROM "{table_of(noun)}"'))]
        told += [[str(each.value) for each in desk.ask(make, id_)] for id_ in ids]
    viewer = Viewer("data-scientist", "")
    told += [[desk.ask(make, viewer) for make in catalogue.CARDS.values()]]
    assert "Hidden: no class yet" in str([str(row.values) for row in told[_place_of("column")]])
    for value in (*SEX, *TOWN, *OUTCOME, NEW_TOWN):
        assert value not in repr(told), value
        assert desk.ask(search.find, search_words.read(value), 20) == [], value


def _place_of(noun: str) -> int:
    return next(at for at, each in enumerate(catalogue.LISTINGS) if each.noun == noun)


def test_that_a_public_column_is_named_and_loses_its_names_when_its_class_is_raised(lived) -> None:
    desk, base = lived
    do(desk, Classify(dataset="loans", column="sex", security="public"), role="data-engineer")
    run = train(desk)
    assert {each.name for each in run.fairness[0].groups} <= set(SEX)
    assert [value for value in (*TOWN, *OUTCOME) if value.encode() in told(desk, base)] == []
    subject = Subject(noun=ModelVersion.noun, id="", label="", hash="", related=(("run", run.id),))

    def few() -> str:
        return str(desk.ask(group_counts, subject, {}, clock.today()).state.reason)

    assert SEX[2] in few() or SEX[1] in few()
    for security in ("confidential", "sensitive", "pii"):
        do(desk, Classify(dataset="loans", column="sex", security=security), role="data-engineer")
        names = {each.name for each in desk.ask(audits_for_all, run)[0].groups}
        assert names <= set(SEX) if security == "confidential" else not names & set(SEX)
    assert not any(each in few() for each in SEX)
    assert "group" in few()
    assert numbered(run.fairness[0]).selection_gap == run.fairness[0].selection_gap
