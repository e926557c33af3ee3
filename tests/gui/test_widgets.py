"""The small widgets: a chart says what it shows, a toast leaves, a theme colours everything."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import isnan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest

from mlops_desk.gui import icons
from mlops_desk.gui.forms.fields import editor_for
from mlops_desk.gui.forms.values import UnreadableError
from mlops_desk.gui.theme import theme
from mlops_desk.gui.turns import turns
from mlops_desk.gui.widgets import chart_export, chart_numbers
from mlops_desk.gui.widgets.chart import ChartView
from mlops_desk.gui.widgets.chart_table import ChartTable
from mlops_desk.gui.widgets.state_chip import StateChip
from mlops_desk.gui.widgets.strip import StageStrip, two_lines
from mlops_desk.gui.widgets.text import tip
from mlops_desk.kernel.assets import resource
from mlops_desk.kernel.chart import Band, Chart, Series
from mlops_desk.kernel.record import About, Field
from mlops_desk.kernel.state import State
from mlops_desk.workspace.status import Stage
from tests.gui.conftest import MEANT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

LINE = Chart(
    sentence="Time to decision: 62 min, on track",
    series=(
        Series("Value", ((date(2026, 10, 1), 95.0), (date(2026, 11, 1), None), (date(2026, 11, 23), 62.0))),
        Series("Expected", ((date(2026, 10, 1), 95.0), (date(2026, 11, 23), 61.0)), is_reference=True),
    ),
    unit="min",
    x_title="Day",
    target=40.0,
    bands=(Band("Tolerance", 34.5, 45.5),),
    marks=((date(2026, 11, 10), "data v2"),),
    n=2,
    as_of=datetime(2026, 11, 23, 9, tzinfo=UTC),
)
BARS = Chart(
    sentence="3 columns have empty cells",
    series=(Series("Empty", (("job", 4.9), ("region", None), ("income", 2.0))),),
    kind="bars",
)
DOTS = Chart(
    sentence="linear is better",
    series=(Series("auc", (("linear", 0.8), ("dummy", 0.5)), low=(0.78, None), high=(0.82, None)),),
    kind="dots",
    target=0.5,
)


@pytest.mark.parametrize("chart", [LINE, BARS, DOTS], ids=["line", "bars", "dots"])
def test_that_a_chart_draws_says_itself_and_has_a_table(chart: Chart, qtbot: QtBot):
    view = ChartView(chart)
    qtbot.addWidget(view)
    view.setObjectName("shown by the test itself")
    view.resize(320, 300)
    view.show()
    assert not view.grab().isNull()
    assert chart.sentence in view.summary()
    assert not view.shows_table
    view.toggle()
    assert view._stack.currentWidget() is view.table()
    assert view.table().model().rowCount() == len(chart.table()[1])
    theme().choose("dark")
    assert not view.grab().isNull()


def test_that_arrow_keys_read_the_points_and_gaps_stay_gaps(qtbot: QtBot):
    view = ChartView(LINE)
    qtbot.addWidget(view)
    QTest.keyClick(view._plot, Qt.Key.Key_Left)
    assert view._reading.text() == "23 Nov 2026: Value 62 min, Expected 61 min"
    QTest.keyClick(view._plot, Qt.Key.Key_Left)
    assert view._reading.text() == "1 Nov 2026: no value"
    assert view.copies().actions()[0].text() == "Copy as Picture (PNG)"
    view.copies().actions()[0].trigger()
    assert not QGuiApplication.clipboard().pixmap().isNull()
    view.copies().actions()[2].trigger()
    assert QGuiApplication.clipboard().text().splitlines()[0] == "Day,Value,Expected"


def test_that_a_chart_is_written_as_drawing_and_table_that_no_spreadsheet_runs(qtbot: QtBot):
    chart = Chart("Up", (Series("=1+1", ((1.0, 2.0), (2.0, None))),), x_title="+x")
    view = ChartView(chart)
    qtbot.addWidget(view)
    view.resize(400, 300)
    drawing = chart_export.content_of(view._plot, chart, "svg")
    assert b"<title>Up</title>" in drawing
    assert drawing.count(b"<path") + drawing.count(b"<polyline") > 2
    assert chart_export.content_of(view._plot, chart, "png").startswith(b"\x89PNG")
    assert chart_export.table_of(chart) == "'+x,'=1+1\n1.0,2.0\n2.0,\n"


def test_that_a_long_line_is_panned_zoomed_and_shown_whole_by_keys(qtbot: QtBot):
    points = tuple((float(place), float(place % 97)) for place in range(40_000))
    view = ChartView(Chart("Long", (Series("a", points),)), draws_later=True)
    qtbot.addWidget(view)
    view.setObjectName(MEANT)
    view.show()
    qtbot.waitUntil(lambda: turns().is_idle and view._numbers is not None and view._numbers.is_done)
    plot = view._plot
    assert plot.in_view == pytest.approx((0.0, 39_999.0))
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    low, high = plot.in_view
    assert high - low == pytest.approx(39_999 / 2)
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert plot.in_view == pytest.approx((low + (high - low) * 0.1, high + (high - low) * 0.1))
    for _turn in range(30):
        QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert plot.in_view[1] == pytest.approx(39_999.0), "not beyond its end"
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.in_view == pytest.approx((0.0, 39_999.0))


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.none() | st.floats(-9, 9)), max_size=60), max_size=4))
def test_that_counting_out_in_pieces_gives_every_point_in_order(series: list[list[tuple[int, float | None]]]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chart_numbers, "PIECE_POINTS", 7)
        numbers = chart_numbers.Numbers([Series("s", tuple(points)) for points in series], float)
        turns_taken = 0
        while not numbers.is_done:
            numbers.go_on()
            turns_taken += 1
    assert turns_taken <= sum(-(-len(points) // 7) for points in series) + 1
    for (x, y), points in zip(numbers.arrays, series, strict=True):
        assert x.tolist() == [place for place, _value in points]
        assert [None if isnan(value) else value for value in y.tolist()] == [value for _place, value in points]


def test_that_a_chip_says_its_state_and_shows_its_reason_literally(qtbot: QtBot):
    chip = StateChip(State("unknown", "Not known", "<b>no value</b>"))
    qtbot.addWidget(chip)
    assert chip.accessibleName() == "Not known"
    assert "&lt;b&gt;" in chip.toolTip()
    assert tip("plain & simple") == "plain & simple"


@pytest.mark.parametrize("level", ["ok", "warn", "bad", "info", "unknown"])
def test_that_every_level_has_a_picture_of_its_own(level, qtbot: QtBot):
    theme().choose("light")
    chips = {each: StateChip(State(each, "Word")) for each in ("ok", "warn", "bad", "info", "unknown")}
    for chip in chips.values():
        qtbot.addWidget(chip)
    pictures = {each: chip.grab().toImage() for each, chip in chips.items()}
    assert [each for each, picture in pictures.items() if picture == pictures[level]] == [level]


def test_that_every_icon_can_be_drawn_in_both_themes(qtbot: QtBot):
    for wish in ("light", "dark"):
        theme().choose(wish)
        for path in resource("icons").glob("*.svg"):
            image = icons.pixmap(path.stem).toImage()
            assert any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())), (
                path
            )


def _field(kind: object, **about: object) -> Field:
    return Field("field", kind, optional=True, default=None, about=About("", **about))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (str, " two words ", "two words"),
        (float, "1 000.5", 1000.5),
        (int, "7", 7),
        (date, "2026-11-23", date(2026, 11, 23)),
        (tuple[str, ...], "one\n\ntwo", ("one", "two")),
        (tuple[float, ...], "1\n2.5", (1.0, 2.5)),
    ],
)
def test_that_an_editor_reads_what_is_typed(kind, typed, value, qtbot: QtBot):
    editor = editor_for(_field(kind))
    qtbot.addWidget(editor)
    entry = editor.entry
    entry.setPlainText(typed) if hasattr(entry, "setPlainText") else entry.setText(typed)  # type: ignore[attr-defined]
    assert editor.value() == value
    editor.fill(value)
    assert editor.value() == value
    editor.fill(None)
    assert editor.value() in (None, ())


@pytest.mark.parametrize(
    ("kind", "typed"), [(float, "inf"), (float, "nan"), (int, "2.5"), (date, "23.11.2026"), (datetime, "noon")]
)
def test_that_an_editor_says_what_it_cannot_read(kind, typed, qtbot: QtBot):
    editor = editor_for(_field(kind))
    qtbot.addWidget(editor)
    editor.entry.setText(typed)  # type: ignore[attr-defined]
    with pytest.raises(UnreadableError, match=typed):
        editor.value()


def test_that_a_time_is_typed_here_and_kept_in_utc(qtbot: QtBot):
    editor = editor_for(_field(datetime))
    qtbot.addWidget(editor)
    editor.entry.setText("2026-11-23 10:30")  # type: ignore[attr-defined]
    assert editor.value() == datetime(2026, 11, 23, 10, 30).astimezone().astimezone(UTC)
    editor.fill(editor.value())
    assert editor.text() == "2026-11-23 10:30"


def test_that_fields_that_name_roles_offer_the_roles(qtbot: QtBot):
    editor = editor_for(_field(str, metavar="ROLE"))
    qtbot.addWidget(editor)
    editor.fill("ml-engineer")
    assert (editor.value(), editor.text()) == ("ml-engineer", "ML Engineer")
    many = editor_for(_field(tuple[str, ...], metavar="ROLE"))
    qtbot.addWidget(many)
    many.fill(("owner", "ai-ethics"))
    assert set(many.value()) == {"owner", "ai-ethics"}


def test_that_a_long_state_of_a_stage_is_read_on_two_lines(qtbot: QtBot):
    words = ("2 datasets hold columns without a class", "1 release waits for signatures", "No monitors")
    strip = StageStrip()
    strip.setObjectName(MEANT)
    qtbot.addWidget(strip)
    strip.resize(620, 80)
    strip.show()
    strip.show_stages([Stage(word[:4], "Collect", State("warn", word)) for word in words])
    qtbot.waitUntil(lambda: [each.lines_wanted() for each in strip.buttons.values()] == [2, 2, 1])
    metrics = QFontMetrics(theme().font("caption"))
    for button in strip.buttons.values():
        word = button.stage.state.word
        said = two_lines(word, metrics, button._room())
        assert " ".join(said) == word
        assert max(metrics.horizontalAdvance(each) for each in said) <= button._room()
    assert len({each.sizeHint().height() for each in strip.buttons.values()}) == 1
    assert two_lines("Unbreakable", metrics, 10) == ["Unbreakable"]


def test_that_a_column_that_somebody_drew_keeps_its_width_when_the_table_is_resized(qtbot: QtBot):
    table = ChartTable(LINE)
    qtbot.addWidget(table)
    table.setObjectName(MEANT)
    table.resize(600, 200)
    table.show()
    table.horizontalHeader().resizeSection(0, 333)
    table.resize(500, 260)
    table.resize(900, 200)
    assert table.columnWidth(0) == 333
