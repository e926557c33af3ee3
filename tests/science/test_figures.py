"""Charts as SVG: the same bytes for the same chart, gaps that stay, labels that do not touch, texts that stay text."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from mlops_desk.kernel.chart import Band, Chart, ChartKind, Point, Series
from mlops_desk.science.figures import svg

START = date(2026, 1, 1)
SVG = "{http://www.w3.org/2000/svg}"


def days(*values: float | None) -> tuple[Point, ...]:
    return tuple((START + timedelta(days=index), value) for index, value in enumerate(values))


def texts(made: str) -> list[tuple[float, str]]:
    return [(float(each.get("y", "0")), each.text or "") for each in ET.fromstring(made).iter(f"{SVG}text")]


def test_that_the_same_chart_gives_the_same_bytes():
    chart = Chart("c", (Series("a", days(1.0, 3.0, 2.0)),), target=2.5, bands=(Band("b", 2.0, 3.0),))
    assert svg(chart) == svg(chart)
    assert "Date" not in svg(chart)


def test_that_a_gap_stays_a_gap():
    whole = svg(Chart("c", (Series("a", days(1.0, 2.0, 3.0, 4.0)),)))
    broken = svg(Chart("c", (Series("a", days(1.0, 2.0, None, 4.0)),)))
    assert broken.count("stroke: #1430bf") == whole.count("stroke: #1430bf") + 1


def test_that_labels_at_the_edge_do_not_touch():
    series = tuple(Series(f"line {index}", days(5.0, 5.0 + index / 100)) for index in range(5))
    edge = sorted(y for y, words in texts(svg(Chart("c", series, target=5.0))) if words.startswith(("line", "Target")))
    assert len(edge) == 6
    assert all(after - before > 7 for before, after in pairwise(edge))


def test_that_names_stay_text_whatever_they_hold():
    name = "<b>&$x^2$"
    made = svg(Chart("c", (Series(name, days(1.0, 2.0)), Series("two", days(2.0, 1.0)))))
    assert name in [words for _y, words in texts(made)]
    assert re.search(r"<(script|image|a|foreignObject|style)\b", made) is None


@pytest.mark.parametrize("kind", ["line", "bars", "dots"])
def test_that_every_kind_draws_days_instants_names_numbers_and_nothing(kind: ChartKind):
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    for points in (
        days(1.0, None, 2.0),
        ((instant, 1.0), (instant + timedelta(hours=1), 2.0)),
        (("a", -1.0), ("b", 2.0)),
        ((0.0, 1.0), (10.0, 1.0)),
        ((date.min, 1.0), (date.max, 2.0)),
        ((START, 1e308), (START, -1e308)),
        (),
    ):
        made = svg(Chart("c", (Series("a", points),), kind=kind))
        assert ET.fromstring(made).tag == f"{SVG}svg"
        assert "nan" not in made
        assert ("No value yet" in made) == (not points)


def test_that_more_than_eight_series_become_others():
    made = svg(Chart("c", tuple(Series(f"s{index}", days(1.0, float(index))) for index in range(11))))
    assert [words for _y, words in texts(made)].count("others") == 3


def test_that_a_figure_takes_milliseconds():
    chart = Chart("c", (Series("a", days(*(float(index % 17) for index in range(200)))),), target=5.0)
    svg(chart)
    begin = time.perf_counter()
    for _again in range(10):
        svg(chart)
    assert time.perf_counter() - begin < 10 * 0.15  # 8 ms alone on the machine
