"""Rows as text for the clipboard: parted by tabs, as Markdown, CSV or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from mlops_desk.gui.models.arrange import shown_text
from mlops_desk.gui.models.listed import titled
from mlops_desk.kernel.listing import Column
from mlops_desk.kernel.table_text import csv_line, machine_value

Form = Literal["plain", "titled", "markdown", "csv", "json"]


def copied(columns: Sequence[Column], rows: Sequence[Any], form: Form) -> str:
    """Return rows as they are pasted elsewhere.

    Parted by tabs and in Markdown as they are shown, numbers with all their digits; in CSV and JSON as machines read.
    """
    if form == "json":
        found = [{each.name: machine_value(getattr(row, each.name, None)) for each in columns} for row in rows]
        return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    if form == "csv":
        cells = [[machine_value(getattr(row, each.name, None)) for each in columns] for row in rows]
        return "\n".join([csv_line([titled(each) for each in columns]), *map(csv_line, cells)])
    texts = [[_text(getattr(row, each.name, None), each) for each in columns] for row in rows]
    if form == "markdown":
        return _markdown(columns, texts)
    titles = [[titled(each) for each in columns]] if form == "titled" else []
    return "\n".join("\t".join(_one_cell(each) for each in line) for line in [*titles, *texts])


def _text(value: Any, column: Column) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.15g}" if is_number else shown_text(value, column)


def _one_cell(text: str) -> str:
    return text.replace("\t", " ")


def _markdown(columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> str:
    lines = [[titled(each) for each in columns], *texts]
    rule = ["---:" if each.cell in ("number", "whole") else "---" for each in columns]
    told = [[each.replace("\\", "\\\\").replace("|", "\\|") for each in line] for line in lines]
    return "\n".join(f"| {' | '.join(each)} |" for each in [told[0], rule, *told[1:]])
