"""Steps that tests of the window take: to a page, through a form, over a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QMenu, QWidget

from mlops_desk.catalogue import RULES
from mlops_desk.gui.forms.form import Form
from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.area import AreaPage
from mlops_desk.gui.table.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable


ACTS: dict[str, Any] = dict(RULES.acts)
ADD_KPI, EDIT_KPI, ARCHIVE_KPI = (ACTS[f"kpi.{verb}"] for verb in ("add", "edit", "archive"))
KPI = {"name": "Time to decision", "unit": "min", "better": "down", "baseline": 95.0, "target": 40.0}


def goals(window: MainWindow, settled: Callable[[], None], tab: str = "kpi") -> AreaPage:
    window.go("goals", tab)
    settled()
    page = window.stack.page
    assert isinstance(page, AreaPage)
    return page


def fill(form: Form, **values: object) -> None:
    for name, value in values.items():
        form.rows[name].editor.fill(value)


def table(page: AreaPage) -> Table:
    assert page.table is not None
    return page.table


def shown_menu(widget: QWidget) -> QMenu:
    """Return the menu that is open over a widget."""
    return next(each for each in widget.findChildren(QMenu) if each.isVisible())


def names(page: AreaPage) -> list[str]:
    model = table(page).model
    return [model.row(number).name for number in range(model.rowCount())]
