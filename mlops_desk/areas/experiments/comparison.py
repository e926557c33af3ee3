"""Comparing runs: two models on the same rows, with an interval, recorded as evidence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from mlops_desk.areas.experiments.run import Run, baseline_of
from mlops_desk.kernel.act import Act
from mlops_desk.kernel.changes import Change
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.record import About, Fact
from mlops_desk.kernel.rows import Bench, Present, Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.compare import Comparison


class RunComparison(Fact, noun="comparison", command="run", known_by="id"):
    """The main metric of two runs on the rows that both were tested on."""

    new: Annotated[str, About("The run that is asked about.", of="run")]
    old: Annotated[str, About("The run it is compared with.", of="run")]
    metric: Annotated[str, About("The metric.")]
    difference: Annotated[float | None, About("New minus old.")] = None
    low: Annotated[float | None, About("Lower bound of the 95 % interval.")] = None
    high: Annotated[float | None, About("Upper bound of the 95 % interval.")] = None
    verdict: Annotated[str, About("better, worse, noise or not known.")] = "not known"
    sentence: Annotated[str, About("The comparison in words.")] = ""
    rows: Annotated[int, About("Rows that both were tested on.")] = 0


class CompareRuns(Act, noun="run", verb="compare", done="Compared."):
    """Compare a run with another on the rows that both were tested on; else with the baseline of its experiment."""

    new: Annotated[str, About("The run asked about: id or label.", of="run", positional=True)]
    old: Annotated[
        str | None, About("The run to compare with; else the baseline of its experiment.", of="run", positional=True)
    ] = None

    def prepare(self, bench: Bench) -> "Comparison":
        """Compare the predictions in a child process."""
        from mlops_desk.science.compare import CompareJob, compare

        new, old = bench.get(Run, self.new), self._other(bench)
        if new.data_sha256 != old.data_sha256:
            raise DeskError(
                _("{new} and {old} were tested on different data.", new=new.label, old=old.label),
                _("Train one of them again on the data of the other."),
                code="RUN-110",
            )
        job = CompareJob(
            new=str(bench.store.path(new.predictions.sha256)), old=str(bench.store.path(old.predictions.sha256))
        )
        found: Comparison = bench.work(compare, job)
        return found

    def _other(self, rows: Rows) -> Run:
        """Return the run to compare with."""
        new = rows.get(Run, self.new)
        marked = rows.get(Run, self.old) if self.old else baseline_of(rows, new)
        if marked is None or marked.id == new.id:
            raise DeskError(
                _("{new} has nothing to be compared with.", new=new.label),
                _("Name the other run, or set the baseline: `mlops-desk experiment edit NAME --baseline RUN`."),
                code="RUN-113",
            )
        return marked

    def changes(self, present: Present, prepared: "Comparison") -> Iterable[Change]:
        """Return the comparison of the metric that the new run was chosen by."""
        metric = present.get(Run, self.new).metric
        main = next((each for each in prepared.differences if each.metric == metric), None)
        if main is None:
            raise DeskError(_("The two runs share no row and metric."), code="RUN-111")
        fact = RunComparison(
            new=self.new,
            old=self._other(present).id,
            metric=metric,
            difference=main.difference,
            low=main.low,
            high=main.high,
            verdict=main.verdict,
            sentence=main.sentence,
            rows=prepared.rows,
        )
        return [present.fact(fact)]


ACTS: tuple[type[Act], ...] = (CompareRuns,)
