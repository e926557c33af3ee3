"""Charts of datasets: how much is missing in each column of the newest version."""

from __future__ import annotations

from mlops_desk.areas.datasets.dataset import Dataset, versions_of
from mlops_desk.areas.datasets.queries import profile_of
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _, plural

MOST_COLUMNS = 30


def missing_chart(rows: Rows, id_: str) -> Chart:
    """Return the share of empty cells of each column that has any, worst first, as percentages."""
    dataset = rows.get(Dataset, id_)
    versions = versions_of(rows, id_)
    profile = profile_of(rows, versions[0].id) if versions else None
    if profile is None or not profile.rows:
        return Chart(_("{name}: not profiled yet", name=dataset.name), ())
    shares = sorted(
        ((each.name, 100 * (each.missing + each.disguised) / profile.rows) for each in profile.columns),
        key=lambda pair: -pair[1],
    )
    with_gaps = [pair for pair in shares if pair[1] > 0]
    sentence = plural("{n} column has empty cells", "{n} columns have empty cells", len(with_gaps))
    return Chart(
        sentence=f"{versions[0].label}: {sentence}"
        if with_gaps
        else _("{name}: no empty cells", name=versions[0].label),
        series=(Series(_("Empty cells"), tuple(with_gaps[:MOST_COLUMNS])),),
        kind="bars",
        unit="%",
        x_title=_("Column"),
        n=profile.rows,
        as_of=profile.recorded_at,
    )
