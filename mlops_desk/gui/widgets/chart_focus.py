"""Turning the chart in front into its table, without loading what draws charts."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QWidget

_MODULE = "mlops_desk.gui.widgets.chart"


def toggle_chart_table(window: QWidget) -> None:
    """Show every visible chart of a window as its table, or as a chart again."""
    module = sys.modules.get(_MODULE)
    if module is None:
        return
    for view in window.findChildren(module.ChartView):
        if view.isVisible():
            view.toggle()
