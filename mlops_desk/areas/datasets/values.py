"""What a profile here says of a column's values: told where the class opens the column, else masked until asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from mlops_desk.areas.datasets.column import OPEN, Column
from mlops_desk.areas.datasets.dataset import Dataset, versions_of
from mlops_desk.areas.datasets.queries import ColumnRow, columns_of, columns_sorted, profile_of
from mlops_desk.kernel import wire
from mlops_desk.kernel.listing import Detail
from mlops_desk.kernel.masked import Masked
from mlops_desk.kernel.rows import Rows
from mlops_desk.kernel.words import _

if TYPE_CHECKING:
    from mlops_desk.science.column_figures import ColumnProfile
    from mlops_desk.science.describe import Profile as Figures

MOST_TOLD = 3


def columns(rows: Rows) -> list[ColumnRow]:
    """Return the columns of the newest version of every dataset, strictest first, with their values or a mask."""
    found = [row for dataset in rows.find(Dataset, "NOT archived") for row in _with_values(rows, dataset)]
    return columns_sorted(found)


def _with_values(rows: Rows, dataset: Dataset) -> list[ColumnRow]:
    found = columns_of(rows, dataset)
    figures = _figures(rows, dataset.id)
    known = {each.name: each for each in figures.columns} if figures is not None else {}
    return [
        msgspec.structs.replace(
            each, values=_told(known[each.name], figures) if each.security in OPEN else Masked(each.security)
        )
        if figures is not None and each.name in known
        else each
        for each in found
    ]


def details(rows: Rows, id_: str) -> Sequence[Detail]:
    """Return what the page of a column shows."""
    said = rows.get(Column, id_)
    known = {each.id: each for each in _with_values(rows, rows.get(Dataset, said.dataset))}
    if id_ in known:
        return details_of(known[id_])
    return (Detail(_("Meaning"), said.meaning), Detail(_("Unit"), said.unit))  # the newest version has it no more


def details_of(row: ColumnRow) -> Sequence[Detail]:
    """Return what the page of a column shows of its row, also before anything was said about it."""
    asked = partial(revealed, dataset=row.dataset_id, name=row.name)
    return (
        Detail(_("Dataset"), row.dataset),
        Detail(_("Kind"), row.kind),
        Detail(_("Class"), row.security, "class"),
        Detail(_("State"), row.state, "state"),
        Detail(_("Reason"), row.reason),
        Detail(_("Values"), row.values, reveal=asked if isinstance(row.values, Masked) else None),
        Detail(_("Empty"), row.missing, "whole"),
        Detail(_("Disguised"), row.disguised, "whole"),
        Detail(_("Distinct"), row.distinct, "whole"),
        Detail(_("Meaning"), row.meaning),
    )


def revealed(rows: Rows, *, dataset: str, name: str) -> str:
    """Return what the figures on this machine say of a column's values, whatever its class; empty where none are."""
    figures = _figures(rows, dataset)
    known = {each.name: each for each in figures.columns} if figures is not None else {}
    return _told(known[name], figures) if figures is not None and name in known else ""


def _figures(rows: Rows, dataset: str) -> Figures | None:
    """Return all figures of the newest version's profile; None where they are not on this machine."""
    from mlops_desk.science.describe import Profile as Figures

    versions = versions_of(rows, dataset)
    profile = profile_of(rows, versions[0].id) if versions else None
    whole = rows.bytes_here(profile.figures) if profile else None
    try:
        return wire.read(whole, Figures) if whole is not None else None
    except msgspec.DecodeError:  # of another version of this program
        return None


def _told(column: ColumnProfile, figures: Figures) -> str:
    """Return the range of numbers and times, else the most frequent values with their share of the rows."""
    if column.minimum is not None and column.maximum is not None:
        span = _("{low} to {high}", low=_number(column.minimum), high=_number(column.maximum))
        middle = column.quantiles.get("50") if not isinstance(column.minimum, str) else None
        return span if middle is None else _("{span}, median {middle}", span=span, middle=_number(middle))
    if column.top and column.top[0].count > 1:
        shares = (f"{each.value} {100 * each.count / max(1, figures.rows):.3g} %" for each in column.top[:MOST_TOLD])
        return ", ".join(shares)
    return _("no value twice") if column.distinct else _("no value")


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.6g}"
