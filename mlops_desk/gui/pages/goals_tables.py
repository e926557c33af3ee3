"""The tables of the Goals page as the window draws them: the tree with bullet bars, KPIs with their last values."""

from __future__ import annotations

from mlops_desk.areas.goals import KPIS, OBJECTIVES
from mlops_desk.areas.goals.board import board, traced_kpis
from mlops_desk.kernel.listing import Column, Listing
from mlops_desk.kernel.words import _

TREE = Listing(
    noun=OBJECTIVES.noun,
    title=OBJECTIVES.title,
    columns=(
        Column("twig", _("Objective or key result")),
        Column("state", _("State"), "state"),
        Column("gauge", _("Value on its way"), "gauge"),
        Column("reading", _("Next value")),
        Column("score", _("Score"), "number"),
        Column("forecast", _("Score at the end")),
        Column("confidence", _("Confidence"), "number"),
        Column("role", _("Owner"), "role"),
        Column("kind", _("Aim")),
        Column("kpi", _("KPI")),
        Column("ends", _("Due"), "day"),
    ),
    query=lambda rows: board(rows, "").rows,
    empty=OBJECTIVES.empty,
    is_mixed=True,
)
TRACED_KPIS = Listing(
    noun=KPIS.noun,
    title=KPIS.title,
    columns=(
        Column("name", _("KPI")),
        Column("state", _("State"), "state"),
        Column("trace", _("Last values"), "trace"),
        Column("value", _("Value"), "number"),
        Column("change", _("Change"), "number"),
        *(each for each in KPIS.columns if each.name not in ("name", "state", "value", "id")),
    ),
    query=traced_kpis,
    empty=KPIS.empty,
)
