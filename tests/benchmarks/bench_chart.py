"""A chart of a million points: how long the loop is held while it is drawn, and one frame while it is panned."""

from __future__ import annotations

import os
import time

POINTS, FRAMES, TICK_S = 1_000_000, 120, 0.001


def measure() -> dict[str, float]:
    """Return milliseconds: the longest turn of the loop until the line is there, and frames at three widths of view."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from mlops_desk.gui.app import application
    from mlops_desk.gui.turns import turns
    from mlops_desk.gui.widgets.chart import ChartView
    from mlops_desk.kernel.chart import Chart, Series

    app = application()
    points = tuple((float(place), float(place * 7919 % 1009)) for place in range(POINTS))
    view = ChartView(Chart("Readings", (Series("psi", points),)), draws_later=True)
    view.resize(900, 320)
    view.show()
    turned: list[float] = []
    while not turns().is_idle or view._numbers is None or not view._numbers.is_done:
        began = time.perf_counter()
        app.processEvents()
        turned.append(time.perf_counter() - began)
        time.sleep(TICK_S)
    app.processEvents()
    found = {"chart_longest_turn_ms": max(turned) * 1000, "chart_ready_ms": sum(turned) * 1000}
    plot = view._plot
    for name, share in (("all", 1.0), ("tenth", 0.1), ("thousandth", 0.001)):
        plot.show_all()
        plot.zoom(share)
        plot.pan(-FRAMES * 0.01)
        frames = []
        for _frame in range(FRAMES):
            began = time.perf_counter()
            plot.pan(0.01)
            plot.viewport().repaint()
            frames.append(time.perf_counter() - began)
        frames.sort()
        found[f"chart_frame_{name}_ms"] = frames[FRAMES // 2] * 1000
        found[f"chart_frame_{name}_p95_ms"] = frames[int(FRAMES * 0.95)] * 1000
    return found
