"""Experiments: recipes, runs with intervals and audits, comparisons, models and their versions."""

from mlops_desk.areas.experiments import cards, comparison, model, objects, queries, source, train
from mlops_desk.areas.experiments.charts import run_chart
from mlops_desk.areas.experiments.comparison import RunComparison
from mlops_desk.areas.experiments.model import Model, ModelVersion
from mlops_desk.areas.experiments.run import Experiment, Run
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.edit import acts_of
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.stored import of_facts

RUNS = Listing(
    noun="run",
    title="Runs",
    columns=(
        Column("label", "Run"),
        Column("state", "State", "state"),
        Column("metric", "Metric"),
        Column("value", "Value", "number"),
        Column("interval", "95 % interval"),
        Column("gain", "Over baseline", "number"),
        Column("marked", "Marked"),
        Column("chosen", "Model"),
        Column("data", "Data"),
        Column("fairness", "Lowest ratio"),
        Column("leaks", "Leaks", "whole"),
        Column("who", "By"),
        Column("ended", "Ended", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.runs,
    empty="No runs yet. Train on a dataset version.",
    paged=of_facts(Run, queries.run_rows, queries.RUN_COLUMNS, queries.NEWEST),
)
VERSIONS = Listing(
    noun="model-version",
    command="model",
    title="Models",
    columns=(
        Column("label", "Version"),
        Column("state", "State", "state"),
        Column("metric", "Metric"),
        Column("value", "Value", "number"),
        Column("chosen", "Model"),
        Column("run", "Run"),
        Column("data", "Data"),
        Column("note", "Note"),
        Column("who", "By"),
        Column("made", "Made", "instant"),
        Column("id", "Id", "id"),
    ),
    query=queries.versions,
    empty="No model version yet.",
)
COMPARISONS = Listing(
    noun="comparison",
    command="run",
    verb="comparisons",
    title="Compare",
    columns=(
        Column("new", "Run"),
        Column("old", "Against"),
        Column("state", "State", "state"),
        Column("metric", "Metric"),
        Column("difference", "Difference", "number"),
        Column("interval", "95 % interval"),
        Column("rows", "Rows", "whole"),
        Column("sentence", "In words"),
        Column("id", "Id", "id"),
    ),
    query=queries.comparisons,
    empty="Pick two runs to compare.",
)

AREA = Area(
    name="experiments",
    title="Experiments",
    raci="2 Model training",
    nouns=(Experiment, Run, RunComparison, ModelVersion, Model),
    acts=(*train.ACTS, *comparison.ACTS, *model.ACTS, *acts_of(Experiment, title="experiment")),
    listings=(RUNS, COMPARISONS, VERSIONS),
    details={"run": queries.run_details, "model-version": queries.version_details},
    subjects={"model-version": model.subject},
    charts={"run": run_chart},
    sources={"run": source.metric_source},
    marks=(queries.marks,),
    links=(source.links,),
    objects=(objects.objects,),
    cards={
        "go-on": cards.go_on_card,
        "runs": cards.runs_card,
        "data-under-models": cards.data_card,
        "shape": cards.shape_card,
        "slices": cards.slices_card,
        "sense": cards.sense_card,
        "unsure": cards.unsure_card,
        "fairness": cards.fairness_card,
    },
    stage=cards.stage,
)
