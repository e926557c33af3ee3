"""Training: a recipe on a dataset version, checked for leaks first, run in a child process, recorded whole."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec

from mlops_desk import __version__
from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion, path_of
from mlops_desk.areas.datasets.queries import open_columns, profile_of
from mlops_desk.areas.datasets.witness import check_still
from mlops_desk.areas.experiments.parts import audits, weakest
from mlops_desk.areas.experiments.run import (
    LOWER_IS_BETTER,
    Artefact,
    CandidateFigure,
    Experiment,
    LeakFound,
    ModelInput,
    Run,
    Value,
    main_figure,
)
from mlops_desk.kernel import wire
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.ids import new_id
from mlops_desk.kernel.naming import check_name, check_text
from mlops_desk.kernel.record import About
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.recipe import Recipe
    from mlops_desk.science.scores import Score
    from mlops_desk.science.train import TrainResult

GREATEST_SEED = 2**32 - 1  # what numpy and scikit-learn take
Candidate = Literal["dummy", "linear", "forest", "boosting"]


class Trained(NamedTuple):
    """What the long work hands to the act: the result and the objects it became."""

    recipe: "Recipe"
    version: DatasetVersion
    result: "TrainResult"
    model: Artefact
    predictions: Artefact
    whole: Artefact


class Train(Act, noun="run", verb="train", command=("train",), done="Trained."):
    """Train on a dataset version: leaks are named first, candidates compared, the best one tested and audited."""

    version: Annotated[str, About("Dataset version; NAME alone is the newest.", of="dataset-version", positional=True)]
    target: Annotated[str, About("The column to predict.", metavar="COL")]
    drop: Annotated[tuple[str, ...], About("A column to leave out; again for more.", metavar="COL")] = ()
    protect: Annotated[tuple[str, ...], About("A column to audit, not to learn from.", metavar="COL")] = ()
    time: Annotated[str | None, About("Split by this column: the last rows are the test.", metavar="COL")] = None
    group: Annotated[str | None, About("Split by this column: no group on both sides.", metavar="COL")] = None
    cut: Annotated[str | None, About("With --time: rows from here on are the test.", metavar="WHEN")] = None
    test_share: Annotated[float, About("Share of the rows that is the test.")] = 0.25
    experiment: Annotated[str | None, About("The experiment; made if there is none. Else as the dataset.")] = None
    recipe: Annotated[
        tuple[Candidate, ...], About("A candidate: dummy, linear, forest, boosting; again for more.")
    ] = ()
    task: Annotated[Literal["auto", "classification", "regression"], About("The task.")] = "auto"
    metric: Annotated[str | None, About("The metric to choose by.")] = None
    positive: Annotated[str | None, About("The class that counts as chosen.")] = None
    seed: Annotated[int, About("Seed of everything random.")] = 0
    allow_leaks: Annotated[bool, About("Train although columns give the target away.")] = False

    def prepare(self, bench: Bench) -> Trained:
        """Train in a child process and keep what came out as objects on this machine."""
        if self.experiment is not None:
            check_text(self.experiment)
        version = bench.get(DatasetVersion, self.version)
        return train_on(bench, version, self._recipe(), allow_leaks=self.allow_leaks)

    def changes(self, present: Present, prepared: Trained) -> Iterable[Change]:
        """Return the run, and the experiment if it is new."""
        dataset = present.get(Dataset, prepared.version.dataset)
        name = dataset.name if self.experiment is None else self.experiment
        known = [each for each in present.find(Experiment) if name in (each.id, each.name)]
        experiment = known[0] if known else Experiment(id=new_id(), name=name, use_case=dataset.use_case)
        if not known:
            check_name(present, experiment)
        made = [] if known else present.add(experiment)
        return [present.fact(run_of(present, prepared, experiment)), *made]

    def outcome(self, rows: Rows) -> str:
        """Return what was made, how good it is against the baseline, and what may follow."""
        [run, *_rest] = rows.find(
            Run, "version = ? AND recorded_by = ?", self.version, rows.here.member, order="recorded_at DESC, id"
        )
        return _(
            "{label} chose {model}: {figure}. Next: `mlops-desk model register {label} --name {name}`.",
            label=run.label,
            model=run.chosen,
            figure=main_figure(run),
            name=rows.get(Experiment, run.experiment).name,
        )

    def _check(self) -> None:
        from mlops_desk.science.measures import AMOUNT_METRICS, CLASS_METRICS

        if self.metric is not None and self.metric not in (*CLASS_METRICS, *AMOUNT_METRICS):
            raise DeskError(
                _("There is no metric “{name}”.", name=self.metric),
                _(
                    "For classes: {classes}. For amounts: {amounts}.",
                    classes=", ".join(CLASS_METRICS),
                    amounts=", ".join(AMOUNT_METRICS),
                ),
                code="TRAIN-115",
            )
        if not 0 <= self.seed <= GREATEST_SEED:
            raise DeskError(
                _("{seed} cannot be a seed.", seed=self.seed),
                _("Give a whole number from 0 to {most}.", most=GREATEST_SEED),
                code="TRAIN-116",
            )

    def _recipe(self) -> "Recipe":
        from mlops_desk.science.recipe import Recipe

        self._check()
        split = "time" if self.time else "group" if self.group else "stratified"
        chosen = {"candidates": self.recipe} if self.recipe else {}
        return wire.fitted(
            {
                "target": self.target,
                "task": self.task,
                "drop": self.drop,
                "protect": self.protect,
                "split": split,
                "split_column": self.time or self.group,
                "cut": self.cut,
                "test_share": self.test_share,
                "seed": self.seed,
                "metric": self.metric,
                "positive": self.positive,
                **chosen,
            },
            Recipe,
        )


def train_on(bench: Bench, version: DatasetVersion, recipe: "Recipe", *, allow_leaks: bool = False) -> Trained:
    """Train a recipe on a version in a child process.

    Raises:
        DeskError: the recipe does not fit the data, or columns give the target away.
        Cancelled: somebody stopped it.
    """
    from mlops_desk.science.survey import ConvertJob, convert_file, tokens_of
    from mlops_desk.science.train import TrainJob, train_model

    path = path_of(bench, version)
    if version.format != "parquet":
        target = bench.scratch / "rows.parquet"
        bench.work(convert_file, ConvertJob(path=str(path), target=str(target)))
        path = target
    profile = profile_of(bench, version.id)
    missing = (
        tokens_of(bench.store.path(profile.figures).read_bytes())
        if profile and bench.store.bring(profile.figures)
        else ()
    )
    folder = bench.scratch / "trained"
    folder.mkdir(exist_ok=True)
    job = TrainJob(
        path=str(path), format="parquet", recipe=recipe, folder=str(folder), missing=missing, allow_leaks=allow_leaks
    )
    result: TrainResult = bench.work(train_model, job)
    check_still(bench, version)
    whole = msgspec.json.encode(result)
    return Trained(
        recipe,
        version,
        result,
        _kept(bench, folder / result.model.name),
        _kept(bench, folder / result.predictions.name),
        Artefact(sha256=bench.store.put(whole), size_bytes=len(whole)),
    )


def _kept(bench: Bench, path: Path) -> Artefact:
    return Artefact(sha256=bench.store.put_file(path), size_bytes=path.stat().st_size)


def run_of(present: Present, trained: Trained, experiment: Experiment, parent: str = "") -> Run:
    """Return the run as it is recorded: counts, figures and hashes; values only of columns that are open."""
    result, version = trained.result, trained.version
    is_open = open_columns(present, version).__contains__
    number = 1 + len(present.find(Run, "experiment = ?", experiment.id))
    gain = next((each for each in result.gain if each.metric == result.metric), None)
    return Run(
        label=f"{experiment.name}-{number}",
        experiment=experiment.id,
        version=version.id,
        data_sha256=version.sha256,
        task=result.task,
        target=result.target,
        recipe=msgspec.json.encode(trained.recipe, order="sorted").decode(),
        seed=trained.recipe.seed,
        chosen=result.chosen,
        metric=result.metric,
        scores=tuple(_value(each) for each in result.test),
        baseline=tuple(_value(each) for each in result.baseline),
        gain=Value(name=result.metric, value=gain.difference, low=gain.low, high=gain.high, n=result.test_rows)
        if gain
        else Value(name=result.metric),
        candidates=_candidates(result),
        leaks=tuple(LeakFound(columns=each.columns, kind=each.kind, sentence=each.sentence) for each in result.leaks),
        train_rows=result.train_rows,
        test_rows=result.test_rows,
        split=_split_words(trained.recipe),
        is_disjoint=result.disjoint.passes,
        model=trained.model,
        predictions=trained.predictions,
        result=trained.whole,
        environment=result.environment,
        seconds=result.seconds,
        fairness=audits(result.fairness, is_open),
        slices=weakest(result.slices, is_open),
        calibration_error=result.calibration.ece if result.calibration else None,
        proxies=tuple(each.sentence for each in result.proxies),
        inputs=tuple(ModelInput(name=each.name, kind=each.kind) for each in result.schema.features),
        answers=result.schema.classes if is_open(result.target) else (),
        code=f"mlops-desk {__version__}",
        notes=result.notes,
        parent=parent,
    )


def _value(score: "Score") -> Value:
    return Value(name=score.metric, value=score.value, low=score.low, high=score.high, n=score.n)


def _candidates(result: "TrainResult") -> tuple[CandidateFigure, ...]:
    sign = -1.0 if result.metric in LOWER_IS_BETTER else 1.0
    best: dict[str, CandidateFigure] = {}
    for each in result.entries:
        before = best.get(each.name)
        trials = (before.trials if before else 0) + 1
        is_better = (
            before is None or before.mean is None or (each.mean is not None and sign * each.mean > sign * before.mean)
        )
        kept = each if is_better else before
        settings = msgspec.json.encode(each.settings).decode() if is_better else (before.settings if before else "")
        mean, spread = (kept.mean, kept.spread) if kept else (None, None)
        best[each.name] = CandidateFigure(name=each.name, mean=mean, spread=spread, trials=trials, settings=settings)
    return tuple(best.values())


def _split_words(recipe: "Recipe") -> str:
    if recipe.split == "time":
        where = _("from {cut} on", cut=recipe.cut) if recipe.cut else _("the last {share:.0%}", share=recipe.test_share)
        return _("by time ({column}): tested on {where}", column=recipe.split_column, where=where)
    if recipe.split == "group":
        return _("by group ({column})", column=recipe.split_column)
    return _("{kind}, {share:.0%} tested", kind=recipe.split, share=recipe.test_share)


ACTS: tuple[type[Act], ...] = (Train,)
