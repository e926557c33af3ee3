"""What tests of the window share: a line that Qt logs unasked is a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
HARMLESS = r"This plugin does not support propagateSizeHints\(\)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(HARMLESS))
