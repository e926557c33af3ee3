"""What the tests of science share: where the real data lies, if it does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = os.environ.get("MLOPS_DESK_REAL_DATA", "")
    if not folder:
        pytest.skip("MLOPS_DESK_REAL_DATA is not set")
    return Path(folder)
