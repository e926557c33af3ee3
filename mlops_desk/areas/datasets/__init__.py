"""Datasets: versions by content, profiles, and a security class for each column."""

from mlops_desk.areas.datasets import cards, column, dataset, profile, queries, sending, values
from mlops_desk.areas.datasets.charts import missing_chart
from mlops_desk.areas.datasets.column import Column
from mlops_desk.areas.datasets.dataset import Dataset, DatasetVersion
from mlops_desk.areas.datasets.profile import Profile
from mlops_desk.areas.datasets.sending import SendingEnd, SendingSignature
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.listing import Column as Shown
from mlops_desk.kernel.listing import Listing

DATASETS = Listing(
    noun="dataset",
    title="Datasets",
    columns=(
        Shown("name", "Dataset"),
        Shown("security", "Class", "class"),
        Shown("state", "State", "state"),
        Shown("version", "Newest"),
        Shown("rows", "Rows", "whole"),
        Shown("columns", "Columns", "whole"),
        Shown("missing", "Empty", "number", "%"),
        Shown("duplicates", "Duplicates", "whole"),
        Shown("changed", "Changed", "instant"),
        Shown("id", "Id", "id"),
    ),
    query=queries.datasets,
    empty="No data yet. Drop a file or folder here.",
)
VERSIONS = Listing(
    noun="dataset-version",
    command="dataset",
    verb="versions",
    title="Versions",
    columns=(
        Shown("label", "Version"),
        Shown("state", "State", "state"),
        Shown("rows", "Rows", "whole"),
        Shown("columns", "Columns", "whole"),
        Shown("size_mb", "Size", "number", "MB"),
        Shown("keep", "Kept as"),
        Shown("added", "Added", "instant"),
        Shown("who", "By"),
        Shown("sha256", "sha256", "id"),
        Shown("id", "Id", "id"),
    ),
    query=queries.versions,
    empty="No version yet.",
)
COLUMNS = Listing(
    noun="column",
    command="dataset",
    verb="columns",
    title="Columns",
    columns=(
        Shown("dataset", "Dataset"),
        Shown("name", "Column"),
        Shown("kind", "Kind"),
        Shown("security", "Class", "class"),
        Shown("proposed", "Proposed", "class"),
        Shown("state", "State", "state"),
        Shown("values", "Values"),
        Shown("missing", "Empty", "whole"),
        Shown("disguised", "Disguised", "whole"),
        Shown("distinct", "Distinct", "whole"),
        Shown("meaning", "Meaning"),
    ),
    query=values.columns,
    empty="No column yet.",
)

AREA = Area(
    name="datasets",
    title="Data",
    raci="1 Data collection",
    nouns=(Dataset, DatasetVersion, Profile, Column, SendingSignature, SendingEnd),
    acts=(*dataset.ACTS, *profile.ACTS, *column.ACTS, *sending.ACTS),
    listings=(DATASETS, COLUMNS, VERSIONS),
    details={"dataset": queries.details, "column": values.details},
    subjects={"dataset-version": queries.subject},
    charts={"dataset": missing_chart},
    needs=(queries.needs,),
    marks=(queries.marks,),
    objects=(queries.objects,),
    cards={
        "feeds": cards.feeds_card,
        "failed-rules": cards.findings_card,
        "papers": cards.papers_card,
        "trend": cards.trend_card,
        "keep-until": cards.keep_until_card,
        "personal": cards.personal_card,
    },
    stage=queries.stage,
)
