"""Where long work before an act is done: rows to read, objects to keep, a child process to compute in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlops_desk.catalogue import SOURCES
from mlops_desk.kernel import child
from mlops_desk.kernel.errors import DeskError
from mlops_desk.kernel.progress import Progress
from mlops_desk.kernel.words import _
from mlops_desk.objects.store import ObjectStore
from mlops_desk.projection.database import Database
from mlops_desk.projection.rows import Reader
from mlops_desk.workspace.select import select


class WorkBench(Reader):
    """The bench of one act; ``stop`` is the person's wish to end it."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        progress: Progress,
        stop: child.Stop,
    ) -> None:
        super().__init__(database.connection.cursor(), database.nouns)
        self.store = store
        self.progress = progress
        self._stop = stop

    def select(self, sql: str) -> list[list[Any]]:
        """Run a person's SELECT over the documented views in a limited child process."""
        return select(self, sql, self.progress, self._stop).rows

    def source(self, name: str) -> float:
        """Return the present value of a source that an area declares."""
        kind, _colon, rest = name.partition(":")
        if kind not in SOURCES:
            raise DeskError(
                _("There is no source “{name}”.", name=name),
                _("Sources: {kinds}.", kinds=", ".join(f"{each}:NAME" for each in sorted(SOURCES))),
                code="GOAL-135",
            )
        return float(SOURCES[kind](self, rest))

    def work(self, task: Callable[..., Any], job: Any) -> Any:
        """Run a public function of ``science`` in a child process with limits."""
        return child.run(task, job, self.progress, self._stop)
