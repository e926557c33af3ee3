"""A few pictures of the window, small and grey, against accidents: a page that fell apart looks like no other day.

`MLOPS_DESK_GOLDEN=write pytest tests/gui/test_golden_pictures.py` writes them anew, after somebody has looked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from mlops_desk.catalogue import RULES
from mlops_desk.gui.theme import theme
from tests.architecture.house import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mlops_desk.gui.main_window import MainWindow

GOLDEN = ROOT / "tests" / "golden" / "pictures"
WIDTH, BLOCK, NEARLY = 320, 20, 18  # a block of this many pixels may be so much lighter or darker, of 255
PAGES = ("home", "goals", "data", "governance", "settings")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_the_window_looks_as_it_was_looked_at(window: MainWindow, settled: Callable[[], None], look: str) -> None:
    theme().choose(look)
    window.resize(1280, 800)
    seen: dict[str, QWidget] = {}
    for name in PAGES:
        window.go(name)
        settled()
        compare(window, f"{name}-{look}")
        seen[name] = window
    window.go("goals")
    window.desk.fill_in(RULES.acts["kpi.add"])
    settled()
    assert window.form is not None
    compare(window.form, f"form-{look}")
    window.form.close()


def compare(widget: QWidget, name: str) -> None:
    """Fail where a block of a widget is much lighter or darker than in its picture."""
    image = widget.grab().toImage().scaledToWidth(WIDTH, Qt.TransformationMode.SmoothTransformation)
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    file = GOLDEN / f"{name}.png"
    if os.environ.get("MLOPS_DESK_GOLDEN") == "write":
        GOLDEN.mkdir(parents=True, exist_ok=True)
        grey.save(str(file))
    known = QImage(str(file)).convertToFormat(QImage.Format.Format_Grayscale8)
    assert (known.width(), known.height()) == (grey.width(), grey.height()), f"{name} has another shape"
    apart = np.abs(blocks(known) - blocks(grey))
    assert apart.max() < NEARLY, f"{name} differs by {apart.max():.0f} near {np.argwhere(apart == apart.max())[0]}"


def blocks(image: QImage) -> Any:
    """Return the mean light of each block of a grey picture."""
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    high, wide = image.height() // BLOCK, image.width() // BLOCK
    cut = bits[: high * BLOCK, : wide * BLOCK].astype(float)
    return cut.reshape(high, BLOCK, wide, BLOCK).mean(axis=(1, 3))
