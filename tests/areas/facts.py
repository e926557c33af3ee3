"""What the tests of the areas share: facts told directly, past the checks of acts, as a forger would write them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mlops_desk.areas.datasets.column import column_id
from mlops_desk.areas.datasets.dataset import ColumnType, Dataset, DatasetVersion
from mlops_desk.areas.experiments.model import Model, ModelVersion
from mlops_desk.areas.experiments.run import Artefact, Experiment, Run, Value
from mlops_desk.catalogue import RULES
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.area import Span
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.record import Fact, Noun, Record
from mlops_desk.kernel.rows import Present
from mlops_desk.workspace import Workspace

SHA = "0" * 64
EVER = Span(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))


class Tell(Act, noun="kpi", verb="add"):
    """Record rows as they are given, under the name of an act that readers know."""

    rows: Any

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:
        found: list[Change] = []
        for row in self.rows:
            found += present.add(row) if isinstance(row, Record) else [present.fact(row)]
        return found


class Withdraw(Act, noun="kpi", verb="edit"):
    """Withdraw a fact."""

    fact: Any

    def changes(self, present: Present, prepared: Any) -> Iterable[Change]:
        return [present.withdraw(self.fact, "wrong")]


def tell(desk: Workspace, *rows: Noun, role: str = "") -> tuple[str, ...]:
    """Record rows and return their ids."""
    if role:
        desk.act_as(role, remember=False)
    named = tuple(each if each.id else each.but(id=new_id()) for each in rows)
    desk.do(Tell(rows=named))
    return tuple(each.id for each in named)


def do(desk: Workspace, act: Act | str, role: str = "", **values: Any) -> str:
    """Do an act, by itself or by its kind, and return the id of what it made."""
    if role:
        desk.act_as(role, remember=False)
    return desk.do(RULES.act(act, **values) if isinstance(act, str) else act).id


def version(dataset: str, *, names: Iterable[str] = ("age", "mail"), **values: Any) -> DatasetVersion:
    """Return the first version of a dataset."""
    columns = tuple(ColumnType(name, "BIGINT") for name in names)
    first: dict[str, Any] = {"number": 1, "label": "loans@1", "sha256": SHA, "size_bytes": 1, "rows": 10}
    return DatasetVersion(dataset=dataset, columns=columns, format="csv", keep="object", **first | values)


def run(experiment: str, data: str, **values: Any) -> Run:
    """Return a run with plain figures."""
    artefact = Artefact(sha256=SHA, size_bytes=1)
    first: dict[str, Any] = {
        "label": "credit-1",
        "data_sha256": SHA,
        "task": "classification",
        "target": "ok",
        "recipe": "{}",
        "seed": 0,
        "chosen": "linear",
        "metric": "auc",
        "scores": (Value(name="auc", value=0.8, low=0.7, high=0.9, n=100),),
        "baseline": (Value(name="auc", value=0.5, n=100),),
        "gain": Value(name="auc", value=0.3, low=0.2, high=0.4, n=100),
        "candidates": (),
        "leaks": (),
        "train_rows": 300,
        "test_rows": 100,
        "split": "stratified",
        "is_disjoint": True,
        "model": artefact,
        "predictions": artefact,
        "result": artefact,
        "environment": {"python": "3.11"},
        "seconds": 1.5,
    }
    return Run(experiment=experiment, version=data, **first | values)


class Made:
    """A dataset, a run and a model version of it in a project, by their ids."""

    def __init__(self, desk: Workspace, *, use_case: str | None = None, name: str = "credit", **figures: Any) -> None:
        self.dataset, self.experiment, self.model = new_id(), new_id(), new_id()
        first = [
            Dataset(id=self.dataset, name="loans", use_case=use_case),
            Experiment(id=self.experiment, name=name, use_case=use_case),
            Model(id=self.model, name=name, use_case=use_case),
        ]
        tell(desk, *first)
        [self.version] = tell(desk, version(self.dataset))
        [self.run] = tell(desk, run(self.experiment, self.version, **figures))
        made = ModelVersion(model=self.model, number=1, label=f"{name}@1", run=self.run, sha256=SHA)
        [self.model_version] = tell(desk, made)


def forged_column(dataset: str, name: str, security: str) -> Fact | Record:
    """Return a second record of a column, as somebody would write it to speak milder of it."""
    column = RULES.nouns["column"]
    made: Any = column(id=new_id(), dataset=dataset, name=name, security=security)  # type: ignore[call-arg]
    assert made.id != column_id(dataset, name)
    return made  # type: ignore[no-any-return]
