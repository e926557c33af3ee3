"""A small table that needs a desk, and no project: what tests of the table work on."""

from __future__ import annotations

from dataclasses import dataclass

from mlops_desk.kernel.listing import Column, Listing


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    unit: str
    target: float
    owner: str


LISTING = Listing(
    noun="kpi",
    title="KPIs",
    columns=(
        Column("name", "KPI"),
        Column("target", "Target", "number"),
        Column("unit", "Unit"),
        Column("owner", "Owner", "role"),
    ),
    query=lambda _rows: (),
)
ROWS = (
    Row("a", "Drift", "%", 10.0, "ml-engineer"),
    Row("b", "Approval", "%", 90.0, "product-designer"),
    Row("c", "Cost", "EUR", 10.0, ""),
)
