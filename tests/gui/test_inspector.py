"""The inspector: one chart after another in its full height, lines close together, buttons that are read whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from mlops_desk.gui.main_window import MainWindow
from mlops_desk.gui.pages.records import Shown
from mlops_desk.gui.widgets.buttons import Button
from mlops_desk.gui.widgets.details import CodeText, Details
from mlops_desk.kernel.chart import Chart, Series
from mlops_desk.kernel.listing import Detail

LOW = Chart(sentence="Two runs", series=(Series("AUC", (("run-1", 0.8),)),))
HIGH = Chart(sentence="A KPI", series=(Series("AUC", ((date(2026, 11, 1), 0.8), (date(2026, 11, 2), 0.9))),))


@pytest.mark.parametrize("order", [(LOW, HIGH), (HIGH, LOW), (LOW, HIGH, LOW, HIGH)])
def test_that_every_chart_has_its_height_whatever_was_shown_before(
    window: MainWindow, settled: Callable[[], None], order: tuple[Chart, ...]
):
    window.go("goals")
    window.show_inspector()
    settled()
    for chart in order:
        window.inspector._show(Shown("kpi", "x", "One", [Detail("Unit", "AUC")], chart))
        settled()
        view = window.inspector._chart
        assert view is not None
        assert view.height() >= view.heightForWidth(view.width())
        assert view._reading.geometry().top() >= view._stack.geometry().bottom()


def test_that_a_text_of_code_does_not_spread_the_lines_above_it(window: MainWindow, settled: Callable[[], None]):
    window.show_inspector()
    window.inspector._show(Shown("object", "x", "One", [Detail("Where", "here"), Detail("sha256", "0" * 64, "code")]))
    settled()
    (details,) = window.inspector.findChildren(Details)
    (code,) = details.findChildren(CodeText)
    assert code.geometry().top() < 3 * code.fontMetrics().lineSpacing() + 20


@pytest.mark.parametrize("noun", ["run", "exception", "kpi", "alert", "member", "dataset", "use-case"])
def test_that_buttons_are_read_whole_and_the_rest_is_behind_the_last(
    window: MainWindow, settled: Callable[[], None], noun: str
):
    window.go("goals")
    window.show_inspector()
    settled()
    window.inspector._show(Shown(noun, "x", "One", []))
    settled()
    end = window.inspector.width() - 16
    buttons = [each for each in window.inspector.findChildren(Button) if each.stands_for is not None]
    assert buttons
    for each in buttons:
        assert each.width() >= each.sizeHint().width(), each.text()
        assert each.geometry().right() <= end, each.text()
