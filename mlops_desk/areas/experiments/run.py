"""A run: a recipe, the data it was given, and what came out, with intervals and everything needed to repeat it."""

from typing import Annotated

import msgspec

from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact, Record
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

LOWER_IS_BETTER = frozenset({"mae", "rmse", "log_loss", "brier"})
_METRICS = {
    "auc": _("AUC"),
    "pr_auc": _("PR AUC"),
    "f1": _("F1"),
    "mae": _("MAE"),
    "rmse": _("RMSE"),
    "r2": _("R²"),
    "brier": _("Brier score"),
    "log_loss": _("Log loss"),
}


def metric_words(metric: str) -> str:
    """Return a metric as people write it; a team's own metric keeps its name."""
    return _METRICS.get(metric) or metric.replace("_", " ").capitalize()


class Experiment(Record, noun="experiment"):
    """A question that several runs try to answer."""

    name: Annotated[str, About("Short name.")]
    question: Annotated[str, About("What the runs are to find out.", long=True)] = ""
    use_case: Annotated[str | None, About("The use case it serves.", of="use-case")] = None
    baseline: Annotated[str | None, About("The run that its other runs are held against.", of="run")] = None

    def check_among(self, rows: Rows) -> None:
        """Refuse a baseline that is a run of another experiment."""
        if self.baseline and rows.get(Run, self.baseline).experiment != self.id:
            raise DeskError(
                _("This run belongs to another experiment."),
                _("Choose one of the runs of “{name}”.", name=self.name),
                code="RUN-112",
            )


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its 95 % interval and the number of rows it rests on; None where it is not known."""

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


class LeakFound(msgspec.Struct, frozen=True, kw_only=True):
    """Columns that give the target away, or are no use: one value only, or another one on every row."""

    columns: tuple[str, ...]
    kind: str
    sentence: str

    @property
    def gives_away(self) -> bool:
        """Tell whether they give the target away, and are not merely no use."""
        return self.kind not in ("id", "constant")


class GroupFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One group of a protected attribute: rows, share chosen, and whether there are too few rows to judge."""

    name: str
    n: int
    selection: float | None
    tpr: float | None
    fpr: float | None
    ppv: float | None
    is_too_few: bool


class FairnessFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The audit of one attribute: lowest over highest share chosen, and the widest gaps, with intervals."""

    attribute: str
    groups: tuple[GroupFigure, ...]
    selection_ratio: Value
    selection_gap: Value
    tpr_gap: Value
    fpr_gap: Value
    ppv_gap: Value
    look_closer: bool = False


class SliceFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The main metric on one part of the test rows."""

    column: str
    group: str
    n: int
    value: float | None
    is_too_few: bool


class CandidateFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate: mean and spread of the main metric over the folds, and how many settings were tried."""

    name: str
    mean: float | None
    spread: float | None
    trials: int
    settings: str = ""


class ModelInput(msgspec.Struct, frozen=True, kw_only=True):
    """A column that a model is fed: number or category."""

    name: str
    kind: str


class Artefact(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came out, as an object."""

    sha256: str
    size_bytes: int


class Run(Fact, noun="run", known_by="label"):
    """A finished run. ``recipe`` is what was asked for, word for word; everything else is what came out."""

    label: Annotated[str, About("Short name, such as credit-3.")]
    experiment: Annotated[str, About("The experiment.", of="experiment")]
    version: Annotated[str, About("The dataset version it was given.", of="dataset-version")]
    data_sha256: Annotated[str, About("sha256 of that data.")]
    task: Annotated[str, About("classification or regression.")]
    target: Annotated[str, About("The column to predict.")]
    recipe: Annotated[str, About("The whole recipe as JSON.")]
    seed: Annotated[int, About("Seed of everything random.")]
    chosen: Annotated[str, About("The candidate that was chosen.")]
    metric: Annotated[str, About("The metric it was chosen by.")]
    scores: Annotated[tuple[Value, ...], About("Metrics on the locked test rows.")]
    baseline: Annotated[tuple[Value, ...], About("The same metrics of the baseline.")]
    gain: Annotated[Value, About("Main metric, model minus baseline, on the same rows.")]
    candidates: Annotated[tuple[CandidateFigure, ...], About("All candidates.")]
    leaks: Annotated[tuple[LeakFound, ...], About("Columns that give the target away, or are no use.")]
    train_rows: Annotated[int, About("Rows trained on.")]
    test_rows: Annotated[int, About("Rows tested on.")]
    split: Annotated[str, About("How the rows were parted, in words.")]
    is_disjoint: Annotated[bool, About("No row, group or time is on both sides.")]
    model: Annotated[Artefact, About("The model file.")]
    predictions: Annotated[Artefact, About("Predictions of the test rows.")]
    result: Annotated[Artefact, About("All figures, with the schema of the inputs.")]
    environment: Annotated[dict[str, str], About("Versions of what computed it.")]
    seconds: Annotated[float, About("How long it took.")]
    fairness: Annotated[tuple[FairnessFigure, ...], About("Audit of each protected attribute.")] = ()
    slices: Annotated[tuple[SliceFigure, ...], About("The worst parts, worst first.")] = ()
    calibration_error: Annotated[float | None, About("Expected calibration error, 10 bins.")] = None
    proxies: Annotated[tuple[str, ...], About("Inputs that stand in for a protected attribute.")] = ()
    inputs: Annotated[tuple[ModelInput, ...], About("What the model is fed, in order.")] = ()
    answers: Annotated[
        tuple[str, ...], About("The classes it may answer; none for amounts, or where they may be personal.")
    ] = ()
    code: Annotated[str, About("Commit of the code, with + where it was changed.")] = ""
    notes: Annotated[tuple[str, ...], About("What was left out, and why.")] = ()
    parent: Annotated[str, About("The run that this one repeats on newer data.")] = ""
    test_version: Annotated[str, About("The dataset version it was tested on, if another one.")] = ""


def baseline_of(rows: Rows, run: Run) -> Run | None:
    """Return the run that the team holds the others of its experiment against; None where none is marked."""
    known = rows.find(Experiment, "id = ?", run.experiment)
    marked = known[0].baseline if known else None
    return rows.get(Run, marked) if marked else None


def main_figure(run: Run) -> str:
    """Return the metric it was chosen by in words: with its interval and the baseline."""
    value = score_of(run, run.metric)
    before = next((each.value for each in run.baseline if each.name == run.metric), None)
    if value is None or value.value is None:
        return _("{metric} is not known", metric=metric_words(run.metric))
    return _(
        "{metric} {value} ({low} to {high}), baseline {before}",
        metric=metric_words(run.metric),
        value=f"{value.value:.3f}",
        low=_figure(value.low),
        high=_figure(value.high),
        before=_figure(before),
    )


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def score_of(run: Run, metric: str) -> Value | None:
    """Return one metric of a run, or None if it has none of that name."""
    return next((each for each in run.scores if each.name == metric), None)
