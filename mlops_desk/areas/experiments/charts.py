"""Charts of runs: the main metric of the runs of an experiment with their intervals."""

from __future__ import annotations

from mlops_desk.areas.experiments.queries import run_state
from mlops_desk.areas.experiments.run import Run, score_of
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

MOST_RUNS = 10


def run_chart(rows: Rows, id_: str) -> Chart:
    """Return the main metric of a run beside the other runs of its experiment, with intervals and the baseline."""
    run = rows.get(Run, id_)
    others = rows.find(Run, "experiment = ? AND metric = ?", run.experiment, run.metric, order="recorded_at DESC, id")
    shown = list(reversed(others[:MOST_RUNS]))
    scores = [score_of(each, run.metric) for each in shown]
    baseline = next((each.value for each in run.baseline if each.name == run.metric), None)
    return Chart(
        sentence=_("{label} is {state}", label=run.label, state=run_state(run).word.lower()),
        series=(
            Series(
                run.metric,
                tuple((each.label, score.value if score else None) for each, score in zip(shown, scores, strict=True)),
                low=tuple(score.low if score else None for score in scores),
                high=tuple(score.high if score else None for score in scores),
            ),
        ),
        kind="dots",
        x_title=_("Run"),
        target=baseline,
        n=run.test_rows,
        as_of=run.recorded_at,
    )
