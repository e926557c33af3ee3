"""Retraining: the champion's recipe on newer data, and champion against challenger on the same rows."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec

from mlops_desk.areas.datasets.dataset import DatasetVersion, path_of
from mlops_desk.areas.datasets.witness import check_still
from mlops_desk.areas.deployments.environment import Environment
from mlops_desk.areas.deployments.release import Release, live_release
from mlops_desk.areas.experiments.model import Model, ModelVersion
from mlops_desk.areas.experiments.run import Experiment, Run
from mlops_desk.areas.experiments.train import Trained, run_of, train_on
from mlops_desk.areas.monitoring.monitor import Alert, AlertDecision, Monitor, watched
from mlops_desk.kernel import wire
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError, NotKnownHere
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.watch import Challenged


class Proposal(Fact, noun="proposal", command="update", known_by="id"):
    """A retraining: why, what it replaces, on which data, and how challenger and champion compare."""

    champion: Annotated[str, About("The model version to replace.", of="model-version")]
    challenger: Annotated[str, About("The run that could replace it.", of="run")]
    version: Annotated[str, About("The newer data.", of="dataset-version")]
    metric: Annotated[str, About("The metric of the comparison.")]
    verdict: Annotated[str, About("better, worse, noise or not known.")]
    sentence: Annotated[str, About("The comparison in words.")]
    rows: Annotated[int, About("Rows both were asked about; the challenger was not trained on them.")]
    alert: Annotated[str, About("The alert that led to it.", of="alert")] = ""
    difference: Annotated[float | None, About("Challenger minus champion.")] = None
    low: Annotated[float | None, About("Lower bound of the 95 % interval.")] = None
    high: Annotated[float | None, About("Upper bound of the 95 % interval.")] = None


class Prepared(NamedTuple):
    """What the long work hands to the act."""

    champion: ModelVersion
    run: Run
    trained: Trained
    contest: "Challenged"
    alert: str


class Retrain(Act, noun="proposal", verb="make", command=("retrain",), done="Retrained and compared."):
    """Train the champion's recipe on newer data and compare both on the same rows; an open alert is decided by it."""

    what: Annotated[str, About("An alert, or a model.", positional=True, metavar="ALERT|MODEL")]
    data: Annotated[str, About("The newer dataset version.", of="dataset-version", metavar="VERSION")]

    def prepare(self, bench: Bench) -> Prepared:
        """Train and compare in child processes."""
        from mlops_desk.science.recipe import Recipe

        champion, alert = _champion(bench, self.what)
        run = bench.get(Run, champion.run)
        version = bench.get(DatasetVersion, self.data)
        if version.sha256 == run.data_sha256:
            raise DeskError(
                _("{label} is the data that {model} was trained on.", label=version.label, model=champion.label),
                _("Add the newer data as a version first."),
                code="UPD-110",
            )
        recipe = wire.read(run.recipe, Recipe)
        if recipe.split == "time":
            recipe = msgspec.structs.replace(recipe, cut=None)
        trained = train_on(bench, version, recipe, allow_leaks=True)
        return Prepared(champion, run, trained, _contest(bench, run, trained), alert)

    def changes(self, present: Present, prepared: Prepared) -> Iterable[Change]:
        """Return the new run and the proposal with the comparison."""
        experiment = present.get(Experiment, prepared.run.experiment)
        fact = run_of(present, prepared.trained, experiment, parent=prepared.run.id)
        challenger = fact.but(id=present.here.new_id())
        difference = prepared.contest.difference
        proposal = Proposal(
            champion=prepared.champion.id,
            challenger=challenger.id,
            version=prepared.trained.version.id,
            alert=prepared.alert,
            metric=difference.metric,
            difference=difference.difference,
            low=difference.low,
            high=difference.high,
            verdict=difference.verdict,
            sentence=difference.sentence,
            rows=prepared.contest.rows,
        )
        found = [present.fact(proposal), present.fact(challenger)]
        if any(each.alert.id == prepared.alert and each.decision is None for each in watched(present)):
            reason = _("retrained as {label} on {data}", label=fact.label, data=prepared.trained.version.label)
            found.append(present.fact(AlertDecision(alert=prepared.alert, choice="retrain", reason=reason)))
        return found

    def outcome(self, rows: Rows) -> str:
        """Return how challenger and champion compare, and what may follow."""
        [made, *_rest] = rows.find(Proposal, "recorded_by = ?", rows.here.member, order="recorded_at DESC, id")
        label = rows.get(Run, made.challenger).label
        words = [_("The challenger is {label}. {sentence}", label=label, sentence=made.sentence)]
        if made.alert:
            words.append(_("The alert is decided: retrain."))
        name = rows.get(Model, rows.get(ModelVersion, made.champion).model).name
        words.append(_("Next: `mlops-desk model register {label} --name {name}`.", label=label, name=name))
        return " ".join(words)


def _champion(rows: Rows, text: str) -> tuple[ModelVersion, str]:
    """Return the model version in question, and the alert that asks about it if it was one."""
    try:
        alert = rows.get(Alert, rows.resolve(Alert.noun, text))
    except NotKnownHere:
        return rows.get(ModelVersion, rows.resolve(ModelVersion.noun, text)), ""
    monitor = rows.get(Monitor, alert.monitor)
    release: Release | None = live_release(rows, monitor.environment)
    if release is None:
        name = rows.get(Environment, monitor.environment).name
        raise DeskError(
            _("Nothing is live in {name} any more.", name=name), _("Name the model instead."), code="UPD-111"
        )
    return rows.get(ModelVersion, release.model_version), alert.id


def _contest(bench: Bench, champion: Run, trained: Trained) -> "Challenged":
    from mlops_desk.science.survey import ConvertJob, convert_file
    from mlops_desk.science.watch import ChallengeJob, challenge

    path = path_of(bench, trained.version)
    target = bench.scratch / "rows.parquet"
    if trained.version.format != "parquet":
        if not target.exists():
            bench.work(convert_file, ConvertJob(path=str(path), target=str(target)))
        path = target
    job = ChallengeJob(
        champion=str(bench.store.path(champion.model.sha256)),
        challenger=str(bench.store.path(trained.model.sha256)),
        path=str(path),
        format="parquet",
        rows=str(Path(bench.store.path(trained.predictions.sha256))),
        metric=trained.result.metric,
        seed=trained.recipe.seed,
    )
    found: Challenged = bench.work(challenge, job)
    check_still(bench, trained.version)
    return found


ACTS = (Retrain,)
