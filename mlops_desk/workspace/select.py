"""People's SQL: the documented views are written to a private file, and a limited child process asks it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mlops_desk.catalogue import RULES
from mlops_desk.kernel import child
from mlops_desk.kernel.progress import Progress
from mlops_desk.projection.rows import Reader
from mlops_desk.projection.views import export
from mlops_desk.science import select as science


def select(rows: Reader, sql: str, progress: Progress, stop: child.Stop) -> science.Selected:
    """Return what one SELECT over the documented views finds.

    Raises:
        DeskError: it is refused, fails, or takes more than it may.
        Cancelled: it was stopped.
    """
    with tempfile.TemporaryDirectory(prefix="mlops-desk-") as folder:
        path = Path(folder) / "views.duckdb"
        export(rows.connection, RULES.nouns, path)
        job = science.SelectJob(path=str(path), sql=sql)
        answer: science.Selected = child.run(science.select, job, progress, stop)
        return answer
