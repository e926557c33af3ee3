"""Where long work before an act is done: rows to read, objects to keep, a child process to compute in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

from mlops_desk.kernel import child, settings
from mlops_desk.kernel.here import Here
from mlops_desk.kernel.measured import Measured
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.rows import source_value
from mlops_desk.objects.store import ObjectStore
from mlops_desk.projection.database import Database
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace.elsewhere import Elsewhere
from mlops_desk.workspace.project import Project
from mlops_desk.workspace.select import select


class WorkBench(Reader):
    """The bench of one act; ``stop`` is the person's wish to end it."""

    def __init__(
        self,
        database: Database,
        project: Project,
        here: Here,
        store: ObjectStore,
        progress: Progress,
        stop: child.Stop,
    ) -> None:
        super().__init__(database.connection.cursor(), database.nouns, database.registry, here, objects=store)
        self._project = project
        self._stack = ExitStack()
        elsewhere = Elsewhere(project, here, store, self)
        self.store = store.supplied_by(lambda digest: elsewhere.bring(digest, progress, stop))
        self.progress = progress
        self._stop = stop

    @cached_property
    def scratch(self) -> Path:
        """A private folder for the files of this work, gone afterwards."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="mlops-desk-")))

    @property
    def captures(self) -> Path:
        """The private folder of captured predictions, one folder for each environment."""
        return self._project.captures

    def close(self) -> None:
        """Give the connection back and throw the scratch folder away."""
        self._stack.close()
        super().close()

    def recall(self, id: str) -> Path | None:  # noqa: A002
        """Return where this machine keeps the file of something that is kept by reference."""
        found = settings.project(self._project.id).paths.get(id)
        return Path(found) if found else None

    def remember(self, id: str, path: Path) -> None:  # noqa: A002
        """Note where this machine keeps a file; never shared."""
        known = settings.project(self._project.id).paths
        settings.remember(self._project.id, paths={**known, id: str(path)})

    def select(self, sql: str) -> list[list[Any]]:
        """Run a person's SELECT over the documented views in a limited child process."""
        return select(self, sql, self.progress, self._stop).rows

    def source(self, name: str, use_case: str = "") -> Measured:
        """Return the present value of a source that an area declares, for a use case if any."""
        return source_value(self, name, use_case)

    def work(self, task: Callable[..., Any], job: Any) -> Any:
        """Run a public function of ``science`` in a child process with limits."""
        return child.run(task, job, self.progress, self._stop)
