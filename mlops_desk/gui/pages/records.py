"""Questions of the pages: plain functions over rows, run on workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mlops_desk import catalogue
from mlops_desk.kernel import clock
from mlops_desk.kernel.area import Area
from mlops_desk.kernel.chart import Chart
from mlops_desk.kernel.errors import NotKnownHere
from mlops_desk.kernel.listing import Detail, Listing
from mlops_desk.kernel.record import Record, fields_of, table_of
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.state import State
from mlops_desk.kernel.words import _


@dataclass(frozen=True)
class Listed:
    """The rows of one table, how its area stands, and when that was."""

    rows: Sequence[Any]
    state: State | None
    as_of: datetime


@dataclass(frozen=True)
class Shown:
    """All that the inspector shows of one record."""

    noun: str
    id: str
    title: str
    details: Sequence[Detail]
    chart: Chart | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    contested: tuple[str, ...] = ()


def listed(rows: Rows, area: Area | None, listing: Listing) -> Listed:
    """Return the rows of a listing."""
    state = area.stage(rows) if area is not None and area.stage is not None else None
    return Listed(listing.query(rows), state, clock.now())


def shown(rows: Rows, noun: str, id_: str) -> Shown | None:
    """Return one record with its details and chart; None if it is no row of its own."""
    kind = catalogue.RULES.nouns.get(noun)
    if kind is None:
        return None
    try:
        row = rows.get(kind, id_)
    except NotKnownHere:
        return None
    named = fields_of(kind)
    make_details = catalogue.DETAILS.get(noun)
    plain = [Detail(each.title, getattr(row, each.name)) for each in named if each.name != "id"]
    make_chart = catalogue.CHARTS.get(noun)
    return Shown(
        noun=noun,
        id=id_,
        title=str(getattr(row, kind.known_by, "") or id_),
        details=make_details(rows, id_) if make_details else plain,
        chart=make_chart(rows, id_) if make_chart else None,
        values={each.name: getattr(row, each.name) for each in named},
        contested=row.contested if isinstance(row, Record) else (),
    )


def choices(rows: Rows, nouns: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """Return id and name of everything that can be chosen, for each noun."""
    return {noun: _choices(rows, noun) for noun in nouns}


def _choices(rows: Rows, noun: str) -> list[tuple[str, str]]:
    kind = catalogue.RULES.nouns.get(noun)
    if kind is None:
        return []
    names = {each.name for each in fields_of(kind)}
    label = kind.known_by if kind.known_by in names else "id"
    where = "WHERE NOT archived" if "archived" in names else "WHERE withdrawn = ''" if "withdrawn" in names else ""
    found = rows.sql(f'SELECT id, "{label}" FROM "{table_of(noun)}" {where} ORDER BY 2')  # noqa: S608 - our own names
    known = _listed_names(rows, noun) if label == "id" else {}
    return [(id_, known.get(id_) or str(name)) for id_, name in found]


def _listed_names(rows: Rows, noun: str) -> dict[str, str]:
    """Return what rows without a name are known by: the first columns of their table."""
    for listing in catalogue.LISTINGS:
        if listing.noun == noun and listing.query is not None:
            first = [each for each in listing.columns if each.cell != "id"][:3]
            return {row.id: _row_name(row, first) for row in listing.query(rows) if hasattr(row, "id")}
    return {}


def _row_name(row: Any, columns: Sequence[Any]) -> str:
    parts = [getattr(row, each.name, None) for each in columns]
    return " · ".join(
        part.word if isinstance(part, State) else str(part) for part in parts if part not in (None, "")
    ) or _("unnamed")
